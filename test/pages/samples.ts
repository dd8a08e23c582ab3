/** Every page with all that it can show (`full`) and with the least that it must be given (`least`). */
import { signUpRefusedPage, type SignUpRefusal } from '../../src/pages/callback-page';
import {
  confirmedPage,
  confirmPage,
  confirmUnknownPage,
  type ConfirmPage,
} from '../../src/pages/confirm-page';
import {
  addressConfirmedPage,
  askToConfirmPage,
  confirmLinkUnknownPage,
  mailSentPage,
  type MailSentPage,
} from '../../src/pages/confirm-email-page';
import type { Language } from '../../src/model';
import type { Frame, Html } from '../../src/pages/layout';
import { linkPage, type LinkPage } from '../../src/pages/link-page';
import { disconnectedPage, linkUnknownPage } from '../../src/pages/goodbye-page';
import { personalPage } from '../../src/pages/personal-page/page';
import { privacyPage } from '../../src/pages/privacy-page';
import { problemPage } from '../../src/pages/problem-page';
import { wordsIn } from '../../src/pages/words';
import { withNameWords } from '../../src/pages/words/with-name-words';
import { unsubscribePage, unsubscribeUnknownPage } from '../../src/pages/unsubscribe-page';
import { notConfiguredPage, signUpPage, type SignUpPage } from '../../src/pages/sign-up-page';
import type { PersonalPage, PreferencesShown, Headline } from '../../src/pages/personal-page/view';

export const frame: Frame = {
  words: wordsIn('en'),
  serviceName: 'Battery Texts',
  contact: 'help@example.org',
};
export const sharingFrame: Frame = { ...frame, sharedWith: 'a sleep study' };
const fullestFrame: Frame = { ...sharingFrame, embeddedBrowser: true };
export const hourMs = 3_600_000;
export const now = Date.UTC(2026, 10, 14, 17, 5);

export const providers = [
  { id: 'google-health', name: 'Google Health', chosen: false },
  { id: 'fitbit', name: 'Fitbit', chosen: true },
];

export const signUp: SignUpPage = {
  entered: { phone: '', agreed: false, invite: '' },
  errors: {},
  providers: providers.slice(0, 1),
  ways: ['sms'],
  inviteNeeded: false,
  isInvited: false,
  address: 'https://texts.example.org/signup',
  countries: 'United States, Canada',
  defaultCountry: 'United States',
};

export const fullSignUp: SignUpPage = {
  ...signUp,
  entered: { phone: '12', language: 'fr', agreed: true, invite: 'sesame', provider: 'fitbit' },
  errors: { provider: 'No provider.', phone: 'No number.', agree: 'No yes.', invite: 'No code.' },
  providers,
  inviteNeeded: true,
};

export const eitherWay: SignUpPage = {
  ...fullSignUp,
  ways: ['sms', 'email'],
  entered: { ...fullSignUp.entered, way: 'email', email: 'ada@', agreedToMails: true },
  errors: { email: 'No address.', agreeToMails: 'No yes.' },
};

export const mailSent: MailSentPage = {
  email: 'ada@example.org',
  state: 'on its way',
  resendPossible: true,
  purpose: 'sign-up',
  confirmByHours: 24,
};

export const confirm: ConfirmPage = {
  phone: '+1 425 555 0123',
  state: 'enter code',
  resendPossible: true,
  purpose: 'sign-up',
  minutes: 10,
};

const usual: PreferencesShown = {
  threshold: 20,
  criticalAt: 0,
  remindEveryHours: 0,
  tellRecovered: false,
  quiet: false,
  quietFrom: '',
  quietTo: '',
  timeZone: '',
  language: 'en',
};
const chosen: PreferencesShown = {
  threshold: 20,
  criticalAt: 5,
  remindEveryHours: 24,
  tellRecovered: true,
  quiet: true,
  quietFrom: '22:00',
  quietTo: '07:00',
  timeZone: 'Europe/Berlin',
  language: 'de',
};

export const somePersonalPage: PersonalPage = {
  path: '/m/abc',
  address: 'https://texts.example.org/m/abc',
  mark: 'c1.7f',
  provider: 'Google Health',
  headline: { kind: 'no devices' },
  reconnectAt: [],
  connectedSince: now - 60 * 24 * hourMs,
  now,
  timeZone: 'America/New_York',
  timeZoneFrom: 'provider',
  timeZones: [],
  texts: 'none',
  ways: ['sms'],
  textsCanBeAnswered: true,
  devices: [],
  saved: usual,
  preferences: usual,
  historyDays: 30,
  missingScopes: [],
  shared: false,
  errors: {},
};

export const device: PersonalPage['devices'][number] = {
  row: 'row-1',
  name: 'Charge 6',
  model: 'Charge 6',
  kind: 'tracker',
  muted: false,
  watched: true,
  low: false,
  threshold: 20,
  history: [],
};

export const fullPersonalPage: PersonalPage = {
  ...somePersonalPage,
  headline: { kind: 'fine' },
  reconnectAt: providers,
  checkedAt: now - hourMs,
  timeZoneFrom: 'you',
  timeZones: ['America/New_York', 'Europe/Berlin'],
  phone: '+1 ••• ••• 0123',
  texts: 'on',
  sender: '+1 833 555 0100',
  devices: [
    {
      ...device,
      percent: 12,
      word: 'low',
      low: true,
      syncedAt: now - hourMs,
      hoursLeft: { hours: 14, from: 12, to: 16 },
      history: [
        { at: now - 3 * 24 * hourMs, percent: 60 },
        { at: now - hourMs, percent: 12 },
      ],
    },
    { ...device, row: 'row-2', name: 'Aria', model: 'Aria', kind: 'scale', word: 'high', watched: false },
  ],
  saved: chosen,
  preferences: chosen,
  missingScopes: ['sleep'],
  shared: true,
  notice: 'settings',
  errors: {
    threshold: 'No threshold.',
    criticalAt: 'No critical level.',
    remindEveryHours: 'No reminder.',
    quietFrom: 'No beginning.',
    quietTo: 'No end.',
    timeZone: 'No zone.',
    language: 'No language.',
    phone: 'No number.',
    agree: 'No yes.',
    sure: 'Not sure.',
    provider: 'No provider.',
    deviceName: 'No name.',
  },
  entered: { phone: '12', device: 'row-2', deviceName: '?' },
};

export const fullByMail: PersonalPage = {
  ...fullPersonalPage,
  phone: undefined,
  email: 'a…@example.org',
  way: 'email',
  ways: ['sms', 'email'],
};

export const emptyLink: LinkPage = { ways: ['sms'], entered: { phone: '' }, errors: {} };

/** Strings that choose between cases, or that only mean something in one form. */
const notFree = new Set([
  'state',
  'texts',
  'timeZone',
  'language',
  'timeZoneFrom',
  'kind',
  'word',
  'why',
  'purpose',
  'contact',
  'words',
  'row',
  'help',
  'notice',
  'welcome',
]);

/** The names of fields choose nothing here. */
function errorsSaying(text: string, errors: unknown): Record<string, string> {
  return Object.fromEntries(Object.keys(errors as object).map((field) => [field, text]));
}

function withText<T>(value: T, text: string): T {
  if (Array.isArray(value)) return value.map((each: unknown) => withText(each, text)) as T;
  if (typeof value === 'string') return text as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      notFree.has(key) ? each : key === 'errors' ? errorsSaying(text, each) : withText(each, text),
    ]),
  ) as T;
}

export const render = async (page: Html): Promise<string> => (await page).toString();

interface Sample {
  readonly name: string;
  /** The function that makes the page, by name. */
  readonly madeBy: string;
  readonly full: (language?: Language) => Promise<string>;
  readonly least: (language?: Language) => Promise<string>;
  /** `full` where texts come from a name. */
  readonly fromName: (language: Language) => Promise<string>;
  /** `full` with every free string replaced. */
  readonly saying: (text: string, language?: Language) => Promise<string>;
}

function fullFrame(language: Language): Frame {
  const carried = language === 'en' ? undefined : language;
  return { ...fullestFrame, words: wordsIn(language), carried, switchable: true };
}

function sample<P>(name: string, page: (frame: Frame, model: P) => Html, full: P, least: P): Sample {
  return {
    name,
    madeBy: page.name,
    full: (language = 'en') => render(page(fullFrame(language), full)),
    least: (language = 'en') => render(page({ words: wordsIn(language), serviceName: 'S' }, least)),
    fromName: (language) =>
      render(page({ ...fullFrame(language), words: withNameWords(wordsIn(language)) }, full)),
    saying: (text, language = 'en') =>
      render(page({ ...withText(fullestFrame, text), words: wordsIn(language) }, withText(full, text))),
  };
}

const noMore: undefined = undefined;
const confirmStates = ['enter code', 'code expired', 'no tries left', 'not sent', 'undeliverable'] as const;
const headlines: readonly Headline[] = [
  { kind: 'connect again' },
  { kind: 'provider retired' },
  { kind: 'not answering' },
  { kind: 'charge now', row: 'row-1' },
  { kind: 'charge today', row: 'row-1' },
  { kind: 'silent', row: 'row-1', since: now - 50 * hourMs },
  { kind: 'number dead' },
  { kind: 'texts stopped' },
  { kind: 'texts paused' },
  { kind: 'no devices' },
  { kind: 'fine' },
];
export const checkHelps = ['permission', 'profile', 'move', 'access', 'operator', 'waiting'] as const;
const asked = { path: '/confirm-email/abc', email: 'a…@example.org', provider: 'Google Health' };
const textStates = ['on', 'paused', 'none', 'stopped', 'not set up'] as const;

export const samples: readonly Sample[] = [
  sample('sign-up', signUpPage, fullSignUp, signUp),
  sample('sign-up without texts', signUpPage, { ...fullSignUp, ways: [] }, signUp),
  sample('sign-up either way', signUpPage, eitherWay, { ...signUp, ways: ['email'] }),
  sample('not configured', notConfiguredPage, { missing: ['A_SETTING'] }, { missing: [] }),
  ...confirmStates.map((state) =>
    sample(
      `confirm: ${state}`,
      confirmPage,
      { ...confirm, state, error: 'Wrong.', sender: '+1 833 555 0100', confirmByHours: 24 },
      { ...confirm, state, resendPossible: false },
    ),
  ),
  sample(
    'confirm a change',
    confirmPage,
    { ...confirm, purpose: 'change number', sender: '+1 833 555 0100' },
    { ...confirm, purpose: 'change number' },
  ),
  ...(['on its way', 'not sent', 'undeliverable'] as const).map((state) =>
    sample(
      `confirm an address: ${state}`,
      mailSentPage,
      { ...mailSent, state, ...(state === 'not sent' ? { error: 'Wrong.' } : { renewed: true }) },
      { ...mailSent, state, resendPossible: false, purpose: 'change address' },
    ),
  ),
  sample('is this your address', askToConfirmPage, asked, asked),
  sample('address confirmed before', addressConfirmedPage, noMore, noMore),
  sample('confirm link unknown', confirmLinkUnknownPage, noMore, noMore),
  sample('confirm unknown', confirmUnknownPage, noMore, noMore),
  sample('confirmed before', confirmedPage, noMore, noMore),
  ...(Object.keys(wordsIn('en').refusals.why) as SignUpRefusal[]).map((why) =>
    sample(
      `refused: ${why}`,
      signUpRefusedPage,
      {
        why,
        provider: 'Fitbit',
        account: { at: 'Google', name: 'ada@example.com' },
        mendAt: 'https://example.org/set-up',
        again: '/m/abc',
      },
      { why, provider: 'Fitbit' },
    ),
  ),
  ...headlines.map((headline) =>
    sample(
      `personal page: ${headline.kind}`,
      personalPage,
      { ...fullPersonalPage, headline },
      { ...somePersonalPage, headline },
    ),
  ),
  sample(
    'personal page: after the sign-up',
    personalPage,
    { ...fullPersonalPage, welcome: 'connected' },
    { ...somePersonalPage, welcome: 'connected-again' },
  ),
  sample(
    'personal page: devices of before',
    personalPage,
    {
      ...fullPersonalPage,
      devices: [
        { ...device, percent: 40, silentSince: now - 60 * hourMs, syncedAt: now - 60 * hourMs },
        { ...device, row: 'row-2', percent: 40, goneAt: now - 24 * hourMs },
        { ...device, row: 'row-3', percent: 40, goneAt: now - 8 * 24 * hourMs },
      ],
    },
    somePersonalPage,
  ),
  ...checkHelps.map((help) =>
    sample(
      `personal page: check failing, ${help}`,
      personalPage,
      {
        ...fullPersonalPage,
        headline: { kind: 'cannot read' },
        check: { help, since: now - 30 * hourMs },
        revokeUrl: 'https://revoke.example',
        setUpUrl: 'https://set-up.example',
      },
      { ...somePersonalPage, headline: { kind: 'cannot read' } },
    ),
  ),
  ...textStates.map((texts) =>
    sample(
      `personal page: texts ${texts}`,
      personalPage,
      { ...fullPersonalPage, texts },
      { ...somePersonalPage, texts },
    ),
  ),
  ...(['on', 'stopped'] as const).map((texts) =>
    sample(
      `personal page: texts from a name ${texts}`,
      personalPage,
      { ...fullPersonalPage, way: 'sms', texts, textsCanBeAnswered: false },
      { ...somePersonalPage, way: 'sms', texts, textsCanBeAnswered: false },
    ),
  ),
  ...(['on', 'paused', 'stopped', 'dead', 'not set up'] as const).map((texts) =>
    sample(
      `personal page: e-mails ${texts}`,
      personalPage,
      { ...fullByMail, texts },
      { ...somePersonalPage, email: 'a…@example.org', way: 'email', texts },
    ),
  ),
  ...(['number dead', 'texts stopped', 'texts paused', 'connect again', 'provider retired'] as const).map(
    (kind) =>
      sample(
        `personal page by e-mail: ${kind}`,
        personalPage,
        { ...fullByMail, headline: { kind } },
        { ...fullByMail, headline: { kind }, ways: ['email'], texts: 'none' },
      ),
  ),
  sample(
    'personal page by e-mail: after the sign-up',
    personalPage,
    { ...fullByMail, welcome: 'connected' },
    { ...fullByMail, notice: 'number' },
  ),
  sample(
    'disconnected',
    disconnectedPage,
    {
      provider: 'Fitbit',
      revoked: false,
      erased: true,
      left: { goneAt: now },
      revokeUrl: 'https://example.org/apps',
    },
    { provider: 'Fitbit', revoked: true, erased: false, left: 'nothing', revokeUrl: '' },
  ),
  sample('link unknown', linkUnknownPage, noMore, noMore),
  sample(
    'link',
    linkPage,
    { ...emptyLink, entered: { phone: '12' }, errors: { phone: 'No number.' } },
    emptyLink,
  ),
  sample(
    'link either way',
    linkPage,
    { ...emptyLink, ways: ['sms', 'email'], errors: { email: 'No address.' } },
    { ...emptyLink, ways: ['email'] },
  ),
  sample('link sent', linkPage, { ...emptyLink, done: 'sms' }, { ...emptyLink, done: 'email' }),
  sample(
    'unsubscribe',
    unsubscribePage,
    { path: '/u/secret', state: 'asked' },
    { path: '/u/secret', state: 'begun' },
  ),
  sample(
    'unsubscribed',
    unsubscribePage,
    { path: '/u/secret', state: 'ended' },
    { path: '/u/secret', state: 'ended' },
  ),
  sample('unsubscribe unknown', unsubscribeUnknownPage, noMore, noMore),
  sample(
    'privacy',
    privacyPage,
    {
      providers: ['Google Health', 'Fitbit'],
      retention: { readingsDays: 90, messagesDays: 90, proofYears: 4, stopYears: 5 },
      sender: '+1 833 555 0100',
    },
    { providers: [], retention: { readingsDays: 1, messagesDays: 1, proofYears: 4, stopYears: 5 } },
  ),
  sample(
    'problem',
    problemPage,
    {
      title: 'Oh',
      sentence: 'Dear.',
      back: { href: '/a', label: 'A' },
      otherWay: { href: '/b', label: 'B' },
    },
    { title: 'Oh', sentence: 'Dear.' },
  ),
];

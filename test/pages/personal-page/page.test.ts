import { personalPage } from '../../../src/pages/personal-page/page';
import { elementWithId, elementsOf, formsOf, textOf } from '../read-page';
import {
  device,
  frame,
  fullPersonalPage,
  hourMs,
  somePersonalPage,
  now,
  providers,
  render,
  sharingFrame,
  fullByMail,
} from '../samples';
import type { BatteryWord, Language } from '../../../src/model';
import { wordsIn } from '../../../src/pages/words';
import type { PersonalPage, Headline } from '../../../src/pages/personal-page/view';

const page = (change: Partial<PersonalPage>) =>
  render(personalPage(frame, { ...fullPersonalPage, shared: false, errors: {}, ...change }));
const post = 'POST /m/abc';
const settings = [
  `${post} threshold criticalAt remindEveryHours tellRecovered quiet quietFrom quietTo timeZone language action=settings`,
];
const always = [`${post} mark action=new-link`, `${post} mark sure action=disconnect`];
const number = [`${post} phone agree action=number`, `${post} action=no-texts`];
const either = `${post} way phone agree email agreeToMails action=number`;
const mute = `${post} device action=mute`;
const name = `${post} device name action=name`;
const reconnect = `${post} provider action=reconnect`;

test.each<[string, Partial<PersonalPage>, string[]]>([
  ['texts on', {}, [`${post} action=pause action=test`, ...number]],
  ['texts paused', { texts: 'paused' }, [`${post} action=resume action=test`, ...number]],
  ['a stopped number', { texts: 'stopped' }, number],
  ['a number that does not exist', { texts: 'dead' }, number],
  ['no number', { texts: 'none', phone: undefined }, number.slice(0, 1)],
  ['no way to text', { texts: 'not set up', ways: [] }, number.slice(1)],
  ['neither', { texts: 'not set up', phone: undefined, ways: [] }, []],
  [
    'texts on, where e-mails are possible too',
    { ways: ['sms', 'email'] },
    [`${post} action=pause action=test`, either, `${post} action=no-texts`],
  ],
  [
    'e-mails on',
    { ...fullByMail, ways: ['email'], shared: false },
    [
      `${post} action=pause action=test`,
      `${post} email agreeToMails action=number`,
      `${post} action=no-texts`,
    ],
  ],
  [
    'an unsubscribed address',
    { ...fullByMail, texts: 'stopped', shared: false },
    [`${post} action=begin-again`, either, `${post} action=no-texts`],
  ],
  [
    'texts on, from a name',
    { way: 'sms', textsCanBeAnswered: false },
    [`${post} action=pause action=test`, `${post} action=no-texts`, `${post} phone agree action=number`],
  ],
  [
    'a number that said STOP, from a name',
    { way: 'sms', texts: 'stopped', textsCanBeAnswered: false },
    [`${post} action=begin-again`, `${post} action=no-texts`, `${post} phone agree action=number`],
  ],
  [
    'a number that can only be replaced',
    { texts: 'not set up', ways: ['email'] },
    [`${post} email agreeToMails action=number`, `${post} action=no-texts`],
  ],
])('the personal page with %s has these forms', async (_, change, forms) => {
  expect(formsOf(await page(change))).toEqual([
    name,
    mute,
    name,
    ...forms,
    ...settings,
    reconnect,
    ...always,
  ]);
});

const row = 'row-1';
test.each<[Headline, string, string]>([
  [{ kind: 'connect again' }, 'Please connect again', 'Google Health has ended the connection'],
  [{ kind: 'provider retired' }, 'Please connect again', 'Google Health has been switched off'],
  [{ kind: 'not answering' }, 'No news from Google Health just now', 'We keep trying'],
  [{ kind: 'charge now', row }, 'Charge your Charge 6 now', 'Charge 6 is at 12%, about 14 h left.'],
  [{ kind: 'charge today', row }, 'Charge your Charge 6 today', 'Charge 6 is at 12%, about 14 h left.'],
  [
    { kind: 'silent', row, since: now - 60 * hourMs },
    'Your Charge 6 has been silent since Nov 12',
    'It was at 12% then. It may be flat',
  ],
  [{ kind: 'texts stopped' }, 'Your texts are stopped', 'Texts go to'],
  [{ kind: 'texts paused' }, 'Your texts are paused', 'are still checked'],
  [{ kind: 'no devices' }, 'We are looking for your devices', 'It appears here after the next check.'],
  [{ kind: 'fine' }, 'All is well', 'Charge 6: about 14 h left.'],
])(
  'the page that says %j first names it in its title, and explains it at once',
  async (headline, title, words) => {
    const text = await page({ headline });
    expect(text).toContain(`<title>${title} · Battery Texts</title>`);
    const [top = ''] = text.split('<div class="columns">');
    expect(top).toContain(`<h1>${title}</h1>`);
    expect(textOf(top)).toContain(words);
    expect(textOf(top)).toContain('Batteries last checked today');
  },
);

test('a device with a name of its own is called by it first thing', async () => {
  const devices = [{ ...device, name: "Ada's watch", ownName: "Ada's watch", percent: 9, low: true }];
  const text = await page({ headline: { kind: 'charge now', row }, devices });
  expect(textOf(text)).toContain("Charge Ada's watch now Ada's watch is at 9%.");
});

test.each<[BatteryWord, Language, string, string]>([
  ['empty', 'en', 'The battery of Charge 6 is empty.', 'Its battery was empty then.'],
  ['low', 'de', 'Charge 6: Akku schwach.', 'Zuletzt war der Akku schwach.'],
  ['low', 'es', 'Charge 6: batería baja.', 'Entonces tenía la batería baja.'],
  ['empty', 'fr', 'Charge 6 : batterie à plat.', 'La batterie était alors à plat.'],
])(
  'a device that says %s in place of a percentage is spoken of in a sentence, in %s',
  async (word, language, is, was) => {
    const inLanguage = async (headline: Headline) => {
      const devices = [{ ...device, percent: undefined, word, low: true, hoursLeft: undefined }];
      const shown = { ...fullPersonalPage, shared: false, errors: {}, headline, devices };
      return textOf(await render(personalPage({ ...frame, words: wordsIn(language) }, shown)));
    };
    expect(await inLanguage({ kind: 'charge now', row })).toContain(is);
    expect(await inLanguage({ kind: 'silent', row, since: now - 60 * hourMs })).toContain(was);
  },
);

test('of several low batteries each is named, and none that is muted', async () => {
  const low = { ...device, low: true };
  const devices = [
    { ...low, percent: 12 },
    { ...low, row: 'row-2', name: 'Versa 4', percent: 15 },
    { ...low, row: 'row-3', name: 'Sense', percent: 3, muted: true },
  ];
  const [top = ''] = (await page({ headline: { kind: 'charge today', row }, devices })).split(
    'class="columns"',
  );
  expect(textOf(top)).toContain('Charge 6 is at 12%. Versa 4 is at 15%. Batteries');
  expect(textOf(top)).not.toContain('Sense');
});

test('reconnecting is at hand when it is needed, and folded away when not', async () => {
  const folded = /<summary>Reconnect<\/summary>/;
  expect(await page({ headline: { kind: 'fine' } })).toMatch(folded);
  expect(await page({ headline: { kind: 'connect again' } })).not.toMatch(folded);
  expect(elementWithId(await page({}), 'provider').attributes).toMatchObject({
    value: 'google-health',
    checked: '',
  });
});

test('a single provider to reconnect with is no question', async () => {
  const text = await page({ reconnectAt: providers.slice(0, 1) });
  expect(formsOf(text)).toContain(reconnect);
  expect(elementsOf(text).some(({ attributes }) => attributes['type'] === 'radio')).toBe(false);
});

test('with nobody to reconnect with that is said, and so is what was wrong', async () => {
  const errors = { provider: 'No provider.' };
  const text = await page({ headline: { kind: 'provider retired' }, reconnectAt: [], errors });
  expect(formsOf(text)).not.toContain(reconnect);
  expect(textOf(text)).toContain('No provider. You cannot connect with a provider right now.');
  expect(elementWithId(text, 'provider').tag).toBe('p');
});

test('a device says its level, its last sync in local time, and how long it will last', async () => {
  const text = textOf(await page({})).replaceAll('\u202f', ' ');
  expect(text).toContain(
    'Charge 6 Tracker 12% low, about 14 h left Most likely 12 to 16 h. Last sync today, 11:05 AM.',
  );
  expect(text).toContain('Aria Scale High Last sync not known. You get no texts about it.');
});

test.each<[Partial<PersonalPage['devices'][number]>, string]>([
  [{ percent: 20.9 }, '20%'],
  [{ percent: 20, low: true }, '20% low'],
  [{ word: 'empty' }, 'Empty'],
  [{}, 'Level not known'],
  [{ syncedAt: now - 26 * hourMs }, 'Last sync yesterday, '],
  [{ syncedAt: now - 50 * hourMs }, 'Last sync Nov 12, '],
  [{ syncedAt: now - 366 * 24 * hourMs }, 'Last sync Nov 13, 2025, '],
  [{ hoursLeft: { hours: 16, from: 16, to: 16 } }, 'about 16 h left Last sync'],
  [{ hoursLeft: { hours: 0.2, from: 0, to: 0.3 } }, 'about 1 h left Last sync'],
  [{ hoursLeft: { hours: 35.9, from: 30, to: 50 } }, 'about 36 h left Most likely 30 to 50 h.'],
  [{ hoursLeft: { hours: 80, from: 71, to: 97 } }, 'about 3 days left Most likely 3 to 4 days.'],
  [{ hoursLeft: { hours: 36, from: 30, to: 34 } }, 'about 2 days left Last sync'],
  [{ percent: 40, silentSince: now - 60 * hourMs }, '40% silent since Nov 12'],
  [{ percent: 40, low: true, silentSince: now - 60 * hourMs }, '40% silent since Nov 12'],
  [{ percent: 40, goneAt: now - 24 * hourMs }, '40% not in your account since yesterday'],
  [{ muted: true }, 'Muted: you get no texts about it.'],
])('a device with %j says "%s"', async (change, words) => {
  expect(textOf(await page({ devices: [{ ...device, ...change }] }))).toContain(words);
});

test('a muted device can be unmuted, and one that raises no alerts neither', async () => {
  const muted = await page({ devices: [{ ...device, muted: true }] });
  expect(formsOf(muted)).toContain(`${post} device action=unmute`);
  expect(muted).toContain('<input type="hidden" name="device" value="row-1" />');
  expect(formsOf(await page({ devices: [{ ...device, watched: false }] }))).not.toContain(mute);
});

test('a device is called what the wearer calls it, with its model behind, and the name can be changed', async () => {
  const named = { ...device, name: "Ada's", ownName: "Ada's", percent: 50 };
  const text = await page({ devices: [device, named] });
  expect(textOf(text)).toContain("Ada's Charge 6 50% Last sync");
  expect(textOf(text)).toContain("Mute Ada's");
  expect(elementWithId(text, 'name-0').attributes).toMatchObject({
    name: 'name',
    value: '',
    maxlength: '30',
  });
  expect(elementWithId(text, 'name-1').attributes['value']).toBe('Ada&#39;s');
});

test.each([
  [1, 'A device that left your account'],
  [2, '2 devices that left your account'],
])('a device that has been gone for a week is folded away, %i of them as well', async (count, summary) => {
  const goneFor = (hours: number, id: number) => ({
    ...device,
    row: `row-${id}`,
    goneAt: now - hours * hourMs,
  });
  const long = Array.from({ length: count }, (_, id) => goneFor(7 * 24, id + 5));
  const text = await page({ devices: [device, goneFor(7 * 24 - 1, 2), ...long] });
  const [seen = '', folded = ''] = text.split(`<summary>${summary}</summary>`);
  expect(seen.match(/<article/g)).toHaveLength(2);
  expect(folded.match(/<article/g)).toHaveLength(count);
});

test('settings are folded away under what they say, and unfolded when one of them is wrong', async () => {
  const said =
    'You get a text at 20%, and again at 5%. It is repeated every 24 hours until you charge. You are told when it is charged again. Not between 22:00 and 07:00 (America/New York).';
  expect(textOf(await page({}))).toContain(said);
  const { saved } = somePersonalPage;
  expect(textOf(await page({ saved }))).toContain('You get a text at 20%. Pause texts');
  const summary = '<summary>Change these settings</summary>';
  const stateOf = (text: string) => /<details ([a-z]*)>\s*<summary>Change these/.exec(text)?.[1];
  expect(await page({})).toContain(summary);
  expect(stateOf(await page({}))).toBe('');
  expect(stateOf(await page({ errors: { timeZone: 'No zone.' } }))).toBe('open');
});

test.each<[string, Partial<PersonalPage>]>([
  ['has no number', { texts: 'none', phone: undefined }],
  ['has answered STOP', { texts: 'stopped' }],
  ['has a number that does not exist', { texts: 'dead' }],
  ['has paused texts', { texts: 'paused' }],
  ['cannot be texted', { texts: 'not set up' }],
])('a wearer who %s is not told that texts come', async (_, change) => {
  const text = await page(change);
  expect(textOf(text)).not.toContain('You get a text at');
  expect(text).toContain('<summary>Change the settings</summary>');
});

test('what was typed and cannot be saved is not said to hold', async () => {
  const preferences = { ...fullPersonalPage.preferences, threshold: 'x' };
  const text = await page({ preferences, errors: { threshold: 'No threshold.' } });
  expect(elementWithId(text, 'threshold').attributes['value']).toBe('x');
  expect(textOf(text)).toContain('You get a text at 20%');
});

test('the settings are those of the wearer', async () => {
  const text = await page({});
  const { preferences } = fullPersonalPage;
  expect(elementWithId(text, 'threshold').attributes).toMatchObject({ value: '20', min: '5', max: '50' });
  expect(elementWithId(text, 'criticalAt').attributes).toMatchObject({ value: '5', min: '0', max: '20' });
  expect(elementWithId(text, 'quietFrom').attributes).toMatchObject({ type: 'time', value: '22:00' });
  expect(elementWithId(text, 'tellRecovered').attributes).toMatchObject({ value: 'yes', checked: '' });
  const selected = (html: string) =>
    elementsOf(html).flatMap(({ attributes }) => ('selected' in attributes ? [attributes['value']] : []));
  expect(selected(text)).toEqual(['24', 'Europe/Berlin', 'de']);
  expect(selected(await page({ preferences: { ...preferences, timeZone: '' } }))).toEqual(['24', '', 'de']);
});

test('a time zone that is not offered any more stays chosen', async () => {
  const preferences = { ...fullPersonalPage.preferences, timeZone: 'Asia/Calcutta"' };
  expect(await page({ preferences })).toContain(
    '<option value="Asia/Calcutta&quot;" selected>Asia/Calcutta&quot;',
  );
});

test('every error is listed in the order of the page, tied to its field, and not folded away', async () => {
  const text = await page({ errors: fullPersonalPage.errors });
  const links = elementsOf(text).flatMap(({ attributes: { href } }) => (href?.startsWith('#') ? [href] : []));
  expect(links).toEqual(
    [
      'provider',
      'name-1',
      'phone',
      'agree',
      'threshold',
      'criticalAt',
      'remindEveryHours',
      'quietFrom',
      'quietTo',
      'timeZone',
      'language',
      'sure',
    ].map((id) => `#${id}`),
  );
  for (const id of links.map((link) => link.slice(1)).filter((name) => name !== 'provider')) {
    const { attributes } = elementWithId(text, id);
    expect(attributes['aria-invalid']).toBe('true');
    expect(attributes['aria-describedby']?.split(' ')).toContain(`${id}-error`);
  }
  // Only the other device's name stays folded.
  expect(text.split('<details >')).toHaveLength(2);
});

test('what was done is announced, and the number that was entered stays', async () => {
  const text = await page({ errors: { phone: 'No number.' }, entered: { phone: '12' } });
  expect(text).toMatch(/role="status"[^>]*><p>Your settings are saved\.<\/p>/);
  expect(elementWithId(text, 'phone').attributes['value']).toBe('12');
});

test('the data can be exported', async () => {
  expect(await render(personalPage(frame, somePersonalPage))).toContain('<a href="/m/abc/export">');
});

test('after the sign-up a banner says that it worked, and to keep the page', async () => {
  const text = textOf(await page({ welcome: 'connected', notice: undefined }));
  expect(text).toContain(
    'You are connected Your Google Health account is connected, and there is nothing more to do. We check your batteries from now on. When one is low, you get a text at +1 ••• ••• 0123. This is your own page. Please bookmark it',
  );
  expect(textOf(await page({ welcome: 'connected-again' }))).toContain('You are connected again');
  for (const texts of ['paused', 'none', 'stopped', 'not set up'] as const) {
    expect(textOf(await page({ welcome: 'connected', texts }))).not.toContain('you get a text at');
  }
});

test.each<[string, Partial<PersonalPage>, RegExp]>([
  [
    'first of all, where reconnecting is what helps',
    { headline: { kind: 'connect again' } },
    /again .*Please open this page in Safari or Chrome.* https:\/\/texts\.example\.org\/m\/abc .*Reconnect/,
  ],
  [
    'folded with the button, where all is well',
    { headline: { kind: 'fine' } },
    /Reconnect .*Please open this page in Safari or Chrome.* https:\/\/texts\.example\.org\/m\/abc /,
  ],
])('an embedded browser is told to open the page elsewhere: %s', async (_, change, words) => {
  const shown = { ...fullPersonalPage, errors: {}, ...change };
  const text = textOf(await render(personalPage({ ...frame, embeddedBrowser: true }, shown)));
  expect(text).toMatch(words);
  expect(text.match(/Safari or Chrome/g)).toHaveLength(1);
  expect(await page(change)).not.toContain('Safari');
});

test('an embedded browser is told nothing where Google asks nobody to sign in', async () => {
  const shown = { ...fullPersonalPage, reconnectAt: [{ id: 'withings', name: 'Withings' }] };
  expect(await render(personalPage({ ...frame, embeddedBrowser: true }, shown))).not.toContain('Safari');
});

test('an embedded browser is told nothing where there is nothing to reconnect with', async () => {
  const shown = { ...fullPersonalPage, errors: {}, reconnectAt: [] };
  expect(await render(personalPage({ ...frame, embeddedBrowser: true }, shown))).not.toContain('Safari');
});

describe('sharing', () => {
  const sharing = (change: Partial<PersonalPage>) =>
    render(personalPage(sharingFrame, { ...fullPersonalPage, errors: {}, ...change }));

  test('that is on is said with its end at hand, and reconnecting changes nothing of it', async () => {
    const text = await sharing({ shared: true });
    expect(textOf(text)).toContain('Your access is shared with a sleep study. Stop sharing');
    expect(formsOf(text)).toContain('POST /m/abc action=end-sharing');
    expect(textOf(text)).not.toContain('If you reconnect, your access is shared');
  });

  test('that is not on begins with reconnecting, which says so and carries what it said', async () => {
    const text = await sharing({ shared: false });
    expect(textOf(text)).toContain('If you reconnect, your access is shared with a sleep study');
    expect(text).toContain('<input type="hidden" name="shared" value="a sleep study" />');
    expect(textOf(text)).not.toContain('Stop sharing');
  });

  test('is not spoken of where there is none', async () => {
    expect(textOf(await page({}))).not.toMatch(/shar/i);
  });
});

test.each<[string, PersonalPage['ways'], string]>([
  ['only e-mail is possible', ['email'], 'You get one e-mail when a battery is that low.'],
  ['both are possible', ['sms', 'email'], 'You get one text when a battery is that low.'],
])('the page of somebody without an address speaks of what is possible: %s', async (_, ways, says) => {
  const text = await page({ texts: 'none', phone: undefined, email: undefined, way: undefined, ways });
  expect(textOf(text)).toContain(says);
});

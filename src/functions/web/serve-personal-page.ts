/** `GET/POST m/{link}`: the wearer's own page. Whoever has the link is the wearer. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { closeConnection } from '../../domain/wearer/close-connection';
import { beginConfirmation } from '../../domain/wearer/confirm-address';
import { forgetConfirmations } from '../../domain/wearer/forget-confirmations';
import { findByLink, findFormerHolder, heldByLink, linkVersionOf } from '../../domain/contact/personal-link';
import {
  endSharing,
  muteDevice,
  nameDevice,
  readDeviceName,
  savePreferences,
  sendTest,
} from '../../domain/wearer/personal-page';
import { addressOf, contactOf } from '../../domain/contact/address-of';
import { isBegunByReply, isInUse, waysOf } from '../../domain/contact/addresses';
import { beginAgain } from '../../domain/messages/hear-wish';
import { removeAddress, renewLink } from '../../domain/wearer/announce';
import { availableProviders } from '../../domain/operation/readiness';
import { hasCode } from '../../errors';
import type { Connection } from '../../model';
import { disconnectedPage, linkUnknownPage } from '../../pages/goodbye-page';
import type { Frame } from '../../pages/layout';
import type { Services } from '../../services';
import { paths } from '../../paths';
import { clientOf, refuseTooMany } from '../http/client-address';
import { confirmationCookie, loginCookie, noticeCookie } from './cookies';
import { htmlAnswer, redirectAnswer } from '../http/answers';
import { showPersonalPage } from './show-personal-page';
import { consentNow, readContact, type ReadContact } from './contact-field';
import { readPreferences } from './preferences-form';
import { onPage } from './on-page';
import { keyIn, ownOf } from '../http/own-property';
import { PageError } from '../http/page-error';
import { languageNamed, type Viewer } from './viewer';
import { beginSignUp } from '../../domain/wearer/begin-sign-up';
import { readForm, readSharing, textOf } from '../http/read-request';
import type { PersonalPage } from '../../pages/personal-page/view';
import type { Words } from '../../pages/words/catalogue';

export const personalPage = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const link = request.params.link ?? '';
    const connection = await findByLink(services, link);
    if (!connection) return goneOrSentAgain(services, viewer, request, link);
    services.about({ connection: connection.id });
    viewer.chose(connection.preferences?.language);
    const { frame } = viewer;
    const path = paths.personalPage + link;
    if (request.method !== 'POST') return showOnce(services, frame, connection, { path, request });
    const form = await readForm(request);
    const act = ownOf(actions, form.get('action'));
    if (!act) throw new PageError('INPUT_INVALID', ({ problems }) => problems.otherForm);
    return actByLink(act, { services, frame, connection, path, form, request });
  });

async function actByLink(act: Act, action: Action): Promise<HttpResponseInit> {
  try {
    return await act({ ...action, services: heldByLink(action.services, action.connection) });
  } catch (error) {
    if (!hasCode(error, 'LINK_REPLACED')) throw error;
    return htmlAnswer(linkUnknownPage(action.frame), 404);
  }
}

/**
 * A link that leads nowhere. A double click, or a browser whose answer was lost, sends a form there that has itself ended the link: it
 * ends as it did the first time.
 */
async function goneOrSentAgain(
  services: Services,
  viewer: Viewer,
  request: HttpRequest,
  link: string,
): Promise<HttpResponseInit> {
  const form = request.method === 'POST' ? await readForm(request) : new URLSearchParams();
  const connection = await findFormerHolder(services, link, textOf(form, 'mark'));
  const { closedAt } = connection ?? {};
  const isOver = closedAt !== undefined;
  const isInTime = !isOver || services.clock.now() - closedAt < services.policy.times.sentAgainMs;
  const isSentAgain = isInTime && form.get('action') === (isOver ? 'disconnect' : 'new-link');
  if (!connection || !isSentAgain) return htmlAnswer(linkUnknownPage(viewer.frame), 404);
  services.about({ connection: connection.id });
  viewer.chose(connection.preferences?.language);
  const { frame } = viewer;
  await refuseTooMany(services, request, ({ problems }) => problems.tooOften);
  const path = paths.personalPage + link;
  return actByLink(isOver ? disconnect : newLink, { services, frame, connection, path, form, request });
}

interface Action {
  readonly services: Services;
  readonly frame: Frame;
  readonly connection: Connection;
  readonly path: string;
  readonly form: URLSearchParams;
  readonly request: HttpRequest;
}

/** The page that follows says what was done, so that reloading it does nothing again. */
function done(
  services: Services,
  path: string,
  notice: keyof Words['personalPage']['notices'],
): HttpResponseInit {
  return redirectAnswer(path, [noticeCookie.write(services.publicUrl, notice)]);
}

/** The page, with what has just been done: that is said once. */
async function showOnce(
  services: Services,
  frame: Frame,
  connection: Connection,
  { path, request }: Pick<Action, 'path' | 'request'>,
): Promise<HttpResponseInit> {
  const name = noticeCookie.read(services.publicUrl, request);
  const { notices, welcome } = frame.words.personalPage;
  const answer = await showPersonalPage(services, connection, path, {
    frame,
    notice: keyIn(notices, name),
    welcome: keyIn(welcome.titles, name),
  });
  if (name === undefined || request.method === 'HEAD') return answer;
  return { ...answer, cookies: [noticeCookie.clear(services.publicUrl)] };
}

const testNotices = {
  sent: 'tested',
  limited: 'limited',
  'not sent': 'not-tested',
  'nothing goes': 'nothing-goes',
} as const;

type Act = (action: Action) => Promise<HttpResponseInit>;

const actions: Readonly<Record<string, Act | undefined>> = {
  async settings({ services, frame, connection, path, form }) {
    const { preferences, errors, typed } = readPreferences(form, frame.words);
    if (!preferences)
      return showPersonalPage(services, connection, path, {
        frame,
        errors,
        typed: { ...typed, language: languageNamed(form.get('language')) ?? frame.words.language },
      });
    await savePreferences(services, connection.id, (before) => ({ ...before, ...preferences }));
    return done(services, path, 'settings');
  },
  pause: ({ services, connection, path }) => setPaused(services, connection, path, true),
  resume: ({ services, connection, path }) => setPaused(services, connection, path, undefined),
  mute: (action) => setMuted(action, true),
  unmute: (action) => setMuted(action, false),
  async name({ services, frame, connection, path, form }) {
    const [device, typed] = [textOf(form, 'device'), textOf(form, 'name')];
    const name = readDeviceName(typed);
    if (name === undefined && typed !== '') {
      const errors = { deviceName: frame.words.personalPage.devices.nameUnsayable };
      return showProblems({ services, frame, connection, path }, errors, { device, deviceName: typed });
    }
    if (!(await nameDevice(services, connection.id, device, name))) throw noSuchDevice();
    return done(services, path, name === undefined ? 'unnamed' : 'named');
  },
  async test({ services, connection, path, request }) {
    const sent = await sendTest(services, connection, await clientOf(services, request));
    return done(services, path, testNotices[sent]);
  },
  async number({ services, frame, connection, path, form, request }) {
    const { address, entered, errors } = await readContact(services, frame.words, form);
    if (!address) {
      const isEmpty = Object.keys(errors).length === 0;
      const missing = isEmpty ? sayMissing(services, frame.words, entered) : errors;
      return showProblems({ services, frame, connection, path }, missing, entered);
    }
    if (await isInUse(services, connection, address)) {
      await forgetConfirmations(services, connection.id);
      return done(services, path, 'number');
    }
    await refuseTooMany(services, request, ({ problems }) => problems.tooOften);
    const { id, preferences } = connection;
    const toConfirm = {
      connection: id,
      linkVersion: linkVersionOf(connection),
      ...contactOf(address),
      textConsent: consentNow(services, address),
      language: preferences?.language,
    };
    const { ticket } = await beginConfirmation(services, toConfirm, await clientOf(services, request));
    return redirectAnswer(paths.confirm, [confirmationCookie.write(services.publicUrl, ticket)]);
  },
  async 'no-texts'({ services, connection, path }) {
    await removeAddress(services, connection.id);
    return done(services, path, addressOf(connection)?.way === 'email' ? 'no-emails' : 'no-texts');
  },
  async 'begin-again'({ services, connection, path }) {
    const address = addressOf(connection);
    if (address && !isBegunByReply(services, address)) await beginAgain(services, address);
    // The page says that messages about batteries are on again, so a pause from before is over too.
    return setPaused(services, connection, path, undefined);
  },
  async reconnect({ services, frame, connection, path, form, request }) {
    await refuseTooMany(services, request, ({ problems }) => problems.tooOften);
    const providers = await availableProviders(services);
    const provider = providers.find(({ id }) => id === form.get('provider'));
    if (!provider)
      return showProblems({ services, frame, connection, path }, { provider: frame.words.fields.chooseOne });
    const sharedWith = readSharing(services, form);
    const begun = await beginSignUp(services, {
      provider,
      reconnects: connection,
      language: connection.preferences?.language,
      sharedWith,
    });
    return redirectAnswer(begun.authorizeUrl, [loginCookie.write(services.publicUrl, begun.state, begun)]);
  },
  async 'end-sharing'({ services, connection, path }) {
    await endSharing(services, connection.id);
    return done(services, path, 'not-shared');
  },
  async 'new-link'(action) {
    await refuseTooMany(action.services, action.request, ({ problems }) => problems.tooOften);
    return newLink(action);
  },
  async disconnect(action) {
    if (action.form.get('sure') === 'yes') return disconnect(action);
    return showProblems(action, { sure: action.frame.words.personalPage.end.tick });
  },
};

async function newLink({ services, connection, form }: Action): Promise<HttpResponseInit> {
  const link = await renewLink(services, connection, textOf(form, 'mark'));
  return done(services, paths.personalPage + link, 'new-link');
}

async function disconnect({ services, frame, connection }: Action): Promise<HttpResponseInit> {
  const provider = services.providers.get(connection.provider)!;
  const page = disconnectedPage(frame, {
    provider: provider.name,
    revokeUrl: provider.revokeByHandUrl,
    ...(await closeConnection(services, connection.id)),
  });
  return htmlAnswer(page);
}

/** The field that the form is for: of the two, the one that was chosen. */
function sayMissing(
  services: Services,
  { personalPage: { texts }, byEmail: { page } }: Words,
  { way }: ReadContact['entered'],
): PersonalPage['errors'] {
  const isEither = waysOf(services).length > 1;
  if (way === 'email') return { email: isEither ? page.eitherMissing : page.addressMissing };
  return { phone: isEither ? page.eitherMissing : texts.numberMissing };
}

function showProblems(
  { services, frame, connection, path }: Pick<Action, 'services' | 'frame' | 'connection' | 'path'>,
  errors: PersonalPage['errors'],
  entered?: PersonalPage['entered'],
): Promise<HttpResponseInit> {
  return showPersonalPage(services, connection, path, { frame, errors, entered });
}

async function setPaused(
  services: Services,
  { id }: Connection,
  path: string,
  paused: true | undefined,
): Promise<HttpResponseInit> {
  await savePreferences(services, id, (before) => ({ ...before, paused }));
  return done(services, path, paused ? 'paused' : 'resumed');
}

async function setMuted(
  { services, connection, path, form }: Action,
  muted: boolean,
): Promise<HttpResponseInit> {
  if (!(await muteDevice(services, connection.id, form.get('device') ?? '', muted))) {
    throw noSuchDevice();
  }
  return done(services, path, muted ? 'muted' : 'unmuted');
}

function noSuchDevice(): PageError {
  return new PageError('INPUT_INVALID', ({ problems }) => problems.noDevice);
}

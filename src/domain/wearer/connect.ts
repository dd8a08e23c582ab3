/**
 * From a sign-up form to a connection: authorize URL, one-time state, code exchange, identity, first token set.
 * Signing up again with the same account at the provider, or at its successor, is a reconnect: the same
 * connection gets the next consent number, which no rotation of the old chain can overwrite.
 */
import { hasCode, type ErrorCode } from '../../errors';
import {
  operatorId,
  type Connection,
  type ConnectionId,
  type Language,
  type PendingLogin,
  type TextConsent,
  type TokenSet,
} from '../../model';
import type { Ports, Provider, ProviderIdentity, Row, TokenGrant } from '../../ports';
import { Secret } from '../../secret';
import { callApi, readFromApi } from '../rotation/call-provider';
import { change, hold, readConnection, readOpenConnection, type Held } from '../change';
import { raiseAlarm } from '../operation/alarms';
import { announceConsent, removeNumber } from './announce';
import { beginConfirmation, type CodeSent } from './confirm';
import { giveBack, giveBackUnused } from '../rotation/disconnect';
import { findOrMakeConnection, findReconnected } from './identities';
import { connectionKey, loginKey } from '../keys';
import { withLease } from '../rotation/lease';
import { linkOf, linkVersionOf } from './manage-links';
import { recheckOf } from '../messages/outbox';
import { deriveLink } from './derived';
import { hasLivingNumber, setNumber } from './numbers';
import { authorizeUrl, codeChallengeOf, exchangeCode } from '../rotation/oauth';
import { readCurrent } from '../rotation/current-token-set';
import { samePosition } from '../rotation/position';
import { storeTokenSet } from '../rotation/store-token-set';
import { firstTokenSet, isGrantedForTesting, reserveConsent } from '../rotation/token-sets';
import { paths } from '../../paths';

export interface BegunSignUp {
  /** Where the browser goes next. */
  readonly authorizeUrl: string;
  readonly state: string;
  /** RFC 7636 verifier. The browser's cookie is the only place that keeps it: it binds the state to the browser. */
  readonly codeVerifier: string;
}

export async function beginSignUp(
  ports: Ports,
  request: {
    provider: Provider;
    /** Where texts shall go; to be confirmed afterwards. */
    number?: { readonly phone: Secret; readonly textConsent: TextConsent } | undefined;
    /** Of texts and pages; only if the wearer has chosen one. */
    language?: Language | undefined;
    /** Who else gets access, as the page has said. */
    sharedWith?: string | undefined;
    /** Comes from the personal page of this connection. */
    reconnects?: Pick<Connection, 'id' | 'linkVersion'> | undefined;
  },
): Promise<BegunSignUp> {
  const state = ports.random.token();
  const codeVerifier = ports.random.token();
  const login: PendingLogin = {
    provider: request.provider.id,
    codeChallenge: codeChallengeOf(codeVerifier),
    ...request.number,
    language: request.language,
    sharedWith: request.sharedWith,
    reconnects: request.reconnects?.id,
    linkVersion: request.reconnects && linkVersionOf(request.reconnects),
    expiresAt: ports.clock.now() + ports.policy.times.loginMs,
  };
  await ports.tables.logins.insert(loginKey(state), login);
  const { codeChallenge } = login;
  const redirectUri = ports.publicUrl + paths.callback;
  return {
    authorizeUrl: authorizeUrl(request.provider, { redirectUri, state, codeChallenge }),
    state,
    codeVerifier,
  };
}

export interface Callback {
  readonly state: string;
  readonly code?: Secret | undefined;
  /** RFC 6749 §4.1.2.1 */
  readonly error?: string | undefined;
  /** From the cookie; absent in another browser. */
  readonly codeVerifier?: string | undefined;
  /** RFC 9207: who says that it answers. */
  readonly issuer?: string | undefined;
  /** Who asks, as a keyed hash: texts are limited by it. */
  readonly client?: string | undefined;
}
export type SignUpResult =
  | {
      readonly outcome: 'connected';
      readonly connection: ConnectionId;
      readonly provider: string;
      readonly reconnected: boolean;
      readonly missingScopes: readonly string[];
      /** The secret part of the wearer's link to the personal page; of somebody who reconnects, the one they came by. */
      readonly link: string;
      /** A number was entered that is not known to be theirs: the ticket of its confirmation. */
      readonly confirmation?: { readonly ticket: string; readonly sent: CodeSent } | undefined;
    }
  | SignUpRefused;
export interface SignUpRefused {
  readonly outcome: 'refused';
  readonly why: SignUpRefusal;
  readonly provider?: string;
  /** The account that was chosen: of whom, such as "Google", and its name, where the grant says it. */
  readonly account?: { readonly at: string; readonly name?: string | undefined } | undefined;
  /** Where the wearer can mend it. */
  readonly mendAt?: string | undefined;
  /** The secret part of the link that a wearer came by who wanted to reconnect. */
  readonly link?: string | undefined;
  /** Of the sign-up, where one is known. */
  readonly language?: Language | undefined;
}
export type SignUpRefusal =
  | 'state unknown'
  | 'state used'
  | 'state expired'
  | 'other browser'
  | 'other provider'
  | 'other account'
  | 'disconnected'
  | 'consent denied'
  | 'provider error'
  | 'code refused'
  | 'not configured'
  | 'provider retired'
  | 'provider unavailable'
  | 'device scope missing'
  | 'no refresh token'
  | 'no profile at provider'
  | 'account not moved'
  | 'account refused'
  | 'not saved';

export async function completeSignUp(ports: Ports, callback: Callback): Promise<SignUpResult> {
  const result = await complete(ports, callback);
  if (result.outcome === 'connected') {
    ports.log.info('connection.connected', {
      connection: result.connection,
      outcome: result.reconnected ? 'reconnected' : 'new',
      count: result.missingScopes.length,
    });
  } else {
    ports.log.info('connection.refused', { reason: result.why });
  }
  return result;
}

async function complete(ports: Ports, callback: Callback): Promise<SignUpResult> {
  const row = await ports.tables.logins.get(loginKey(callback.state));
  const obstacle = judgeLogin(row?.value, callback, ports.clock.now());
  if (obstacle !== undefined || row === undefined || callback.codeVerifier === undefined) {
    return { outcome: 'refused', why: obstacle ?? 'state unknown', language: row?.value.language };
  }
  const login = row.value;
  // The link that led there has been replaced: whoever still holds the old one learns nothing of the new.
  if (await isLinkReplaced(ports, login)) {
    return { outcome: 'refused', why: 'state expired', language: login.language };
  }
  const provider = ports.providers.get(login.provider)!;
  const cameBy = await linkThatLed(ports, login);
  const refuse = (
    why: SignUpRefusal,
    chosen: Pick<SignUpRefused, 'account' | 'mendAt'> = {},
  ): SignUpRefused => ({
    outcome: 'refused',
    why,
    provider: provider.name,
    language: login.language,
    link: cameBy,
    ...chosen,
  });
  if (!(await consumeState(ports, row))) return refuse('state used');
  if (callback.issuer !== undefined && callback.issuer !== provider.issuer) return refuse('other provider');
  if (callback.error === 'access_denied') return refuse('consent denied');
  if (callback.error !== undefined || callback.code === undefined) return refuse('provider error');

  const requestedAt = ports.clock.now();
  const exchanged = await exchangeCode(ports, provider, {
    code: callback.code,
    codeVerifier: new Secret(callback.codeVerifier),
    redirectUri: ports.publicUrl + paths.callback,
  });
  if (!exchanged.ok) return refuse(refusalOf(exchanged.code));
  const { grant } = exchanged;
  const giveUp = async (why: SignUpRefusal, userId = grant.providerUserId): Promise<SignUpRefused> => {
    const { accessToken } = grant;
    await giveBackUnused(ports, { provider: provider.id, accessToken, providerUserId: userId });
    return refuse(why);
  };
  const { refreshToken } = grant;
  // RFC 6749 §5.1: no scope in the answer means that all of them were granted.
  const granted = grant.scopes ?? [provider.scopes.device, ...provider.scopes.optional];
  if (!granted.includes(provider.scopes.device)) return giveUp('device scope missing');
  if (refreshToken === undefined) return giveUp('no refresh token');
  const refuseAccount = (why: SignUpRefusal): SignUpRefused =>
    refuse(why, {
      account: { at: provider.accountAt, name: grant.account },
      mendAt: why === 'account refused' ? provider.revokeByHandUrl : provider.setUpUrl,
    });
  const identity = await readIdentity(ports, provider, grant);
  if ('refusal' in identity) {
    return accountRefusals.includes(identity.refusal)
      ? refuseAccount(identity.refusal)
      : refuse(identity.refusal);
  }

  const missingScopes = provider.scopes.optional.filter((scope) => !granted.includes(scope));
  const { reconnects } = login;
  const connection =
    reconnects === undefined
      ? await findOrMakeConnection(ports, provider, identity)
      : await findReconnected(ports, provider, identity, reconnects);
  if (!connection) {
    const refused = await giveUp('disconnected', identity.userId);
    return (await readOpenConnection(ports, reconnects!)) ? refuseAccount('other account') : refused;
  }
  const about = {
    connection: connection.id,
    provider: provider.id,
    scopes: granted,
    providerUserId: identity.userId,
  };
  const set = firstTokenSet(ports, { ...grant, refreshToken }, about, requestedAt);
  const confirmBy = ports.clock.now() + ports.policy.times.confirmMs;
  const kept = await whileNobodyRotates(ports, connection.id, (record) =>
    keepConsent(ports, record, set, {
      withItsNumber: (before) => ({
        ...before,
        missingScopes,
        // Sharing that this page did not name ends now, whatever becomes of the consent.
        sharedWith: before.sharedWith === login.sharedWith ? before.sharedWith : undefined,
        ...(login.phone && isUnconfirmed(before) ? { confirmBy } : {}),
        ...takeUpLanguage(before, login),
      }),
      withItsSet: (before) => ({ ...before, sharedWith: login.sharedWith }),
    }),
  );
  if (!kept) return refuse('not saved');
  if (isGrantedForTesting(provider, set)) await tellTesting(ports, connection.id);
  const reconnected = connection.pointer !== undefined;
  // Somebody who leaves the number out is told at that number that it is removed.
  if (reconnected && (reconnects !== undefined || login.phone)) await announceConsent(ports, connection.id);
  const confirmation =
    reconnects === undefined ? await takeUpNumber(ports, connection.id, login, callback) : undefined;
  await enqueueFirstCheck(ports, connection.id);
  return {
    outcome: 'connected',
    link: cameBy ?? (await linkOf(ports, connection)),
    confirmation,
    connection: connection.id,
    provider: provider.name,
    reconnected,
    missingScopes,
  };
}

/** The wearer looks at the personal page now, and the next run can be an hour away. */
async function enqueueFirstCheck({ clock, log, queues }: Ports, connection: ConnectionId): Promise<void> {
  const consentedAt = clock.now();
  try {
    await queues.enqueue({ kind: 'check-battery', connection, run: 'consent', consentedAt });
  } catch {
    // The consent is safe, and that is what the page says. The next run brings a check.
    log.warn('battery.check_waits', { connection });
  }
}

/** Every grant of this client will die after seven days: the operator hears it now. A job brings the text; the wearer waits for a page. */
async function tellTesting(ports: Ports, connection: ConnectionId): Promise<void> {
  const alarm = 'publishing status Testing suspected';
  try {
    await raiseAlarm(ports, alarm, { connection }, 'later');
    await ports.queues.enqueue(recheckOf(operatorId));
  } catch {
    // The consent is safe, and that is what the page says. The watchdog raises it within the hour.
    ports.log.warn('alarm.not_noted', { alarm });
  }
}

/** Nobody has said yet that they want the connection without texts, and no number has been confirmed. */
function isUnconfirmed({ pointer, phone, confirmBy }: Connection): boolean {
  return phone === undefined && (pointer === undefined || confirmBy !== undefined);
}

/** What they chose before counts more: the form of a sign-up suggests what the browser prefers. */
function takeUpLanguage(
  { preferences }: Connection,
  { language }: PendingLogin,
): Pick<Connection, 'preferences'> {
  if (language === undefined || preferences?.language !== undefined) return {};
  return { preferences: { ...preferences, language } };
}

/** An empty field means that no texts are wanted, also by somebody who wanted them before. */
async function takeUpNumber(
  ports: Ports,
  connection: ConnectionId,
  { phone, textConsent }: PendingLogin,
  { client }: Callback,
) {
  if (!phone || !textConsent) {
    await removeNumber(ports, connection);
    return undefined;
  }
  const record = await readConnection(ports, connection);
  if (record?.phone?.equals(phone) && hasLivingNumber(record)) {
    await setNumber(ports, connection, { phone, textConsent });
    return undefined;
  }
  const language = record?.preferences?.language;
  return beginConfirmation(ports, { connection, phone, textConsent, language }, client);
}

/** What a consent changes on the record besides the pointer. */
interface Changes {
  /** Written when the consent number is reserved, so that a crash after that leaves nothing unsaid. */
  readonly withItsNumber: (before: Connection) => Connection;
  /** Written when the set becomes current. */
  readonly withItsSet: (before: Connection) => Connection;
}

/** A person waits for the page: better to ask them again than to keep them. */
const consentSaveMs = 15_000;

/**
 * Stores the set of a consent under the next consent number. If the vault refuses, it is sealed in the journal under the
 * current set; a first consent has no such set and fails.
 *
 * @returns whether the consent is safe
 */
async function keepConsent(
  ports: Ports,
  record: Held<Connection>,
  set: Omit<TokenSet, 'consent'>,
  { withItsNumber, withItsSet }: Changes,
): Promise<boolean> {
  const previous = await readSealingSet(ports, record);
  for (;;) {
    const consented: TokenSet = { ...set, consent: await reserveConsent(record, withItsNumber) };
    const stored = await storeConsent(ports, record, consented, previous, withItsSet);
    switch (stored) {
      case 'committed':
        return true;
      case 'superseded':
        // A rotation can have opened a later number for the old grant; a later consent stays.
        if (record.value.pointer?.consent !== record.value.rollover?.consent) return true;
        break;
      case 'closed':
        await giveBack(ports, consented);
        return false;
      case 'journalled':
        return isSealedByCurrent(record, previous, withItsSet);
      case 'not saved':
        ports.log.error('consent.not_saved', { connection: set.connection, consent: consented.consent });
        // Of a first consent. A later one can take the grant with it that the connection lives on.
        if (record.value.pointer === undefined) await giveBackUnused(ports, consented);
        return false;
    }
  }
}

async function storeConsent(
  ports: Ports,
  record: Held<Connection>,
  consented: TokenSet,
  previous: TokenSet | undefined,
  patch: Changes['withItsSet'],
) {
  try {
    return await storeTokenSet(ports, record, consented, { previous, saveMs: consentSaveMs, patch });
  } catch (error) {
    if (!hasCode(error, 'TOKEN_NOT_SAVED')) throw error;
    return 'not saved';
  }
}

/** The set that can seal another one in the journal: it has to be in the vault itself. */
async function readSealingSet(ports: Ports, record: Held<Connection>): Promise<TokenSet | undefined> {
  if (record.value.pointer === undefined) return undefined;
  const current = await readCurrent(ports, record).catch(() => undefined);
  return current?.onlyInJournal ? undefined : current?.set;
}

/** What a rotation has moved on from opens no journal row any more: then the person has to consent again. */
async function isSealedByCurrent(
  record: Held<Connection>,
  previous: TokenSet | undefined,
  withItsSet: Changes['withItsSet'],
): Promise<boolean> {
  let sealed = false;
  await record.reread();
  await record.change((before) => {
    sealed = before.closedAt === undefined && samePosition(before.pointer, previous);
    return sealed ? withItsSet(before) : undefined;
  });
  return sealed;
}

const leasePauseMs = 1_000;

/**
 * Waits up to one lease, so that a running rotation of the old grant is not refused by the new consent; then goes ahead
 * without the lease.
 */
async function whileNobodyRotates<T>(
  ports: Ports,
  id: ConnectionId,
  work: (record: Held<Connection>) => Promise<T>,
): Promise<T | undefined> {
  for (let waitedMs = 0; waitedMs < ports.policy.times.leaseMs; waitedMs += leasePauseMs) {
    const done = await withLease(ports, id, async ({ record }) => ({ value: await work(record) }));
    if (typeof done === 'object') return done.value;
    if (done === 'unknown connection') break;
    await ports.clock.sleep(leasePauseMs);
  }
  const record = await hold(ports.tables.connections, connectionKey(id));
  return record && work(record);
}

/** The link that somebody came by who wants to reconnect: whatever becomes of it, they learn no other one. */
async function linkThatLed(
  ports: Ports,
  { reconnects, linkVersion }: PendingLogin,
): Promise<string | undefined> {
  return reconnects === undefined ? undefined : deriveLink(ports, reconnects, linkVersionOf({ linkVersion }));
}

async function isLinkReplaced(ports: Ports, { reconnects, linkVersion }: PendingLogin): Promise<boolean> {
  if (reconnects === undefined) return false;
  return linkVersionOf(await readConnection(ports, reconnects)) !== linkVersionOf({ linkVersion });
}

function judgeLogin(
  login: PendingLogin | undefined,
  { codeVerifier }: Callback,
  now: number,
): SignUpRefusal | undefined {
  if (!login) return 'state unknown';
  // Comes first: the cookie of a finished sign-up is gone, and phones reload the page of a restored tab.
  if (login.consumedBy !== undefined) return 'state used';
  if (codeVerifier === undefined || codeChallengeOf(codeVerifier) !== login.codeChallenge) {
    return 'other browser';
  }
  return login.expiresAt <= now ? 'state expired' : undefined;
}

/** Before the exchange, so that a doubled callback cannot use the code twice. */
async function consumeState(ports: Ports, { key }: Row<PendingLogin>): Promise<boolean> {
  const me = ports.random.id();
  const after = await change(ports.tables.logins, key, (login) =>
    login.consumedBy === undefined
      ? { ...login, consumedBy: me, phone: undefined, textConsent: undefined }
      : undefined,
  );
  return after?.consumedBy === me;
}

/** What another account, or the same one set up, would cure. */
const accountRefusals: readonly SignUpRefusal[] = [
  'no profile at provider',
  'account not moved',
  'account refused',
];

function refusalOf(code: ErrorCode): SignUpRefusal {
  switch (code) {
    case 'GRANT_REFUSED':
      return 'code refused';
    case 'PROVIDER_RETIRED':
      return 'provider retired';
    case 'NOT_CONFIGURED':
    case 'CLIENT_REFUSED':
    case 'REQUEST_REFUSED':
    case 'API_DISABLED':
    case 'PROJECT_REFUSED':
    case 'PROJECT_NOT_ADMITTED':
    case 'SCOPES_REFUSED':
      return 'not configured';
    case 'SCOPE_MISSING':
      return 'device scope missing';
    case 'ACCOUNT_NOT_LINKED':
      return 'no profile at provider';
    case 'ACCOUNT_NOT_MOVED':
      return 'account not moved';
    case 'ACCESS_FORBIDDEN':
      return 'account refused';
    default:
      return 'provider unavailable';
  }
}

/** Who consented: from the token answer, or by a call of its own where the answer does not say. */
async function readIdentity(
  ports: Ports,
  provider: Provider,
  grant: TokenGrant,
): Promise<ProviderIdentity | { readonly refusal: SignUpRefusal }> {
  if (!provider.identity) {
    return grant.providerUserId === undefined
      ? { refusal: 'provider unavailable' }
      : { userId: grant.providerUserId, previousIds: {} };
  }
  const answer = await readFromApi(
    (call) => callApi(ports, provider, grant.accessToken, call),
    provider.identity,
  );
  return answer.ok ? answer.value : { refusal: refusalOf(answer.code) };
}

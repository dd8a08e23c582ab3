/**
 * From the provider's answer to a connection: one-time state, code exchange, identity, first token set. Signing up again with
 * the same account at the provider, or at its successor, is a reconnect: the same connection gets the next consent number,
 * which no rotation of the old chain can overwrite.
 */
import type { ConnectionId, PendingLogin, Settings } from '../../model';
import type { Ports, Provider, ProviderIdentity, Row, TokenGrant } from '../../ports';
import { Secret } from '../../secret';
import { callApi, readFromApi } from '../rotation/api-call';
import { change } from '../store/compare-and-swap';
import { raiseAlarm } from '../messages/alarms';
import { announceConsent } from './announce';
import { type CodeSent } from './confirm-number';
import { revokeUnused, type RevokeNeeds } from '../rotation/disconnect';
import { findOrMakeConnection, findReconnected } from '../connection/identities';
import { identityKey, loginKey } from '../store/row-keys';
import { linkOf, linkVersionOf } from '../contact/personal-link';
import { deriveLink } from '../contact/keyed-values';
import { exchangeCode, codeChallengeOf } from '../rotation/oauth';
import { firstTokenSet, isGrantedForTesting } from '../rotation/new-token-set';
import { freeInvite, namedBy, useInvite } from './invites';
import { paths } from '../../paths';
import { readConnection, readOpenConnection } from '../connection/read';
import { keepConsent, whileNobodyRotates } from '../rotation/keep-consent';
import { type SignUpRefused, type SignUpRefusal, accountRefusals, refusalOf } from './sign-up-refusal';
import { takeUpLabel, isUnconfirmed, takeUpLanguage, takeUpNumber } from './take-up-form';
import type { AlarmNeeds, TextNeeds } from '../messages/record-message';

export interface Callback {
  readonly state: string;
  readonly code?: Secret | undefined;
  /** RFC 6749 §4.1.2.1 */
  readonly error?: string | undefined;
  /** From the cookie; absent in another browser. */
  readonly codeVerifier?: string | undefined;
  /** RFC 9207: who says that it answers. */
  readonly issuer?: string | undefined;
  /** A keyed hash of the client; texts are limited by it. */
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

export async function completeSignUp(
  ports: RevokeNeeds & TextNeeds,
  callback: Callback,
): Promise<SignUpResult> {
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

async function complete(ports: RevokeNeeds & TextNeeds, callback: Callback): Promise<SignUpResult> {
  const row = await ports.tables.logins.get(loginKey(callback.state));
  const obstacle = checkLogin(row?.value, callback, ports.clock.now());
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
  const grant = exchanged.value;
  const giveUp = async (why: SignUpRefusal, userId = grant.providerUserId): Promise<SignUpRefused> => {
    const { accessToken } = grant;
    await revokeUnused(ports, { provider: provider.id, accessToken, providerUserId: userId });
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

  // Before anything is stored: whoever comes too late leaves nothing behind.
  const account = identityKey(provider.id, identity.userId).row;
  const invite = login.invite === undefined ? undefined : await useInvite(ports, login.invite, account);
  if (login.invite !== undefined && !invite) return giveUp('invite used', identity.userId);
  const missingScopes = provider.scopes.optional.filter((scope) => !granted.includes(scope));
  const { reconnects } = login;
  const free = () => freeInvite(ports, login.invite, [account]);
  const orFree = (error: unknown): Promise<never> => free().then(() => Promise.reject(error));
  const connection = await (
    reconnects === undefined
      ? findOrMakeConnection(ports, provider, identity)
      : findReconnected(ports, provider, identity, reconnects)
  ).catch(orFree);
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
  const kept = await whileNobodyRotates(ports, connection.id, (record, withoutLease) =>
    keepConsent(ports, record, set, {
      withItsNumber: (before) => ({
        ...before,
        missingScopes,
        // Sharing that this page did not name ends now, whatever becomes of the consent.
        sharedWith: before.sharedWith === login.sharedWith ? before.sharedWith : undefined,
        ...(login.phone && isUnconfirmed(before) ? { confirmBy } : {}),
        ...takeUpLanguage(before, login),
      }),
      withItsSet: (before) => ({
        ...withoutLease(before),
        sharedWith: login.sharedWith,
        ...(login.invite !== undefined && invite && namedBy(login.invite, invite)),
      }),
    }),
  ).catch(orFree);
  if (!kept) {
    await free();
    return refuse('not saved');
  }
  if (isGrantedForTesting(provider, set)) await tellTesting(ports, connection.id);
  if (invite?.label !== undefined) await takeUpLabel(ports, connection.id, invite.label);
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
async function enqueueFirstCheck(
  { clock, log, queues }: Pick<Ports, 'clock' | 'log' | 'queues'>,
  connection: ConnectionId,
): Promise<void> {
  const consentedAt = clock.now();
  try {
    await queues.enqueue({ kind: 'check-battery', connection, run: 'consent', consentedAt });
  } catch {
    // The consent is safe, and that is what the page says. The next run brings a check.
    log.warn('battery.check_waits', { connection });
  }
}

/** Every grant of this client will die after seven days: the operator hears it now. */
async function tellTesting(ports: AlarmNeeds, connection: ConnectionId): Promise<void> {
  const alarm = 'publishing status Testing suspected';
  try {
    await raiseAlarm(ports, alarm, { connection });
  } catch {
    // The consent is safe, and that is what the page says. The watchdog raises it within the hour.
    ports.log.warn('alarm.not_noted', { alarm });
  }
}

/** The link that somebody came by who wants to reconnect: whatever becomes of it, they learn no other one. */
async function linkThatLed(
  ports: Pick<Ports, 'keyedHash'>,
  { reconnects, linkVersion }: PendingLogin,
): Promise<string | undefined> {
  return reconnects === undefined ? undefined : deriveLink(ports, reconnects, linkVersionOf({ linkVersion }));
}

async function isLinkReplaced(
  ports: Pick<Ports, 'tables'>,
  { reconnects, linkVersion }: PendingLogin,
): Promise<boolean> {
  if (reconnects === undefined) return false;
  return linkVersionOf(await readConnection(ports, reconnects)) !== linkVersionOf({ linkVersion });
}

/** Before the exchange, so that a doubled callback cannot use the code twice. */
async function consumeState(
  ports: Pick<Ports, 'random' | 'tables'>,
  { key }: Row<PendingLogin>,
): Promise<boolean> {
  const me = ports.random.id();
  const after = await change(ports.tables.logins, key, (login) =>
    login.consumedBy === undefined
      ? { ...login, consumedBy: me, phone: undefined, textConsent: undefined }
      : undefined,
  );
  return after?.consumedBy === me;
}

/** Reads who consented: from the token answer, or by a call of its own where the answer does not say. */
async function readIdentity(
  ports: Pick<Ports, 'clock' | 'http'> & Pick<Settings, 'policy'>,
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

export function checkLogin(
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

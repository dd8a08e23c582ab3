/**
 * From the provider's answer to a connection: one-time state, code exchange, identity, first token set. Signing up again with
 * the same account at the provider, or at its successor, is a reconnect: the same connection gets the next consent number,
 * which no rotation of the old chain can overwrite.
 */
import type { Connection, ConnectionId, Invite, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { raiseAlarm } from '../messages/alarms';
import { chooseVault } from '../board/choose-vault';
import { announceConsent } from './announce';
import { type CodeSent } from './confirm-address';
import type { RevokeNeeds } from '../rotation/disconnect';
import { findOrMakeConnection, findReconnected } from '../connection/identities';
import { identityKey } from '../store/row-keys';
import { addressOf } from '../contact/address-of';
import { linkOf } from '../contact/personal-link';
import { firstTokenSet, isGrantedForTesting } from '../rotation/new-token-set';
import { freeInvite, namedBy, useInvite } from './invites';
import { readOpenConnection } from '../connection/read';
import { keepConsent, whileNobodyRotates } from '../rotation/keep-consent';
import { acceptCallback, type Attempt, type Callback } from './accept-callback';
import { giveUp, obtainGrant, refuseAccount, type Obtained } from './obtain-grant';
import type { SignUpRefused } from './sign-up-refusal';
import { takeUpLabel, isUnconfirmed, takeUpLanguage, takeUpAddress } from './take-up-form';
import type { AlarmNeeds, TextNeeds } from '../messages/record-message';

export type SignUpResult =
  | {
      readonly outcome: 'connected';
      readonly connection: ConnectionId;
      readonly provider: string;
      readonly reconnected: boolean;
      readonly missingScopes: readonly string[];
      /** The secret part of the wearer's link to the personal page; of somebody who reconnects, the one they came by. */
      readonly link: string;
      /** An address was entered that is not known to be theirs: the ticket of its confirmation. */
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
  const attempt = await acceptCallback(ports, callback);
  if ('outcome' in attempt) return attempt;
  const obtained = await obtainGrant(ports, attempt);
  if ('outcome' in obtained) return obtained;
  const stored = await storeConsent(ports, attempt, obtained);
  if ('outcome' in stored) return stored;
  const { connection, label } = stored;
  const { login, provider, cameBy } = attempt;
  if (stored.isForTesting) await tellTesting(ports, connection.id);
  if (label !== undefined) await takeUpLabel(ports, connection.id, label);
  const isReconnect = login.reconnects !== undefined;
  const reconnected = connection.pointer !== undefined;
  // Somebody who leaves the address out is told at that address that it is removed.
  if (reconnected && (isReconnect || addressOf(login))) await announceConsent(ports, connection.id);
  const confirmation = isReconnect ? undefined : await takeUpAddress(ports, connection.id, login, callback);
  await enqueueFirstCheck(ports, connection.id);
  return {
    outcome: 'connected',
    link: cameBy ?? (await linkOf(ports, connection)),
    confirmation,
    connection: connection.id,
    provider: provider.name,
    reconnected,
    missingScopes: obtained.missingScopes,
  };
}

interface Stored {
  /** As it was before this consent. */
  readonly connection: Connection;
  /** From the invite. */
  readonly label: string | undefined;
  readonly isForTesting: boolean;
}

/** Finds or makes the connection and stores its token set. The invite is used before anything is stored, and freed if nothing is. */
async function storeConsent(
  ports: RevokeNeeds & TextNeeds,
  attempt: Attempt,
  obtained: Obtained,
): Promise<Stored | SignUpRefused> {
  const { login, provider } = attempt;
  const { grant, identity, scopes } = obtained;
  const theirs = { ...grant, providerUserId: identity.userId };
  const account = identityKey(provider.id, identity.userId).row;
  const invite = login.invite === undefined ? undefined : await useInvite(ports, login.invite, account);
  if (login.invite !== undefined && !invite) return giveUp(ports, attempt, theirs, 'invite used');
  const free = () => freeInvite(ports, login.invite, [account]);
  const orFree = (error: unknown): Promise<never> => free().then(() => Promise.reject(error));
  const { reconnects } = login;
  const connection = await (
    reconnects === undefined
      ? findOrMakeConnection(ports, provider, identity, () => chooseVault(ports))
      : findReconnected(ports, provider, identity, reconnects)
  ).catch(orFree);
  if (!connection) {
    const refused = await giveUp(ports, attempt, theirs, 'disconnected');
    const isOpen = (await readOpenConnection(ports, reconnects!)) !== undefined;
    return isOpen ? refuseAccount(attempt, grant, 'other account') : refused;
  }
  const about = { connection: connection.id, provider: provider.id, scopes, providerUserId: identity.userId };
  const set = firstTokenSet(ports, grant, about, obtained.requestedAt);
  const kept = await storeConsentedSet(ports, attempt, {
    set,
    invite,
    missingScopes: obtained.missingScopes,
  }).catch(orFree);
  if (!kept) {
    await free();
    return attempt.refuse('not saved');
  }
  return { connection, label: invite?.label, isForTesting: isGrantedForTesting(provider, set) };
}

function storeConsentedSet(
  ports: RevokeNeeds & TextNeeds,
  { login }: Attempt,
  {
    set,
    invite,
    missingScopes,
  }: {
    readonly set: Omit<TokenSet, 'consent'>;
    readonly invite: Invite | undefined;
    readonly missingScopes: readonly string[];
  },
) {
  const confirmBy = ports.clock.now() + ports.policy.times.confirmMs;
  return whileNobodyRotates(ports, set.connection, (record, withoutLease) =>
    keepConsent(ports, record, set, {
      withItsNumber: (before) => ({
        ...before,
        missingScopes,
        // Sharing that this page did not name ends now, whatever becomes of the consent.
        sharedWith: before.sharedWith === login.sharedWith ? before.sharedWith : undefined,
        ...(addressOf(login) && isUnconfirmed(before) ? { confirmBy } : {}),
        ...takeUpLanguage(before, login),
      }),
      withItsSet: (before) => ({
        ...withoutLease(before),
        sharedWith: login.sharedWith,
        ...(login.invite !== undefined && invite && namedBy(login.invite, invite)),
      }),
    }),
  );
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
    // The consent is safe, and that is what the page says. The watchdog raises it after the next run.
    ports.log.warn('alarm.not_noted', { alarm });
  }
}

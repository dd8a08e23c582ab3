/**
 * Rotation: one refresh and the safe storage of its result. The promise: no refresh token is lost, because the new set is stored, in the
 * vault or encrypted in the journal, before anything else happens. It is used only after the pointer names it, or it stands in the journal. Every caller (the
 * six-hourly run, a replay, the operator, a call whose access token is about to expire or was refused) comes through here. The only other refresh is
 * `refreshAlone` in usable-access.ts: a check at a provider that does not rotate refresh tokens, which has nothing to store.
 */
import { failure, hasCode, type Failure, type Result } from '../../errors';
import type { ConnectionId, Settings, TokenSet } from '../../model';
import type { Ports, Provider, TokenGrant } from '../../ports';
import { settleCurrent } from './current-token-set';
import { decideRefresh, type Asker, type KeepReason, type RefreshReason } from './decide-refresh';
import { revokeAndDelete, type RevokeNeeds } from './disconnect';
import { withLease, withoutLeaseOf, type HeldLease, type LeaseNeeds } from './lease';
import { prepareRefresh, type ClientNeeds } from './oauth';
import { comparePositions, samePosition } from '../connection/position';
import { enqueueReplays, noReplays, type Replays } from './replays';
import { keepAccess, withLatestAccess } from './latest-access';
import { storeTokenSet, type StoreNeeds } from './store-token-set';
import { nextTokenSet, reserveNextPosition } from './new-token-set';
import { readOpenConnection } from '../connection/read';
import { forgetFailure, recordFailure } from './note-failure';

/** What a rotation needs, from taking the lease to the commit. */
export type RotationNeeds = LeaseNeeds & RevokeNeeds & Pick<Ports, 'accessSeal' | 'queues'>;

export type Rotation =
  | {
      /** `refreshed`: the refresh token stays, and only the access token is new; it is in no secret. */
      readonly outcome: 'rotated' | 'refreshed';
      readonly reason: RefreshReason;
      readonly set: TokenSet;
    }
  | {
      readonly outcome: 'kept';
      readonly reason: KeepReason;
      readonly set: TokenSet;
      readonly retryAt?: number | undefined;
    }
  /** A new set is safe in the journal and not current yet; the next worker finishes it. */
  | { readonly outcome: 'journalled' };

/** A failure without a reason asked nothing of the provider. */
export type RotationFailure = Failure & { readonly reason?: RefreshReason };
export type RotationResult = { readonly ok: true; readonly value: Rotation } | RotationFailure;

const done = (value: Rotation): RotationResult => ({ ok: true, value });

/** What the provider has answered to a refresh that was asked for without a lease. */
export interface Answered {
  /** The set whose refresh token was sent. */
  readonly to: TokenSet;
  readonly requestedAt: number;
  /** The same by the monotonic clock. */
  readonly askedMs: number;
  readonly answer: Result<TokenGrant>;
}

/**
 * @param answered is stored or noted in place of asking again, while it still counts (`stillCounts`)
 * @returns `CONNECTION_UNKNOWN` also for a closed connection, and for one whose first consent was never completed
 */
export async function rotateToken(
  ports: RotationNeeds,
  id: ConnectionId,
  asker: Asker,
  answered?: Answered,
): Promise<RotationResult> {
  const result = await withLease(ports, id, (lease) => rotateUnderLease(ports, lease, asker, answered));
  if (result.ok) logRotation(ports, id, result.value);
  else logFailure(ports, id, result);
  return result;
}

async function rotateUnderLease(
  ports: RotationNeeds,
  lease: HeldLease,
  asker: Asker,
  answered: Answered | undefined,
): Promise<RotationResult> {
  const found = await settleCurrent(ports, lease.record);
  if (!found) return failure('CONNECTION_UNKNOWN');
  if (found.onlyInJournal) return done({ outcome: 'journalled' });
  const current = found.set;
  const connection = lease.record.value;
  const inHand = answered && stillCounts(ports, answered, current) ? answered : undefined;
  const requestedAt = inHand?.requestedAt ?? ports.clock.now();

  const inUse = asker.by === 'call' ? withLatestAccess(ports, connection, current) : current;
  const { refresh, reason } = inHand?.answer.ok
    ? answeredAlready
    : decideRefresh(asker, connection, inUse, { policy: ports.policy, now: requestedAt });
  if (!refresh) {
    return done({ outcome: 'kept', reason, set: inUse, retryAt: connection.failedAttempt?.retryAt });
  }

  const provider = ports.providers.get(current.provider)!;
  const keepsRefreshToken = !provider.rotatesRefreshToken;
  // A call to a provider whose refresh token stays mostly stores nothing, so it must not use up a consent number.
  const position =
    asker.by === 'call' && keepsRefreshToken
      ? { consent: current.consent, generation: current.generation + 1 }
      : await reserveNextPosition(lease, current);
  if (!position) return failure('LEASE_HELD');
  const replays = await prepareReplays(ports, lease, current, asker);
  if (replays === 'lease lost') return failure('LEASE_HELD');
  // A worker that outlived its lease can have committed since this one read the set, and that token is spent.
  if (replays === noReplays && provider.rotatesRefreshToken) await lease.record.reread();
  if (!samePosition(lease.record.value.pointer, current)) {
    await replays.cancel();
    return readWinner(ports, lease, current);
  }
  const { consent, generation } = current;
  if (!inHand) logBegun(ports, current, reason);
  const { answer, mayBeSpent } = inHand
    ? { answer: inHand.answer, mayBeSpent: false }
    : await refreshWithRepeats(ports, provider, lease, current);
  if (!answer.ok) {
    if (!mayBeSpent) await replays.cancel();
    if (answer.code === 'LEASE_HELD') return answer;
    const noted = await recordFailure(ports, lease, current, answer);
    if (noted.ok) return keptBy(noted.value);
    return noted.code === 'LEASE_HELD' ? noted : { ...noted, reason };
  }

  const next = nextTokenSet(ports, current, answer.value, { position, requestedAt });
  if (asker.by === 'call' && keepsRefreshToken && answer.value.refreshToken === undefined) {
    const set = { ...next, consent, generation, journalKey: current.journalKey };
    await lease.changeWhileMine((before) =>
      withoutLeaseOf(lease.owner, forgetFailure(keepAccess(ports, before, current, set))),
    );
    return done({ outcome: 'refreshed', reason, set });
  }
  const outcome = await storeNext(ports, lease, current, next);
  if (outcome === 'not saved') return { ...failure('TOKEN_NOT_SAVED'), reason };
  if (outcome === 'journalled') return done({ outcome });
  if (outcome === 'closed') {
    await revokeAndDelete(ports, next, connection);
    return failure('CONNECTION_UNKNOWN');
  }
  await replays.remove();
  if (outcome === 'superseded') return readWinner(ports, lease, next);
  return done({ outcome: 'rotated', reason, set: next });
}

/**
 * Whether the answer of a refresh without the lease is used. If the token that was sent is still the current one, it is; a failure only for as long
 * as a lease lasts, because a worker that was frozen says nothing about now. If not, it is used only if it brought a refresh token and was asked for
 * later than the current set.
 */
function stillCounts(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  { to, requestedAt, askedMs, answer }: Answered,
  current: TokenSet,
): boolean {
  if (!answer.ok && clock.monotonicMs() - askedMs >= policy.times.leaseMs) return false;
  if (to.refreshToken.equals(current.refreshToken)) return true;
  const bringsToken = answer.ok && answer.value.refreshToken !== undefined;
  return bringsToken && to.consentedAt === current.consentedAt && requestedAt > current.issuedAt;
}

/** A refresh token that came with the answer is stored, whatever the record says by now. */
const answeredAlready = { refresh: true, reason: 'access token about to expire' } as const;

/** A refresh token that stays needs no journal: if the vault refuses for long, the next attempt refreshes again. */
async function storeNext(
  ports: StoreNeeds & Pick<Ports, 'providers' | 'tables'>,
  lease: HeldLease,
  current: TokenSet,
  next: TokenSet,
) {
  const { rotatesRefreshToken } = ports.providers.get(current.provider)!;
  const { saveMs, leaseMs } = ports.policy.times;
  if (rotatesRefreshToken && !lease.stillMine() && (await isInJournal(ports, current, next)))
    return 'superseded';
  try {
    const stored = await storeTokenSet(ports, lease.record, next, {
      patch: (after) => withoutLeaseOf(lease.owner, after),
      ...(rotatesRefreshToken ? { previous: current, saveMs } : { saveMs: leaseMs }),
    });
    return stored === 'journalled' ? await whereJournalled(ports, next) : stored;
  } catch (error) {
    if (!hasCode(error, 'TOKEN_NOT_SAVED')) throw error;
    const { connection, consent, generation } = next;
    ports.log.error('token.not_saved', { connection, consent, generation });
    return 'not saved';
  }
}

/**
 * Whether another worker has written its answer to the journal meanwhile. From there its access token may have been used, and where a refresh gives
 * a pair each time, that ends this worker's pair.
 */
async function isInJournal(
  { journal }: Pick<Ports, 'journal'>,
  current: TokenSet,
  next: TokenSet,
): Promise<boolean> {
  try {
    return (await journal.read(current)).some((set) => comparePositions(set, next) >= 0);
  } catch {
    return false;
  }
}

/** Once the wearer has left, nobody would finish it. */
async function whereJournalled(
  ports: Pick<Ports, 'tables'>,
  { connection }: TokenSet,
): Promise<'journalled' | 'closed'> {
  return (await readOpenConnection(ports, connection)) ? 'journalled' : 'closed';
}

/** A worker that outlived its lease may hold a set that is not current: nobody may use its access token. */
async function readWinner(
  ports: Pick<Ports, 'journal' | 'log' | 'providers' | 'vault'>,
  { record }: HeldLease,
  next: TokenSet,
): Promise<RotationResult> {
  return keptBy((await settleCurrent(ports, record))?.set ?? next);
}

function keptBy(winner: TokenSet): RotationResult {
  return done({ outcome: 'kept', reason: 'another worker refreshed it', set: winner });
}

/** The most extra batches of replays while the provider stays silent. */
const mostRounds = 1;

/**
 * A provider whose refresh token stays needs none. A replay is itself one of three; the last one has nobody behind it and
 * queues one more batch of three before it refreshes.
 */
async function prepareReplays(
  ports: Pick<Ports, 'clock' | 'providers' | 'queues' | 'random'> & Pick<Settings, 'policy'>,
  lease: HeldLease,
  current: TokenSet,
  asker: Asker,
): Promise<Replays | 'lease lost'> {
  const { rotatesRefreshToken } = ports.providers.get(current.provider)!;
  if (!rotatesRefreshToken) return noReplays;
  if (asker.by !== 'replay') return enqueueReplays(ports, lease, current, 0);
  return asker.isLast && asker.round < mostRounds
    ? enqueueReplays(ports, lease, current, asker.round + 1)
    : noReplays;
}

const repeats = 2;

/**
 * Refreshes, and asks again with the identical request while the outcome is unknown, the lease is ours and
 * nobody else has moved on. Inside the provider's repeat window that gives the same answer again.
 */
async function refreshWithRepeats(
  ports: ClientNeeds,
  provider: Provider,
  lease: HeldLease,
  current: TokenSet,
): Promise<{ answer: Result<TokenGrant>; mayBeSpent: boolean }> {
  // Returned if the lease has run out before the first attempt.
  let answer: Result<TokenGrant> = failure('LEASE_HELD');
  let mayBeSpent = false;
  const refresh = await prepareRefresh(ports, provider, current.refreshToken);
  for (let attempt = 0; attempt <= repeats && lease.stillMine(); attempt += 1) {
    answer = await refresh();
    if (answer.ok || answer.code !== 'OUTCOME_UNKNOWN') break;
    mayBeSpent = true;
    if (!samePosition((await lease.record.reread())?.pointer, current)) break;
  }
  // An earlier request may have been applied, whatever this answer says. The replays find out, and no Retry-After may hold them up.
  if (mayBeSpent && !answer.ok && answer.code !== 'GRANT_REFUSED') {
    return { answer: failure('OUTCOME_UNKNOWN'), mayBeSpent };
  }
  return { answer, mayBeSpent };
}

export function logBegun({ log }: Pick<Ports, 'log'>, set: TokenSet, reason: RefreshReason): void {
  const { connection, provider, consent, generation } = set;
  log.info('token.refresh_begun', { connection, provider, reason, consent, generation });
}

export function logRotation({ log }: Pick<Ports, 'log'>, connection: ConnectionId, rotation: Rotation): void {
  if (rotation.outcome === 'journalled') return log.warn('token.journalled', { connection });
  const { reason, set } = rotation;
  const { provider, consent, generation, expiresAt } = set;
  if (rotation.outcome === 'kept') return log.info('token.kept', { connection, provider, reason });
  const event = rotation.outcome === 'rotated' ? 'token.rotated' : 'token.refreshed';
  log.info(event, { connection, provider, reason, consent, generation, expiresAt });
}

function logFailure({ log }: Pick<Ports, 'log'>, connection: ConnectionId, failed: RotationFailure): void {
  const { reason, code, retryAt, answer } = failed;
  if (reason === undefined) return log.info('token.not_rotated', { connection, code });
  const event = code === 'RECONNECT_REQUIRED' ? 'token.reconnect_required' : 'token.refresh_failed';
  log.warn(event, {
    ...{ connection, reason, code },
    ...(retryAt !== undefined && { retryAt }),
    ...(answer !== undefined && { answer }),
  });
}

/**
 * Rotation: one refresh and the safe storage of its result. The promise: no refresh token is lost, because the
 * new set is saved before anything else happens and used only after the pointer names it. Every caller (the
 * six-hourly run, the operator, a call that met a 401) comes through here.
 */
import { hasCode, type ErrorCode } from '../../errors';
import type { Connection, ConnectionId, Policy, Retirement, TokenSet } from '../../model';
import type { Ports, Provider } from '../../ports';
import { readCurrent } from './current-token-set';
import { decideRefresh, type Asker, type KeepReason, type RefreshReason } from './decide-refresh';
import { revokeAndDelete } from './disconnect';
import { withLease, withoutLeaseOf, type HeldLease, type LeaseRefusal } from './lease';
import { prepareRefresh, type Failure, type GrantResult } from './oauth';
import { samePosition } from '../connection/position';
import { enqueueReplays, noReplays, type Replays } from './replays';
import { keepAccess, withLatestAccess } from './latest-access';
import { storeTokenSet } from './store-token-set';
import { nextTokenSet, reserveNextPosition } from './new-token-set';
import { readOpenConnection } from '../connection/read';
import { effectiveCode } from '../connection/state';

export type RotationResult =
  | {
      /** `refreshed`: the refresh token stays, and only the access token is new; it is on the connection's record. */
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
  | {
      readonly outcome: 'failed';
      readonly reason: RefreshReason;
      readonly code: ErrorCode;
      readonly retryAt?: number | undefined;
    }
  /** A new set is safe in the journal and not current yet; the next worker finishes it. */
  | { readonly outcome: 'journalled' }
  /** Busy elsewhere; or no such connection, one whose first consent was never completed, or a closed one. */
  | { readonly outcome: LeaseRefusal };

export async function rotateToken(ports: Ports, id: ConnectionId, asker: Asker): Promise<RotationResult> {
  const result = await withLease(ports, id, (lease) => rotateUnderLease(ports, lease, asker));
  const described = typeof result === 'string' ? { outcome: result } : result;
  logResult(ports, id, described);
  return described;
}

async function rotateUnderLease(ports: Ports, lease: HeldLease, asker: Asker): Promise<RotationResult> {
  const found = await readCurrent(ports, lease.record);
  if (!found) return { outcome: 'unknown connection' };
  if (found.onlyInJournal) return { outcome: 'journalled' };
  const current = found.set;
  const connection = lease.record.value;
  const requestedAt = ports.clock.now();

  const inUse = asker.by === 'call' ? withLatestAccess(ports, connection, current) : current;
  const { refresh, reason } = decideRefresh(asker, connection, inUse, ports.policy, requestedAt);
  if (!refresh) return { outcome: 'kept', reason, set: inUse, retryAt: connection.failedAttempt?.retryAt };

  const provider = ports.providers.get(current.provider)!;
  const keepsRefreshToken = !provider.rotatesRefreshToken;
  // A call to a provider whose refresh token stays mostly stores nothing, so it must not use up a consent number.
  const position =
    asker.by === 'call' && keepsRefreshToken
      ? { consent: current.consent, generation: current.generation + 1 }
      : await reserveNextPosition(lease, current);
  if (!position) return { outcome: 'held' };
  const replays = await prepareReplays(ports, provider, lease, current, asker);
  if (replays === 'lease lost') return { outcome: 'held' };
  // A worker that outlived its lease can have committed since this one read the set, and that token is spent.
  if (replays === noReplays && provider.rotatesRefreshToken) await lease.record.reread();
  if (!samePosition(lease.record.value.pointer, current)) {
    await replays.callOff();
    return readWinner(ports, lease, current);
  }
  const { consent, generation } = current;
  ports.log.info('token.refresh_begun', {
    connection: connection.id,
    provider: provider.id,
    reason,
    consent,
    generation,
  });
  const { answer, mayBeSpent } = await refreshWithRepeats(ports, provider, lease, current);
  if (!answer.ok) {
    if (!mayBeSpent) await replays.callOff();
    if (answer.code === 'LEASE_HELD') return { outcome: 'held' };
    return recordFailure(ports, lease, current, answer, reason);
  }

  const next = nextTokenSet(ports, current, answer.grant, position, requestedAt);
  if (asker.by === 'call' && keepsRefreshToken && answer.grant.refreshToken === undefined) {
    const set = { ...next, consent, generation, journalKey: current.journalKey };
    await lease.changeWhileMine((before) =>
      withoutLeaseOf(lease.owner, forgetFailure(keepAccess(ports, before, current, set))),
    );
    return { outcome: 'refreshed', reason, set };
  }
  const outcome = await storeNext(ports, lease, current, next);
  if (outcome === 'not saved') return { outcome: 'failed', reason, code: 'TOKEN_NOT_SAVED' };
  if (outcome === 'journalled') return { outcome };
  if (outcome === 'closed') {
    await revokeAndDelete(ports, next);
    return { outcome: 'unknown connection' };
  }
  await replays.remove();
  if (outcome === 'superseded') return readWinner(ports, lease, next);
  return { outcome: 'rotated', reason, set: next };
}

/** A refresh token that stays needs no journal: if the vault refuses for long, the next attempt refreshes again. */
async function storeNext(ports: Ports, lease: HeldLease, current: TokenSet, next: TokenSet) {
  const { rotatesRefreshToken } = ports.providers.get(current.provider)!;
  const { saveMs, leaseMs } = ports.policy.times;
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

/** Once the wearer has left, nobody would finish it. */
async function whereJournalled(ports: Ports, { connection }: TokenSet): Promise<'journalled' | 'closed'> {
  return (await readOpenConnection(ports, connection)) ? 'journalled' : 'closed';
}

/** A worker that outlived its lease may hold a set that is not current: nobody may use its access token. */
async function readWinner(ports: Ports, { record }: HeldLease, next: TokenSet): Promise<RotationResult> {
  const winner = (await readCurrent(ports, record))?.set ?? next;
  return { outcome: 'kept', reason: 'another worker refreshed it', set: winner };
}

/** The most extra batches of replays while the provider stays silent. */
const mostRounds = 1;

/**
 * A provider whose refresh token stays needs none. A replay is itself one of three; the last one has nobody behind it and
 * queues one more batch of three before it refreshes.
 */
async function prepareReplays(
  ports: Ports,
  { rotatesRefreshToken }: Provider,
  lease: HeldLease,
  current: TokenSet,
  asker: Asker,
): Promise<Replays | 'lease lost'> {
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
  ports: Ports,
  provider: Provider,
  lease: HeldLease,
  current: TokenSet,
): Promise<{ answer: GrantResult; mayBeSpent: boolean }> {
  // Returned if the lease has run out before the first attempt.
  let answer: GrantResult = { ok: false, code: 'LEASE_HELD' };
  let mayBeSpent = false;
  const refresh = await prepareRefresh(ports, provider, current.refreshToken);
  for (let attempt = 0; attempt <= repeats && lease.stillMine(); attempt += 1) {
    answer = await refresh();
    if (answer.ok || answer.code !== 'OUTCOME_UNKNOWN') break;
    mayBeSpent = true;
    if (!samePosition((await lease.record.reread())?.pointer, current)) break;
  }
  // What came after a lost answer does not say what became of it, and no Retry-After may hold up the replays.
  if (mayBeSpent && !answer.ok && answer.code !== 'GRANT_REFUSED') {
    return { answer: { ok: false, code: 'OUTCOME_UNKNOWN' }, mayBeSpent };
  }
  return { answer, mayBeSpent };
}

/** A refresh that worked shows that an earlier refusal or failure was a passing one. */
function forgetFailure(connection: Connection): Connection {
  return {
    ...connection,
    refusal: undefined,
    retirement: undefined,
    failedAttempt: undefined,
    failingSince: undefined,
  };
}

/** Nothing here may delete or blank a token: a failure is a note on the record. */
async function recordFailure(
  ports: Ports,
  lease: HeldLease,
  current: TokenSet,
  { code, retryAt }: Failure,
  reason: RefreshReason,
): Promise<RotationResult> {
  await lease.record.reread();
  const stored = await readCurrent(ports, lease.record);
  // Losing a race is not "invalid": somebody else holds a later set, and that one counts.
  if (stored && !samePosition(stored.set, current)) {
    return { outcome: 'kept', reason: 'another worker refreshed it', set: stored.set };
  }
  const now = ports.clock.now();
  const updated = await lease.changeWhileMine((before) =>
    withoutLeaseOf(
      lease.owner,
      // A new consent meanwhile has nothing to do with what became of the old grant.
      samePosition(before.pointer, current) ? noteFailure(ports, before, { code, retryAt }, now) : before,
    ),
  );
  if (!updated) return { outcome: 'held' };
  return { outcome: 'failed', reason, code: effectiveCode(updated, code), retryAt };
}

function noteFailure(
  { policy }: Ports,
  before: Connection,
  { code, retryAt }: Pick<Failure, 'code' | 'retryAt'>,
  now: number,
): Connection {
  const { pointer, refusal, retirement } = before;
  const { refusalRecheckMs } = policy.times;
  const failed = {
    ...before,
    failedAttempt: { at: now, code, retryAt },
    failingSince: before.failingSince ?? now,
  };
  switch (code) {
    case 'GRANT_REFUSED': {
      const { consent, generation } = pointer!;
      const earlier = samePosition(refusal, pointer) ? refusal : undefined;
      return {
        ...failed,
        refusal: { consent, generation, ...confirmed(earlier, now, refusalRecheckMs) },
        // Whoever refuses is not switched off.
        retirement: undefined,
      };
    }
    case 'PROVIDER_RETIRED':
      return { ...failed, retirement: nextRetirement(retirement, policy, now) };
    default:
      return failed;
  }
}

/** A provider's 410 is believed if it is still there hours later, because a brown-out must not text everybody. */
export function nextRetirement(earlier: Retirement | undefined, { times }: Policy, now: number): Retirement {
  return confirmed(earlier, now, times.retirementConfirmMs);
}

function confirmed(
  earlier: { readonly firstAt: number; readonly confirmedAt?: number | undefined } | undefined,
  now: number,
  afterMs: number,
): { readonly firstAt: number; readonly confirmedAt: number | undefined } {
  const firstAt = earlier?.firstAt ?? now;
  return { firstAt, confirmedAt: earlier?.confirmedAt ?? (now - firstAt >= afterMs ? now : undefined) };
}

function logResult(ports: Ports, id: ConnectionId, result: RotationResult): void {
  switch (result.outcome) {
    case 'rotated':
    case 'refreshed': {
      const { provider, consent, generation, expiresAt } = result.set;
      return ports.log.info(result.outcome === 'rotated' ? 'token.rotated' : 'token.refreshed', {
        connection: id,
        provider,
        reason: result.reason,
        consent,
        generation,
        expiresAt,
      });
    }
    case 'kept':
      return ports.log.info('token.kept', {
        connection: id,
        provider: result.set.provider,
        reason: result.reason,
      });
    case 'failed': {
      const { reason, code, retryAt } = result;
      const event = code === 'RECONNECT_REQUIRED' ? 'token.reconnect_required' : 'token.refresh_failed';
      return ports.log.warn(event, {
        connection: id,
        reason,
        code,
        ...(retryAt === undefined ? {} : { retryAt }),
      });
    }
    case 'journalled':
      return ports.log.warn('token.journalled', { connection: id });
    case 'held':
    case 'unknown connection':
      return ports.log.info('token.not_rotated', { connection: id, outcome: result.outcome });
  }
}

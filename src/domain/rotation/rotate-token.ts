/**
 * Rotation: one refresh and the safe storage of its result. The promise: no refresh token is lost, because the
 * new set is saved before anything else happens and used only after the pointer names it. Every caller (the
 * six-hourly run, the operator, a call that met a 401) comes through here.
 */
import type { ErrorCode } from '../../errors';
import type { Connection, ConnectionId, TokenSet } from '../../model';
import type { Ports, Provider } from '../../ports';
import { change, readConnection, readOpenConnection } from '../change';
import {
  decideRefresh,
  needsReconnect,
  type Asker,
  type KeepReason,
  type RefreshReason,
} from './decide-refresh';
import { giveBack } from './disconnect';
import { connectionKey } from '../keys';
import { withLease, type Lease, type LeaseRefusal } from './lease';
import { prepareRefresh, type Failure, type GrantResult } from './oauth';
import { samePosition } from './position';
import { enqueueReplays, noReplays, type Replays } from './replays';
import {
  commitTokenSet,
  keepTokenSet,
  nextTokenSet,
  readCurrent,
  recordFor,
  reserveNextPosition,
} from './token-sets';

export type RotationResult =
  | { readonly outcome: 'rotated'; readonly reason: RefreshReason; readonly set: TokenSet }
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
  /** The new set is safe in the journal and not current yet; the next worker finishes it. */
  | { readonly outcome: 'journalled'; readonly reason: RefreshReason }
  /** Busy elsewhere; or no such connection, one whose first consent was never completed, or a closed one. */
  | { readonly outcome: LeaseRefusal };

export async function rotateToken(ports: Ports, id: ConnectionId, asker: Asker): Promise<RotationResult> {
  const result = await withLease(ports, id, (lease) => rotateUnderLease(ports, lease, asker));
  const described = typeof result === 'string' ? { outcome: result } : result;
  logResult(ports, id, described);
  return described;
}

async function rotateUnderLease(ports: Ports, lease: Lease, asker: Asker): Promise<RotationResult> {
  const current = await readCurrent(ports, lease.connection);
  if (!current) return { outcome: 'unknown connection' };
  const connection = await recordFor(ports, lease.connection, current);

  const { refresh, reason } = decideRefresh(asker, connection, current, ports.policy, ports.clock.now());
  if (!refresh) {
    return { outcome: 'kept', reason, set: current, retryAt: connection.failedAttempt?.retryAt };
  }

  const provider = ports.providers.get(current.provider)!;
  const position = await reserveNextPosition(ports, connection, current);
  const requestedAt = ports.clock.now();
  const replays = await prepareReplays(ports, provider, connection, current, asker);
  const { answer, mayBeSpent } = await refreshWithRepeats(ports, provider, lease, current);
  if (!answer.ok) {
    if (!mayBeSpent) await replays.callOff();
    if (answer.code === 'LEASE_HELD') return { outcome: 'held' };
    return recordFailure(ports, connection, current, answer, reason);
  }

  const next = nextTokenSet(ports, current, answer.grant, position, requestedAt);
  // Lost, this set would cost one more refresh and nothing else: the vault sees one write per scheduled rotation.
  const nothingToLose = !provider.rotatesRefreshToken && answer.grant.refreshToken === undefined;
  if (asker.by === 'call' && nothingToLose) {
    const { consent, generation } = current;
    await forgetFailure(ports, connection);
    return { outcome: 'rotated', reason, set: { ...next, consent, generation } };
  }
  const kept = await keepTokenSet(ports, next, { previous: current, saveMs: ports.policy.times.saveMs });
  const outcome =
    kept === 'journalled'
      ? await whereJournalled(ports, next)
      : await commitTokenSet(ports, next, kept.version);
  if (outcome === 'journalled') return { outcome, reason };
  if (outcome === 'closed') {
    await giveBack(ports, next);
    return { outcome: 'unknown connection' };
  }
  await replays.takeBack();
  if (outcome === 'superseded') return readWinner(ports, next);
  return { outcome: 'rotated', reason, set: next };
}

/** A wearer who has left meanwhile leaves nobody behind who would finish it. */
async function whereJournalled(ports: Ports, { connection }: TokenSet): Promise<'journalled' | 'closed'> {
  return (await readOpenConnection(ports, connection)) ? 'journalled' : 'closed';
}

/** A worker that outlived its lease may hold a set that is not current: nobody may use its access token. */
async function readWinner(ports: Ports, next: TokenSet): Promise<RotationResult> {
  const record = await readConnection(ports, next.connection);
  const winner = (record && (await readCurrent(ports, record))) ?? next;
  return { outcome: 'kept', reason: 'another worker refreshed it', set: winner };
}

/** For as long as a provider gives no answers, so many sets follow one another. */
const mostRounds = 1;

/**
 * A provider whose refresh token stays needs none. A replay is itself one of three; the last one, with nobody behind it, makes
 * three more before it asks.
 */
async function prepareReplays(
  ports: Ports,
  { rotatesRefreshToken }: Provider,
  connection: Connection,
  current: TokenSet,
  asker: Asker,
): Promise<Replays> {
  if (!rotatesRefreshToken) return noReplays;
  if (asker.by !== 'replay') return enqueueReplays(ports, connection, current, 0);
  return asker.isLast && asker.round < mostRounds
    ? enqueueReplays(ports, connection, current, asker.round + 1)
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
  lease: Lease,
  current: TokenSet,
): Promise<{ answer: GrantResult; mayBeSpent: boolean }> {
  // What a worker says that was held up for so long that its lease has run out before it began.
  let answer: GrantResult = { ok: false, code: 'LEASE_HELD' };
  let mayBeSpent = false;
  const refresh = await prepareRefresh(ports, provider, current.refreshToken);
  for (let attempt = 0; attempt <= repeats && lease.stillMine(); attempt += 1) {
    answer = await refresh();
    if (answer.ok || answer.code !== 'OUTCOME_UNKNOWN') break;
    mayBeSpent = true;
    if (!samePosition((await readConnection(ports, current.connection))?.pointer, current)) break;
  }
  // What came after a lost answer does not say what became of it, and no Retry-After may hold up the replays.
  if (mayBeSpent && !answer.ok && answer.code !== 'GRANT_REFUSED') {
    return { answer: { ok: false, code: 'OUTCOME_UNKNOWN' }, mayBeSpent };
  }
  return { answer, mayBeSpent };
}

/** A refresh that worked shows that an earlier refusal or failure was a passing one. */
async function forgetFailure(ports: Ports, { id, refusal, failedAttempt }: Connection): Promise<void> {
  if (refusal === undefined && failedAttempt === undefined) return;
  await change(ports.tables.connections, connectionKey(id), (before) => ({
    ...before,
    refusal: undefined,
    failedAttempt: undefined,
    failingSince: undefined,
  }));
}

/** Nothing here may delete or blank a token: a failure is a note on the record. */
async function recordFailure(
  ports: Ports,
  connection: Connection,
  current: TokenSet,
  { code, retryAt }: Failure,
  reason: RefreshReason,
): Promise<RotationResult> {
  const failed = { outcome: 'failed', reason, code, retryAt } as const;
  const record = await readConnection(ports, connection.id);
  const stored = record && (await readCurrent(ports, record));
  // Losing a race is not "invalid": somebody else holds a later set, and that one counts.
  if (stored && !samePosition(stored, current)) {
    return { outcome: 'kept', reason: 'another worker refreshed it', set: stored };
  }
  const now = ports.clock.now();
  const updated = await change(
    ports.tables.connections,
    connectionKey(connection.id),
    (before): Connection | undefined =>
      // A new consent meanwhile has nothing to do with what became of the old grant.
      samePosition(before.pointer, current)
        ? {
            ...before,
            failedAttempt: { at: now, code, retryAt },
            failingSince: before.failingSince ?? now,
            ...(code === 'GRANT_REFUSED' ? { refusal: nextRefusal(ports, before, current, now) } : {}),
          }
        : undefined,
  );
  return updated && needsReconnect(updated) ? { ...failed, code: 'RECONNECT_REQUIRED' } : failed;
}

/** A refusal is believed when it is still there some time later; a restored vault or a late write may heal it. */
function nextRefusal(ports: Ports, before: Connection, current: TokenSet, now: number) {
  const { consent, generation } = current;
  const earlier = samePosition(before.refusal, current) ? before.refusal : undefined;
  const firstAt = earlier?.firstAt ?? now;
  const confirmed = now - firstAt >= ports.policy.times.refusalRecheckMs;
  return { consent, generation, firstAt, confirmedAt: earlier?.confirmedAt ?? (confirmed ? now : undefined) };
}

function logResult(ports: Ports, id: ConnectionId, result: RotationResult): void {
  switch (result.outcome) {
    case 'rotated': {
      const { provider, consent, generation, expiresAt } = result.set;
      return ports.log.info('token.rotated', {
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
      return ports.log.warn('token.journalled', { connection: id, reason: result.reason });
    case 'held':
    case 'unknown connection':
      return ports.log.info('token.not_rotated', { connection: id, outcome: result.outcome });
  }
}

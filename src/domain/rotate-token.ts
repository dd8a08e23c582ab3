/**
 * Rotation: one refresh and the safe storage of its result. The promise: no refresh token is lost, because the
 * new set is saved before anything else happens and used only after the pointer names it. Every caller (the
 * six-hourly run, the operator, a call that met a 401) comes through here.
 */
import type { ErrorCode } from '../errors';
import type { Connection, ConnectionId, TokenSet } from '../model';
import type { Ports, Provider } from '../ports';
import { change } from './change';
import { decideRefresh, type Asker, type KeepReason, type RefreshReason } from './decide-refresh';
import { connectionKey } from './keys';
import { releaseLease, takeLease, type TakenLease } from './lease';
import { requestRefresh, type Failure, type GrantResult } from './oauth';
import { samePosition } from './position';
import { commitTokenSet, nextTokenSet, readCurrent, saveTokenSet } from './token-sets';

export type RotationResult =
  | { readonly outcome: 'rotated'; readonly reason: RefreshReason; readonly set: TokenSet }
  | { readonly outcome: 'kept'; readonly reason: KeepReason; readonly set: TokenSet }
  | {
      readonly outcome: 'failed';
      readonly reason: RefreshReason;
      readonly code: ErrorCode;
      readonly retryAt?: number | undefined;
    }
  | { readonly outcome: 'held' }
  /** No such connection, or its first consent was never completed. */
  | { readonly outcome: 'unknown connection' };

export async function rotateToken(ports: Ports, id: ConnectionId, asker: Asker): Promise<RotationResult> {
  const lease = await takeLease(ports, id);
  if (lease.kind !== 'taken') return { outcome: lease.kind };
  try {
    const result = await rotateUnderLease(ports, lease, asker);
    logResult(ports, lease.connection, result);
    return result;
  } finally {
    await releaseLease(ports, lease);
  }
}

async function rotateUnderLease(ports: Ports, lease: TakenLease, asker: Asker): Promise<RotationResult> {
  const { connection } = lease;
  const current = await readCurrent(ports, connection);
  if (!current) return { outcome: 'unknown connection' };

  const { refresh, reason } = decideRefresh(asker, connection, current, ports.policy, ports.clock.now());
  if (!refresh) return { outcome: 'kept', reason, set: current };

  const provider = ports.providers.get(current.provider)!;
  const requestedAt = ports.clock.now();
  const answer = await refreshWithRepeats(ports, provider, lease, current);
  if (!answer.ok) return recordFailure(ports, connection, current, answer, reason);

  const next = nextTokenSet(current, answer.grant, requestedAt);
  // Lost, this set would cost one more refresh and nothing else: the vault sees one write per scheduled rotation.
  const nothingToLose = !provider.rotatesRefreshToken && answer.grant.refreshToken === undefined;
  if (asker.by === 'call' && nothingToLose) {
    return { outcome: 'rotated', reason, set: { ...next, generation: current.generation } };
  }
  const version = await saveTokenSet(ports, next);
  await commitTokenSet(ports, next, version, lease.owner);
  return { outcome: 'rotated', reason, set: next };
}

const repeats = 2;

/**
 * Refreshes, and asks again with the identical request while the outcome is unknown, the lease is ours and
 * nobody else has moved on. Inside the provider's repeat window that gives the same answer again.
 */
async function refreshWithRepeats(
  ports: Ports,
  provider: Provider,
  lease: TakenLease,
  current: TokenSet,
): Promise<GrantResult> {
  let answer: GrantResult = { ok: false, code: 'OUTCOME_UNKNOWN' };
  for (let attempt = 0; attempt <= repeats && lease.stillMine(); attempt += 1) {
    answer = await requestRefresh(ports, provider, current.refreshToken);
    if (answer.ok || answer.code !== 'OUTCOME_UNKNOWN') return answer;
    if (!samePosition((await readRecord(ports, current.connection))?.pointer, current)) return answer;
  }
  return answer;
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
  const record = await readRecord(ports, connection.id);
  const stored = record && (await readCurrent(ports, record));
  // Losing a race is not "invalid": somebody else holds a later set, and that one counts.
  if (stored && !samePosition(stored, current)) {
    return { outcome: 'kept', reason: 'another worker refreshed it', set: stored };
  }
  const now = ports.clock.now();
  const updated = await change(ports.tables.connections, connectionKey(connection.id), (before) => ({
    ...before,
    failedAttempt: { at: now, code, retryAt },
    ...(code === 'GRANT_REFUSED' ? { refusal: nextRefusal(ports, before, current, now) } : {}),
  }));
  return updated?.refusal?.confirmedAt === undefined ? failed : { ...failed, code: 'RECONNECT_REQUIRED' };
}

/** A refusal is believed when it is still there some time later; a restored vault or a late write may heal it. */
function nextRefusal(ports: Ports, before: Connection, current: TokenSet, now: number) {
  const { consent, generation } = current;
  const earlier = samePosition(before.refusal, current) ? before.refusal : undefined;
  const firstAt = earlier?.firstAt ?? now;
  const confirmed = now - firstAt >= ports.policy.times.refusalRecheckMs;
  return { consent, generation, firstAt, confirmedAt: earlier?.confirmedAt ?? (confirmed ? now : undefined) };
}

async function readRecord(ports: Ports, id: ConnectionId): Promise<Connection | undefined> {
  return (await ports.tables.connections.get(connectionKey(id)))?.value;
}

function logResult(ports: Ports, { id, provider }: Connection, result: RotationResult): void {
  switch (result.outcome) {
    case 'rotated': {
      const { consent, generation, expiresAt } = result.set;
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
      return ports.log.info('token.kept', { connection: id, provider, reason: result.reason });
    case 'failed': {
      const { reason, code, retryAt } = result;
      const event = code === 'RECONNECT_REQUIRED' ? 'token.reconnect_required' : 'token.refresh_failed';
      return ports.log.warn(event, {
        connection: id,
        provider,
        reason,
        code,
        ...(retryAt === undefined ? {} : { retryAt }),
      });
    }
    case 'held':
    case 'unknown connection':
      return ports.log.info('token.not_rotated', { connection: id, provider, outcome: result.outcome });
  }
}

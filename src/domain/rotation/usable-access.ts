/**
 * An access token of one connection that works: the latest one, or after a refresh under the lease, when it is about to
 * expire or the API has refused it.
 */
import { failure, type ErrorCode, type Failure, type Result } from '../../errors';
import type { Connection, ConnectionId, Settings, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { change, hold } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { accessThrough, type Access } from './api-call';
import { settleCurrent } from './current-token-set';
import { isExpiring, obstacles } from './decide-refresh';
import { samePosition } from '../connection/position';
import { rotateToken, type RotationNeeds } from './rotate-token';
import { isRefusedAccess, noteRefusedAccess, withLatestAccess } from './latest-access';
import { effectiveCode, isRetired, needsReconnect } from '../connection/state';

/** @throws AppError `VAULT_BEHIND` and what the stores throw */
export function openAccess(ports: RotationNeeds, id: ConnectionId): Promise<Result<Access>> {
  return accessThrough(ports, (failed: TokenSet | undefined) => usableTokenSet(ports, id, { failed }));
}

const heldPauseMs = 1_000;

export interface HowToWait {
  /** How long to wait for another worker's refresh, which mostly takes a moment; then `LEASE_HELD`. */
  readonly patienceMs?: number;
  /** For callers that may ask again and again: no refresh so soon after the last one, however it ended. */
  readonly pauseMs?: number;
  /** The set whose access token was refused: nobody gets it any more. */
  readonly failed?: TokenSet | undefined;
  /** For how long the access token has to be good; a minute when not given. */
  readonly goodForMs?: number | undefined;
}

/** The token set in use: its access token is good for another minute at least, or for `goodForMs`. */
export async function usableTokenSet(
  ports: RotationNeeds,
  id: ConnectionId,
  { patienceMs = 0, pauseMs = 0, failed, goodForMs }: HowToWait,
): Promise<Result<TokenSet>> {
  if (failed) {
    // On the record, because every instance has to know.
    const { connections } = ports.tables;
    await change(connections, connectionKey(id), (before) => noteRefusedAccess(before, failed));
  }
  for (let leftMs = patienceMs; ; leftMs -= heldPauseMs) {
    const found = await findUsable(ports, id, { pauseMs, goodForMs });
    if (!found.ok) return found;
    if (found.value) return { ok: true, value: found.value };
    const refreshed = await refreshFor(ports, id, goodForMs);
    if (refreshed.ok || refreshed.code !== 'LEASE_HELD' || leftMs <= 0) return refreshed;
    await ports.clock.sleep(heldPauseMs);
  }
}

/** @returns no value if it has to be refreshed first */
async function findUsable(
  ports: Pick<Ports, 'accessSeal' | 'clock' | 'journal' | 'log' | 'providers' | 'tables' | 'vault'> &
    Pick<Settings, 'policy'>,
  id: ConnectionId,
  { pauseMs, goodForMs }: { readonly pauseMs: number; readonly goodForMs: number | undefined },
): Promise<Result<TokenSet | undefined>> {
  const record = await hold(ports.tables.connections, connectionKey(id));
  if (record?.value.closedAt !== undefined) return failure('CONNECTION_UNKNOWN');
  const current = record && (await settleCurrent(ports, record));
  if (!current) return failure('CONNECTION_UNKNOWN');
  const connection = record.value;
  if (needsReconnect(connection, current.set)) return failure('RECONNECT_REQUIRED');
  if (isRetired(connection)) return failure('PROVIDER_RETIRED');
  const latest = withLatestAccess(ports, connection, current.set);
  const circumstances = { policy: ports.policy, now: ports.clock.now() };
  if (!isExpiring(latest, goodForMs, circumstances) && !isRefusedAccess(connection, latest))
    return { ok: true, value: latest };
  return (
    (pauseMs > 0 && refreshedJustNow(ports, connection, latest, pauseMs)) || { ok: true, value: undefined }
  );
}

function refreshedJustNow(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
  latest: TokenSet,
  pauseMs: number,
): Failure | undefined {
  const { refusal, failedAttempt } = connection;
  const until = (code: ErrorCode, retryAt: number): Failure | undefined =>
    retryAt > clock.now() ? failure(code, retryAt) : undefined;
  return (
    (isRefusedAccess(connection, latest)
      ? until('ACCESS_TOKEN_REFUSED', latest.issuedAt + pauseMs)
      : undefined) ??
    (refusal && samePosition(refusal, latest)
      ? until('GRANT_REFUSED', refusal.firstAt + policy.times.refusalRecheckMs)
      : undefined) ??
    (failedAttempt && until(effectiveCode(connection, failedAttempt.code), failedAttempt.at + pauseMs))
  );
}

async function refreshFor(
  ports: RotationNeeds,
  id: ConnectionId,
  goodForMs: number | undefined,
): Promise<Result<TokenSet>> {
  const result = await rotateToken(ports, id, { by: 'call', goodForMs });
  if (!result.ok) return failure(result.code, result.retryAt);
  const rotation = result.value;
  if (rotation.outcome === 'journalled') return failure('TOKEN_NOT_SAVED');
  if (rotation.outcome !== 'kept') return { ok: true, value: rotation.set };
  const obstacle = obstacles[rotation.reason];
  if (obstacle === undefined) return { ok: true, value: rotation.set };
  return failure(obstacle, obstacle === 'RATE_LIMITED' ? rotation.retryAt : undefined);
}

/**
 * An access token of one connection that works: the latest one, or after a refresh, when it is about to expire or the API
 * has refused it. The refresh goes on under the lease, except where nothing of it is stored.
 */
import { AppError, failure, isStoreFailure, type ErrorCode, type Failure, type Result } from '../../errors';
import type { Connection, ConnectionId, Settings, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { change, hold } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { accessThrough, type Access } from './api-call';
import { settleCurrent, type CurrentSet } from './current-token-set';
import { decideRefresh, isExpiring, obstacles } from './decide-refresh';
import { samePosition } from '../connection/position';
import { nextTokenSet } from './new-token-set';
import { remembersFailure } from './note-failure';
import { prepareRefresh } from './oauth';
import { logBegun, logRotation, rotateToken, type Answered, type RotationNeeds } from './rotate-token';
import { isRefusedAccess, noteRefusedAccess, withLatestAccess } from './latest-access';
import { effectiveCode, isRetired, needsReconnect } from '../connection/state';

/**
 * For one job: nobody else gets its access token.
 *
 * @returns with the access, the connection as it was found
 * @throws AppError `VAULT_BEHIND` and what the stores throw
 */
export async function openAccess(
  ports: RotationNeeds,
  id: ConnectionId,
): Promise<Result<Access & { readonly connection: Connection }>> {
  const found = await findAccess(ports, id);
  if (!found.ok) return found;
  const { connection, latest, isGood } = found.value;
  const opened = await accessThrough<TokenSet>(ports, async (failed) => {
    if (failed) return usableTokenSet(ports, id, { failed });
    if (isGood) return { ok: true, value: latest };
    return (await refreshAlone(ports, found.value)) ?? usableTokenSet(ports, id, {});
  });
  return opened.ok ? { ok: true, value: { ...opened.value, connection } } : opened;
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
  /** Why this caller gets nothing of the connection, if so: asked of the record before anything else is done. */
  readonly obstacle?: (connection: Connection) => Failure | undefined;
}

/** The token set in use: its access token is good for another minute at least, or for `goodForMs`. */
export async function usableTokenSet(
  ports: RotationNeeds,
  id: ConnectionId,
  { patienceMs = 0, pauseMs = 0, failed, goodForMs, obstacle = () => undefined }: HowToWait,
): Promise<Result<TokenSet>> {
  if (failed) {
    // On the record, because every instance has to know.
    const { connections } = ports.tables;
    await change(connections, connectionKey(id), (before) =>
      obstacle(before) ? undefined : noteRefusedAccess(before, failed),
    );
  }
  for (let leftMs = patienceMs; ; leftMs -= heldPauseMs) {
    const found = await findAccess(ports, id, { goodForMs, obstacle });
    if (!found.ok) return found;
    const { connection, latest, isGood } = found.value;
    if (isGood) return { ok: true, value: latest };
    const justNow = pauseMs > 0 && refreshedJustNow(ports, connection, latest, pauseMs);
    if (justNow) return justNow;
    const underWay = leftMs > 0 ? refreshesHere(ports).get(id) : undefined;
    if (!underWay) {
      const refreshed = await noteHere(ports, id, refreshFor(ports, id, goodForMs));
      if (refreshed.ok || refreshed.code !== 'LEASE_HELD' || leftMs <= 0) return refreshed;
    }
    await Promise.race([ports.clock.sleep(heldPauseMs), ...(underWay ? [underWay] : [])]);
  }
}

/** Refreshes that callers of this process have begun, so that others look again at their end instead of asking for the lease. */
const refreshes = new WeakMap<Ports['tables']['connections'], Map<ConnectionId, Promise<void>>>();

function refreshesHere({ tables: { connections } }: Pick<Ports, 'tables'>): Map<ConnectionId, Promise<void>> {
  const here = refreshes.get(connections) ?? new Map<ConnectionId, Promise<void>>();
  refreshes.set(connections, here);
  return here;
}

/** A refresh that another worker's lease kept from beginning wakes nobody when it ends, because nothing has changed then. */
async function noteHere(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  refresh: Promise<Result<TokenSet>>,
): Promise<Result<TokenSet>> {
  const here = refreshesHere(ports);
  const end = new Promise<void>((resolve) => {
    refresh.then(
      (ended) => (ended.ok || ended.code !== 'LEASE_HELD' ? resolve() : undefined),
      () => resolve(),
    );
  });
  here.set(id, end);
  try {
    return await refresh;
  } finally {
    if (here.get(id) === end) here.delete(id);
  }
}

interface FoundAccess {
  readonly connection: Connection;
  readonly current: CurrentSet;
  /** The current set with the latest access token that there is. */
  readonly latest: TokenSet;
  /** Otherwise it has to be refreshed first. */
  readonly isGood: boolean;
}

/** @returns the failure of a connection whose access token nobody can use or refresh */
async function findAccess(
  ports: Pick<Ports, 'accessSeal' | 'clock' | 'journal' | 'log' | 'providers' | 'tables' | 'vault'> &
    Pick<Settings, 'policy'>,
  id: ConnectionId,
  { goodForMs, obstacle }: Pick<HowToWait, 'goodForMs' | 'obstacle'> = {},
): Promise<Result<FoundAccess>> {
  const record = await hold(ports.tables.connections, connectionKey(id));
  if (record?.value.closedAt !== undefined) return failure('CONNECTION_UNKNOWN');
  const stopped = record && obstacle?.(record.value);
  if (stopped) return stopped;
  const current = record && (await settleCurrent(ports, record));
  if (!current) return failure('CONNECTION_UNKNOWN');
  const connection = record.value;
  if (needsReconnect(connection, current.set)) return failure('RECONNECT_REQUIRED');
  if (isRetired(connection)) return failure('PROVIDER_RETIRED');
  const latest = withLatestAccess(ports, connection, current.set);
  const circumstances = { policy: ports.policy, now: ports.clock.now() };
  const isGood = !isExpiring(latest, goodForMs, circumstances) && !isRefusedAccess(connection, latest);
  return { ok: true, value: { connection, current, latest, isGood } };
}

/**
 * Refreshes without the lease where the refresh token stays and the record has nothing to forget: such refreshes do not
 * disturb each other, and the access token is stored nowhere. If the answer brings a refresh token or is a failure, it goes
 * on under the lease.
 *
 * @returns `undefined` where the refresh has to go on under the lease from its beginning
 */
async function refreshAlone(
  ports: RotationNeeds,
  { connection, current: { set: current, onlyInJournal }, latest }: FoundAccess,
): Promise<Result<TokenSet> | undefined> {
  const provider = ports.providers.get(current.provider)!;
  if (provider.rotatesRefreshToken || onlyInJournal || remembersFailure(connection)) return undefined;
  const requestedAt = ports.clock.now();
  const circumstances = { policy: ports.policy, now: requestedAt };
  const { refresh, reason } = decideRefresh({ by: 'call' }, connection, latest, circumstances);
  if (!refresh || reason !== 'access token about to expire') return undefined;
  logBegun(ports, current, reason);
  const askedMs = ports.clock.monotonicMs();
  const answer = await (await prepareRefresh(ports, provider, current.refreshToken))();
  if (!answer.ok && answer.code === 'OUTCOME_UNKNOWN') return undefined;
  if (!answer.ok || answer.value.refreshToken !== undefined) {
    return keepAnswer(ports, connection.id, { to: current, requestedAt, askedMs, answer });
  }
  const { consent, generation, journalKey } = current;
  const position = { consent, generation };
  const set = { ...nextTokenSet(ports, current, answer.value, { position, requestedAt }), journalKey };
  logRotation(ports, connection.id, { outcome: 'refreshed', reason, set });
  return { ok: true, value: set };
}

/**
 * A refresh token that the answer brings may be the only one that works now: it waits until the lease is free and the stores take
 * it, for as long as any new token set does.
 */
async function keepAnswer(
  ports: RotationNeeds,
  id: ConnectionId,
  answered: Answered,
): Promise<Result<TokenSet>> {
  const startedMs = ports.clock.monotonicMs();
  for (;;) {
    let thrown: unknown;
    const kept = await refreshFor(ports, id, undefined, answered).catch((error: unknown) => {
      if (!(error instanceof AppError) || !isStoreFailure(error.code)) throw error;
      thrown = error;
      return failure(error.code);
    });
    const mayBeKept = !kept.ok && (thrown !== undefined || waitsFor.includes(kept.code));
    const isOver = ports.clock.monotonicMs() - startedMs >= ports.policy.times.saveMs;
    if (mayBeKept && answered.answer.ok && !isOver) {
      await ports.clock.sleep(heldPauseMs);
      continue;
    }
    if (thrown !== undefined) throw thrown;
    return kept;
  }
}

/** What passes: another worker's lease, and a vault that took nothing. */
const waitsFor: readonly ErrorCode[] = ['LEASE_HELD', 'TOKEN_NOT_SAVED'];

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
  answered?: Answered,
): Promise<Result<TokenSet>> {
  const result = await rotateToken(ports, id, { by: 'call', goodForMs }, answered);
  if (!result.ok) return failure(result.code, result.retryAt);
  const rotation = result.value;
  if (rotation.outcome === 'journalled') return failure('TOKEN_NOT_SAVED');
  if (rotation.outcome !== 'kept') return { ok: true, value: rotation.set };
  const obstacle = obstacles[rotation.reason];
  if (obstacle === undefined) return { ok: true, value: rotation.set };
  return failure(obstacle, obstacle === 'RATE_LIMITED' ? rotation.retryAt : undefined);
}

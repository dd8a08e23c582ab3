/** A check that fails is a fact about the connection: since when, by which code, how often. The first good one ends it. */
import type { ErrorCode } from '../../errors';
import type { Connection, ConnectionId, FailingCheck } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../change';
import { connectionKey } from '../keys';

/** What says nothing about the check: somebody else is at work, nobody is there, or the record itself says why. */
const noFact: readonly ErrorCode[] = [
  'LEASE_HELD',
  'CONNECTION_UNKNOWN',
  'RECONNECT_REQUIRED',
  'PROVIDER_RETIRED',
];

/** What mostly ends by itself; it does not hide a lasting reason that was seen before. */
const passing: readonly ErrorCode[] = [
  'PROVIDER_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'RATE_LIMITED',
  'CONCURRENT_REFRESH',
  'VAULT_UNAVAILABLE',
  'TABLE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
];

export function afterFailure(before: FailingCheck | undefined, code: ErrorCode, now: number): FailingCheck {
  if (!before) return { since: now, code, codeSince: now, count: 1, lastAt: now };
  const same = before.code === code || passing.includes(code);
  return {
    since: before.since,
    code: same ? before.code : code,
    codeSince: same ? before.codeSince : now,
    count: before.count + 1,
    lastAt: now,
  };
}

export async function noteFailure(ports: Ports, id: ConnectionId, code: ErrorCode): Promise<void> {
  if (noFact.includes(code)) return;
  const now = ports.clock.now();
  await change(ports.tables.connections, connectionKey(id), (connection): Connection | undefined => {
    const before = connection.failingCheck;
    // The answer to our own write was lost.
    if (connection.closedAt !== undefined || before?.lastAt === now) return undefined;
    return { ...connection, failingCheck: afterFailure(before, code, now) };
  });
}

export async function noteSuccess(ports: Ports, id: ConnectionId): Promise<void> {
  await change(ports.tables.connections, connectionKey(id), (connection): Connection | undefined =>
    connection.failingCheck === undefined ? undefined : { ...connection, failingCheck: undefined },
  );
}

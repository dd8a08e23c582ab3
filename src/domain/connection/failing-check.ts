/** A check that fails is a fact about the connection: since when, by which code, how often. The first good one ends it. */
import type { ErrorCode } from '../../errors';
import type { Connection, ConnectionId, FailingCheck, WearerHelp } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';

/** Codes that say nothing about the check: another worker is busy, no connection is there, or the record itself says why. */
const noFact: readonly ErrorCode[] = [
  'LEASE_HELD',
  'CONNECTION_UNKNOWN',
  'RECONNECT_REQUIRED',
  'PROVIDER_RETIRED',
];

/** Codes that mostly end by themselves; they do not hide a lasting reason that was seen before. */
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

/** @returns `undefined` where the operator has to act, or where it mostly ends by itself */
export function wearerHelpFor(code: ErrorCode): WearerHelp | undefined {
  switch (code) {
    case 'SCOPE_MISSING':
      return 'permission';
    case 'ACCOUNT_NOT_LINKED':
      return 'profile';
    case 'ACCOUNT_NOT_MOVED':
      return 'move';
    case 'ACCESS_FORBIDDEN':
      return 'access';
    default:
      return undefined;
  }
}

/** Whether, at the last check that failed, checks had failed for longer than this. */
export function hasFailedFor(check: FailingCheck | undefined, ms: number): boolean {
  return check !== undefined && check.lastAt - check.since > ms;
}

export interface CheckCount {
  /** Connections whose batteries should be readable. */
  readonly active: number;
  /** Those whose checks have failed for `batteryOverdueMs`, and those among them whom only the wearer can help. */
  readonly failing: number;
  readonly ofWearers: number;
}

/** One or two failing accounts are their wearers' own trouble; three of five do not lose their access by chance. */
const fewestFailing = 3;

/** Whether so many fail that it is not about single accounts: the operator is told, and no wearer. */
export function areMostFailing({ active, failing, ofWearers }: CheckCount): boolean {
  const isMost = (count: number): boolean => count * 2 > active;
  return isMost(failing - ofWearers) || (failing >= fewestFailing && isMost(failing));
}

/** @returns the record with the failure; `undefined` when the code says nothing about the check */
export async function noteFailedCheck(
  ports: Pick<Ports, 'clock' | 'tables'>,
  id: ConnectionId,
  code: ErrorCode,
): Promise<Connection | undefined> {
  if (noFact.includes(code)) return undefined;
  const now = ports.clock.now();
  return change(ports.tables.connections, connectionKey(id), (connection): Connection | undefined => {
    const before = connection.failingCheck;
    // The answer to our own write was lost.
    if (connection.closedAt !== undefined || before?.lastAt === now) return undefined;
    return { ...connection, failingCheck: afterFailure(before, code, now) };
  });
}

export async function noteSuccess(ports: Pick<Ports, 'tables'>, id: ConnectionId): Promise<void> {
  await change(ports.tables.connections, connectionKey(id), (connection): Connection | undefined =>
    connection.failingCheck === undefined ? undefined : { ...connection, failingCheck: undefined },
  );
}

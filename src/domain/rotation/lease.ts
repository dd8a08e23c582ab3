/**
 * One worker at a time on a connection. The lease saves work; safety does not rest on it: a worker that outlives its lease
 * harms nothing, because only the pointer makes a token set current (current-token-set.ts) and because every note that a
 * rotation makes under the lease goes through `changeWhileMine`. The lease is short, renewed while the work goes on, and released by its owner only.
 */
import { failure, type Failure } from '../../errors';
import type { Connection, ConnectionId, Settings } from '../../model';
import type { Ports } from '../../ports';
import { hold, type Held } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';

/** What taking and keeping a lease needs. */
export type LeaseNeeds = Pick<Ports, 'clock' | 'log' | 'random' | 'tables'> & Pick<Settings, 'policy'>;

export interface HeldLease {
  readonly owner: string;
  /** The connection's record, which this worker has just written. Its `change` writes even after the lease is lost; for notes there is `changeWhileMine`. */
  readonly record: Held<Connection>;
  /** By the monotonic clock, which nobody can set back. */
  readonly stillMine: () => boolean;
  /**
   * Changes the record only while its lease names this worker. The ETag makes that certain: nobody else has taken the lease
   * since this worker did.
   *
   * @returns the record as it stands afterwards; `undefined` when the lease has passed to somebody else, and nothing was written
   */
  changeWhileMine(decide: (before: Connection) => Connection | undefined): Promise<Connection | undefined>;
}

/** A connection without the lease of this worker; the lease of another worker stays. */
export function withoutLeaseOf(owner: string, connection: Connection): Connection {
  return connection.lease?.owner === owner ? { ...connection, lease: undefined } : connection;
}

/** Does the work under the lease. @returns `LEASE_HELD` or `CONNECTION_UNKNOWN` if the lease cannot be had; a closed connection is unknown */
export async function withLease<T>(
  ports: LeaseNeeds,
  id: ConnectionId,
  work: (lease: HeldLease) => Promise<T>,
  options: { readonly evenClosed?: boolean } = {},
): Promise<T | Failure> {
  const owner = ports.random.id();
  const { leaseMs, leaseRenewMs } = ports.policy.times;
  let startedMs = ports.clock.monotonicMs();
  const record = await hold(ports.tables.connections, connectionKey(id));
  const taken = await record?.change((before) => {
    const now = ports.clock.now();
    if (before.closedAt !== undefined && !options.evenClosed) return undefined;
    const free = !before.lease || before.lease.until <= now;
    return free ? { ...before, lease: { owner, until: now + leaseMs } } : undefined;
  });
  if (!record || !taken || (taken.closedAt !== undefined && !options.evenClosed))
    return failure('CONNECTION_UNKNOWN');
  if (taken.lease?.owner !== owner) return failure('LEASE_HELD');

  const changeWhileMine: HeldLease['changeWhileMine'] = async (decide) => {
    let mine = false;
    const after = await record.change((before) => {
      mine = before.lease?.owner === owner;
      return mine ? decide(before) : undefined;
    });
    return mine ? after : undefined;
  };
  const stillMine = () => ports.clock.monotonicMs() - startedMs < leaseMs;
  // A lease that has run out stays so: meanwhile somebody else may have begun where this worker stands.
  const renew = async (): Promise<void> => {
    if (!stillMine()) return;
    const renewedMs = ports.clock.monotonicMs();
    const until = ports.clock.now() + leaseMs;
    const after = await record.change(({ lease, ...before }) =>
      lease?.owner === owner && lease.until > ports.clock.now()
        ? { ...before, lease: { owner, until } }
        : undefined,
    );
    if (after?.lease?.owner === owner && after.lease.until === until && stillMine()) startedMs = renewedMs;
  };
  // A renewal that fails is not made up for: the lease then runs out, which harms nothing.
  const stopRenewing = ports.clock.every(leaseRenewMs, () => void renew().catch(() => undefined));
  try {
    return await work({
      owner,
      record,
      stillMine,
      changeWhileMine,
    });
  } finally {
    stopRenewing();
    await release(ports, id, owner, record);
  }
}

/** A lease that somebody took over is left alone, and one that cannot be released runs out by itself. */
async function release(
  ports: Pick<Ports, 'log'>,
  id: ConnectionId,
  owner: string,
  record: Held<Connection>,
): Promise<void> {
  // The last write of the work may have released it already.
  if (record.value.lease?.owner !== owner) return;
  try {
    await record.change((before) =>
      before.lease?.owner === owner ? withoutLeaseOf(owner, before) : undefined,
    );
  } catch {
    ports.log.warn('lease.not_released', { connection: id });
  }
}

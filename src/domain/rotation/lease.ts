/**
 * One worker at a time on a connection. Thrift, not safety: a worker that outlives its lease harms nothing,
 * because only the pointer makes a token set current (token-sets.ts). Kept short, renewed while the work goes on,
 * released by its owner only.
 */
import type { Connection, ConnectionId } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../change';
import { connectionKey } from '../keys';

export interface Lease {
  readonly owner: string;
  /** The record as it was when the lease was taken. */
  readonly connection: Connection;
  /** By the monotonic clock, which no operator can set back. */
  readonly stillMine: () => boolean;
}
export type LeaseRefusal = 'held' | 'unknown connection';

/** Does the work under the lease, or says why it cannot be had. A closed connection is unknown. */
export async function withLease<T>(
  ports: Ports,
  id: ConnectionId,
  work: (lease: Lease) => Promise<T>,
  options: { readonly evenClosed?: boolean } = {},
): Promise<T | LeaseRefusal> {
  const owner = ports.random.id();
  const { leaseMs, leaseRenewMs } = ports.policy.times;
  let startedMs = ports.clock.monotonicMs();
  const connection = await change(ports.tables.connections, connectionKey(id), (record) => {
    const now = ports.clock.now();
    if (record.closedAt !== undefined && !options.evenClosed) return undefined;
    const free = !record.lease || record.lease.until <= now;
    return free ? { ...record, lease: { owner, until: now + leaseMs } } : undefined;
  });
  if (!connection || (connection.closedAt !== undefined && !options.evenClosed)) return 'unknown connection';
  if (connection.lease?.owner !== owner) return 'held';

  const renew = async (): Promise<void> => {
    const renewedMs = ports.clock.monotonicMs();
    const record = await change(ports.tables.connections, connectionKey(id), (before) =>
      before.lease?.owner === owner
        ? { ...before, lease: { owner, until: ports.clock.now() + leaseMs } }
        : undefined,
    );
    if (record?.lease?.owner === owner) startedMs = renewedMs;
  };
  // A renewal that fails is not made up for: the lease then runs out, which harms nothing.
  const stopRenewing = ports.clock.every(leaseRenewMs, () => void renew().catch(() => undefined));
  try {
    return await work({
      owner,
      connection,
      stillMine: () => ports.clock.monotonicMs() - startedMs < leaseMs,
    });
  } finally {
    stopRenewing();
    await release(ports, id, owner);
  }
}

/** A lease that somebody took over is left alone, and one that cannot be released runs out by itself. */
async function release(ports: Ports, id: ConnectionId, owner: string): Promise<void> {
  try {
    await change(ports.tables.connections, connectionKey(id), (record) =>
      record.lease?.owner === owner ? { ...record, lease: undefined } : undefined,
    );
  } catch {
    ports.log.warn('lease.not_released', { connection: id });
  }
}

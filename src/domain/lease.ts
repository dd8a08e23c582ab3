/**
 * One worker at a time on a connection. Thrift, not safety: a worker that outlives its lease harms nothing,
 * because only the pointer makes a token set current (rotate-token.ts).
 */
import type { Connection, ConnectionId } from '../model';
import type { Ports } from '../ports';
import { change } from './change';
import { connectionKey } from './keys';

export interface TakenLease {
  readonly kind: 'taken';
  readonly owner: string;
  /** The record as it was when the lease was taken. */
  readonly connection: Connection;
  /** By the monotonic clock, which no operator can set back. */
  readonly stillMine: () => boolean;
}
export type LeaseAnswer = TakenLease | { readonly kind: 'held' } | { readonly kind: 'unknown connection' };

export async function takeLease(ports: Ports, id: ConnectionId): Promise<LeaseAnswer> {
  const owner = ports.random.id();
  const { leaseMs } = ports.policy.times;
  const startedMs = ports.clock.monotonicMs();
  const connection = await change(ports.tables.connections, connectionKey(id), (record) => {
    const now = ports.clock.now();
    const free = !record.lease || record.lease.until <= now;
    return free ? { ...record, lease: { owner, until: now + leaseMs } } : undefined;
  });
  if (!connection) return { kind: 'unknown connection' };
  if (connection.lease?.owner !== owner) return { kind: 'held' };
  return {
    kind: 'taken',
    owner,
    connection,
    stillMine: () => ports.clock.monotonicMs() - startedMs < leaseMs,
  };
}

/** Only the owner's lease is released; a lease that somebody took over is left alone. */
export async function releaseLease(ports: Ports, { connection, owner }: TakenLease): Promise<void> {
  await change(ports.tables.connections, connectionKey(connection.id), (record) =>
    record.lease?.owner === owner ? { ...record, lease: undefined } : undefined,
  );
}

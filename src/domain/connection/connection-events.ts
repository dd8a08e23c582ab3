/**
 * Notes what happens to a connection for the platform that it is shared with. An event is written together with the change that
 * causes it, wherever the change is made, so that no worker can die between the two. A job then carries it on; when that
 * job is lost, the next run queues another one.
 */
import { describeFailure } from '../../errors';
import type {
  Connection,
  ConnectionEvent,
  ConnectionId,
  EventData,
  EventType,
  Policy,
  Settings,
} from '../../model';
import type { Ports, Table } from '../../ports';
import { isShared, needsConsent, stateOf } from './state';

/** More than a connection sees in weeks: a record that grows without end could not be written any more. */
const mostEvents = 20;

/** The table of connections, as the service uses it when there is a platform to tell. */
export function notingEvents(
  ports: Pick<Ports, 'clock' | 'log' | 'queues' | 'random'> & Pick<Settings, 'policy'>,
  table: Table<Connection>,
): Table<Connection> {
  return {
    ...table,
    async replace(row, value) {
      const type = eventBetween(row.value, value, ports.policy);
      if (type === undefined) return table.replace(row, value);
      const about = isVisible(value, ports.policy) ? value : { ...row.value, closedAt: value.closedAt };
      const data = { ...eventDataOf(about), state: stateOf(about) };
      const event = { id: ports.random.id(), type, at: ports.clock.now(), data };
      const written = await table.replace(row, noteEvent(value, event));
      await queueEvents(ports, value.id);
      return written;
    },
  };
}

/** The platform sees an open connection that is shared with it. */
function isVisible(connection: Connection, policy: Policy): boolean {
  return connection.pointer !== undefined && isShared(connection, policy);
}

function eventBetween(before: Connection, after: Connection, policy: Policy): EventType | undefined {
  const [was, is] = [isVisible(before, policy), isVisible(after, policy)];
  if (!was) return is ? 'connection.created' : undefined;
  if (!is) return after.closedAt === undefined ? 'connection.sharing_ended' : 'connection.closed';
  const [needed, needs] = [needsConsent(before), needsConsent(after)];
  if (needed === needs) return undefined;
  return needs ? 'connection.reconnect_required' : 'connection.restored';
}

/** The same event again stays one. */
export function noteEvent(connection: Connection, event: ConnectionEvent): Connection {
  const others = (connection.events ?? []).filter(({ id }) => id !== event.id);
  return { ...connection, events: [...others, event].slice(-mostEvents) };
}

export function eventDataOf({ id, label, outsideId, provider }: Connection): EventData {
  return { connection: id, label: label ?? null, outsideId: outsideId ?? null, provider };
}

/** Whoever has caused the event goes on with their own work if the queue does not answer. */
export async function queueEvents(
  { queues, log }: Pick<Ports, 'log' | 'queues'>,
  connection: ConnectionId,
): Promise<void> {
  try {
    await queues.enqueue({ kind: 'send-webhook', connection });
  } catch (error) {
    log.warn('webhook.not_queued', { connection, ...describeFailure(error) });
  }
}

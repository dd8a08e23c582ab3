/** Tells a wearer, once per episode, that only a new consent helps. */
import type { ConnectionId } from '../../model';
import type { Ports } from '../../ports';
import { needsConsent } from '../rotation/decide-refresh';
import { readOpenConnection } from '../change';
import { tellNow } from './outbox';

/** Can be called at any time: the position that failed makes the message's id, so nobody is told twice. */
export async function tellToReconnect(ports: Ports, id: ConnectionId): Promise<void> {
  const connection = await readOpenConnection(ports, id);
  if (!connection?.pointer || connection.phone === undefined || !needsConsent(connection)) return;
  const { consent, generation } = connection.pointer;
  const provider = ports.providers.get(connection.provider)!.name;
  await tellNow(ports, connection, 'reconnect', [String(consent), String(generation)], { provider });
}

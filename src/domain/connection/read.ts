/** Reads one connection. */
import type { Connection, ConnectionId } from '../../model';
import type { Ports } from '../../ports';
import { connectionKey } from '../store/row-keys';

export async function readConnection(
  { tables }: Pick<Ports, 'tables'>,
  id: ConnectionId,
): Promise<Connection | undefined> {
  return (await tables.connections.get(connectionKey(id)))?.value;
}

/** @returns `undefined` if the connection is missing or closed */
export async function readOpenConnection(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
): Promise<Connection | undefined> {
  const connection = await readConnection(ports, id);
  return connection?.closedAt === undefined ? connection : undefined;
}

/** Where the personal page of a connection is. */
import { readConnection } from '../domain/change';
import { linkOf, managePath } from '../domain/wearer/manage-links';
import type { Connection, ConnectionId } from '../model';
import type { Services } from '../services';

export async function pathOfConnection(services: Services, id: ConnectionId): Promise<string | undefined> {
  const connection = await readConnection(services, id);
  return connection && pathOf(services, connection);
}

export async function pathOf(services: Services, connection: Connection): Promise<string> {
  return managePath + (await linkOf(services, connection));
}

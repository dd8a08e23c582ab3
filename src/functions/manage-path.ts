/** Where the personal page of a connection is. */
import { readConnection } from '../domain/change';
import { linkOf } from '../domain/wearer/manage-links';
import type { Connection, ConnectionId } from '../model';
import type { Services } from '../services';
import { paths } from '../paths';

export async function pathOfConnection(services: Services, id: ConnectionId): Promise<string | undefined> {
  const connection = await readConnection(services, id);
  return connection && pathOf(services, connection);
}

export async function pathOf(services: Services, connection: Connection): Promise<string> {
  return paths.manage + (await linkOf(services, connection));
}

/**
 * The wearer's personal link. It is derived with a key from the vault, so that every text can carry it and nothing at
 * rest reveals it; the table only knows its hash. A new version makes every earlier link worthless.
 */
import type { Connection } from '../../model';
import type { Ports } from '../../ports';
import { change, insertOnce, readOpenConnection } from '../change';
import { deriveLink, linkPattern } from './derived';
import { connectionKey, linkKey } from '../keys';

/** Which of the links of a connection counts: the first until the wearer has replaced it. */
export function linkVersionOf(record: Pick<Connection, 'linkVersion'> | undefined): number {
  return record?.linkVersion ?? 1;
}

/** The part of the link that is secret. Whoever gets it can also be found by it. */
export async function linkOf(
  ports: Ports,
  { id, linkVersion }: Pick<Connection, 'id' | 'linkVersion'>,
): Promise<string> {
  const version = linkVersionOf({ linkVersion });
  const link = await deriveLink(ports, id, version);
  await insertOnce(ports.tables.links, linkKey(link), { connection: id, linkVersion: version });
  return link;
}

/** @returns `undefined` for a link that never was, has been replaced, or leads to a connection that is closed */
export async function findByLink(ports: Ports, link: string): Promise<Connection | undefined> {
  if (!linkPattern.test(link)) return undefined;
  const found = (await ports.tables.links.get(linkKey(link)))?.value;
  if (!found) return undefined;
  const connection = await readOpenConnection(ports, found.connection);
  return linkVersionOf(connection) === found.linkVersion ? connection : undefined;
}

/** @returns the secret part of the new link */
export async function replaceLink(ports: Ports, before: Connection): Promise<string> {
  const version = linkVersionOf(before) + 1;
  const after = await change(
    ports.tables.connections,
    connectionKey(before.id),
    (record): Connection | undefined =>
      linkVersionOf(record) < version ? { ...record, linkVersion: version } : undefined,
  );
  const link = await linkOf(ports, after ?? before);
  await forgetLink(ports, before);
  return link;
}

/** The one before it went when it was replaced. */
export async function forgetLink(
  ports: Ports,
  { id, linkVersion }: Pick<Connection, 'id' | 'linkVersion'>,
): Promise<void> {
  const row = await ports.tables.links.get(
    linkKey(await deriveLink(ports, id, linkVersionOf({ linkVersion }))),
  );
  if (row) await ports.tables.links.remove(row);
}

/**
 * The wearer's personal link. It is derived with a key from the vault, so that every text can carry it and nothing at
 * rest reveals it; the table only knows its hash. A new version makes every earlier link worthless.
 */
import { connectionId, type Connection, type PersonalLink, type Settings } from '../../model';
import type { Ports, Row } from '../../ports';
import { AppError } from '../../errors';
import { Secret } from '../../secret';
import { change, insertOnce, removeOnce } from '../store/compare-and-swap';
import { deriveLink, linkPattern, macOfPageMark } from './keyed-values';
import { connectionKey, personalLinkKey } from '../store/row-keys';
import { readConnection, readOpenConnection } from '../connection/read';

/** Which of the links of a connection counts: the first until the wearer has replaced it. */
export function linkVersionOf(record: Pick<Connection, 'linkVersion'> | undefined): number {
  return record?.linkVersion ?? 1;
}

/** Somebody who came by a personal link: to which connection, and which version of the link it was. */
export type LinkHolder = Pick<Connection, 'id' | 'linkVersion'>;

const linkReplaced = () =>
  new AppError('LINK_REPLACED', 'The personal link has been replaced since this was begun with it.');

/**
 * Ports for what somebody does who came by a link: their connection changes only while that link counts. Every write is judged
 * by the record that it replaces, so nobody gets in between.
 *
 * @returns ports whose writes to this connection throw AppError `LINK_REPLACED` once the link has been replaced
 */
export function heldByLink<P extends Pick<Ports, 'tables'>>(ports: P, holder: LinkHolder): P {
  const { connections } = ports.tables;
  const guarded: Ports['tables']['connections'] = {
    get: (key) => connections.get(key),
    insert: (key, value) => connections.insert(key, value),
    async replace(row, value) {
      if (row.value.id === holder.id && linkVersionOf(row.value) !== linkVersionOf(holder)) {
        throw linkReplaced();
      }
      return connections.replace(row, value);
    },
    remove: (row) => connections.remove(row),
    list: (...range) => connections.list(...range),
  };
  return { ...ports, tables: { ...ports.tables, connections: guarded } };
}

/** The part of the link that is secret. Whoever gets it can also be found by it. */
export async function linkOf(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  { id, linkVersion }: LinkHolder,
): Promise<string> {
  const version = linkVersionOf({ linkVersion });
  const link = await deriveLink(ports, id, version);
  const fresh = { connection: id, linkVersion: version, usedAt: ports.clock.now() };
  if (!(await insertOnce(ports.tables.links, personalLinkKey(link), fresh))) {
    await noteUse(ports, await ports.tables.links.get(personalLinkKey(link)));
  }
  return link;
}

/** @returns `undefined` for a link that never was, has been replaced, or leads to a connection that is closed */
export async function findByLink(
  ports: Pick<Ports, 'clock' | 'tables'>,
  link: string,
): Promise<Connection | undefined> {
  if (!linkPattern.test(link)) return undefined;
  const row = await ports.tables.links.get(personalLinkKey(link));
  if (!row) return undefined;
  const connection = await readOpenConnection(ports, row.value.connection);
  if (linkVersionOf(connection) !== row.value.linkVersion) return undefined;
  await noteUse(ports, row);
  return connection;
}

const dayMs = 24 * 3_600_000;
const idleMs = 365 * dayMs;

/** Written once a day at the most. A failure costs nobody their page: tomorrow it is written again. */
async function noteUse(
  ports: Pick<Ports, 'clock' | 'tables'>,
  row: Row<PersonalLink> | undefined,
): Promise<void> {
  const now = ports.clock.now();
  if (!row || now - (row.value.usedAt ?? 0) < dayMs) return;
  await ports.tables.links.replace(row, { ...row.value, usedAt: now }).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
  });
}

/** A link that was neither opened nor texted for a year is replaced; the next text has the new one. */
export async function expireLink(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'log' | 'tables'>,
  record: Connection,
): Promise<void> {
  // Its links are younger still.
  if (ports.clock.now() - record.createdAt < idleMs) return;
  const linkVersion = linkVersionOf(record);
  const row = await ports.tables.links.get(personalLinkKey(await deriveLink(ports, record.id, linkVersion)));
  if (!row) return;
  // A link from before uses were noted counts from now on.
  if (row.value.usedAt === undefined) return noteUse(ports, row);
  if (ports.clock.now() - row.value.usedAt < idleMs) return;
  await change(ports.tables.connections, connectionKey(record.id), (before): Connection | undefined =>
    linkVersionOf(before) === linkVersion ? { ...before, linkVersion: linkVersion + 1 } : undefined,
  );
  await removeOnce(ports.tables.links, row);
  ports.log.info('link.expired', { connection: record.id });
}

/**
 * Goes along with the forms of a personal page that end its link: the connection, and a value of this very page. By it a form that is
 * sent twice is known, and told from that of somebody else who has seen the page.
 */
export function markPage({ random }: Pick<Ports, 'random'>, { id }: LinkHolder): string {
  return `${id}.${random.id()}`;
}

/**
 * The holder of a link that leads nowhere any more: the one before the link that counts, or the last one of a connection that is closed.
 *
 * @param mark of the page whose form was sent to the link
 * @returns the connection as it is now, with the version of that link
 */
export async function findFormerHolder(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  link: string,
  mark: string,
): Promise<Connection | undefined> {
  const id = connectionId.safeParse(mark.split('.', 1)[0]);
  const record = id.success ? await readConnection(ports, id.data) : undefined;
  if (!record) return undefined;
  const linkVersion = linkVersionOf(record) - (record.closedAt === undefined ? 1 : 0);
  const theirs = new Secret(await deriveLink(ports, record.id, linkVersion));
  return theirs.equals(new Secret(link)) ? { ...record, linkVersion } : undefined;
}

/**
 * @param holder came by the link that is to be replaced: by no other one does anybody learn the new one
 * @param mark of the page whose form replaces it: the same form learns the new link once more for some minutes
 * @returns the secret part of the new link
 * @throws AppError `LINK_REPLACED` if somebody else has replaced it, or the wearer has left
 */
export async function replaceLink(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'> & Pick<Settings, 'policy'>,
  holder: LinkHolder,
  mark = '',
): Promise<string> {
  const { id } = holder;
  const linkVersion = linkVersionOf(holder) + 1;
  const at = ports.clock.now();
  const by = mark === '' ? undefined : await macOfPageMark(ports, id, linkVersion, mark);
  const isSentAgain = ({ linkReplaced: replaced }: Connection): boolean =>
    by !== undefined && replaced?.by === by && at - replaced.at < ports.policy.times.sentAgainMs;
  let isMine = false;
  await change(ports.tables.connections, connectionKey(id), (record): Connection | undefined => {
    const isCurrent = linkVersionOf(record) === linkVersionOf(holder);
    isMine = record.closedAt === undefined && (isCurrent || isSentAgain(record));
    return isMine && isCurrent ? { ...record, linkVersion, linkReplaced: { at, by } } : undefined;
  });
  if (!isMine) throw linkReplaced();
  const link = await linkOf(ports, { id, linkVersion });
  await forgetLink(ports, holder);
  return link;
}

/**
 * Only the current link has a row: an earlier one was removed when it was replaced. Somebody may open the link, or remove its row, at the
 * same time.
 */
export async function forgetLink(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  { id, linkVersion }: LinkHolder,
): Promise<void> {
  const { links } = ports.tables;
  const key = personalLinkKey(await deriveLink(ports, id, linkVersionOf({ linkVersion })));
  for (let row = await links.get(key); row; row = await links.get(key)) {
    if (await removeOnce(links, row)) return;
  }
}

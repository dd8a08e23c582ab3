/** Reads the board, in the order of attention or by name: no more rows than a page needs, of all partitions side by side. */
import {
  boardRanks,
  type BoardEntry,
  type BoardRank,
  type BoardRow,
  type ConnectionId,
  type Hearing,
} from '../../model';
import type { Ports, Row } from '../../ports';
import type { HearingCount } from '../battery/silence';
import { connectionPartitions } from '../store/row-keys';
import {
  beginsWith,
  countsRow,
  entryKey,
  everybody,
  findPrefix,
  hearingCount,
  ofSite,
  rankPrefix,
  readCountName,
} from './board-rows';

export interface BoardFilter {
  readonly ranks?: readonly BoardRank[] | undefined;
  readonly site?: string | undefined;
  /** A label or an outside id begins so. */
  readonly search?: string | undefined;
  /** The only sites that whoever looks may see; all if it is absent. */
  readonly sites?: readonly string[] | undefined;
}

export interface BoardPage {
  readonly entries: readonly BoardEntry[];
  /** Where the next page begins; `undefined` after the last one. */
  readonly next: string | undefined;
}

/** @param after as a page before gave it: opaque to whoever sends it. One that is none begins at the first row. */
export async function readBoardPage(
  ports: Pick<Ports, 'tables'>,
  filter: BoardFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<BoardPage> {
  const entries: BoardEntry[] = [];
  let next: string | undefined;
  for await (const { entry, place } of listBoard(ports, filter, { after, atOnce: atOnceFor(limit) })) {
    if (entries.length === limit) return { entries, next };
    entries.push(entry);
    next = Buffer.from(place).toString('base64url');
  }
  return { entries, next: undefined };
}

/** Of 16 partitions, one seldom holds twice its share of a page. */
function atOnceFor(limit: number): number {
  return Math.min(1_000, Math.ceil((2 * limit) / connectionPartitions.length) + 2);
}

export interface Listed {
  readonly entry: BoardEntry;
  /** Orders the rows of all partitions. */
  readonly place: string;
}

/** Everything that fits, in order. */
export async function* listBoard(
  { tables }: Pick<Ports, 'tables'>,
  filter: BoardFilter,
  { after, atOnce = 1_000 }: { readonly after?: string | undefined; readonly atOnce?: number } = {},
): AsyncGenerator<Listed> {
  const place = after === undefined ? '' : Buffer.from(after, 'base64url').toString();
  for (const { from, before } of stretchesFor(filter)) {
    if (place >= before) continue;
    const start = place > from ? `${place}!` : from;
    const lists = prefixesFor(filter).flatMap((prefix) =>
      connectionPartitions.map((partition) => {
        const rows = { from: prefix + start, before: prefix + before };
        return { prefix, rows: tables.board.list(partition, rows, atOnce) };
      }),
    );
    for await (const { place: at, value } of merge(lists)) {
      if (value.entry && fits(value.entry, filter, at)) yield { entry: value.entry, place: at };
    }
  }
}

/** What the keys of each list have in common; the rest of a key orders the rows. */
function prefixesFor({ site, search, sites }: BoardFilter): readonly string[] {
  if (search !== undefined) return [findPrefix('')];
  const allowed = site === undefined ? sites : sites && !sites.includes(site) ? [] : [site];
  // Sites that differ in capital letters only share a list.
  return allowed === undefined ? [everybody] : [...new Set(allowed.map(ofSite))];
}

interface Stretch {
  readonly from: string;
  readonly before: string;
}

/** Parts of the lists, in order: who is fine is read only when a page has room after all who need attention. */
function stretchesFor({ ranks, search }: BoardFilter): readonly Stretch[] {
  if (search !== undefined) {
    const from = findPrefix(search).slice(findPrefix('').length);
    // Sorts behind everything that a key holds.
    return [{ from, before: `${from}~` }];
  }
  const stretches: Stretch[] = [];
  for (const rank of boardRanks.filter((each) => ranks?.includes(each) ?? true)) {
    const from = rankPrefix(rank);
    const last = stretches.at(-1);
    const before = `${from}~`;
    if (last && rank !== 'fine') stretches.splice(-1, 1, { ...last, before });
    else stretches.push({ from, before });
  }
  return stretches;
}

function fits(entry: BoardEntry, { ranks, site, search, sites }: BoardFilter, place: string): boolean {
  if (ranks && !ranks.includes(entry.rank)) return false;
  if (site !== undefined && entry.site !== site) return false;
  if (!maySee(entry, sites)) return false;
  if (search === undefined) return true;
  // Who is found by both names is listed once, by the one that comes first.
  const names = [entry.label, entry.outsideId].filter((name) => beginsWith(name, search));
  const places = names.map((name) => `${findPrefix(name!).slice(findPrefix('').length)}:${entry.connection}`);
  return places.sort()[0] === place;
}

/** Whether somebody who is limited to sites may see it. */
export function maySee({ site }: Pick<BoardEntry, 'site'>, sites: readonly string[] | undefined): boolean {
  return sites === undefined || (site !== undefined && sites.includes(site));
}

async function* merge(
  lists: readonly { readonly prefix: string; readonly rows: AsyncIterable<Row<BoardRow>> }[],
): AsyncGenerator<{ readonly place: string; readonly value: BoardRow }> {
  const open = lists.map(({ prefix, rows }) => ({ prefix, rows: rows[Symbol.asyncIterator]() }));
  const read = async (list: (typeof open)[number]) => {
    const { done, value } = await list.rows.next();
    return done === true
      ? undefined
      : { list, place: value.key.row.slice(list.prefix.length), value: value.value };
  };
  const heads = (await Promise.all(open.map(read))).filter((head) => head !== undefined);
  while (heads.length > 0) {
    const first = heads.reduce((least, head) => (head.place < least.place ? head : least));
    const at = heads.indexOf(first);
    yield { place: first.place, value: first.value };
    const following = await read(first.list);
    heads.splice(at, 1, ...(following ? [following] : []));
  }
}

export interface BoardCounts {
  readonly ranks: Readonly<Record<BoardRank, number>>;
  /** Every site that has a connection, in order, with how many of its connections need attention. */
  readonly sites: readonly { readonly name: string; readonly all: number; readonly needing: number }[];
}

/** @param site counts only that one @param sites the only ones that whoever looks may see */
export async function readBoardCounts(
  { tables }: Pick<Ports, 'tables'>,
  { site, sites }: Pick<BoardFilter, 'site' | 'sites'> = {},
): Promise<BoardCounts> {
  const ranks = Object.fromEntries(boardRanks.map((rank) => [rank, 0])) as Record<BoardRank, number>;
  const bySite = new Map<string, { all: number; needing: number }>();
  for (const [name, count] of await readCounts({ tables })) {
    const counted = readCountName(name);
    if (!counted) continue;
    const isLimited = site !== undefined || sites !== undefined;
    const isMeant = site === undefined || counted.site === site;
    if (counted.site === undefined) {
      if (!isLimited) ranks[counted.rank] += count;
      continue;
    }
    if (!maySee(counted, sites)) continue;
    if (isLimited && isMeant) ranks[counted.rank] += count;
    const of = bySite.get(counted.site) ?? { all: 0, needing: 0 };
    const needing = of.needing + (counted.rank === 'fine' ? 0 : count);
    bySite.set(counted.site, { all: of.all + count, needing });
  }
  const inOrder = [...bySite].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ranks, sites: inOrder.map(([name, of]) => ({ name, ...of })) };
}

/** How many connections there are whose devices were heard of within a day, and how many others. */
export async function readHearingCount(ports: Pick<Ports, 'tables'>): Promise<HearingCount> {
  const counts = await readCounts(ports);
  const of = (hearing: Hearing): number =>
    counts.reduce((sum, [name, count]) => sum + (name === hearingCount(hearing) ? count : 0), 0);
  return { heard: of('heard'), quiet: of('quiet') };
}

/** Every count of every partition, by what it counts. */
export async function readCounts({ tables }: Pick<Ports, 'tables'>): Promise<(readonly [string, number])[]> {
  const rows = await Promise.all(
    connectionPartitions.map((partition) => tables.board.get({ partition, row: countsRow })),
  );
  return rows.flatMap((row) => Object.entries(row?.value.counts ?? {}));
}

export async function readEntry(
  { tables }: Pick<Ports, 'tables'>,
  id: ConnectionId,
): Promise<BoardEntry | undefined> {
  return (await tables.board.get(entryKey(id)))?.value.entry;
}

/** Of connections in the order of their table. */
export async function readEntries(
  { tables }: Pick<Ports, 'tables'>,
  ids: readonly ConnectionId[],
): Promise<ReadonlyMap<ConnectionId, BoardEntry>> {
  const found = new Map<ConnectionId, BoardEntry>();
  const byPartition = Map.groupBy(ids.map(entryKey), ({ partition }) => partition);
  await Promise.all(
    [...byPartition].map(async ([partition, keys]) => {
      const rows = { from: keys[0]!.row, before: `${keys.at(-1)!.row}!` };
      for await (const { value } of tables.board.list(partition, rows, Math.min(1_000, keys.length + 1))) {
        if (value.entry) found.set(value.entry.connection, value.entry);
      }
    }),
  );
  return found;
}

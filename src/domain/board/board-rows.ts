/**
 * Where the board keeps an entry: under its id, and once for each order in which it is listed. All rows of a connection are in the partition of
 * its record, so that they change together.
 */
import { boardRanks, type BoardEntry, type BoardRank, type ConnectionId, type Hearing } from '../../model';
import type { Key } from '../../ports';
import { connectionKey } from '../store/row-keys';

export function entryKey(id: ConnectionId): Key {
  return { partition: connectionKey(id).partition, row: `${entryPrefix}${id}` };
}

const entryPrefix = 'id:';
/** The rows of a partition that hold an entry under its id. */
export const entryRows = { from: entryPrefix, before: `${entryPrefix}~` };
export const countsRow = 'counts';

/** Lists everybody by attention. */
export const everybody = 'all:';

/** Lists the connections of one site by attention. */
export function ofSite(site: string): string {
  return `site:${spell(site)}:`;
}

/** Lists the connections whose label or outside id begins so, in their order. */
export function findPrefix(text: string): string {
  return `${found}${spell(text)}`;
}
const found = 'find:';

/** Behind the prefix of a list by attention: begins the rows of one rank. */
export function rankPrefix(rank: BoardRank): string {
  return `${boardRanks.indexOf(rank)}:`;
}

/** The rows that list an entry, which hold it too. */
export function listRows(entry: BoardEntry): readonly string[] {
  const { connection, site, label, outsideId, rank, since } = entry;
  const place = `${rankPrefix(rank)}${String(Math.max(0, since)).padStart(15, '0')}:${connection}`;
  const names = [label, outsideId].filter((name) => name !== undefined).map(spell);
  return [
    everybody + place,
    ...(site === undefined ? [] : [ofSite(site) + place]),
    ...[...new Set(names)].map((name) => `${found}${name}:${connection}`),
  ];
}

/** What a partition counts an entry under. */
export function countNames({
  rank,
  site,
  vault,
  hearing,
}: Pick<BoardEntry, 'rank' | 'site' | 'vault' | 'hearing'>): readonly string[] {
  return [
    rank,
    ...(site === undefined ? [] : [countOfSite(rank, site)]),
    ...(vault === undefined ? [] : [`${vaultPrefix}${vault}`]),
    ...(hearing === undefined ? [] : [hearingCount(hearing)]),
  ];
}

/** What connections are counted under by whether anything was heard of their devices. */
export function hearingCount(hearing: Hearing): string {
  return `devices ${hearing}`;
}

const vaultPrefix = 'vault ';

/** The vault that a count is for; `undefined` for a count of something else. */
export function readCountedVault(name: string): string | undefined {
  return name.startsWith(vaultPrefix) ? name.slice(vaultPrefix.length) : undefined;
}

function countOfSite(rank: BoardRank, site: string): string {
  return `${rank} ${site}`;
}

/** The site that a count is for; `undefined` for one of all connections. */
export function readCountName(
  name: string,
): { readonly rank: BoardRank; readonly site?: string } | undefined {
  const rank = boardRanks.find((each) => name === each || name.startsWith(`${each} `));
  if (rank === undefined) return undefined;
  return name === rank ? { rank } : { rank, site: name.slice(rank.length + 1) };
}

/** Within the limits of a key; what two names have in common beyond it, the entries tell. */
const longestSpelt = 60;

/** In characters that a key may hold, upper and lower case alike; what begins with a text begins with its spelling. */
function spell(text: string): string {
  return [...text.normalize('NFC').toLowerCase()]
    .slice(0, longestSpelt)
    .map((character) =>
      /^[a-z0-9]$/.test(character)
        ? character
        : `_${character.codePointAt(0)!.toString(16).padStart(5, '0')}`,
    )
    .join('');
}

/** Whether a label or an outside id begins with what was typed, as the rows are spelt. */
export function beginsWith(name: string | undefined, typed: string): boolean {
  return (
    name !== undefined && name.normalize('NFC').toLowerCase().startsWith(typed.normalize('NFC').toLowerCase())
  );
}

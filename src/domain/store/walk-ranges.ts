/** The sixteen ranges of partitions that a walk goes through side by side, and how far it has come in them. */
import type { RowPosition } from '../../model';
import type { KeyRange, Row, Table } from '../../ports';
import { connectionPartitions } from './row-keys';

/** Sorts behind everything that a key holds, or directly behind the key that it is put after. */
const end = '~';
const next = '!';
export const ranges: readonly KeyRange[] = connectionPartitions.map((from, lane) => ({
  from: lane === 0 ? '' : from,
  before: connectionPartitions[lane + 1] ?? end,
}));

export type Positions = Record<string, RowPosition | 'done'>;

/** Everything up to this row has been visited. */
export function markVisited(positions: Positions, last: RowPosition | 'all' | undefined): void {
  for (const { from, before } of last === undefined ? [] : ranges) {
    if (last === 'all' || before <= last!.partition) positions[from] = 'done';
    else if (from <= last!.partition) positions[from] = last!;
  }
}

export async function* rowsOf<T>(
  table: Table<T>,
  range: KeyRange,
  after: RowPosition | undefined,
): AsyncGenerator<Row<T>, undefined> {
  if (after) yield* table.list(after.partition, { from: after.row + next, before: end });
  yield* table.list(after ? { from: after.partition + next, before: range.before } : range);
  return undefined;
}

/** The rows of the shards of a pass. */
export function rowsOfShards(name: string): KeyRange {
  return { from: `${name}:`, before: `${name}:${end}` };
}

/** Puts very many rows into a table, several transactions side by side. */
import type { GroupTable, Key } from '../../src/ports';

const sideBySide = 16;

interface Written {
  readonly key: Key;
}

/** In transactions of a hundred rows. */
export async function insertAll<T>(
  table: GroupTable<T>,
  rows: readonly (Written & { readonly value: T })[],
): Promise<void> {
  const groups = [...Map.groupBy(rows, ({ key }) => key.partition).values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / 100) }, (_, i) => all.slice(i * 100, (i + 1) * 100)),
  );
  await inTurns(groups, (group) =>
    table.writeTogether(group.map(({ key, value }) => ({ kind: 'insert', key, value }))),
  );
}

/** @returns the results in the order of the items */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  return results;
}

/** Compare-and-swap on a record: the only way the domain changes one. */
import { hasCode } from '../errors';
import type { Key, Table } from '../ports';

/**
 * Reads, decides, writes by ETag, and decides again when somebody else was faster. `decide` returns the new
 * value, or `undefined` to leave the record as it is, and must be free of effects: it can run several times.
 * A write whose answer was lost may have been applied, so `decide` has to recognise its own work.
 *
 * @returns the record as it stands afterwards; `undefined` when there is none
 */
export async function change<T>(
  table: Table<T>,
  key: Key,
  decide: (value: T) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const row = await table.get(key);
    if (!row) return undefined;
    const next = decide(row.value);
    if (next === undefined) return row.value;
    try {
      return (await table.replace(row, next)).value;
    } catch (error) {
      if (!hasCode(error, 'CONFLICT')) throw error;
    }
  }
}

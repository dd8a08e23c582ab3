/** How the domain reads, makes and changes records: always by compare-and-swap. */
import { hasCode } from '../../errors';
import type { Key, Row, Table } from '../../ports';

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
  return (await hold(table, key))?.change(decide);
}

/** A record in hand: its ETag is known, so that most changes are one write, without reading it again. */
export interface Held<T> {
  /** The record as it was last seen. */
  readonly value: T;
  /** Like `change`, starting from the record in hand. @returns `undefined` when the record is gone */
  change(decide: (value: T) => T | undefined): Promise<T | undefined>;
  /** @returns the record as it stands now; `undefined` when it is gone */
  reread(): Promise<T | undefined>;
}

/** @returns `undefined` when there is no such record */
export async function hold<T>(table: Table<T>, key: Key): Promise<Held<T> | undefined> {
  const found = await table.get(key);
  if (!found) return undefined;
  let row = found;
  const reread = async (): Promise<Row<T> | undefined> => {
    const now = await table.get(key);
    if (now) row = now;
    return now;
  };
  return {
    get value() {
      return row.value;
    },
    async change(decide) {
      for (let seen: Row<T> | undefined = row; seen; seen = await reread()) {
        const next = decide(seen.value);
        if (next === undefined) return seen.value;
        try {
          row = await table.replace(seen, next);
          return next;
        } catch (error) {
          if (!hasCode(error, 'CONFLICT')) throw error;
        }
      }
      return undefined;
    },
    reread: async () => (await reread())?.value,
  };
}

/** @returns false when somebody else was faster: their row stays */
export async function insertOnce<T>(table: Table<T>, key: Key, value: T): Promise<boolean> {
  try {
    await table.insert(key, value);
    return true;
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    return false;
  }
}

/** @returns false when somebody else has changed or removed it meanwhile: what they wrote stays */
export async function replaceOnce<T>(table: Table<T>, row: Row<T>, value: T): Promise<boolean> {
  try {
    await table.replace(row, value);
    return true;
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    return false;
  }
}

/** @returns false when somebody else has changed or removed it meanwhile: then it is not ours to remove */
export async function removeOnce<T>(table: Table<T>, row: Row<T>): Promise<boolean> {
  try {
    await table.remove(row);
    return true;
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    return false;
  }
}

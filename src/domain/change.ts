/** How the domain reads, makes and changes records: always by compare-and-swap. */
import { hasCode } from '../errors';
import type { Connection, ConnectionId } from '../model';
import type { Key, Ports, Table } from '../ports';
import { connectionKey } from './keys';

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

export async function readConnection(
  { tables }: Pick<Ports, 'tables'>,
  id: ConnectionId,
): Promise<Connection | undefined> {
  return (await tables.connections.get(connectionKey(id)))?.value;
}

/**
 * One that fails keeps nobody else from their turn.
 *
 * @returns the first failure, for whoever has finished everything else
 */
export async function forEachGoingOn<T>(
  all: AsyncIterable<T>,
  work: (each: T) => Promise<unknown>,
): Promise<{ readonly error: unknown } | undefined> {
  let failed: { readonly error: unknown } | undefined;
  for await (const each of all) {
    try {
      await work(each);
    } catch (error) {
      failed ??= { error };
    }
  }
  return failed;
}

/**
 * What outlives a stop of the local world. Emulators and simulators keep what they know in maps; those of a folder write every
 * change to its SQLite file before they return, so that whoever was answered can rely on it, however the program ends.
 */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Closeable } from './running';

/** Values are plain JSON, and are replaced, never changed: a change inside of one would not be kept. */
export type Keep = <V>(name: string) => Map<string, V>;

/** Nothing outlives the process. */
export const inMemory: Keep = () => new Map();

/** The same maps under names of their own, so that two owners can use the same name. */
export function keepFor(owner: string, keep: Keep): Keep {
  return (name) => keep(`${owner} ${name}`);
}

export interface KeptFolder extends Closeable {
  readonly path: string;
  readonly keep: Keep;
  /** Where Azurite puts its files. */
  readonly azurite: string;
}

/** Raised when a release can no longer read what an earlier one kept. */
const formatVersion = 1;

/**
 * Makes the folder if there is none. Only its owner may read it, because tokens and client secrets stand in it in clear.
 *
 * @throws Error if another program uses the folder, another release made it, or it cannot be written
 */
export function openKeptFolder(path: string): KeptFolder {
  const azurite = join(path, 'azurite');
  mkdirSync(azurite, { recursive: true, mode: 0o700 });
  for (const folder of [path, azurite]) chmodSync(folder, 0o700);
  const file = join(path, 'world.sqlite');
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file);
  try {
    lock(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    path,
    azurite,
    keep: <V>(name: string) => new KeptMap<V>(openRows(database, name)),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
}

function lock(database: DatabaseSync, path: string): void {
  let version: unknown;
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY, map TEXT, key TEXT, value TEXT, UNIQUE (map, key));
      COMMIT;
    `);
    version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  } catch (cause) {
    const why = /locked/.test(String(cause))
      ? 'is used by another npm start'
      : 'cannot be used to keep a world';
    throw new Error(`The folder ${path} ${why}. Name another one with --keep=<folder>.`, { cause });
  }
  if (version !== 0 && version !== formatVersion) {
    throw new Error(
      `The folder ${path} was made by another release. Remove it, or name another one with --keep=<folder>.`,
    );
  }
  database.exec(`PRAGMA user_version = ${formatVersion}`);
}

interface Rows {
  /** In the order in which they were put there first. */
  all(): readonly { readonly key: string; readonly value: string }[];
  put(key: string, value: string): void;
  remove(key: string): void;
  clear(): void;
}

function openRows(database: DatabaseSync, name: string): Rows {
  const select = database.prepare('SELECT key, value FROM kept WHERE map = ? ORDER BY number');
  const put = database.prepare(
    'INSERT INTO kept (map, key, value) VALUES (?, ?, ?) ON CONFLICT (map, key) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM kept WHERE map = ? AND key = ?');
  const clear = database.prepare('DELETE FROM kept WHERE map = ?');
  return {
    all: () => select.all(name) as unknown as ReturnType<Rows['all']>,
    put: (key, value) => void put.run(name, key, value),
    remove: (key) => void remove.run(name, key),
    clear: () => void clear.run(name),
  };
}

class KeptMap<V> extends Map<string, V> {
  readonly #rows: Rows;

  constructor(rows: Rows) {
    super();
    for (const { key, value } of rows.all()) super.set(key, JSON.parse(value) as V);
    this.#rows = rows;
  }

  override set(key: string, value: V): this {
    this.#rows.put(key, JSON.stringify(value));
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#rows.remove(key);
    return super.delete(key);
  }

  override clear(): void {
    this.#rows.clear();
    super.clear();
  }
}

/**
 * Tables and a vault in one SQLite file, so that tokens can be had without Azure. The service's own code runs on it: lease, pointer and
 * journal are the same, and two programs that ask at once refresh once. Only the owner of the file may read it (mode 0600),
 * because tokens and client secrets stand in it in clear.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { KeyStore } from '../../src/adapters/key-vault';
import { tokenSetFormat, type RecordFormat } from '../../src/adapters/records';
import { AppError } from '../../src/errors';
import type { Kept, Key, KeyRange, Row, GroupChange, GroupTable, Vault } from '../../src/ports';
import { Secret } from '../../src/secret';

export interface TokenFile {
  readonly path: string;
  table<T>(name: string, format: RecordFormat<T>): GroupTable<T>;
  readonly vault: Vault & KeyStore;
  /** Keeps a client secret, in place of the one before. */
  keepSecret(name: string, value: Secret): void;
  close(): void;
}

/** How long one program waits while another one writes. */
const busyMs = 5_000;

/** @throws Error when others can read the file, or when it is no token file */
export function openTokenFile(path: string): TokenFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite makes its own files, such as the journal, with the mode of this one.
  closeSync(openSync(path, 'a', 0o600));
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new Error(`Others on this machine can read ${path}. Run: chmod 600 ${path}`);
  }
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      PRAGMA busy_timeout = ${busyMs};
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS records (name TEXT, partition TEXT, row TEXT, etag TEXT, value TEXT,
        PRIMARY KEY (name, partition, row)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS secrets (number INTEGER PRIMARY KEY, name TEXT, version TEXT UNIQUE, value TEXT);
    `);
  } catch (cause) {
    database.close();
    throw new Error(`${path} is no token file, or cannot be written.`, { cause });
  }
  return {
    path,
    table: (name, format) => createTable(database, name, format),
    vault: createVault(database),
    keepSecret(name, value) {
      database.prepare('DELETE FROM secrets WHERE name = ?').run(name);
      saveSecret(database, name, value.reveal());
    },
    close: () => database.close(),
  };
}

interface StoredRow {
  readonly partition: string;
  readonly row: string;
  readonly etag: string;
  readonly value: string;
}

function createTable<T>(database: DatabaseSync, name: string, format: RecordFormat<T>): GroupTable<T> {
  const find = database.prepare('SELECT * FROM records WHERE name = ? AND partition = ? AND row = ?');
  const insert = database.prepare('INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?)');
  const replace = database.prepare(
    'UPDATE records SET etag = ?, value = ? WHERE name = ? AND partition = ? AND row = ? AND etag = ?',
  );
  const remove = database.prepare(
    'DELETE FROM records WHERE name = ? AND partition = ? AND row = ? AND etag = ?',
  );
  const list = database.prepare(
    `SELECT * FROM records WHERE name = ? AND partition >= ? AND partition < ? AND row >= ? AND row < ?
     ORDER BY partition, row`,
  );
  const read = ({ partition, row, etag, value }: StoredRow): Row<T> => ({
    key: { partition, row },
    etag,
    value: format.decode(value),
  });
  /** @throws AppError `CONFLICT` when nothing was written */
  const written = (changes: number | bigint): void => {
    if (Number(changes) === 0) throw new AppError('CONFLICT', 'The record was changed by somebody else.');
  };
  const put = database.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)');
  const removeAny = database.prepare('DELETE FROM records WHERE name = ? AND partition = ? AND row = ?');
  const apply = (change: GroupChange<T>): number | bigint => {
    const { partition, row } = change.kind === 'replace' ? change.row.key : change.key;
    if (change.kind === 'remove') return removeAny.run(name, partition, row).changes;
    const [etag, value] = [randomUUID(), format.encode(change.value)];
    if (change.kind === 'replace') {
      return replace.run(etag, value, name, partition, row, change.row.etag).changes;
    }
    return (change.kind === 'put' ? put : insert).run(name, partition, row, etag, value).changes;
  };
  return {
    get: attempt(({ partition, row }: Key) => {
      const found = find.get(name, partition, row) as StoredRow | undefined;
      return found && read(found);
    }),
    insert: attempt(({ partition, row }: Key, value: T) => {
      const etag = randomUUID();
      written(insert.run(name, partition, row, etag, format.encode(value)).changes);
      return { key: { partition, row }, etag, value };
    }),
    replace: attempt(({ key, etag }: Row<T>, value: T) => {
      const next = randomUUID();
      written(replace.run(next, format.encode(value), name, key.partition, key.row, etag).changes);
      return { key, etag: next, value };
    }),
    remove: attempt(({ key, etag }: Row<T>) =>
      written(remove.run(name, key.partition, key.row, etag).changes),
    ),
    writeTogether: attempt((changes: readonly GroupChange<T>[]) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const change of changes) written(apply(change));
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    }),
    async *list(partition, rows) {
      const partitions = typeof partition === 'string' ? only(partition) : (partition ?? all);
      const { from, before } = rows ?? all;
      const found = list.all(
        name,
        partitions.from,
        partitions.before,
        from,
        before,
      ) as unknown as StoredRow[];
      for (const row of found) yield await Promise.resolve(read(row));
    },
  };
}

/** The last code point comes after every key. */
const all: KeyRange = { from: '', before: '\u{10ffff}' };

function only(partition: string): KeyRange {
  return { from: partition, before: `${partition}\u0000` };
}

function createVault(database: DatabaseSync): Vault & KeyStore {
  const select = database.prepare(
    'SELECT * FROM secrets WHERE name = ? AND (version = ? OR ?) ORDER BY number DESC LIMIT 1',
  );
  const since = database.prepare(
    `SELECT * FROM secrets WHERE name = ? AND number >=
       coalesce((SELECT number FROM secrets WHERE name = ? AND version = ?), 0) ORDER BY number`,
  );
  const removeAll = database.prepare('DELETE FROM secrets WHERE name = ?');
  const removeOld = database.prepare(
    `DELETE FROM secrets WHERE name = ? AND number NOT IN
       (SELECT number FROM secrets WHERE name = ? ORDER BY number DESC LIMIT ${keptVersions})`,
  );
  const find = (name: string, version?: string): StoredSecret | undefined =>
    select.get(name, version ?? '', version === undefined ? 1 : 0) as StoredSecret | undefined;
  const readSet = ({ version, value }: StoredSecret) => ({ version, set: tokenSetFormat.decode(value) });
  return {
    further: [],
    readTokenSet: attempt((connection: Kept, consent: number, version?: string) => {
      const found = find(nameOf(connection, consent), version);
      return found && readSet(found);
    }),
    readTokenSetsSince: attempt((connection: Kept, consent: number, version: string) => {
      const name = nameOf(connection, consent);
      return (since.all(name, name, version) as unknown as StoredSecret[]).map(readSet);
    }),
    saveTokenSet: attempt((set) => {
      const name = nameOf({ id: set.connection }, set.consent);
      const version = saveSecret(database, name, tokenSetFormat.encode(set));
      removeOld.run(name, name);
      return version;
    }),
    deleteTokenSets: attempt((connection: Kept, consent: number) => {
      removeAll.run(nameOf(connection, consent));
      return undefined;
    }),
    purgeTokenSets: () => Promise.resolve(undefined),
    saveKey: attempt((name: string, value: Secret) => saveSecret(database, name, value.reveal())),
    readKey: attempt((name: string, version?: string) => {
      const found = find(name, version);
      return found && { version: found.version, key: new Secret(found.value) };
    }),
    tryWriting: () => Promise.resolve(),
    readSecret: attempt((name: string) => {
      const found = find(name);
      return found && new Secret(found.value);
    }),
  };
}

interface StoredSecret {
  readonly version: string;
  readonly value: string;
}

/** Older ones are of no use: whoever may still need one follows the pointer, which names a late one. */
const keptVersions = 20;

function nameOf({ id }: Pick<Kept, 'id'>, consent: number): string {
  return `token-set-${id}-${consent}`;
}

function saveSecret(database: DatabaseSync, name: string, value: string): string {
  const version = randomUUID();
  database.prepare('INSERT INTO secrets (name, version, value) VALUES (?, ?, ?)').run(name, version, value);
  return version;
}

/** The ports are asynchronous, and SQLite is not: what it throws becomes a rejection. */
function attempt<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => Promise<R> {
  return (...args) =>
    new Promise((resolve) => {
      resolve(work(...args));
    });
}

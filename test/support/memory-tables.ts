/** Tables in memory. The contract suite runs on them and on the real ones, which keeps them honest. */
import { AppError } from '../../src/errors';
import type { GroupTable, Key, KeyRange, Row, Table, Tables } from '../../src/ports';

export interface MemoryTable<T> extends GroupTable<T> {
  values(): T[];
  rows(): Row<T>[];
}

function byKey({ key: a }: Row<unknown>, { key: b }: Row<unknown>): number {
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1;
  return a.row < b.row ? -1 : 1;
}

export function createMemoryTable<T>(): MemoryTable<T> {
  const rows = new Map<string, Row<T>>();
  let version = 0;
  const idOf = (key: Key) => `${key.partition}\n${key.row}`;
  const conflict = () => new AppError('CONFLICT', 'The record was changed by somebody else.');
  const put = (key: Key, value: T): Row<T> => {
    const row = { key, etag: `etag-${(version += 1)}`, value };
    rows.set(idOf(key), row);
    return row;
  };
  return {
    get: (key) => Promise.resolve(rows.get(idOf(key))),
    insert: (key, value) =>
      rows.has(idOf(key)) ? Promise.reject(conflict()) : Promise.resolve(put(key, value)),
    replace: ({ key, etag }, value) =>
      rows.get(idOf(key))?.etag === etag ? Promise.resolve(put(key, value)) : Promise.reject(conflict()),
    remove: ({ key, etag }) => {
      if (rows.get(idOf(key))?.etag !== etag) return Promise.reject(conflict());
      rows.delete(idOf(key));
      return Promise.resolve();
    },
    writeTogether: (changes) => {
      const isStale = changes.some((change) => {
        switch (change.kind) {
          case 'insert':
            return rows.has(idOf(change.key));
          case 'replace':
            return rows.get(idOf(change.row.key))?.etag !== change.row.etag;
          case 'remove':
            return !rows.has(idOf(change.key));
          case 'put':
            return false;
        }
      });
      if (isStale) return Promise.reject(conflict());
      for (const change of changes) {
        if (change.kind === 'remove') rows.delete(idOf(change.key));
        else put(change.kind === 'replace' ? change.row.key : change.key, change.value);
      }
      return Promise.resolve();
    },
    async *list(partition, range) {
      await Promise.resolve();
      const within = (key: string, among: KeyRange): boolean => key >= among.from && key < among.before;
      const found = [...rows.values()].filter(({ key }) => {
        if (typeof partition === 'string' && key.partition !== partition) return false;
        if (typeof partition === 'object' && !within(key.partition, partition)) return false;
        return !range || within(key.row, range);
      });
      yield* found.sort(byKey);
    },
    values: () => [...rows.values()].map(({ value }) => value),
    rows: () => [...rows.values()],
  };
}

export type MemoryTables = {
  [Name in keyof Tables]: Tables[Name] extends Table<infer T> ? MemoryTable<T> : never;
};

export function createMemoryTables(): MemoryTables {
  return {
    connections: createMemoryTable(),
    identities: createMemoryTable(),
    logins: createMemoryTable(),
    confirmations: createMemoryTable(),
    links: createMemoryTable(),
    numbers: createMemoryTable(),
    optOuts: createMemoryTable(),
    consents: createMemoryTable(),
    counters: createMemoryTable(),
    campaigns: createMemoryTable(),
    invites: createMemoryTable(),
    readings: createMemoryTable(),
    devices: createMemoryTable(),
    messages: createMemoryTable(),
    runs: createMemoryTable(),
    passes: createMemoryTable(),
    alarms: createMemoryTable(),
    digests: createMemoryTable(),
    undelivered: createMemoryTable(),
    board: createMemoryTable(),
  };
}

/** Stores in memory that answer as late as those in Azure do, and a vault that refuses what is above its limits. */
import { AppError } from '../../src/errors';
import type { TokenSet } from '../../src/model';
import type { GroupTable, Kept, Key, Row, SavedTokenSet, Vault } from '../../src/ports';
import type { Secret } from '../../src/secret';
import type { VirtualTime } from './virtual-time';

const tableMs = 8;
/** A page of a listing: Azure Tables gives a thousand rows at once. */
export const pageRows = 1_000;
const vaultReadMs = 20;
const vaultWriteMs = 40;

export function createTable<T>(
  time: Pick<VirtualTime, 'sleep'>,
  callMs = tableMs,
): GroupTable<T> & { put(key: Key, value: T): void } {
  const partitions = new Map<string, Map<string, Row<T>>>();
  let version = 0;
  const rowAt = ({ partition, row }: Key): Row<T> | undefined => partitions.get(partition)?.get(row);
  const put = (key: Key, value: T): Row<T> => {
    const rows = partitions.get(key.partition) ?? new Map<string, Row<T>>();
    partitions.set(key.partition, rows);
    const row = { key, etag: String((version += 1)), value };
    rows.set(key.row, row);
    return row;
  };
  const conflict = () => new AppError('CONFLICT', 'The record was changed by somebody else.');
  return {
    put: (key, value) => void put(key, value),
    async get(key) {
      await time.sleep(callMs);
      return rowAt(key);
    },
    async insert(key, value) {
      await time.sleep(callMs);
      if (rowAt(key)) throw conflict();
      return put(key, value);
    },
    async replace({ key, etag }, value) {
      await time.sleep(callMs);
      if (rowAt(key)?.etag !== etag) throw conflict();
      return put(key, value);
    },
    async remove({ key, etag }) {
      await time.sleep(callMs);
      if (rowAt(key)?.etag !== etag) throw conflict();
      partitions.get(key.partition)?.delete(key.row);
    },
    async writeTogether(changes) {
      await time.sleep(callMs);
      const isStale = changes.some((change) => {
        if (change.kind === 'insert') return rowAt(change.key) !== undefined;
        return change.kind === 'replace' && rowAt(change.row.key)?.etag !== change.row.etag;
      });
      if (isStale) throw conflict();
      for (const change of changes) {
        const key = change.kind === 'replace' ? change.row.key : change.key;
        if (change.kind === 'remove') partitions.get(key.partition)?.delete(key.row);
        else put(key, change.value);
      }
    },
    async *list(partition, rows) {
      const isMeant = (name: string): boolean =>
        partition === undefined ||
        (typeof partition === 'string'
          ? name === partition
          : name >= partition.from && name < partition.before);
      let read = 0;
      for (const name of [...partitions.keys()].filter(isMeant).sort()) {
        const inPartition = partitions.get(name)!;
        for (const row of [...inPartition.keys()].sort()) {
          if (rows && (row < rows.from || row >= rows.before)) continue;
          if (read % pageRows === 0) await time.sleep(typeof partition === 'string' ? callMs : 10 * callMs);
          read += 1;
          const found = inPartition.get(row);
          if (found) yield found;
        }
      }
      if (read === 0) await time.sleep(callMs);
    },
  };
}

/** Key Vault's own, for each vault: of new secrets, and of all other calls. */
export const vaultLimits = { creates: 300, others: 4_000, perMs: 10_000 };

export interface Load {
  /** The most that there were in any ten seconds. */
  most: number;
  refused: number;
  total: number;
}

function createLimit(time: VirtualTime, limit: number): { load: Load; take(): boolean } {
  const load = { most: 0, refused: 0, total: 0 };
  let recent: number[] = [];
  let first = 0;
  return {
    load,
    take() {
      while (first < recent.length && recent[first]! <= time.now() - vaultLimits.perMs) first += 1;
      if (first > 100_000) [recent, first] = [recent.slice(first), 0];
      load.total += 1;
      recent.push(time.now());
      load.most = Math.max(load.most, recent.length - first);
      if (recent.length - first <= limit) return true;
      load.refused += 1;
      return false;
    },
  };
}

export interface SimulatedVault extends Vault {
  readonly creates: Load;
  readonly others: Load;
  put(set: TokenSet): string;
}

export function createVault(time: VirtualTime, secrets: ReadonlyMap<string, Secret>): SimulatedVault {
  const creates = createLimit(time, vaultLimits.creates);
  const others = createLimit(time, vaultLimits.others);
  const sets = new Map<string, SavedTokenSet[]>();
  let count = 0;
  const nameOf = ({ id }: Pick<Kept, 'id'>, consent: number): string => `${id}/${consent}`;
  const read = async <T>(ms: number, limit: typeof others, value: () => T): Promise<T> => {
    await time.sleep(ms);
    if (!limit.take()) throw new AppError('VAULT_UNAVAILABLE', 'Key Vault answers 429.');
    return value();
  };
  const put = (set: TokenSet): string => {
    const version = `version-${(count += 1)}`;
    const name = nameOf({ id: set.connection }, set.consent);
    // A connection looks at the versions from the current one on only.
    sets.set(name, [...(sets.get(name) ?? []).slice(-2), { version, set }]);
    return version;
  };
  return {
    creates: creates.load,
    others: others.load,
    further: [],
    put,
    readTokenSet: (connection, consent, version) =>
      read(vaultReadMs, others, () => {
        const saved = sets.get(nameOf(connection, consent)) ?? [];
        return version === undefined ? saved.at(-1) : saved.find((each) => each.version === version);
      }),
    readTokenSetsSince: (connection, consent, version) =>
      read(vaultReadMs, others, () => {
        const saved = sets.get(nameOf(connection, consent)) ?? [];
        return saved.slice(
          Math.max(
            0,
            saved.findIndex((each) => each.version === version),
          ),
        );
      }),
    saveTokenSet: (set) => read(vaultWriteMs, creates, () => put(set)),
    deleteTokenSets: () => read(vaultWriteMs, others, () => undefined),
    purgeTokenSets: () => read(vaultWriteMs, others, () => undefined),
    readSecret: (name) => read(vaultReadMs, others, () => secrets.get(name)),
    tryWriting: () => read(vaultWriteMs, creates, () => undefined),
  };
}

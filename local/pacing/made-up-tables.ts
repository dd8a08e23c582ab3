/**
 * The tables of very many connections, whose rows exist only while they are read: so the memory that is used is that of the service and not
 * that of the model. Nothing is wrong with anybody, but that the battery of every hundredth is low.
 */
import { countNames, countsRow, entryKey, listRows } from '../../src/domain/board/board-rows';
import { noteChecked } from '../../src/domain/board/keep-board';
import { connectionPartitions, deviceKey } from '../../src/domain/store/row-keys';
import type { BoardEntry, BoardRow, Connection, Device, Identity, ProviderId } from '../../src/model';
import type { Clock, Key, KeyRange, Row, Table, Tables } from '../../src/ports';
import { Secret } from '../../src/secret';
import { deployedPolicy } from './deployed-policy';
import { createTable, pageRows } from './late-stores';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const lowEvery = 100;
const phone = new Secret('+14255550123');

export interface MadeUpSetting {
  readonly connections: number;
  /** What one call takes; a page of a thousand rows takes ten times as long. */
  readonly callMs: number;
  readonly ageDays: number;
  /** Google Health unless told otherwise. */
  readonly provider?: ProviderId;
}

type Time = Pick<Clock, 'now' | 'sleep'>;

/** The place of a connection among all of them. */
export function placeOf(id: string): number {
  return Number(id.slice(1));
}

export async function createMadeUpTables(
  time: Time,
  { connections, callMs, ageDays, provider = 'google-health' }: MadeUpSetting,
): Promise<Tables> {
  const startMs = time.now();
  const createdAt = startMs - ageDays * dayMs;
  const firstOf = (lane: number): number => Math.floor((lane * connections) / connectionPartitions.length);
  function* idsOf(lane: number): Generator<string> {
    for (let place = firstOf(lane); place < firstOf(lane + 1); place += 1)
      yield `${connectionPartitions[lane]}${String(place).padStart(8, '0')}`;
  }
  const isLow = (id: string): boolean => placeOf(id) % lowEvery === 0;
  const connectionOf = (id: string): Connection => ({
    ...{ id, provider, createdAt, consentReserved: 1, missingScopes: [], phone },
    pointer: {
      ...{ consent: 1, generation: 1, secretVersion: '0123456789abcdef0123456789abcdef' },
      ...{ expiresAt: startMs + hourMs, rotatedAt: startMs - hourMs },
    },
  });
  const deviceOf = (connection: string): Device => ({
    ...{ connection, firstSeenAt: startMs - hourMs, checkedAt: startMs, cycle: 1, armed: true, heard: true },
    reading: {
      ...{ device: 'tracker', kind: 'tracker', model: 'Charge 6' },
      ...{ percent: isLow(connection) ? 10 : 80, syncedAt: startMs - hourMs },
    },
  });
  const entries = await Promise.all(
    ['00', '01'].map((id) => entryAfterCheck(startMs, connectionOf(id), deviceOf(id))),
  );
  const entryOf = (connection: string): BoardEntry => ({
    ...entries[isLow(connection) ? 0 : 1]!,
    connection,
  });
  function* boardRowsOf(lane: number): Generator<readonly [string, BoardRow]> {
    // The more urgent come first.
    for (const wanted of [true, false]) {
      for (const id of idsOf(lane)) {
        if (isLow(id) === wanted)
          for (const row of listRows(entryOf(id))) yield [row, { entry: entryOf(id) }];
      }
    }
    yield [countsRow, { counts: countsOf(lane) }];
    for (const id of idsOf(lane)) yield [entryKey(id).row, { entry: entryOf(id) }];
  }
  const countsOf = (lane: number): Record<string, number> => {
    const [first, end] = [firstOf(lane), firstOf(lane + 1)];
    const low = Math.ceil(end / lowEvery) - Math.ceil(first / lowEvery);
    const counts: Record<string, number> = {};
    for (const [n, many] of [low, end - first - low].entries()) {
      // As on the board, what nobody has is not counted.
      for (const name of many > 0 ? countNames(entries[n]!) : []) counts[name] = (counts[name] ?? 0) + many;
    }
    return counts;
  };
  const known: Record<string, unknown> = {
    connections: madeUpTable<Connection>(time, callMs, {
      rowsOf: (lane) => rowFor(idsOf(lane), connectionOf),
      find: ({ row }) => connectionOf(row),
    }),
    identities: madeUpTable<Identity>(time, callMs, {
      rowsOf: (lane) => rowFor(idsOf(lane), (connection) => ({ connection })),
      find: ({ row }) => ({ connection: row }),
    }),
    board: madeUpTable<BoardRow>(time, callMs, {
      rowsOf: boardRowsOf,
      find: ({ partition, row }) =>
        row === countsRow
          ? { counts: countsOf(connectionPartitions.indexOf(partition)) }
          : { entry: entryOf(row.slice(entryKey('').row.length)) },
    }),
    // Nobody lists all of them.
    devices: {
      async *list(connection: string) {
        await time.sleep(callMs);
        yield { key: deviceKey(connection, 'tracker'), etag: '1', value: deviceOf(connection) };
      },
    },
  };
  return new Proxy(known, {
    get: (_, name: string) => (known[name] ??= createTable(time, callMs)),
  }) as unknown as Tables;
}

/** As a check leaves it on the board. */
async function entryAfterCheck(startMs: number, connection: Connection, device: Device): Promise<BoardEntry> {
  const time = { now: () => startMs, sleep: () => Promise.resolve() };
  const board = createTable<BoardRow>(time);
  const quiet = (): void => undefined;
  const ports = {
    ...{ clock: { ...time, monotonicMs: () => 0, every: () => quiet }, policy: deployedPolicy() },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    tables: { board, readings: createTable(time) } as unknown as Tables,
  };
  const devices = new Map([[deviceKey(connection.id, 'tracker').row, device]]);
  await noteChecked(ports, connection, { devices, texts: 'on', lastText: undefined });
  return (await board.get(entryKey(connection.id)))!.value.entry!;
}

function* rowFor<T>(ids: Iterable<string>, valueOf: (id: string) => T): Generator<readonly [string, T]> {
  for (const id of ids) yield [id, valueOf(id)];
}

interface Source<T> {
  /** In the order of their keys. */
  readonly rowsOf: (lane: number) => Iterable<readonly [string, T]>;
  readonly find: (key: Key) => T;
}

function madeUpTable<T>(time: Time, callMs: number, { rowsOf, find }: Source<T>): Table<T> {
  const refuse = (): Promise<never> => Promise.reject(new Error('Nothing has to be written here.'));
  function* rowsIn(where: string | KeyRange | undefined, rows: KeyRange | undefined): Generator<Row<T>> {
    for (const [lane, partition] of connectionPartitions.entries()) {
      const isMeant =
        where === undefined ||
        (typeof where === 'string'
          ? partition === where
          : partition >= where.from && partition < where.before);
      if (!isMeant) continue;
      for (const [row, value] of rowsOf(lane)) {
        if (rows && row >= rows.before) break;
        if (!rows || row >= rows.from) yield { key: { partition, row }, etag: '1', value };
      }
    }
  }
  return {
    ...{ insert: refuse, replace: refuse, remove: refuse, writeTogether: refuse },
    async get(key) {
      await time.sleep(callMs);
      return { key, etag: '1', value: find(key) };
    },
    async *list(where, rows, atOnce = pageRows) {
      const found = rowsIn(where, rows);
      for (let isFirst = true; ; isFirst = false) {
        const page: Row<T>[] = [];
        for (let next = found.next(); !next.done; next = found.next()) {
          page.push(next.value);
          if (page.length === atOnce) break;
        }
        if (!isFirst && page.length === 0) return;
        await time.sleep(callMs * (1 + (9 * page.length) / pageRows));
        yield* page;
        if (page.length < atOnce) return;
      }
    },
  };
}

/** What every `Table` promises (src/ports). Everything goes through the port itself. */
import { randomUUID } from 'node:crypto';
import { change } from '../../src/domain/store/compare-and-swap';
import type { BoardRow, Device, Identity } from '../../src/model';
import type { GroupChange, Key, Row, Table, Tables } from '../../src/ports';
import { appErrorOf } from '../support/error-of';
import { revealed } from '../support/revealed';
import * as samples from '../support/sample-records';

/** More than Azure Tables gives in one answer, which is 1,000. */
const moreThanOnePage = 1_050;

export function tableContract(name: string, openTables: () => Tables): void {
  describe(`Tables ${name}`, () => {
    let tables: Tables;
    let table: Table<Identity>;

    beforeAll(() => {
      tables = openTables();
      table = tables.identities;
    });

    /** Keys of a partition that no other test uses. */
    const newPartition = () => {
      const partition = randomUUID();
      return (row: string): Key => ({ partition, row });
    };
    const value = (connection: string): Identity => ({ connection });
    const conflictOf = async (work: Promise<unknown>) => (await appErrorOf(work)).code;

    test('get finds nothing where nothing was inserted', async () => {
      const key = newPartition();
      await table.insert(key('other'), value('other'));
      expect(await table.get(key('missing'))).toBeUndefined();
      expect(await table.get({ partition: randomUUID(), row: 'other' })).toBeUndefined();
    });

    test('a row is found as it was inserted, with the same etag', async () => {
      const key = newPartition()('row');
      const inserted = await table.insert(key, value('wearer'));
      expect(inserted).toEqual({ key, etag: expect.stringMatching(/./), value: value('wearer') });
      expect(await table.get(key)).toEqual(inserted);
    });

    test('insert on a key that is taken is a CONFLICT and changes nothing', async () => {
      const key = newPartition()('row');
      const first = await table.insert(key, value('first'));
      expect(await conflictOf(table.insert(key, value('second')))).toBe('CONFLICT');
      expect(await table.get(key)).toEqual(first);
    });

    test('of twenty inserts on one key at once one succeeds', async () => {
      const key = newPartition()('row');
      const inserts = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => table.insert(key, value(`wearer-${i}`))),
      );
      const successes = inserts.filter((insert) => insert.status === 'fulfilled');
      expect(successes).toHaveLength(1);
      expect(await table.get(key)).toEqual(successes[0]?.value);
    });

    test('replace gives a new value and a new etag, which the next replace takes', async () => {
      const key = newPartition()('row');
      const first = await table.insert(key, value('first'));
      const second = await table.replace(first, value('second'));
      expect(second).toEqual({ key, etag: expect.stringMatching(/./), value: value('second') });
      expect(second.etag).not.toBe(first.etag);
      const third = await table.replace(second, value('third'));
      expect(await table.get(key)).toEqual(third);
    });

    test('replace with an etag that is out of date is a CONFLICT and changes nothing', async () => {
      const key = newPartition()('row');
      const stale = await table.insert(key, value('first'));
      const current = await table.replace(stale, value('second'));
      expect(await conflictOf(table.replace(stale, value('third')))).toBe('CONFLICT');
      expect(await table.get(key)).toEqual(current);
    });

    test('remove with an etag that is out of date is a CONFLICT and removes nothing', async () => {
      const key = newPartition()('row');
      const stale = await table.insert(key, value('first'));
      const current = await table.replace(stale, value('second'));
      expect(await conflictOf(table.remove(stale))).toBe('CONFLICT');
      expect(await table.get(key)).toEqual(current);
    });

    test('a removed row is gone: replace and remove are CONFLICTs, insert works again', async () => {
      const key = newPartition()('row');
      const row = await table.insert(key, value('first'));
      await table.remove(row);
      expect(await table.get(key)).toBeUndefined();
      expect(await conflictOf(table.replace(row, value('second')))).toBe('CONFLICT');
      expect(await conflictOf(table.remove(row))).toBe('CONFLICT');
      const again = await table.insert(key, value('third'));
      expect(await table.get(key)).toEqual(again);
    });

    test('the etag of a removed row does not fit the row that comes after it', async () => {
      const key = newPartition()('row');
      const before = await table.insert(key, value('same'));
      await table.remove(before);
      const after = await table.insert(key, value('same'));
      expect(await conflictOf(table.replace(before, value('other')))).toBe('CONFLICT');
      expect(await table.get(key)).toEqual(after);
    });

    test('a row is named by its partition and its row together', async () => {
      const [here, there] = [newPartition(), newPartition()];
      const row = await table.insert(here('row'), value('here'));
      await table.insert(there('row'), value('there'));
      await table.remove(row);
      expect((await table.get(there('row')))?.value).toEqual(value('there'));
    });

    test('list of a partition gives all of its rows and no others', async () => {
      const [here, there] = [newPartition(), newPartition()];
      const rows = await Promise.all(['a', 'b', 'c'].map((row) => table.insert(here(row), value(row))));
      await table.insert(there('d'), value('d'));
      expect(sorted(await listOf(table.list(here('').partition)))).toEqual(rows);
      expect(await listOf(table.list(randomUUID()))).toEqual([]);
    });

    describe('list of a range of rows', () => {
      let at: (row: string) => Key;
      const names = ['a', 'b-1', 'b-2', 'b-3', 'c'];
      const range = async (from: string, before: string, partition = at('').partition) =>
        (await listOf(table.list(partition, { from, before }))).map(({ key }) => key.row);

      beforeAll(async () => {
        at = newPartition();
        // Not in their order.
        for (const row of ['c', 'b-2', 'a', 'b-3', 'b-1']) await table.insert(at(row), value(row));
      });

      test.each<[string, string, string, string[]]>([
        ['of all of them', 'a', 'd', names],
        ['from a row that is there, which is in it', 'b-2', 'd', ['b-2', 'b-3', 'c']],
        ['before a row that is there, which is not in it', 'a', 'b-3', ['a', 'b-1', 'b-2']],
        ['between rows that are not there', 'b-', 'b-9', ['b-1', 'b-2', 'b-3']],
        ['of a single row', 'b-1', 'b-1!', ['b-1']],
        ['that ends where it begins', 'b-1', 'b-1', []],
        ['that ends before it begins', 'c', 'a', []],
        ['behind the last one', 'd', 'z', []],
        ['whose end holds a quote', 'a', "b'", ['a']],
      ])('%s gives them in order', async (_, from, before, rows) => {
        expect(await range(from, before)).toEqual(rows);
      });

      test('gives none of another partition', async () => {
        await table.insert(newPartition()('b-1'), value('elsewhere'));
        expect(await range('a', 'd')).toEqual(names);
        expect(await range('a', 'd', randomUUID())).toEqual([]);
      });

      test('gives the rows as they are, with their etags', async () => {
        expect(await listOf(table.list(at('').partition, { from: 'c', before: 'd' }))).toEqual([
          await table.get(at('c')),
        ]);
      });

      test('without a partition is that of all partitions', async () => {
        const [here, there] = [newPartition(), newPartition()];
        const tag = randomUUID();
        for (const key of [here(`${tag}-1`), there(`${tag}-2`), there(`${tag}-9`)]) {
          await table.insert(key, value(key.row));
        }
        const rows = await listOf(table.list(undefined, { from: `${tag}-1`, before: `${tag}-9` }));
        expect(rows.map(({ key }) => key.row).sort()).toEqual([`${tag}-1`, `${tag}-2`]);
      });
    });

    test.each(["o'brien", "''", '"quoted"', "' or PartitionKey ne '", 'ä +%20&='])(
      'list of the partition named %j gives its rows and no others',
      async (partition) => {
        const row = await table.insert({ partition, row: "it's" }, value('quoted'));
        expect(await listOf(table.list(partition))).toEqual([row]);
        expect(await table.get(row.key)).toEqual(row);
        await table.remove(row);
        expect(await listOf(table.list(partition))).toEqual([]);
      },
    );

    test('list without a partition gives the rows of all partitions', async () => {
      const { logins } = tables;
      const rows = await Promise.all(
        ['1', '2', '3'].map((row) => logins.insert(newPartition()(row), samples.logins.minimal)),
      );
      expect(sorted(await listOf(logins.list()))).toEqual(rows);
      await Promise.all(rows.map((row) => logins.remove(row)));
      expect(await listOf(logins.list())).toEqual([]);
    });

    test('list of a range of partitions gives those from its beginning on, and not its end, in order', async () => {
      const { logins } = tables;
      const keys = ['a/2', 'a/1', 'b/1', 'b1/1', 'c/1'].map((name) => name.split('/'));
      const rows = await Promise.all(
        keys.map(([partition = '', row = '']) => logins.insert({ partition, row }, samples.logins.minimal)),
      );
      const listed = await listOf(logins.list({ from: 'a', before: 'c' }));
      expect(listed.map(({ key: { partition, row } }) => `${partition}/${row}`)).toEqual([
        'a/1',
        'a/2',
        'b/1',
        'b1/1',
      ]);
      await Promise.all(rows.map((row) => logins.remove(row)));
    });

    test('list gives every row once when there are more than one answer can hold', async () => {
      const key = newPartition();
      const names = Array.from({ length: moreThanOnePage }, (_, i) => `row-${String(i).padStart(4, '0')}`);
      for (const batch of chunksOf(names, 100)) {
        await tables.board.writeTogether(
          batch.map((row) => ({ kind: 'insert', key: key(row), value: { counts: { [row]: 1 } } })),
        );
      }
      const rows = sorted(await listOf(tables.board.list(key('').partition)));
      expect(rows.flatMap((row) => Object.keys(row.value.counts ?? {}))).toEqual(names);
    }, 60_000);

    test('twenty increments at once by compare-and-swap end at exactly twenty', async () => {
      const { devices } = tables;
      const key = newPartition()('counter');
      await devices.insert(key, { ...samples.devices.minimal, cycle: 1 });
      const increment = (device: Device): Device => ({ ...device, cycle: device.cycle + 1 });
      const seen = await Promise.all(Array.from({ length: 20 }, () => change(devices, key, increment)));
      expect((await devices.get(key))?.value.cycle).toBe(21);
      // Each increment saw the count that it made itself: none was lost, none was applied twice.
      const counts = seen.map((device) => device?.cycle ?? 0).sort((a, b) => a - b);
      expect(counts).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    }, 60_000);

    test.each([1, 3, 1_000])('list gives the same rows when it reads %d at once', async (atOnce) => {
      const key = newPartition();
      for (const row of ['c', 'a', 'd', 'b']) await table.insert(key(row), value(row));
      const found = await listOf(table.list(key('').partition, { from: 'a', before: 'd' }, atOnce));
      expect(found.map((row) => row.value.connection)).toEqual(['a', 'b', 'c']);
    });

    describe('a group of changes', () => {
      const counting = (count: number): BoardRow => ({ counts: { low: count } });
      const rowsIn = async (partition: string) =>
        (await listOf(tables.board.list(partition))).map(
          ({ key, value: { counts } }) => `${key.row} ${counts?.low}`,
        );

      test('is written together: inserts, replacements, rows put there and removals', async () => {
        const key = newPartition();
        const { board } = tables;
        const kept = await board.insert(key('kept'), counting(1));
        await board.insert(key('over'), counting(2));
        await board.insert(key('gone'), counting(3));
        await board.writeTogether([
          { kind: 'replace', row: kept, value: counting(10) },
          { kind: 'insert', key: key('new'), value: counting(4) },
          { kind: 'put', key: key('over'), value: counting(20) },
          { kind: 'put', key: key('put'), value: counting(5) },
          { kind: 'remove', key: key('gone') },
        ]);
        expect(await rowsIn(kept.key.partition)).toEqual(['kept 10', 'new 4', 'over 20', 'put 5']);
        const row = (await board.get(kept.key))!;
        expect(row.etag).not.toBe(kept.etag);
        await board.replace(row, counting(11));
      });

      test.each<[string, (key: (row: string) => Key, stale: Row<BoardRow>) => GroupChange<BoardRow>[]]>([
        ['a row to be inserted is there', (key) => [{ kind: 'insert', key: key('b'), value: counting(9) }]],
        [
          'a row to be replaced has changed',
          (_, stale) => [{ kind: 'replace', row: stale, value: counting(9) }],
        ],
        [
          'the first is good and a later row to be replaced has changed',
          (key, stale) => [
            { kind: 'insert', key: key('c'), value: counting(9) },
            { kind: 'replace', row: stale, value: counting(9) },
          ],
        ],
        [
          'a row to be removed is not there',
          (key) => [
            { kind: 'insert', key: key('c'), value: counting(9) },
            { kind: 'remove', key: key('missing') },
          ],
        ],
      ])('is a CONFLICT and changes nothing when %s', async (_, changes) => {
        const key = newPartition();
        const { board } = tables;
        const stale = await board.insert(key('a'), counting(1));
        await board.replace(stale, counting(2));
        await board.insert(key('b'), counting(3));
        const put: GroupChange<BoardRow> = { kind: 'put', key: key('z'), value: counting(9) };
        expect(await conflictOf(board.writeTogether([...changes(key, stale), put]))).toBe('CONFLICT');
        expect(await rowsIn(stale.key.partition)).toEqual(['a 2', 'b 3']);
      });

      test('of twenty at once that change one row one succeeds, with all of its changes', async () => {
        const key = newPartition();
        const { board } = tables;
        const first = await board.insert(key('first'), counting(0));
        const writes = await Promise.allSettled(
          Array.from({ length: 20 }, (_, i) =>
            board.writeTogether([
              { kind: 'replace', row: first, value: counting(i + 1) },
              { kind: 'put', key: key('second'), value: counting(i + 1) },
            ]),
          ),
        );
        expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const [one, two] = await rowsIn(first.key.partition);
        expect(two?.split(' ')[1]).toBe(one?.split(' ')[1]);
      });

      test('can be a hundred', async () => {
        const key = newPartition();
        const changes = Array.from({ length: 100 }, (_, i): GroupChange<BoardRow> => {
          return { kind: 'insert', key: key(String(i).padStart(3, '0')), value: counting(i) };
        });
        await tables.board.writeTogether(changes);
        expect(await rowsIn(key('').partition)).toHaveLength(100);
      });
    });

    const kinds: readonly (keyof Tables)[] = [
      'connections',
      'identities',
      'logins',
      'confirmations',
      'links',
      'numbers',
      'optOuts',
      'consents',
      'counters',
      'campaigns',
      'invites',
      'devices',
      'readings',
      'messages',
      'runs',
      'passes',
      'alarms',
      'board',
    ];

    describe.each(kinds)('%s', (kind) => {
      const [ofKind, { full, minimal }] = [() => tables[kind] as Table<object>, samples[kind]];

      test.each([
        ['everything in it', full],
        ['nothing that may be left out', minimal],
      ])('keeps a record with %s', async (_, record) => {
        const key = newPartition()('row');
        await ofKind().insert(key, record);
        expect(await storedAt(ofKind(), key)).toStrictEqual(revealed(record));
      });

      test('keeps nothing of the record that was there before', async () => {
        const key = newPartition()('row');
        const row = await ofKind().insert(key, full);
        await ofKind().replace(row, minimal);
        expect(await storedAt(ofKind(), key)).toStrictEqual(revealed(minimal));
      });
    });

    test('a field set to undefined is a field that is absent', async () => {
      const key = newPartition()('row');
      const { pointer, ...others } = samples.connections.full;
      await tables.connections.insert(key, { ...others, pointer, lease: undefined, phone: undefined });
      const found = (await tables.connections.get(key))?.value;
      expect(found?.pointer).toEqual(pointer);
      expect(found?.lease).toBeUndefined();
      expect(found?.phone).toBeUndefined();
    });
  });
}

async function storedAt(table: Table<object>, key: Key): Promise<unknown> {
  return revealed((await table.get(key))?.value);
}

async function listOf<T>(rows: AsyncIterable<Row<T>>): Promise<Row<T>[]> {
  const list: Row<T>[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

function sorted<T>(rows: Row<T>[]): Row<T>[] {
  return rows.sort((a, b) => (a.key.row < b.key.row ? -1 : 1));
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

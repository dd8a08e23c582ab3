/** What is special to Azure Tables: how a record looks at rest, and what becomes of each failure. */
import { inspect } from 'node:util';
import { TableClient } from '@azure/data-tables';
import { startAzurite, type Azurite } from '../../local/azurite';
import { identityFormat } from '../../src/adapters/records';
import { connectTable, connectTables } from '../../src/adapters/tables';
import type { Identity } from '../../src/model';
import type { Row, Table, Tables } from '../../src/ports';
import { appErrorOf } from '../support/error-of';
import { closedAddress, startLocalServer, type LocalServer } from '../support/local-server';
import * as samples from '../support/sample-records';
import { withoutPauses } from '../support/without-pauses';

let azurite: Azurite;
let tables: Tables;
/** The kinds of records that were left out of a list. */
const leftOut: string[] = [];
const onUnreadable = (kind: string) => void leftOut.push(kind);

beforeAll(async () => {
  azurite = await startAzurite({ ports: { blob: 0, queue: 0, table: 0 } });
  tables = connectTables(
    { kind: 'local', connectionString: azurite.connectionString, attemptMs: 5_000 },
    onUnreadable,
  );
}, 60_000);
afterAll(() => azurite.close());
beforeEach(() => {
  leftOut.length = 0;
});

/** The table without our adapter, as an operator's tool would see it. */
const raw = (name: string) =>
  TableClient.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('an entity', () => {
  test('holds the record as one JSON text of version 1 with ISO times', async () => {
    const key = { partition: 'c', row: 'at-rest' };
    const { etag } = await tables.connections.insert(key, samples.connections.full);
    const entity = await raw('connections').getEntity<{ data: string }>('c', 'at-rest');
    expect(Object.keys(entity).sort()).toEqual([
      'data',
      'etag',
      'odata.metadata',
      'partitionKey',
      'rowKey',
      'timestamp',
    ]);
    expect(entity.etag).toBe(etag);
    expect(JSON.parse(entity.data)).toMatchObject({
      version: 1,
      id: 'c0ffee00c0ffee00c0ffee00c0ffee00',
      createdAt: '2026-10-01T06:00:00.001Z',
      lease: { owner: 'worker-1', until: '2026-11-21T06:00:20.000Z' },
    });
  });

  test('that is replaced keeps no property that it had before', async () => {
    const key = { partition: 'i', row: 'replaced' };
    await tables.identities.insert(key, samples.identities.full);
    await raw('identities').upsertEntity({ partitionKey: 'i', rowKey: 'replaced', note: 'by hand' }, 'Merge');
    const row = (await tables.identities.get(key)) as Row<{ connection: string }>;
    await tables.identities.replace(row, samples.identities.minimal);
    const entity = await raw('identities').getEntity<{ data: string; note?: string }>('i', 'replaced');
    expect(entity.note).toBeUndefined();
    expect(JSON.parse(entity.data)).toEqual({ version: 1, connection: 'c1' });
  });

  test('that an operator changed by hand no longer has the etag that was read', async () => {
    const key = { partition: 'i', row: 'by-hand' };
    const row = await tables.identities.insert(key, samples.identities.full);
    await raw('identities').upsertEntity({ partitionKey: 'i', rowKey: 'by-hand', note: 'by hand' }, 'Merge');
    expect((await appErrorOf(tables.identities.replace(row, samples.identities.minimal))).code).toBe(
      'CONFLICT',
    );
    expect((await appErrorOf(tables.identities.remove(row))).code).toBe('CONFLICT');
  });
});

describe('a record that this version cannot read', () => {
  test.each([
    ['of version 2', JSON.stringify({ version: 2, phone: 'the-secret' })],
    ['that is no JSON', 'the-secret'],
    ['without data', undefined],
  ])('%s is RECORD_UNREADABLE, which names its kind and not its content', async (name, data) => {
    const key = { partition: `unreadable ${name}`, row: 'row' };
    await tables.logins.get(key);
    await raw('logins').createEntity({
      partitionKey: key.partition,
      rowKey: key.row,
      ...(data !== undefined && { data }),
    });
    const error = await appErrorOf(tables.logins.get(key));
    expect(error.code).toBe('RECORD_UNREADABLE');
    expect(error.message).toBe('A stored pending login has a shape that this version cannot read.');
    expect(inspect(error, { depth: 10 })).not.toContain('the-secret');
    expect(leftOut).toEqual([]);
  });

  test('is left out of a list and reported by its kind, and hides none of the others', async () => {
    const { logins } = tables;
    const at = (row: string) => ({ partition: 'one of three', row });
    const before = await logins.insert(at('a'), samples.logins.full);
    await raw('logins').createEntity({ partitionKey: 'one of three', rowKey: 'b', data: 'the-secret' });
    const after = await logins.insert(at('c'), samples.logins.minimal);
    const rows = await listOf(logins.list('one of three'));
    expect(rows.map(({ key, etag }) => [key, etag])).toEqual([
      [at('a'), before.etag],
      [at('c'), after.etag],
    ]);
    expect(leftOut).toEqual(['pending login']);
  });
});

describe('the first calls of a process', () => {
  test('make the table once, however many there are', async () => {
    const cold = connectTables(
      { kind: 'local', connectionString: azurite.connectionString, attemptMs: 5_000 },
      onUnreadable,
    );
    const rows = Array.from({ length: 10 }, (_, i) => ({ partition: 'first', row: String(i) }));
    await Promise.all(rows.map((key) => cold.messages.insert(key, samples.messages.minimal)));
    expect(await listOf(cold.messages.list('first'))).toHaveLength(10);
  });
});

describe('a table that somebody deleted', () => {
  test('is TABLE_UNAVAILABLE at every call, not a row that is missing', async () => {
    const storage = { kind: 'local', connectionString: azurite.connectionString, attemptMs: 5_000 } as const;
    const table = connectTable<Identity>(storage, 'temporary', identityFormat, onUnreadable);
    const row = await table.insert({ partition: 'p', row: 'r' }, samples.identities.minimal);
    await raw('temporary').deleteTable();
    const calls: ((at: Table<Identity>) => Promise<unknown>)[] = [
      (at) => at.get(row.key),
      (at) => at.insert(row.key, row.value),
      (at) => at.replace(row, row.value),
      (at) => at.remove(row),
      (at) => listOf(at.list()),
    ];
    for (const call of calls) expect((await appErrorOf(call(table))).code).toBe('TABLE_UNAVAILABLE');
  });
});

describe('a table service that does not do its work', () => {
  let server: LocalServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const row = { key: { partition: 'p', row: 'r' }, etag: 'W/"1"', value: samples.identities.minimal };
  const operations: [string, (at: Tables) => Promise<unknown>][] = [
    ['get', ({ identities }) => identities.get(row.key)],
    ['insert', ({ identities }) => identities.insert(row.key, row.value)],
    ['replace', ({ identities }) => identities.replace(row, row.value)],
    ['remove', ({ identities }) => identities.remove(row)],
    ['list', ({ identities }) => listOf(identities.list())],
  ];
  const tablesAt = (url: string) => {
    const connectionString = azurite.connectionString.replace(azurite.tableUrl, `${url}/devstoreaccount1`);
    return connectTables({ kind: 'local', connectionString, attemptMs: 5_000 }, onUnreadable);
  };

  test.each(operations)('because it refuses us: %s is TABLE_UNAVAILABLE', async (_, operate) => {
    server = await startLocalServer((response) => response.writeHead(403).end('{"the-secret":1}'));
    const error = await appErrorOf(operate(tablesAt(server.url)));
    expect([error.code, error.message]).toEqual([
      'TABLE_UNAVAILABLE',
      'Azure Tables did not answer as expected (403).',
    ]);
  });

  test.each(operations)('once the table is open: %s is TABLE_UNAVAILABLE', async (_, operate) => {
    server = await startLocalServer((response, { method, path }) =>
      response.writeHead(method === 'POST' && path?.includes('/Tables') ? 204 : 403).end(),
    );
    expect((await appErrorOf(operate(tablesAt(server.url)))).code).toBe('TABLE_UNAVAILABLE');
    expect(server.received).toHaveLength(2);
  });

  test.each(operations)('because the table is being deleted: %s is TABLE_UNAVAILABLE', async (_, operate) => {
    const body = {
      'odata.error': { code: 'TableBeingDeleted', message: { lang: 'en', value: 'the-secret' } },
    };
    server = await startLocalServer((response, { method, path }) =>
      method === 'POST' && path?.includes('/Tables')
        ? response.writeHead(204).end()
        : response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    const error = await appErrorOf(operate(tablesAt(server.url)));
    expect([error.code, error.message]).toEqual([
      'TABLE_UNAVAILABLE',
      'Azure Tables did not answer as expected (409).',
    ]);
  });

  test.each(operations)(
    'because it never answers: %s is TABLE_UNAVAILABLE after five seconds',
    async (_, operate) => {
      server = await startLocalServer((response, { method, path }) =>
        method === 'POST' && path?.includes('/Tables') ? response.writeHead(204).end() : undefined,
      );
      const at = tablesAt(server.url);
      const { result: error, passedMs } = await withoutPauses(() => appErrorOf(operate(at)));
      expect(error.code).toBe('TABLE_UNAVAILABLE');
      expect(server.received).toHaveLength(2);
      expect(passedMs).toBeGreaterThanOrEqual(5_000);
      expect(passedMs).toBeLessThan(6_000);
    },
  );

  test.each(operations)('because it is down: %s is TABLE_UNAVAILABLE', async (_, operate) => {
    const at = tablesAt(await closedAddress());
    const { result: error } = await withoutPauses(() => appErrorOf(operate(at)));
    expect([error.code, error.message]).toEqual([
      'TABLE_UNAVAILABLE',
      'Azure Tables did not answer as expected (no answer).',
    ]);
  });

  test('is tried again at the next call', async () => {
    let refusing = true;
    server = await startLocalServer((response) => response.writeHead(refusing ? 403 : 204).end());
    const at = tablesAt(server.url);
    expect((await appErrorOf(at.identities.insert(row.key, row.value))).code).toBe('TABLE_UNAVAILABLE');
    refusing = false;
    expect((await at.identities.insert(row.key, row.value)).key).toEqual(row.key);
  });
});

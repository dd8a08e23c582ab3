/** What is special to Azure Tables: how a record looks at rest, and what becomes of each failure. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { TableClient } from '@azure/data-tables';
import type { Azurite } from '../../local/azurite';
import { identityFormat } from '../../src/adapters/records';
import { connectTable, connectTables } from '../../src/adapters/tables';
import type { BoardRow, Identity } from '../../src/model';
import type { Key, Row, Table, Tables } from '../../src/ports';
import { appErrorOf } from '../support/error-of';
import {
  closedAddress,
  startLocalServer,
  type LocalServer,
  type ReceivedRequest,
} from '../support/local-server';
import * as samples from '../support/sample-records';
import { borrowAzurite } from '../support/shared-azurite';
import { withoutPauses } from '../support/without-pauses';

let azurite: Azurite;
let tables: Tables;
/** The kinds of records that were left out of a list. */
const leftOut: string[] = [];
const onUnreadable = (kind: string) => void leftOut.push(kind);

beforeAll(async () => {
  azurite = await borrowAzurite();
  tables = connectTables(
    { kind: 'local', connectionString: azurite.connectionString, attemptMs: 5_000 },
    onUnreadable,
  );
}, 60_000);
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
      'write',
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
    const connectionString = azurite.connectionString.replace(new URL(azurite.tableUrl).origin, url);
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

  test.each(operations)(
    'because it asks to wait for 100 s: %s is TABLE_UNAVAILABLE within seconds',
    async (_, operate) => {
      for (const retryAfter of ['100', new Date(Date.now() + 100_000).toUTCString()]) {
        const busy = await startLocalServer((response, { method, path }) =>
          method === 'POST' && path?.includes('/Tables')
            ? response.writeHead(204).end()
            : response.writeHead(503, { 'retry-after': retryAfter }).end(),
        );
        const at = tablesAt(busy.url);
        const { result: error, passedMs } = await withoutPauses(() => appErrorOf(operate(at)));
        await busy.close();
        expect(error.code).toBe('TABLE_UNAVAILABLE');
        expect(busy.received.slice(1).map(({ method }) => method)).toHaveLength(3);
        expect(passedMs).toBeLessThan(5_000);
      }
    },
  );

  test('because it asks to wait while the table is made: is TABLE_UNAVAILABLE within seconds', async () => {
    server = await startLocalServer((response) => response.writeHead(503, { 'retry-after': '100' }).end());
    const at = tablesAt(server.url);
    const { result: error, passedMs } = await withoutPauses(() => appErrorOf(at.identities.get(row.key)));
    expect(error.code).toBe('TABLE_UNAVAILABLE');
    expect(passedMs).toBeLessThan(5_000);
  });

  test.each(operations)(
    'because it drops each request after four seconds: %s is TABLE_UNAVAILABLE after ten',
    async (_, operate) => {
      server = await startLocalServer((response, { method, path }) =>
        method === 'POST' && path?.includes('/Tables')
          ? response.writeHead(204).end()
          : void setTimeout(() => response.destroy(), 4_000),
      );
      const at = tablesAt(server.url);
      const { result: error, passedMs } = await withoutPauses(() => appErrorOf(operate(at)));
      expect(error.code).toBe('TABLE_UNAVAILABLE');
      expect(passedMs).toBeGreaterThanOrEqual(9_000);
      expect(passedMs).toBeLessThan(11_000);
    },
  );

  test('is tried again at the next call', async () => {
    let refusing = true;
    server = await startLocalServer((response) => response.writeHead(refusing ? 403 : 204).end());
    const at = tablesAt(server.url);
    expect((await appErrorOf(at.identities.insert(row.key, row.value))).code).toBe('TABLE_UNAVAILABLE');
    refusing = false;
    expect((await at.identities.insert(row.key, row.value)).key).toEqual(row.key);
  });
});

describe('a write whose answer is lost', () => {
  let server: LocalServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  type Lose = (response: ServerResponse) => void;
  const losses: [string, Lose][] = [
    ['the connection is reset', (response) => response.destroy()],
    ['a gateway answers 504', (response) => response.writeHead(504).end()],
  ];

  /** Azurite, but the answer to the next request of `method` is lost, and `meanwhile` happens before it is sent again. */
  async function tablesLosing(
    method: string,
    lose: Lose,
    meanwhile: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    let losing = true;
    const seen: string[] = [];
    const forward = async (request: ReceivedRequest, response: ServerResponse): Promise<void> => {
      const { 'content-length': _, connection: __, 'transfer-encoding': ___, ...headers } = request.headers;
      const answer = await fetch(new URL(request.path!, azurite.tableUrl), {
        method: request.method!,
        headers: headers as Record<string, string>,
        ...(request.body && { body: request.body }),
      });
      const body = await answer.text();
      const isTable = request.path!.includes('/Tables');
      if (!isTable) seen.push(`${request.method} ${answer.status}`);
      if (!isTable && losing && request.method === method) {
        losing = false;
        await meanwhile();
        return lose(response);
      }
      const etag = answer.headers.get('etag');
      const type = answer.headers.get('content-type') ?? 'application/json';
      response.writeHead(answer.status, { 'content-type': type, ...(etag && { etag }) }).end(body);
    };
    server = await startLocalServer((response, request) => void forward(request, response));
    const connectionString = azurite.connectionString.replace(new URL(azurite.tableUrl).origin, server.url);
    const { identities, board } = connectTables(
      { kind: 'local', connectionString, attemptMs: 5_000 },
      onUnreadable,
    );
    return { identities, board, seen };
  }
  const newKey = (): Key => ({ partition: 'lost', row: randomUUID() });
  const [mine, theirs] = [{ connection: 'mine' }, { connection: 'theirs' }];

  test.each(losses)('because %s: an insert is no conflict with itself', async (_, lose) => {
    const { identities, seen } = await tablesLosing('POST', lose);
    const row = await identities.insert(newKey(), mine);
    expect(seen).toEqual(['POST 204', 'POST 409', 'GET 200']);
    expect(await tables.identities.get(row.key)).toEqual(row);
  });

  test.each(losses)('because %s: a replacement is no conflict with itself', async (_, lose) => {
    const before = await tables.identities.insert(newKey(), mine);
    const { identities, seen } = await tablesLosing('PUT', lose);
    const row = await identities.replace(before, mine);
    expect(seen).toEqual(['PUT 204', 'PUT 412', 'GET 200']);
    expect(row.etag).not.toBe(before.etag);
    expect(await tables.identities.get(row.key)).toEqual(row);
  });

  test.each(losses)('because %s: a removal is no conflict with itself', async (_, lose) => {
    const row = await tables.identities.insert(newKey(), mine);
    const { identities, seen } = await tablesLosing('DELETE', lose);
    await identities.remove(row);
    expect(seen).toEqual(['DELETE 204', 'DELETE 404']);
    expect(await tables.identities.get(row.key)).toBeUndefined();
  });

  test.each(losses)('because %s: a group of changes is no conflict with itself', async (_, lose) => {
    const [first, second] = [newKey(), newKey()];
    const [one, two]: BoardRow[] = [{ counts: { low: 1 } }, { counts: { low: 2 } }];
    const inserting = await tablesLosing('POST', lose);
    await inserting.board.writeTogether([
      { kind: 'insert', key: first, value: one! },
      { kind: 'insert', key: second, value: one! },
    ]);
    expect(inserting.seen).toEqual(['POST 202', 'POST 202', 'GET 200']);
    expect((await tables.board.get(second))?.value).toEqual(one);
    await server?.close();
    const before = (await tables.board.get(first))!;
    const removing = await tablesLosing('POST', lose);
    await removing.board.writeTogether([
      { kind: 'replace', row: before, value: two! },
      { kind: 'remove', key: second },
    ]);
    expect((await tables.board.get(first))?.value).toEqual(two);
    expect(await tables.board.get(second)).toBeUndefined();
  });

  test('is a conflict when somebody else has changed the row meanwhile, even to the same', async () => {
    const key = newKey();
    const [, lose] = losses[0]!;
    const writeAgain = async (value: Identity) =>
      tables.identities.replace((await tables.identities.get(key))!, value);
    const inserting = await tablesLosing('POST', lose, () => writeAgain(mine));
    expect((await appErrorOf(inserting.identities.insert(key, mine))).code).toBe('CONFLICT');
    await server?.close();
    const before = (await tables.identities.get(key))!;
    const replacing = await tablesLosing('PUT', lose, () => writeAgain(theirs));
    expect((await appErrorOf(replacing.identities.replace(before, theirs))).code).toBe('CONFLICT');
    await server?.close();
    const removing = await tablesLosing('DELETE', lose, () => tables.identities.insert(key, theirs));
    const last = (await tables.identities.get(key))!;
    expect((await appErrorOf(removing.identities.remove(last))).code).toBe('CONFLICT');
    expect((await tables.identities.get(key))?.value).toEqual(theirs);
  });

  test('costs an ordinary conflict no further request', async () => {
    const key = newKey();
    const stale = await tables.identities.insert(key, theirs);
    await tables.identities.replace(stale, theirs);
    const { identities, seen } = await tablesLosing('none', () => undefined);
    expect((await appErrorOf(identities.insert(key, mine))).code).toBe('CONFLICT');
    expect((await appErrorOf(identities.replace(stale, mine))).code).toBe('CONFLICT');
    expect((await appErrorOf(identities.remove(stale))).code).toBe('CONFLICT');
    expect(seen).toEqual(['POST 409', 'PUT 412', 'DELETE 412']);
  });
});

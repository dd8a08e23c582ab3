import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { startAzurite, type Azurite } from '../../local/azurite';
import { PortTaken } from '../../local/serve';
import { borrowAzurite } from '../support/shared-azurite';
import { isListening } from '../support/local-server';

jest.setTimeout(60_000);

const anyPorts = { blob: 0, queue: 0, table: 0 };

describe('Azurite', () => {
  let azurite: Azurite;

  beforeAll(async () => {
    azurite = await startAzurite({ ports: anyPorts });
  });

  afterAll(() => azurite.close());

  it('keeps entities of the real TableClient', async () => {
    const table = TableClient.fromConnectionString(azurite.connectionString, 'connections', {
      allowInsecureConnection: true,
    });
    await table.createTable();
    await table.createEntity({ partitionKey: 'p', rowKey: 'r', note: 'kept' });
    expect(await table.getEntity('p', 'r')).toMatchObject({ partitionKey: 'p', rowKey: 'r', note: 'kept' });
    await expect(table.createEntity({ partitionKey: 'p', rowKey: 'r' })).rejects.toMatchObject({
      statusCode: 409,
    });
  });

  it('keeps messages of the real QueueClient', async () => {
    const queue = new QueueClient(azurite.connectionString, 'jobs');
    await queue.create();
    await queue.sendMessage('rotate');
    const { receivedMessageItems } = await queue.receiveMessages();
    expect(receivedMessageItems.map(({ messageText, dequeueCount }) => [messageText, dequeueCount])).toEqual([
      ['rotate', 1],
    ]);
  });

  it('names the addresses of its default account', () => {
    const { blob, queue, table } = azurite.ports;
    expect(new Set([blob, queue, table, 0]).size).toBe(4);
    expect([azurite.blobUrl, azurite.queueUrl, azurite.tableUrl]).toEqual(
      [blob, queue, table].map((port) => `http://127.0.0.1:${port}/devstoreaccount1`),
    );
  });

  it('answers on all three ports as soon as it has started', async () => {
    expect(await Promise.all(Object.values(azurite.ports).map(isListening))).toEqual([true, true, true]);
  });
});

describe('an Azurite that all test files share', () => {
  it('gives each that asks an account without a table and without a queue', async () => {
    const [mine, theirs] = [await borrowAzurite(), await borrowAzurite()];
    expect(mine.ports).toEqual(theirs.ports);
    await TableClient.fromConnectionString(mine.connectionString, 'connections', {
      allowInsecureConnection: true,
    }).createTable();
    await new QueueClient(mine.connectionString, 'jobs').create();
    expect([await contentOf(mine), await contentOf(theirs)]).toEqual([['connections', 'jobs'], []]);
  });
});

describe('startAzurite', () => {
  it.each(['blob', 'queue', 'table'] as const)(
    'says who wanted the port when the %s port is taken',
    async (service) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      try {
        const starting = startAzurite({ ports: { ...anyPorts, [service]: port } });
        await expect(starting).rejects.toThrow(PortTaken);
        await expect(starting).rejects.toThrow(
          `Port ${port}, wanted for the Azurite ${service} service, is taken.`,
        );
      } finally {
        other.close();
      }
    },
  );
});

/** Names of tables and queues. */
async function contentOf({ connectionString }: Azurite): Promise<string[]> {
  const names: (string | undefined)[] = [];
  const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  for await (const { name } of tables.listTables()) names.push(name);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  for await (const { name } of queues.listQueues()) names.push(name);
  return names.map(String);
}

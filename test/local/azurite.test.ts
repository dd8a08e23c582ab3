import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { build } from 'esbuild';
import { startAzurite, type Azurite } from '../../local/azurite';
import { PortTaken } from '../../local/serve';
import { borrowAzurite } from '../support/shared-azurite';

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
    expect(await Promise.all(Object.values(azurite.ports).map(answers))).toEqual([true, true, true]);
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

  it('gives its ports back when it is closed, and can be closed twice', async () => {
    const azurite = await startAzurite({ ports: anyPorts });
    await azurite.close();
    await azurite.close();
    expect(await Promise.all(Object.values(azurite.ports).map(answers))).toEqual([false, false, false]);
  });

  it('begins on a folder once the one before it has written everything there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azurite-kept-'));
    const open = ({ connectionString }: Azurite) =>
      TableClient.fromConnectionString(connectionString, 'connections', { allowInsecureConnection: true });
    const started: Azurite[] = [];
    try {
      const first = await startAzurite({ ports: anyPorts, folder });
      started.push(first);
      await open(first).createTable();
      await open(first).createEntity({ partitionKey: 'p', rowKey: 'r', note: 'kept' });
      const second = startAzurite({ ports: anyPorts, folder });
      await first.close();
      started.push(await second);
      expect(await open(started[1]!).getEntity('p', 'r')).toMatchObject({ note: 'kept' });
    } finally {
      await Promise.all(started.map((azurite) => azurite.close()));
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('leaves no Azurite behind when its parent is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azurite-parent-'));
    const parent = await startInAnotherProcess(folder);
    try {
      expect(await answers(parent.tablePort)).toBe(true);
      // The end of the child cuts an open connection: no need to ask again and again.
      const socket = connect(parent.tablePort, '127.0.0.1').resume();
      await once(socket, 'connect');
      const cut = new Promise((resolve) => socket.once('error', () => undefined).once('close', resolve));
      parent.kill();
      await cut;
      // Its listening socket can outlive the connection for a moment.
      while (await answers(parent.tablePort)) await new Promise(setImmediate);
    } finally {
      parent.kill();
      await rm(folder, { recursive: true, force: true });
    }
  });
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

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Bundled as the local world is, because a plain Node cannot load the sources. */
async function startInAnotherProcess(folder: string): Promise<{ tablePort: number; kill(): void }> {
  const script = join(folder, 'parent.cjs');
  await build({
    stdin: {
      contents:
        "import { startAzurite } from './local/azurite';" +
        'void startAzurite({ ports: { blob: 0, queue: 0, table: 0 } })' +
        '.then((azurite) => console.log(azurite.ports.table));',
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
  });
  const parent = spawn(process.execPath, [script], {
    env: { ...process.env, NODE_PATH: join(process.cwd(), 'node_modules') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { tablePort: Number(line.toString()), kill: () => void parent.kill('SIGKILL') };
}

/** How Azurite begins and ends, as the process that it is. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { build } from 'esbuild';
import { startAzurite, type Azurite } from '../../local/azurite';
import { isListening } from '../support/local-server';

jest.setTimeout(60_000);

const anyPorts = { blob: 0, queue: 0, table: 0 };

test('Azurite gives its ports back when it is closed, and can be closed twice', async () => {
  const azurite = await startAzurite({ ports: anyPorts });
  await azurite.close();
  await azurite.close();
  expect(await Promise.all(Object.values(azurite.ports).map(isListening))).toEqual([false, false, false]);
});

test('Azurite begins on a folder once the one before it has written everything there', async () => {
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

test('Azurite leaves no Azurite behind when its parent is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-parent-'));
  const parent = await startInAnotherProcess(folder);
  try {
    expect(await isListening(parent.tablePort)).toBe(true);
    // The end of the child cuts an open connection: no need to ask again and again.
    const socket = connect(parent.tablePort, '127.0.0.1').resume();
    await once(socket, 'connect');
    const cut = new Promise((resolve) => socket.once('error', () => undefined).once('close', resolve));
    parent.kill();
    await cut;
    // Its listening socket can outlive the connection for a moment.
    while (await isListening(parent.tablePort)) await new Promise(setImmediate);
  } finally {
    parent.kill();
    await rm(folder, { recursive: true, force: true });
  }
});

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

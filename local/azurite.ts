/**
 * Azurite as a child process: Azure's tables, queues and blobs on this machine. The child ends with its parent,
 * however the parent ends, because it watches the channel between them.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { get, type IncomingMessage } from 'node:http';
import { get as getByTls } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortTaken } from './serve';

export interface AzuritePorts {
  /** 0 takes any free port. */
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

export interface AzuriteOptions {
  readonly ports: AzuritePorts;
  /** Files of a certificate: https instead of http, and bearer tokens beside the account key. */
  readonly tls?: CertificateFiles;
  /** A folder that keeps everything between two starts; in memory when not given. */
  readonly folder?: string | undefined;
  /** Names of accounts, each with storage of its own (`accountOf`); the well-known one alone when not given. */
  readonly accounts?: readonly string[];
}

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly key: string;
  readonly cert: string;
}

/** Where one account is. */
export interface StorageAccount {
  readonly connectionString: string;
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly tableUrl: string;
  readonly ports: AzuritePorts;
}

export interface Azurite extends StorageAccount {
  close(): Promise<void>;
}

/** Azurite's well-known account; nothing in Azure accepts it. */
export const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Runs in the child and becomes Azurite. When the channel to the parent breaks, the child ends, after Azurite has written what it has
 * in memory: it does so every five seconds, and when it is asked to end. Until then it holds the lock of its folder.
 */
const child = `
  if (process.env.AZURITE_LOCK) {
    const { DatabaseSync } = require('node:sqlite');
    globalThis.lock = new DatabaseSync(process.env.AZURITE_LOCK);
    globalThis.lock.exec('BEGIN EXCLUSIVE');
  }
  process.on('disconnect', () => {
    if (process.argv.includes('--inMemoryPersistence')) process.exit();
    process.emit('SIGTERM');
  });
  process.on('SIGTERM', () => {
    // The channel would keep the child alive once Azurite has closed; so would a connection that hangs.
    if (process.connected) process.disconnect();
    setTimeout(() => process.exit(), 30_000).unref();
  });
  process.argv.splice(1, 0, process.env.AZURITE_MAIN);
  require(process.env.AZURITE_MAIN);
`;

const attempts = 3;

/** @throws PortTaken, naming the service that wanted the port */
export async function startAzurite({ ports: wanted, ...options }: AzuriteOptions): Promise<Azurite> {
  // A free port can be taken by somebody else before Azurite listens on it; then others are as good.
  const anyFree = Object.values(wanted).every((port) => port === 0);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(wanted, options);
    } catch (error) {
      if (!anyFree || attempt === attempts) throw error;
    }
  }
}

async function startOnce(
  wanted: AzuritePorts,
  { tls, folder, accounts = [account] }: Omit<AzuriteOptions, 'ports'>,
): Promise<Azurite> {
  const lock = folder === undefined ? undefined : join(folder, 'azurite-lock.sqlite');
  if (lock !== undefined) await untilFree(lock);
  const ports = await choosePorts(wanted);
  const options = [
    ...Object.entries(ports).flatMap(([service, port]) => [
      `--${service}Host`,
      '127.0.0.1',
      `--${service}Port`,
      String(port),
    ]),
    ...(folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder]),
    '--silent',
    '--disableTelemetry',
    '--skipApiVersionCheck',
    ...(tls ? ['--oauth', 'basic', '--key', tls.key, '--cert', tls.cert] : []),
  ];
  const azurite = spawn(process.execPath, ['-e', child, '--', ...options], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      AZURITE_MAIN: require.resolve('azurite/dist/src/azurite'),
      AZURITE_ACCOUNTS: accounts.map((name) => `${name}:${accountKey}`).join(';'),
      NODE_NO_WARNINGS: '1',
      ...(lock !== undefined && { AZURITE_LOCK: lock }),
    },
    // Ctrl-C reaches the whole group; the parent decides when its child ends.
    detached: true,
  });
  let output = '';
  for (const stream of [azurite.stdout, azurite.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
    });
  }
  try {
    await Promise.all(Object.values(ports).map((port) => untilListening(azurite, port, tls !== undefined)));
  } catch {
    azurite.kill('SIGKILL');
    throw new Error(`Azurite did not start.\n${output}`);
  }
  return {
    ...accountOf(ports, accounts[0] ?? account, tls !== undefined),
    close: () => end(azurite, folder === undefined ? 'SIGKILL' : 'SIGTERM'),
  };
}

/** An account of the Azurite that listens on these ports. They all have the same key. */
export function accountOf(ports: AzuritePorts, name: string, isTls = false): StorageAccount {
  const protocol = isTls ? 'https' : 'http';
  const [blobUrl, queueUrl, tableUrl] = [ports.blob, ports.queue, ports.table].map(
    (port) => `${protocol}://127.0.0.1:${port}/${name}`,
  ) as [string, string, string];
  return {
    connectionString: [
      `DefaultEndpointsProtocol=${protocol}`,
      `AccountName=${name}`,
      `AccountKey=${accountKey}`,
      `BlobEndpoint=${blobUrl}`,
      `QueueEndpoint=${queueUrl}`,
      `TableEndpoint=${tableUrl}`,
    ].join(';'),
    blobUrl,
    queueUrl,
    tableUrl,
    ports,
  };
}

/**
 * After a kill of its parent, the last Azurite of the folder is still writing. One that read the folder now would begin without what is
 * not written yet.
 */
async function untilFree(lock: string): Promise<void> {
  const deadline = performance.now() + startMs;
  const database = new DatabaseSync(lock);
  try {
    for (;;) {
      try {
        database.exec('BEGIN EXCLUSIVE; ROLLBACK');
        return;
      } catch (error) {
        if (!/locked/.test(String(error)) || performance.now() > deadline) throw error;
      }
      await sleep(50);
    }
  } finally {
    database.close();
  }
}

/** Azurite says little about a taken port, so each is tried before; all at once, so that none is given twice. */
async function choosePorts(wanted: AzuritePorts): Promise<AzuritePorts> {
  const held: Server[] = [];
  try {
    const choose = async (name: keyof AzuritePorts): Promise<number> => {
      const server = await hold(`Azurite ${name} service`, wanted[name]);
      held.push(server);
      return (server.address() as AddressInfo).port;
    };
    return { blob: await choose('blob'), queue: await choose('queue'), table: await choose('table') };
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function hold(name: string, port: number): Promise<Server> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortTaken(name, port) : error;
  }
  return server;
}

const startMs = 30_000;

async function untilListening(azurite: ChildProcess, port: number, isTls: boolean): Promise<void> {
  const deadline = performance.now() + startMs;
  while (performance.now() < deadline && azurite.exitCode === null) {
    if (await isAzurite(port, isTls)) return;
    await sleep(25);
  }
  throw new Error(`Nothing listens on port ${port}`);
}

/** Somebody else can have taken the port meanwhile, and would answer in Azurite's place until they stop. */
function isAzurite(port: number, isTls: boolean): Promise<boolean> {
  const address = { host: '127.0.0.1', port, agent: false } as const;
  return new Promise((resolve) => {
    const take = (response: IncomingMessage): void => {
      response.resume();
      resolve(String(response.headers.server).startsWith('Azurite'));
    };
    const asked = isTls ? getByTls({ ...address, rejectUnauthorized: false }, take) : get(address, take);
    asked.once('error', () => resolve(false));
  });
}

/** With SIGTERM it writes everything to its folder first. */
async function end(azurite: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (azurite.exitCode !== null || azurite.signalCode !== null) return;
  const ended = new Promise((resolve) => azurite.once('exit', resolve));
  azurite.kill(signal);
  await ended;
}

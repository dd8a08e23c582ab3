/** Who rotates and checks in the comparison: the service, the same calls bare, and one connection after another with new clients. */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { TableClient } from '@azure/data-tables';
import { SecretClient } from '@azure/keyvault-secrets';
import { QueueClient } from '@azure/storage-queue';
import axios from 'axios';
import type { InvocationContext } from '@azure/functions';
import { readConfig } from '../../../src/config';
import { connectionKey } from '../../../src/domain/store/row-keys';
import * as jobs from '../../../src/functions/jobs';
import { createServices, type Services } from '../../../src/services';
import { azureSchedules } from '../../azure-schedules';
import { invoke } from '../../runner/run-invocation';
import { localClient } from '../../simulators/clients';

export const works = ['rotation', 'check'] as const;
export type Work = (typeof works)[number];

export type Contender = 'service' | 'floor' | 'predecessors';

/** What a contender does for one connection. */
export type Carry = (connection: string) => Promise<void>;

/** `prepare` comes before everything else, and is not measured. */
export interface Contenders {
  readonly prepare: (contender: Contender, connection: string) => Promise<void>;
  readonly carry: Readonly<Record<Contender, Readonly<Record<Work, Carry>>>>;
}

export function createContenders(settings: Readonly<Record<string, string>>): Contenders {
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const config = readConfig({ ...settings, ...azureSchedules });
  // A busy machine must not fail the measurement.
  const times = { ...config.policy.times, attemptMs: patientMs, providerTimeoutMs: patientMs };
  const services = createServices({ ...config, policy: { ...config.policy, times } }, silent);
  return {
    async prepare(contender, connection) {
      if (contender === 'service') return;
      await openStores(settings);
      const { set } = (await services.vault.readTokenSet({ id: connection }, 1))!;
      const [accessToken, refreshToken] = [set.accessToken.reveal(), set.refreshToken.reveal()];
      await openVault(settings).setSecret(
        secretOf(connection),
        JSON.stringify({ accessToken, refreshToken }),
      );
    },
    carry: {
      service: createService(services),
      floor: createFloor(settings),
      predecessors: createPredecessors(settings),
    },
  };
}

const patientMs = 60_000;

function ignore(): void {}

let runs = 0;

/** The functions behind the queues, called as the host calls them. */
function createService(services: Services): Record<Work, Carry> {
  const call = async (
    functionName: string,
    handler: (job: unknown, context: InvocationContext) => Promise<void>,
    kind: string,
    connection: string,
  ): Promise<void> => {
    runs += 1;
    const job = { kind, connection, run: `run ${runs}`, runStartedAt: Date.now() };
    const more = kind === 'rotate-token' ? { attempt: 0 } : {};
    await invoke({ functionName, trigger: { type: 'queueTrigger' }, onLog: ignore }, (context) =>
      handler({ ...job, ...more }, context),
    );
  };
  const rotate = jobs.rotateToken(services);
  const check = jobs.checkBattery(services);
  return {
    rotation: (connection) => call('rotateToken', rotate, 'rotate-token', connection),
    check: (connection) => call('checkBattery', check, 'check-battery', connection),
  };
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const tableNames = ['connections', 'devices', 'readings', 'board'] as const;

async function openStores(settings: Readonly<Record<string, string>>): Promise<void> {
  for (const name of tableNames) await openTable(settings, name).createTable();
  await openQueue(settings).createIfNotExists();
}

function openTable(settings: Readonly<Record<string, string>>, name: string): TableClient {
  return TableClient.fromConnectionString(settings['AzureWebJobsStorage']!, name, {
    allowInsecureConnection: true,
  });
}

function openQueue(settings: Readonly<Record<string, string>>): QueueClient {
  return new QueueClient(settings['AzureWebJobsStorage']!, 'rotate-token');
}

/**
 * What no service that keeps its promise can leave out. A rotation: take the lease, read the tokens, queue three replays and note them,
 * refresh, save, commit, cancel the replays. A check: read the connection, its tokens and its devices, ask the provider, write device, reading
 * and board. Each with the SDK that the service uses, and with one client for all.
 */
function createFloor(settings: Readonly<Record<string, string>>): Record<Work, Carry> {
  const connections = openTable(settings, 'connections');
  const devices = openTable(settings, 'devices');
  const readings = openTable(settings, 'readings');
  const board = openTable(settings, 'board');
  const queue = openQueue(settings);
  const vault = openVault(settings);
  const provider = new Agent({ keepAlive: true });
  const rowOf = (connection: string) => {
    const { partition, row } = connectionKey(connection);
    return connections.getEntity<{ data: string }>(partition, row);
  };
  let written = 0;
  return {
    async rotation(connection) {
      const { partitionKey, rowKey, data, etag: read } = await rowOf(connection);
      let etag = read;
      const write = async (): Promise<void> => {
        const entity = { partitionKey: partitionKey!, rowKey: rowKey!, data };
        etag = (await connections.updateEntity(entity, 'Replace', { etag })).etag!;
      };
      await write();
      const { value } = await vault.getSecret(secretOf(connection));
      const replays = await Promise.all(
        [20, 45, 70].map((visibilityTimeout) =>
          queue.sendMessage(JSON.stringify({ kind: 'rotate-token', connection }), { visibilityTimeout }),
        ),
      );
      await write();
      const refreshed = await refresh(settings, JSON.parse(value!) as Tokens, provider);
      await vault.setSecret(secretOf(connection), JSON.stringify(refreshed));
      await write();
      await Promise.all(
        replays.map(({ messageId, popReceipt }) => queue.deleteMessage(messageId, popReceipt)),
      );
    },
    async check(connection) {
      const { partitionKey = '' } = await rowOf(connection);
      const { value } = await vault.getSecret(secretOf(connection));
      const known = [];
      const filter = `PartitionKey eq '${connection}'`;
      for await (const row of devices.listEntities({ queryOptions: { filter } })) known.push(row);
      const found = await readDevices(settings, JSON.parse(value!) as Tokens, provider);
      written += 1;
      const data = JSON.stringify(found);
      await devices.upsertEntity({ partitionKey: connection, rowKey: 'tracker', data }, 'Replace');
      await readings.createEntity({ partitionKey: connection, rowKey: `${Date.now()}-${written}`, data });
      const entry = { partitionKey: `floor-${partitionKey}`, rowKey: connection };
      await board.getEntity(entry.partitionKey, entry.rowKey).catch(() => undefined);
      await board.submitTransaction([
        ['upsert', { ...entry, data }, 'Replace'],
        ['upsert', { ...entry, rowKey: `counts ${connection}`, data }, 'Replace'],
      ]);
    },
  };
}

/** A loop over the wearers, as the programs did that this service replaces: new clients for each, and two secrets written one after the other. */
function createPredecessors(settings: Readonly<Record<string, string>>): Record<Work, Carry> {
  return {
    async rotation(connection) {
      const vault = openVault(settings);
      const { value } = await vault.getSecret(secretOf(connection));
      const refreshed = await refresh(settings, JSON.parse(value!) as Tokens);
      await vault.setSecret(`access-${secretOf(connection)}`, refreshed.accessToken);
      await vault.setSecret(secretOf(connection), JSON.stringify(refreshed));
    },
    async check(connection) {
      const { value } = await openVault(settings).getSecret(secretOf(connection));
      await readDevices(settings, JSON.parse(value!) as Tokens);
    },
  };
}

const secretOf = (connection: string): string => `bench-${connection}`;

function openVault(settings: Readonly<Record<string, string>>): SecretClient {
  const credential = {
    getToken: () => Promise.resolve({ token: 'local', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const agent = new TlsAgent({ keepAlive: true, rejectUnauthorized: false });
  return new SecretClient(settings['KEY_VAULT_URI']!, credential, {
    disableChallengeResourceVerification: true,
    additionalPolicies: [
      {
        policy: {
          name: 'acceptAnyCertificate',
          sendRequest: (request, next) => next(Object.assign(request, { agent })),
        },
        position: 'perRetry',
      },
    ],
  });
}

async function refresh(
  { FITBIT_SIMULATOR_URL: url }: Readonly<Record<string, string>>,
  { refreshToken }: Tokens,
  httpAgent?: Agent,
): Promise<Tokens> {
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
  const auth = { username: localClient.clientId, password: localClient.clientSecret };
  const { data } = await axios.post<{ access_token: string; refresh_token: string }>(
    `${url}/oauth2/token`,
    form,
    { auth, httpAgent },
  );
  return { accessToken: data.access_token, refreshToken: data.refresh_token };
}

async function readDevices(
  { FITBIT_SIMULATOR_URL: url }: Readonly<Record<string, string>>,
  { accessToken }: Tokens,
  httpAgent?: Agent,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await axios.get<unknown>(`${url}/1/user/-/devices.json`, { headers, httpAgent })).data;
}

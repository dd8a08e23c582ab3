/** The ports of a service in virtual time: stores that answer as late as those in Azure, and providers that answer well. */
import { emailAddresses } from '../../src/adapters/email-addresses';
import { createJournal } from '../../src/adapters/journal';
import { createPhoneNumbers } from '../../src/adapters/phone-numbers';
import { accessSeal } from '../../src/adapters/seal';
import { systemRandom } from '../../src/adapters/system';
import { writeTokenAnswer } from '../../src/adapters/token-answer';
import { connectionKey } from '../../src/domain/store/row-keys';
import { perProvider, type Connection, type ProviderId, type Settings, type TokenSet } from '../../src/model';
import type { Http, Log, Ports, Tables } from '../../src/ports';
import { createProviders } from '../../src/providers';
import { clientSecretNameOf } from '../../src/providers/settings';
import { Secret } from '../../src/secret';
import { deployedPolicy } from './deployed-policy';
import { createTable, createVault, type SimulatedVault } from './late-stores';
import type { VirtualTime } from './virtual-time';

export const hourMs = 3_600_000;
const providerMs = 200;

export interface PacedOptions {
  readonly provider: ProviderId;
  readonly queues: Ports['queues'];
  /** Hears what the service logs. */
  readonly note: (event: string, connection: string | undefined) => void;
  /** Of the one tracker that everybody has; without it nobody has one. */
  readonly battery?: () => Battery;
}

export interface Battery {
  readonly percent: number;
  readonly syncedAt: number;
}

export interface PacedPorts {
  /** All but what an instance remembers. */
  readonly ports: Omit<Ports & Settings, 'recentSecrets'>;
  readonly vault: SimulatedVault;
  /** Makes a connection, whose tokens were issued an hour ago and live for seven more unless told otherwise. */
  connect(id: string, set?: Partial<TokenSet>, more?: Partial<Connection>): Connection;
}

export function createPacedPorts(
  time: VirtualTime,
  { provider, queues, note, battery }: PacedOptions,
): PacedPorts {
  const startMs = time.now();
  const secrets = new Map([[clientSecretNameOf(provider), new Secret('s')]]);
  const vault = createVault(time, secrets);
  const records = createTable<Connection>(time);
  const tables = new Proxy({} as Record<string, unknown>, {
    get: (known, name: string) => (known[name] ??= name === 'connections' ? records : createTable(time)),
  }) as unknown as Tables;
  const policy = deployedPolicy();
  const write: Log['info'] = (event, fields) => note(event, fields?.connection);
  const providers = createProviders(perProvider(() => ({ clientId: 'client', optionalScopes: [] })));
  const answer = answers[provider];
  if (!answer)
    throw new Error(
      `${provider} cannot be played: there are no answers of it in local/pacing/paced-ports.ts.`,
    );
  const { urls } = providers.get(provider)!;
  let tokens = 0;
  const http: Http = async ({ url }) => {
    await time.sleep(providerMs);
    tokens += 1;
    const pair = { access_token: `a-${tokens}`, refresh_token: `r-${tokens}`, token_type: 'Bearer' };
    const body = url === urls.token ? answer.token(pair) : answer.devices(battery?.(), url);
    return { answered: true, status: 200, headers: {}, body, content: new Uint8Array() };
  };
  const ports: PacedPorts['ports'] = {
    ...{
      clock: time,
      random: systemRandom,
      http,
      tables,
      vault,
      accessSeal,
      writeTokenAnswer,
      queues,
      policy,
    },
    log: { debug: write, info: write, warn: write, error: write },
    publishedTokens: nothingPublished,
    journal: createJournal(createTable(time)),
    keyedHash: { mac: () => Promise.resolve('m'.repeat(43)) },
    phoneNumbers: createPhoneNumbers(policy.countries),
    emailAddresses,
    sms: {
      missing: [],
      canBeAnswered: true,
      send: () => Promise.reject(new Error('There is nobody to text to.')),
      reach: () => Promise.resolve(undefined),
    },
    email: {
      missing: [],
      send: () => Promise.reject(new Error('There is nobody to write to.')),
      reach: () => Promise.resolve(undefined),
    },
    webhooks: {
      addresses: [],
      prepare: () => Promise.resolve(),
      send: () => Promise.reject(new Error('There is no platform to tell.')),
    },
    providers,
    digestTo: [],
    digestSchedule: '0 0 7 * * *',
    callers: 'local',
    staffSignIn: 'off',
    publicUrl: 'https://tokens.example.com',
  };

  const connect: PacedPorts['connect'] = (id, ofSet = {}, more = {}) => {
    const set: TokenSet = {
      ...{ connection: id, provider, consent: 1, generation: 1, scopes: ['settings'], providerUserId: 'U' },
      ...{
        accessToken: new Secret('a'),
        refreshToken: new Secret('r'),
        journalKey: new Secret('A'.repeat(43)),
      },
      ...{ issuedAt: startMs - hourMs, expiresAt: startMs + 7 * hourMs },
      ...ofSet,
    };
    const { consent, generation, expiresAt, issuedAt } = set;
    const pointer = { consent, generation, expiresAt, rotatedAt: issuedAt, secretVersion: vault.put(set) };
    const connection: Connection = {
      ...{ id, provider, createdAt: startMs, consentReserved: 1, missingScopes: [], timeZone: 'UTC' },
      pointer,
      ...more,
    };
    records.put(connectionKey(id), connection);
    return connection;
  };
  return { ports, vault, connect };
}

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
}

interface Answers {
  token(pair: Pair): unknown;
  /** Without a battery nobody has a tracker. */
  devices(battery: Battery | undefined, url: string): unknown;
}

const answers: Readonly<Partial<Record<ProviderId, Answers>>> = {
  'google-health': {
    token: ({ access_token, token_type }) => ({
      ...{ access_token, token_type, expires_in: 3_599, scope: 'settings' },
    }),
    devices: (battery) => ({
      pairedDevices: battery
        ? [
            {
              ...{ name: 'users/me/pairedDevices/1', deviceType: 'TRACKER', deviceVersion: 'Charge 6' },
              ...{ batteryLevel: battery.percent, lastSyncTime: new Date(battery.syncedAt).toISOString() },
            },
          ]
        : [],
    }),
  },
  fitbit: {
    token: (pair) => ({ ...pair, user_id: 'U', expires_in: 28_800, scope: 'settings' }),
    devices: (battery, url) =>
      battery && url.includes('devices')
        ? [
            {
              ...{ id: '1', type: 'TRACKER', deviceVersion: 'Charge 6' },
              ...{ batteryLevel: battery.percent, battery: 'Medium' },
              lastSyncTime: new Date(battery.syncedAt).toISOString().replace('Z', ''),
            },
          ]
        : [],
  },
  withings: {
    token: (pair) => ({ status: 0, body: { ...pair, userid: 'U', expires_in: 10_800, scope: 'user.info' } }),
    devices: (battery) => ({
      status: 0,
      body: {
        devices: battery
          ? [
              {
                ...{ deviceid: '1', type: 'Activity Tracker', model: 'ScanWatch' },
                ...{ battery: battery.percent > 75 ? 'high' : 'medium', timezone: 'UTC' },
                last_session_date: Math.floor(battery.syncedAt / 1_000),
              },
            ]
          : [],
      },
    }),
  },
};

/** Nobody publishes here. */
const nothingPublished: Ports['publishedTokens'] = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(undefined),
  purge: () => Promise.resolve(undefined),
};

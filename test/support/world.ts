/** A whole domain in memory: the ports, and a wearer who is already connected. */
import { createJournal } from '../../src/adapters/journal';
import { readConfig } from '../../src/config';
import { emailAddresses } from '../../src/adapters/email-addresses';
import { createPhoneNumbers } from '../../src/adapters/phone-numbers';
import { createRecentSecrets } from '../../src/adapters/recent-secrets';
import type { SealedTokenSet } from '../../src/adapters/records';
import { accessSeal } from '../../src/adapters/seal';
import { hold, type Held } from '../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../src/domain/store/row-keys';
import type { HeldLease } from '../../src/domain/rotation/lease';
import { sendToOperator } from '../../src/domain/operation/tell-operator';
import {
  defaultTimes,
  operatorId,
  perProvider,
  providerIds,
  type Connection,
  type ProviderId,
  type TokenSet,
  type Settings,
} from '../../src/model';
import type { Ports } from '../../src/ports';
import { writeTokenAnswer } from '../../src/adapters/token-answer';
import { createProviders } from '../../src/providers';
import { Secret } from '../../src/secret';
import { leastSettings } from './least-settings';
import { connectionOf, createMemoryQueues, type MemoryQueues } from './memory-queues';
import {
  createCountingRandom,
  createFakeClock,
  createMemoryLog,
  type FakeClock,
  type MemoryLog,
} from './memory-runtime';
import {
  createMemoryEmail,
  createMemorySms,
  createMemoryWebhooks,
  type MemoryEmail,
  type MemorySms,
  type MemoryWebhooks,
} from './memory-senders';
import { createMemoryTable, createMemoryTables, type MemoryTable, type MemoryTables } from './memory-tables';
import {
  createMemoryKeyedHash,
  createMemoryPublishedTokens,
  createMemoryVault,
  type MemoryPublishedTokens,
  type MemoryVault,
} from './memory-vault';
import { createScriptedHttp, type ScriptedHttp } from './scripted-http';

const { policy, digestSchedule } = readConfig(leastSettings);

export interface TestWorld {
  readonly ports: Ports & Settings;
  readonly clock: FakeClock;
  readonly tables: MemoryTables;
  readonly vault: MemoryVault;
  readonly publishedTokens: MemoryPublishedTokens;
  readonly journal: MemoryTable<SealedTokenSet>;
  readonly queues: MemoryQueues;
  readonly sms: MemorySms;
  readonly email: MemoryEmail;
  readonly webhooks: MemoryWebhooks;
  readonly log: MemoryLog;
  readonly http: ScriptedHttp;
}

export function createTestWorld(overrides: Partial<Ports & Settings> = {}): TestWorld {
  const clock = createFakeClock();
  const tables = createMemoryTables();
  const vault = createMemoryVault(clock);
  const publishedTokens = createMemoryPublishedTokens();
  const journal = createMemoryTable<SealedTokenSet>();
  const queues = createMemoryQueues();
  const sms = createMemorySms();
  const email = createMemoryEmail();
  const webhooks = createMemoryWebhooks();
  const log = createMemoryLog();
  const http = createScriptedHttp();
  for (const id of providerIds) vault.secrets.set(`${id}-client-secret`, new Secret(`${id}-secret`));
  const ports: Ports & Settings = {
    clock,
    random: createCountingRandom(),
    log,
    http: http.http,
    tables,
    vault,
    publishedTokens,
    journal: createJournal(journal),
    recentSecrets: createRecentSecrets(),
    accessSeal,
    writeTokenAnswer,
    phoneNumbers: createPhoneNumbers(['US', 'CA']),
    emailAddresses,
    keyedHash: createMemoryKeyedHash(),
    queues,
    sms,
    email,
    webhooks,
    providers: createProviders({
      ...perProvider((id) => ({ clientId: `${id}-client`, optionalScopes: [] })),
      fitbit: { clientId: 'fitbit-client', optionalScopes: ['profile'] },
    }),
    policy: {
      ...policy,
      returnAddresses: ['https://study.example.org/join'],
      countries: ['US', 'CA'],
      times: { ...defaultTimes },
    },
    digestTo: [],
    digestSchedule,
    callers: 'local',
    staffSignIn: 'off',
    publicUrl: 'https://tokens.example.com',
    ...overrides,
  };
  return { ports, clock, tables, vault, publishedTokens, journal, queues, sms, email, webhooks, log, http };
}

/** Delivers the jobs that text the operator about alarms. */
export async function textOperator({ ports, queues }: TestWorld): Promise<void> {
  const next = (): number =>
    queues.jobs.findIndex(({ job, delayMs }) => delayMs === 0 && connectionOf(job) === operatorId);
  for (let at = next(); at >= 0; at = next()) {
    queues.jobs.splice(at, 1);
    await sendToOperator(ports);
  }
}

/** Connects a wearer without a consent page: token set saved, pointer set, lease free. */
export async function connectWearer(
  { ports, vault, tables }: Pick<TestWorld, 'ports' | 'vault' | 'tables'>,
  provider: ProviderId = 'fitbit',
  more: Partial<Connection> & { set?: Partial<TokenSet> } = {},
): Promise<{ connection: Connection; set: TokenSet }> {
  const { clock } = ports;
  const { set: setOverrides, ...overrides } = more;
  const id = overrides.id ?? `wearer-${tables.connections.values().length + 1}`;
  const set: TokenSet = {
    connection: id,
    provider,
    consent: 1,
    generation: 1,
    accessToken: new Secret('access-1'),
    refreshToken: new Secret('refresh-1'),
    issuedAt: clock.now() - 3_600_000,
    expiresAt: clock.now() + 7 * 3_600_000,
    scopes: ['settings'],
    providerUserId: 'ABC123',
    journalKey: new Secret('A'.repeat(43)),
    ...setOverrides,
  };
  const secretVersion = await vault.saveTokenSet(set, overrides);
  const connection: Connection = {
    id,
    provider,
    createdAt: clock.now(),
    consentReserved: set.consent,
    missingScopes: [],
    phone: new Secret('+14255550123'),
    timeZone: 'Europe/London',
    pointer: {
      consent: set.consent,
      generation: set.generation,
      secretVersion,
      expiresAt: set.expiresAt,
      rotatedAt: set.issuedAt,
    },
    ...overrides,
  };
  await ports.tables.connections.insert(connectionKey(id), connection);
  return { connection, set };
}

/** What Fitbit answers to a refresh. */
export function tokens(generation: number, more: Record<string, unknown> = {}) {
  return {
    access_token: `access-${generation}`,
    refresh_token: `refresh-${generation}`,
    expires_in: 28_800,
    scope: 'settings profile',
    token_type: 'Bearer',
    user_id: 'ABC123',
    ...more,
  };
}

/** What a provider answers to a refresh. */
export function tokensOf(provider: ProviderId, generation: number): unknown {
  const { user_id: userid, ...body } = tokens(generation);
  return provider === 'withings' ? { status: 0, body: { ...body, userid } } : tokens(generation);
}

/** The record in hand, as a worker has it. */
export async function holdRecord(
  { tables }: Pick<TestWorld, 'tables'>,
  id = 'wearer-1',
): Promise<Held<Connection>> {
  return (await hold(tables.connections, connectionKey(id)))!;
}

/** A lease that nobody takes away, for what works under one. */
export async function holdLease(world: Pick<TestWorld, 'tables'>, id = 'wearer-1'): Promise<HeldLease> {
  const record = await holdRecord(world, id);
  return { owner: 'worker-1', record, stillMine: () => true, changeWhileMine: record.change };
}

export function recordOf({ tables }: TestWorld, id = 'wearer-1'): Connection {
  const record = tables.connections.values().find((connection) => connection.id === id);
  if (!record) throw new Error(`no connection ${id}`);
  return record;
}

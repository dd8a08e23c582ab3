/** A service with many connections and instances: timers, queues, workers, and what they did. */
import { extensions } from '../../host.json';
import { emailAddresses } from '../../src/adapters/email-addresses';
import { createPhoneNumbers } from '../../src/adapters/phone-numbers';
import { createJournal } from '../../src/adapters/journal';
import { createRecentSecrets } from '../../src/adapters/recent-secrets';
import { accessSeal } from '../../src/adapters/seal';
import { systemRandom } from '../../src/adapters/system';
import { writeTokenAnswer } from '../../src/adapters/token-answer';
import { connectionKey } from '../../src/domain/store/row-keys';
import { notePoisonedJob } from '../../src/domain/operation/poisoned-job';
import { runOperateJob } from '../../src/domain/operation/operate';
import {
  dispatchBatteryCheck,
  dispatchRotation,
  runCheckJob,
  runRotateJob,
} from '../../src/domain/operation/runs';
import { perProvider, type Job, type ProviderId, type TokenSet, type Settings } from '../../src/model';
import type { Http, Log, Ports, Tables } from '../../src/ports';
import { createProviders } from '../../src/providers';
import { Secret } from '../../src/secret';
import { deployedPolicy } from './deployed-policy';
import { createTable, createVault, type Load } from './late-stores';
import { createVirtualTime } from './virtual-time';

const hourMs = 3_600_000;
const providerMs = 200;
const queueMs = 10;
const { batchSize, newBatchThreshold, maxDequeueCount } = extensions.queues;
/** As long as a job that has thrown is hidden; see host.json. */
const hiddenMs = 30_000;

export interface Setting {
  readonly connections: number;
  readonly instances: number;
  readonly hours: number;
  readonly provider: ProviderId;
  /** False: every job at once, as it was before. */
  readonly spreads: boolean;
}

export interface Played {
  readonly creates: Load;
  readonly others: Load;
  rotated: number;
  lastRotatedMs: number;
  longestGapMs: number;
  checked: number;
  dropped: number;
  failed: number;
  dispatchMs: number;
  mostAtWork: number;
  thrown: number;
  poisoned: number;
}

export async function play({ connections, instances, hours, provider, spreads }: Setting): Promise<Played> {
  const startMs = Date.parse('2026-11-21T06:00:00Z');
  const time = createVirtualTime(startMs);
  const secrets = new Map([`fitbit`, `google-health`].map((id) => [`${id}-client-secret`, new Secret('s')]));
  const vault = createVault(time, secrets);
  const records = createTable<never>(time) as unknown as Tables['connections'] & {
    put(key: ReturnType<typeof connectionKey>, value: object): void;
  };
  const tables = new Proxy({} as Record<string, unknown>, {
    get: (known, name: string) => (known[name] ??= name === 'connections' ? records : createTable(time)),
  }) as unknown as Tables;
  const policy = deployedPolicy();
  const config = { clientId: 'client', optionalScopes: [] };

  const played: Played = {
    ...{ creates: vault.creates, others: vault.others, rotated: 0, lastRotatedMs: 0, longestGapMs: 0 },
    ...{ checked: 0, dropped: 0, failed: 0, dispatchMs: 0, mostAtWork: 0, thrown: 0, poisoned: 0 },
  };
  const rotatedAt = new Map<string, number>();
  let runAt = startMs;
  const note = (event: string, connection = ''): void => {
    if (event === 'battery.checked') played.checked += 1;
    if (event === 'battery.check_dropped') played.dropped += 1;
    if (event === 'battery.check_failed' || event === 'token.refresh_failed') played.failed += 1;
    if (event !== 'token.rotated') return;
    played.rotated += 1;
    played.lastRotatedMs = Math.max(played.lastRotatedMs, time.now() - runAt);
    played.longestGapMs = Math.max(played.longestGapMs, time.now() - rotatedAt.get(connection)!);
    rotatedAt.set(connection, time.now());
  };
  const write: Log['info'] = (event, fields) => note(event, fields?.connection);
  const log: Log = { debug: write, info: write, warn: write, error: write };

  interface Message {
    readonly job: Job;
    dequeued: number;
  }
  const waiting: Record<string, Message[]> = {};
  const free: Record<string, number> = {};
  const deliver = (message: Message): void => {
    const { kind } = message.job;
    (waiting[kind] ??= []).push(message);
    free[kind] ??= instances * (batchSize + newBatchThreshold);
    takeNext(kind);
  };
  const takeNext = (kind: string): void => {
    while (free[kind]! > 0 && waiting[kind]!.length > 0) {
      free[kind]! -= 1;
      void work(waiting[kind]!.shift()!);
    }
  };
  const queues: Ports['queues'] = {
    peek: () => time.sleep(queueMs),
    async enqueue(job, delayMs = 0) {
      await time.sleep(queueMs);
      const isOfRun = job.kind === 'rotate-token' && job.replayOf === undefined && job.attempt === 0;
      const message = { job, dequeued: 0 };
      let isTakenBack = false;
      const hidden = !spreads && (isOfRun || job.kind === 'check-battery') ? 0 : delayMs;
      time.at(time.now() + hidden, () => isTakenBack || deliver(message));
      return async () => {
        await time.sleep(queueMs);
        isTakenBack = true;
      };
    },
  };
  const providers = createProviders(perProvider(() => config));
  const rotates = providers.get(provider)!.rotatesRefreshToken;
  let tokens = 0;
  const http: Http = async ({ url }) => {
    await time.sleep(providerMs);
    tokens += 1;
    const body = url.includes('token')
      ? {
          ...{ access_token: `a-${tokens}`, token_type: 'Bearer', user_id: 'U', scope: 'settings' },
          ...(rotates ? { expires_in: 28_800, refresh_token: `r-${tokens}` } : { expires_in: 3_599 }),
        }
      : url.includes('pairedDevices')
        ? { pairedDevices: [] }
        : [];
    return { answered: true, status: 200, headers: {}, body, content: new Uint8Array() };
  };
  const shared: Omit<Ports & Settings, 'recentSecrets'> = {
    ...{
      clock: time,
      random: systemRandom,
      log,
      http,
      tables,
      vault,
      publishedTokens: nothingPublished,
      accessSeal,
      writeTokenAnswer,
      queues,
      policy,
    },
    journal: createJournal(createTable(time)),
    keyedHash: { mac: () => Promise.resolve('m'.repeat(43)) },
    phoneNumbers: createPhoneNumbers(policy.countries),
    emailAddresses,
    sms: {
      missing: [],
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
  const all = Array.from({ length: instances }, (): Ports & Settings => ({
    ...shared,
    recentSecrets: createRecentSecrets(),
  }));

  let atWork = 0;
  let turn = 0;
  async function work(message: Message): Promise<void> {
    const { job } = message;
    const ports = all[(turn += 1) % instances]!;
    played.mostAtWork = Math.max(played.mostAtWork, (atWork += 1));
    try {
      message.dequeued += 1;
      if (job.kind === 'rotate-token') await runRotateJob(ports, job);
      else if (job.kind === 'check-battery') await runCheckJob(ports, job);
      else if (job.kind === 'operate') await runOperateJob(ports, job);
    } catch {
      played.thrown += 1;
      if (message.dequeued < maxDequeueCount) time.at(time.now() + hiddenMs, () => deliver(message));
      else {
        played.poisoned += 1;
        await notePoisonedJob(ports, job.kind, 'connection' in job ? job.connection : undefined).catch(
          () => 0,
        );
      }
    } finally {
      atWork -= 1;
      free[job.kind]! += 1;
      takeNext(job.kind);
    }
  }

  for (let n = 0; n < connections; n += 1) {
    const id = systemRandom.id();
    const set: TokenSet = {
      ...{ connection: id, provider, consent: 1, generation: 1, scopes: ['settings'], providerUserId: 'U' },
      ...{
        accessToken: new Secret('a'),
        refreshToken: new Secret('r'),
        journalKey: new Secret('A'.repeat(43)),
      },
      ...{ issuedAt: startMs - hourMs, expiresAt: startMs + 7 * hourMs },
    };
    const { consent, generation, expiresAt, issuedAt } = set;
    const pointer = { consent, generation, expiresAt, rotatedAt: issuedAt, secretVersion: vault.put(set) };
    const record = {
      id,
      provider,
      createdAt: startMs,
      consentReserved: 1,
      missingScopes: [],
      timeZone: 'UTC',
    };
    records.put(connectionKey(id), { ...record, pointer });
    rotatedAt.set(id, startMs);
  }

  const begin = async (dispatch: typeof dispatchRotation): Promise<void> => {
    const begunAt = time.now();
    await dispatch(all[0]!).catch(() => (played.thrown += 1));
    played.dispatchMs = Math.max(played.dispatchMs, time.now() - begunAt);
  };
  for (let hour = 0; hour < hours; hour += 1) {
    time.at(startMs + hour * hourMs, () => {
      if (hour % 6 === 0) {
        runAt = time.now();
        void begin(dispatchRotation);
      }
      void begin(dispatchBatteryCheck);
    });
  }
  // The last run has the time that it takes.
  await time.runUntil(startMs + hours * hourMs + policy.times.rotationSpreadMs);
  return played;
}

/** Nobody publishes here. */
const nothingPublished: Ports['publishedTokens'] = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(undefined),
  purge: () => Promise.resolve(undefined),
};

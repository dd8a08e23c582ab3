/** What a job asks of Azure and of the provider, and how long it takes: the real code does one of each, and its calls are counted. */
import { createRecentSecrets } from '../../src/adapters/recent-secrets';
import { keepingBoard } from '../../src/domain/board/keep-board';
import { runCheckJob, runRotateJob } from '../../src/domain/operation/run-jobs';
import type { ProviderId, Settings } from '../../src/model';
import type { Ports } from '../../src/ports';
import { clientSecretNameOf } from '../../src/providers/settings';
import { Secret } from '../../src/secret';
import { createPacedPorts, hourMs } from './paced-ports';
import { createVirtualTime } from './virtual-time';

export interface JobCost {
  readonly tableReads: number;
  readonly tableWrites: number;
  /** Of the partitions of connections and of the board. */
  readonly inPartition: number;
  readonly vaultReads: number;
  readonly newSecrets: number;
  readonly tokenCalls: number;
  readonly apiCalls: number;
  readonly queueCalls: number;
  readonly ms: number;
}

export interface CheckCase {
  /** The access token has run out. */
  readonly isExpired: boolean;
  /** The tracker has synced since the check before, and its battery has another level. */
  readonly isNew: boolean;
  /** It is the first check of a day. */
  readonly isNewDay: boolean;
}

type Counted = Record<Exclude<keyof JobCost, 'ms'>, number>;
const nothing = (): Counted => ({
  ...{ tableReads: 0, tableWrites: 0, inPartition: 0, vaultReads: 0 },
  ...{ newSecrets: 0, tokenCalls: 0, apiCalls: 0, queueCalls: 0 },
});

const queueMs = 10;

/** A connection with a tracker, which was checked a while before. */
async function measure(
  provider: ProviderId,
  { isExpired, isNew, isNewDay }: CheckCase,
  work: (ports: Ports & Settings, id: string, startedAt: number) => Promise<unknown>,
): Promise<JobCost> {
  const time = createVirtualTime(Date.parse('2026-11-21T10:00:00Z'));
  let counted = nothing();
  let battery = { percent: 80, syncedAt: time.now() - 60_000 };
  const queues: Ports['queues'] = {
    peek: () => time.sleep(queueMs),
    async enqueue() {
      counted.queueCalls += 1;
      await time.sleep(queueMs);
      return async () => {
        counted.queueCalls += 1;
        await time.sleep(queueMs);
      };
    },
  };
  const problems: string[] = [];
  const note = (event: string): void => {
    if (/fail|not_/.test(event)) problems.push(event);
  };
  const world = createPacedPorts(time, { provider, queues, note, battery: () => battery });
  const gapMs = isNewDay ? 24 * hourMs : hourMs;
  const nextAt = time.now() + gapMs;
  const tokens = { issuedAt: time.now(), expiresAt: nextAt + (isExpired ? 0 : hourMs) };
  const { id } = world.connect('0'.repeat(32), tokens, { phone: new Secret('+14255550123') });
  const ports = counting({ ...world.ports, recentSecrets: createRecentSecrets() }, () => counted);
  const finish = async (job: Promise<unknown>): Promise<number> => {
    const begunAt = time.now();
    let endedAt: number | undefined;
    void job.then(() => (endedAt = time.now()));
    await time.runUntil(begunAt + 60_000);
    if (endedAt === undefined) throw new Error('The job does not end.');
    return endedAt - begunAt;
  };
  await finish(runCheckJob(ports, { kind: 'check-battery', connection: id, run: 'before' }));
  await time.runUntil(nextAt);
  if (isNew) battery = { percent: 79, syncedAt: nextAt - 60_000 };
  // Most jobs of an instance find it there: it is read once a minute.
  const secret = clientSecretNameOf(provider);
  ports.recentSecrets.keep(secret, new Secret('s'), nextAt + hourMs);
  counted = nothing();
  const ms = await finish(work(ports, id, nextAt));
  if (problems.length > 0) throw new Error(`The job went wrong: ${problems.join(', ')}`);
  return { ...counted, ms };
}

export function measureCheck(provider: ProviderId, checked: CheckCase): Promise<JobCost> {
  return measure(provider, checked, (ports, connection, runStartedAt) =>
    runCheckJob(ports, { kind: 'check-battery', connection, run: 'run', runStartedAt }),
  );
}

export function measureRotation(provider: ProviderId): Promise<JobCost> {
  const usual = { isExpired: false, isNew: false, isNewDay: false };
  return measure(provider, usual, (ports, connection, runStartedAt) =>
    runRotateJob(ports, { kind: 'rotate-token', connection, run: 'run', runStartedAt, attempt: 0 }),
  );
}

function counting(ports: Ports & Settings, of: () => Counted): Ports & Settings {
  const counted = <T extends object>(port: T, note: (method: string) => void): T =>
    new Proxy(port, {
      get: (target, method, receiver) => {
        const value: unknown = Reflect.get(target, method, receiver);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          note(String(method));
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  const tables = new Proxy({} as Record<string, unknown>, {
    get: (known, name: string) =>
      (known[name] ??= counted(ports.tables[name as keyof Ports['tables']] as object, (method) => {
        of()[method === 'get' || method === 'list' ? 'tableReads' : 'tableWrites'] += 1;
        if (name === 'connections' || name === 'board') of().inPartition += 1;
      })),
  }) as unknown as Ports['tables'];
  const shared = {
    ...ports,
    vault: counted(ports.vault, (method) => {
      of()[method === 'saveTokenSet' ? 'newSecrets' : 'vaultReads'] += 1;
    }),
    http: ((request) => {
      of()[request.url.includes('token') ? 'tokenCalls' : 'apiCalls'] += 1;
      return ports.http(request);
    }) as Ports['http'],
  };
  const connections = keepingBoard({ ...shared, tables }, tables.connections);
  return {
    ...shared,
    tables: new Proxy(tables, {
      get: (target, name) => (name === 'connections' ? connections : Reflect.get(target, name)),
    }),
  };
}

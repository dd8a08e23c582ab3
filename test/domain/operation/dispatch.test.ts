import { connectionKey } from '../../../src/domain/store/row-keys';
import { runOperateJob } from '../../../src/domain/operation/operate';
import { dispatchBatteryCheck, dispatchRotation } from '../../../src/domain/operation/dispatch';
import { AppError } from '../../../src/errors';
import type { Connection, OperateJob, ProviderId, RotateJob } from '../../../src/model';
import { expectDiscreet } from '../../support/discretion';
import { connectionOf } from '../../support/memory-queues';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const second = 1000;
const minute = 60 * second;
const began = createTestWorld().clock.now();

let world: TestWorld;
let startedAt: number;
const connect = (id: string, more: Partial<Connection> = {}) =>
  connectWearer(world, 'fitbit', { id, ...more });

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('dispatchRotation', () => {
  test('gives every connection a job that carries the run and its start', async () => {
    await connect('ada');
    await connect('bob');
    await expect(dispatchRotation(world.ports)).resolves.toEqual({
      run: 'id-1',
      count: 2,
      complete: true,
    });
    const job = { kind: 'rotate-token', run: 'id-1', runStartedAt: startedAt, attempt: 0 };
    expect(world.queues.jobs).toEqual([
      { job: { ...job, connection: 'bob' }, delayMs: 0 },
      { job: { ...job, connection: 'ada' }, delayMs: 0 },
    ]);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 2, job: 'rotate-token' } },
    ]);
    expect(world.http.requests).toEqual([]);
  });

  test('without connections dispatches nothing and says so', async () => {
    await expect(dispatchRotation(world.ports)).resolves.toEqual({
      run: 'id-1',
      count: 0,
      complete: true,
    });
    expect(world.queues.jobs).toEqual([]);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 0, job: 'rotate-token' } },
    ]);
  });

  test.each<[string, Partial<Connection>, number]>([
    ['never gave a consent', { pointer: undefined, consentReserved: 0 }, 0],
    ['gave a first consent that was saved and not committed', { pointer: undefined }, 1],
    ['gave another consent that was saved and not committed', { consentReserved: 2 }, 1],
    ['has to reconnect', { refusal: { consent: 1, generation: 1, firstAt: 0, confirmedAt: 0 } }, 0],
    ['was refused once', { refusal: { consent: 1, generation: 1, firstAt: 0 } }, 1],
    [
      'had to reconnect, and has begun to',
      { refusal: { consent: 1, generation: 1, firstAt: 0, confirmedAt: 0 }, consentReserved: 2 },
      1,
    ],
    ['has failed for days', { failingSince: 1, failedAttempt: { at: 1, code: 'CLIENT_REFUSED' } }, 1],
    ['had to reconnect, and did', { refusal: { consent: 1, generation: 0, firstAt: 0, confirmedAt: 0 } }, 1],
    ['has a provider that answered 410 once', { retirement: { firstAt: 0 } }, 1],
    [
      'has a provider that is retired, and was asked today',
      {
        retirement: { firstAt: 0, confirmedAt: began },
        failedAttempt: { at: began, code: 'PROVIDER_RETIRED' },
      },
      0,
    ],
    [
      'has a provider that is retired, and was asked yesterday',
      {
        retirement: { firstAt: 0, confirmedAt: began - 24 * 60 * minute },
        failedAttempt: { at: began - 23 * 60 * minute, code: 'PROVIDER_RETIRED' },
      },
      1,
    ],
    [
      'has a provider that has been retired for a month',
      { retirement: { firstAt: 0, confirmedAt: began - 30 * 24 * 60 * minute } },
      0,
    ],
    ['has a provider that is busy', { failedAttempt: { at: 0, code: 'RATE_LIMITED' } }, 1],
    ['has disconnected', { closedAt: 0 }, 0],
    ['has disconnected with a consent on its way', { closedAt: 0, consentReserved: 2 }, 0],
  ])('for a wearer who %s', async (_, more, count) => {
    await connect('ada', more);
    await expect(dispatchRotation(world.ports)).resolves.toMatchObject({ count });
    expect(world.queues.jobs.filter(({ job }) => job.kind === 'rotate-token')).toHaveLength(count);
  });

  test.each([15, 16, 17, 40])('reaches each of %i connections once', async (many) => {
    const ids = Array.from({ length: many }, (_, index) => `wearer-${index}`);
    for (const id of ids) await connect(id);
    await expect(dispatchRotation(world.ports)).resolves.toMatchObject({ count: many });
    expect(world.queues.jobs.map(({ job }) => connectionOf(job)).sort()).toEqual(ids.sort());
  });

  test('puts no more than 64 jobs into the queue side by side', async () => {
    for (let index = 0; index < 100; index += 1) await connect(`wearer-${index}`);
    const { enqueue } = world.queues;
    let open = 0;
    let most = 0;
    world.queues.enqueue = async (job) => {
      most = Math.max(most, (open += 1));
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      open -= 1;
      return enqueue(job);
    };
    await dispatchRotation(world.ports);
    expect({ most, open, jobs: world.queues.jobs.length }).toEqual({ most: 64, open: 0, jobs: 100 });
  });

  test('of whose jobs one cannot be enqueued gives all others theirs, and fails then', async () => {
    for (let index = 0; index < 40; index += 1) await connect(`wearer-${index}`);
    const unavailable = new AppError('QUEUE_UNAVAILABLE', 'No answer.');
    const { enqueue } = world.queues;
    world.queues.enqueue = (job) =>
      connectionOf(job) === 'wearer-3' ? Promise.reject(unavailable) : enqueue(job);
    await expect(dispatchRotation(world.ports)).rejects.toBe(unavailable);
    expect(world.queues.jobs).toHaveLength(39);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 39, job: 'rotate-token' } },
    ]);
  });

  test('leaves no failure unhandled while the next page of connections is on its way', async () => {
    await connect('ada');
    await connect('bob');
    const { list } = world.tables.connections;
    world.tables.connections.list = async function* (partition) {
      for await (const row of list(partition)) {
        yield row;
        await new Promise(setImmediate);
      }
    };
    world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'No answer.'));
    await expect(dispatchRotation(world.ports)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });
});

describe('a run that cannot give everybody a job', () => {
  const unavailable = new AppError('QUEUE_UNAVAILABLE', 'No answer.');

  test('waits for a slow job before it fails', async () => {
    for (const id of ['ada', 'bob']) await connect(id);
    let finished = false;
    world.queues.enqueue = async (job) => {
      if (connectionOf(job) === 'ada') throw unavailable;
      await new Promise(setImmediate);
      finished = true;
      return () => Promise.resolve();
    };
    await expect(dispatchBatteryCheck(world.ports)).rejects.toBe(unavailable);
    expect(finished).toBe(true);
    expect(world.log.entries[0]?.fields).toEqual({ run: 'id-1', count: 1, job: 'check-battery' });
  });

  test('because the connections cannot be listed fails, with a job for everybody who was read', async () => {
    for (let index = 0; index < 20; index += 1) await connect(`wearer-${index}`);
    const { list } = world.tables.connections;
    world.tables.connections.list = async function* () {
      let read = 0;
      for await (const row of list()) {
        if ((read += 1) > 17) throw new AppError('TABLE_UNAVAILABLE', 'No answer.');
        yield row;
      }
    };
    await expect(dispatchRotation(world.ports)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(world.queues.jobs).toHaveLength(17);
  });

  test('is gone on with, where it stopped', async () => {
    for (let index = 0; index < 40; index += 1) await connect(`wearer-${index}`);
    const { list } = world.tables.connections;
    world.tables.connections.list = async function* (...where) {
      let read = 0;
      for await (const row of list(...where)) {
        if ((read += 1) > 25) throw new AppError('TABLE_UNAVAILABLE', 'No answer.');
        yield row;
      }
    };
    await expect(dispatchRotation(world.ports)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(world.queues.jobs).toHaveLength(25);
    world.tables.connections.list = list;
    world.clock.advance(5 * minute);
    await expect(dispatchRotation(world.ports)).resolves.toEqual({
      run: 'id-1',
      count: 40,
      complete: true,
    });
    const ids = world.queues.jobs.map(({ job }) => connectionOf(job));
    expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
    expect(new Set(world.queues.jobs.map(({ job }) => (job as RotateJob).runStartedAt))).toEqual(
      new Set([startedAt]),
    );
  });

  test('is not gone on with when its last job should have begun by now', async () => {
    await connect('ada');
    const { enqueue } = world.queues;
    world.queues.enqueue = () => Promise.reject(unavailable);
    await expect(dispatchRotation(world.ports)).rejects.toBe(unavailable);
    world.queues.enqueue = enqueue;
    world.clock.advance(4 * 60 * minute);
    await expect(dispatchRotation(world.ports)).resolves.toMatchObject({ run: 'id-2', count: 1 });
  });

  test('for lack of time leaves the rest to a job, which begins nothing when there is no rest', async () => {
    for (let index = 0; index < 40; index += 1) await connect(`wearer-${index}`);
    const { enqueue } = world.queues;
    world.queues.enqueue = (job, delayMs) => {
      world.clock.advance(second);
      return enqueue(job, delayMs);
    };
    await expect(dispatchRotation(world.ports, 20 * second)).resolves.toMatchObject({
      run: 'id-1',
      complete: false,
    });
    const goOn: OperateJob = { kind: 'operate', work: 'rotate-tokens', goesOn: true };
    expect(world.queues.jobs.at(-1)).toEqual({ job: goOn, delayMs: 0 });
    await runOperateJob(world.ports, goOn);
    await runOperateJob(world.ports, goOn);
    const ids = world.queues.jobs
      .filter(({ job }) => job.kind === 'rotate-token')
      .map(({ job }) => connectionOf(job));
    expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
    expect(world.tables.runs.values()).toMatchObject([
      { id: 'id-1', count: 40, completedAt: world.clock.now() },
    ]);
  });
});

describe('the jobs of a run', () => {
  const delays = () => world.queues.jobs.map(({ delayMs }) => delayMs / second).sort((a, b) => a - b);
  const delaysAt = (provider: ProviderId) =>
    world.queues.jobs
      .filter(({ job }) => recordOf(world, connectionOf(job)).provider === provider)
      .map(({ delayMs }) => delayMs / second)
      .sort((a, b) => a - b);
  const mostWithin = (seconds: number, sorted: readonly number[]) =>
    Math.max(...sorted.map((from, n) => sorted.slice(n).filter((at) => at < from + seconds).length));
  /** Lets the jobs of shards be done. @returns how many there were */
  const runShards = async (): Promise<number> => {
    const { jobs } = world.queues;
    const shards = jobs.filter(({ job }) => job.kind === 'operate');
    jobs.splice(0, jobs.length, ...jobs.filter((each) => !shards.includes(each)));
    for (const { job } of shards) await runOperateJob(world.ports, job as OperateJob);
    return shards.length;
  };
  /** Without a token set: they are dispatched, not run. The providers take turns. */
  const fill = async (many: number, ...providers: readonly ProviderId[]): Promise<void> => {
    for (let index = 0; index < many; index += 1) {
      const id = `wearer-${index}`;
      const pointer = { consent: 1, generation: 1, secretVersion: 'v', expiresAt: 0, rotatedAt: 0 };
      const connection = {
        id,
        provider: providers[index % providers.length] ?? 'fitbit',
        createdAt: 0,
        consentReserved: 1,
        missingScopes: [],
        pointer,
      } as const;
      await world.tables.connections.insert(connectionKey(id), connection);
    }
  };
  const again = async (dispatch: typeof dispatchRotation): Promise<void> => {
    await dispatch(world.ports);
    world.queues.jobs.length = 0;
    world.clock.advance(6 * 60 * minute);
    await dispatch(world.ports);
  };

  test.each([1, 10])('begin at once where there are %i', async (many) => {
    await fill(many);
    await dispatchRotation(world.ports);
    expect(delays()).toEqual(Array.from({ length: many }, () => 0));
  });

  test('begin ten in a second, in proportion to their number', async () => {
    await fill(1_500);
    await dispatchRotation(world.ports);
    expect(await runShards()).toBe(6);
    expect(delays().slice(0, 1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => Math.floor(n / 10)));
    expect(delays().at(-1)).toBeLessThan(300);
    const inOneSecond = Map.groupBy(delays(), (delay) => delay);
    expect(Math.max(...[...inOneSecond.values()].map(({ length }) => length))).toBeLessThanOrEqual(11);
  });

  test.each([
    ['rotation', () => dispatchRotation, 4 * 3_600],
    ['check', () => dispatchBatteryCheck, 45 * 60],
  ] as const)(
    'of a %s begin closer together when the last one would come too late',
    async (_, dispatch, most) => {
      world = createTestWorld();
      const { policy } = world.ports;
      Object.assign(policy.times, { jobStepMs: 3_600 * second });
      await fill(200);
      await again(dispatch());
      expect(delays().at(-1)).toBeGreaterThan(most * 0.98);
      expect(delays().at(-1)).toBeLessThan(most);
      expect(delays()[100]).toBeGreaterThan(most * 0.49);
      expect(delays()[100]).toBeLessThan(most * 0.51);
    },
  );

  test.each([
    ['check', () => dispatchBatteryCheck, [0, 1, 3, 4, 6, 7], 40],
    ['rotation', () => dispatchRotation, [0, 3, 6, 9, 12, 15], 20],
  ] as const)(
    'of a %s leave a provider with a limit for all wearers a margin: a check makes two calls, and both runs go on side by side',
    async (_, dispatch, first, perMinute) => {
      await fill(300, 'withings');
      await dispatch()(world.ports);
      expect(delays().slice(0, 6)).toEqual(first);
      expect(mostWithin(60, delays())).toBe(perMinute);
      const { callsPerMinute } = world.ports.providers.get('withings')!;
      expect(2 * 40 + 20).toBeLessThanOrEqual((5 / 6) * callsPerMinute!);
    },
  );

  test.each(['withings', 'fitbit'] as const)('of a single wearer at %s begin at once', async (provider) => {
    await fill(1, provider);
    await dispatchBatteryCheck(world.ports);
    await dispatchRotation(world.ports);
    expect(delays()).toEqual([0, 0]);
  });

  test('of other providers do not wait for those of one with a limit', async () => {
    await fill(60, 'withings', 'fitbit', 'google-health');
    await dispatchRotation(world.ports);
    const others = [...delaysAt('fitbit'), ...delaysAt('google-health')].sort((a, b) => a - b);
    expect(others).toEqual(Array.from({ length: 40 }, (_, n) => Math.floor(n / 10)));
    expect(delaysAt('withings')).toEqual(Array.from({ length: 20 }, (_, n) => 3 * n));
  });

  test('keep to the limit of a provider where shards hand them out, and among those of others', async () => {
    await fill(2_400, 'withings', 'fitbit');
    await dispatchBatteryCheck(world.ports);
    expect(await runShards()).toBeGreaterThan(1);
    expect([delaysAt('withings').length, delaysAt('fitbit').length]).toEqual([1_200, 1_200]);
    expect(mostWithin(60, delaysAt('withings'))).toBeLessThanOrEqual(40);
    expect(mostWithin(1, delaysAt('fitbit'))).toBeLessThanOrEqual(10);
    expect(delaysAt('fitbit').at(-1)).toBeLessThan(160);
  });

  test('begin once more at the front when the limit leaves no room for all of them', async () => {
    Object.assign(world.ports.policy.times, { checkSpreadMs: 15 * second });
    await fill(25, 'withings');
    await dispatchBatteryCheck(world.ports);
    expect(Object.fromEntries(Map.groupBy(delays(), (delay) => delay))).toMatchObject({
      ...{ 0: [0, 0, 0], 6: [6, 6, 6], 7: [7, 7], 13: [13, 13] },
    });
    expect(delays().at(-1)).toBe(13);
  });

  test('stand in the same order in every run, so that nobody is rotated much later than six hours after the last time', async () => {
    await fill(1_300);
    await dispatchRotation(world.ports);
    await runShards();
    const at = () => new Map(world.queues.jobs.map(({ job, delayMs }) => [connectionOf(job), delayMs]));
    const before = at();
    await fill(0);
    world.queues.jobs.length = 0;
    world.clock.advance(6 * 60 * minute);
    await dispatchRotation(world.ports);
    await runShards();
    expect(at()).toEqual(before);
    expect(before.size).toBe(1_300);
  });

  test('of more than a thousand connections are handed out by shards, and the last one notes that the run is complete', async () => {
    await fill(1_500);
    await expect(dispatchRotation(world.ports)).resolves.toMatchObject({
      count: 1_000,
      complete: false,
    });
    const run = () => world.tables.runs.values()[0]!;
    expect([run().count, run().completedAt]).toEqual([0, undefined]);
    const shards = await runShards();
    // No shard hands out more than 85 in a second, after one that it waits, and here they come one after the other.
    const tookMs = run().completedAt! - startedAt;
    expect(tookMs).toBeGreaterThanOrEqual(((500 - shards) / 85 + shards) * second);
    expect(tookMs).toBeLessThan((500 / 85 + shards) * second + 500);
    expect(run()).toMatchObject({ count: 1_500, somebodyAt: startedAt });
    expect(new Set(world.queues.jobs.map(({ job }) => connectionOf(job))).size).toBe(1_500);
    expect(world.queues.jobs).toHaveLength(1_500);
  });
});

describe('a run that finds nobody', () => {
  const record = () => world.tables.runs.values()[0]!;
  const dead = { refusal: { consent: 1, generation: 1, firstAt: 0, confirmedAt: 0 } };
  const change = async (id: string, more: Partial<Connection>): Promise<void> => {
    const row = (await world.tables.connections.get(connectionKey(id)))!;
    await world.tables.connections.replace(row, { ...row.value, ...more });
  };

  test.each<[string, () => Promise<unknown>, boolean]>([
    [
      'because no record can be read any more',
      () => Promise.resolve((world.tables.connections.list = async function* () {})),
      true,
    ],
    [
      'because all who are there have to reconnect',
      () => Promise.all(['ada', 'bob'].map((id) => change(id, dead))),
      true,
    ],
    [
      'because all have left',
      () => Promise.all(['ada', 'bob'].map((id) => change(id, { closedAt: 1 }))),
      false,
    ],
    [
      'because one has left, and the only other one has to reconnect',
      () => Promise.all([change('ada', { closedAt: 1 }), change('bob', dead)]),
      false,
    ],
  ])('%s: somebody is missing or not', async (_, happen, missing) => {
    await connect('ada');
    await connect('bob');
    await dispatchRotation(world.ports);
    await happen();
    for (let run = 0; run < 3; run += 1) {
      world.clock.advance(6 * 60 * minute);
      await dispatchRotation(world.ports);
    }
    expect(record()).toMatchObject({ count: 0, completedAt: world.clock.now() });
    expect(record().somebodyAt).toBe(missing ? startedAt : undefined);
  });
});

describe('the record of a run', () => {
  const counts = { 'served by a predecessor': 1, 'should be readable': 1 };
  const recorded = () => world.tables.runs.values();

  test('says when it began, that it is complete, and how many jobs it gave', async () => {
    await connect('ada');
    await dispatchRotation(world.ports);
    await dispatchBatteryCheck(world.ports);
    const record = { startedAt, completedAt: startedAt, count: 1, somebodyAt: startedAt };
    const findings = { at: startedAt, counts };
    expect(recorded()).toEqual([
      { kind: 'rotate-token', id: 'id-1', ...record, findings },
      { kind: 'check-battery', id: 'id-2', ...record, findings },
    ]);
  });

  test('of one that did not complete keeps when the last one did', async () => {
    await connect('ada');
    await dispatchRotation(world.ports);
    world.clock.advance(6 * 60 * minute);
    world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'No answer.'));
    await expect(dispatchRotation(world.ports)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(recorded()).toEqual([
      {
        ...{ kind: 'rotate-token', id: 'id-2', startedAt: world.clock.now(), completedAt: startedAt },
        ...{ count: 0, previousCount: 1, somebodyAt: startedAt, findings: { at: startedAt, counts } },
      },
    ]);
  });

  test('of two at once is the record of one of them', async () => {
    await connect('ada');
    await Promise.all([dispatchRotation(world.ports), dispatchRotation(world.ports)]);
    expect(world.queues.jobs).toHaveLength(2);
    expect(recorded()).toEqual([
      expect.objectContaining({ kind: 'rotate-token', completedAt: startedAt, count: 1 }),
    ]);
  });

  test('that cannot be written is an error, and nothing is dispatched', async () => {
    await connect('ada');
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.runs.insert = () => Promise.reject(unavailable);
    await expect(dispatchRotation(world.ports)).rejects.toBe(unavailable);
    expect(world.queues.jobs).toEqual([]);
  });
});

describe('dispatchBatteryCheck', () => {
  test('gives every connection that can be read a job, and one to who has to reconnect and was not told', async () => {
    await connect('ada');
    await connect('dead', { refusal: { consent: 1, generation: 1, firstAt: 0, confirmedAt: 0 } });
    await expect(dispatchBatteryCheck(world.ports)).resolves.toEqual({
      run: 'id-1',
      count: 1,
      complete: true,
    });
    expect(world.queues.jobs).toEqual([
      {
        job: { kind: 'check-battery', connection: 'ada', run: 'id-1', runStartedAt: startedAt },
        delayMs: 0,
      },
      { job: { kind: 'check-battery', connection: 'dead', run: 'recheck' }, delayMs: 0 },
    ]);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 1, job: 'check-battery' } },
    ]);
  });
});

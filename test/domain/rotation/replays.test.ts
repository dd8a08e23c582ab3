import { enqueueReplays, type Replays } from '../../../src/domain/rotation/replays';
import { AppError } from '../../../src/errors';
import { connectionOf } from '../../support/memory-queues';
import { connectWearer, createTestWorld, holdLease, recordOf, type TestWorld } from '../../support/world';

const position = { consent: 2, generation: 17 };

async function connected(): Promise<TestWorld> {
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', { set: position });
  return world;
}

async function enqueue(world: TestWorld, id = 'wearer-1', of = position): Promise<Replays> {
  const replays = await enqueueReplays(world.ports, await holdLease(world, id), of, 0);
  if (replays === 'lease lost') throw new Error('The lease is there.');
  return replays;
}

test('three replays of a position are one batch, at the times that fit into the repeat window', async () => {
  const world = await connected();
  await enqueue(world);
  const job = {
    kind: 'rotate-token',
    connection: 'wearer-1',
    batch: 'id-1',
    runStartedAt: world.clock.now(),
    attempt: 0,
    replayOf: position,
    round: 0,
  };
  expect(world.queues.jobs).toEqual([
    { job: { ...job, isLast: false }, delayMs: 20_000 },
    { job: { ...job, isLast: false }, delayMs: 45_000 },
    { job: { ...job, isLast: true }, delayMs: 70_000 },
  ]);
  expect(recordOf(world).replaysFor).toEqual({ ...position, batch: 'id-1' });
});

test('of a token set they carry the position and nothing else', async () => {
  const world = await connected();
  const set = { ...position, accessToken: 'access', refreshToken: 'refresh' };
  await enqueue(world, 'wearer-1', set);
  for (const { job } of world.queues.jobs) expect(job).toMatchObject({ replayOf: position });
  expect(JSON.stringify(world.queues.jobs)).not.toMatch(/access|refresh/);
});

test('what removes them removes all of them, and no others', async () => {
  const world = await connected();
  await connectWearer(world, 'fitbit', { set: position });
  const { remove } = await enqueue(world);
  await enqueue(world, 'wearer-2');
  await remove();
  const left = world.queues.jobs.map(({ job }) => connectionOf(job));
  expect(left).toEqual(['wearer-2', 'wearer-2', 'wearer-2']);
  await remove();
  expect(world.queues.jobs).toHaveLength(3);
});

test('one that cannot be put into the queue is an error', async () => {
  const world = await connected();
  const { queues } = world;
  const unavailable = new AppError('QUEUE_UNAVAILABLE', 'The queue is down.');
  const { enqueue: put } = queues;
  queues.enqueue = (job, delayMs) => (delayMs === 45_000 ? Promise.reject(unavailable) : put(job, delayMs));
  await expect(enqueue(world)).rejects.toBe(unavailable);
  expect(queues.jobs).toEqual([]);
  expect(recordOf(world).replaysFor).toBeUndefined();
});

describe('once the lease has passed to somebody else', () => {
  const lost = { changeWhileMine: () => Promise.resolve(undefined) };

  test('the record does not name them, and they are removed', async () => {
    const world = await connected();
    const { record } = await holdLease(world);
    expect(await enqueueReplays(world.ports, { record, ...lost }, position, 0)).toBe('lease lost');
    expect(world.queues.jobs).toEqual([]);
    expect(recordOf(world).replaysFor).toBeUndefined();
  });

  test('they stay if the record names them all the same: the answer to that write was lost', async () => {
    const world = await connected();
    const { record } = await holdLease(world);
    const changeWhileMine = async (...args: Parameters<typeof record.change>) => {
      await record.change(...args);
      return undefined;
    };
    expect(await enqueueReplays(world.ports, { record, changeWhileMine }, position, 0)).toBe('lease lost');
    expect(world.queues.jobs).toHaveLength(3);
  });

  test('they cannot be called off: the other worker may rely on them', async () => {
    const world = await connected();
    const lease = await holdLease(world);
    let calls = 0;
    const changeWhileMine: typeof lease.changeWhileMine = (decide) =>
      (calls += 1) === 1 ? lease.changeWhileMine(decide) : Promise.resolve(undefined);
    const replays = await enqueueReplays(world.ports, { ...lease, changeWhileMine }, position, 0);
    await (replays as Replays).cancel();
    expect(world.queues.jobs).toHaveLength(3);
    expect(recordOf(world).replaysFor).toEqual({ ...position, batch: 'id-1' });
  });
});

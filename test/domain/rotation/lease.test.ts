import { withLease, withoutLeaseOf, type HeldLease } from '../../../src/domain/rotation/lease';
import { AppError } from '../../../src/errors';
import type { Connection } from '../../../src/model';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { failure } from '../../../src/errors';

async function connected(): Promise<TestWorld> {
  const world = createTestWorld();
  await connectWearer(world);
  return world;
}

const work = (world: TestWorld, task: (lease: HeldLease) => unknown) =>
  withLease(world.ports, 'wearer-1', async (lease) => ({ did: await task(lease) }));

test('the lease is held while the work goes on and free when it has ended', async () => {
  const world = await connected();
  const result = await work(world, async ({ owner, record, stillMine }) => {
    expect(record.value.id).toBe('wearer-1');
    expect(recordOf(world).lease).toEqual({ owner, until: world.clock.now() + 20_000 });
    expect(stillMine()).toBe(true);
    expect(await work(world, () => 'never')).toEqual(failure('LEASE_HELD'));
    return 'done';
  });
  expect(result).toEqual({ did: 'done' });
  expect(recordOf(world).lease).toBeUndefined();
});

test('the lease is free again when the work fails', async () => {
  const world = await connected();
  await expect(work(world, () => Promise.reject(new Error('paper jam')))).rejects.toThrow('paper jam');
  expect(recordOf(world).lease).toBeUndefined();
});

test('the lease is renewed for as long as the work goes on', async () => {
  const world = await connected();
  await work(world, async ({ stillMine }) => {
    for (let seconds = 5; seconds <= 60; seconds += 5) {
      world.clock.advance(5_000);
      await new Promise(setImmediate);
      expect(stillMine()).toBe(true);
      expect(recordOf(world).lease?.until).toBe(world.clock.now() + 20_000);
    }
  });
});

test('a worker that was frozen past its lease is not the owner any more, and leaves the new one alone', async () => {
  const world = await connected();
  await work(world, async (frozen) => {
    // Nothing of the frozen process runs while the other one takes over.
    world.clock.advance(20_000);
    await new Promise(setImmediate);
    await work(world, async (other) => {
      expect(frozen.stillMine()).toBe(false);
      world.clock.advance(5_000);
      await new Promise(setImmediate);
      expect(frozen.stillMine()).toBe(false);
      expect(recordOf(world).lease?.owner).toBe(other.owner);
    });
  });
});

test('a worker that was frozen past its lease changes nothing on the record', async () => {
  const world = await connected();
  const note = (before: Connection): Connection => ({ ...before, failingSince: 1 });
  await work(world, async (frozen) => {
    expect(await frozen.changeWhileMine(note)).toMatchObject({ failingSince: 1 });
    world.clock.advance(20_000);
    await new Promise(setImmediate);
    await work(world, async () => {
      expect(await frozen.changeWhileMine((before) => ({ ...before, failingSince: 2 }))).toBeUndefined();
      expect(recordOf(world).failingSince).toBe(1);
    });
    // Neither is it the owner again once the other one has finished.
    expect(await frozen.changeWhileMine((before) => ({ ...before, failingSince: 3 }))).toBeUndefined();
    expect(recordOf(world)).toMatchObject({ failingSince: 1, lease: undefined });
  });
});

test('a lease that has run out does not come alive again, even if nobody took it over', async () => {
  const world = await connected();
  await work(world, async ({ stillMine }) => {
    world.clock.advance(20_000);
    await new Promise(setImmediate);
    world.clock.advance(5_000);
    await new Promise(setImmediate);
    expect(stillMine()).toBe(false);
    expect(recordOf(world).lease!.until).toBeLessThan(world.clock.now());
  });
});

test('a write of the work can give the lease back, and costs no further one', async () => {
  const world = await connected();
  const writes = jest.spyOn(world.tables.connections, 'replace');
  const reads = jest.spyOn(world.tables.connections, 'get');
  await work(world, ({ owner, changeWhileMine }) =>
    changeWhileMine((before) => withoutLeaseOf(owner, { ...before, failingSince: 1 })),
  );
  expect(recordOf(world)).toMatchObject({ failingSince: 1, lease: undefined });
  expect([reads.mock.calls.length, writes.mock.calls.length]).toEqual([1, 2]);
});

test('a lease that cannot be released runs out by itself', async () => {
  const world = await connected();
  await work(world, () => {
    jest
      .spyOn(world.tables.connections, 'replace')
      .mockImplementation(() => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'down')));
  });
  expect(world.log.events()).toEqual(['lease.not_released']);
  jest.restoreAllMocks();
  expect(await work(world, () => 1)).toEqual(failure('LEASE_HELD'));
  world.clock.advance(20_000);
  expect(await work(world, () => 1)).toEqual({ did: 1 });
});

test('of a hundred workers at once one does the work', async () => {
  const world = await connected();
  const results = await Promise.all(
    Array.from({ length: 100 }, () => work(world, () => new Promise(setImmediate))),
  );
  expect(results.filter((result) => 'code' in result && result.code === 'LEASE_HELD')).toHaveLength(99);
});

test('a connection that does not exist, or is closed, has no lease', async () => {
  expect(await work(createTestWorld(), () => 1)).toEqual(failure('CONNECTION_UNKNOWN'));
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', { closedAt: 1 });
  expect(await work(world, () => 1)).toEqual(failure('CONNECTION_UNKNOWN'));
  expect(recordOf(world).lease).toBeUndefined();
  const closing = await withLease(world.ports, 'wearer-1', () => Promise.resolve(1), { evenClosed: true });
  expect(closing).toBe(1);
});

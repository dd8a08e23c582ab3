import { releaseLease, takeLease, type TakenLease } from '../../src/domain/lease';
import { connectWearer, createTestWorld, recordOf } from '../support/world';

async function connected() {
  const world = createTestWorld();
  await connectWearer(world);
  return world;
}

async function take(world: Awaited<ReturnType<typeof connected>>): Promise<TakenLease> {
  const lease = await takeLease(world.ports, 'wearer-1');
  if (lease.kind !== 'taken') throw new Error(`the lease is ${lease.kind}`);
  return lease;
}

test('a lease is taken once, and again when it is released', async () => {
  const world = await connected();
  const lease = await take(world);
  expect(recordOf(world).lease).toEqual({ owner: lease.owner, until: world.clock.now() + 20_000 });
  expect(await takeLease(world.ports, 'wearer-1')).toEqual({ kind: 'held' });

  await releaseLease(world.ports, lease);
  expect(recordOf(world).lease).toBeUndefined();
  expect((await takeLease(world.ports, 'wearer-1')).kind).toBe('taken');
});

test('a lease whose time is over can be taken by another worker', async () => {
  const world = await connected();
  const first = await take(world);
  world.clock.advance(19_999);
  expect(first.stillMine()).toBe(true);
  expect(await takeLease(world.ports, 'wearer-1')).toEqual({ kind: 'held' });

  world.clock.advance(1);
  expect(first.stillMine()).toBe(false);
  const second = await take(world);
  expect(second.owner).not.toBe(first.owner);
});

test('releaseLease leaves alone a lease that somebody took over', async () => {
  const world = await connected();
  const first = await take(world);
  world.clock.advance(20_000);
  const second = await take(world);

  await releaseLease(world.ports, first);

  expect(recordOf(world).lease?.owner).toBe(second.owner);
});

test('of a hundred workers at once one takes the lease', async () => {
  const world = await connected();
  const answers = await Promise.all(Array.from({ length: 100 }, () => takeLease(world.ports, 'wearer-1')));
  expect(answers.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
  expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(99);
});

test('a connection that does not exist has no lease', async () => {
  expect(await takeLease(createTestWorld().ports, 'nobody')).toEqual({ kind: 'unknown connection' });
});

import { takeOne } from '../../../src/domain/store/counters';
import { counterKey } from '../../../src/domain/store/row-keys';
import { createTestWorld } from '../../support/world';

const name = { scope: 'request', subject: 'somebody', window: 'day' } as const;

const begin = () => {
  const world = createTestWorld();
  const calls: string[] = [];
  const { get, insert, replace } = world.tables.counters;
  Object.assign(world.tables.counters, {
    get: (...given: Parameters<typeof get>) => (calls.push('get'), get(...given)),
    insert: (...given: Parameters<typeof insert>) => (calls.push('insert'), insert(...given)),
    replace: (...given: Parameters<typeof replace>) => (calls.push('replace'), replace(...given)),
  });
  const count = async () => (await get(counterKey(name.scope, name.subject)))?.value.count;
  const warned = () => world.log.entries.filter(({ event }) => event === 'limit.reached').length;
  return { ...world, calls, count, warned };
};

test('a hundred at once take one each, in four calls', async () => {
  const { ports, calls, count } = begin();
  const taken = await Promise.all(Array.from({ length: 100 }, () => takeOne(ports, name, 1_000)));
  expect(taken).toEqual(Array.from({ length: 100 }, (_, nth) => nth + 1));
  await expect(count()).resolves.toBe(100);
  expect(calls).toEqual(['get', 'insert', 'get', 'replace']);
});

test('of a hundred at once only as many take one as may, and each of the others leaves a line in the log', async () => {
  const { ports, count, warned } = begin();
  const taken = await Promise.all(Array.from({ length: 100 }, () => takeOne(ports, name, 30)));
  expect(taken.filter((nth) => nth > 0)).toEqual(Array.from({ length: 30 }, (_, nth) => nth + 1));
  await expect(count()).resolves.toBe(30);
  expect(warned()).toBe(70);
  await expect(takeOne(ports, name, 30)).resolves.toBe(0);
});

test('two instances at once lose none', async () => {
  const { ports, count } = begin();
  const { tables } = ports;
  const other = { ...ports, tables: { ...tables, counters: { ...tables.counters } } };
  const both = [ports, other].flatMap((instance) =>
    Array.from({ length: 50 }, () => takeOne(instance, name, 1_000)),
  );
  const taken = await Promise.all(both);
  expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, nth) => nth + 1));
  await expect(count()).resolves.toBe(100);
});

test('a new day begins anew', async () => {
  const { ports, clock } = begin();
  await takeOne(ports, name, 1);
  await expect(takeOne(ports, name, 1)).resolves.toBe(0);
  clock.advance(24 * 3_600_000);
  await expect(Promise.all([takeOne(ports, name, 1), takeOne(ports, name, 1)])).resolves.toEqual([1, 0]);
});

test('nothing may be taken of a limit of none', async () => {
  const { ports, count } = begin();
  await expect(takeOne(ports, name, 0)).resolves.toBe(0);
  await expect(count()).resolves.toBeUndefined();
});

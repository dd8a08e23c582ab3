import { macOfClient, macOfNumber, macOfPrefix } from '../../../src/domain/wearer/derived';
import { mayAsk, mayText } from '../../../src/domain/wearer/limits';
import { AppError } from '../../../src/errors';
import type { Counter, Limits } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { createTestWorld, type TestWorld } from '../../support/world';

const hour = 3_600_000;
const plenty: Partial<Limits> = { perNumber: 1_000, perClient: 1_000, perPrefix: 1_000, perDay: 1_000 };

let world: TestWorld;
const ada = new Secret('+14255550123');
const numbers = (count: number, prefix = '+142555501'): Secret[] =>
  Array.from({ length: count }, (_, n) => new Secret(prefix + String(n).padStart(2, '0')));

function limitTo(limits: Partial<Limits>): void {
  world = createTestWorld();
  const { policy } = world.ports;
  world = {
    ...world,
    ports: { ...world.ports, policy: { ...policy, limits: { ...policy.limits, ...plenty, ...limits } } },
  };
}

/** How many of the texts may be sent, one after the other. */
async function granted(texts: readonly (readonly [phone: Secret, client: string | undefined])[]) {
  const answers: boolean[] = [];
  for (const [phone, client] of texts) answers.push(await mayText(world.ports, phone, client));
  return answers.filter(Boolean).length;
}
const times = (count: number, phone: Secret, client?: string) =>
  Array.from({ length: count }, () => [phone, client] as const);

const count = async (partition: string, row: string): Promise<Counter | undefined> =>
  (await world.tables.counters.get({ partition, row }))?.value;

beforeEach(() => limitTo({}));
afterEach(() => expectDiscreet(world));

describe('mayText', () => {
  test('allows so many texts to one number in a day, whoever asks for them', async () => {
    limitTo({ perNumber: 3 });
    const asked = ['one', 'two', undefined, 'three', 'four'].map((client) => [ada, client] as const);
    await expect(granted(asked)).resolves.toBe(3);
    await expect(mayText(world.ports, new Secret('+14255550199'), 'one')).resolves.toBe(true);
  });

  test('allows so many texts to one client in a day, whatever the numbers', async () => {
    limitTo({ perClient: 3 });
    await expect(granted(numbers(5).map((phone) => [phone, 'one'] as const))).resolves.toBe(3);
    await expect(mayText(world.ports, ada, 'two')).resolves.toBe(true);
  });

  test('does not limit the client where nothing says who asks', async () => {
    limitTo({ perClient: 3 });
    await expect(granted(numbers(5).map((phone) => [phone, undefined] as const))).resolves.toBe(5);
  });

  test('allows so many texts to numbers that differ in their last four digits', async () => {
    limitTo({ perPrefix: 3 });
    const range = ['+14255550000', '+14255559999', '+14255551234', '+14255554321'];
    await expect(granted(range.map((phone) => [new Secret(phone), undefined] as const))).resolves.toBe(3);
    await expect(mayText(world.ports, new Secret('+14255560000'), undefined)).resolves.toBe(true);
  });

  test('allows so many texts in a day altogether', async () => {
    limitTo({ perDay: 3 });
    const texts = numbers(5).map((phone, n) => [phone, `client-${n}`] as const);
    await expect(granted(texts)).resolves.toBe(3);
  });

  test('begins anew at midnight UTC, and not before', async () => {
    limitTo({ perNumber: 1 });
    await expect(granted(times(2, ada))).resolves.toBe(1);
    world.clock.advance(18 * hour - 1);
    await expect(mayText(world.ports, ada, undefined)).resolves.toBe(false);
    world.clock.advance(1);
    await expect(granted(times(2, ada))).resolves.toBe(1);
  });

  test('counts by the day, and a new day begins with one', async () => {
    await granted(times(3, ada));
    expect(await count('day', 'all')).toEqual({ count: 3, window: '2026-11-21' });
    world.clock.advance(24 * hour);
    await granted(times(1, ada));
    expect(await count('day', 'all')).toEqual({ count: 1, window: '2026-11-22' });
  });

  test('counts each of its limits under a keyed hash, and nothing beyond what is allowed', async () => {
    limitTo({ perNumber: 2 });
    await granted(times(4, ada, await macOfClient(world.ports, '198.51.100.7')));
    const keys = [
      ['client', await macOfClient(world.ports, '198.51.100.7')],
      ['number', await macOfNumber(world.ports, ada)],
      ['prefix', await macOfPrefix(world.ports, ada)],
      ['day', 'all'],
    ] as const;
    const found = await Promise.all(keys.map(([partition, row]) => count(partition, row)));
    // Who asks in vain has asked; the texts that were not sent leave the others their share.
    expect(found.map((each) => each?.count)).toEqual([4, 2, 2, 2]);
    expect(JSON.stringify(world.tables.counters.values())).not.toMatch(/4255550|198\.51/);
    expect(world.tables.counters.values()).toHaveLength(4);
  });

  test.each<[string, Partial<Limits>]>([
    ['client', { perClient: 1 }],
    ['number', { perNumber: 1 }],
    ['prefix', { perPrefix: 1 }],
    ['day', { perDay: 1 }],
  ])('says in the log which limit is reached, and not by whom: %s', async (kind, limits) => {
    limitTo(limits);
    await granted(times(2, ada, 'one'));
    expect(world.log.entries).toEqual([{ level: 'warn', event: 'limit.reached', fields: { kind } }]);
  });

  test('lets no more through when everybody asks at the same time', async () => {
    limitTo({ perNumber: 5 });
    const answers = await Promise.all(times(30, ada).map(() => mayText(world.ports, ada, undefined)));
    expect(answers.filter(Boolean)).toHaveLength(5);
    expect(await count('number', await macOfNumber(world.ports, ada))).toMatchObject({ count: 5 });
  });

  test('lets no more through when everybody asks at the same time on the next day', async () => {
    limitTo({ perNumber: 5 });
    await granted(times(5, ada));
    world.clock.advance(24 * hour);
    const answers = await Promise.all(times(30, ada).map(() => mayText(world.ports, ada, undefined)));
    expect(answers.filter(Boolean)).toHaveLength(5);
  });

  test('of none allows none, from the very first', async () => {
    limitTo({ perNumber: 0 });
    await expect(mayText(world.ports, ada, undefined)).resolves.toBe(false);
  });

  test('allows nothing while the counters cannot be read', async () => {
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.counters.get = () => Promise.reject(unavailable);
    await expect(mayText(world.ports, ada, 'one')).rejects.toBe(unavailable);
  });
});

describe('mayAsk', () => {
  const asked = async (many: number, client: string | undefined) => {
    const answers: boolean[] = [];
    for (let n = 0; n < many; n += 1) answers.push(await mayAsk(world.ports, client));
    return answers.filter(Boolean).length;
  };

  test('allows twenty requests for every text that a client may have', async () => {
    limitTo({ perClient: 2 });
    await expect(asked(50, 'one')).resolves.toBe(40);
    await expect(asked(1, 'two')).resolves.toBe(1);
    world.clock.advance(24 * hour);
    await expect(asked(50, 'one')).resolves.toBe(40);
  });

  test('takes nothing from the texts', async () => {
    limitTo({ perClient: 1 });
    await asked(20, 'one');
    await expect(mayText(world.ports, ada, 'one')).resolves.toBe(true);
    await expect(mayAsk(world.ports, 'one')).resolves.toBe(false);
  });

  test('is not limited, and counts nothing, where nothing says who asks', async () => {
    limitTo({ perClient: 1 });
    await expect(asked(50, undefined)).resolves.toBe(50);
    expect(world.tables.counters.values()).toEqual([]);
  });
});

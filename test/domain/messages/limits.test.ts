import { macOfClient, macOfAddress, macOfRange } from '../../../src/domain/contact/keyed-values';
import { mayAsk, mayAskForLink, mayTextCode, mayTextWearer } from '../../../src/domain/messages/limits';
import { AppError } from '../../../src/errors';
import type { Counter, Limits, Settings } from '../../../src/model';
import type { Ports } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

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

/** A code for a connection of its own. */
let connections = 0;
const mayText = (ports: Ports & Settings, phone: Secret, client: string | undefined) =>
  mayTextCode(ports, { connection: `connection-${(connections += 1)}`, phone }, client);

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

describe('mayTextCode', () => {
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
    expect(await count('strangers', 'all')).toEqual({ count: 3, window: '2026-11-21' });
    world.clock.advance(24 * hour);
    await granted(times(1, ada));
    expect(await count('strangers', 'all')).toEqual({ count: 1, window: '2026-11-22' });
  });

  test('counts each of its limits under a keyed hash, and nothing beyond what is allowed', async () => {
    limitTo({ perNumber: 2 });
    connections = 0;
    await granted(times(4, ada, await macOfClient(world.ports, '198.51.100.7')));
    const keys = [
      ['client', await macOfClient(world.ports, '198.51.100.7')],
      ['number', await macOfAddress(world.ports, { way: 'sms', to: ada })],
      ['prefix', await macOfRange(world.ports, { way: 'sms', to: ada })],
      ['strangers', 'all'],
      ['connection', 'connection-1'],
    ] as const;
    const found = await Promise.all(keys.map(([partition, row]) => count(partition, row)));
    // Who asks in vain has asked; the texts that were not sent leave the others their share.
    expect(found.map((each) => each?.count)).toEqual([4, 2, 2, 2, 1]);
    expect(JSON.stringify(world.tables.counters.values())).not.toMatch(/4255550|198\.51/);
    expect(world.tables.counters.values()).toHaveLength(8);
  });

  test.each<[string, Partial<Limits>]>([
    ['client', { perClient: 1 }],
    ['number', { perNumber: 1 }],
    ['prefix', { perPrefix: 1 }],
    ['strangers', { perDay: 1 }],
  ])('says in the log which limit is reached, and not by whom: %s', async (kind, limits) => {
    limitTo(limits);
    await granted(times(2, ada, 'one'));
    expect(world.log.entries.filter(({ event }) => event === 'limit.reached')).toEqual([
      { level: 'warn', event: 'limit.reached', fields: { kind } },
    ]);
  });

  test('allows so many codes for one connection in a day, whatever the numbers and clients', async () => {
    limitTo({ perNumber: 3 });
    const texts = numbers(5).map((phone, n) => [phone, `client-${n}`] as const);
    const answers: boolean[] = [];
    for (const [phone, client] of texts)
      answers.push(await mayTextCode(world.ports, { connection: 'one', phone }, client));
    expect(answers).toEqual([true, true, true, false, false]);
    await expect(mayTextCode(world.ports, { connection: 'two', phone: ada }, 'one')).resolves.toBe(true);
  });

  test('allows so many codes for one account at the provider in a day, whatever its connections', async () => {
    limitTo({ perNumber: 3 });
    const answers: boolean[] = [];
    for (const [n, phone] of numbers(5).entries()) {
      const { connection } = await connectWearer(world, 'fitbit', { id: `wearer-${n}` });
      answers.push(await mayTextCode(world.ports, { connection: connection.id, phone }, `client-${n}`));
    }
    expect(answers).toEqual([true, true, true, false, false]);
    const other = await connectWearer(world, 'fitbit', { id: 'other', set: { providerUserId: 'XYZ789' } });
    await expect(
      mayTextCode(world.ports, { connection: other.connection.id, phone: ada }, 'one'),
    ).resolves.toBe(true);
  });

  test('goes by the connection alone while the vault does not answer', async () => {
    const { connection } = await connectWearer(world);
    world.vault.readTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    await expect(mayTextCode(world.ports, { connection: connection.id, phone: ada }, 'one')).resolves.toBe(
      true,
    );
    expect(await count('connection', connection.id)).toMatchObject({ count: 1 });
  });

  test('tells the operator before the texts of a day are used up, once', async () => {
    limitTo({ perDay: 10 });
    const alarms = () => world.tables.alarms.values().map(({ name }) => name);
    const texts = numbers(12).map((phone, n) => [phone, `client-${n}`] as const);
    await granted(texts.slice(0, 7));
    expect(alarms()).toEqual([]);
    await granted(texts.slice(7));
    expect(alarms()).toEqual(['limit on texts nearly reached']);
    expect(world.log.events().filter((event) => event === 'alarm.raised')).toHaveLength(1);
  });

  test('tells the operator before the e-mails of a day to one domain are used up', async () => {
    limitTo({ perDay: 10 });
    const alarms = () => world.tables.alarms.values().map(({ name }) => name);
    const mail = (nth: number) =>
      mayTextCode(
        world.ports,
        { connection: `one-${nth}`, email: new Secret(`ada${nth}@example.org`) },
        undefined,
      );
    for (let nth = 0; nth < 3; nth += 1) await expect(mail(nth)).resolves.toBe(true);
    expect(alarms()).toEqual([]);
    for (let nth = 3; nth < 5; nth += 1) await expect(mail(nth)).resolves.toBe(true);
    await expect(mail(5)).resolves.toBe(false);
    expect(alarms()).toEqual(['limit on texts nearly reached']);
  });

  test('lets no more through when everybody asks at the same time', async () => {
    limitTo({ perNumber: 5 });
    const answers = await Promise.all(times(30, ada).map(() => mayText(world.ports, ada, undefined)));
    expect(answers.filter(Boolean)).toHaveLength(5);
    expect(await count('number', await macOfAddress(world.ports, { way: 'sms', to: ada }))).toMatchObject({
      count: 5,
    });
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

describe('mayTextWearer', () => {
  const ask = async (many: number, purpose: 'link' | 'test', phone = ada, client = 'one') => {
    const answers: boolean[] = [];
    for (let n = 0; n < many; n += 1)
      answers.push(await mayTextWearer(world.ports, purpose, { way: 'sms', to: phone }, client));
    return answers.filter(Boolean).length;
  };

  test('is untouched by strangers who use up everything of theirs', async () => {
    limitTo({ perNumber: 5, perPrefix: 5, perClient: 5, perDay: 5 });
    await expect(granted(times(10, ada, 'one'))).resolves.toBe(5);
    await expect(ask(1, 'link')).resolves.toBe(1);
    await expect(ask(1, 'test')).resolves.toBe(1);
  });

  test('takes nothing from strangers either', async () => {
    limitTo({ perDay: 3 });
    await expect(ask(5, 'link')).resolves.toBe(3);
    await expect(mayText(world.ports, ada, 'one')).resolves.toBe(true);
    expect(world.tables.alarms.values().map(({ name }) => name)).toEqual(['limit on texts nearly reached']);
  });

  test('allows so many texts to one number and for one client in a day, links and tests apart', async () => {
    limitTo({ perNumber: 2, perClient: 4 });
    await expect(ask(5, 'link', ada, 'one')).resolves.toBe(2);
    await expect(ask(5, 'test', ada, 'two')).resolves.toBe(2);
    await expect(ask(5, 'test', new Secret('+14255550199'), 'three')).resolves.toBe(2);
    await expect(mayText(world.ports, ada, 'one')).resolves.toBe(true);
  });
});

describe('44 sign-ups from 11 addresses, with resends, at the default limits', () => {
  const defaults = { perNumber: 5, perClient: 20, perPrefix: 20, perDay: 200 };
  /** @returns how many codes were texted */
  const attack = async (accounts: number) => {
    let sent = 0;
    for (let n = 0; n < 44; n += 1) {
      const set = { providerUserId: `account-${n % accounts}` };
      const { connection } = await connectWearer(world, 'fitbit', { id: `attacker-${n}`, set });
      const phone = new Secret(`+1425${String(n).padStart(3, '0')}0100`);
      for (let resend = 0; resend < 5; resend += 1) {
        const answer = await mayTextCode(
          world.ports,
          { connection: connection.id, phone },
          `client-${n % 11}`,
        );
        if (answer) sent += 1;
      }
    }
    return sent;
  };

  test('and two accounts at the provider get ten codes, and leave the rest to others', async () => {
    limitTo(defaults);
    await expect(attack(2)).resolves.toBe(10);
    await expect(mayText(world.ports, ada, 'honest')).resolves.toBe(true);
    expect(world.tables.alarms.values()).toEqual([]);
  });

  test('and 44 accounts use up the day, which the operator is told of, and no wearer feels', async () => {
    limitTo(defaults);
    await expect(attack(44)).resolves.toBe(200);
    await expect(mayText(world.ports, ada, 'honest')).resolves.toBe(false);
    expect(world.tables.alarms.values().map(({ name }) => name)).toEqual(['limit on texts nearly reached']);
    await expect(mayTextWearer(world.ports, 'link', { way: 'sms', to: ada })).resolves.toBe(true);
    await expect(mayTextWearer(world.ports, 'test', { way: 'sms', to: ada }, 'honest')).resolves.toBe(true);
  });
});

describe('mayAskForLink', () => {
  test('allows as many links to be asked for as a client may have texts', async () => {
    limitTo({ perClient: 3 });
    const answers: boolean[] = [];
    for (let n = 0; n < 5; n += 1) answers.push(await mayAskForLink(world.ports, 'one'));
    expect(answers).toEqual([true, true, true, false, false]);
    await expect(mayAskForLink(world.ports, 'two')).resolves.toBe(true);
    await expect(mayAskForLink(world.ports, undefined)).resolves.toBe(true);
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

import { macOfAddress } from '../../../src/domain/contact/keyed-values';
import { connectionKey, numberKey, optOutKey } from '../../../src/domain/store/row-keys';
import {
  connectionsOf,
  isStopped,
  readTextState,
  setAddress,
  setStopped,
} from '../../../src/domain/contact/addresses';
import { AppError } from '../../../src/errors';
import type { Connection } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const [first, second] = [new Secret('+14255550123'), new Secret('+14255550199')];
const textConsent = { at: Date.parse('2026-11-21T05:55:00Z'), wording: '2026-11' };

let world: TestWorld;
const give = (phone: Secret | undefined, id = 'wearer-1') =>
  setAddress(world.ports, id, phone && { phone, textConsent });
const connect = (id: string, more: Partial<Connection> = {}) =>
  connectWearer(world, 'fitbit', { id, phone: undefined, ...more });
const owners = async (phone: Secret) =>
  (await connectionsOf(world.ports, await macOfAddress(world.ports, { way: 'sms', to: phone }))).map(
    ({ id }) => id,
  );
/** Which numbers the index names for a connection. */
const indexed = async (id = 'wearer-1') => {
  const named: string[] = [];
  for (const phone of [first, second]) {
    const key = numberKey(await macOfAddress(world.ports, { way: 'sms', to: phone }), id);
    if (await world.tables.numbers.get(key)) named.push(phone.reveal());
  }
  return named;
};
const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');

beforeEach(() => {
  world = createTestWorld();
});

test('a STOP or START from the future is said now, so that what is said later holds', async () => {
  const say = (stopped: boolean, at: number) =>
    setStopped(world.ports, { way: 'sms', to: first }, { at, stopped });
  const farAway = Date.parse('9999-01-01T00:00:00Z');
  await say(true, farAway);
  expect(world.tables.optOuts.values()).toEqual([{ at: world.clock.now(), stopped: true }]);
  world.clock.advance(1_000);
  await say(false, world.clock.now());
  expect(await isStopped(world.ports, { way: 'sms', to: first })).toBe(false);
  world.clock.advance(1_000);
  await say(false, farAway);
  world.clock.advance(1_000);
  await say(true, world.clock.now());
  expect(await isStopped(world.ports, { way: 'sms', to: first })).toBe(true);
});

test('a STOP that was stored from the future does not hold against a START of now', async () => {
  const key = optOutKey(await macOfAddress(world.ports, { way: 'sms', to: first }));
  await world.tables.optOuts.insert(key, { at: Date.parse('9999-01-01T00:00:00Z'), stopped: true });
  world.clock.advance(1_000);
  await setStopped(world.ports, { way: 'sms', to: first }, { at: world.clock.now() + 1_000, stopped: false });
  expect(await isStopped(world.ports, { way: 'sms', to: first })).toBe(false);
});
afterEach(() => expectDiscreet(world));

describe('setAddress', () => {
  test('gives a connection its number with the consent to texts, and ends the wait for a confirmation', async () => {
    await connect('wearer-1', { confirmBy: world.clock.now() + 1 });
    await give(first);
    expect(revealed(recordOf(world))).toMatchObject({ phone: '+14255550123', textConsent });
    expect(recordOf(world).confirmBy).toBeUndefined();
    expect(await owners(first)).toEqual(['wearer-1']);
  });

  test('puts no number into a key or a row of the index', async () => {
    await connect('wearer-1');
    await give(first);
    expect(world.tables.numbers.values()).toEqual([{ connection: 'wearer-1' }]);
    const key = numberKey(await macOfAddress(world.ports, { way: 'sms', to: first }), 'wearer-1');
    expect(JSON.stringify(key)).not.toContain('4255550123');
  });

  test('in place of another leads there from the new number only', async () => {
    await connect('wearer-1');
    await give(first);
    await give(second);
    expect(revealed(recordOf(world).phone)).toBe('+14255550199');
    expect([await owners(first), await owners(second)]).toEqual([[], ['wearer-1']]);
    expect(await indexed()).toEqual(['+14255550199']);
  });

  test('to nothing takes the number, the consent and the way there', async () => {
    await connect('wearer-1');
    await give(first);
    await give(undefined);
    expect(recordOf(world)).toMatchObject({ phone: undefined, textConsent: undefined });
    expect(world.tables.numbers.values()).toEqual([]);
  });

  test.each<[string, Secret | undefined]>([
    ['the same number', first],
    ['another number', second],
    ['no number', undefined],
  ])('can be repeated with %s', async (_, phone) => {
    await connect('wearer-1');
    await give(first);
    await give(phone);
    const [record, index] = [revealed(recordOf(world)), await indexed()];
    await give(phone);
    expect([revealed(recordOf(world)), await indexed()]).toEqual([record, index]);
    expect(index).toEqual(phone ? [phone.reveal()] : []);
  });

  test('writes the index before the record: a crash leaves a row too many, and never one too few', async () => {
    await connect('wearer-1');
    world.tables.connections.replace = () => Promise.reject(unavailable);
    await expect(give(first)).rejects.toBe(unavailable);
    expect(await indexed()).toEqual(['+14255550123']);
    // The row leads to a connection that says otherwise.
    expect(await owners(first)).toEqual([]);
  });

  test('that crashed after the record leads from the new number only', async () => {
    await connect('wearer-1');
    await give(first);
    const { remove } = world.tables.numbers;
    world.tables.numbers.remove = () => Promise.reject(unavailable);
    await expect(give(second)).rejects.toBe(unavailable);
    expect([await owners(first), await owners(second)]).toEqual([[], ['wearer-1']]);
    world.tables.numbers.remove = remove;
    await give(second);
    expect([await owners(first), await owners(second)]).toEqual([[], ['wearer-1']]);
  });

  test.each(['numbers.remove', 'connections.replace'] as const)(
    'to nothing that crashed at %s leaves nothing behind when it is repeated',
    async (step) => {
      await connect('wearer-1');
      await give(first);
      const { remove } = world.tables.numbers;
      const { replace } = world.tables.connections;
      if (step === 'numbers.remove') world.tables.numbers.remove = () => Promise.reject(unavailable);
      else world.tables.connections.replace = () => Promise.reject(unavailable);
      await expect(give(undefined)).rejects.toBe(unavailable);
      world.tables.numbers.remove = remove;
      world.tables.connections.replace = replace;
      await give(undefined);
      expect(recordOf(world).phone).toBeUndefined();
      expect(world.tables.numbers.values()).toEqual([]);
    },
  );

  test('gives a closed connection none, and leaves no way there', async () => {
    await connect('wearer-1', { closedAt: 1 });
    await give(first);
    expect(recordOf(world).phone).toBeUndefined();
    expect(world.tables.numbers.values()).toEqual([]);
  });

  test('takes the number from a closed connection too', async () => {
    await connect('wearer-1');
    await give(first);
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
    await give(undefined);
    expect(recordOf(world).phone).toBeUndefined();
    expect(world.tables.numbers.values()).toEqual([]);
  });

  test('does nothing for a connection that does not exist', async () => {
    await give(first, 'nobody');
    expect(world.tables.numbers.values()).toEqual([]);
    expect(world.tables.connections.values()).toEqual([]);
  });

  test('takes away a number from before there was an index', async () => {
    await connect('wearer-1', { phone: first });
    await give(second);
    expect(await owners(second)).toEqual(['wearer-1']);
    expect(await indexed()).toEqual(['+14255550199']);
  });
});

describe('setAddress with an e-mail address', () => {
  const [mail, other] = [new Secret('ada@example.org'), new Secret('ada@example.com')];
  const giveMail = (email: Secret) => setAddress(world.ports, 'wearer-1', { email, textConsent });
  const ownersOf = async (to: Secret) =>
    (await connectionsOf(world.ports, await macOfAddress(world.ports, { way: 'email', to }))).map(
      ({ id }) => id,
    );

  test('in place of a number leaves one address and one way there, and the proof of each consent', async () => {
    await connect('wearer-1', { numberDeadSince: 1 });
    await give(first);
    await giveMail(mail);
    const { phone, email, numberDeadSince } = recordOf(world);
    expect(revealed([phone, email, numberDeadSince])).toEqual([undefined, 'ada@example.org', undefined]);
    expect([await owners(first), await ownersOf(mail)]).toEqual([[], ['wearer-1']]);
    expect(world.tables.numbers.values()).toEqual([{ connection: 'wearer-1' }]);
    expect(world.tables.consents.values().map(({ endedAt }) => endedAt !== undefined)).toEqual([true, false]);
  });

  test('in place of another ends the bounces, and back to a number leaves no address', async () => {
    await connect('wearer-1', { email: other, emailDeadSince: 1 });
    await giveMail(mail);
    expect(recordOf(world).emailDeadSince).toBeUndefined();
    expect([await ownersOf(mail), await ownersOf(other)]).toEqual([['wearer-1'], []]);
    await give(first);
    expect(revealed([recordOf(world).phone, recordOf(world).email])).toEqual(['+14255550123', undefined]);
    expect([await owners(first), await ownersOf(mail)]).toEqual([['wearer-1'], []]);
  });

  test('of the same mailbox in capital letters still leads there', async () => {
    await connect('wearer-1');
    await giveMail(mail);
    await giveMail(new Secret('Ada@example.org'));
    expect(revealed(recordOf(world).email)).toBe('Ada@example.org');
    expect(await ownersOf(mail)).toEqual(['wearer-1']);
  });

  test('that crashed between the index and the record is found at the number, and can be repeated', async () => {
    await connect('wearer-1');
    await give(first);
    const { replace } = world.tables.connections;
    world.tables.connections.replace = () => Promise.reject(unavailable);
    await expect(giveMail(mail)).rejects.toBe(unavailable);
    expect([await owners(first), await ownersOf(mail)]).toEqual([['wearer-1'], []]);
    world.tables.connections.replace = replace;
    await giveMail(mail);
    expect([await owners(first), await ownersOf(mail)]).toEqual([[], ['wearer-1']]);
  });

  test('taken away leaves nothing behind', async () => {
    await connect('wearer-1');
    await giveMail(mail);
    await give(undefined);
    expect(recordOf(world)).toMatchObject({ email: undefined, textConsent: undefined });
    expect(world.tables.numbers.values()).toEqual([]);
  });

  test('is stopped by itself, not with a number', async () => {
    await setStopped(world.ports, { way: 'email', to: mail }, { at: 1, stopped: true });
    const said = [
      await isStopped(world.ports, { way: 'email', to: new Secret('ADA@example.org') }),
      await isStopped(world.ports, { way: 'email', to: other }),
      await isStopped(world.ports, { way: 'sms', to: mail }),
    ];
    expect(said).toEqual([true, false, false]);
  });
});

describe('connectionsOf', () => {
  test('finds every open connection of a number, as a parent has several', async () => {
    for (const id of ['ada', 'bob', 'eve', 'dan']) await connect(id);
    for (const id of ['ada', 'bob', 'eve']) await give(first, id);
    await give(second, 'dan');
    const row = (await world.tables.connections.get(connectionKey('bob')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
    expect((await owners(first)).sort()).toEqual(['ada', 'eve']);
    expect(await owners(second)).toEqual(['dan']);
    expect(await owners(new Secret('+14255550177'))).toEqual([]);
  });

  test('overlooks a row whose connection is gone, or has another number or none', async () => {
    const number = await macOfAddress(world.ports, { way: 'sms', to: first });
    await connect('without');
    await connect('other', { phone: second });
    for (const id of ['gone', 'without', 'other']) {
      await world.tables.numbers.insert(numberKey(number, id), { connection: id });
    }
    expect(await owners(first)).toEqual([]);
  });
});

describe('STOP and START', () => {
  const say = (at: number, stopped: boolean, phone = first) =>
    setStopped(world.ports, { way: 'sms', to: phone }, { at, stopped });
  const stop = true;
  const start = false;

  test.each<[string, [number, boolean][], boolean]>([
    ['nothing', [], false],
    ['STOP', [[1, stop]], true],
    ['START', [[1, start]], false],
    [
      'STOP and then START',
      [
        [1, stop],
        [2, start],
      ],
      false,
    ],
    [
      'START and then STOP',
      [
        [1, start],
        [2, stop],
      ],
      true,
    ],
    [
      'START, and a STOP from before that arrives late',
      [
        [2, start],
        [1, stop],
      ],
      false,
    ],
    [
      'STOP, and a START from before that arrives late',
      [
        [2, stop],
        [1, start],
      ],
      true,
    ],
    [
      'STOP twice, and a START in between that arrives last',
      [
        [1, stop],
        [3, stop],
        [2, start],
      ],
      true,
    ],
    [
      'STOP that is delivered twice, around a START',
      [
        [1, stop],
        [2, start],
        [1, stop],
      ],
      false,
    ],
    [
      'both at the same time, STOP last',
      [
        [1, start],
        [1, stop],
      ],
      true,
    ],
  ])('a number that has said %s', async (_, said, stopped) => {
    for (const [at, what] of said) await say(at, what);
    await expect(isStopped(world.ports, { way: 'sms', to: first })).resolves.toBe(stopped);
  });

  test('act on one number, whoever it belongs to', async () => {
    await say(1, stop);
    await expect(isStopped(world.ports, { way: 'sms', to: second })).resolves.toBe(false);
    await connect('wearer-1');
    await give(first);
    await expect(isStopped(world.ports, { way: 'sms', to: first })).resolves.toBe(true);
  });

  test('that arrive at the same time end with the later one', async () => {
    await Promise.all([say(2, start), say(3, stop), say(1, start)]);
    await expect(isStopped(world.ports, { way: 'sms', to: first })).resolves.toBe(true);
    expect(world.tables.optOuts.values()).toEqual([{ at: 3, stopped: true }]);
  });
});

describe('readTextState', () => {
  test.each<[string, Pick<Connection, 'phone' | 'preferences'>, string[], boolean]>([
    ['on', { phone: first }, [], false],
    ['paused', { phone: first, preferences: { paused: true } }, [], false],
    ['on', { phone: first, preferences: { paused: undefined } }, [], false],
    ['none', {}, [], false],
    ['none', { preferences: { paused: true } }, [], true],
    ['stopped', { phone: first, preferences: { paused: true } }, [], true],
    ['not set up', { phone: first }, ['SMS_FROM'], true],
    ['not set up', {}, ['ACS_ENDPOINT'], false],
  ])('is %s for %j, missing %j, STOP: %s', async (state, wearer, missing, stopped) => {
    world.sms.missing = missing;
    if (!wearer.phone) world.email.missing = missing;
    await setStopped(world.ports, { way: 'sms', to: first }, { at: 1, stopped });
    await expect(readTextState(world.ports, wearer)).resolves.toBe(state);
  });

  test.each<[string, Partial<Connection>, string[], boolean]>([
    ['on', {}, [], false],
    ['paused', { preferences: { paused: true } }, [], false],
    ['stopped', { preferences: { paused: true } }, [], true],
    ['dead', { emailDeadSince: 1 }, [], true],
    ['on', { numberDeadSince: 1 }, [], false],
    ['not set up', {}, ['EMAIL_FROM'], false],
  ])(
    'is %s for an e-mail address and %j, missing %j, unsubscribed: %s',
    async (state, more, missing, stopped) => {
      const email = new Secret('ada@example.org');
      world.sms.missing = ['SMS_FROM'];
      world.email.missing = missing;
      await setStopped(world.ports, { way: 'email', to: email }, { at: 1, stopped });
      await expect(readTextState(world.ports, { email, ...more })).resolves.toBe(state);
    },
  );
});

import { connectionKey, deviceKey, messageId, messageKey } from '../../../src/domain/store/row-keys';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { setStopped } from '../../../src/domain/contact/addresses';
import { AppError, type ErrorCode } from '../../../src/errors';
import type { Device, Message, MessageKind } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { recheckOf, recordMessage, type Recipient } from '../../../src/domain/messages/record-message';

const down = (code: ErrorCode) => new AppError(code, 'down');
const minute = 60_000;
const hour = 60 * minute;
const phone = new Secret('+14255550123');
const wearer: Recipient = { id: 'wearer-1', phone };
/** The world begins at six in the morning (UTC), in the middle of them. */
const asleep: Recipient = { ...wearer, preferences: { quietHours: { from: 22 * 60, to: 7 * 60 } } };

let world: TestWorld;
const send = (recipient: Recipient = wearer) => sendWaiting(world.ports, recipient);
const states = () => world.tables.messages.values().map(({ kind, state }) => `${kind}: ${state}`);

/** Kinds of text about a device; all others are about the wearer. */
const aboutDevices: readonly MessageKind[] = ['low', 'critical', 'reminder', 'recovered', 'silent', 'unseen'];
const aboutOthers: readonly MessageKind[] = [
  'code',
  'welcome',
  'link',
  'test',
  'help',
  'goodbye',
  'alarm',
  'alarm over',
  'digest',
];

function record(
  kind: MessageKind,
  more: Partial<Pick<Message, 'device' | 'cycle' | 'facts'>> = {},
  cause = '1',
) {
  const about = aboutDevices.includes(kind) ? { device: 'charge-6', cycle: 1 } : {};
  const facts = { model: 'Charge 6', percent: 17, provider: 'Fitbit', codeNumber: 1 };
  return recordMessage(world.ports, 'wearer-1', { kind, cause: [cause], ...about, facts, ...more });
}
/** What a reminder and "charged again" follow: the text of that cycle, which the wearer has. */
async function recordTold(kind: MessageKind): Promise<void> {
  if (kind !== 'reminder' && kind !== 'recovered') return;
  const id = messageId('wearer-1', 'low', 'told');
  await world.tables.messages.insert(messageKey('wearer-1', id), {
    id,
    connection: 'wearer-1',
    kind: 'low',
    device: 'charge-6',
    cycle: kind === 'recovered' ? 0 : 1,
    createdAt: 0,
    state: 'delivered',
    facts: {},
  });
}
async function device(more: Partial<Device>): Promise<void> {
  await world.tables.devices.insert(deviceKey('wearer-1', 'charge-6'), {
    connection: 'wearer-1',
    reading: { device: 'charge-6', kind: 'tracker', model: 'Charge 6', percent: 17 },
    firstSeenAt: world.clock.now(),
    checkedAt: world.clock.now(),
    cycle: 1,
    armed: false,
    heard: true,
    ...more,
  });
}

beforeEach(async () => {
  world = createTestWorld();
  // Whom a text that asks to reconnect is true of.
  await connectWearer(world, 'fitbit', { retirement: { firstAt: 0, confirmedAt: 1 } });
});
afterEach(() => expectDiscreet(world));

describe('recordMessage', () => {
  test('makes one message of one cause, however often it comes', async () => {
    await record('low');
    const [first] = world.tables.messages.values();
    world.clock.advance(hour);
    await record('low', { facts: { percent: 9 } });
    await Promise.all([record('low'), record('low')]);
    expect(world.tables.messages.values()).toEqual([first]);
    expect(first).toEqual({
      id: messageId('wearer-1', 'low', '1'),
      connection: 'wearer-1',
      kind: 'low',
      device: 'charge-6',
      cycle: 1,
      createdAt: world.clock.now() - hour,
      state: 'pending',
      facts: { model: 'Charge 6', percent: 17, provider: 'Fitbit', codeNumber: 1 },
    });
  });

  test('makes another for another recipient, kind or cause', async () => {
    await record('low');
    await record('critical');
    await record('low', {}, '2');
    await recordMessage(world.ports, 'wearer-2', { kind: 'low', cause: ['1'], facts: {} });
    expect(new Set(world.tables.messages.values().map(({ id }) => id)).size).toBe(4);
  });
});

describe('sendWaiting', () => {
  test('sends all that waits, and nothing again', async () => {
    await record('low');
    await record('reconnect');
    await expect(send()).resolves.toMatchObject({ sent: 2, unsettled: 0 });
    await expect(send()).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    expect(world.sms.sent).toHaveLength(2);
  });

  test('sends nothing of anybody else', async () => {
    await record('low');
    await recordMessage(world.ports, 'wearer-2', { kind: 'low', cause: ['1'], facts: {} });
    await send();
    expect(world.tables.messages.values().map(({ state }) => state)).toEqual(['sent', 'pending']);
  });

  test('counts what is not settled, and repeats it', async () => {
    await record('low');
    world.sms.answers.push({ kind: 'unknown' });
    await expect(send()).resolves.toMatchObject({ sent: 0, unsettled: 1 });
    await expect(send()).resolves.toMatchObject({ sent: 1, unsettled: 0 });
  });

  test('counts nothing that is not taken, and sends it when it is', async () => {
    await record('low');
    world.sms.answers.push({ kind: 'unavailable' });
    await expect(send()).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    await expect(send()).resolves.toMatchObject({ sent: 1, unsettled: 0 });
  });

  test.each<[string, (world: TestWorld) => unknown]>([
    [
      'the queue takes no recheck',
      (at) => (at.queues.enqueue = () => Promise.reject(down('QUEUE_UNAVAILABLE'))),
    ],
    [
      'the record cannot be claimed',
      (at) => (at.tables.messages.replace = () => Promise.reject(down('TABLE_UNAVAILABLE'))),
    ],
    [
      'the vault gives no link',
      ({ ports }) => {
        const { mac } = ports.keyedHash;
        jest
          .spyOn(ports.keyedHash, 'mac')
          .mockImplementation((...asked) =>
            asked[0] === 'link' ? Promise.reject(down('VAULT_UNAVAILABLE')) : mac(...asked),
          );
      },
    ],
  ])('gives back what a text takes of the limits when %s, and sends it later', async (_, breakIt) => {
    const { enqueue } = world.queues;
    const { replace } = world.tables.messages;
    await record('low');
    breakIt(world);
    const failing = () => sendWaiting(world.ports, wearer, recheckOf('wearer-1'));
    // Ten texts a day are a wearer's limit.
    for (let delivery = 0; delivery < 12; delivery += 1) await expect(failing()).rejects.toThrow('down');
    expect(world.tables.counters.values().map(({ count }) => count)).toEqual([0, 0, 0]);
    expect(world.sms.sent).toEqual([]);
    world.queues.enqueue = enqueue;
    world.tables.messages.replace = replace;
    jest.restoreAllMocks();
    await expect(failing()).resolves.toMatchObject({ sent: 1, unsettled: 0 });
    expect(world.tables.counters.values().map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  test('loses nothing to workers that are frozen one after the other: the next one begins anew', async () => {
    const { optOuts } = world.tables;
    let looks = 0;
    const frozenAtItsSecondLook: typeof optOuts = {
      ...optOuts,
      get: async (key) => {
        const row = await optOuts.get(key);
        looks += 1;
        if (looks % 2 === 0) world.clock.advance(minute);
        return row;
      },
    };
    const frozen = { ...world.ports, tables: { ...world.tables, optOuts: frozenAtItsSecondLook } };
    await record('low');
    // Nobody would repeat a text of four minutes ago.
    for (let worker = 0; worker < 5; worker += 1) {
      await expect(sendWaiting(frozen, wearer, recheckOf('wearer-1'))).resolves.toMatchObject({
        sent: 0,
        unsettled: 1,
      });
    }
    expect(states()).toEqual(['low: pending']);
    expect(world.sms.sent).toEqual([]);
    expect(world.tables.counters.values().map(({ count }) => count)).toEqual([0, 0, 0]);
    // The rechecks of all of them stay, because the next check is an hour away.
    expect(world.queues.jobs).toHaveLength(15);
    await expect(send()).resolves.toMatchObject({ sent: 1, unsettled: 0 });
    expect(world.tables.counters.values().map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  test('leaves everything to wait for a number', async () => {
    await record('low');
    await expect(send({ id: 'wearer-1' })).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    expect(states()).toEqual(['low: pending']);
  });

  test('drops what waits for a number that has said STOP, but the level of a battery: START lets that go out', async () => {
    await record('low');
    await record('link');
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
    await expect(send()).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    expect(states()).toEqual(['low: pending', 'link: dropped']);
    expect(world.tables.messages.values().map(({ failure }) => failure)).toEqual([undefined, 'STOP']);
  });
});

describe('quiet hours', () => {
  test.each([...aboutDevices, 'reconnect'] as const)(
    'hold a text that nobody waits for, and let it go out when they are over: %s',
    async (kind) => {
      await recordTold(kind);
      await record(kind);
      await expect(send(asleep)).resolves.toMatchObject({ sent: 0, unsettled: 0 });
      world.clock.advance(hour - 1);
      await send(asleep);
      expect(states()).toContain(`${kind}: pending`);
      world.clock.advance(1);
      await expect(send(asleep)).resolves.toMatchObject({ sent: 1, unsettled: 0 });
    },
  );

  test.each(aboutOthers)('do not hold what a person has asked for or has to know: %s', async (kind) => {
    await record(kind);
    await expect(send(asleep)).resolves.toMatchObject({ sent: 1, unsettled: 0 });
  });

  test('do not hold up the repeat of a text whose outcome is unknown: it may not be a fresh one later', async () => {
    await record('low');
    world.sms.answers.push({ kind: 'unknown' });
    await send();
    await expect(send(asleep)).resolves.toMatchObject({ sent: 1, unsettled: 0 });
    expect(new Set(world.sms.sent.map(({ firstSentAt }) => firstSentAt)).size).toBe(1);
  });

  test('follow the clock on the wall of the wearer', async () => {
    await record('low');
    // Six in the morning is seven in Berlin, and one at night in New York.
    await send({ ...asleep, timeZone: 'America/New_York' });
    expect(states()).toEqual(['low: pending']);
    await expect(send({ ...asleep, timeZone: 'Europe/Berlin' })).resolves.toMatchObject({ sent: 1 });
  });

  test('let a held text be dropped as soon as it is not true any more, and not only in the morning', async () => {
    await record('low');
    await device({ cycle: 2 });
    await send(asleep);
    expect(states()).toEqual(['low: dropped']);
  });
});

describe('a pause', () => {
  const paused: Recipient = { ...wearer, preferences: { paused: true } };

  test.each(aboutDevices)('holds a text about a device until it is over: %s', async (kind) => {
    await recordTold(kind);
    await record(kind);
    await expect(send(paused)).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    expect(states()).toContain(`${kind}: pending`);
    await expect(send()).resolves.toMatchObject({ sent: 1, unsettled: 0 });
  });

  test.each(aboutOthers)('holds nothing else: %s', async (kind) => {
    await record(kind);
    await expect(send(paused)).resolves.toMatchObject({ sent: 1, unsettled: 0 });
  });
});

describe('a text about a battery that had to wait', () => {
  test.each<[string, Partial<Device> | undefined, string]>([
    ['is sent while the device is where it was', {}, 'low: sent'],
    ['is sent when the device does not know of the alert yet', { cycle: 1, armed: true }, 'low: sent'],
    ['is sent when there is no record of the device yet', undefined, 'low: sent'],
    ['is not sent when it has been charged meanwhile', { cycle: 2 }, 'low: dropped'],
  ])('%s', async (_, more, state) => {
    await record('low');
    if (more) await device(more);
    await send();
    expect(states()).toEqual([state]);
  });

  test('and is being sent by somebody else just now is not dropped', async () => {
    await record('low');
    await device({ cycle: 2 });
    const { get } = world.tables.messages;
    world.tables.messages.get = async (key) => {
      world.tables.messages.get = get;
      const row = (await get(key))!;
      return world.tables.messages.replace(row, { ...row.value, state: 'claimed', claimedBy: 'another' });
    };
    await send();
    expect(states()).toEqual(['low: claimed']);
  });
});

describe('of codes', () => {
  const code = (codeNumber: number) => record('code', { facts: { codeNumber } }, String(codeNumber));

  test('that wait only the newest is sent', async () => {
    for (const number of [1, 2, 10, 9]) await code(number);
    await expect(send()).resolves.toMatchObject({ sent: 1, unsettled: 0 });
    expect(world.tables.messages.values().map(({ facts, state }) => [facts.codeNumber, state])).toEqual([
      [1, 'dropped'],
      [2, 'dropped'],
      [10, 'sent'],
      [9, 'dropped'],
    ]);
  });

  test('none is sent after the ten minutes for which it would have been good', async () => {
    await code(1);
    world.clock.advance(10 * minute);
    await send();
    expect(states()).toEqual(['code: dropped']);
    expect(world.sms.sent).toEqual([]);
  });

  test('one is sent just before that', async () => {
    await code(1);
    world.clock.advance(10 * minute - 1);
    await expect(send()).resolves.toMatchObject({ sent: 1 });
  });
});

describe('what is not true any more when its turn comes', () => {
  const reconnected = async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, {
      ...row.value,
      provider: 'google-health',
      retirement: undefined,
    });
  };

  test.each(['reconnect', 'move'] as const)(
    'is dropped: %s, by somebody who has connected again',
    async (kind) => {
      await record(kind);
      await reconnected();
      await send();
      expect(states()).toEqual([`${kind}: dropped`]);
    },
  );

  test.each(['link', 'test', 'help'] as const)(
    'is dropped: %s, that was asked for an hour ago',
    async (kind) => {
      await record(kind);
      world.clock.advance(hour);
      await send();
      expect(states()).toEqual([`${kind}: dropped`]);
    },
  );

  test('is dropped: a reminder beside the text that it would repeat', async () => {
    for (const kind of ['low', 'critical', 'reminder'] as const) {
      await record(kind);
      world.clock.advance(1);
    }
    // The device knows of none of them: each is sent as it was recorded.
    await expect(send()).resolves.toMatchObject({ sent: 2 });
    expect(states()).toEqual(['low: sent', 'critical: sent', 'reminder: dropped']);
  });

  test('is dropped: an alert about a device that was muted meanwhile', async () => {
    await record('low');
    const { row } = deviceKey('wearer-1', 'charge-6');
    await send({ ...wearer, preferences: { mutedDevices: [row] } });
    expect(states()).toEqual(['low: dropped']);
  });

  test('is left out: the hours that were left when the text was decided', async () => {
    await record('low', { facts: { model: 'Charge 6', percent: 17, hoursLeft: 14 } });
    world.clock.advance(2 * hour + 1);
    await send();
    expect(world.sms.sent[0]?.body).toMatch(/at 17%/);
    expect(world.sms.sent[0]?.body).not.toMatch(/14/);
  });
});

describe('a text that is sent', () => {
  test('leaves a recheck while its outcome is unknown, and none when it is known', async () => {
    await record('low');
    world.sms.answers.push({ kind: 'unknown' });
    await sendWaiting(world.ports, wearer, recheckOf('wearer-1'));
    const job = { kind: 'check-battery', connection: 'wearer-1', run: 'recheck' };
    expect(world.queues.jobs).toEqual([60_000, 120_000, 180_000].map((delayMs) => ({ job, delayMs })));
  });

  test('is tried every minute for an hour while Communication Services accept nothing', async () => {
    await record('low');
    const attempts = 90;
    world.sms.answers.push(
      ...Array.from({ length: attempts }, () => ({ kind: 'unavailable', status: 429 }) as const),
    );
    let tried = 0;
    for (; tried < attempts; tried += 1) {
      world.queues.jobs.splice(0);
      await sendWaiting(world.ports, wearer, recheckOf('wearer-1'));
      if (world.queues.jobs.length === 0) break;
      expect(world.queues.jobs.map(({ delayMs }) => delayMs)).toEqual([minute]);
      world.clock.advance(minute);
    }
    expect(tried).toBe(60);
    expect(states()).toEqual(['low: pending']);
  });

  test('leaves no recheck where nothing is set up to send it', async () => {
    const sms = {
      ...world.ports.sms,
      missing: ['SMS_FROM'],
      send: () => Promise.resolve({ kind: 'unavailable' as const }),
    };
    await record('low');
    await sendWaiting({ ...world.ports, sms }, wearer, recheckOf('wearer-1'));
    expect(world.queues.jobs).toEqual([]);
  });

  test('takes nothing from the budget when it was not sent', async () => {
    world.sms.answers.push(...Array.from({ length: 5 }, () => ({ kind: 'unavailable' as const })));
    await record('low');
    for (let hours = 0; hours < 5; hours += 1) await send();
    await send({ ...wearer, phone: undefined });
    expect(world.tables.counters.values().map(({ count }) => count)).toEqual([0, 0, 0]);
    await send();
    expect(world.tables.counters.values().map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  test('was only logged in a dry run is sent when it is recorded again and the dry run is over', async () => {
    const { policy } = world.ports;
    const dry = { ...world.ports, policy: { ...policy, dryRun: true } };
    const facts = { provider: 'Fitbit' };
    await recordMessage(dry, 'wearer-1', { kind: 'reconnect', cause: ['1'], facts });
    await sendWaiting(dry, wearer);
    expect(states()).toEqual(['reconnect: logged']);
    await recordMessage(world.ports, 'wearer-1', { kind: 'reconnect', cause: ['1'], facts });
    await send();
    expect(states()).toEqual(['reconnect: sent']);
  });
});

import { deviceKey, messageKey, readingKey } from '../../../src/domain/store/row-keys';
import { linkOf } from '../../../src/domain/contact/personal-link';
import {
  exportEverything,
  nameDevice,
  readDeviceName,
  listDevices,
  savePreferences,
  sendTest,
} from '../../../src/domain/wearer/personal-page';
import { noteTextConsent } from '../../../src/domain/contact/text-consents';
import { setStopped } from '../../../src/domain/contact/addresses';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { AppError } from '../../../src/errors';
import type { Connection, Device, Message } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { secretsIn } from '../../support/revealed';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const hour = 3_600_000;
const day = 24 * hour;
const phone = new Secret('+14255550123');

let world: TestWorld;
let startedAt: number;
let connection: Connection;

async function addDevice(
  id: string,
  more: Partial<Device['reading']> = {},
  owner = 'wearer-1',
): Promise<string> {
  const key = deviceKey(owner, id);
  await world.tables.devices.insert(key, {
    connection: owner,
    reading: { device: id, kind: 'tracker', model: id, percent: 50, ...more },
    firstSeenAt: startedAt - hour,
    checkedAt: startedAt - hour,
    cycle: 1,
    armed: true,
  });
  return key.row;
}
async function addReadings(row: string, ...levels: [ageMs: number, percent: number][]): Promise<void> {
  for (const [ageMs, percent] of levels) {
    const at = startedAt - ageMs;
    await world.tables.readings.insert(readingKey('wearer-1', row, at), { at, percent });
  }
}

beforeEach(async () => {
  world = createTestWorld();
  startedAt = world.clock.now();
  ({ connection } = await connectWearer(world));
});
afterEach(() => expectDiscreet(world));

describe('readDevices', () => {
  test('gives the devices of the connection by name, each under its row', async () => {
    const rows = [await addDevice('Versa 4'), await addDevice('Aria Air'), await addDevice('Charge 6')];
    await addDevice('Sense 2', {}, 'wearer-2');
    const found = await listDevices(world.ports, 'wearer-1');
    expect(found.map(({ row, device }) => [row, device.reading.model])).toEqual([
      [rows[1], 'Aria Air'],
      [rows[2], 'Charge 6'],
      [rows[0], 'Versa 4'],
    ]);
  });

  test('gives the levels of each device of the last two weeks, in the order of their times', async () => {
    const [charge, versa] = [await addDevice('Charge 6'), await addDevice('Versa 4')];
    await addReadings(charge, [hour, 40], [15 * day, 99], [14 * day, 98], [2 * day, 60]);
    await addReadings(versa, [hour, 10]);
    const found = await listDevices(world.ports, 'wearer-1');
    expect(found.map(({ history }) => history.map(({ percent }) => percent))).toEqual([[98, 60, 40], [10]]);
    expect(found[0]?.history[2]).toEqual({ at: startedAt - hour, percent: 40 });
  });

  test('foresees how long a device lasts that has been seen to drain', async () => {
    const row = await addDevice('Charge 6');
    await addReadings(
      row,
      ...Array.from({ length: 48 }, (_, n): [number, number] => [(48 - n) * hour, 96 - n]),
    );
    const [found] = await listDevices(world.ports, 'wearer-1');
    expect(found?.hoursLeft?.from).toBeGreaterThan(24);
    expect(found?.hoursLeft?.to).toBeLessThan(72);
  });

  test('foresees nothing of a device that was seen once, or never', async () => {
    await addReadings(await addDevice('Charge 6'), [hour, 40]);
    await addDevice('Versa 4');
    const found = await listDevices(world.ports, 'wearer-1');
    expect(found.map(({ hoursLeft }) => hoursLeft)).toEqual([undefined, undefined]);
  });

  test('gives nothing where there is nothing', async () => {
    await expect(listDevices(world.ports, 'wearer-1')).resolves.toEqual([]);
  });
});

describe('savePreferences', () => {
  const save = (decide: Parameters<typeof savePreferences>[2], id = 'wearer-1') =>
    savePreferences(world.ports, id, decide);

  test('decides from what was chosen before, and keeps the rest of the record', async () => {
    await save(() => ({ threshold: 30, mutedDevices: ['one'] }));
    await save((before) => ({ ...before, paused: true }));
    expect(recordOf(world)).toEqual({
      ...connection,
      preferences: { threshold: 30, mutedDevices: ['one'], paused: true },
    });
  });

  test('goes back to the default of the service for a field that is undefined', async () => {
    await save(() => ({ threshold: 30, tellRecovered: true }));
    await save((before) => ({ ...before, threshold: undefined }));
    expect(recordOf(world).preferences).toEqual({ tellRecovered: true });
  });

  test('of two at the same time loses neither', async () => {
    await Promise.all([
      save((before) => ({ ...before, paused: true })),
      save((before) => ({ ...before, threshold: 30 })),
    ]);
    expect(recordOf(world).preferences).toEqual({ paused: true, threshold: 30 });
  });

  test.each(['nobody', 'closed'])('of %s changes nothing', async (id) => {
    await connectWearer(world, 'fitbit', { id: 'closed', closedAt: 1 });
    await save(() => ({ paused: true }), id);
    expect(world.tables.connections.values().map(({ preferences }) => preferences)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('sendTest', () => {
  const sendIt = (wearer = recordOf(world), client?: string) => sendTest(world.ports, wearer, client);

  test('texts the wearer, with their link', async () => {
    await expect(sendIt()).resolves.toBe('sent');
    const link = await linkOf(world.ports, connection);
    expect(world.sms.sent.map(({ to, body }) => [to.reveal(), body])).toEqual([
      [
        '+14255550123',
        `Fitbit Token Service: this is the test text you asked for. https://tokens.example.com/m/${link}`,
      ],
    ]);
  });

  test('texts again at another time, and once for a double click', async () => {
    await Promise.all([sendIt(), sendIt()]);
    expect(world.sms.sent).toHaveLength(1);
    world.clock.advance(1);
    await sendIt();
    expect(world.sms.sent).toHaveLength(2);
  });

  test.each<[string, Partial<Connection>]>([
    ['texts about batteries are paused', { preferences: { paused: true } }],
    ['it is in the middle of the quiet hours', { preferences: { quietHours: { from: 0, to: 1439 } } }],
  ])('is sent though %s: it was asked for', async (_, more) => {
    await expect(sendIt({ ...connection, ...more })).resolves.toBe('sent');
  });

  test('without a number is not sent', async () => {
    await expect(sendIt({ ...connection, phone: undefined })).resolves.toBe('nothing goes');
    expect(world.tables.counters.values()).toEqual([]);
  });

  test('after STOP is not sent', async () => {
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
    await expect(sendIt()).resolves.toBe('nothing goes');
    expect(world.tables.messages.values()).toEqual([]);
  });

  test('while texts are not set up is not sent', async () => {
    world.sms.missing = ['SMS_FROM'];
    await expect(sendIt()).resolves.toBe('nothing goes');
  });

  test('is limited like every text that can be provoked', async () => {
    const answers = [];
    for (let n = 0; n < 6; n += 1) {
      answers.push(await sendIt());
      world.clock.advance(1);
    }
    expect(answers).toEqual(['sent', 'sent', 'sent', 'sent', 'sent', 'limited']);
    expect(world.sms.sent).toHaveLength(5);
  });

  test('whose outcome is unknown may have arrived', async () => {
    world.sms.answers.push({ kind: 'unknown' });
    await expect(sendIt()).resolves.toBe('sent');
  });

  test.each([{ kind: 'unavailable' }, { kind: 'refused', status: 400 }] as const)(
    'that is answered with %j is not sent',
    async (answer) => {
      world.sms.answers.push(answer);
      await expect(sendIt()).resolves.toBe('not sent');
    },
  );
});

test('a test text that a queue in trouble holds up is not sent yet, and comes with the next check', async () => {
  const { enqueue } = world.queues;
  world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'down'));
  await expect(sendTest(world.ports, connection, 'client')).resolves.toBe('not sent');
  world.queues.enqueue = enqueue;
  await sendWaiting(world.ports, connection);
  expect(world.sms.sent).toHaveLength(1);
});

describe('the name of a device', () => {
  const rename = (row: string, name: string | undefined) => nameDevice(world.ports, 'wearer-1', row, name);

  test('is given, changed and taken away again, of one device and no other', async () => {
    const [one, two] = [await addDevice('one'), await addDevice('two')];
    await expect(rename(one, 'Left')).resolves.toBe(true);
    await expect(rename(two, 'Right')).resolves.toBe(true);
    await expect(rename(one, "Ada's")).resolves.toBe(true);
    expect(recordOf(world).preferences?.deviceNames).toEqual({ [one]: "Ada's", [two]: 'Right' });
    await expect(rename(two, undefined)).resolves.toBe(true);
    expect(recordOf(world).preferences?.deviceNames).toEqual({ [one]: "Ada's" });
  });

  test.each(['', '__proto__', 'f'.repeat(32)])('of %j, which is no device, changes nothing', async (row) => {
    await expect(rename(row, 'Left')).resolves.toBe(false);
    expect(recordOf(world).preferences).toBeUndefined();
  });

  test.each([
    ['Left', 'Left'],
    ["  Ada's \t watch\n", "Ada's watch"],
    ['Mamá ⌚', 'Mamá ⌚'],
    ['left\u202eright\u0000', 'left right'],
    ['x'.repeat(29) + ' yz', 'x'.repeat(29)],
    ['⌚'.repeat(10), undefined],
    ['时钟', undefined],
    ['...', undefined],
    ['', undefined],
  ])('%j is read as %j', (typed, name) => {
    expect(readDeviceName(typed)).toBe(name);
  });
});

describe('exportEverything', () => {
  const everything: Partial<Connection> = {
    textConsent: { at: Date.parse('2026-10-01T05:59:00Z'), wording: '2026-11' },
    timeZone: 'Europe/Berlin',
    missingScopes: ['profile'],
    linkVersion: 2,
    linkReplaced: { at: Date.parse('2026-10-02T06:00:00Z'), by: 'a hash' },
    preferences: { threshold: 30, quietHours: { from: 1320, to: 420 }, mutedDevices: ['a-row'] },
  };
  const message: Message = {
    id: 'message-1',
    connection: 'wearer-1',
    kind: 'low',
    device: 'charge-6',
    cycle: 1,
    createdAt: Date.parse('2026-11-20T06:00:00Z'),
    firstSentAt: Date.parse('2026-11-20T06:00:01Z'),
    state: 'sent',
    body: 'Your Charge 6 is at 17%. {link}',
    facts: { percent: 17 },
    claimedBy: 'sender-1',
    smsId: 'sms-1',
  };

  test('says that the account could not be read when the vault does not answer, and gives the rest', async () => {
    world.vault.readTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    await expect(exportEverything(world.ports, connection)).resolves.toMatchObject({
      account: { unknown: expect.stringContaining('did not answer') },
      connection: { id: 'wearer-1' },
    });
  });

  test('gives all that is stored about the wearer, in words and times that a person can read', async () => {
    const consentedAt = Date.parse('2026-10-01T06:00:00Z');
    const wearer = { ...connection, ...everything, pointer: { ...connection.pointer!, consentedAt } };
    const row = await addDevice('charge-6', {
      model: 'Charge 6',
      percent: 17,
      word: 'low',
      syncedAt: Date.parse('2026-11-21T05:30:00Z'),
    });
    await addReadings(row, [80 * day, 90], [hour, 17]);
    await world.tables.messages.insert(messageKey('wearer-1', 'message-1'), message);
    await noteTextConsent(world.ports, wearer);
    const { providerUserId, scopes } = world.vault.saved[0]!.set;
    expect([providerUserId.length, scopes.length].every((length) => length > 0)).toBe(true);
    const deviceNames = { [row]: 'Mine' };
    const named = { ...wearer, preferences: { ...everything.preferences, deviceNames } };
    expect(JSON.parse(JSON.stringify(await exportEverything(world.ports, named)))).toEqual({
      exportedAt: '2026-11-21T06:00:00.000Z',
      connection: {
        id: 'wearer-1',
        provider: 'fitbit',
        createdAt: '2026-11-21T06:00:00.000Z',
        lastRotatedAt: '2026-11-21T05:00:00.000Z',
        consentedAt: '2026-10-01T06:00:00.000Z',
        permissionsNotGiven: ['profile'],
        linkVersion: 2,
        linkReplacedAt: '2026-10-02T06:00:00.000Z',
      },
      account: { id: providerUserId, scopes },
      number: '+1 425 555 0123',
      saidStop: false,
      proofsOfConsent: [{ at: '2026-10-01T05:59:00.000Z', wording: '2026-11' }],
      numbersEntered: [],
      consentToTexts: { at: '2026-10-01T05:59:00.000Z', wording: '2026-11' },
      timeZone: 'Europe/Berlin',
      preferences: {
        threshold: 30,
        quietHours: { from: 1320, to: 420 },
        mutedDevices: ['a-row'],
        deviceNames,
      },
      devices: [
        {
          name: 'Charge 6',
          yourName: 'Mine',
          kind: 'tracker',
          providerId: 'charge-6',
          percent: 17,
          word: 'low',
          syncedAt: '2026-11-21T05:30:00.000Z',
          checkedAt: '2026-11-21T05:00:00.000Z',
          readings: [
            { at: '2026-09-02T06:00:00.000Z', percent: 90 },
            { at: '2026-11-21T05:00:00.000Z', percent: 17 },
          ],
        },
      ],
      messages: [
        {
          kind: 'low',
          state: 'sent',
          createdAt: '2026-11-20T06:00:00.000Z',
          sentAt: '2026-11-20T06:00:01.000Z',
          text: 'Your Charge 6 is at 17%. {link}',
        },
      ],
    });
  });

  test('of somebody who just signed up without a number is short', async () => {
    const wearer = { ...connection, phone: undefined, pointer: undefined, timeZone: undefined };
    expect(JSON.parse(JSON.stringify(await exportEverything(world.ports, wearer)))).toEqual({
      exportedAt: '2026-11-21T06:00:00.000Z',
      connection: {
        id: 'wearer-1',
        provider: 'fitbit',
        createdAt: '2026-11-21T06:00:00.000Z',
        permissionsNotGiven: [],
        linkVersion: 1,
      },
      proofsOfConsent: [],
      numbersEntered: [],
      devices: [],
      messages: [],
    });
  });

  test('tells the messages in the order in which they were made', async () => {
    for (let n = 0; n < 5; n += 1) {
      await sendTest(world.ports, connection, undefined);
      world.clock.advance(1_000);
    }
    const { messages } = await exportEverything(world.ports, recordOf(world));
    const times = messages.map(({ createdAt }) => createdAt);
    expect(times).toHaveLength(5);
    expect(times).toEqual([...times].sort());
  });

  test('holds no token and no link, and nothing of anybody else', async () => {
    await sendTest(world.ports, connection, undefined);
    const other = await connectWearer(world, 'fitbit', { id: 'wearer-2', phone: new Secret('+14255550199') });
    await addDevice('Sense 2', {}, 'wearer-2');
    await sendTest(world.ports, other.connection, undefined);
    const text = JSON.stringify(await exportEverything(world.ports, recordOf(world)));
    const tokens = secretsIn(world.vault.saved.map(({ set }) => set));
    const links = await Promise.all([connection, other.connection].map((each) => linkOf(world.ports, each)));
    expect(
      [...tokens, ...links, 'Sense 2', '0199', 'wearer-2'].filter((each) => text.includes(each)),
    ).toEqual([]);
    expect(text).toContain('https://tokens.example.com/m/{link}');
  });
});

import { checkBattery } from '../../../src/domain/operation/check-battery';
import { change } from '../../../src/domain/store/compare-and-swap';
import {
  alarmKey,
  connectionKey,
  deviceKey,
  messageId,
  messageKey,
  readingKey,
} from '../../../src/domain/store/row-keys';
import { AppError } from '../../../src/errors';
import type { Alarm, Connection, Preferences } from '../../../src/model';
import type { HttpAnswer } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer, answerLost, connectionRefused, type Reply } from '../../support/scripted-http';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { settled } from '../../support/settled';

const hour = 3_600_000;
const phone = '+14255550123';

let world: TestWorld;
let startedAt: number;
const check = async (id = 'wearer-1') => settled(await checkBattery(world.ports, id));

/** A device as Google Health reports it, synced now. */
const device = (id: string, batteryLevel: number | undefined, more: Record<string, unknown> = {}) => ({
  name: `users/me/pairedDevices/${id}`,
  deviceType: 'TRACKER',
  deviceVersion: 'Charge 6',
  batteryLevel,
  lastSyncTime: new Date(world.clock.now()).toISOString(),
  ...more,
});
const page = (pairedDevices: readonly unknown[], nextPageToken?: string) =>
  answer(200, { pairedDevices, nextPageToken });

/** A check an hour later that finds these devices. */
function checkAnHourLater(...devices: readonly unknown[]): ReturnType<typeof check> {
  world.clock.advance(hour);
  world.http.script(page(devices));
  return check();
}
const connect = (more: Partial<Connection> = {}) =>
  connectWearer(world, 'google-health', {
    set: { expiresAt: startedAt + 1_000 * hour },
    timeZone: 'Europe/London',
    ...more,
  });
async function leaveNumber(): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, phone: new Secret(phone) });
}
async function claimElsewhere(): Promise<void> {
  const key = messageKey('wearer-1', messageId('wearer-1', 'low', '1', '1'));
  const row = (await world.tables.messages.get(key))!;
  await world.tables.messages.replace(row, { ...row.value, state: 'claimed', claimedBy: 'somebody else' });
}
const devices = () => world.tables.devices.values();
const messages = () => world.tables.messages.values();
/** What was told of which device, as the facts of the messages that were sent. */
const told = () =>
  messages()
    .filter(({ state }) => state === 'sent')
    .map(({ kind, facts }) => [kind, facts.model, facts.percent ?? facts.word]);

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('a check that finds a low battery', () => {
  test('sends one text, records it, and remembers that this cycle is told', async () => {
    await connect();
    world.http.script(page([device('1', 17)]));
    await expect(check()).resolves.toEqual({ devices: 1, alerts: 1, sent: 1, unsettled: 0 });

    const id = messageId('wearer-1', 'low', '1', '1');
    expect(revealed(world.sms.sent)).toEqual([
      {
        id,
        firstSentAt: startedAt,
        to: phone,
        body: expect.stringContaining('Charge 6 is at 17%'),
        tag: `wearer-1.${id}`,
      },
    ]);
    expect((await world.tables.messages.get(messageKey('wearer-1', id)))?.value).toEqual({
      id,
      connection: 'wearer-1',
      kind: 'low',
      device: '1',
      cycle: 1,
      createdAt: startedAt,
      state: 'sent',
      facts: expect.objectContaining({ model: 'Charge 6', percent: 17 }),
      body: expect.stringContaining('Charge 6 is at 17%'),
      firstSentAt: startedAt,
      claimedUntil: undefined,
      claimedBy: 'id-1',
      smsId: 'sms-1',
    });
    expect((await world.tables.devices.get(deviceKey('wearer-1', '1')))?.value).toEqual({
      connection: 'wearer-1',
      reading: {
        device: '1',
        kind: 'tracker',
        model: 'Charge 6',
        percent: 17,
        syncMark: '2026-11-21T06:00:00.000Z',
        syncedAt: startedAt,
      },
      firstSeenAt: startedAt,
      checkedAt: startedAt,
      cycle: 1,
      armed: false,
      toldAt: startedAt,
      toldLevel: 17,
      lowest: 17,
      heard: true,
    });
    expect(world.log.entries).toEqual([
      {
        level: 'info',
        event: 'sms.send',
        fields: { connection: 'wearer-1', message: id, kind: 'low', outcome: 'accepted' },
      },
      { level: 'info', event: 'battery.checked', fields: { connection: 'wearer-1', count: 1 } },
    ]);
  });

  test('asks with the access token in the header and nothing of it in the address', async () => {
    await connect();
    world.http.script(page([]));
    await check();
    expect(world.http.requests.map(revealed)).toEqual([
      {
        method: 'GET',
        url: 'https://health.googleapis.com/v4/users/me/pairedDevices?pageSize=100',
        headers: {},
        authorization: { bearer: 'access-1' },
        timeoutMs: 10_000,
      },
    ]);
  });

  test('every hour sends one text per cycle', async () => {
    await connect();
    for (const level of [25, 20, 15, 6, 90, 60, 18, 17]) await checkAnHourLater(device('1', level));
    expect(told()).toEqual([
      ['low', 'Charge 6', 20],
      ['low', 'Charge 6', 18],
    ]);
    expect(messages().map(({ cycle, state }) => [cycle, state])).toEqual([
      [1, 'sent'],
      [2, 'sent'],
    ]);
    expect(new Set(world.sms.sent.map(({ id }) => id)).size).toBe(2);
  });

  test('of several devices tells each low one, and no other', async () => {
    await connect();
    world.http.script(
      page([
        device('1', 10, { deviceVersion: 'Sense 2' }),
        device('2', 80),
        device('3', 5, { deviceType: 'SCALE', deviceVersion: 'Aria Air' }),
        device('4', undefined, { batteryStatus: 'Empty', deviceVersion: 'Inspire 3' }),
        device('5', undefined),
        device('6', 9, { deviceType: 'SMART_RING', deviceVersion: 'Ring' }),
        device('7', 8, { lastSyncTime: new Date(startedAt - 49 * hour).toISOString() }),
      ]),
    );
    await expect(check()).resolves.toEqual({ devices: 7, alerts: 3, sent: 3, unsettled: 0 });
    expect(told().sort()).toEqual([
      ['critical', 'Inspire 3', 'empty'],
      ['low', 'Ring', 9],
      ['low', 'Sense 2', 10],
    ]);
    expect(devices()).toHaveLength(7);
  });

  test('tells about a scale when the policy says so', async () => {
    world = createTestWorld({ policy: { ...world.ports.policy, alertOnScales: true } });
    await connect();
    world.http.script(
      page([
        device('3', 9, { deviceType: 'SCALE', deviceVersion: 'Aria Air' }),
        device('4', 18, { deviceType: 'SCALE', deviceVersion: 'Aria 2' }),
      ]),
    );
    await expect(check()).resolves.toMatchObject({ alerts: 1 });
    expect(told()).toEqual([['low', 'Aria Air', 9]]);
  });

  test('at Fitbit tells by percent or word, and leaves the phone out', async () => {
    await connectWearer(world, 'fitbit', { timeZone: 'Europe/London' });
    const lastSyncTime = new Date(world.clock.now()).toISOString().slice(0, -1);
    world.http.script(
      answer(200, [
        {
          id: '1',
          type: 'TRACKER',
          deviceVersion: 'Charge 5',
          battery: 'Low',
          batteryLevel: 17,
          lastSyncTime,
        },
        { id: 2, type: 'TRACKER', deviceVersion: 'Alta', battery: 'Low', lastSyncTime },
        { id: '3', type: 'TRACKER', deviceVersion: 'MobileTrack', battery: 'Empty', lastSyncTime },
      ]),
    );
    await expect(check()).resolves.toEqual({ devices: 2, alerts: 2, sent: 2, unsettled: 0 });
    expect(told().sort()).toEqual([
      ['low', 'Alta', 'low'],
      ['low', 'Charge 5', 17],
    ]);
    expect(world.http.requests[0]?.url).toBe('https://api.fitbit.com/1/user/-/devices.json');
  });

  test.each([
    ['48 hours after it was first seen', 48, 1],
    ['49 hours after it was first seen', 49, 0],
  ])('that never changes and has no sync time tells %s or not at all', async (_, hours, alerts) => {
    await connect({ phone: undefined });
    const silent = { lastSyncTime: undefined };
    await checkAnHourLater(device('1', 11, silent));
    await checkAnHourLater(device('1', 10, silent));
    const firstSeenAt = world.clock.now();
    await leaveNumber();
    world.clock.advance((hours - 1) * hour);
    await expect(checkAnHourLater(device('1', 10, silent))).resolves.toMatchObject({ alerts, sent: alerts });
    expect(devices()).toEqual([
      expect.objectContaining({ firstSeenAt, checkedAt: firstSeenAt + hours * hour, armed: alerts === 0 }),
    ]);
  });
});

describe('the pages of a device list', () => {
  test('are all read, and each is asked for with the token of the one before', async () => {
    await connect();
    world.http.script(
      page([device('1', 80)], 'p/2'),
      page([device('2', 80)], 'p3'),
      page([device('3', 9)], ''),
    );
    await expect(check()).resolves.toEqual({ devices: 3, alerts: 1, sent: 1, unsettled: 0 });
    expect(world.http.requests.map(({ url }) => new URL(url).search)).toEqual([
      '?pageSize=100',
      '?pageSize=100&pageToken=p%2F2',
      '?pageSize=100&pageToken=p3',
    ]);
  });

  test('end after 50, so that an answer which never ends does not keep a worker', async () => {
    await connect();
    world.http.script(...Array.from({ length: 50 }, () => page([], 'again')));
    await expect(check()).resolves.toMatchObject({ devices: 0 });
    expect(world.http.requests).toHaveLength(50);
  });

  test('of which one fails decide nothing: a half list is no list', async () => {
    await connect();
    world.http.script(page([device('1', 5)], 'p2'), answer(500));
    await expect(check()).resolves.toMatchObject({ ok: false, code: 'PROVIDER_UNAVAILABLE' });
    expect(devices()).toEqual([]);
    expect(world.sms.sent).toEqual([]);
  });

  test('may be empty: {} is no devices', async () => {
    await connect();
    world.http.script(answer(200, {}));
    await expect(check()).resolves.toEqual({ devices: 0, alerts: 0, sent: 0, unsettled: 0 });
  });
});

describe('a check that cannot read the devices', () => {
  const apiError = (reason: string) => ({ error: { status: 'PERMISSION_DENIED', details: [{ reason }] } });
  test.each<[string, Reply, string]>([
    ['the provider is not reached', connectionRefused, 'PROVIDER_UNAVAILABLE'],
    ['the provider does not answer', answerLost, 'PROVIDER_UNAVAILABLE'],
    ['there are too many requests', answer(429), 'RATE_LIMITED'],
    ['the scope is missing', answer(403, apiError('ACCESS_TOKEN_SCOPE_INSUFFICIENT')), 'SCOPE_MISSING'],
    ['the API is disabled', answer(403, apiError('SERVICE_DISABLED')), 'API_DISABLED'],
    ['the account has no profile', answer(400, apiError('ACCOUNT_NOT_LINKED')), 'ACCOUNT_NOT_LINKED'],
    ['the answer is something else', answer(200, []), 'ANSWER_UNREADABLE'],
  ])('because %s says so, notes it, and changes nothing else', async (_, reply, code) => {
    const { connection } = await connect();
    world.http.script(reply);
    await expect(check()).resolves.toMatchObject({ ok: false, code });
    const now = world.clock.now();
    const failingCheck = { since: now, code, codeSince: now, count: 1, lastAt: now };
    expect(world.tables.connections.values()).toEqual([{ ...connection, failingCheck }]);
    expect(devices()).toEqual([]);
    expect(messages()).toEqual([]);
    expect(world.log.entries).toEqual([
      { level: 'warn', event: 'battery.check_failed', fields: { connection: 'wearer-1', code } },
    ]);
  });

  test('because there is no such connection says so', async () => {
    await expect(check('nobody')).resolves.toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(world.log.entries).toEqual([
      {
        level: 'warn',
        event: 'battery.check_failed',
        fields: { connection: 'nobody', code: 'CONNECTION_UNKNOWN' },
      },
    ]);
  });

  test('because the connection was removed while it was read decides nothing', async () => {
    await connect();
    const meanwhile = async (): Promise<HttpAnswer> => {
      await world.tables.connections.remove((await world.tables.connections.get(connectionKey('wearer-1')))!);
      return page([device('1', 5)]);
    };
    world.http.script(meanwhile);
    await expect(check()).resolves.toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(devices()).toEqual([]);
    expect(messages()).toEqual([]);
  });
});

describe('an alert that nobody can be told about', () => {
  test('because the wearer left no number stays armed until there is one', async () => {
    await connect({ phone: undefined });
    await expect(checkAnHourLater(device('1', 17))).resolves.toEqual({
      devices: 1,
      alerts: 0,
      sent: 0,
      unsettled: 0,
    });
    expect(devices()).toEqual([expect.objectContaining({ armed: true, cycle: 1 })]);
    expect(messages()).toEqual([]);

    await leaveNumber();
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(told()).toEqual([['low', 'Charge 6', 16]]);
  });

  test('because texts are not set up stays armed until they are', async () => {
    await connect();
    world.sms.missing.push('SMS_FROM');
    await expect(checkAnHourLater(device('1', 17))).resolves.toEqual({
      devices: 1,
      alerts: 0,
      sent: 0,
      unsettled: 0,
    });
    expect(devices()).toEqual([expect.objectContaining({ armed: true })]);
    world.sms.missing.length = 0;
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 1, sent: 1 });
  });
});

describe('a text that is not sent at once', () => {
  test('because Communication Services is unavailable is sent by the next check', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unavailable', status: 429 });
    await expect(checkAnHourLater(device('1', 17))).resolves.toEqual({
      devices: 1,
      alerts: 1,
      sent: 0,
      unsettled: 0,
    });
    expect(messages()).toEqual([expect.objectContaining({ state: 'pending' })]);
    await expect(checkAnHourLater(device('1', 16))).resolves.toEqual({
      devices: 1,
      alerts: 0,
      sent: 1,
      unsettled: 0,
    });
    expect(messages()).toEqual([expect.objectContaining({ state: 'sent' })]);
  });

  test('because its outcome is unknown is shown as unknown an hour later, and not sent again', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unknown' });
    await checkAnHourLater(device('1', 17));
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({
      alerts: 0,
      sent: 0,
      unsettled: 0,
    });
    expect(messages()).toEqual([expect.objectContaining({ state: 'unknown' })]);
    expect(world.sms.sent).toHaveLength(1);
    expect(world.log.events()).toContain('sms.unknown');
  });

  test.each(['refused', 'sent', 'unknown', 'dropped'] as const)(
    'once it is %s is not touched any more',
    async (state) => {
      await connect();
      await checkAnHourLater(device('1', 17));
      const key = messageKey('wearer-1', messageId('wearer-1', 'low', '1', '1'));
      const row = (await world.tables.messages.get(key))!;
      const before = await world.tables.messages.replace(row, { ...row.value, state });
      await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 0, sent: 0 });
      expect(await world.tables.messages.get(key)).toEqual(before);
      expect(world.sms.sent).toHaveLength(1);
    },
  );

  test('because its outcome is unknown is counted, and repeated by a check within four minutes', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unknown' });
    await expect(checkAnHourLater(device('1', 17))).resolves.toMatchObject({ sent: 0, unsettled: 1 });
    world.clock.advance(60_000);
    world.http.script(page([device('1', 17)]));
    await expect(check()).resolves.toMatchObject({ alerts: 0, sent: 1, unsettled: 0 });
    expect(
      new Set(world.sms.sent.map(({ id, firstSentAt, body }) => `${id} ${firstSentAt} ${body}`)).size,
    ).toBe(1);
  });

  test('is dropped when the battery was charged before it could be sent', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unavailable', status: 403 });
    await checkAnHourLater(device('1', 17));
    await expect(checkAnHourLater(device('1', 95))).resolves.toMatchObject({
      alerts: 0,
      sent: 0,
      unsettled: 0,
    });
    expect(messages()).toEqual([expect.objectContaining({ cycle: 1, state: 'dropped' })]);
    expect(world.sms.sent).toHaveLength(1);
    await expect(checkAnHourLater(device('1', 18))).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(told().at(-1)).toEqual(['low', 'Charge 6', 18]);
  });

  test('is sent although its check died before it wrote the device down', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unavailable' });
    await checkAnHourLater(device('1', 17));
    await world.tables.devices.remove((await world.tables.devices.get(deviceKey('wearer-1', '1')))!);
    await expect(checkAnHourLater(device('1', 21))).resolves.toMatchObject({ alerts: 0, sent: 1 });
    expect(messages()).toEqual([expect.objectContaining({ state: 'sent' })]);
  });

  test('and whose wearer has disconnected meanwhile is not sent', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unavailable' });
    await checkAnHourLater(device('1', 17));
    await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
      ...record,
      closedAt: 1,
    }));
    await expect(checkBattery(world.ports, 'wearer-1')).resolves.toEqual({
      ok: false,
      code: 'CONNECTION_UNKNOWN',
    });
    expect(world.sms.sent).toHaveLength(1);
  });

  test('and was claimed by another worker just before it would be dropped is left to that one', async () => {
    await connect();
    world.sms.answers.push({ kind: 'unavailable' });
    await checkAnHourLater(device('1', 17));
    const { get } = world.tables.devices;
    let reads = 0;
    world.tables.devices.get = async (key) => {
      if ((reads += 1) === 1) await claimElsewhere();
      return get(key);
    };
    await checkAnHourLater(device('1', 95));
    expect(messages()).toEqual([expect.objectContaining({ state: 'claimed', claimedBy: 'somebody else' })]);
  });

  test('belongs to its wearer: a check of another one does not send it', async () => {
    await connect();
    await connect({ id: 'wearer-2' });
    world.sms.answers.push({ kind: 'unavailable' });
    await checkAnHourLater(device('1', 17));
    world.http.script(page([]));
    await expect(check('wearer-2')).resolves.toMatchObject({ sent: 0 });
    expect(world.sms.sent).toHaveLength(1);
  });
});

describe('a check that dies or meets another one', () => {
  const tableUnavailable = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.'));

  test('two at once send one text', async () => {
    await connect();
    world.http.script(page([device('1', 17)]), page([device('1', 17)]));
    const results = await Promise.all([check(), check()]);
    expect(results.map((result) => 'alerts' in result && result.alerts)).toEqual([1, 1]);
    expect(world.sms.sent).toHaveLength(1);
    expect(messages()).toEqual([expect.objectContaining({ state: 'sent', cycle: 1 })]);
    expect(devices()).toEqual([expect.objectContaining({ armed: false, cycle: 1 })]);
  });

  test('two at once on a device that is known send one text', async () => {
    await connect();
    await checkAnHourLater(device('1', 60));
    world.http.script(page([device('1', 17)]), page([device('1', 17)]));
    await Promise.all([check(), check()]);
    expect(world.sms.sent).toHaveLength(1);
    expect(devices()).toEqual([expect.objectContaining({ armed: false, cycle: 1 })]);
  });

  test('the message is there before the device is marked as told', async () => {
    await connect();
    world.tables.devices.insert = tableUnavailable;
    world.http.script(page([device('1', 17)]));
    await expect(check()).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(messages()).toEqual([expect.objectContaining({ state: 'pending', cycle: 1 })]);
    expect(world.sms.sent).toEqual([]);
  });

  test('after one died between the two, the next sends one text for the cycle', async () => {
    await connect();
    const { insert } = world.tables.devices;
    world.tables.devices.insert = tableUnavailable;
    world.http.script(page([device('1', 17)]));
    await expect(check()).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    world.tables.devices.insert = insert;
    await expect(checkAnHourLater(device('1', 16))).resolves.toEqual({
      devices: 1,
      alerts: 1,
      sent: 1,
      unsettled: 0,
    });
    await checkAnHourLater(device('1', 15));
    expect(messages()).toHaveLength(1);
    expect(world.sms.sent).toHaveLength(1);
  });

  test('a message that cannot be recorded leaves the device armed', async () => {
    await connect();
    await checkAnHourLater(device('1', 60));
    world.tables.messages.insert = tableUnavailable;
    await expect(checkAnHourLater(device('1', 17))).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(devices()).toEqual([
      expect.objectContaining({ armed: true, reading: expect.objectContaining({ percent: 60 }) }),
    ]);
    expect(world.sms.sent).toEqual([]);
  });
});

describe('the preferences of a wearer', () => {
  const { row } = deviceKey('wearer-1', '1');
  const prefer = (preferences: Preferences | undefined) =>
    change(world.tables.connections, connectionKey('wearer-1'), (record) => ({ ...record, preferences }));

  test('decide at what level there is a text, and that there is a second', async () => {
    await connect({ preferences: { threshold: 40, criticalAt: 15 } });
    for (const level of [50, 40, 16, 15, 14]) await checkAnHourLater(device('1', level));
    expect(told()).toEqual([
      ['low', 'Charge 6', 40],
      ['critical', 'Charge 6', 15],
    ]);
  });

  test('decide that a text is repeated, each time as a message of its own', async () => {
    await connect({ preferences: { remindEveryHours: 2 } });
    for (const level of [19, 18, 17, 16, 15]) await checkAnHourLater(device('1', level));
    expect(told()).toEqual([
      ['low', 'Charge 6', 19],
      ['reminder', 'Charge 6', 17],
      ['reminder', 'Charge 6', 15],
    ]);
    const ids = ['1', '2'].map((number) => messageId('wearer-1', 'reminder', '1', '1', number));
    expect(messages().map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  test('decide that a charge is told about', async () => {
    await connect({ preferences: { tellRecovered: true } });
    for (const level of [19, 80, 90]) await checkAnHourLater(device('1', level));
    expect(told()).toEqual([
      ['low', 'Charge 6', 19],
      ['recovered', 'Charge 6', 80],
    ]);
    expect(messages().map(({ cycle }) => cycle)).toEqual([1, 2]);
  });

  test.each<[string, Preferences]>([
    ['a pause', { paused: true }],
    ['a muted device', { mutedDevices: [row] }],
  ])('can be %s, after which what is still due is told', async (_, preferences) => {
    await connect({ preferences });
    await expect(checkAnHourLater(device('1', 17))).resolves.toMatchObject({ alerts: 0 });
    expect(messages()).toEqual([]);
    expect(devices()).toEqual([expect.objectContaining({ armed: true, cycle: 1 })]);
    await prefer(undefined);
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 1, sent: 1 });
  });

  test('name a device, also in its texts', async () => {
    await connect({ preferences: { deviceNames: { [row]: 'Left' } } });
    await checkAnHourLater(device('1', 17), device('2', 16));
    expect(told()).toEqual(
      expect.arrayContaining([
        ['low', 'Left', 17],
        ['low', 'Charge 6', 16],
      ]),
    );
  });

  test('mute no other device', async () => {
    await connect({ preferences: { mutedDevices: [row] } });
    await checkAnHourLater(device('1', 17), device('2', 16));
    expect(told()).toEqual([['low', 'Charge 6', 16]]);
  });
});

describe('the history of a device', () => {
  const readings = () => world.tables.readings.values();

  test('holds each new level at the time of its sync, once', async () => {
    await connect();
    const lastSyncTime = new Date(startedAt - 5 * 60_000).toISOString();
    await checkAnHourLater(device('1', 60, { lastSyncTime }));
    await checkAnHourLater(device('1', 60, { lastSyncTime }));
    await checkAnHourLater(device('1', 59));
    expect(readings()).toEqual([
      { at: startedAt - 5 * 60_000, percent: 60 },
      { at: startedAt + 2 * hour, percent: 59 },
    ]);
    const { row } = deviceKey('wearer-1', '1');
    const key = readingKey('wearer-1', row, startedAt - 5 * 60_000);
    expect((await world.tables.readings.get(key))?.value.percent).toBe(60);
  });

  test('without sync times holds each level at the time when it was first seen', async () => {
    await connect();
    for (const level of [60, 60, 59]) await checkAnHourLater(device('1', level, { lastSyncTime: undefined }));
    expect(readings()).toEqual([
      { at: startedAt + hour, percent: 60 },
      { at: startedAt + 3 * hour, percent: 59 },
    ]);
  });

  test('holds nothing of a level that is unknown', async () => {
    await connect();
    await checkAnHourLater(device('1', undefined, { batteryStatus: 'Low' }));
    expect(readings()).toEqual([]);
  });

  test('holds a level once when two checks find it', async () => {
    await connect();
    world.http.script(page([device('1', 60)]), page([device('1', 60)]));
    await Promise.all([check(), check()]);
    expect(readings()).toHaveLength(1);
  });

  test('says how long the battery lasts, in the text', async () => {
    await connect();
    for (let level = 48; level >= 20; level -= 1) await checkAnHourLater(device('1', level));
    expect(messages().map(({ kind, facts }) => [kind, facts.hoursLeft])).toEqual([['low', 20]]);
  });

  test('says nothing of that when it is too short', async () => {
    await connect();
    for (const level of [30, 25, 20]) await checkAnHourLater(device('1', level));
    expect(messages()).toEqual([expect.objectContaining({ kind: 'low' })]);
    expect(messages()[0]?.facts.hoursLeft).toBeUndefined();
  });

  test('says of a battery that is nearly flat that an hour is left, not none', async () => {
    await connect();
    for (let level = 93; level >= 5; level -= 4) await checkAnHourLater(device('1', level));
    expect(messages().find(({ kind }) => kind === 'critical')?.facts).toMatchObject({
      percent: 5,
      hoursLeft: 1,
    });
  });

  test('belongs to the device: another one changes nothing', async () => {
    await connect();
    for (let level = 48; level >= 20; level -= 1) {
      await checkAnHourLater(device('1', level), device('2', 100 - level));
    }
    expect(messages().map(({ facts }) => facts.hoursLeft)).toEqual([20]);
  });

  test('is read once for a level that is new, and once more for a text', async () => {
    await connect();
    const list = jest.spyOn(world.tables.readings, 'list');
    for (const level of [40, 30, 30, 30]) await checkAnHourLater(device('1', level));
    expect(list).toHaveBeenCalledTimes(2);
    await checkAnHourLater(device('1', 20));
    expect(list).toHaveBeenCalledTimes(4);
  });
});

describe('a device that falls silent', () => {
  /** Its last sync was at the first check; it is checked every hour. */
  async function fallSilent(level: number, hours: number): ReturnType<typeof check> {
    await connect();
    const last = device('1', level);
    for (let each = 1; each < hours; each += 1) await checkAnHourLater(last);
    return checkAnHourLater(last);
  }
  const syncOf = () => devices()[0]!.reading.syncMark;
  const alarm = (endedAt?: number): Alarm => ({
    name: 'many devices silent',
    since: startedAt,
    lastSeenAt: startedAt,
    endedAt,
  });
  const alarmed = alarmKey('many devices silent');

  test('after a lowish level is told about once, with the level and the days', async () => {
    await expect(fallSilent(27, 49)).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(messages()).toEqual([
      expect.objectContaining({
        kind: 'silent',
        id: messageId('wearer-1', 'silent', '1', '1'),
        facts: expect.objectContaining({ model: 'Charge 6', percent: 27, silentDays: 2 }),
      }),
    ]);
    const again = checkAnHourLater(device('1', 27, { lastSyncTime: syncOf() }));
    await expect(again).resolves.toMatchObject({ alerts: 0 });
  });

  test('for days, at a good level, is told about in another way', async () => {
    await expect(fallSilent(80, 7 * 24 + 1)).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(messages()).toEqual([
      expect.objectContaining({
        kind: 'unseen',
        facts: expect.objectContaining({ percent: 80, silentDays: 7 }),
      }),
    ]);
  });

  test('is not told about while many are silent, nor for a day after, and is told about then', async () => {
    const row = await world.tables.alarms.insert(alarmed, alarm());
    await expect(fallSilent(27, 50)).resolves.toMatchObject({ alerts: 0 });
    const last = device('1', 27, { lastSyncTime: syncOf() });
    await world.tables.alarms.replace(row, alarm(world.clock.now()));
    await expect(checkAnHourLater(last)).resolves.toMatchObject({ alerts: 0 });
    expect(messages()).toEqual([]);
    for (let each = 0; each < 22; each += 1) await checkAnHourLater(last);
    expect(messages()).toEqual([]);
    await expect(checkAnHourLater(last)).resolves.toMatchObject({ alerts: 1, sent: 1 });
  });

  test('asks for that alarm only then', async () => {
    const get = jest.spyOn(world.tables.alarms, 'get');
    await fallSilent(27, 40);
    expect(get).not.toHaveBeenCalledWith(alarmed);
  });

  test('has to have told when it synced: a level that stays the same says nothing', async () => {
    await connect();
    const silent = (level: number) => device('1', level, { lastSyncTime: undefined });
    await checkAnHourLater(silent(29));
    await checkAnHourLater(silent(28));
    world.clock.advance(9 * 24 * hour);
    await expect(checkAnHourLater(silent(28))).resolves.toMatchObject({ alerts: 0 });
  });
});

describe('a device that the provider does not list any more', () => {
  test('is marked, kept, and told about neither as low nor as silent', async () => {
    await connect();
    await checkAnHourLater(device('1', 25), device('2', 80));
    await expect(checkAnHourLater(device('2', 80))).resolves.toMatchObject({ devices: 1, alerts: 0 });
    const gone = devices().find(({ reading }) => reading.device === '1');
    expect(gone).toMatchObject({ goneAt: startedAt + 2 * hour, checkedAt: startedAt + hour });
    for (let days = 0; days < 10; days += 1) {
      world.clock.advance(23 * hour);
      await checkAnHourLater(device('2', 80));
    }
    expect(devices().find(({ reading }) => reading.device === '1')).toEqual(gone);
    expect(messages()).toEqual([]);
  });

  test('and comes back charged has a new cycle', async () => {
    await connect();
    await checkAnHourLater(device('1', 17));
    await checkAnHourLater();
    world.clock.advance(24 * hour);
    await checkAnHourLater(device('1', 60));
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(messages().map(({ cycle }) => cycle)).toEqual([1, 2]);
    expect(devices()[0]?.goneAt).toBeUndefined();
  });

  test('in one incomplete answer goes on in its cycle', async () => {
    await connect();
    await checkAnHourLater(device('1', 17));
    await checkAnHourLater();
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 0 });
    expect(devices()).toEqual([expect.objectContaining({ armed: false, cycle: 1 })]);
  });

  test('is not marked by an answer that failed', async () => {
    await connect();
    await checkAnHourLater(device('1', 60));
    world.clock.advance(hour);
    world.http.script(answer(500));
    await check();
    expect(devices()[0]?.goneAt).toBeUndefined();
  });

  test('because another one of another model replaced it leaves that one a cycle of its own', async () => {
    await connect();
    await checkAnHourLater(device('1', 17));
    await checkAnHourLater(device('2', 15, { deviceVersion: 'Sense 2' }));
    expect(messages().map((message) => [message.device, message.cycle])).toEqual(
      expect.arrayContaining([
        ['1', 1],
        ['2', 1],
      ]),
    );
    expect(world.sms.sent).toHaveLength(2);
  });

  test('is another matter than one that is listed twice, which counts once', async () => {
    await connect();
    await checkAnHourLater(device('1', 17), device('1', 17));
    expect(devices()).toEqual([expect.objectContaining({ armed: false })]);
    expect(world.sms.sent).toHaveLength(1);
  });
});

describe("the provider's time zone", () => {
  const zone = (timeZone: string) => answer(200, { timeZone });
  const zoneOf = () => world.tables.connections.values()[0]?.timeZone;
  const asked = () => world.http.requests.filter(({ url }) => url.endsWith('/users/me/settings')).length;

  test('is read with the first check, and kept for as long as the provider does not say another', async () => {
    await connect({ timeZone: undefined });
    world.http.script(page([device('1', 60)]), zone('America/New_York'));
    await check();
    expect(zoneOf()).toBe('America/New_York');
    world.clock.advance(47 * hour);
    await checkAnHourLater(device('1', 60));
    expect([asked(), zoneOf()]).toEqual([2, 'America/New_York']);
  });

  test('comes with the list of devices at Withings, without a call of its own', async () => {
    await connectWearer(world, 'withings', { timeZone: undefined });
    const watch = { deviceid: '1', type: 'Activity Tracker', model: 'ScanWatch 2', battery: 'low' };
    const heard = { last_session_date: startedAt / 1000, timezone: 'Europe/Paris' };
    world.http.script(answer(200, { status: 0, body: { devices: [{ ...watch, ...heard }] } }));
    await expect(check()).resolves.toMatchObject({ devices: 1, alerts: 1 });
    expect(zoneOf()).toBe('Europe/Paris');
    expect(told()).toEqual([['low', 'ScanWatch 2', 'low']]);
    expect(world.http.requests.map(({ method, form }) => [method, form])).toEqual([
      ['POST', { action: 'getdevice' }],
    ]);
  });

  test('is not asked for when the wearer has chosen one', async () => {
    await connect({ preferences: { timeZone: 'Asia/Tokyo' } });
    world.http.script(page([device('1', 60)]));
    await check();
    expect(asked()).toBe(0);
  });

  test('is asked for once a day as long as it is not known', async () => {
    await connect({ timeZone: undefined });
    world.http.script(page([device('1', 60)]), answer(403));
    await check();
    for (let hours = 0; hours < 17; hours += 1) await checkAnHourLater(device('1', 60));
    expect(asked()).toBe(1);
    world.clock.advance(hour);
    world.http.script(page([device('1', 60)]), zone('Asia/Tokyo'));
    await check();
    expect([asked(), zoneOf()]).toEqual([2, 'Asia/Tokyo']);
  });

  test.each<[string, Reply]>([
    ['is refused', answer(403)],
    ['is not answered', answerLost],
    ['is not to be read', answer(200, {})],
    ['is no zone', answer(200, { timeZone: 'Middle-earth/Shire' })],
    [
      'cannot be had for a reason that nobody thought of',
      () => {
        throw new Error('?');
      },
    ],
  ])('that %s stops no check', async (_, reply) => {
    await connect({ timeZone: undefined });
    world.http.script(page([device('1', 17)]), reply);
    await expect(check()).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(zoneOf()).toBeUndefined();
  });

  test('that somebody else has learned meanwhile stays', async () => {
    await connect({ timeZone: undefined });
    world.http.script(page([]), async () => {
      await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
        ...record,
        timeZone: 'Europe/Berlin',
      }));
      return zone('Asia/Tokyo');
    });
    await check();
    expect(zoneOf()).toBe('Europe/Berlin');
  });

  test('of a wearer who leaves meanwhile is not written down', async () => {
    await connect({ timeZone: undefined });
    world.http.script(page([]), async () => {
      await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
        ...record,
        closedAt: world.clock.now(),
      }));
      return zone('Asia/Tokyo');
    });
    await check();
    expect(zoneOf()).toBeUndefined();
  });
});

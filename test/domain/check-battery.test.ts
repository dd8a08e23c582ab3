import { checkBattery, type CheckResult } from '../../src/domain/check-battery';
import { change } from '../../src/domain/change';
import { connectionKey, deviceKey, messageId, messageKey } from '../../src/domain/keys';
import { AppError } from '../../src/errors';
import type { Connection } from '../../src/model';
import type { HttpAnswer } from '../../src/ports';
import { Secret } from '../../src/secret';
import { expectDiscreet } from '../support/discretion';
import { revealed } from '../support/revealed';
import { answer, answerLost, connectionRefused, type Reply } from '../support/scripted-http';
import { connectWearer, createTestWorld, type TestWorld } from '../support/world';

const hour = 3_600_000;
const phone = '+14255550123';
const text = (model: string, level: string) =>
  `Fitbit Token Service: your ${model} ${level}. Please charge it soon. Reply STOP to opt out.`;

let world: TestWorld;
let startedAt: number;
const check = (id = 'wearer-1') => checkBattery(world.ports, id);

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
function checkAnHourLater(...devices: readonly unknown[]): Promise<CheckResult> {
  world.clock.advance(hour);
  world.http.script(page(devices));
  return check();
}
const connect = (more: Partial<Connection> = {}) =>
  connectWearer(world, 'google-health', { set: { expiresAt: startedAt + 1_000 * hour }, ...more });
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
const sentBodies = () => world.sms.sent.map(({ body }) => body);

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('a check that finds a low battery', () => {
  test('sends one text, records it, and remembers that this cycle is told', async () => {
    await connect();
    world.http.script(page([device('1', 17)]));
    await expect(check()).resolves.toEqual({ ok: true, devices: 1, alerts: 1, sent: 1, unsettled: 0 });

    const id = messageId('wearer-1', 'low', '1', '1');
    const body = text('Charge 6', 'is at 17%');
    expect(revealed(world.sms.sent)).toEqual([{ id, firstSentAt: startedAt, to: phone, body }]);
    expect((await world.tables.messages.get(messageKey('wearer-1', id)))?.value).toEqual({
      id,
      connection: 'wearer-1',
      kind: 'low',
      device: '1',
      cycle: 1,
      createdAt: startedAt,
      state: 'sent',
      facts: { model: 'Charge 6', percent: 17 },
      body,
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
    for (const level of [25, 20, 15, 5, 90, 60, 18, 17]) await checkAnHourLater(device('1', level));
    expect(sentBodies()).toEqual([text('Charge 6', 'is at 20%'), text('Charge 6', 'is at 18%')]);
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
    await expect(check()).resolves.toEqual({ ok: true, devices: 7, alerts: 3, sent: 3, unsettled: 0 });
    expect(sentBodies()).toEqual([
      text('Sense 2', 'is at 10%'),
      text('Inspire 3', 'is empty'),
      text('Ring', 'is at 9%'),
    ]);
    expect(devices()).toHaveLength(7);
  });

  test('tells about a scale when the policy says so', async () => {
    world = createTestWorld({ policy: { ...world.ports.policy, alertOnScales: true } });
    await connect();
    world.http.script(page([device('3', 5, { deviceType: 'SCALE', deviceVersion: 'Aria Air' })]));
    await expect(check()).resolves.toMatchObject({ alerts: 1 });
    expect(sentBodies()).toEqual([text('Aria Air', 'is at 5%')]);
  });

  test('at Fitbit tells by percent or word, and leaves the phone out', async () => {
    await connectWearer(world, 'fitbit');
    world.http.script(
      answer(200, [
        { id: '1', type: 'TRACKER', deviceVersion: 'Charge 5', battery: 'Low', batteryLevel: 17 },
        { id: 2, type: 'TRACKER', deviceVersion: 'Alta', battery: 'Low' },
        { id: '3', type: 'TRACKER', deviceVersion: 'MobileTrack', battery: 'Empty' },
      ]),
    );
    await expect(check()).resolves.toEqual({ ok: true, devices: 3, alerts: 2, sent: 2, unsettled: 0 });
    expect(sentBodies()).toEqual([text('Charge 5', 'is at 17%'), text('Alta', 'is low on battery')]);
    expect(world.http.requests[0]?.url).toBe('https://api.fitbit.com/1/user/-/devices.json');
  });

  test.each([
    ['48 hours after it was first seen', 48, 1],
    ['49 hours after it was first seen', 49, 0],
  ])('that never changes and has no sync time tells %s or not at all', async (_, hours, alerts) => {
    await connect({ phone: undefined });
    const silent = { lastSyncTime: undefined };
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
    await expect(check()).resolves.toEqual({ ok: true, devices: 3, alerts: 1, sent: 1, unsettled: 0 });
    expect(world.http.requests.map(({ url }) => new URL(url).search)).toEqual([
      '?pageSize=100',
      '?pageSize=100&pageToken=p%2F2',
      '?pageSize=100&pageToken=p3',
    ]);
  });

  test('end after 50, so that an answer which never ends does not keep a worker', async () => {
    await connect();
    world.http.script(...Array.from({ length: 50 }, () => page([], 'again')));
    await expect(check()).resolves.toMatchObject({ ok: true, devices: 0 });
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
    await expect(check()).resolves.toEqual({ ok: true, devices: 0, alerts: 0, sent: 0, unsettled: 0 });
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
  ])('because %s says so, and changes nothing', async (_, reply, code) => {
    const { connection } = await connect();
    world.http.script(reply);
    await expect(check()).resolves.toMatchObject({ ok: false, code });
    expect(world.tables.connections.values()).toEqual([connection]);
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
      ok: true,
      devices: 1,
      alerts: 0,
      sent: 0,
      unsettled: 0,
    });
    expect(devices()).toEqual([expect.objectContaining({ armed: true, cycle: 1 })]);
    expect(messages()).toEqual([]);

    await leaveNumber();
    await expect(checkAnHourLater(device('1', 16))).resolves.toMatchObject({ alerts: 1, sent: 1 });
    expect(sentBodies()).toEqual([text('Charge 6', 'is at 16%')]);
  });

  test('because texts are not set up stays armed until they are', async () => {
    await connect();
    world.sms.missing.push('SMS_FROM');
    await expect(checkAnHourLater(device('1', 17))).resolves.toEqual({
      ok: true,
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
      ok: true,
      devices: 1,
      alerts: 1,
      sent: 0,
      unsettled: 0,
    });
    expect(messages()).toEqual([expect.objectContaining({ state: 'pending' })]);
    await expect(checkAnHourLater(device('1', 16))).resolves.toEqual({
      ok: true,
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
    expect(sentBodies().at(-1)).toBe(text('Charge 6', 'is at 18%'));
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
      if ((reads += 1) === 2) await claimElsewhere();
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
    expect(results.map((result) => result.ok && result.alerts)).toEqual([1, 1]);
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
      ok: true,
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

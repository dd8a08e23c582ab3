import { checkBattery } from '../../../src/domain/operation/check-battery';
import { alarmKey, messageId } from '../../../src/domain/store/row-keys';
import type { Connection } from '../../../src/model';
import { answer } from '../../support/scripted-http';
import { createWorldWithPlatform, platform } from '../../support/webhooks';
import { connectWearer, recordOf, type TestWorld } from '../../support/world';

const hour = 3_600_000;
const day = 24 * hour;

let world: TestWorld;
let syncedAt: number;
beforeEach(() => {
  world = createWorldWithPlatform();
  syncedAt = world.clock.now();
});

const connect = (more: Partial<Connection> = {}) =>
  connectWearer(world, 'google-health', {
    sharedWith: platform,
    label: 'participant-17',
    phone: undefined,
    set: { expiresAt: syncedAt + 10_000 * hour },
    ...more,
  });
/** A check that finds a tracker at this level, which has synced now or then. */
async function check(batteryLevel: number, at = world.clock.now()): Promise<void> {
  const lastSyncTime = new Date(at).toISOString();
  const tracker = { name: 'users/me/pairedDevices/1', deviceType: 'TRACKER', deviceVersion: 'Charge 6' };
  world.http.script(answer(200, { pairedDevices: [{ ...tracker, batteryLevel, lastSyncTime }] }));
  expect(await checkBattery(world.ports, 'wearer-1')).toMatchObject({ ok: true });
}
const events = () => recordOf(world).events ?? [];
const types = () => events().map(({ type }) => type);

test('the platform is told of a low battery though the wearer has no number, with the model and not the name', async () => {
  const row = '12ca';
  await connect({ preferences: { deviceNames: { [row]: "Ada's watch" } } });
  await check(17);
  expect(events()).toEqual([
    {
      id: messageId('wearer-1', 'battery.low', '1', '1'),
      type: 'battery.low',
      at: syncedAt,
      data: {
        connection: 'wearer-1',
        label: 'participant-17',
        outsideId: null,
        provider: 'google-health',
        device: { model: 'Charge 6', percent: 17, word: null, syncedAt: new Date(syncedAt).toISOString() },
      },
    },
  ]);
  expect(world.queues.jobs.map(({ job }) => job)).toEqual([{ kind: 'send-webhook', connection: 'wearer-1' }]);
  world.clock.advance(hour);
  await check(16);
  expect(types()).toEqual(['battery.low']);
});

test.each<[string, Partial<Connection>, string[]]>([
  ['has paused texts', { preferences: { paused: true } }, ['battery.low']],
  ['has not agreed to sharing', { sharedWith: undefined }, []],
  ['shares with somebody else', { sharedWith: 'another study' }, []],
])('of a wearer who %s', async (_, more, expected) => {
  await connect(more);
  await check(17);
  expect(types()).toEqual(expected);
});

test('a device that the wearer has muted is not spoken of', async () => {
  await connect();
  await check(50);
  const [row] = world.tables.devices.rows();
  const [record] = world.tables.connections.rows();
  await world.tables.connections.replace(record!, {
    ...record!.value,
    preferences: { mutedDevices: [row!.key.row] },
  });
  await check(17);
  expect(types()).toEqual([]);
});

test('nothing is noted where there is no address', async () => {
  world.webhooks.addresses = [];
  await connect();
  await check(17);
  expect([types(), world.tables.devices.values()[0]!.lowEventAt]).toEqual([[], undefined]);
});

describe('a tracker that has gone silent', () => {
  async function fallSilent(): Promise<void> {
    await connect();
    await check(60);
    for (let hours = 0; hours < 8 * 24; hours += 1) {
      world.clock.advance(hour);
      await check(60, syncedAt);
    }
  }

  test('is told of once, with its last level and since when it is silent', async () => {
    await fallSilent();
    expect(events()).toMatchObject([
      {
        type: 'battery.silent',
        at: syncedAt + 7 * day + hour,
        data: { device: { percent: 60, syncedAt: new Date(syncedAt).toISOString() } },
      },
    ]);
  });

  test('is not told of while many devices are silent', async () => {
    const name = 'many devices silent';
    await world.tables.alarms.insert(alarmKey(name), { name, since: 0, lastSeenAt: 0 });
    await fallSilent();
    expect(types()).toEqual([]);
  });
});

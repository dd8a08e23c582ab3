import {
  connectionKey,
  deviceKey,
  messageKey,
  readingKey,
  undeliveredKey,
} from '../../../src/domain/store/row-keys';
import { removeOld } from '../../../src/domain/operation/retention';
import type { Message } from '../../../src/model';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});

const runForAll = async (): Promise<number> => {
  const walked = await removeOld(world.ports);
  return walked.reduce((sum, { counts }) => sum + (counts.removed ?? 0), 0);
};

async function addDevice(connection: string, goneAt?: number): Promise<string> {
  const key = deviceKey(connection, 'tracker');
  const now = world.clock.now();
  const reading = { device: 'tracker', kind: 'tracker', model: 'Charge 6' } as const;
  await world.tables.devices.insert(key, {
    ...{ connection, reading, firstSeenAt: now, checkedAt: now, cycle: 1, armed: true },
    goneAt,
  });
  return key.row;
}

async function addReading(connection: string, device: string, ageMs: number): Promise<void> {
  const at = world.clock.now() - ageMs;
  await world.tables.readings.insert(readingKey(connection, device, at), { at, percent: 50 });
}

async function addMessage(connection: string, ageMs: number, state: Message['state']): Promise<void> {
  const id = `message-${ageMs}-${state}`;
  const createdAt = world.clock.now() - ageMs;
  await world.tables.messages.insert(messageKey(connection, id), {
    ...{ id, connection, kind: 'low', createdAt, state, facts: {} },
  });
}

test('readings go after 90 days, and not before', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    await connectWearer(world, 'fitbit', { createdAt: 0, id });
    const device = await addDevice(id);
    for (const days of [1, 88, 91, 200]) await addReading(id, device, days * dayMs);
  }
  expect(await runForAll()).toBe(10);
  expect(world.tables.readings.values()).toHaveLength(10);
  for (const { at } of world.tables.readings.values()) {
    expect(world.clock.now() - at).toBeLessThan(91 * dayMs);
  }
});

test('messages go after a year, but not one that is still on its way', async () => {
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'a' });
  await addMessage('a', 364 * dayMs - hourMs, 'sent');
  await addMessage('a', 366 * dayMs, 'delivered');
  await addMessage('a', 366 * dayMs, 'pending');
  expect(await runForAll()).toBe(1);
  expect(world.tables.messages.values().map(({ state }) => state)).toEqual(['sent', 'pending']);
});

test('what is left of a closed connection goes after a year', async () => {
  const now = world.clock.now();
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'old', closedAt: now - 366 * dayMs });
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'young', closedAt: now - 300 * dayMs });
  await runForAll();
  expect(await world.tables.connections.get(connectionKey('old'))).toBeUndefined();
  expect(await world.tables.connections.get(connectionKey('young'))).toBeDefined();
});

test('a device that was unpaired long ago is forgotten', async () => {
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'a' });
  await addDevice('a', world.clock.now() - 366 * dayMs);
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'b' });
  await addDevice('b', world.clock.now() - 91 * dayMs);
  await runForAll();
  // Not before its messages: they know it by the cycles that it counts.
  expect(world.tables.devices.values()).toMatchObject([{ connection: 'b' }]);
});

test('one run removes all that is old, however much that is', async () => {
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'a' });
  const device = await addDevice('a');
  for (let each = 0; each < 2_500; each += 1) await addReading('a', device, 100 * dayMs + each * 1_000);
  expect(await runForAll()).toBe(2_500);
  expect(world.tables.readings.values()).toEqual([]);
});

test('every connection is visited once a day, and no reading ever gets older than 90 days', async () => {
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'a' });
  const device = await addDevice('a');
  const list = jest.spyOn(world.tables.devices, 'list');
  let oldest = 0;
  for (let hour = 0; hour < 100 * 24; hour += 1) {
    await addReading('a', device, 0);
    await runForAll();
    const [first] = world.tables.readings.values();
    oldest = Math.max(oldest, world.clock.now() - first!.at);
    world.clock.advance(hourMs);
  }
  expect(list.mock.calls.length).toBe((100 * 24) / 20);
  expect(oldest / dayMs).toBeLessThan(90);
  expect(oldest / dayMs).toBeGreaterThan(89);
});

test('what told a wearer to reconnect or to move stays, or they would be told again', async () => {
  await connectWearer(world, 'fitbit', { createdAt: 0, id: 'a' });
  for (const kind of ['reconnect', 'move', 'low'] as const) {
    const createdAt = world.clock.now() - 400 * dayMs;
    const message = { id: kind, connection: 'a', kind, createdAt, state: 'delivered', facts: {} } as const;
    await world.tables.messages.insert(messageKey('a', kind), message);
  }
  await runForAll();
  expect(world.tables.messages.values().map(({ kind }) => kind)).toEqual(['reconnect', 'move']);
});

test('old alarms to the operator go too', async () => {
  await addMessage('operator', 366 * dayMs, 'sent');
  expect(await runForAll()).toBe(1);
  expect(world.tables.messages.values()).toEqual([]);
});

test('events that were given up are forgotten after 30 days, and not before', async () => {
  for (const days of [1, 28, 31]) {
    const givenUpAt = world.clock.now() - days * dayMs;
    const event = `event-${days}`;
    const given = { type: 'battery.low', connection: 'wearer-1', address: 'https://a.example.org' } as const;
    const more = { attempts: 16, outcome: 'no answer', givenUpAt };
    const key = undeliveredKey({ id: event, at: givenUpAt }, 'first');
    await world.tables.undelivered.insert(key, { event, at: givenUpAt, ...given, ...more });
  }
  expect(await runForAll()).toBe(1);
  expect(world.tables.undelivered.values().map(({ event }) => event)).toEqual(['event-1', 'event-28']);
});

test('of a connection nothing is read that cannot be old yet: nothing for 90 days, and no message and no link for a year', async () => {
  const reads: string[] = [];
  for (const [days, expected] of [
    [80, []],
    [100, ['devices', 'readings']],
    [366, ['links', 'devices', 'readings', 'messages']],
  ] as const) {
    world = createTestWorld();
    const createdAt = world.clock.now() - days * dayMs;
    await connectWearer(world, 'fitbit', { id: 'a', createdAt });
    await addDevice('a');
    reads.length = 0;
    for (const name of ['links', 'devices', 'readings', 'messages'] as const) {
      const { get, list } = world.tables[name];
      const table = world.tables[name] as { get: unknown; list: unknown };
      table.get = (...key: Parameters<typeof get>) => (reads.push(name), get(...key));
      table.list = (...of: Parameters<typeof list>) => {
        if (of[0] === 'a') reads.push(name);
        return list(...of);
      };
    }
    await removeOld(world.ports);
    expect(reads).toEqual(expected);
  }
});

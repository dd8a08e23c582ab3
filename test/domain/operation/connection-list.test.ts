import { deviceKey } from '../../../src/domain/store/row-keys';
import {
  connectionPage,
  describeConnection,
  describeDevices,
} from '../../../src/domain/operation/connection-list';
import type { Device, Settings } from '../../../src/model';
import type { Ports } from '../../../src/ports';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

const sharedWith = 'the sleep study';
let world: TestWorld;
let ports: Ports & Settings;
beforeEach(() => {
  world = createTestWorld();
  ports = { ...world.ports, policy: { ...world.ports.policy, sharedWith } };
});

const hex = (n: number): string => (n * 7919).toString(16).padStart(32, '0');

test('pages hold every shared connection once, in whatever size', async () => {
  const ids = Array.from({ length: 40 }, (_, n) => hex(n + 1));
  for (const id of ids) await connectWearer(world, 'fitbit', { id, sharedWith });
  for (const limit of [1, 7, 39, 40, 41]) {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await connectionPage(ports, { limit, after });
      expect(page.connections.length).toBeLessThanOrEqual(limit);
      seen.push(...page.connections.map(({ connection }) => connection));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(new Set(seen).size).toBe(ids.length);
  }
});

test('what is not shared, or closed, is not listed', async () => {
  await connectWearer(world, 'fitbit', { id: hex(1), sharedWith });
  await connectWearer(world, 'fitbit', { id: hex(2) });
  await connectWearer(world, 'fitbit', { id: hex(3), sharedWith: 'somebody before' });
  await connectWearer(world, 'fitbit', { id: hex(4), sharedWith, closedAt: 1 });
  const { connections, next } = await connectionPage(ports, { limit: 10 });
  expect(connections.map(({ connection }) => connection)).toEqual([hex(1)]);
  expect(next).toBeNull();
});

test('a connection is described with its state, and without a number', async () => {
  const { connection } = await connectWearer(world, 'fitbit', {
    id: hex(1),
    sharedWith,
    label: 'p-17',
    missingScopes: ['sleep'],
  });
  expect(describeConnection(ports, connection)).toMatchObject({
    connection: hex(1),
    label: 'p-17',
    provider: 'fitbit',
    state: 'connected',
    scopes: expect.not.arrayContaining(['sleep']) as string[],
  });
});

test('devices are listed, and phones are not', async () => {
  const { connection } = await connectWearer(world, 'fitbit', { id: hex(1), sharedWith });
  const device = (id: string, reading: Partial<Device['reading']>): Device => ({
    connection: connection.id,
    reading: { device: id, kind: 'tracker', model: 'Charge 6', ...reading },
    firstSeenAt: 0,
    checkedAt: Date.parse('2026-11-28T10:00:00Z'),
    cycle: 0,
    armed: true,
  });
  for (const each of [
    device('a', { percent: 64, syncedAt: Date.parse('2026-11-28T09:00:00Z') }),
    device('b', { kind: 'phone', model: 'MobileTrack' }),
    device('c', { word: 'low' }),
  ]) {
    await world.tables.devices.insert(deviceKey(connection.id, each.reading.device), each);
  }
  const listed = await describeDevices(ports, connection);
  expect(listed).toHaveLength(2);
  expect(listed).toContainEqual({
    model: 'Charge 6',
    kind: 'tracker',
    percent: 64,
    word: null,
    syncedAt: '2026-11-28T09:00:00.000Z',
    checkedAt: '2026-11-28T10:00:00.000Z',
  });
});

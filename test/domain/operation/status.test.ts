import { raiseAlarm, endAlarm } from '../../../src/domain/messages/alarms';
import { dispatchRotation } from '../../../src/domain/operation/dispatch';
import { readStatus } from '../../../src/domain/operation/status';
import { undeliveredKey } from '../../../src/domain/store/row-keys';
import { noteConnection } from '../../../src/domain/board/keep-board';
import { connectWearer, createTestWorld, recordOf } from '../../support/world';

test('the status names every connection with its state and the alarms that are on', async () => {
  const world = createTestWorld();
  const now = world.clock.now();
  const position = { consent: 1, generation: 1 };
  await connectWearer(world, 'google-health', { missingScopes: ['profile'] });
  await connectWearer(world, 'fitbit', { failedAttempt: { at: now, code: 'RATE_LIMITED' }, failingSince: 0 });
  await connectWearer(world, 'fitbit', { refusal: { ...position, firstAt: 1, confirmedAt: 2 } });
  await connectWearer(world, 'fitbit', {
    failedAttempt: { at: now, code: 'PROVIDER_RETIRED' },
    retirement: { firstAt: 0, confirmedAt: now },
  });
  await connectWearer(world, 'fitbit', { pointer: undefined });
  await connectWearer(world, 'fitbit', { closedAt: now });
  await raiseAlarm(world.ports, 'client refused');
  await raiseAlarm(world.ports, 'jobs poisoned');
  await endAlarm(world.ports, 'jobs poisoned');
  await dispatchRotation(world.ports);

  const status = await readStatus(world.ports);

  const connections = status.connections.toSorted((a, b) => a.connection.localeCompare(b.connection));
  expect(connections.map(({ connection, state, failure }) => [connection, state, failure?.code])).toEqual([
    ['wearer-1', 'connected', undefined],
    ['wearer-2', 'failing', 'RATE_LIMITED'],
    ['wearer-3', 'reconnect required', undefined],
    ['wearer-4', 'provider retired', 'PROVIDER_RETIRED'],
    ['wearer-5', 'never connected', undefined],
    ['wearer-6', 'closed', undefined],
  ]);
  expect(connections[0]).toEqual({
    connection: 'wearer-1',
    provider: 'google-health',
    state: 'connected',
    ...position,
    rotatedAt: new Date(now - 3_600_000).toISOString(),
    expiresAt: new Date(now + 7 * 3_600_000).toISOString(),
    missingScopes: ['profile'],
    shared: false,
  });
  expect(connections[1]?.failure).toEqual({ code: 'RATE_LIMITED', since: '1970-01-01T00:00:00.000Z' });
  expect(status.alarms).toEqual([{ name: 'client refused', since: new Date(now).toISOString() }]);
  expect(status.runs).toEqual([{ kind: 'rotate-token', completedAt: new Date(now).toISOString(), count: 3 }]);
});

test('a run that never completed has no time of completion', async () => {
  const world = createTestWorld();
  await connectWearer(world);
  world.queues.enqueue = () => Promise.reject(new Error('down'));
  await expect(dispatchRotation(world.ports)).rejects.toThrow('down');
  expect((await readStatus(world.ports)).runs).toEqual([
    { kind: 'rotate-token', completedAt: undefined, count: 0 },
  ]);
});

test('the status lists the events that were given up, the last one first and no more than a hundred', async () => {
  const world = createTestWorld();
  const time = (at: number): string => new Date(at).toISOString();
  const given = {
    type: 'battery.low',
    connection: 'wearer-1',
    address: 'https://study.example.org',
  } as const;
  for (let nth = 1; nth <= 101; nth += 1) {
    const key = undeliveredKey({ id: `event-${nth}`, at: nth }, 'first');
    const more = { attempts: 16, outcome: 'no answer', givenUpAt: nth + 1_000 };
    await world.tables.undelivered.insert(key, { event: `event-${nth}`, at: nth, ...given, ...more });
  }
  const { undelivered } = await readStatus(world.ports);
  expect(undelivered).toHaveLength(100);
  expect(undelivered[0]).toEqual({
    event: 'event-101',
    at: time(101),
    ...given,
    attempts: 16,
    outcome: 'no answer',
    givenUpAt: time(1_101),
  });
  expect(undelivered.at(-1)!.event).toBe('event-2');
});

describe('a page of the status', () => {
  const world = createTestWorld();
  const ids = Array.from({ length: 30 }, (_, i) => `wearer-${i + 1}`);
  beforeAll(async () => {
    for (const id of ids) {
      const dead = id.endsWith('5') && { numberDeadSince: world.clock.now() - Number(id.slice(7)) };
      await connectWearer(world, 'fitbit', { id, ...dead });
      await noteConnection(world.ports, recordOf(world, id));
    }
  });
  const pages = async (attention: boolean) => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const status = await readStatus(world.ports, { limit: 4, after, attention });
      expect(status.connections.length).toBeLessThanOrEqual(4);
      for (const { connection, board } of status.connections) found.push(`${connection} ${board?.rank}`);
      after = status.next ?? undefined;
    } while (after !== undefined);
    return found;
  };

  test('says of each connection what the board says, and where the next page begins', async () => {
    const found = await pages(false);
    expect([...found].sort()).toEqual(
      ids.map((id) => `${id} ${id.endsWith('5') ? 'unreachable' : 'fine'}`).sort(),
    );
  });

  test('has only those that need attention if it was asked so, the most urgent first', async () => {
    expect(await pages(true)).toEqual([
      'wearer-25 unreachable',
      'wearer-15 unreachable',
      'wearer-5 unreachable',
    ]);
  });
});

import { dispatchBatteryCheck, dispatchRotation } from '../../src/domain/runs';
import { watch } from '../../src/domain/watchdog';
import type { AlarmName } from '../../src/model';
import { connectWearer, createTestWorld, type TestWorld } from '../support/world';

const hour = 3_600_000;
const day = 24 * hour;

const on = ({ tables }: TestWorld): AlarmName[] =>
  tables.alarms
    .values()
    .filter(({ endedAt }) => endedAt === undefined)
    .map(({ name }) => name);

async function runBoth({ ports }: TestWorld): Promise<void> {
  await dispatchRotation(ports);
  await dispatchBatteryCheck(ports);
}

test('a service that has just been deployed is not overdue; one that never ran is, after a while', async () => {
  const world = createTestWorld();
  await watch(world.ports);
  expect(on(world)).toEqual([]);
  world.clock.advance(2 * hour + 1);
  await watch(world.ports);
  expect(on(world)).toEqual(['battery run overdue']);
  world.clock.advance(5 * hour);
  await watch(world.ports);
  expect(on(world)).toEqual(['battery run overdue', 'rotation run overdue']);
});

test('a run that completes ends the alarm', async () => {
  const world = createTestWorld();
  await watch(world.ports);
  world.clock.advance(8 * hour);
  await watch(world.ports);
  expect(on(world)).toHaveLength(2);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual([]);
  expect(world.log.entries.filter(({ event }) => event === 'alarm.over')).toHaveLength(2);
});

test('a run that fails each time does not count as one', async () => {
  const world = createTestWorld();
  await runBoth(world);
  await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() + 6 * hour } });
  world.queues.enqueue = () => Promise.reject(new Error('down'));
  world.clock.advance(6 * hour);
  await expect(dispatchRotation(world.ports)).rejects.toThrow('down');
  world.clock.advance(2 * hour);
  await watch(world.ports);
  expect(on(world)).toContain('rotation run overdue');
});

test('a connection that was not rotated in time is one alarm with the count', async () => {
  const world = createTestWorld();
  for (const provider of ['fitbit', 'google-health'] as const) {
    await connectWearer(world, provider, { set: { issuedAt: world.clock.now() - 7 * hour - 1 } });
  }
  await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() - 7 * hour } });
  await watch(world.ports);
  expect(on(world)).toEqual(['connections overdue']);
  expect(world.log.entries).toContainEqual({
    level: 'error',
    event: 'alarm.raised',
    fields: { alarm: 'connections overdue', count: 2 },
  });
});

test('closed, retired and never connected ones are not overdue', async () => {
  const world = createTestWorld();
  const old = { issuedAt: world.clock.now() - 30 * day };
  await connectWearer(world, 'fitbit', { set: old, closedAt: 1 });
  await connectWearer(world, 'fitbit', { set: old, failedAttempt: { at: 1, code: 'PROVIDER_RETIRED' } });
  await connectWearer(world, 'fitbit', { set: old, pointer: undefined });
  await watch(world.ports);
  expect(on(world)).toEqual([]);
});

test.each([
  [
    'access that was granted for a limited time and ends in less than three days',
    { refreshExpiresAt: 3 * day - 1 },
    true,
  ],
  ['access that lasts three days', { refreshExpiresAt: 3 * day }, false],
])('%s', async (_, { refreshExpiresAt }, expected) => {
  const world = createTestWorld();
  const now = world.clock.now();
  await connectWearer(world, 'google-health', {
    pointer: {
      consent: 1,
      generation: 1,
      secretVersion: 'version-1',
      expiresAt: now,
      rotatedAt: now,
      refreshExpiresAt: now + refreshExpiresAt,
    },
  });
  await watch(world.ports);
  expect(on(world).includes('grants about to expire')).toBe(expected);
});

test('a Google grant that nobody has used for five months is about to expire', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'google-health', { set: { issuedAt: world.clock.now() - 154 * day } });
  await watch(world.ports);
  expect(on(world)).toEqual(['connections overdue', 'grants about to expire']);
});

test.each([
  [7, true],
  [6.4, false],
  [30, false],
])('grants that die %d days after the consent: unpublished client suspected %s', async (days, expected) => {
  const world = createTestWorld();
  const now = world.clock.now();
  const position = { consent: 1, generation: 1 };
  await connectWearer(world, 'google-health', {
    phone: undefined,
    refusal: { ...position, firstAt: now, confirmedAt: now },
    pointer: {
      ...position,
      secretVersion: 'version-1',
      expiresAt: now,
      rotatedAt: now,
      consentedAt: now - days * day,
    },
  });
  await watch(world.ports);
  expect(on(world).includes('publishing status Testing suspected')).toBe(expected);
});

test('a wearer who has to reconnect and was not told yet is told, once', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', {
    refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
  });
  await connectWearer(world, 'fitbit', { failedAttempt: { at: 1, code: 'PROVIDER_RETIRED' } });
  await watch(world.ports);
  await watch(world.ports);
  expect(world.sms.sent.map(({ body }) => body)).toEqual(
    Array.from(
      { length: 2 },
      () =>
        'Fitbit Token Service: Fitbit has disconnected. Reconnect: https://tokens.example.com/api/signup Reply STOP to opt out.',
    ),
  );
});

test('an alarm that others raised is over when it was not seen for a whole schedule', async () => {
  const world = createTestWorld();
  const { raiseAlarm } = await import('../../src/domain/alarms');
  await raiseAlarm(world.ports, 'client refused');
  world.clock.advance(7 * hour);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual(['client refused']);
  world.clock.advance(1);
  await watch(world.ports);
  expect(on(world)).toEqual([]);
});

/** Days of trouble by a fake clock: afterwards every connection is current and nobody had to do anything. */
import { AppError } from '../../src/errors';
import type { Settings } from '../../src/model';
import type { Http, Ports } from '../../src/ports';
import { Secret } from '../../src/secret';
import { createFakeFitbit, type FakeFitbit } from '../support/fake-fitbit';
import { createPlatform, type Platform } from '../support/platform';
import { answer, answerLost, connectionRefused } from '../support/scripted-http';
import { connectWearer, createTestWorld, type TestWorld } from '../support/world';

const minute = 60_000;
const hour = 60 * minute;
const wearers = Array.from({ length: 10 }, (_, index) => `wearer-${index + 1}`);

interface Trouble {
  readonly world: TestWorld;
  readonly fitbit: FakeFitbit;
  readonly platform: Platform;
  /** Replaces what Fitbit answers; `undefined` takes it back. */
  provider(http: Http | undefined): void;
}

async function begin(options: { readonly deliveries?: number } = {}): Promise<Trouble> {
  const world = createTestWorld({ operatorPhone: new Secret('+14255550100') });
  const { clock } = world;
  const fitbit = createFakeFitbit(clock, wearers);
  let replaced: Http | undefined;
  const ports: Ports & Settings = { ...world.ports, http: (request) => (replaced ?? fitbit.http)(request) };
  for (const id of wearers) {
    await connectWearer(world, 'fitbit', {
      id,
      set: { refreshToken: new Secret(`${id}-refresh-1`), providerUserId: id },
    });
  }
  return {
    world,
    fitbit,
    platform: createPlatform(ports, clock, options),
    provider: (http) => {
      replaced = http;
    },
  };
}

/** Every connection holds the token that Fitbit accepts, and no wearer was bothered. */
function expectAllWell({ world, fitbit }: Trouble): void {
  for (const connection of world.tables.connections.values()) {
    const { consent, generation } = connection.pointer!;
    const current = world.vault.saved
      .map(({ set }) => set)
      .find(
        (set) => set.connection === connection.id && set.consent === consent && set.generation === generation,
      );
    expect(current?.refreshToken.reveal()).toBe(fitbit.live(connection.id));
    expect(connection.failedAttempt).toBeUndefined();
    expect(connection.refusal).toBeUndefined();
    expect(current!.expiresAt).toBeGreaterThan(world.clock.now());
  }
  expect(world.sms.sent.filter(({ to }) => to.reveal() !== '+14255550100')).toEqual([]);
}

/** No alarm was raised twice, and each is over but the one about delivery reports: nobody sends any here. */
function expectAlarmsOnceAndOver({ world }: Trouble): void {
  const all = world.log.entries
    .filter(({ event }) => event === 'alarm.raised')
    .map(({ fields }) => fields.alarm);
  const raised = all.filter((alarm) => alarm !== 'no delivery reports');
  const over = world.log.entries
    .filter(({ event }) => event === 'alarm.over')
    .map(({ fields }) => fields.alarm);
  expect(new Set(all).size).toBe(all.length);
  expect([...over].sort()).toEqual([...raised].sort());
  expect(world.sms.sent).toHaveLength(all.length + over.length);
}

function breakAll(target: object, error: () => Error): () => void {
  const spies = Object.entries(target)
    .filter(([name, value]) => typeof value === 'function' && name !== 'values')
    .map(([name]) =>
      jest.spyOn(target as Record<string, () => unknown>, name).mockImplementation(() => {
        if (name === 'list') throw error();
        return Promise.reject(error());
      }),
    );
  return () => spies.forEach((spy) => spy.mockRestore());
}

test('without trouble four rotations a day are four refreshes', async () => {
  const trouble = await begin();
  await trouble.platform.pass(24 * hour + minute);
  expectAllWell(trouble);
  expect(trouble.fitbit.refreshes()).toBe(wearers.length * 4);
  expect(trouble.world.log.entries.filter(({ level }) => level !== 'info')).toEqual([]);
});

test.each<[string, Http]>([
  ['refuses connections', () => Promise.resolve(connectionRefused)],
  ['answers 503 with Retry-After', () => Promise.resolve(answer(503, undefined, { 'retry-after': '600' }))],
  ['answers 429', () => Promise.resolve(answer(429, undefined, { 'retry-after': '3600' }))],
  ['never answers', () => Promise.resolve(answerLost)],
  ['answers 500', () => Promise.resolve(answer(500))],
  [
    'does not know the client',
    () => Promise.resolve(answer(401, { errors: [{ errorType: 'invalid_client' }] })),
  ],
])('a provider that %s for a day', async (_, down) => {
  const trouble = await begin();
  await trouble.platform.pass(5 * hour);
  trouble.provider(down);
  await trouble.platform.pass(24 * hour);
  trouble.provider(undefined);
  await trouble.platform.pass(16 * hour);
  expectAllWell(trouble);
  expectAlarmsOnceAndOver(trouble);
});

test('Key Vault down for an hour in which a run falls', async () => {
  const trouble = await begin();
  await trouble.platform.pass(5.5 * hour);
  const repair = breakAll(trouble.world.vault, () => new AppError('VAULT_UNAVAILABLE', 'down'));
  await trouble.platform.pass(hour);
  repair();
  await trouble.platform.pass(16 * hour);
  expectAllWell(trouble);
  expectAlarmsOnceAndOver(trouble);
});

test('Key Vault that can be read and not written for an hour: the journal holds the new tokens', async () => {
  const trouble = await begin();
  await trouble.platform.pass(5.5 * hour);
  const save = jest
    .spyOn(trouble.world.vault, 'saveTokenSet')
    .mockImplementation(() => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'down')));
  await trouble.platform.pass(hour);
  expect(trouble.world.journal.values()).toHaveLength(wearers.length);
  save.mockRestore();
  await trouble.platform.pass(16 * hour);
  expect(trouble.world.journal.values()).toEqual([]);
  expectAllWell(trouble);
  expectAlarmsOnceAndOver(trouble);
});

test('Tables down for an hour in which a run falls', async () => {
  const trouble = await begin();
  await trouble.platform.pass(5.5 * hour);
  const repairs = Object.values(trouble.world.tables).map((table) =>
    breakAll(table, () => new AppError('TABLE_UNAVAILABLE', 'down')),
  );
  await trouble.platform.pass(hour);
  repairs.forEach((repair) => repair());
  await trouble.platform.pass(16 * hour);
  expectAllWell(trouble);
  expectAlarmsOnceAndOver(trouble);
});

test('every job delivered twice at once, for three days', async () => {
  const trouble = await begin({ deliveries: 2 });
  await trouble.platform.pass(72 * hour + minute);
  expectAllWell(trouble);
  expect(trouble.fitbit.refreshes()).toBe(wearers.length * 12);
  expect(trouble.world.sms.sent).toEqual([]);
});

test('a connection that fails for days is tried once a day, and is well again when its provider is', async () => {
  const trouble = await begin();
  let asked = 0;
  trouble.provider(() => {
    asked += 1;
    return Promise.resolve(connectionRefused);
  });
  await trouble.platform.pass(4 * 24 * hour);
  asked = 0;
  await trouble.platform.pass(10 * 24 * hour);
  // Each try of a run is put back five times, and the battery checks ask on their own.
  const perDay = asked / 10 / wearers.length;
  expect(perDay).toBeLessThan(24 + 7);
  trouble.provider(undefined);
  await trouble.platform.pass(32 * hour);
  expectAllWell(trouble);
});

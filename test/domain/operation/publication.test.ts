import { keepHouse } from '../../../src/domain/operation/housekeeping';
import { dispatchPublication, runPublication } from '../../../src/domain/operation/publication';
import { findAndWatch } from '../../support/find-and-watch';
import { AppError } from '../../../src/errors';
import { connectionOf } from '../../support/memory-queues';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const sharedWith = 'a sleep study';
const policy = { ...createTestWorld().ports.policy, sharedWith, publishesTokens: true };
const minute = 60_000;

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld({ policy });
});

const alarms = () =>
  world.tables.alarms.values().flatMap(({ name, endedAt }) => (endedAt === undefined ? [name] : []));
const off = { ...policy, publishesTokens: false };

test('the timer gives a job to every connection that publishes, or has to stop', async () => {
  await connectWearer(world, 'fitbit', { sharedWith });
  await connectWearer(world, 'fitbit', { id: 'not-shared' });
  const published = { name: 'access-token-x', consent: 1, generation: 1, issuedAt: 0, expiresAt: 0 };
  await connectWearer(world, 'fitbit', { id: 'shared-before', published });
  await dispatchPublication({ ...world.ports, policy: off });
  expect(world.queues.jobs).toEqual([]);
  await dispatchPublication(world.ports);
  expect(world.queues.jobs.map(({ job }) => job)).toEqual(
    ['shared-before', 'wearer-1']
      .map((connection) => ({
        ...{
          kind: 'rotate-token',
          connection,
          run: 'publication',
          attempt: 0,
          runStartedAt: 0,
          publishes: true,
        },
      }))
      .sort((a, b) => a.connection.localeCompare(b.connection)),
  );
});

test('wearers of a provider with a limit for all of them get their jobs further apart', async () => {
  for (const provider of ['withings', 'fitbit'] as const)
    for (let n = 0; n < 4; n += 1)
      await connectWearer(world, provider, { id: `${provider}-${n}`, sharedWith });
  await dispatchPublication(world.ports);
  const delays = world.queues.jobs.map(({ job, delayMs }) => [connectionOf(job)?.slice(0, -2), delayMs]);
  expect(delays.filter(([provider]) => provider === 'withings').map(([, delayMs]) => delayMs)).toEqual([
    0, 1_000, 3_000, 4_000,
  ]);
  expect(delays.filter(([provider]) => provider === 'fitbit').map(([, delayMs]) => delayMs)).toEqual([
    0, 0, 0, 0,
  ]);
});

test('a vault that takes nothing fails no job, and the operator is told until it does', async () => {
  await connectWearer(world, 'fitbit', { sharedWith, createdAt: 0 });
  const refuses = () => Promise.reject(new AppError('VAULT_REFUSED', 'no'));
  const publishedTokens = { ...world.publishedTokens, write: refuses };
  await runPublication({ ...world.ports, publishedTokens }, 'wearer-1');
  expect(alarms()).toContain('access tokens not published');
  expect(world.log.entries).toContainEqual(
    expect.objectContaining({
      event: 'access_token.not_published',
      fields: expect.objectContaining({ connection: 'wearer-1', code: 'VAULT_REFUSED' }) as object,
    }),
  );
  await runPublication(world.ports, 'wearer-1');
  await findAndWatch(world.ports);
  expect(alarms()).not.toContain('access tokens not published');
});

test('the watchdog sees a token that is not good for half an hour any more', async () => {
  await connectWearer(world, 'fitbit', {
    sharedWith,
    createdAt: world.clock.now() - 60 * minute,
    set: { expiresAt: world.clock.now() + 60 * minute },
  });
  await findAndWatch(world.ports);
  expect(alarms()).toContain('access tokens not published');
  await runPublication(world.ports, 'wearer-1');
  await findAndWatch(world.ports);
  expect(alarms()).not.toContain('access tokens not published');
  world.clock.advance(31 * minute);
  await findAndWatch(world.ports);
  expect(alarms()).toContain('access tokens not published');
});

test('without the setting housekeeping removes what was published', async () => {
  await connectWearer(world, 'fitbit', { sharedWith });
  await runPublication(world.ports, 'wearer-1');
  await keepHouse(world.ports);
  expect([...world.publishedTokens.versions.keys()]).toEqual(['access-token-wearer-1']);
  await keepHouse({ ...world.ports, policy: off });
  expect([world.publishedTokens.versions.size, recordOf(world).published]).toEqual([0, undefined]);
});

test('a connection whose refresh has just failed gets no job for half an hour, because the rotation repeats it', async () => {
  const failedAttempt = { at: world.clock.now(), code: 'PROVIDER_UNAVAILABLE' as const };
  await connectWearer(world, 'fitbit', { sharedWith, failedAttempt });
  await dispatchPublication(world.ports);
  expect(world.queues.jobs).toEqual([]);
  world.clock.advance(30 * minute);
  await dispatchPublication(world.ports);
  expect(world.queues.jobs).toHaveLength(1);
});

test('what a late worker wrote after the goodbye is removed for a week, and then its name is forgotten', async () => {
  const closedAt = world.clock.now();
  const closed = { closedAt, erasedAt: closedAt, pointer: undefined, phone: undefined };
  const published = { name: 'access-token-wearer-1', consent: 1, generation: 1, issuedAt: 0, expiresAt: 0 };
  const { set } = await connectWearer(world, 'fitbit', { ...closed, published });
  await world.publishedTokens.write({}, published.name, set);
  await keepHouse(world.ports);
  expect([world.publishedTokens.versions.size, recordOf(world).published]).toEqual([0, published]);
  world.clock.advance(8 * 24 * 60 * minute);
  await keepHouse(world.ports);
  expect(recordOf(world).published).toBeUndefined();
});

import { keepHouse } from '../../src/domain/housekeeping';
import { loginKey } from '../../src/domain/keys';
import { notePoisonedJob } from '../../src/domain/poisoned-job';
import { AppError } from '../../src/errors';
import { Secret } from '../../src/secret';
import { connectWearer, createTestWorld, recordOf } from '../support/world';

const hour = 3_600_000;

test('sign-ups that nobody finished are removed with the number in them, an hour after their end', async () => {
  const world = createTestWorld();
  const login = { provider: 'fitbit', codeChallenge: 'c', phone: new Secret('+14255550123') } as const;
  for (const [state, expiresAt] of [
    ['old', world.clock.now() - hour],
    ['recent', world.clock.now() - hour + 1],
  ] as const) {
    await world.ports.tables.logins.insert(loginKey(state), { ...login, expiresAt });
  }
  await keepHouse(world.ports);
  expect(world.tables.logins.values()).toMatchObject([{ expiresAt: world.clock.now() - hour + 1 }]);
  expect(world.log.entries.at(-1)).toEqual({
    level: 'info',
    event: 'housekeeping.done',
    fields: { count: 1 },
  });
});

test('a sign-up that somebody else removed meanwhile is no error; a table that does not answer is', async () => {
  const world = createTestWorld();
  await world.ports.tables.logins.insert(loginKey('old'), {
    provider: 'fitbit',
    codeChallenge: 'c',
    expiresAt: 0,
  });
  world.tables.logins.remove = () => Promise.reject(new AppError('CONFLICT', 'gone'));
  await keepHouse(world.ports);
  world.tables.logins.remove = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'down'));
  await expect(keepHouse(world.ports)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
});

test('what a late worker left of a closed connection is deleted, for a week', async () => {
  const world = createTestWorld();
  const { set } = await connectWearer(world, 'fitbit', { closedAt: world.clock.now(), consentReserved: 2 });
  await world.vault.saveTokenSet({ ...set, consent: 2 });
  await world.ports.journal.write(set, { ...set, generation: 2 });
  const other = await connectWearer(world);
  await keepHouse(world.ports);
  expect(world.vault.saved.map((saved) => saved.set.connection)).toEqual([other.connection.id]);
  expect(world.journal.values()).toEqual([]);

  await world.vault.saveTokenSet({ ...set, consent: 2 });
  world.clock.advance(7 * 24 * hour + 1);
  await keepHouse(world.ports);
  expect(world.vault.saved).toHaveLength(2);
});

test('a poisoned job shows on the connection, in the log and as one alarm', async () => {
  const world = createTestWorld();
  await connectWearer(world);
  await notePoisonedJob(world.ports, 'rotate-token', 'wearer-1');
  const now = world.clock.now();
  expect(recordOf(world)).toMatchObject({
    failedAttempt: { at: now, code: 'JOB_POISONED' },
    failingSince: now,
    pointer: { generation: 1 },
  });
  expect(world.log.entries).toEqual([
    { level: 'error', event: 'job.poisoned', fields: { job: 'rotate-token', connection: 'wearer-1' } },
    { level: 'error', event: 'alarm.raised', fields: { alarm: 'jobs poisoned', job: 'rotate-token' } },
  ]);
});

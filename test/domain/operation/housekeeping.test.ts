import { closeConnection } from '../../../src/domain/wearer/close-connection';
import { beginConfirmation } from '../../../src/domain/wearer/confirm-address';
import { keepHouse } from '../../../src/domain/operation/housekeeping';
import { connectionKey, counterKey, identityKey, loginKey } from '../../../src/domain/store/row-keys';
import { linkOf } from '../../../src/domain/contact/personal-link';
import { setAddress } from '../../../src/domain/contact/addresses';
import { notePoisonedJob } from '../../../src/domain/operation/poisoned-job';
import { AppError } from '../../../src/errors';
import type { Connection, Job } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer, connectionRefused } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

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

test('a row that cannot be removed does not keep the journal from being swept', async () => {
  const world = createTestWorld();
  const { set } = await connectWearer(world);
  await world.ports.journal.write(set, set);
  await world.ports.tables.logins.insert(loginKey('old'), {
    provider: 'fitbit',
    codeChallenge: 'c',
    expiresAt: 0,
  });
  world.tables.logins.remove = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'down'));
  await expect(keepHouse(world.ports)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  expect(world.journal.values()).toEqual([]);
});

test('what a late worker left of a closed connection is deleted, for a week', async () => {
  const world = createTestWorld();
  const now = world.clock.now();
  const erased = { closedAt: now, erasedAt: now, consentReserved: 2, pointer: undefined, phone: undefined };
  const { set } = await connectWearer(world, 'fitbit', erased);
  await world.vault.saveTokenSet({ ...set, consent: 2 });
  await world.ports.journal.write(set, { ...set, generation: 2 });
  const other = await connectWearer(world);
  const purge = jest.spyOn(world.vault, 'purgeTokenSets');
  await keepHouse(world.ports);
  expect(purge.mock.calls.map(([{ id }, consent]) => [id, consent])).toEqual([
    ['wearer-1', 1],
    ['wearer-1', 2],
  ]);
  expect(world.vault.saved.map((saved) => saved.set.connection)).toEqual([other.connection.id]);
  expect(world.journal.values()).toEqual([]);

  await world.vault.saveTokenSet({ ...set, consent: 2 });
  world.clock.advance(7 * 24 * hour + 1);
  await keepHouse(world.ports);
  expect(world.vault.saved).toHaveLength(2);
});

test('what a late worker saves in a further vault after the wearer has left is deleted there', async () => {
  const world = createTestWorld();
  const { connection, set } = await connectWearer(world, 'fitbit', { phone: undefined, vault: 'second' });
  world.http.script(answer(200));
  await closeConnection(world.ports, connection.id);
  await world.vault.saveTokenSet({ ...set, generation: 2 }, { vault: 'second' });
  await keepHouse(world.ports);
  expect(world.vault.saved).toEqual([]);
});

describe('a number that nobody confirms', () => {
  const number = { phone: new Secret('+14255550123'), textConsent: { at: 1, wording: '2026-11' } };
  let world: TestWorld;

  /** Comes back from the provider, and gets a code for the number they entered. */
  async function signUp(id = 'wearer-1', more: Partial<Connection> = {}): Promise<string> {
    const confirmBy = world.clock.now() + 24 * hour;
    const identities = [identityKey('fitbit', id).row];
    await connectWearer(world, 'fitbit', { id, phone: undefined, confirmBy, identities, ...more });
    await linkOf(world.ports, recordOf(world, id));
    await world.tables.identities.insert(identityKey('fitbit', id), { connection: id });
    const { ticket } = await beginConfirmation(world.ports, { connection: id, ...number }, undefined);
    world.sms.sent.length = 0;
    return ticket;
  }

  beforeEach(() => {
    world = createTestWorld();
  });
  afterEach(() => expectDiscreet(world));

  test('is deleted after a day with the connection it was for, and without another text', async () => {
    await signUp();
    world.clock.advance(24 * hour);
    world.http.script(
      answer(200, { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 1 }),
      answer(200),
    );
    await keepHouse(world.ports);
    expect(world.sms.sent).toEqual([]);
    expect(world.http.requests.at(-1)?.url).toBe('https://api.fitbit.com/oauth2/revoke');
    expect(revealed(recordOf(world))).toEqual({
      id: 'wearer-1',
      provider: 'fitbit',
      createdAt: world.clock.now() - 24 * hour,
      consentReserved: 1,
      missingScopes: [],
      closedAt: world.clock.now(),
      erasedAt: world.clock.now(),
      revocation: { consent: 1, generation: 1, revoked: true },
    });
    // What is counted says nothing about anybody.
    const { connections: _, counters: __, passes: ___, runs: ____, ...others } = world.tables;
    expect(Object.values(others).flatMap((table): unknown[] => table.values())).toEqual([]);
    expect([world.vault.saved, world.queues.jobs]).toEqual([[], []]);
    expect(world.log.events()).toContain('connection.never_confirmed');
  });

  test('is left alone until the day is over', async () => {
    await signUp();
    world.clock.advance(24 * hour - 1);
    await keepHouse(world.ports);
    expect(recordOf(world).closedAt).toBeUndefined();
    expect(world.tables.confirmations.values()).toHaveLength(1);
    expect(world.tables.messages.values()).toHaveLength(1);
  });

  test('and was a change is forgotten, with its code, and the connection keeps the number it had', async () => {
    await signUp('wearer-1', { confirmBy: undefined });
    await setAddress(world.ports, 'wearer-1', { ...number, phone: new Secret('+14255550199') });
    world.clock.advance(24 * hour);
    await keepHouse(world.ports);
    expect(revealed(recordOf(world))).toMatchObject({ phone: '+14255550199', pointer: { generation: 1 } });
    expect(recordOf(world).closedAt).toBeUndefined();
    expect([world.tables.confirmations.values(), world.tables.messages.values()]).toEqual([[], []]);
  });

  test('of one wearer does not keep those of others from being deleted', async () => {
    for (const id of ['ada', 'bob', 'eve']) await signUp(id);
    const { deleteTokenSets } = world.vault;
    world.vault.deleteTokenSets = (kept, consent) =>
      kept.id === 'bob'
        ? Promise.reject(new AppError('VAULT_UNAVAILABLE', 'down'))
        : deleteTokenSets(kept, consent);
    world.clock.advance(24 * hour);
    const refused = answer(400, { errors: [{ errorType: 'invalid_grant' }] });
    world.http.script(refused, refused, refused);
    await keepHouse(world.ports);
    expect(world.tables.connections.values().map(({ id, pointer }) => [id, pointer === undefined])).toEqual([
      ['ada', true],
      ['bob', false],
      ['eve', true],
    ]);
    const job: Job = { kind: 'close-connection', connection: 'bob', attempt: 0 };
    expect(world.queues.jobs.map((each) => each.job)).toEqual([job]);
  });
});

describe('a connection that was closed', () => {
  test.each<[string, Partial<Connection>]>([
    ['with its tokens', {}],
    ['with a number, and tokens never', { pointer: undefined, consentReserved: 0 }],
    ['with its tokens, and a number never', { phone: undefined }],
  ])('and never erased is finished: %s', async (_, more) => {
    const world = createTestWorld();
    const closedAt = world.clock.now() - 30 * 24 * hour;
    await connectWearer(world, 'fitbit', { closedAt, ...more });
    if (more.pointer === undefined && 'pointer' in more) world.vault.saved.length = 0;
    else world.http.script(answer(200));
    await keepHouse(world.ports);
    expect(revealed(recordOf(world))).toEqual({
      id: 'wearer-1',
      provider: 'fitbit',
      createdAt: world.clock.now(),
      consentReserved: more.consentReserved ?? 1,
      missingScopes: [],
      closedAt,
      erasedAt: world.clock.now(),
      ...('pointer' in more ? {} : { revocation: { consent: 1, generation: 1, revoked: true } }),
    });
    expect(world.vault.saved).toEqual([]);
    expect(world.sms.sent).toHaveLength('phone' in more ? 0 : 1);
    expectDiscreet(world);
  });

  test('while the provider is down keeps its tokens until the grant can be taken back', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit');
    world.http.script(connectionRefused);
    await expect(closeConnection(world.ports, 'wearer-1')).resolves.toMatchObject({ erased: false });
    const jobs = [...world.queues.jobs];
    world.clock.advance(hour);
    world.http.script(connectionRefused);
    await keepHouse(world.ports);
    expect(world.vault.saved).toHaveLength(1);
    expect(world.queues.jobs).toEqual(jobs);

    world.clock.advance(hour);
    world.http.script(answer(200));
    await keepHouse(world.ports);
    expect(world.http.requests.at(-1)?.url).toBe('https://api.fitbit.com/oauth2/revoke');
    expect(world.vault.saved).toEqual([]);
    expect(recordOf(world).pointer).toBeUndefined();
  });

  test('and erased is not touched again', async () => {
    const world = createTestWorld();
    const closedAt = world.clock.now() - 3_600_000;
    const erased = { closedAt, erasedAt: closedAt, pointer: undefined, phone: undefined };
    await connectWearer(world, 'fitbit', erased);
    const row = await world.tables.connections.get(connectionKey('wearer-1'));
    await keepHouse(world.ports);
    expect(await world.tables.connections.get(connectionKey('wearer-1'))).toEqual(row);
    expect(world.queues.jobs).toEqual([]);
  });
});

test('who leads to a connection that has left is forgotten within a day, also where it was never noted', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', {
    id: 'left',
    closedAt: 1,
    erasedAt: 1,
    pointer: undefined,
    phone: undefined,
  });
  await connectWearer(world, 'fitbit', { id: 'stays' });
  for (const id of ['left', 'stays', 'about to sign up']) {
    await world.tables.identities.insert(identityKey('fitbit', id), { connection: id });
  }
  await keepHouse(world.ports);
  expect(
    world.tables.identities
      .values()
      .map(({ connection }) => connection)
      .sort(),
  ).toEqual(['about to sign up', 'stays']);
});

test('counters are removed when their day or month is over', async () => {
  const world = createTestWorld();
  for (const window of ['2025-12-31', '2026-11-20', '2026-11-21', '2025-12', '2026-10', '2026-11']) {
    await world.tables.counters.insert(counterKey('number', window), { count: 1, window });
  }
  await keepHouse(world.ports);
  expect(world.tables.counters.values().map(({ window }) => window)).toEqual(['2026-11-21', '2026-11']);
  expect(world.log.entries.at(-1)?.fields).toEqual({ count: 4 });
});

describe('a poisoned job', () => {
  test.each(['RECORD_UNREADABLE', 'TABLE_UNAVAILABLE'] as const)(
    'whose record answers %s is an alarm all the same',
    async (code) => {
      const world = createTestWorld();
      world.tables.connections.get = () => Promise.reject(new AppError(code, 'x'));
      await expect(notePoisonedJob(world.ports, 'rotate-token', 'wearer-1')).rejects.toMatchObject({ code });
      expect(world.tables.alarms.values()).toMatchObject([{ name: 'jobs poisoned' }]);
    },
  );

  test.each(['rotate-token', 'check-battery'] as const)(
    '%s shows on the connection, in the log and as one alarm',
    async (job) => {
      const world = createTestWorld();
      await connectWearer(world);
      await notePoisonedJob(world.ports, job, 'wearer-1');
      const now = world.clock.now();
      expect(recordOf(world)).toMatchObject({
        failedAttempt: { at: now, code: 'JOB_POISONED' },
        failingSince: now,
        pointer: { generation: 1 },
      });
      expect(world.log.entries).toEqual([
        { level: 'error', event: 'job.poisoned', fields: { job, connection: 'wearer-1' } },
        { level: 'error', event: 'alarm.raised', fields: { alarm: 'jobs poisoned', job } },
      ]);
    },
  );

  test.each([
    ['close-connection', 'wearer-1', { job: 'close-connection', connection: 'wearer-1' }],
    ['send-links', undefined, { job: 'send-links' }],
    ['rotate-token', undefined, { job: 'rotate-token' }],
  ] as const)('%s of %s says nothing about the tokens of a connection', async (job, id, fields) => {
    const world = createTestWorld();
    const { connection } = await connectWearer(world);
    await notePoisonedJob(world.ports, job, id);
    expect(recordOf(world)).toEqual(connection);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'job.poisoned', fields },
      { level: 'error', event: 'alarm.raised', fields: { alarm: 'jobs poisoned', job } },
    ]);
  });

  test('leaves what is known of the connection already: it says more', async () => {
    const world = createTestWorld();
    const failedAttempt = { at: 1, code: 'PROVIDER_RETIRED' } as const;
    await connectWearer(world, 'fitbit', { failedAttempt, failingSince: 1 });
    await notePoisonedJob(world.ports, 'rotate-token', 'wearer-1');
    expect(recordOf(world)).toMatchObject({ failedAttempt, failingSince: 1 });
  });
});

test('somebody who confirms while the list is being read is not closed', async () => {
  const world = createTestWorld();
  const confirmBy = world.clock.now() - 1;
  await connectWearer(world, 'fitbit', { confirmBy });
  const { list } = world.tables.connections;
  world.tables.connections.list = async function* (...which) {
    for await (const row of list(...which)) {
      const now = (await world.tables.connections.get(row.key))!;
      await world.tables.connections.replace(now, { ...now.value, confirmBy: undefined });
      yield row;
    }
  };
  await keepHouse(world.ports);
  expect(recordOf(world).closedAt).toBeUndefined();
  expect(world.vault.saved).toHaveLength(1);
});

test('what a check wrote after the wearer had left is removed', async () => {
  const world = createTestWorld();
  const closedAt = world.clock.now() - 3_600_000;
  const erased = { closedAt, erasedAt: closedAt, pointer: undefined, phone: undefined };
  await connectWearer(world, 'fitbit', erased);
  await world.tables.readings.insert({ partition: 'wearer-1', row: 'r' }, { at: closedAt, percent: 8 });
  await keepHouse(world.ports);
  expect(world.tables.readings.values()).toEqual([]);
});

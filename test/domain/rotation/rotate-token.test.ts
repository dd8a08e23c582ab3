import type { Asker } from '../../../src/domain/rotation/decide-refresh';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { rotateToken } from '../../../src/domain/rotation/rotate-token';
import { usableTokenSet } from '../../../src/domain/rotation/usable-access';
import { commitTokenSet } from '../../../src/domain/rotation/store-token-set';
import { AppError } from '../../../src/errors';
import type { Connection, Position, ProviderId, Settings } from '../../../src/model';
import type { HttpAnswer, Ports } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { answer, answerLost, connectionRefused, type Reply } from '../../support/scripted-http';
import {
  connectWearer,
  createTestWorld,
  holdRecord,
  recordOf,
  tokens,
  tokensOf,
  type TestWorld,
} from '../../support/world';
import { settled } from '../../support/settled';

const invalidGrant = answer(400, { errors: [{ errorType: 'invalid_grant', message: 'refresh-1' }] });

async function connected(provider: ProviderId = 'fitbit'): Promise<TestWorld> {
  const world = createTestWorld();
  await connectWearer(world, provider);
  return world;
}

async function rotate(world: TestWorld, asker?: Asker) {
  const by = asker ?? { by: 'run', startedAt: world.clock.now() };
  return settled(await rotateToken(world.ports, 'wearer-1', by));
}

const vaultDown = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.'));

/** One of the three that the record names. */
const replayOf = (of: Position, batch = 'batch-1'): Asker => ({
  ...{ by: 'replay', of, batch, isLast: false, round: 0 },
});

/** The process stands still past its lease: the renewal that was due comes too late. */
async function freeze(world: TestWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await new Promise(setImmediate);
}

/** The refresh token that each request carried. */
function refreshTokensSent({ http }: TestWorld): (string | undefined)[] {
  return http.requests.map(({ form }) => (form?.refresh_token as Secret | undefined)?.reveal());
}

test('a rotation saves the new set, makes it current, releases the lease and logs its begin and its end without secrets', async () => {
  const world = await connected();
  world.http.script(answer(200, tokens(2)));

  const result = await rotate(world);

  const now = world.clock.now();
  expect(result).toMatchObject({
    outcome: 'rotated',
    reason: 'scheduled run',
    set: { consent: 1, generation: 2 },
  });
  expect(refreshTokensSent(world)).toEqual(['refresh-1']);
  const { set, version } = world.vault.saved.at(-1)!;
  expect(set.accessToken.reveal()).toBe('access-2');
  expect(set.refreshToken.reveal()).toBe('refresh-2');
  expect(set).toMatchObject({ issuedAt: now, expiresAt: now + 28_800_000, scopes: ['settings', 'profile'] });
  expect(recordOf(world)).toMatchObject({
    pointer: {
      consent: 1,
      generation: 2,
      secretVersion: version,
      rotatedAt: now,
      expiresAt: now + 28_800_000,
    },
    lease: undefined,
  });
  expect(world.log.entries).toEqual([
    {
      level: 'info',
      event: 'token.refresh_begun',
      fields: {
        ...{ connection: 'wearer-1', provider: 'fitbit', reason: 'scheduled run' },
        ...{ consent: 1, generation: 1 },
      },
    },
    {
      level: 'info',
      event: 'token.rotated',
      fields: {
        connection: 'wearer-1',
        provider: 'fitbit',
        reason: 'scheduled run',
        consent: 1,
        generation: 2,
        expiresAt: now + 28_800_000,
      },
    },
  ]);
});

test('two rotations in a row use the refresh token that the first one brought', async () => {
  const world = await connected();
  world.http.script(answer(200, tokens(2)), answer(200, tokens(3)));
  await rotate(world);
  world.clock.advance(6 * 3_600_000);
  await rotate(world);
  expect(refreshTokensSent(world)).toEqual(['refresh-1', 'refresh-2']);
  expect(recordOf(world).pointer?.generation).toBe(3);
});

test('a rotation at a provider that does not rotate keeps the old refresh token', async () => {
  const world = await connected('google-health');
  world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
  expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
  expect(world.vault.saved.at(-1)?.set.refreshToken.reveal()).toBe('refresh-1');
});

test('a connection that was rotated since the run began is kept as it is, without a request', async () => {
  const world = await connected();
  const result = await rotate(world, { by: 'run', startedAt: world.clock.now() - 7_200_000 });
  expect(result).toMatchObject({ outcome: 'kept', reason: 'already rotated in this run' });
  expect(world.http.requests).toEqual([]);
  expect(world.vault.saved).toHaveLength(1);
  expect(recordOf(world).lease).toBeUndefined();
});

test('while another worker holds the lease nothing is asked', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', { lease: { owner: 'another', until: world.clock.now() + 1 } });
  expect(await rotate(world)).toEqual({ ok: false, code: 'LEASE_HELD' });
  expect(world.http.requests).toEqual([]);
});

test('an unknown connection is said to be unknown', async () => {
  const world = createTestWorld();
  expect(await rotate(world)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
});

test('a connection whose first consent never got through is said to be unknown and its lease is free again', async () => {
  const world = await connected();
  world.vault.saved.splice(0);
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, pointer: undefined });
  expect(await rotate(world)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
  expect(recordOf(world).lease).toBeUndefined();
});

describe('a refresh whose outcome is unknown', () => {
  test.each<[string, Reply]>([
    ['the answer was lost', answerLost],
    ['the answer cannot be read', answer(200, undefined)],
    ['the answer lacks an access token', answer(200, { expires_in: 1 })],
    ['the server failed', answer(500)],
  ])('is asked again with the identical request when %s', async (_, reply) => {
    const world = await connected();
    world.http.script(reply, answer(200, tokens(2)));
    expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
    expect(world.http.requests[1]).toEqual(world.http.requests[0]);
  });

  test('is asked three times at the most, and then noted on the record with the token kept', async () => {
    const world = await connected();
    world.http.script(answerLost, answerLost, answerLost);
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'OUTCOME_UNKNOWN' });
    expect(world.http.requests).toHaveLength(3);
    expect(recordOf(world)).toMatchObject({
      pointer: { generation: 1 },
      failedAttempt: { at: world.clock.now(), code: 'OUTCOME_UNKNOWN' },
      lease: undefined,
    });
    expect(world.vault.saved).toHaveLength(1);
  });

  test('is not asked again when the lease has run out meanwhile', async () => {
    const world = await connected();
    world.http.script(async () => {
      await freeze(world, 20_000);
      return answer(500);
    });
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'OUTCOME_UNKNOWN' });
    expect(world.http.requests).toHaveLength(1);
  });

  test('is not asked again when another worker has moved the pointer meanwhile', async () => {
    const world = await connected();
    world.http.script(async () => {
      world.clock.advance(19_000);
      await new Promise(setImmediate);
      const { lease: _, ...record } = recordOf(world);
      const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
      const secretVersion = await world.vault.saveTokenSet({ ...world.vault.saved[0]!.set, generation: 2 });
      const pointer = { ...record.pointer!, generation: 2, secretVersion };
      await world.tables.connections.replace(row, { ...record, pointer });
      return answer(502);
    });
    expect(await rotate(world)).toMatchObject({ outcome: 'kept', reason: 'another worker refreshed it' });
    expect(world.http.requests).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['too many requests', answer(429, undefined, { 'retry-after': '3600' })],
    ['an outage that says when to come back', answer(503, undefined, { 'retry-after': '3600' })],
    ['a conflict', answer(409)],
    ['a connection that never opened', connectionRefused],
    ['a refused client', answer(401, { errors: [{ errorType: 'invalid_client' }] })],
  ])('stays unknown when %s follows, and waits for nobody: the replays go on', async (_, reply) => {
    const world = await connected();
    world.http.script(answerLost, reply);
    expect(await rotate(world)).toEqual({
      ok: false,
      reason: 'scheduled run',
      code: 'OUTCOME_UNKNOWN',
      retryAt: undefined,
    });
    expect(world.http.requests).toHaveLength(2);
    expect(recordOf(world).failedAttempt).toEqual({
      at: world.clock.now(),
      code: 'OUTCOME_UNKNOWN',
      retryAt: undefined,
    });
    expect(world.queues.jobs).toHaveLength(3);
  });

  test('at Withings, which refuses the repeat as too soon, is found out by the first replay', async () => {
    const world = await connected('withings');
    const tooSoon = answer(200, { status: 601, body: {}, error: 'Same arguments in less than 10 seconds' });
    world.http.script(answerLost, tooSoon);
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'OUTCOME_UNKNOWN' });
    expect(world.queues.jobs.map(({ delayMs }) => delayMs)).toEqual([20_000, 45_000, 70_000]);
    world.clock.advance(20_000);
    world.http.script(answer(200, tokensOf('withings', 3)));
    const { batch = '' } = recordOf(world).replaysFor!;
    expect(await rotate(world, replayOf({ consent: 1, generation: 1 }, batch))).toMatchObject({
      outcome: 'rotated',
      set: { generation: 2 },
    });
    expect(world.vault.saved.at(-1)?.set.refreshToken.reveal()).toBe('refresh-3');
  });

  test('is a refusal when invalid_grant follows, and the replays go on', async () => {
    const world = await connected();
    world.http.script(answerLost, invalidGrant);
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'GRANT_REFUSED' });
    expect(recordOf(world).refusal).toMatchObject({ consent: 1, generation: 1, confirmedAt: undefined });
    expect(world.queues.jobs).toHaveLength(3);
  });
});

describe('before a single-use refresh token is spent', () => {
  const replays = (world: TestWorld) => {
    const job = {
      kind: 'rotate-token',
      connection: 'wearer-1',
      batch: 'id-2',
      runStartedAt: world.clock.now(),
      attempt: 0,
      replayOf: { consent: 1, generation: 1 },
      round: 0,
    };
    return [20_000, 45_000, 70_000].map((delayMs) => ({
      job: { ...job, isLast: delayMs === 70_000 },
      delayMs,
    }));
  };

  test('three replays are on their way, and cancelled once the new set is current', async () => {
    const world = await connected();
    let during: unknown;
    world.http.script(() => {
      during = [...world.queues.jobs];
      return answer(200, tokens(2));
    });
    expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
    expect(during).toEqual(replays(world));
    expect(world.queues.jobs).toEqual([]);
  });

  test.each<[string, Reply]>([
    ['the connection never opened', connectionRefused],
    ['there are too many requests', answer(429)],
    ['the grant is refused', invalidGrant],
    ['the client is refused', answer(401)],
    ['the provider is retired', answer(410)],
  ])('replays are cancelled when %s: nothing was spent', async (_, reply) => {
    const world = await connected();
    world.http.script(reply);
    expect(await rotate(world)).toMatchObject({ ok: false });
    expect(world.queues.jobs).toEqual([]);
  });

  test('replays stay when the outcome is unknown, the worker dies, or the set is only in the journal', async () => {
    const unknown = await connected();
    unknown.http.script(answerLost, answerLost, answerLost);
    await rotate(unknown);
    expect(unknown.queues.jobs).toEqual(replays(unknown));

    const dying = await connected();
    dying.http.script(() => Promise.reject(new Error('the process ends')));
    await expect(rotate(dying)).rejects.toThrow('the process ends');
    expect(dying.queues.jobs).toEqual(replays(dying));

    const journalled = await connected();
    jest.spyOn(journalled.vault, 'saveTokenSet').mockImplementation(vaultDown);
    journalled.http.script(answer(200, tokens(2)));
    const expected = replays(journalled);
    await rotate(journalled);
    expect(journalled.queues.jobs).toEqual(expected);
  });

  test.each([1, 2, 3])('nothing is asked when replay %i cannot be put into the queue', async (failing) => {
    const world = await connected();
    const { enqueue } = world.queues;
    let count = 0;
    world.queues.enqueue = (job, delayMs) =>
      (count += 1) === failing
        ? Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'The queue is down.'))
        : enqueue(job, delayMs);
    await expect(rotate(world)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(world.http.requests).toEqual([]);
    expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 }, lease: undefined });
  });

  test('a replay makes no further replays, and refreshes what its worker left unfinished', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { replaysFor: { consent: 1, generation: 1, batch: 'batch-1' } });
    const enqueue = jest.spyOn(world.queues, 'enqueue');
    world.http.script(answer(200, tokens(2)));
    expect(await rotate(world, replayOf({ consent: 1, generation: 1 }))).toMatchObject({
      outcome: 'rotated',
      reason: 'an earlier refresh may be unfinished',
      set: { generation: 2 },
    });
    expect(enqueue).not.toHaveBeenCalled();
    expect(world.queues.jobs).toEqual([]);
  });

  test('a replay whose worker died before all three were in the queue asks nothing: nothing was begun', async () => {
    const world = await connected();
    expect(await rotate(world, replayOf({ consent: 1, generation: 1 }))).toMatchObject({
      outcome: 'kept',
      reason: 'the earlier refresh was never begun',
    });
    expect(world.http.requests).toEqual([]);
  });

  test('the record names the three before anything is asked, and the name before they are cancelled is gone', async () => {
    const world = await connected();
    const notes: unknown[] = [];
    world.http.script(() => {
      notes.push(recordOf(world).replaysFor);
      return answer(429);
    });
    const { jobs } = world.queues;
    const splice = jobs.splice.bind(jobs);
    jobs.splice = (...which: Parameters<typeof splice>) => {
      notes.push(recordOf(world).replaysFor);
      return splice(...which);
    };
    await rotate(world);
    expect(notes).toEqual([{ consent: 1, generation: 1, batch: 'id-2' }, undefined, undefined, undefined]);
  });

  test('replays stay when nothing was spent now but an earlier refresh may be unfinished', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { replaysFor: { consent: 1, generation: 1, batch: 'batch-0' } });
    world.http.script(answer(429));
    await rotate(world);
    expect(world.queues.jobs).toHaveLength(3);
    expect(recordOf(world).replaysFor?.batch).toBe('id-2');
  });

  test('replays that were cancelled are not counted on any more', async () => {
    for (const reply of [answer(429), connectionRefused]) {
      const world = await connected();
      world.http.script(reply);
      await rotate(world);
      expect(recordOf(world).replaysFor).toBeUndefined();
    }
    const unknown = await connected();
    unknown.http.script(answerLost, answerLost, answerLost);
    await rotate(unknown);
    expect(recordOf(unknown).replaysFor).toEqual({ consent: 1, generation: 1, batch: 'id-2' });
  });

  test('nothing is asked when the record cannot say that the replays are in the queue', async () => {
    const world = await connected();
    const { replace } = world.tables.connections;
    world.tables.connections.replace = (row, value) =>
      value.replaysFor
        ? Promise.reject(new AppError('TABLE_UNAVAILABLE', 'Tables are down.'))
        : replace(row, value);
    await expect(rotate(world)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(world.http.requests).toEqual([]);
    // They stay: had the record been written after all, they would be the ones that count. As it was not, they drop themselves.
    expect(world.queues.jobs).toHaveLength(3);
    world.tables.connections.replace = replace;
    const dropped = await rotate(world, replayOf({ consent: 1, generation: 1 }, 'id-2'));
    expect(dropped).toMatchObject({ outcome: 'kept', reason: 'the earlier refresh was never begun' });
  });

  test('replays that the record names after all, though its answer was lost, are there and ask', async () => {
    const world = await connected();
    const { replace } = world.tables.connections;
    world.tables.connections.replace = async (row, value) => {
      const replaced = await replace(row, value);
      if (value.replaysFor) throw new AppError('TABLE_UNAVAILABLE', 'The answer was lost.');
      return replaced;
    };
    await expect(rotate(world)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    world.tables.connections.replace = replace;
    const { batch } = recordOf(world).replaysFor!;
    expect(world.queues.jobs.map(({ job }) => 'batch' in job && job.batch)).toEqual([batch, batch, batch]);
    world.http.script(answer(200, tokens(2)));
    expect(await rotate(world, replayOf({ consent: 1, generation: 1 }, batch))).toMatchObject({
      outcome: 'rotated',
    });
  });

  test('a replay that comes after the refresh was finished asks nothing', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { set: { generation: 2 } });
    expect(await rotate(world, replayOf({ consent: 1, generation: 1 }))).toMatchObject({
      outcome: 'kept',
      reason: 'the earlier refresh is finished',
    });
  });

  test('a provider whose refresh token stays needs no replays', async () => {
    const world = await connected('google-health');
    const enqueue = jest.spyOn(world.queues, 'enqueue');
    world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
    expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
    expect(enqueue).not.toHaveBeenCalled();
  });

  test('a worker whose lease ran out while it got ready asks nothing and notes nothing', async () => {
    const world = await connected();
    const { enqueue } = world.queues;
    world.queues.enqueue = async (job, delayMs) => {
      world.queues.enqueue = enqueue;
      await freeze(world, 20_000);
      return enqueue(job, delayMs);
    };
    expect(await rotate(world)).toEqual({ ok: false, code: 'LEASE_HELD' });
    expect(world.http.requests).toEqual([]);
    expect(world.queues.jobs).toEqual([]);
    expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 } });
    expect(recordOf(world)).not.toHaveProperty('failedAttempt');
    expect(recordOf(world)).not.toHaveProperty('failingSince');
  });

  test('a worker whose lease ran out while it read the client secret asks nothing', async () => {
    const world = await connected();
    jest.spyOn(world.vault, 'readSecret').mockImplementation(async () => {
      await freeze(world, 20_000);
      return new Secret('client-secret');
    });
    expect(await rotate(world)).toEqual({ ok: false, code: 'LEASE_HELD' });
    expect(world.http.requests).toEqual([]);
    expect(world.queues.jobs).toEqual([]);
  });
});

test('a worker that outlived its lease and commits after this one has read the set spares it the spent token', async () => {
  const world = await connected();
  const { enqueue } = world.queues;
  world.queues.enqueue = async (job, delayMs) => {
    world.queues.enqueue = enqueue;
    const next = { ...world.vault.saved[0]!.set, generation: 2, refreshToken: new Secret('refresh-2') };
    await commitTokenSet(world.ports, await holdRecord(world), {
      set: next,
      version: await world.vault.saveTokenSet(next),
    });
    return enqueue(job, delayMs);
  };
  expect(await rotate(world)).toMatchObject({ outcome: 'kept', set: { generation: 2 } });
  expect(world.http.requests).toEqual([]);
  expect(world.queues.jobs).toEqual([]);
  expect(recordOf(world).lease).toBeUndefined();
});

test.each<[string, number, string]>([
  ['leaves the place to the answer that another worker has written to the journal', 1, 'refresh-other'],
  ['keeps its own answer when the journal cannot be read', 0, 'refresh-own'],
])('a worker that outlived its lease %s', async (_, readable, kept) => {
  const world = await connected('withings');
  const { set } = world.vault.saved[0]!;
  world.http.script(async () => {
    await world.ports.journal.write(set, {
      ...{ ...set, generation: 2, refreshToken: new Secret('refresh-other') },
    });
    if (!readable) jest.spyOn(world.ports.journal, 'read').mockRejectedValue(new Error('No answer.'));
    await freeze(world, 26_000);
    const { status, body } = tokensOf('withings', 2) as { status: number; body: object };
    return answer(200, { status, body: { ...body, refresh_token: 'refresh-own' } });
  });
  await rotate(world);
  const saved = world.vault.saved.map((each) => each.set.refreshToken.reveal());
  expect(saved).toEqual(['refresh-1', kept]);
  expect(recordOf(world).pointer).toMatchObject({ generation: 2, secretVersion: 'version-2' });
});

describe('invalid_grant', () => {
  test('is noted at first, believed after the recheck time, and the token set is never deleted', async () => {
    const world = await connected();
    world.http.script(invalidGrant);
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'GRANT_REFUSED' });
    const firstAt = world.clock.now();
    expect(recordOf(world).refusal).toEqual({ consent: 1, generation: 1, firstAt, confirmedAt: undefined });

    world.clock.advance(899_999);
    world.http.script(invalidGrant);
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'GRANT_REFUSED' });

    world.clock.advance(1);
    world.http.script(invalidGrant);
    expect(await rotate(world)).toMatchObject({ ok: false, code: 'RECONNECT_REQUIRED' });
    expect(recordOf(world).refusal).toMatchObject({ firstAt, confirmedAt: world.clock.now() });
    expect(world.log.entries.at(-1)).toMatchObject({ level: 'warn', event: 'token.reconnect_required' });

    expect(await rotate(world)).toMatchObject({ outcome: 'kept', reason: 'reconnect required' });
    expect(world.http.requests).toHaveLength(3);
    expect(world.vault.saved).toHaveLength(1);
  });

  test.each<[string, ProviderId, object, object]>([
    [
      'the subtype that Google gives',
      'google-health',
      { error: 'invalid_grant', error_subtype: 'invalid_rapt', error_description: 'refresh-1' },
      { answer: 'invalid_rapt' },
    ],
    [
      "the error in Fitbit's envelope",
      'fitbit',
      { errors: [{ errorType: 'invalid_grant', message: 'refresh-1' }] },
      { answer: 'invalid_grant' },
    ],
    [
      'no subtype that could be a token',
      'google-health',
      { error: 'invalid_grant', error_subtype: 'refresh-1' },
      { answer: 'invalid_grant' },
    ],
  ])('is logged with %s', async (_, provider, body, said) => {
    const world = await connected(provider);
    const refused = answer(400, body);
    world.http.script(refused, refused);
    expect(await rotate(world)).toMatchObject({ code: 'GRANT_REFUSED' });
    world.clock.advance(900_000);
    expect(await rotate(world)).toMatchObject({ code: 'RECONNECT_REQUIRED' });
    const fields = { connection: 'wearer-1', reason: 'scheduled run', ...said };
    expect(world.log.entries.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', event: 'token.refresh_failed', fields: { ...fields, code: 'GRANT_REFUSED' } },
      { level: 'warn', event: 'token.reconnect_required', fields: { ...fields, code: 'RECONNECT_REQUIRED' } },
    ]);
    expect(JSON.stringify(world.log.entries)).not.toContain('refresh-1');
  });

  test.each(['admin_policy_enforced', 'access_not_configured', 'policy_enforced'])(
    'by a rule that keeps the client out (%s) is no end of the grant: it goes on when the rule is lifted',
    async (error) => {
      const world = await connected('google-health');
      const quarterHour = 900_000;
      for (let nth = 0; nth < 3; nth += 1) {
        world.http.script(answer(nth === 0 ? 401 : 400, { error }));
        expect(await rotate(world)).toMatchObject({ code: 'ACCESS_FORBIDDEN' });
        world.clock.advance(quarterHour);
      }
      expect(world.log.entries.at(-1)).toMatchObject({
        event: 'token.refresh_failed',
        fields: { answer: error },
      });
      world.http.script(answer(200, { ...tokens(2), refresh_token: undefined }));
      expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
    },
  );

  test('an operator can ask once more after that, and a good answer heals the connection', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', {
      refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
    });
    world.http.script(answer(200, tokens(2)));
    expect(await rotate(world, { by: 'operator' })).toMatchObject({
      outcome: 'rotated',
      reason: 'operator asked',
    });
    expect(recordOf(world).refusal).toBeUndefined();
  });

  test('a confirmation stays as it was first made', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', {
      refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
    });
    world.http.script(invalidGrant);
    expect(await rotate(world, { by: 'operator' })).toMatchObject({ code: 'RECONNECT_REQUIRED' });
    expect(recordOf(world).refusal).toEqual({ consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 });
  });

  test('is not believed when somebody else saved a later set: losing a race is not a dead grant', async () => {
    const world = await connected();
    world.http.script(async () => {
      await world.vault.saveTokenSet({ ...world.vault.saved[0]!.set, generation: 2 });
      return invalidGrant;
    });
    expect(await rotate(world)).toMatchObject({ outcome: 'kept', set: { generation: 2 } });
    expect(recordOf(world)).toMatchObject({
      pointer: { generation: 2 },
      refusal: undefined,
      failedAttempt: undefined,
    });
  });
});

test.each([
  ['retired', answer(410)],
  ['refused', answer(400, { errors: [{ errorType: 'invalid_grant' }] })],
])('an old grant that was %s says nothing about a consent that came meanwhile', async (_, reply) => {
  const world = await connected();
  const { replace } = world.tables.connections;
  world.http.script(() => {
    // After the last look at the record, and before the failure is noted on it.
    world.tables.connections.replace = async (row, value) => {
      world.tables.connections.replace = replace;
      const { set } = world.vault.saved[0]!;
      const consented = { ...set, consent: 2 };
      await commitTokenSet(world.ports, await holdRecord(world), {
        set: consented,
        version: await world.vault.saveTokenSet(consented),
      });
      return replace(row, value);
    };
    return Promise.resolve(reply);
  });
  await rotate(world);
  expect(recordOf(world)).toMatchObject({ pointer: { consent: 2, generation: 1 } });
  expect(recordOf(world)).not.toHaveProperty('failedAttempt.code');
  expect(recordOf(world).refusal).toBeUndefined();
});

test.each<[string, Reply, string, string?]>([
  ['the connection never opened', connectionRefused, 'PROVIDER_UNAVAILABLE'],
  ['another client refreshes', answer(409), 'CONCURRENT_REFRESH'],
  ['the client is refused', answer(401, { errors: [{ errorType: 'invalid_client' }] }), 'CLIENT_REFUSED'],
  ['the provider may be switched off', answer(410), 'PROVIDER_UNAVAILABLE', 'PROVIDER_RETIRED'],
])('when %s, it is asked once and the token stays current', async (_, reply, code, noted = code) => {
  const world = await connected();
  world.http.script(reply);
  expect(await rotate(world)).toMatchObject({ ok: false, code });
  expect(world.http.requests).toHaveLength(1);
  expect(recordOf(world)).toMatchObject({
    pointer: { generation: 1 },
    failedAttempt: { code: noted },
  });
  expect(recordOf(world).refusal).toBeUndefined();
});

test('Retry-After is kept on the record, honoured by the next run, and said in the log', async () => {
  const world = await connected();
  world.http.script(answer(429, undefined, { 'retry-after': '120' }));
  const retryAt = world.clock.now() + 120_000;
  expect(await rotate(world)).toMatchObject({ ok: false, code: 'RATE_LIMITED', retryAt });
  expect(world.log.entries.at(-1)?.fields).toMatchObject({ code: 'RATE_LIMITED', retryAt });

  world.clock.advance(119_999);
  expect(await rotate(world)).toMatchObject({ outcome: 'kept', reason: 'provider asked to wait' });
  world.clock.advance(1);
  world.http.script(answer(200, tokens(2)));
  expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
  expect(recordOf(world).failedAttempt).toBeUndefined();
});

describe('a connection that keeps failing', () => {
  const hour = 3_600_000;

  test('shows since when, until a refresh works', async () => {
    const world = await connected();
    const firstAt = world.clock.now();
    world.http.script(answer(409), answer(429), answer(200, tokens(2)));
    await rotate(world);
    expect(recordOf(world)).toMatchObject({ failingSince: firstAt, failedAttempt: { at: firstAt } });
    world.clock.advance(6 * hour);
    await rotate(world);
    expect(recordOf(world)).toMatchObject({
      failingSince: firstAt,
      failedAttempt: { at: firstAt + 6 * hour, code: 'RATE_LIMITED' },
    });
    await rotate(world);
    expect(recordOf(world)).toMatchObject({ failingSince: undefined, failedAttempt: undefined });
  });

  test('is tried by every run for three days, and once a day after that', async () => {
    const world = await connected();
    world.http.script(...Array.from({ length: 40 }, () => answer(409)));
    const triedAt: number[] = [];
    for (let hours = 0; hours <= 168; hours += 6) {
      const result = await rotate(world);
      if ('ok' in result) triedAt.push(hours);
      else expect(result).toMatchObject({ reason: 'failing for days, tried once a day' });
      world.clock.advance(6 * hour);
    }
    expect(triedAt).toEqual([0, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 96, 120, 144, 168]);
    expect(world.http.requests).toHaveLength(triedAt.length);
  });

  test('is tried for a call and for the operator all the same', async () => {
    const world = createTestWorld();
    const now = world.clock.now();
    await connectWearer(world, 'fitbit', {
      set: { expiresAt: now },
      failingSince: now - 30 * 24 * hour,
      failedAttempt: { at: now, code: 'CONCURRENT_REFRESH' },
    });
    expect(await rotate(world)).toMatchObject({ reason: 'failing for days, tried once a day' });
    world.http.script(answer(409), answer(200, tokens(2)));
    expect(await rotate(world, { by: 'call' })).toMatchObject({ ok: false });
    expect(await rotate(world, { by: 'operator' })).toMatchObject({ outcome: 'rotated' });
  });
});

describe('a provider that is switched off', () => {
  const retired = async () => {
    const world = createTestWorld();
    const now = world.clock.now();
    const failedAttempt = { at: now, code: 'PROVIDER_RETIRED' } as const;
    const retirement = { firstAt: now - 3 * 3_600_000, confirmedAt: now };
    await connectWearer(world, 'fitbit', { set: { expiresAt: now }, failedAttempt, retirement });
    return world;
  };
  const run = (world: TestWorld) => rotate(world, { by: 'run', startedAt: world.clock.now() });

  test('is believed if it still answers 410 three hours later', async () => {
    const world = await connected();
    const firstAt = world.clock.now();
    world.http.script(answer(410), answer(410), answer(410));
    expect(await run(world)).toMatchObject({ ok: false, code: 'PROVIDER_UNAVAILABLE' });
    world.clock.advance(3 * 3_600_000 - 1);
    expect(await run(world)).toMatchObject({ ok: false, code: 'PROVIDER_UNAVAILABLE' });
    expect(recordOf(world).retirement).toEqual({ firstAt, confirmedAt: undefined });
    world.clock.advance(1);
    expect(await run(world)).toMatchObject({ ok: false, code: 'PROVIDER_RETIRED' });
    expect(recordOf(world).retirement).toEqual({ firstAt, confirmedAt: world.clock.now() });
  });

  test.each<[string, Reply, object]>([
    ['a good answer', answer(200, tokens(2)), { outcome: 'rotated' }],
    ['a refusal', answer(400, { errors: [{ errorType: 'invalid_grant' }] }), { code: 'GRANT_REFUSED' }],
  ])('is not believed when %s came in between', async (_, reply, expected) => {
    const world = await connected();
    world.http.script(answer(410), reply, answer(410));
    await run(world);
    world.clock.advance(3_600_000);
    expect(await run(world)).toMatchObject(expected);
    world.clock.advance(3 * 3_600_000);
    expect(await run(world)).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(recordOf(world).retirement).toEqual({ firstAt: world.clock.now(), confirmedAt: undefined });
  });

  test('is asked once a day for a month, and a good answer heals the connection', async () => {
    const world = await retired();
    world.http.script(...Array.from({ length: 29 }, () => answer(410)));
    for (let hours = 6; hours <= 40 * 24; hours += 6) {
      world.clock.advance(6 * 3_600_000);
      await run(world);
    }
    expect(world.http.requests).toHaveLength(29);
    const early = await retired();
    early.clock.advance(24 * 3_600_000);
    early.http.script(answer(200, tokens(2)));
    expect(await run(early)).toMatchObject({ outcome: 'rotated' });
    expect(recordOf(early)).toMatchObject({ retirement: undefined, failedAttempt: undefined });
  });

  test.each<[string, Asker]>([
    ['a run', { by: 'run', startedAt: Number.MAX_SAFE_INTEGER }],
    ['a call', { by: 'call' }],
    ['a replay', replayOf({ consent: 1, generation: 1 })],
  ])('is not asked by %s', async (_, asker) => {
    const world = await retired();
    expect(await rotate(world, asker)).toMatchObject({ outcome: 'kept', reason: 'provider retired' });
    expect(world.http.requests).toEqual([]);
  });

  test('is asked by the operator, and a good answer heals the connection', async () => {
    const world = await retired();
    world.http.script(answer(200, tokens(2)));
    expect(await rotate(world, { by: 'operator' })).toMatchObject({ outcome: 'rotated' });
    expect(recordOf(world).failedAttempt).toBeUndefined();
  });
});

describe('a connection that was closed', () => {
  /** The wearer disconnects while the provider answers. */
  const closing = (world: TestWorld, reply: HttpAnswer) => async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: world.clock.now() });
    return reply;
  };
  const urlsAsked = (world: TestWorld) => world.http.requests.map(({ url }) => url);

  test.each<[string, Asker]>([
    ['a run', { by: 'run', startedAt: Number.MAX_SAFE_INTEGER }],
    ['the operator', { by: 'operator' }],
  ])('before %s came is unknown, and nothing is asked', async (_, asker) => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { closedAt: world.clock.now() });
    expect(await rotate(world, asker)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(world.http.requests).toEqual([]);
    expect(world.queues.jobs).toEqual([]);
  });

  test('while it was refreshed gives the new grant back and keeps no token set', async () => {
    const world = await connected();
    world.http.script(closing(world, answer(200, tokens(2))), answer(200));
    const before = { ...world.vault.saved[0]!.set, journalKey: new Secret('B'.repeat(43)) };
    await world.ports.journal.write(before, { ...before, generation: 9 });
    expect(await rotate(world)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(urlsAsked(world)).toEqual([
      'https://api.fitbit.com/oauth2/token',
      'https://api.fitbit.com/oauth2/revoke',
    ]);
    expect((world.http.requests[1]?.form?.token as Secret).reveal()).toBe('access-2');
    expect(world.vault.saved).toEqual([]);
    expect(world.journal.values()).toEqual([]);
    expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 }, lease: undefined });
  });

  test('and whose new access token has expired meanwhile is refreshed once more to be given back', async () => {
    const world = await connected();
    world.http.script(
      closing(world, answer(200, tokens(2, { expires_in: 1 }))),
      answer(200, tokens(3)),
      answer(200),
    );
    jest
      .spyOn(world.vault, 'saveTokenSet')
      .mockImplementationOnce(vaultDown)
      .mockImplementationOnce(vaultDown);
    jest.spyOn(world.clock, 'sleep').mockImplementation(async () => world.clock.advance(1_000));
    expect(await rotate(world)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(refreshTokensSent(world).slice(0, 2)).toEqual(['refresh-1', 'refresh-2']);
    expect((world.http.requests[2]?.form?.token as Secret).reveal()).toBe('access-3');
    expect(world.vault.saved).toEqual([]);
    expect(world.journal.values()).toEqual([]);
  });

  test('while the vault was down keeps nothing in the journal, where nobody would finish it', async () => {
    const world = await connected();
    const up = world.vault.saveTokenSet;
    // Every answer is lost, and the last request applied: late, when everything has been deleted.
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(async (set) => {
      world.vault.saved.length = 0;
      await up(set);
      return vaultDown();
    });
    world.http.script(closing(world, answer(200, tokens(2))), answer(200));
    expect(await rotate(world)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect((world.http.requests[1]?.form?.token as Secret).reveal()).toBe('access-2');
    expect(world.vault.saved).toEqual([]);
    expect(world.journal.values()).toEqual([]);
  });

  test('and is gone altogether is given back too', async () => {
    const world = await connected();
    world.http.script(async () => {
      const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
      await world.tables.connections.remove(row);
      return answer(200, tokens(2));
    }, answer(200));
    expect(await rotate(world)).toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(world.vault.saved).toEqual([]);
  });
});

describe('generation 400', () => {
  const lastGeneration = async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { set: { generation: 400 } });
    return world;
  };

  test('is followed by generation 1 of a fresh consent number, and its secret is deleted', async () => {
    const world = await lastGeneration();
    world.http.script(answer(200, tokens(2)));
    expect(await rotate(world)).toMatchObject({ outcome: 'rotated', set: { consent: 2, generation: 1 } });
    expect(recordOf(world)).toMatchObject({
      consentReserved: 2,
      pointer: { consent: 2, generation: 1, secretVersion: 'version-2' },
    });
    expect(world.vault.saved.map(({ set }) => [set.consent, set.refreshToken.reveal()])).toEqual([
      [2, 'refresh-2'],
    ]);
  });

  test('goes through the journal like any other when the vault is down', async () => {
    const world = await lastGeneration();
    world.http.script(answer(200, tokens(2)));
    const save = jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(vaultDown);
    expect(await rotate(world)).toMatchObject({ outcome: 'journalled' });
    save.mockRestore();
    expect(await rotate(world, replayOf({ consent: 1, generation: 400 }))).toMatchObject({
      outcome: 'kept',
      reason: 'the earlier refresh is finished',
      set: { consent: 2, generation: 1 },
    });
    expect(world.vault.saved.map(({ set }) => set.consent)).toEqual([2]);
  });

  test('opens one consent number, however many attempts fail', async () => {
    const world = await lastGeneration();
    world.http.script(...Array.from({ length: 10 }, () => answer(409)));
    for (let attempt = 1; attempt <= 10; attempt += 1) await rotate(world);
    expect(recordOf(world)).toMatchObject({
      consentReserved: 2,
      rollover: { consent: 2, follows: { consent: 1, generation: 400 } },
      pointer: { consent: 1, generation: 400 },
    });
    world.http.script(answer(200, tokens(2)), answer(200, tokens(3)));
    expect(await rotate(world)).toMatchObject({ set: { consent: 2, generation: 1 } });
    expect(await rotate(world, { by: 'operator' })).toMatchObject({ set: { consent: 2, generation: 2 } });
  });

  test('opens one consent number for two workers that stand still with the answer, and the late one changes nothing', async () => {
    const world = await lastGeneration();
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const savingAfter = (held: Promise<void>): Ports & Settings => ({
      ...world.ports,
      clock: { ...world.clock, every: () => () => undefined },
      vault: { ...world.vault, saveTokenSet: async (set) => (await held, world.vault.saveTokenSet(set)) },
    });
    const begin = async (held: Promise<void>) => {
      world.http.script(answer(200, tokens(2)));
      const done = rotateToken(savingAfter(held), 'wearer-1', { by: 'operator' });
      for (let i = 0; i < 30; i += 1) await new Promise(setImmediate);
      world.clock.advance(21_000);
      return done;
    };
    const beginnings = [begin(first.promise)];
    await new Promise(setImmediate);
    for (let i = 0; i < 40; i += 1) await new Promise(setImmediate);
    beginnings.push(begin(second.promise));
    for (let i = 0; i < 80; i += 1) await new Promise(setImmediate);
    first.resolve();
    expect(settled((await beginnings[0])!)).toMatchObject({
      outcome: 'rotated',
      set: { consent: 2, generation: 1 },
    });
    world.http.script(answer(200, tokens(3)));
    expect(await rotate(world, { by: 'operator' })).toMatchObject({ set: { consent: 2, generation: 2 } });
    second.resolve();
    expect(settled((await beginnings[1])!)).toMatchObject({
      outcome: 'kept',
      reason: 'another worker refreshed it',
    });
    const { pointer, consentReserved } = recordOf(world);
    expect(consentReserved).toBe(2);
    const named = world.vault.saved.find(({ version }) => version === pointer?.secretVersion);
    expect(named?.set.refreshToken.reveal()).toBe('refresh-3');
  });
});

test('a client that is not configured yet is a state: nothing is asked and nothing lost', async () => {
  const world = await connected();
  world.vault.secrets.clear();
  expect(await rotate(world)).toMatchObject({ ok: false, code: 'NOT_CONFIGURED' });
  expect(world.http.requests).toEqual([]);
});

describe('for a call to the API', () => {
  /** The API has refused the access token in use. */
  const refusedOne = async (provider: ProviderId = 'fitbit', more: Partial<Connection> = {}) => {
    const world = createTestWorld();
    await connectWearer(world, provider, {
      refusedAccess: { consent: 1, generation: 1, issuedAt: world.clock.now() - 3_600_000 },
      ...more,
    });
    return world;
  };

  test('a provider that does not rotate costs no write to the vault', async () => {
    const world = await refusedOne('google-health');
    world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
    const result = await rotate(world, { by: 'call' });
    expect(result).toMatchObject({ outcome: 'refreshed', set: { generation: 1 } });
    expect('set' in result && result.set.accessToken.reveal()).toBe('access-2');
    expect(world.vault.saved).toHaveLength(1);
    expect(recordOf(world)).toMatchObject({
      pointer: { generation: 1 },
      lease: undefined,
      refusedAccess: undefined,
      access: { consent: 1, generation: 1, issuedAt: world.clock.now() },
    });
    expect(JSON.stringify(recordOf(world))).not.toContain('access-2');
    expect(world.log.events()).toEqual(['token.refresh_begun', 'token.refreshed']);
    const again = await rotate(world, { by: 'call' });
    expect(again).toMatchObject({ outcome: 'kept', reason: 'access token still good' });
    expect('set' in again && again.set.accessToken.reveal()).toBe('access-2');
  });

  test('at a provider that does not rotate, calls use up no consent number', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'google-health', { set: { generation: 400, expiresAt: 0 } });
    for (let hour = 0; hour < 6; hour += 1) {
      world.clock.advance(3_600_000);
      world.http.script(answer(200, { access_token: `access-${hour}`, expires_in: 3599 }));
      expect(await rotate(world, { by: 'call' })).toMatchObject({ outcome: 'refreshed' });
    }
    expect(recordOf(world).consentReserved).toBe(1);
  });

  test('at a provider that does not rotate, a good answer clears what earlier failures left', async () => {
    const world = await refusedOne('google-health', {
      refusal: { consent: 1, generation: 1, firstAt: 1 },
      failedAttempt: { at: 1, code: 'GRANT_REFUSED' },
      failingSince: 1,
    });
    world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
    expect(await rotate(world, { by: 'call' })).toMatchObject({
      outcome: 'refreshed',
      set: { generation: 1 },
    });
    expect(recordOf(world)).toMatchObject({
      refusal: undefined,
      failedAttempt: undefined,
      failingSince: undefined,
      pointer: { generation: 1 },
    });
    expect(world.vault.saved).toHaveLength(1);
  });

  test('a refresh token that comes after all is saved', async () => {
    const world = await refusedOne('google-health');
    world.http.script(
      answer(200, { access_token: 'access-2', expires_in: 3599, refresh_token: 'refresh-2' }),
    );
    await rotate(world, { by: 'call' });
    expect(world.vault.saved.at(-1)?.set.refreshToken.reveal()).toBe('refresh-2');
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('a provider that rotates is saved before the token is used', async () => {
    const world = await refusedOne();
    world.http.script(answer(200, tokens(2)));
    const result = await rotate(world, { by: 'call' });
    expect(result).toMatchObject({
      outcome: 'rotated',
      reason: 'access token refused',
      set: { generation: 2 },
    });
    expect(recordOf(world).pointer?.generation).toBe(2);
  });
});

test('a vault that stays down leaves the new set in the journal, and the next worker finishes it', async () => {
  const world = await connected();
  world.http.script(answer(200, tokens(2)));
  const startedAt = world.clock.now();
  const save = jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(vaultDown);
  expect(await rotate(world)).toEqual({ outcome: 'journalled' });
  expect(world.clock.now() - startedAt).toBeGreaterThanOrEqual(20_000);
  expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 }, lease: undefined });
  expect(recordOf(world)).not.toHaveProperty('failedAttempt');
  expect(world.log.entries.at(-1)).toEqual({
    level: 'warn',
    event: 'token.journalled',
    fields: { connection: 'wearer-1' },
  });
  // While the vault refuses, nobody refreshes from the set that waits, and the wearer's calls use it.
  expect(await rotate(world)).toEqual({ outcome: 'journalled' });
  const waiting = await usableTokenSet(world.ports, 'wearer-1', {});
  expect(waiting.ok && waiting.value.accessToken.reveal()).toBe('access-2');

  save.mockRestore();
  const replayed = await rotate(world, replayOf({ consent: 1, generation: 1 }));
  expect(replayed).toMatchObject({ outcome: 'kept', reason: 'the earlier refresh is finished' });
  expect('set' in replayed && replayed.set.refreshToken.reveal()).toBe('refresh-2');
  expect(world.http.requests).toHaveLength(1);
  expect(recordOf(world).pointer).toMatchObject({ generation: 2, secretVersion: 'version-2' });
  expect(world.journal.values()).toEqual([]);
});

test.each([1, 3])('the journal is empty once the vault has taken the set at attempt %i', async (attempt) => {
  for (const provider of ['fitbit', 'google-health'] as const) {
    const world = await connected(provider);
    const refused = jest.spyOn(world.vault, 'saveTokenSet');
    for (let n = 1; n < attempt; n += 1) refused.mockImplementationOnce(vaultDown);
    world.http.script(answer(200, tokens(2)));
    expect(await rotate(world)).toMatchObject({ outcome: 'rotated' });
    expect(world.journal.values()).toEqual([]);
  }
});

test('a vault that refuses for long leaves nothing in the journal where the refresh token stays: it is asked again', async () => {
  const world = await connected('google-health');
  world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
  jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(vaultDown);
  expect(await rotate(world)).toMatchObject({ ok: false, code: 'TOKEN_NOT_SAVED' });
  expect(world.journal.values()).toEqual([]);
});

test('a vault and a journal that never take the new set are a failure, and the lease is free again', async () => {
  const world = await connected();
  world.http.script(answer(200, tokens(2)));
  jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(vaultDown);
  jest
    .spyOn(world.journal, 'insert')
    .mockImplementation(() => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'The table is down.')));
  expect(await rotate(world)).toMatchObject({ ok: false, code: 'TOKEN_NOT_SAVED' });
  expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 }, lease: undefined });
  expect(world.log.entries).toContainEqual({
    level: 'error',
    event: 'token.not_saved',
    fields: { connection: 'wearer-1', consent: 1, generation: 2 },
  });
});

test('a worker that outlives its lease saves its set, and a later set stays current', async () => {
  const world = await connected();
  world.http.script(async () => {
    await freeze(world, 60_000);
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const secretVersion = await world.vault.saveTokenSet({ ...world.vault.saved[0]!.set, generation: 3 });
    const pointer = { ...row.value.pointer!, generation: 3, secretVersion };
    await world.tables.connections.replace(row, { ...row.value, pointer, lease: undefined });
    return answer(200, tokens(2));
  });
  expect(await rotate(world)).toMatchObject({
    outcome: 'kept',
    reason: 'another worker refreshed it',
    set: { generation: 3 },
  });
  expect(world.vault.saved.map(({ set }) => set.generation)).toEqual([1, 3, 2]);
  expect(recordOf(world).pointer?.generation).toBe(3);
});

test('a consent that was saved and not committed heals a retired connection in the same breath', async () => {
  const world = createTestWorld();
  const { set } = await connectWearer(world, 'fitbit', {
    consentReserved: 2,
    failedAttempt: { at: 0, code: 'PROVIDER_RETIRED' },
    retirement: { firstAt: 0, confirmedAt: 1 },
  });
  await world.vault.saveTokenSet({ ...set, provider: 'google-health', consent: 2, generation: 1 });
  world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
  expect(await rotate(world)).toMatchObject({
    outcome: 'rotated',
    set: { provider: 'google-health', consent: 2, generation: 2 },
  });
});

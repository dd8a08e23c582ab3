import type { Asker } from '../../src/domain/decide-refresh';
import { connectionKey } from '../../src/domain/keys';
import { rotateToken } from '../../src/domain/rotate-token';
import { AppError } from '../../src/errors';
import type { ProviderId } from '../../src/model';
import type { Secret } from '../../src/secret';
import { answer, answerLost, connectionRefused, type Reply } from '../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../support/world';

const invalidGrant = answer(400, { errors: [{ errorType: 'invalid_grant', message: 'refresh-1' }] });

async function connected(provider: ProviderId = 'fitbit'): Promise<TestWorld> {
  const world = createTestWorld();
  await connectWearer(world, provider);
  return world;
}

function rotate(world: TestWorld, asker?: Asker) {
  return rotateToken(world.ports, 'wearer-1', asker ?? { by: 'run', startedAt: world.clock.now() });
}

/** The refresh token that each request carried. */
function refreshTokensSent({ http }: TestWorld): (string | undefined)[] {
  return http.requests.map(({ form }) => (form?.refresh_token as Secret | undefined)?.reveal());
}

test('a rotation saves the new set, makes it current, releases the lease and logs one line without secrets', async () => {
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
  expect((await rotate(world)).outcome).toBe('rotated');
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
  expect(await rotate(world)).toEqual({ outcome: 'held' });
  expect(world.http.requests).toEqual([]);
});

test('an unknown connection is said to be unknown', async () => {
  const world = createTestWorld();
  expect(await rotate(world)).toEqual({ outcome: 'unknown connection' });
});

test('a connection whose first consent never got through is said to be unknown and its lease is free again', async () => {
  const world = await connected();
  world.vault.saved.splice(0);
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, pointer: undefined });
  expect(await rotate(world)).toEqual({ outcome: 'unknown connection' });
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
    expect((await rotate(world)).outcome).toBe('rotated');
    expect(world.http.requests[1]).toEqual(world.http.requests[0]);
  });

  test('is asked three times at the most, and then noted on the record with the token kept', async () => {
    const world = await connected();
    world.http.script(answerLost, answerLost, answerLost);
    expect(await rotate(world)).toMatchObject({ outcome: 'failed', code: 'OUTCOME_UNKNOWN' });
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
    world.http.script(() => {
      world.clock.advance(20_000);
      return answerLost;
    });
    expect((await rotate(world)).outcome).toBe('failed');
    expect(world.http.requests).toHaveLength(1);
  });

  test('is not asked again when another worker has moved the pointer meanwhile', async () => {
    const world = await connected();
    world.http.script(async () => {
      world.clock.advance(19_000);
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
});

describe('invalid_grant', () => {
  test('is noted at first, believed after the recheck time, and the token set is never deleted', async () => {
    const world = await connected();
    world.http.script(invalidGrant);
    expect(await rotate(world)).toMatchObject({ outcome: 'failed', code: 'GRANT_REFUSED' });
    const firstAt = world.clock.now();
    expect(recordOf(world).refusal).toEqual({ consent: 1, generation: 1, firstAt, confirmedAt: undefined });

    world.clock.advance(899_999);
    world.http.script(invalidGrant);
    expect(await rotate(world)).toMatchObject({ outcome: 'failed', code: 'GRANT_REFUSED' });

    world.clock.advance(1);
    world.http.script(invalidGrant);
    expect(await rotate(world)).toMatchObject({ outcome: 'failed', code: 'RECONNECT_REQUIRED' });
    expect(recordOf(world).refusal).toMatchObject({ firstAt, confirmedAt: world.clock.now() });
    expect(world.log.entries.at(-1)).toMatchObject({ level: 'warn', event: 'token.reconnect_required' });

    expect(await rotate(world)).toMatchObject({ outcome: 'kept', reason: 'reconnect required' });
    expect(world.http.requests).toHaveLength(3);
    expect(world.vault.saved).toHaveLength(1);
  });

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

test.each<[string, Reply, string]>([
  ['the connection never opened', connectionRefused, 'PROVIDER_UNAVAILABLE'],
  ['another client refreshes', answer(409), 'CONCURRENT_REFRESH'],
  ['the client is refused', answer(401, { errors: [{ errorType: 'invalid_client' }] }), 'CLIENT_REFUSED'],
  ['the provider is retired', answer(410), 'PROVIDER_RETIRED'],
])('when %s, it is asked once and the token stays current', async (_, reply, code) => {
  const world = await connected();
  world.http.script(reply);
  expect(await rotate(world)).toMatchObject({ outcome: 'failed', code });
  expect(world.http.requests).toHaveLength(1);
  expect(recordOf(world)).toMatchObject({
    pointer: { generation: 1 },
    failedAttempt: { code },
  });
  expect(recordOf(world).refusal).toBeUndefined();
});

test('Retry-After is kept on the record, honoured by the next run, and said in the log', async () => {
  const world = await connected();
  world.http.script(answer(429, undefined, { 'retry-after': '120' }));
  const retryAt = world.clock.now() + 120_000;
  expect(await rotate(world)).toMatchObject({ outcome: 'failed', code: 'RATE_LIMITED', retryAt });
  expect(world.log.entries.at(-1)?.fields).toMatchObject({ code: 'RATE_LIMITED', retryAt });

  world.clock.advance(119_999);
  expect(await rotate(world)).toMatchObject({ outcome: 'kept', reason: 'provider asked to wait' });
  world.clock.advance(1);
  world.http.script(answer(200, tokens(2)));
  expect((await rotate(world)).outcome).toBe('rotated');
  expect(recordOf(world).failedAttempt).toBeUndefined();
});

test('a client that is not configured yet is a state: nothing is asked and nothing lost', async () => {
  const world = await connected();
  world.vault.secrets.clear();
  expect(await rotate(world)).toMatchObject({ outcome: 'failed', code: 'NOT_CONFIGURED' });
  expect(world.http.requests).toEqual([]);
});

describe('for a call to the API', () => {
  test('a provider that does not rotate costs no write to the vault', async () => {
    const world = await connected('google-health');
    world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
    const result = await rotate(world, { by: 'call', failed: { consent: 1, generation: 1 } });
    expect(result).toMatchObject({ outcome: 'rotated', set: { generation: 1 } });
    expect('set' in result && result.set.accessToken.reveal()).toBe('access-2');
    expect(world.vault.saved).toHaveLength(1);
    expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 }, lease: undefined });
  });

  test('a refresh token that comes after all is saved', async () => {
    const world = await connected('google-health');
    world.http.script(
      answer(200, { access_token: 'access-2', expires_in: 3599, refresh_token: 'refresh-2' }),
    );
    await rotate(world, { by: 'call', failed: { consent: 1, generation: 1 } });
    expect(world.vault.saved.at(-1)?.set.refreshToken.reveal()).toBe('refresh-2');
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('a provider that rotates is saved before the token is used', async () => {
    const world = await connected();
    world.http.script(answer(200, tokens(2)));
    const result = await rotate(world, { by: 'call', failed: { consent: 1, generation: 1 } });
    expect(result).toMatchObject({
      outcome: 'rotated',
      reason: 'access token refused',
      set: { generation: 2 },
    });
    expect(recordOf(world).pointer?.generation).toBe(2);
  });
});

test('a vault that never takes the new set is an error, and the lease is free again', async () => {
  const world = await connected();
  world.http.script(answer(200, tokens(2)));
  jest
    .spyOn(world.vault, 'saveTokenSet')
    .mockImplementation(() => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.')));
  await expect(rotate(world)).rejects.toMatchObject({ code: 'TOKEN_NOT_SAVED' });
  expect(recordOf(world)).toMatchObject({ pointer: { generation: 1 }, lease: undefined });
});

test('a worker that outlives its lease saves its set, and a later set stays current', async () => {
  const world = await connected();
  world.http.script(async () => {
    world.clock.advance(60_000);
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const secretVersion = await world.vault.saveTokenSet({ ...world.vault.saved[0]!.set, generation: 3 });
    const pointer = { ...row.value.pointer!, generation: 3, secretVersion };
    await world.tables.connections.replace(row, { ...row.value, pointer, lease: undefined });
    return answer(200, tokens(2));
  });
  await rotate(world);
  expect(world.vault.saved.map(({ set }) => set.generation)).toEqual([1, 3, 2]);
  expect(recordOf(world).pointer?.generation).toBe(3);
});

import { isShared, lendAccess, lendAccessToken } from '../../../src/domain/rotation/lend-access';
import { connectionKey } from '../../../src/domain/keys';
import type { Connection, ProviderId, TokenSet } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer, answerLost } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../../support/world';

const sharedWith = 'a sleep study';
const plain = createTestWorld().ports;
const policy = { ...plain.policy, sharedWith };

let world: TestWorld;
let startedAt: number;

beforeEach(() => {
  world = createTestWorld({ policy });
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

const connect = (
  { provider = 'fitbit' as ProviderId, ...more }: Partial<Connection> = {},
  set?: Partial<TokenSet>,
) => connectWearer(world, provider, { sharedWith, ...more, ...(set && { set }) });
const lend = async (refused?: string) => {
  const lent = await lendAccessToken(world.ports, 'wearer-1', refused ? new Secret(refused) : undefined);
  return lent.ok ? lent.value.accessToken.reveal() : lent.code;
};
const refreshes = () => world.http.requests.filter(({ url }) => url.endsWith('/token')).length;
const googleTokens = (nth: number) => answer(200, { access_token: `access-${nth}`, expires_in: 3599 });

describe('access is lent', () => {
  test('to nobody unless a setting names somebody', async () => {
    world = createTestWorld();
    await connect();
    await expect(lend()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
    await expect(lendAccess(world.ports, 'wearer-1')).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
  });

  test.each([
    ['has never been told', undefined],
    ['was told of somebody else', 'another study'],
  ])('not of a wearer who %s', async (_, told) => {
    await connect({ sharedWith: told });
    expect(await lend()).toBe('NOT_SHARED');
    await expect(lendAccess(world.ports, 'wearer-1')).resolves.toEqual({ ok: false, code: 'NOT_SHARED' });
    expect(world.http.requests).toEqual([]);
  });

  test('not of a wearer who has left, nor of nobody', async () => {
    expect(await lend()).toBe('CONNECTION_UNKNOWN');
    await connect({ closedAt: startedAt });
    expect(await lend()).toBe('CONNECTION_UNKNOWN');
  });

  test('with a line in the log that names the connection and no token', async () => {
    await connect();
    await lend();
    expect(world.log.entries).toContainEqual(
      expect.objectContaining({ event: 'access_token.lent', fields: { connection: 'wearer-1' } }),
    );
  });

  test('only while the record says so', () => {
    const record = { sharedWith } as Connection;
    expect(isShared(record, policy)).toBe(true);
    expect(isShared({ ...record, closedAt: 1 }, policy)).toBe(false);
    expect(isShared(record, plain.policy)).toBe(false);
    expect(isShared({ ...record, sharedWith: undefined }, plain.policy)).toBe(false);
  });
});

describe('the access token', () => {
  test('is the current one as long as it is good', async () => {
    await connect();
    expect(await lend()).toBe('access-1');
    expect(await lend('an older one')).toBe('access-1');
    expect(world.http.requests).toEqual([]);
  });

  test('is refreshed when it is about to expire, and saved', async () => {
    await connect({}, { expiresAt: startedAt + 60_000 });
    world.http.script(answer(200, tokens(2)));
    expect(await lend()).toBe('access-2');
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('that was refused is refreshed once, however many say so', async () => {
    await connect();
    world.http.script(answer(200, tokens(2)));
    expect(await lend('access-1')).toBe('access-2');
    expect(await lend('access-1')).toBe('access-2');
    expect(refreshes()).toBe(1);
  });

  test('of a dead grant is none', async () => {
    const refusal = { consent: 1, generation: 1, firstAt: startedAt, confirmedAt: startedAt };
    await connect({ refusal });
    expect(await lend()).toBe('RECONNECT_REQUIRED');
  });
});

describe('where the refresh token stays', () => {
  const connectGoogle = () => connect({ provider: 'google-health' }, { expiresAt: startedAt });

  test('a refreshed access token is remembered until it runs out, and not written back', async () => {
    await connectGoogle();
    world.http.script(googleTokens(2), googleTokens(3));
    expect([await lend(), await lend()]).toEqual(['access-2', 'access-2']);
    expect(refreshes()).toBe(1);
    world.clock.advance(3_600_000);
    expect(await lend()).toBe('access-3');
    expect(world.vault.saved).toHaveLength(1);
  });

  test('one that was refused is not handed out again, nor the one before it', async () => {
    await connect({ provider: 'google-health' });
    world.clock.advance(1_000);
    world.http.script(googleTokens(2));
    expect(await lend('access-1')).toBe('access-2');
    expect(await lend('access-1')).toBe('access-2');
    world.clock.advance(1_000);
    world.http.script(googleTokens(3));
    expect(await lend('access-2')).toBe('access-3');
  });

  test('a new consent counts more than what is remembered', async () => {
    await connectGoogle();
    world.http.script(googleTokens(2));
    expect(await lend()).toBe('access-2');
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const set: TokenSet = {
      ...world.vault.saved[0]!.set,
      consent: 2,
      accessToken: new Secret('access-9'),
      expiresAt: startedAt + 3_600_000,
    };
    const secretVersion = await world.vault.saveTokenSet(set);
    await world.tables.connections.replace(row, {
      ...row.value,
      consentReserved: 2,
      pointer: { ...row.value.pointer!, consent: 2, secretVersion, expiresAt: set.expiresAt },
    });
    expect(await lend()).toBe('access-9');
  });
});

describe('while another worker refreshes', () => {
  const heldUntil = (ms: number) => ({ lease: { owner: 'somebody else', until: startedAt + ms } });

  test('its end is waited for', async () => {
    await connect(heldUntil(2_500), { expiresAt: startedAt });
    world.http.script(answer(200, tokens(2)));
    expect(await lend()).toBe('access-2');
    expect(world.clock.now() - startedAt).toBe(3_000);
  });

  test('what it brought is taken', async () => {
    const { set } = await connect(heldUntil(60_000), { expiresAt: startedAt });
    const sleep = world.ports.clock.sleep;
    world.ports.clock.sleep = async (ms) => {
      await sleep(ms);
      const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
      if (row.value.pointer?.generation === 2) return;
      const next = {
        ...set,
        generation: 2,
        accessToken: new Secret('access-2'),
        expiresAt: startedAt + 3_600_000,
      };
      const secretVersion = await world.vault.saveTokenSet(next);
      await world.tables.connections.replace(row, {
        ...row.value,
        pointer: { ...row.value.pointer!, generation: 2, secretVersion, expiresAt: next.expiresAt },
      });
    };
    expect(await lend()).toBe('access-2');
    expect(world.http.requests).toEqual([]);
  });

  test('nobody waits for longer than a lease', async () => {
    await connect(heldUntil(600_000), { expiresAt: startedAt });
    expect(await lend()).toBe('LEASE_HELD');
    expect(world.clock.now() - startedAt).toBe(20_000);
  });
});

describe('a call for somebody', () => {
  const weight = {
    method: 'POST',
    path: '/1/user/-/body/log/weight.json',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'weight=70',
  } as const;
  const send = async () => {
    const access = await lendAccess(world.ports, 'wearer-1');
    if (!access.ok) throw new Error(access.code);
    return access.value.send(weight);
  };

  test('brings the answer of the API, whatever it is', async () => {
    await connect();
    const refusal = answer(403, { errors: [{ errorType: 'insufficient_scope' }] }, { 'x-y': 'z' });
    world.http.script(refusal);
    await expect(send()).resolves.toEqual({ ok: true, value: refusal });
  });

  test('that is refused with 401 is made once more with a refreshed token', async () => {
    await connect();
    const made = answer(201, { made: true });
    world.http.script(
      answer(401, { errors: [{ errorType: 'expired_token' }] }),
      answer(200, tokens(2)),
      made,
    );
    await expect(send()).resolves.toEqual({ ok: true, value: made });
    const [first, , second] = world.http.requests.map(revealed) as unknown as object[];
    expect(second).toEqual({ ...first, authorization: { bearer: 'access-2' } });
  });

  test('that may have been carried out is not made again', async () => {
    await connect();
    world.http.script(answerLost);
    await expect(send()).resolves.toEqual({ ok: false, code: 'OUTCOME_UNKNOWN' });
    expect(world.http.requests).toHaveLength(1);
  });
});

import { callApi, readFromApi, type Access } from '../../../src/domain/rotation/api-call';
import { openAccess, usableTokenSet } from '../../../src/domain/rotation/usable-access';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { AppError } from '../../../src/errors';
import { type Connection, type ProviderId, type TokenSet, providerIds } from '../../../src/model';
import type { HttpRequest } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { faultRows } from '../../support/fault-rows';
import { revealed } from '../../support/revealed';
import { answer, answerLost, connectionRefused, type Reply } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../../support/world';
import type { Result } from '../../../src/errors';

const devices = { method: 'GET', path: '/1/user/-/devices.json' } as const;
const expired = answer(401, {
  errors: [{ errorType: 'expired_token', message: 'Access token expired: access-1' }],
});
const refused = answer(400, { errors: [{ errorType: 'invalid_grant', message: 'invalid: refresh-1' }] });

let world: TestWorld;
let startedAt: number;
const open = () => openAccess(world.ports, 'wearer-1');

async function access(): Promise<Access> {
  const opened = await open();
  if (!opened.ok) throw new Error(opened.code);
  return opened.value;
}

/** What each request carried: the token of a call, or the refresh token of a refresh. */
const asked = () =>
  world.http.requests.map((request) => {
    const { url, authorization, form } = revealed(request) as unknown as {
      url: string;
      authorization?: { bearer?: string };
      form?: { refresh_token?: string };
    };
    return `${new URL(url).pathname} ${authorization?.bearer ?? form?.refresh_token}`;
  });

async function changeRecord(change: (record: Connection) => Connection): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, change(row.value));
}

/** Another worker has refreshed in the meantime: a later set is saved and current. */
async function refreshElsewhere(
  before: TokenSet,
  refreshToken = new Secret('refresh-2'),
  more: Partial<TokenSet> = {},
): Promise<void> {
  const set: TokenSet = {
    ...before,
    generation: 2,
    accessToken: new Secret('access-2'),
    refreshToken,
    expiresAt: world.clock.now() + 8 * 3_600_000,
    ...more,
  };
  const secretVersion = await world.vault.saveTokenSet(set);
  await changeRecord((record) => ({
    ...record,
    pointer: { ...record.pointer!, generation: 2, secretVersion, expiresAt: set.expiresAt },
  }));
}

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('openAccess', () => {
  test('of a connection that does not exist says so', async () => {
    await expect(open()).resolves.toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
  });

  test('of a connection whose consent was never completed says so', async () => {
    const unfinished: Connection = {
      id: 'wearer-1',
      provider: 'fitbit',
      createdAt: startedAt,
      consentReserved: 1,
      missingScopes: [],
    };
    await world.tables.connections.insert(connectionKey('wearer-1'), unfinished);
    await expect(open()).resolves.toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
  });

  test('asks nothing as long as the access token is good', async () => {
    await connectWearer(world);
    expect((await access()).provider.id).toBe('fitbit');
    expect(world.http.requests).toEqual([]);
    expect(world.log.entries).toEqual([]);
  });

  test('of a dead grant asks nothing either', async () => {
    const refusal = { consent: 1, generation: 1, firstAt: startedAt, confirmedAt: startedAt };
    await connectWearer(world, 'fitbit', { refusal });
    await expect(open()).resolves.toEqual({ ok: false, code: 'RECONNECT_REQUIRED' });
    expect(world.http.requests).toEqual([]);
  });

  test('of a provider that is retired asks nothing either', async () => {
    await connectWearer(world, 'fitbit', { retirement: { firstAt: 0, confirmedAt: startedAt } });
    await expect(open()).resolves.toEqual({ ok: false, code: 'PROVIDER_RETIRED' });
    expect(world.http.requests).toEqual([]);
  });

  test.each([
    ['a minute and a millisecond', 60_001, ['/1/user/-/devices.json access-1']],
    ['a minute', 60_000, ['/oauth2/token refresh-1', '/1/user/-/devices.json access-2']],
    ['no time: it has expired', 0, ['/oauth2/token refresh-1', '/1/user/-/devices.json access-2']],
  ])('of an access token that is good for another %s', async (_, goodForMs, requests) => {
    await connectWearer(world, 'fitbit', { set: { expiresAt: startedAt + goodForMs } });
    if (requests.length === 2) world.http.script(answer(200, tokens(2)));
    world.http.script(answer(200, []));
    const { call } = await access();
    await expect(call(devices)).resolves.toEqual({ ok: true, value: [] });
    expect(asked()).toEqual(requests);
  });

  test('saves what a refresh brought before it is used', async () => {
    await connectWearer(world, 'fitbit', { set: { expiresAt: startedAt } });
    world.http.script(answer(200, tokens(2)));
    await access();
    expect(world.vault.saved.map(({ set }) => revealed(set))).toEqual([
      expect.objectContaining({ generation: 1, refreshToken: 'refresh-1' }),
      expect.objectContaining({ generation: 2, refreshToken: 'refresh-2', accessToken: 'access-2' }),
    ]);
    expect(recordOf(world).pointer).toMatchObject({ generation: 2, secretVersion: 'version-2' });
    expect(recordOf(world).lease).toBeUndefined();
  });
});

describe('at Google, where refresh tokens stay, a refresh on the way', () => {
  const settings = { method: 'GET', path: '/v4/users/me/settings' } as const;
  const fresh = (n: number, more: object = {}) =>
    answer(200, { access_token: `access-${n}`, expires_in: 3599, ...more });
  const unauthorized = answer(401, { error: { status: 'UNAUTHENTICATED' } });
  const held = { owner: 'somebody else', until: Date.parse('2026-11-21T06:00:05Z') };
  const connect = (more: Partial<Connection> = {}) =>
    connectWearer(world, 'google-health', { set: { expiresAt: startedAt }, ...more });

  test('needs no lease and stores nothing', async () => {
    await connect({ lease: held });
    const before = recordOf(world);
    world.http.script(fresh(2), answer(200, {}));
    const { call } = await access();
    await expect(call(settings)).resolves.toEqual({ ok: true, value: {} });
    expect(asked()).toEqual(['/token refresh-1', '/v4/users/me/settings access-2']);
    expect(world.vault.saved).toHaveLength(1);
    expect(recordOf(world)).toEqual(before);
  });

  test('whose token the API refuses is noted for everybody, and the next token is shared by everybody', async () => {
    await connect();
    world.http.script(fresh(2), unauthorized, fresh(3), answer(200, {}));
    const { call } = await access();
    await expect(call(settings)).resolves.toEqual({ ok: true, value: {} });
    await expect(usableTokenSet(world.ports, 'wearer-1', {})).resolves.toMatchObject({ ok: true });
    expect(asked()).toEqual([
      ...['/token refresh-1', '/v4/users/me/settings access-2'],
      ...['/token refresh-1', '/v4/users/me/settings access-3'],
    ]);
    const usable = await usableTokenSet(world.ports, 'wearer-1', {});
    expect(usable.ok && usable.value.accessToken.reveal()).toBe('access-3');
  });

  test('is not made without the lease once a token of the connection was refused', async () => {
    await connect();
    await changeRecord((record) => ({
      ...record,
      refusedAccess: { consent: 1, generation: 1, issuedAt: startedAt },
    }));
    world.clock.advance(1_000);
    world.http.script(fresh(2));
    await access();
    expect(recordOf(world)).toMatchObject({ access: { issuedAt: startedAt + 1_000 } });
    expect(recordOf(world).refusedAccess).toBeUndefined();
  });

  test('that brings another refresh token waits for the lease and stores it', async () => {
    const { set } = await connect({ lease: held });
    world.http.script(fresh(2, { refresh_token: 'refresh-2' }));
    await access();
    expect(asked()).toEqual(['/token refresh-1']);
    expect(world.clock.now()).toBeGreaterThanOrEqual(held.until);
    expect(world.vault.saved.at(-1)?.set).toMatchObject({ generation: 2, issuedAt: startedAt });
    expect(revealed(world.vault.saved.at(-1)!.set)).toMatchObject({
      refreshToken: 'refresh-2',
      accessToken: 'access-2',
    });
    expect(recordOf(world).pointer).toMatchObject({ generation: set.generation + 1 });
    expect(recordOf(world).lease).toBeUndefined();
  });

  test('that brings another refresh token stores it on top of a rotation that kept the old one', async () => {
    const { set } = await connect();
    world.http.script(async () => {
      await refreshElsewhere(set, set.refreshToken);
      return fresh(3, { refresh_token: 'refresh-3' });
    });
    await access();
    expect(revealed(world.vault.saved.at(-1)!.set)).toMatchObject({
      generation: 3,
      refreshToken: 'refresh-3',
    });
    expect(recordOf(world).pointer).toMatchObject({ generation: 3 });
  });

  test('that brings another refresh token after a new consent leaves the tokens of the consent alone', async () => {
    const { set } = await connect();
    world.http.script(async () => {
      await refreshElsewhere(set, new Secret('refresh-2'), { consentedAt: startedAt - 1 });
      return fresh(3, { refresh_token: 'refresh-3' });
    });
    const opened = await open();
    expect(opened.ok).toBe(true);
    expect(recordOf(world).pointer).toMatchObject({ generation: 2 });
    expect(asked()).toEqual(['/token refresh-1']);
  });

  test.each([
    ['was asked for earlier, is stored after it', -1, 'refresh-3'],
    ['was asked for later, leaves that one alone', 1, 'refresh-2'],
  ])('that brings another refresh token beside one that %s', async (_, afterMs, stands) => {
    const { set } = await connect();
    world.http.script(async () => {
      await refreshElsewhere(set, new Secret('refresh-2'), { issuedAt: startedAt + afterMs });
      return fresh(3, { refresh_token: 'refresh-3' });
    });
    await access();
    const { generation } = recordOf(world).pointer!;
    const standing = world.vault.saved.find((saved) => saved.set.generation === generation)!.set;
    expect(standing.refreshToken.reveal()).toBe(stands);
    expect(asked()).toEqual(['/token refresh-1']);
  });

  describe('that brings another refresh token while', () => {
    const down = (code: 'TABLE_UNAVAILABLE' | 'VAULT_UNAVAILABLE') => new AppError(code, 'No answer.');
    const store = () => {
      const { refreshToken } = world.vault.saved.at(-1)!.set;
      return { refreshToken: refreshToken.reveal(), generation: recordOf(world).pointer!.generation };
    };
    const kept = { refreshToken: 'refresh-2', generation: 2 };
    const once = <T extends object, N extends keyof T & string>(of: T, name: N, error: AppError) =>
      jest.spyOn(of as Record<string, () => Promise<unknown>>, name).mockRejectedValueOnce(error);

    test('the tables do not answer waits until they do', async () => {
      await connect();
      world.http.script(() => {
        once(world.tables.connections, 'get', down('TABLE_UNAVAILABLE'));
        return Promise.resolve(fresh(2, { refresh_token: 'refresh-2' }));
      });
      await access();
      expect([store(), asked()]).toEqual([kept, ['/token refresh-1']]);
    });

    test('the vault cannot be read waits until it can', async () => {
      await connect();
      world.http.script(() => {
        once(world.vault, 'readTokenSet', down('VAULT_UNAVAILABLE'));
        return Promise.resolve(fresh(2, { refresh_token: 'refresh-2' }));
      });
      await access();
      expect([store(), asked()]).toEqual([kept, ['/token refresh-1']]);
    });

    test('the vault takes nothing for longer than a lease lasts waits until it does', async () => {
      await connect();
      const { saveTokenSet } = world.vault;
      world.vault.saveTokenSet = (...asked) =>
        world.clock.now() < startedAt + 60_000
          ? Promise.reject(down('VAULT_UNAVAILABLE'))
          : saveTokenSet(...asked);
      world.http.script(fresh(2, { refresh_token: 'refresh-2' }));
      await access();
      expect([store(), asked()]).toEqual([kept, ['/token refresh-1']]);
    });

    test('the tables stay silent gives up once a new set is no longer offered', async () => {
      await connect();
      const { get } = world.tables.connections;
      world.http.script(() => {
        world.tables.connections.get = () => Promise.reject(down('TABLE_UNAVAILABLE'));
        return Promise.resolve(fresh(2, { refresh_token: 'refresh-2' }));
      });
      await expect(open()).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
      world.tables.connections.get = get;
      const { saveMs } = world.ports.policy.times;
      expect(world.clock.now() - startedAt).toBe(saveMs);
    });
  });

  test('that was refused before this worker was frozen for as long as a lease lasts is asked for again', async () => {
    await connect();
    world.http.script(() => {
      world.clock.advance(world.ports.policy.times.leaseMs);
      return Promise.resolve(refused);
    }, fresh(2));
    await access();
    expect(asked()).toEqual(['/token refresh-1', '/token refresh-1']);
    expect(recordOf(world).refusal).toBeUndefined();
  });

  test('that is refused is noted under the lease without asking again', async () => {
    await connect();
    world.http.script(refused);
    await expect(open()).resolves.toEqual({ ok: false, code: 'GRANT_REFUSED', retryAt: undefined });
    expect(recordOf(world)).toMatchObject({ refusal: { firstAt: startedAt }, failingSince: startedAt });
    expect(recordOf(world).lease).toBeUndefined();
    expect(asked()).toEqual(['/token refresh-1']);
  });

  test('that works again is told to the record, which remembered a failure', async () => {
    await connect({
      failingSince: startedAt - 1,
      failedAttempt: { at: startedAt - 1, code: 'RATE_LIMITED' },
    });
    world.http.script(fresh(2));
    await access();
    expect(recordOf(world)).not.toHaveProperty('failingSince', startedAt - 1);
    expect(recordOf(world).access).toMatchObject({ issuedAt: startedAt });
  });

  test('whose answer is lost goes on under the lease', async () => {
    await connect();
    world.http.script(answerLost, fresh(2));
    await access();
    expect(asked()).toEqual(['/token refresh-1', '/token refresh-1']);
    expect(recordOf(world).access).toMatchObject({ issuedAt: startedAt });
  });
});

describe('a refresh on the way that brings nothing', () => {
  const openExpired = async (more: Partial<Connection> = {}) => {
    await connectWearer(world, 'fitbit', { set: { expiresAt: startedAt }, ...more });
    return open();
  };

  test('because the provider is busy says when to ask again', async () => {
    world.http.script(answer(429, undefined, { 'retry-after': '30' }));
    await expect(openExpired()).resolves.toEqual({
      ok: false,
      code: 'RATE_LIMITED',
      retryAt: startedAt + 30_000,
    });
  });

  test('because the provider asked to wait asks nothing', async () => {
    const failedAttempt = { at: startedAt, code: 'RATE_LIMITED', retryAt: startedAt + 30_000 } as const;
    await expect(openExpired({ failedAttempt })).resolves.toEqual({
      ok: false,
      code: 'RATE_LIMITED',
      retryAt: startedAt + 30_000,
    });
    expect(world.http.requests).toEqual([]);
  });

  test('because it was refused says so, and keeps the token', async () => {
    world.http.script(refused);
    await expect(openExpired()).resolves.toEqual({ ok: false, code: 'GRANT_REFUSED', retryAt: undefined });
    expect(recordOf(world).refusal).toMatchObject({ consent: 1, generation: 1, firstAt: startedAt });
    expect(world.vault.saved).toHaveLength(1);
  });

  test('because it is refused for good says that the wearer has to reconnect', async () => {
    const refusal = { consent: 1, generation: 1, firstAt: startedAt - 900_000 };
    world.http.script(refused);
    await expect(openExpired({ refusal })).resolves.toMatchObject({ ok: false, code: 'RECONNECT_REQUIRED' });
  });

  test('because Key Vault does not take the new set says so: it is in the journal and not current yet', async () => {
    await connectWearer(world, 'fitbit', { set: { expiresAt: startedAt } });
    world.vault.saveTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    world.http.script(answer(200, tokens(2)));
    await expect(open()).resolves.toEqual({ ok: false, code: 'TOKEN_NOT_SAVED' });
    expect(recordOf(world).pointer?.generation).toBe(1);
    expect(world.journal.values()).toHaveLength(1);
  });

  test('because another worker holds the lease says so', async () => {
    const lease = { owner: 'somebody else', until: startedAt + 1 };
    await expect(openExpired({ lease })).resolves.toEqual({ ok: false, code: 'LEASE_HELD' });
    expect(recordOf(world).lease).toEqual(lease);
  });
});

describe('a call with a good access token', () => {
  test('carries the token in the header, and method, headers and body as asked', async () => {
    await connectWearer(world);
    world.http.script(answer(201, { made: true }));
    const { call } = await access();
    const body = Buffer.from('{"n":1}');
    const request = {
      method: 'POST',
      path: '/1/x.json?a=b',
      headers: { 'accept-locale': 'en' },
      body,
    } as const;
    await expect(call(request)).resolves.toEqual({ ok: true, value: { made: true } });
    expect(world.http.requests.map(revealed)).toEqual([
      {
        method: 'POST',
        url: 'https://api.fitbit.com/1/x.json?a=b',
        headers: { 'accept-locale': 'en' },
        authorization: { bearer: 'access-1' },
        body: revealed(body),
        timeoutMs: 10_000,
      },
    ]);
  });

  test('without a body sends none', async () => {
    await connectWearer(world);
    world.http.script(answer(204));
    await expect((await access()).call(devices)).resolves.toEqual({ ok: true, value: undefined });
    expect(world.http.requests[0]).not.toHaveProperty('body');
  });
});

describe('a call that fails for another reason', () => {
  test.each<[string, Reply, string]>([
    ['403', answer(403), 'ACCESS_FORBIDDEN'],
    ['404', answer(404), 'NOT_FOUND'],
    ['429', answer(429), 'RATE_LIMITED'],
    ['500', answer(500), 'PROVIDER_UNAVAILABLE'],
    ['no answer', answerLost, 'PROVIDER_UNAVAILABLE'],
  ])('than 401 is neither refreshed nor repeated: %s', async (_, reply, code) => {
    await connectWearer(world);
    world.http.script(reply);
    await expect((await access()).call(devices)).resolves.toMatchObject({ ok: false, code });
    expect(world.http.requests).toHaveLength(1);
    expect(world.vault.saved).toHaveLength(1);
  });
});

describe('a call that the API refuses with 401', () => {
  const answersOf = async (...calls: readonly unknown[]): Promise<Result<unknown>[]> => {
    const { call } = await access();
    const results: Result<unknown>[] = [];
    for (const _ of calls) results.push(await call(devices));
    return results;
  };

  test('is made once more with a refreshed token, which the next call keeps', async () => {
    await connectWearer(world);
    world.http.script(expired, answer(200, tokens(2)), answer(200, ['first']), answer(200, ['second']));
    await expect(answersOf(1, 2)).resolves.toEqual([
      { ok: true, value: ['first'] },
      { ok: true, value: ['second'] },
    ]);
    expect(asked()).toEqual([
      '/1/user/-/devices.json access-1',
      '/oauth2/token refresh-1',
      '/1/user/-/devices.json access-2',
      '/1/user/-/devices.json access-2',
    ]);
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('is the same to the last byte the second time, but for the token', async () => {
    await connectWearer(world);
    world.http.script(expired, answer(200, tokens(2)), answer(200));
    await (await access()).call({ method: 'PUT', path: '/1/x.json', body: Buffer.from('{}') });
    const [first, , second] = world.http.requests as [HttpRequest, HttpRequest, HttpRequest];
    expect({ ...first, authorization: undefined }).toEqual({ ...second, authorization: undefined });
  });

  test('twice is refused, without a third attempt', async () => {
    await connectWearer(world);
    world.http.script(expired, answer(200, tokens(2)), expired);
    await expect(answersOf(1)).resolves.toEqual([
      { ok: false, code: 'ACCESS_TOKEN_REFUSED', retryAt: undefined },
    ]);
    expect(world.http.requests).toHaveLength(3);
  });

  test('uses the token that another worker has refreshed meanwhile', async () => {
    const { set } = await connectWearer(world);
    const meanwhile = async () => {
      await refreshElsewhere(set);
      return expired;
    };
    world.http.script(meanwhile, answer(200, ['good']));
    await expect(answersOf(1)).resolves.toEqual([{ ok: true, value: ['good'] }]);
    expect(asked()).toEqual(['/1/user/-/devices.json access-1', '/1/user/-/devices.json access-2']);
  });

  test('fails with what the refresh failed with', async () => {
    await connectWearer(world);
    world.http.script(expired, answer(503, undefined, { 'retry-after': '5' }));
    await expect(answersOf(1)).resolves.toEqual([
      { ok: false, code: 'PROVIDER_UNAVAILABLE', retryAt: startedAt + 5_000 },
    ]);
  });

  test('needs a reconnect when the grant has died meanwhile', async () => {
    await connectWearer(world);
    const meanwhile = async () => {
      const refusal = { consent: 1, generation: 1, firstAt: startedAt, confirmedAt: startedAt };
      await changeRecord((record) => ({ ...record, refusal }));
      return expired;
    };
    world.http.script(meanwhile);
    await expect(answersOf(1)).resolves.toEqual([{ ok: false, code: 'RECONNECT_REQUIRED' }]);
    expect(world.http.requests).toHaveLength(1);
  });

  test('needs another provider when this one was found retired meanwhile', async () => {
    await connectWearer(world);
    const meanwhile = async () => {
      const retirement = { firstAt: 0, confirmedAt: startedAt };
      await changeRecord((record) => ({ ...record, retirement }));
      return expired;
    };
    world.http.script(meanwhile);
    await expect(answersOf(1)).resolves.toEqual([{ ok: false, code: 'PROVIDER_RETIRED' }]);
    expect(world.http.requests).toHaveLength(1);
  });

  test('is unknown when the connection was removed meanwhile', async () => {
    await connectWearer(world);
    const meanwhile = async () => {
      await world.tables.connections.remove((await world.tables.connections.get(connectionKey('wearer-1')))!);
      return expired;
    };
    world.http.script(meanwhile);
    await expect(answersOf(1)).resolves.toEqual([{ ok: false, code: 'CONNECTION_UNKNOWN' }]);
  });
});

describe('callApi', () => {
  const calling = (id: ProviderId) =>
    callApi(world.ports, world.ports.providers.get(id)!, new Secret('access-1'), devices);

  describe.each(providerIds)('at %s', (id) => {
    test.each(faultRows(id, 'devices'))('%s is %s, without a refresh', async (_, code, fault) => {
      world.http.script(fault);
      const seconds = fault.headers['retry-after'];
      const retryAt = seconds === undefined ? undefined : startedAt + Number(seconds) * 1000;
      await expect(calling(id)).resolves.toEqual({ ok: false, code, retryAt });
      expect(world.http.requests).toHaveLength(1);
    });
  });

  test.each([
    [199, false],
    [200, true],
    [299, true],
    [300, false],
    [304, false],
  ])('with status %i has succeeded: %s', async (status, ok) => {
    world.http.script(answer(status, []));
    await expect(calling('fitbit')).resolves.toMatchObject({ ok });
  });

  test.each([
    ['is not reached', connectionRefused],
    ['does not answer', answerLost],
  ])('that %s leaves the provider unavailable', async (_, reply) => {
    world.http.script(reply);
    await expect(calling('fitbit')).resolves.toEqual({ ok: false, code: 'PROVIDER_UNAVAILABLE' });
  });

  test.each([
    ['that reads can be repeated', { readForm: { action: 'getthings' } }, 'PROVIDER_UNAVAILABLE'],
    ['that may change something has an unknown outcome', {}, 'OUTCOME_UNKNOWN'],
  ])('by POST %s when the answer is lost', async (_, more, code) => {
    world.http.script(answerLost);
    const call = { method: 'POST', path: '/things', ...more } as const;
    const fitbit = world.ports.providers.get('fitbit')!;
    await expect(callApi(world.ports, fitbit, new Secret('access-1'), call)).resolves.toEqual({
      ok: false,
      code,
    });
  });

  test('by POST sends the form that asks', async () => {
    world.http.script(answer(200, []));
    const call = { method: 'POST', path: '/things', readForm: { action: 'getthings' } } as const;
    await callApi(world.ports, world.ports.providers.get('fitbit')!, new Secret('access-1'), call);
    expect(world.http.requests).toEqual([
      expect.objectContaining({ method: 'POST', form: { action: 'getthings' } }),
    ]);
  });
});

describe('readFromApi', () => {
  const described = {
    path: (pageToken?: string) => `/things?page=${pageToken ?? 'first'}`,
    read: (body: unknown) => (body === 'good' ? 'read' : undefined),
  };
  const answering = (result: Result<unknown>) => jest.fn(() => Promise.resolve(result));

  test.each([
    ['the first page', undefined, '/things?page=first'],
    ['a further page', 'next', '/things?page=next'],
  ])('asks for %s', async (_, pageToken, path) => {
    const call = answering({ ok: true, value: 'good' });
    await expect(readFromApi(call, described, pageToken)).resolves.toEqual({ ok: true, value: 'read' });
    expect(call.mock.calls).toEqual([[{ method: 'GET', path }]]);
  });

  test('asks by POST where the API reads so', async () => {
    const call = answering({ ok: true, value: 'good' });
    const form = { action: 'getthings' };
    await expect(readFromApi(call, { ...described, form })).resolves.toEqual({ ok: true, value: 'read' });
    expect(call.mock.calls).toEqual([[{ method: 'POST', path: '/things?page=first', readForm: form }]]);
  });

  test('hands a failure on', async () => {
    const failure = { ok: false, code: 'SCOPE_MISSING', retryAt: 7 } as const;
    await expect(readFromApi(answering(failure), described)).resolves.toBe(failure);
  });

  test('of an answer that cannot be read says so', async () => {
    await expect(readFromApi(answering({ ok: true, value: {} }), described)).resolves.toEqual({
      ok: false,
      code: 'ANSWER_UNREADABLE',
    });
  });
});

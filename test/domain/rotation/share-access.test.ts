import { openSharedAccess, shareAccessToken } from '../../../src/domain/rotation/share-access';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { providerIds, type Connection, type ProviderId, type TokenSet } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer, answerLost } from '../../support/scripted-http';
import {
  connectWearer,
  createTestWorld,
  recordOf,
  tokens,
  tokensOf,
  type TestWorld,
} from '../../support/world';
import { isShared } from '../../../src/domain/connection/state';

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
) =>
  connectWearer(world, provider, {
    sharedWith,
    ...more,
    set: { issuedAt: startedAt - 3_600_000, ...set },
  });
const share = async (refused?: string) => {
  const shared = await shareAccessToken(world.ports, 'wearer-1', refused ? new Secret(refused) : undefined);
  return shared.ok ? shared.value.accessToken.reveal() : shared.code;
};
const refreshes = (): number => {
  const tokenUrls = [...world.ports.providers.values()].map(({ urls }) => urls.token);
  return world.http.requests.filter(({ url }) => tokenUrls.includes(url)).length;
};
const googleTokens = (nth: number) => answer(200, { access_token: `access-${nth}`, expires_in: 3599 });

describe('access is shared', () => {
  test('to nobody unless a setting names somebody', async () => {
    world = createTestWorld();
    await connect();
    expect(await share()).toBe('NOT_CONFIGURED');
    await expect(openSharedAccess(world.ports, 'wearer-1')).resolves.toEqual({
      ok: false,
      code: 'NOT_CONFIGURED',
    });
  });

  test.each([
    ['has never been told', undefined],
    ['was told of somebody else', 'another study'],
  ])('not of a wearer who %s', async (_, told) => {
    await connect({ sharedWith: told });
    expect(await share()).toBe('NOT_SHARED');
    await expect(openSharedAccess(world.ports, 'wearer-1')).resolves.toEqual({
      ok: false,
      code: 'NOT_SHARED',
    });
    expect(world.http.requests).toEqual([]);
  });

  test('not of a wearer who has left, nor of nobody', async () => {
    expect(await share()).toBe('CONNECTION_UNKNOWN');
    await connect({ closedAt: startedAt });
    expect(await share()).toBe('CONNECTION_UNKNOWN');
  });

  test('with a line in the log that names the connection and no token', async () => {
    await connect();
    await share();
    expect(world.log.entries).toContainEqual(
      expect.objectContaining({ event: 'access_token.shared', fields: { connection: 'wearer-1' } }),
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
    expect(await share()).toBe('access-1');
    expect(await share('an older one')).toBe('access-1');
    expect(world.http.requests).toEqual([]);
  });

  test('is refreshed when it is about to expire, and saved', async () => {
    await connect({}, { expiresAt: startedAt + 60_000 });
    world.http.script(answer(200, tokens(2)));
    expect(await share()).toBe('access-2');
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('that was refused is refreshed once, however many say so', async () => {
    await connect();
    world.http.script(answer(200, tokens(2)));
    expect(await share('access-1')).toBe('access-2');
    expect(await share('access-1')).toBe('access-2');
    expect(refreshes()).toBe(1);
  });

  test('of a dead grant is none', async () => {
    const refusal = { consent: 1, generation: 1, firstAt: startedAt, confirmedAt: startedAt };
    await connect({ refusal });
    expect(await share()).toBe('RECONNECT_REQUIRED');
  });
});

describe('where the refresh token stays', () => {
  const connectGoogle = () => connect({ provider: 'google-health' }, { expiresAt: startedAt });

  test('a refreshed access token is remembered until it runs out, and not written back', async () => {
    await connectGoogle();
    world.http.script(googleTokens(2), googleTokens(3));
    expect([await share(), await share()]).toEqual(['access-2', 'access-2']);
    expect(refreshes()).toBe(1);
    world.clock.advance(3_600_000);
    expect(await share()).toBe('access-3');
    expect(world.vault.saved).toHaveLength(1);
  });

  test('one that was refused is not handed out again, nor the one before it', async () => {
    await connect({ provider: 'google-health' });
    world.clock.advance(1_000);
    world.http.script(googleTokens(2));
    expect(await share('access-1')).toBe('access-2');
    expect(await share('access-1')).toBe('access-2');
    world.clock.advance(60_000);
    world.http.script(googleTokens(3));
    expect(await share('access-2')).toBe('access-3');
  });

  test('a new consent counts more than what is remembered', async () => {
    await connectGoogle();
    world.http.script(googleTokens(2));
    expect(await share()).toBe('access-2');
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
    expect(await share()).toBe('access-9');
  });
});

describe('a program that asks again and again', () => {
  const retryAt = async (refused?: string) => {
    const shared = await shareAccessToken(world.ports, 'wearer-1', refused ? new Secret(refused) : undefined);
    return shared.ok
      ? shared.value.accessToken.reveal()
      : [shared.code, (shared.retryAt ?? 0) - world.clock.now()];
  };

  test('gets no further refresh for a token that is not a minute old', async () => {
    await connect();
    world.http.script(answer(200, tokens(2)));
    expect(await share('access-1')).toBe('access-2');
    world.clock.advance(59_000);
    expect(await retryAt('access-2')).toEqual(['ACCESS_TOKEN_REFUSED', 1_000]);
    // Nobody else gets it either, until there is another one.
    expect(await retryAt()).toEqual(['ACCESS_TOKEN_REFUSED', 1_000]);
    world.clock.advance(1_000);
    world.http.script(answer(200, tokens(3)));
    expect(await share()).toBe('access-3');
  });

  test('gets no token that another instance was told is refused', async () => {
    await connect({ provider: 'google-health' });
    world.http.script(googleTokens(2));
    expect(await share('access-1')).toBe('access-2');
    world.clock.advance(59_999);
    // Told to one instance and asked of the other, by turns: they share the record and nothing else.
    for (const refused of ['access-2', undefined, 'access-1', 'access-2']) {
      expect(await retryAt(refused)).toEqual(['ACCESS_TOKEN_REFUSED', 1]);
    }
    world.clock.advance(1);
    world.http.script(googleTokens(3));
    expect(await share()).toBe('access-3');
    expect(await share('access-2')).toBe('access-3');
    expect(refreshes()).toBe(2);
  });

  test.each(providerIds)(
    'thirty times at once with a refused token makes one refresh at %s',
    async (provider) => {
      // The one that refreshes goes on while the others wait.
      const clock = { ...plain.clock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
      world = createTestWorld({ policy, clock });
      await connect({ provider });
      world.http.script(async () => {
        await new Promise(setImmediate);
        return answer(200, tokensOf(provider, 2));
      });
      const shared = await Promise.all(Array.from({ length: 30 }, () => share('access-1')));
      expect(new Set(shared)).toEqual(new Set(['access-2']));
      expect(refreshes()).toBe(1);
    },
  );

  test.each([
    ['refused client', [answer(401, { errors: [{ errorType: 'invalid_client' }] })], 'CLIENT_REFUSED'],
    ['provider that fails', [503, 503, 503].map((status) => answer(status)), 'PROVIDER_UNAVAILABLE'],
  ])('after a %s asks it once a minute', async (_, replies, code) => {
    await connect({}, { expiresAt: startedAt });
    world.http.script(...replies);
    expect(await share()).toBe(code);
    expect(await retryAt()).toEqual([expect.any(String), expect.any(Number)]);
    expect(refreshes()).toBe(replies.length);
  });

  test('after a refused grant waits as long as everybody', async () => {
    const refusal = { consent: 1, generation: 1, firstAt: startedAt - 60_000 };
    await connect({ refusal }, { expiresAt: startedAt });
    expect(await retryAt()).toEqual(['GRANT_REFUSED', 14 * 60_000]);
    expect(world.http.requests).toEqual([]);
  });
});

describe('what happens while somebody waits', () => {
  /** Does it in the first pause, when another worker holds the lease. */
  const meanwhile = (work: () => Promise<unknown>) => {
    const { clock } = world.ports;
    let isDone = false;
    const sleep = async (ms: number) => {
      await clock.sleep(ms);
      if (!isDone) await work();
      isDone = true;
    };
    world = { ...world, ports: { ...world.ports, clock: { ...clock, sleep } } };
  };
  const edit = async (more: Partial<Connection>) => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, ...more });
  };
  const lease = () => ({ owner: 'somebody else', until: startedAt + 1_500 });

  test('counts: a wearer who has ended the sharing is not shared any more', async () => {
    await connect({ lease: lease() }, { expiresAt: startedAt });
    meanwhile(() => edit({ sharedWith: undefined }));
    expect(await share()).toBe('NOT_SHARED');
    expect(world.http.requests).toEqual([]);
  });

  test('counts: a wearer who has left is unknown', async () => {
    await connect({ provider: 'google-health', lease: lease() }, { expiresAt: startedAt });
    meanwhile(() => edit({ closedAt: startedAt }));
    expect(await share()).toBe('CONNECTION_UNKNOWN');
  });

  test('during the refresh counts too', async () => {
    await connect({ provider: 'google-health' }, { expiresAt: startedAt });
    world.http.script(async () => {
      await edit({ sharedWith: undefined });
      return googleTokens(2);
    });
    expect(await share()).toBe('NOT_SHARED');
  });
});

describe('while another worker refreshes', () => {
  const heldUntil = (ms: number) => ({ lease: { owner: 'somebody else', until: startedAt + ms } });

  test('its end is waited for', async () => {
    await connect(heldUntil(2_500), { expiresAt: startedAt });
    world.http.script(answer(200, tokens(2)));
    expect(await share()).toBe('access-2');
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
    expect(await share()).toBe('access-2');
    expect(world.http.requests).toEqual([]);
  });

  /** No pause ever ends, so that only the end of the refresh can wake anybody. */
  const stopTheClock = () => {
    world.ports.clock.sleep = () => new Promise<void>(() => undefined);
  };
  const crowd = () => Promise.all(Array.from({ length: 100 }, () => share()));

  test('of this process, everybody looks again at its end', async () => {
    stopTheClock();
    await connect({ provider: 'google-health' }, { expiresAt: startedAt });
    world.http.script(googleTokens(2));
    const answers = await crowd();
    expect([...new Set(answers)]).toEqual(['access-2']);
    expect(refreshes()).toBe(1);
  });

  test('of this process, everybody is told how it failed, and nobody asks again', async () => {
    stopTheClock();
    await connect({ provider: 'google-health' }, { expiresAt: startedAt });
    world.http.script(answer(401, { error: 'invalid_client' }));
    const answers = await crowd();
    expect([...new Set(answers)]).toEqual(['CLIENT_REFUSED']);
    expect(refreshes()).toBe(1);
  });

  test('of another process, a crowd in this one waits for no longer than a lease either', async () => {
    await connect(heldUntil(600_000), { expiresAt: startedAt });
    const answers = await Promise.all(Array.from({ length: 5 }, () => share()));
    expect([...new Set(answers)]).toEqual(['LEASE_HELD']);
    expect(world.http.requests).toEqual([]);
  });

  test('nobody waits for longer than a lease', async () => {
    await connect(heldUntil(600_000), { expiresAt: startedAt });
    expect(await share()).toBe('LEASE_HELD');
    expect(world.clock.now() - startedAt).toBe(20_000);
  });
});

describe('a call for somebody', () => {
  const weight = {
    method: 'POST',
    path: '/1/user/-/body/log/weight.json',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from('weight=70'),
  } as const;
  const send = async () => {
    const access = await openSharedAccess(world.ports, 'wearer-1');
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

  test('that is refused with a token made just now is answered as it is, without a refresh', async () => {
    await connect({}, { issuedAt: startedAt });
    const refusal = answer(401, { errors: [{ errorType: 'expired_token' }] });
    world.http.script(refusal);
    await expect(send()).resolves.toEqual({ ok: true, value: refusal });
    expect(world.http.requests).toHaveLength(1);
  });

  test('goes to no other provider than the one whose token it is', async () => {
    const { set } = await connect();
    world.http.script(async () => {
      const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
      const next: TokenSet = {
        ...set,
        provider: 'google-health',
        consent: 2,
        issuedAt: startedAt,
        accessToken: new Secret('google-1'),
        expiresAt: startedAt + 3_600_000,
      };
      const secretVersion = await world.vault.saveTokenSet(next);
      const pointer = { ...row.value.pointer!, consent: 2, secretVersion, expiresAt: next.expiresAt };
      await world.tables.connections.replace(row, {
        ...row.value,
        provider: 'google-health',
        consentReserved: 2,
        pointer,
      });
      return answer(401, { errors: [{ errorType: 'expired_token' }] });
    });
    await expect(send()).resolves.toEqual({ ok: false, code: 'LEASE_HELD' });
    expect(world.http.requests).toHaveLength(1);
  });

  test('whose refresh was not answered was certainly not made', async () => {
    await connect({}, { expiresAt: startedAt });
    world.http.script(answerLost, answerLost, answerLost);
    await expect(openSharedAccess(world.ports, 'wearer-1')).resolves.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });

  test('whose answer is too large says so', async () => {
    await connect();
    world.http.script({ answered: false, sent: true, tooLarge: true });
    await expect(send()).resolves.toEqual({ ok: false, code: 'ANSWER_UNREADABLE' });
  });

  test('that may have been carried out is not made again', async () => {
    await connect();
    world.http.script(answerLost);
    await expect(send()).resolves.toEqual({ ok: false, code: 'OUTCOME_UNKNOWN' });
    expect(world.http.requests).toHaveLength(1);
  });
});

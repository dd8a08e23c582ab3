import { createHash } from 'node:crypto';
import { documentedFault } from '../../local/simulators/documented-faults';
import { faultsIn } from '../../local/simulators/fault-table';
import { fitbitFaults } from '../../local/simulators/fitbit-faults';
import { startFitbit, type FitbitOptions } from '../../local/simulators/fitbit-simulator';
import { giveConsent } from '../../local/simulators/give-consent';
import type { Simulator } from '../../local/simulators/simulator';
import { createWearers, type Wearers } from '../../local/simulators/wearers';
import { describeSimulator } from './simulator.contract';

const start = Date.UTC(2026, 9, 28, 6, 41, 12);
const hour = 3_600_000;
const redirectUri = 'http://127.0.0.1:7071/api/oauth/callback';
const client = { clientId: '23ABCD', clientSecret: 'fitbit-client-secret', redirectUris: [redirectUri] };
const verifier = 'v'.repeat(64);
const challenge = createHash('sha256').update(verifier).digest('base64url');

interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
  token_type: string;
  user_id: string;
}

let now: number;
let wearers: Wearers;
let fitbit: Simulator;
let waits: number[];

const begin = async (options: Partial<FitbitOptions> = {}): Promise<void> => {
  fitbit = await startFitbit({
    port: 0,
    wearers,
    now: () => now,
    delay: (ms) => Promise.resolve(waits.push(ms)),
    clients: [client, { clientId: '23EFGH', clientSecret: 'another-client-secret' }],
    ...options,
  });
};

beforeEach(async () => {
  now = start;
  waits = [];
  wearers = createWearers({ now: () => now });
  wearers.add({
    id: 'ada',
    name: 'Ada <Lovelace>',
    legacyUserId: 'A1B2C3',
    timeZone: 'Europe/Berlin',
    devices: [
      {
        id: '1234567890',
        kind: 'TRACKER',
        model: 'Charge 5',
        battery: { percent: 17, since: start, drainPerHour: 1 },
      },
      {
        id: '29550000',
        kind: 'TRACKER',
        model: 'MobileTrack',
        battery: { percent: 50, since: start, drainPerHour: 0 },
        batteryWord: 'Empty',
        omit: ['batteryLevel', 'features'],
      },
    ],
  });
  wearers.add({ id: 'bob', name: 'Bob', devices: [] });
  wearers.add({ id: 'eve', name: 'Eve', legacyUserId: '', devices: [] });
  await begin();
});
afterEach(() => fitbit.close());

const authorizeUrl = (changes: Record<string, string | null> = {}): URL => {
  const url = new URL('/oauth2/authorize', fitbit.url);
  const parameters: Record<string, string | null> = {
    client_id: client.clientId,
    response_type: 'code',
    scope: 'settings profile',
    redirect_uri: redirectUri,
    state: 'state-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) url.searchParams.set(name, value);
  return url;
};
const consent = async (wearer = 'ada', scopes?: string[]): Promise<string> =>
  (await giveConsent(authorizeUrl(), { wearer, ...(scopes && { scopes }) })).searchParams.get('code')!;

const basic = (id = client.clientId, secret = client.clientSecret): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const post = (path: string, form: Record<string, string>, headers = basic()): Promise<Response> =>
  fetch(fitbit.url + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });
const exchange = (code: string, changes: Record<string, string> = {}): Promise<Response> =>
  post('/oauth2/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  });
const refresh = (token: string, more: Record<string, string> = {}): Promise<Response> =>
  post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token, ...more });
const connect = async (wearer = 'ada', scopes?: string[]): Promise<Tokens> =>
  tokensIn(await exchange(await consent(wearer, scopes)));
const get = (path: string, accessToken: string): Promise<Response> =>
  fetch(fitbit.url + path, { headers: { authorization: `Bearer ${accessToken}` } });
const devices = (accessToken: string): Promise<Response> => get('/1/user/-/devices.json', accessToken);
const tokensIn = async (response: Response): Promise<Tokens> => {
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
};
const refusal = async (response: Response): Promise<[number, string]> => {
  const body = (await response.json()) as { errors: { errorType: string }[]; success: boolean };
  return [response.status, body.errors[0]!.errorType];
};

describeSimulator({
  simulator: () => fitbit,
  documented: faultsIn('fitbit', fitbitFaults),
  advance: (ms) => void (now += ms),
  ...{ authorizeUrl, consent, exchange, devices, refusal },
  refresh: (token) => refresh(token!),
  revoke: (token) => post('/oauth2/revoke', { token }),
  others: (token) => [post('/1.1/oauth2/introspect', { token }), get('/1/user/-/profile.json', token)],
  secretsOfClient: [verifier, client.clientSecret],
});

describe('consent', () => {
  test('the page names the wearers who have an account, escaped, and nobody else', async () => {
    const page = await fetch(authorizeUrl());
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('Ada &lt;Lovelace&gt;');
    expect(text).toContain('value="bob"');
    expect(text).not.toContain('value="eve"');
    expect(text).not.toContain('<script');
  });

  test('allowing sends the browser back with code, state and the noise in the fragment', async () => {
    const url = await giveConsent(authorizeUrl(), { wearer: 'ada' });
    expect(url.href.split('?')[0]).toBe(redirectUri);
    expect([...url.searchParams.keys()].sort()).toEqual(['code', 'state']);
    expect(url.searchParams.get('state')).toBe('state-1');
    expect(url.hash).toBe('#_=_');
  });

  test('cancelling sends access_denied back', async () => {
    const url = await giveConsent(authorizeUrl(), { wearer: 'ada', decision: 'cancel' });
    expect(Object.fromEntries(url.searchParams)).toEqual({
      state: 'state-1',
      error: 'access_denied',
      error_description: 'The user denied the request.',
    });
  });

  test.each([
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    ['an unregistered redirect URI', { redirect_uri: `${redirectUri}/` }, 'redirect_uri_mismatch'],
    ['another response type', { response_type: 'token' }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
    ['a long challenge', { code_challenge: 'a'.repeat(129) }, 'invalid_request'],
    ['the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no method', { code_challenge_method: null }, 'invalid_request'],
    ['an unknown scope', { scope: 'settings battery' }, 'invalid_scope'],
    ['no scope', { scope: null }, 'invalid_request'],
    ['a prompt without redirect URI', { redirect_uri: null, prompt: 'consent' }, 'invalid_request'],
  ])('%s is explained on the page and not redirected', async (_what, changes, error) => {
    const response = await fetch(authorizeUrl(changes), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`Error 400: ${error}`);
    const url = authorizeUrl(changes);
    await expect(giveConsent(url, { wearer: 'ada' })).rejects.toThrow('400');
  });

  test('a client with one redirect URI may leave it out, in both requests', async () => {
    const url = await giveConsent(authorizeUrl({ redirect_uri: null }), { wearer: 'ada' });
    expect(url.href).toContain(redirectUri);
    const response = await post('/oauth2/token', {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      code_verifier: verifier,
    });
    expect(response.status).toBe(200);
  });
});

describe('code exchange', () => {
  test('gives tokens of the real shape, with the legacy user id', async () => {
    const tokens = await connect();
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/),
      refresh_token: expect.stringMatching(/^[0-9a-f]{64}$/),
      expires_in: 28_800,
      scope: 'settings profile',
      token_type: 'Bearer',
      user_id: 'A1B2C3',
    });
    expect(tokens.access_token.length).toBeLessThanOrEqual(1024);
    expect(fitbit.currentRefreshToken('ada')).toBe(tokens.refresh_token);
    expect(fitbit.liveAccessTokens('ada')).toEqual([tokens.access_token]);
  });

  test.each([
    ['another verifier', { code_verifier: 'w'.repeat(64) }],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:7071/' }],
    ['an unknown code', { code: 'f'.repeat(40) }],
  ])('%s is invalid_grant, and no token is given', async (_what, changes) => {
    expect(await refusal(await exchange(await consent(), changes))).toEqual([400, 'invalid_grant']);
    expect(fitbit.liveAccessTokens('ada')).toEqual([]);
  });

  test('a missing verifier is refused', async () => {
    const form = { grant_type: 'authorization_code', code: await consent(), redirect_uri: redirectUri };
    expect(await refusal(await post('/oauth2/token', form))).toEqual([400, 'invalid_grant']);
  });

  test('a code is refused to another client', async () => {
    const form = { grant_type: 'authorization_code', code: await consent(), redirect_uri: redirectUri };
    const response = await post(
      '/oauth2/token',
      { ...form, code_verifier: verifier },
      basic('23EFGH', 'another-client-secret'),
    );
    expect(await refusal(response)).toEqual([400, 'invalid_grant']);
  });

  test('unticked scopes are missing in the answer and at the endpoints', async () => {
    const { access_token, scope } = await connect('ada', ['profile']);
    expect(scope).toBe('profile');
    expect(await refusal(await devices(access_token))).toEqual([403, 'insufficient_scope']);
  });
});

describe('client and request checks', () => {
  test.each([
    ['a wrong secret', basic(client.clientId, 'wrong-secret')],
    ['no header', {} as Record<string, string>],
  ])('%s is invalid_client, and the refresh token is not spent', async (_what, headers) => {
    const { refresh_token } = await connect();
    const form = { grant_type: 'refresh_token', refresh_token, client_id: client.clientId };
    const response = await post('/oauth2/token', { ...form, client_secret: client.clientSecret }, headers);
    expect(await refusal(response)).toEqual([401, 'invalid_client']);
    expect(fitbit.currentRefreshToken('ada')).toBe(refresh_token);
  });

  test.each([
    ['no grant type', { refresh_token: 'a'.repeat(64) }, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['no code', { grant_type: 'authorization_code' }, 'invalid_request'],
    [
      'an impossible life',
      { grant_type: 'refresh_token', refresh_token: 'x', expires_in: '604800' },
      'validation',
    ],
  ])('%s is refused', async (_what, form, errorType) => {
    expect(await refusal(await post('/oauth2/token', form as Record<string, string>))).toEqual([
      400,
      errorType,
    ]);
  });

  test('a body that is not a form is refused', async () => {
    const response = await fetch(`${fitbit.url}/oauth2/token`, {
      method: 'POST',
      body: '{}',
      headers: { ...basic(), 'content-type': 'application/json' },
    });
    expect(await refusal(response)).toEqual([400, 'invalid_request']);
  });

  test.each(['/oauth2/token', '/oauth2/revoke'])('a token in the URL of %s is refused', async (path) => {
    const { refresh_token } = await connect();
    const response = await post(`${path}?refresh_token=${refresh_token}`, {
      grant_type: 'refresh_token',
      refresh_token,
    });
    expect(await refusal(response)).toEqual([400, 'invalid_request']);
    expect(fitbit.currentRefreshToken('ada')).toBe(refresh_token);
  });

  test('one hour can be asked for', async () => {
    const { refresh_token } = await connect();
    expect((await tokensIn(await refresh(refresh_token, { expires_in: '3600' }))).expires_in).toBe(3600);
  });
});

describe('refresh', () => {
  test('gives a new pair each time and counts', async () => {
    const first = await connect();
    const second = await tokensIn(await refresh(first.refresh_token));
    const third = await tokensIn(await refresh(second.refresh_token));
    expect(new Set([first, second, third].flatMap((set) => [set.access_token, set.refresh_token])).size).toBe(
      6,
    );
    expect(fitbit.currentRefreshToken('ada')).toBe(third.refresh_token);
    expect(fitbit.liveAccessTokens('ada')).toEqual([
      first.access_token,
      second.access_token,
      third.access_token,
    ]);
    expect(fitbit.refreshCount('ada')).toBe(2);
    expect(fitbit.refreshCount('bob')).toBe(0);
  });

  test('the identical request inside the repeat window gets the identical answer', async () => {
    const { refresh_token } = await connect();
    const first = await (await refresh(refresh_token)).text();
    now += 119_999;
    expect(await (await refresh(refresh_token)).text()).toBe(first);
    expect(fitbit.refreshCount('ada')).toBe(1);
  });

  test('a repetition does not make the window longer', async () => {
    const { refresh_token } = await connect();
    await refresh(refresh_token);
    now += 119_999;
    expect((await refresh(refresh_token)).status).toBe(200);
    now += 1;
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  test('outside the window it is invalid_grant, the message holds the token, and the chain lives on', async () => {
    const { refresh_token } = await connect();
    const next = await tokensIn(await refresh(refresh_token));
    now += 120_000;
    const response = await refresh(refresh_token);
    expect(response.status).toBe(400);
    const body = (await response.json()) as { errors: { errorType: string; message: string }[] };
    expect(body.errors[0]!.errorType).toBe('invalid_grant');
    expect(body.errors[0]!.message).toContain(refresh_token);
    expect((await refresh(next.refresh_token)).status).toBe(200);
  });

  test('a request that is not identical is not repeated', async () => {
    const { refresh_token } = await connect();
    await refresh(refresh_token);
    expect(await refusal(await refresh(refresh_token, { expires_in: '28800' }))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test.each(['/1/user/-/devices.json', '/1/user/-/profile.json'])(
    'the use of the new access token at %s closes the window',
    async (path) => {
      const { refresh_token } = await connect();
      const { access_token } = await tokensIn(await refresh(refresh_token));
      expect((await get(path, access_token)).status).toBe(200);
      expect(await refusal(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
    },
  );

  test('the use of the new access token closes the window even when the call fails there', async () => {
    const { refresh_token } = await connect();
    const { access_token } = await tokensIn(await refresh(refresh_token));
    fitbit.faults.add('ada', documentedFault('fitbit.devices.system'));
    expect((await devices(access_token)).status).toBe(500);
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  test('a call that never arrived leaves the window open', async () => {
    const { refresh_token } = await connect();
    const { access_token } = await tokensIn(await refresh(refresh_token));
    fitbit.faults.add('ada', { kind: 'dropped', endpoint: 'devices', times: 1 });
    await expect(devices(access_token)).rejects.toThrow('fetch failed');
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test('the use of the old access token leaves the window open', async () => {
    const { refresh_token, access_token } = await connect();
    await refresh(refresh_token);
    expect((await devices(access_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test('the use of the new refresh token closes the window', async () => {
    const { refresh_token } = await connect();
    const next = await tokensIn(await refresh(refresh_token));
    expect((await refresh(next.refresh_token)).status).toBe(200);
    expect(await refusal(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
  });

  test('the window has the length that is asked for', async () => {
    await fitbit.close();
    await begin({ repeatWindowMs: 1000, accessTokenMs: 60_000 });
    const { refresh_token } = await connect();
    expect((await tokensIn(await refresh(refresh_token))).expires_in).toBe(60);
    now += 1000;
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  test('where reuse revokes the chain, a reuse outside the window ends it and its access tokens', async () => {
    await fitbit.close();
    await begin({ reuseRevokesChain: true });
    const { refresh_token } = await connect();
    const next = await tokensIn(await refresh(refresh_token));
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(fitbit.currentRefreshToken('ada')).toBe(next.refresh_token);
    now += 120_000;
    expect((await refresh(refresh_token)).status).toBe(400);
    expect(fitbit.currentRefreshToken('ada')).toBeUndefined();
    expect(await refusal(await refresh(next.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(await refusal(await devices(next.access_token))).toEqual([401, 'invalid_token']);
  });

  test('a second consent kills the first chain and leaves its access tokens', async () => {
    const first = await connect();
    const second = await connect();
    expect(await refusal(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect((await devices(first.access_token)).status).toBe(200);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  test('a second consent ends the repeat window of the first chain', async () => {
    const first = await connect();
    await refresh(first.refresh_token);
    await connect();
    expect((await refresh(first.refresh_token)).status).toBe(400);
  });

  test('the chains of two wearers and of two clients do not touch each other', async () => {
    const ada = await connect('ada');
    const bob = await connect('bob');
    const other = 'http://127.0.0.1:9/callback';
    const url = await giveConsent(authorizeUrl({ client_id: '23EFGH', redirect_uri: other }), {
      wearer: 'ada',
    });
    const form = {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      redirect_uri: other,
    };
    const headers = basic('23EFGH', 'another-client-secret');
    await tokensIn(await post('/oauth2/token', { ...form, code_verifier: verifier }, headers));
    const stolen = { grant_type: 'refresh_token', refresh_token: ada.refresh_token };
    expect((await post('/oauth2/token', stolen, headers)).status).toBe(400);
    expect((await refresh(ada.refresh_token)).status).toBe(200);
    expect((await refresh(bob.refresh_token)).status).toBe(200);
  });
});

describe('revoke and introspect', () => {
  test.each(['access_token', 'refresh_token'] as const)('revoking by %s ends everything', async (kind) => {
    const first = await connect();
    const second = await connect();
    const response = await post('/oauth2/revoke', { token: second[kind] });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await refusal(await devices(first.access_token))).toEqual([401, 'invalid_token']);
    expect(await refusal(await refresh(second.refresh_token))).toEqual([400, 'invalid_grant']);
    expect((await post('/oauth2/revoke', { token: second[kind] })).status).toBe(400);
    expect((await connect()).user_id).toBe('A1B2C3');
  });

  test('an expired access token revokes nothing', async () => {
    const { access_token, refresh_token } = await connect();
    now += 8 * hour;
    expect(await refusal(await post('/oauth2/revoke', { token: access_token }))).toEqual([
      400,
      'invalid_token',
    ]);
    expect(fitbit.currentRefreshToken('ada')).toBe(refresh_token);
  });

  test('revoking needs the client', async () => {
    const { access_token } = await connect();
    const response = await post('/oauth2/revoke', { token: access_token }, {});
    expect(await refusal(response)).toEqual([401, 'invalid_client']);
    expect(fitbit.liveAccessTokens('ada')).toEqual([access_token]);
  });

  test('introspection tells a live token from a dead one, and counts as use of the bearer', async () => {
    const first = await connect();
    const next = await tokensIn(await refresh(first.refresh_token));
    const introspect = async (token: string): Promise<unknown> =>
      (
        await post('/1.1/oauth2/introspect', { token }, { authorization: `Bearer ${next.access_token}` })
      ).json();
    expect(await introspect(first.access_token)).toEqual({
      active: true,
      scope: '{SETTINGS=READ_WRITE, PROFILE=READ_WRITE}',
      client_id: client.clientId,
      user_id: 'A1B2C3',
      token_type: 'access_token',
      exp: start + 8 * hour,
      iat: start,
    });
    expect(await introspect(first.refresh_token)).toEqual({ active: false });
    expect(await introspect(next.refresh_token)).toMatchObject({ active: true, token_type: 'refresh_token' });
    expect((await refresh(first.refresh_token)).status).toBe(400);
  });
});

describe('data', () => {
  test('devices are a bare array with local times that name no zone', async () => {
    const { access_token } = await connect();
    const response = await devices(access_token);
    expect(await response.json()).toEqual([
      {
        battery: 'Low',
        batteryLevel: 17,
        deviceVersion: 'Charge 5',
        features: [],
        id: '1234567890',
        lastSyncTime: '2026-10-28T07:41:12.000',
        mac: expect.stringMatching(/^[0-9A-F]{12}$/),
        type: 'TRACKER',
      },
      {
        battery: 'Empty',
        deviceVersion: 'MobileTrack',
        id: '29550000',
        lastSyncTime: '2026-10-28T07:41:12.000',
        mac: expect.any(String),
        type: 'TRACKER',
      },
    ]);
    expect(response.headers.get('date')).toBe('Wed, 28 Oct 2026 06:41:12 GMT');
  });

  test('a wearer without devices has an empty array', async () => {
    const { access_token } = await connect('bob');
    expect(await (await devices(access_token)).json()).toEqual([]);
  });

  test('the profile has the id and the time zone', async () => {
    const { access_token } = await connect();
    expect(await (await get('/1/user/-/profile.json', access_token)).json()).toEqual({
      user: { encodedId: 'A1B2C3', timezone: 'Europe/Berlin', offsetFromUTCMillis: hour },
    });
  });

  test('an access token expires after eight hours, and the message holds it', async () => {
    const { access_token } = await connect();
    now += 8 * hour - 1;
    expect((await devices(access_token)).status).toBe(200);
    now += 1;
    const response = await devices(access_token);
    const text = await response.clone().text();
    expect(await refusal(response)).toEqual([401, 'expired_token']);
    expect(text).toContain(access_token);
    expect(fitbit.liveAccessTokens('ada')).toEqual([]);
  });

  test('an unknown token and a missing one are invalid_token', async () => {
    expect(await refusal(await devices('eyJ.nobody.knows'))).toEqual([401, 'invalid_token']);
    expect(await refusal(await fetch(`${fitbit.url}/1/user/-/devices.json`))).toEqual([401, 'invalid_token']);
  });

  test('150 calls an hour are allowed, and the counter starts again at the top of the hour', async () => {
    const { access_token } = await connect();
    const first = await devices(access_token);
    expect(first.headers.get('fitbit-rate-limit-limit')).toBe('150');
    expect(first.headers.get('fitbit-rate-limit-remaining')).toBe('149');
    expect(first.headers.get('fitbit-rate-limit-reset')).toBe(String(18 * 60 + 48));
    for (let call = 2; call <= 150; call += 1) await (await devices(access_token)).text();
    const refused = await devices(access_token);
    expect(refused.headers.get('retry-after')).toBe('1128');
    expect(await refusal(refused)).toEqual([429, 'rate_limit_exceeded']);
    now += 1_128_000;
    expect((await devices(access_token)).status).toBe(200);
  });

  test('what is not there is not_found', async () => {
    expect(await refusal(await fetch(`${fitbit.url}/1/user/-/sleep.json`))).toEqual([404, 'not_found']);
  });
});

describe('faults', () => {
  test('a lost answer was applied: the identical request gets it afterwards', async () => {
    const { refresh_token } = await connect();
    fitbit.faults.add('ada', { kind: 'lost', endpoint: 'token', times: 1 });
    await expect(refresh(refresh_token)).rejects.toThrow('fetch failed');
    expect(fitbit.refreshCount('ada')).toBe(1);
    const tokens = await tokensIn(await refresh(refresh_token));
    expect(tokens.refresh_token).toBe(fitbit.currentRefreshToken('ada'));
    expect(fitbit.refreshCount('ada')).toBe(1);
  });

  test('a slow request waits before it is applied, a late answer after', async () => {
    const seen: number[] = [];
    await fitbit.close();
    await begin({
      delay: (ms) => {
        seen.push(ms, fitbit.refreshCount('ada'));
        return Promise.resolve();
      },
    });
    const { refresh_token } = await connect();
    fitbit.faults.add('ada', { kind: 'slow', ms: 15_000, endpoint: 'token', times: 1 });
    fitbit.faults.add('ada', { kind: 'late', ms: 16_000, endpoint: 'token', times: 1 });
    const next = await tokensIn(await refresh(refresh_token));
    await tokensIn(await refresh(next.refresh_token));
    expect(seen).toEqual([15_000, 0, 16_000, 2]);
  });

  test('a fault lasts as often as it says, for its wearer and endpoint only', async () => {
    const ada = await connect('ada');
    const bob = await connect('bob');
    fitbit.faults.add('ada', { kind: 'answer', endpoint: 'devices', times: 2, status: 503, body: '' });
    expect((await devices(bob.access_token)).status).toBe(200);
    expect((await get('/1/user/-/profile.json', ada.access_token)).status).toBe(200);
    expect((await devices(ada.access_token)).status).toBe(503);
    expect(fitbit.faults.pending('ada')).toMatchObject([{ endpoint: 'devices', times: 1 }]);
    expect((await devices(ada.access_token)).status).toBe(503);
    expect((await devices(ada.access_token)).status).toBe(200);
  });

  test('a fault of the token endpoint finds the wearer by the code, too, and leaves the code alone', async () => {
    const code = await consent('ada');
    fitbit.faults.add('ada', documentedFault('fitbit.token.system'));
    expect((await exchange(code)).status).toBe(500);
    expect((await exchange(code)).status).toBe(200);
  });

  test('a fault of the profile can be named identity or settings', async () => {
    const { access_token } = await connect();
    fitbit.faults.add('ada', documentedFault('fitbit.devices.system', 1, 'identity'));
    fitbit.faults.add('ada', documentedFault('fitbit.devices.unavailable_empty', 1, 'settings'));
    expect((await get('/1/user/-/profile.json', access_token)).status).toBe(500);
    expect((await get('/1/user/-/profile.json', access_token)).status).toBe(503);
    expect((await get('/1/user/-/profile.json', access_token)).status).toBe(200);
  });
});

describe('insight', () => {
  test('the page shows wearers and batteries, no token, and its forms change the world', async () => {
    const { refresh_token } = await connect();
    const page = async (): Promise<string> => (await fetch(fitbit.url)).text();
    const press = async (path: string, form: Record<string, string>): Promise<number> =>
      (await post(`/simulator/${path}`, form, {})).status;

    const text = await page();
    expect(text).toContain('Ada &lt;Lovelace&gt;');
    expect(text).toContain('17 %');
    expect(text).not.toContain('<script');
    for (const secret of fitbit.issuedSecrets()) expect(text).not.toContain(secret);

    expect(await press('battery', { device: '1234567890', percent: '3' })).toBe(303);
    expect(wearers.get('ada')!.devices()[0]!.batteryLevel).toBe(3);
    expect(await press('charge', { device: '1234567890' })).toBe(303);
    expect(wearers.get('ada')!.devices()[0]!.batteryLevel).toBe(100);
    expect(await press('stop-syncing', { device: '1234567890' })).toBe(303);
    expect(await page()).toContain('is silent now');
    expect(await press('resume-syncing', { device: '1234567890' })).toBe(303);

    expect(await press('fault', { wearer: 'ada', fault: 'fitbit.token.conflict', times: '2' })).toBe(303);
    expect(await press('fault', { wearer: 'ada', fault: 'lost.devices', times: '' })).toBe(303);
    expect(fitbit.faults.pending('ada')).toMatchObject([
      { kind: 'answer', endpoint: 'token', status: 409, times: 2 },
      { kind: 'lost', endpoint: 'devices', times: Infinity },
    ]);
    expect(await page()).toContain('until cleared');
    expect(await press('clear-faults', { wearer: 'ada' })).toBe(303);
    expect(fitbit.faults.pending('ada')).toEqual([]);

    expect(await press('revoke', { wearer: 'ada' })).toBe(303);
    expect((await refresh(refresh_token)).status).toBe(400);

    expect(await press('battery', { device: '1234567890', percent: '101' })).toBe(400);
    expect(await press('charge', { device: 'nothing' })).toBe(400);
    expect(await press('fault', { wearer: 'nobody', fault: 'fitbit.token.conflict' })).toBe(400);
    expect(await press('fault', { wearer: 'ada', fault: 'lost.everything' })).toBe(400);
  });
});

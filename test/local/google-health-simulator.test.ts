import { createHash } from 'node:crypto';
import { documentedFault } from '../../local/simulators/documented-faults';
import { faultsIn } from '../../local/simulators/fault-table';
import { googleHealthFaults } from '../../local/simulators/google-health-faults';
import { everyone, retired } from '../../local/simulators/faults';
import { giveConsent } from '../../local/simulators/give-consent';
import {
  settingsScope,
  startGoogleHealth,
  type GoogleHealthOptions,
} from '../../local/simulators/google-health-simulator';
import type { Simulator } from '../../local/simulators/simulator';
import { createWearers, type DeviceSpec, type Wearers } from '../../local/simulators/wearers';
import { describeSimulator } from './simulator.contract';

const start = Date.UTC(2026, 10, 21, 6, 12, 45);
const hour = 3_600_000;
const day = 24 * hour;
const redirectUri = 'http://127.0.0.1:7071/api/oauth/callback';
const client = {
  clientId: '1234-local.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-local-secret',
  redirectUris: [redirectUri],
};
const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');

interface Tokens {
  access_token: string;
  refresh_token?: string;
  expires_in: number;
  scope: string;
  token_type: string;
}

let now: number;
let wearers: Wearers;
let google: Simulator;
let waits: number[];

const begin = async (options: Partial<GoogleHealthOptions> = {}): Promise<void> => {
  google = await startGoogleHealth({
    port: 0,
    wearers,
    now: () => now,
    delay: (ms) => Promise.resolve(waits.push(ms)),
    clients: [client],
    ...options,
  });
};

const tracker = (id: string, more: Partial<DeviceSpec> = {}): DeviceSpec => ({
  id,
  kind: 'TRACKER',
  model: 'Charge 6',
  battery: { percent: 14, since: start, drainPerHour: 2 },
  ...more,
});

beforeEach(async () => {
  now = start;
  waits = [];
  wearers = createWearers({ now: () => now });
  wearers.add({
    id: 'ada',
    name: 'Ada',
    healthUserId: '1234567890',
    legacyUserId: 'A1B2C3',
    timeZone: 'Europe/Berlin',
    devices: [
      tracker('2233445566', { features: ['STEPS', 'GPS'] }),
      tracker('7788990011', { kind: 'SCALE', model: 'Aria Air', omit: ['lastSyncTime'] }),
    ],
  });
  wearers.add({ id: 'bob', name: 'Bob', legacyUserId: '', devices: [] });
  wearers.add({ id: 'cleo', name: 'Cleo', googleHealthProfile: false, devices: [tracker('33')] });
  wearers.add({
    id: 'dan',
    name: 'Dan',
    refreshTokenLifeMs: 7 * day,
    devices: Array.from({ length: 7 }, (_, index) => tracker(`70${index}`)),
  });
  await begin();
});
afterEach(() => google.close());

const authorizeUrl = (changes: Record<string, string | null> = {}): URL => {
  const url = new URL('/o/oauth2/v2/auth', google.url);
  const parameters: Record<string, string | null> = {
    client_id: client.clientId,
    response_type: 'code',
    scope: settingsScope,
    redirect_uri: redirectUri,
    state: 'state-1',
    access_type: 'offline',
    prompt: 'consent',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) url.searchParams.set(name, value);
  return url;
};
const consent = async (wearer = 'ada', changes: Record<string, string | null> = {}): Promise<string> =>
  (await giveConsent(authorizeUrl(changes), { wearer })).searchParams.get('code')!;

const post = (path: string, form: Record<string, string>, headers = {}): Promise<Response> =>
  fetch(google.url + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });
const secrets = { client_id: client.clientId, client_secret: client.clientSecret };
const exchange = (code: string, changes: Record<string, string> = {}): Promise<Response> =>
  post('/token', {
    ...secrets,
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  });
const refresh = (token: string | undefined, more: Record<string, string> = {}): Promise<Response> =>
  post('/token', { ...secrets, grant_type: 'refresh_token', refresh_token: token!, ...more });
const tokensIn = async (response: Response): Promise<Tokens> => {
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
};
const connect = async (wearer = 'ada', changes: Record<string, string | null> = {}): Promise<Tokens> =>
  tokensIn(await exchange(await consent(wearer, changes)));
const get = (path: string, accessToken: string): Promise<Response> =>
  fetch(`${google.url}/v4/users/me/${path}`, {
    headers: { authorization: `Bearer ${accessToken}` },
    redirect: 'manual',
  });
const devices = (accessToken: string, query = ''): Promise<Response> =>
  get(`pairedDevices${query}`, accessToken);

const oauthRefusal = async (response: Response): Promise<[number, string]> => {
  const body = (await response.json()) as { error: string; error_description: string };
  expect(typeof body.error_description).toBe('string');
  return [response.status, body.error];
};
const refusal = async (response: Response): Promise<[number, string, string | undefined]> => {
  const { error } = (await response.json()) as {
    error: { code: number; status: string; details?: { reason: string }[] };
  };
  expect(error.code).toBe(response.status);
  return [response.status, error.status, error.details?.[0]?.reason];
};

describeSimulator({
  simulator: () => google,
  documented: faultsIn('google-health', googleHealthFaults),
  advance: (ms) => void (now += ms),
  ...{ authorizeUrl, consent, exchange, refresh, devices },
  revoke: (token) => post('/revoke', { token }),
  others: (token) => [get('identity', token), get('settings', token)],
  refusal: oauthRefusal,
  secretsOfClient: [verifier, client.clientSecret],
});

describe('consent', () => {
  test('the page lists the wearers and the scopes', async () => {
    const text = await (await fetch(authorizeUrl())).text();
    for (const part of [
      'value="ada"',
      'value="bob"',
      'value="cleo"',
      'value="dan"',
      `value="${settingsScope}"`,
    ])
      expect(text).toContain(part);
  });

  test('allowing sends the browser back with code, state and scope', async () => {
    const url = await giveConsent(authorizeUrl(), { wearer: 'ada' });
    expect(Object.fromEntries(url.searchParams)).toEqual({
      state: 'state-1',
      code: expect.stringMatching(/^4\/0A[\w-]{68}$/),
      scope: settingsScope,
    });
    expect(url.hash).toBe('');
  });

  test('cancelling sends access_denied back', async () => {
    const url = await giveConsent(authorizeUrl(), { wearer: 'ada', decision: 'cancel' });
    expect(Object.fromEntries(url.searchParams)).toEqual({ state: 'state-1', error: 'access_denied' });
  });

  test.each([
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    [
      'an unregistered redirect URI',
      { redirect_uri: 'http://127.0.0.1:7071/other' },
      'redirect_uri_mismatch',
    ],
    ['no redirect URI', { redirect_uri: null }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'invalid_request'],
    ['a challenge of 42 characters', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
    ['a challenge of 129 characters', { code_challenge: 'a'.repeat(129) }, 'invalid_request'],
    ['no challenge', { code_challenge: null }, 'invalid_request'],
    ['the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['an unknown scope', { scope: 'settings' }, 'invalid_scope'],
  ])('%s is explained on the page and not redirected', async (_what, changes, error) => {
    const response = await fetch(authorizeUrl(changes), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`Error 400: ${error}`);
  });

  test('a forged form is checked like the request', async () => {
    const request = authorizeUrl({ redirect_uri: 'http://127.0.0.1:1/' }).searchParams.toString();
    const response = await post('/o/oauth2/v2/auth', { request, wearer: 'ada', decision: 'allow' });
    expect(response.status).toBe(400);
    const nobody = { request: authorizeUrl().searchParams.toString(), wearer: 'nobody', decision: 'allow' };
    expect((await post('/o/oauth2/v2/auth', nobody)).status).toBe(400);
  });

  test('a client without registered addresses may use any web address, and no other', async () => {
    await google.close();
    await begin({ clients: [{ clientId: client.clientId, clientSecret: client.clientSecret }] });
    const url = await giveConsent(authorizeUrl({ redirect_uri: 'https://example.test/x?y=1' }), {
      wearer: 'ada',
    });
    expect(url.href).toMatch(/^https:\/\/example\.test\/x\?y=1&state=state-1&code=/);
    const script = await fetch(authorizeUrl({ redirect_uri: 'javascript:alert(1)' }));
    expect(await script.text()).toContain('redirect_uri_mismatch');
  });
});

describe('code exchange', () => {
  test('gives tokens of the real shape', async () => {
    const tokens = await connect();
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^ya29\.a0[\w-]{200}$/),
      refresh_token: expect.stringMatching(/^1\/\/0[\w-]{100}$/),
      expires_in: 3599,
      scope: settingsScope,
      token_type: 'Bearer',
    });
    expect(google.currentRefreshToken('ada')).toBe(tokens.refresh_token);
    expect(google.liveAccessTokens('ada')).toEqual([tokens.access_token]);
  });

  test.each([
    ['access_type is missing', { access_type: null }],
    ['access_type is online', { access_type: 'online' }],
    ['prompt is missing', { prompt: null }],
    ['prompt is something else', { prompt: 'select_account' }],
  ])('no refresh token is given when %s', async (_what, changes) => {
    const tokens = await connect('ada', changes);
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(google.currentRefreshToken('ada')).toBeUndefined();
  });

  test('prompt may name more than consent', async () => {
    expect((await connect('ada', { prompt: 'select_account consent' })).refresh_token).toBeDefined();
  });

  test('time-limited access says when the refresh token ends, and it ends then', async () => {
    const tokens = await connect('dan');
    expect(tokens).toMatchObject({ refresh_token_expires_in: 604_800 });
    now += 7 * day - 1000;
    expect(await tokensIn(await refresh(tokens.refresh_token))).toMatchObject({
      refresh_token_expires_in: 1,
    });
    now += 1000;
    expect(await oauthRefusal(await refresh(tokens.refresh_token))).toEqual([400, 'invalid_grant']);
  });

  test('the client may use the Basic header', async () => {
    const form = { grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier: verifier };
    const headers = {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    };
    const response = await post('/token', { ...form, code: await consent() }, headers);
    expect((await tokensIn(response)).scope).toBe(settingsScope);
  });

  test.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }, [400, 'invalid_grant']],
    ['an unknown code', { code: '4/0Aunknown' }, [400, 'invalid_grant']],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:1/' }, [400, 'redirect_uri_mismatch']],
    ['a wrong secret', { client_secret: 'wrong-secret' }, [401, 'invalid_client']],
    ['another grant type', { grant_type: 'refresh' }, [400, 'unsupported_grant_type']],
  ])('%s is refused, and no token is given', async (_what, changes, expected) => {
    expect(await oauthRefusal(await exchange(await consent(), changes as Record<string, string>))).toEqual(
      expected,
    );
    expect(google.liveAccessTokens('ada')).toEqual([]);
  });

  test.each([
    ['the grant type', { code: 'x' }],
    ['the code', { grant_type: 'authorization_code' }],
    ['the refresh token', { grant_type: 'refresh_token' }],
  ])('a request without %s is invalid_request', async (_what, form) => {
    const response = await post('/token', { ...secrets, ...(form as Record<string, string>) });
    expect(await oauthRefusal(response)).toEqual([400, 'invalid_request']);
  });

  test('a body that is not a form is invalid_request', async () => {
    const response = await fetch(`${google.url}/token`, { method: 'POST', body: '{}' });
    expect(await oauthRefusal(response)).toEqual([400, 'invalid_request']);
  });

  test('a wrong Basic header is invalid_client even beside a right form', async () => {
    const { refresh_token } = await connect();
    const response = await post(
      '/token',
      { ...secrets, grant_type: 'refresh_token', refresh_token: refresh_token! },
      { authorization: 'Basic bm9ib2R5OndobwA=' },
    );
    expect(await oauthRefusal(response)).toEqual([401, 'invalid_client']);
  });
});

describe('refresh', () => {
  test('gives access tokens and keeps the refresh token, as often as it is asked', async () => {
    const { refresh_token } = await connect();
    const first = await tokensIn(await refresh(refresh_token));
    const second = await tokensIn(await refresh(refresh_token));
    expect(Object.keys(first).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(first.access_token).not.toBe(second.access_token);
    expect((await devices(first.access_token)).status).toBe(200);
    expect(google.currentRefreshToken('ada')).toBe(refresh_token);
    expect(google.refreshCount('ada')).toBe(2);
  });

  test('a refresh token that was not used for half a year is dead', async () => {
    const { refresh_token } = await connect();
    now += 182 * day;
    expect((await refresh(refresh_token)).status).toBe(200);
    now += 182 * day;
    expect((await refresh(refresh_token)).status).toBe(200);
    now += 183 * day;
    expect(await oauthRefusal(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
  });

  test('after a hundred newer consents the oldest refresh token dies silently', async () => {
    const first = await connect();
    const second = await connect();
    for (let more = 0; more < 99; more += 1) await connect();
    expect(await oauthRefusal(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  test('a second consent leaves the first refresh token alive', async () => {
    const first = await connect();
    const second = await connect();
    expect((await refresh(first.refresh_token)).status).toBe(200);
    expect(google.currentRefreshToken('ada')).toBe(second.refresh_token);
  });
});

test('token info tells a live token from a dead one', async () => {
  const { access_token } = await connect();
  const info = () =>
    fetch(new URL('/tokeninfo', google.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
    });
  expect(await (await info()).json()).toMatchObject({
    aud: client.clientId,
    scope: expect.stringContaining('googlehealth') as string,
    exp: String(Math.floor((now + hour) / 1000)),
    expires_in: '3600',
  });
  now += hour;
  expect(await oauthRefusal(await info())).toEqual([400, 'invalid_token']);
});

describe('revoke', () => {
  test.each(['access_token', 'refresh_token'] as const)('by %s kills the whole grant', async (kind) => {
    const first = await connect();
    const second = await connect();
    expect((await post('/revoke', { token: first[kind]! })).status).toBe(200);
    expect(await oauthRefusal(await refresh(second.refresh_token))).toEqual([400, 'invalid_grant']);
    expect((await refusal(await devices(second.access_token)))[0]).toBe(401);
    expect(await oauthRefusal(await post('/revoke', { token: first[kind]! }))).toEqual([
      400,
      'invalid_token',
    ]);
    expect(google.currentRefreshToken('ada')).toBeUndefined();
  });

  test('needs a token that lives', async () => {
    const { access_token, refresh_token } = await connect();
    now += hour;
    expect(await oauthRefusal(await post('/revoke', { token: access_token }))).toEqual([
      400,
      'invalid_token',
    ]);
    expect(await oauthRefusal(await post('/revoke', {}))).toEqual([400, 'invalid_request']);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test('leaves the grant of another client alone, and a refresh token serves only its own client', async () => {
    const other = { clientId: 'other.apps.googleusercontent.com', clientSecret: 'GOCSPX-other-secret' };
    await google.close();
    await begin({ clients: [client, other] });
    const own = await connect();
    const proof = { client_id: other.clientId, client_secret: other.clientSecret };
    const foreign = await tokensIn(
      await exchange(await consent('ada', { client_id: other.clientId }), proof),
    );
    expect((await post('/revoke', { token: own.access_token })).status).toBe(200);
    expect(await oauthRefusal(await refresh(foreign.refresh_token))).toEqual([400, 'invalid_grant']);
    expect((await refresh(foreign.refresh_token, proof)).status).toBe(200);
    expect(google.liveAccessTokens('ada')).toHaveLength(2);
  });
});

describe('paired devices', () => {
  test('are listed with times in UTC; what is not delivered is absent', async () => {
    const { access_token } = await connect();
    const response = await devices(access_token);
    expect(await response.json()).toEqual({
      pairedDevices: [
        {
          name: 'users/1234567890/pairedDevices/2233445566',
          deviceType: 'TRACKER',
          batteryStatus: 'Low',
          batteryLevel: 14,
          lastSyncTime: '2026-11-21T06:12:45Z',
          deviceVersion: 'Charge 6',
          macAddress: expect.stringMatching(/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/),
          features: ['STEPS', 'GPS'],
        },
        {
          name: 'users/1234567890/pairedDevices/7788990011',
          deviceType: 'SCALE',
          batteryStatus: 'Low',
          batteryLevel: 14,
          deviceVersion: 'Aria Air',
          macAddress: expect.any(String),
        },
      ],
    });
    expect(response.headers.get('date')).toBe('Sat, 21 Nov 2026 06:12:45 GMT');
  });

  test('a level of zero is not written, as in proto3', async () => {
    const { refresh_token } = await connect();
    now += 7 * hour;
    const { access_token: fresh } = await tokensIn(await refresh(refresh_token));
    const { pairedDevices } = (await (await devices(fresh)).json()) as { pairedDevices: object[] };
    expect(pairedDevices[0]).toMatchObject({ batteryStatus: 'Empty' });
    expect(Object.keys(pairedDevices[0]!)).not.toContain('batteryLevel');
  });

  test('none at all is {}', async () => {
    const { access_token } = await connect('bob');
    expect(await (await devices(access_token)).text()).toBe('{}');
  });

  test('come five at a time unless more are asked for', async () => {
    const { access_token } = await connect('dan');
    const page = async (
      query: string,
    ): Promise<{ ids: (string | undefined)[]; next: string | undefined }> => {
      const body = (await (await devices(access_token, query)).json()) as {
        pairedDevices: { name: string }[];
        nextPageToken?: string;
      };
      return { ids: body.pairedDevices.map(({ name }) => name.split('/').at(-1)), next: body.nextPageToken };
    };
    const first = await page('');
    expect(first.ids).toEqual(['700', '701', '702', '703', '704']);
    expect(await page(`?pageToken=${first.next}`)).toEqual({ ids: ['705', '706'], next: undefined });
    const three = await page('?pageSize=3');
    const six = await page(`?pageSize=3&pageToken=${three.next}`);
    expect(six.ids).toEqual(['703', '704', '705']);
    expect(await page(`?pageSize=3&pageToken=${six.next}`)).toEqual({ ids: ['706'], next: undefined });
    expect((await page('?pageSize=1000')).ids).toHaveLength(7);
    expect((await page('?pageSize=0')).ids).toHaveLength(5);
    for (const query of [`?pageSize=4&pageToken=${three.next}`, '?pageToken=nonsense', '?pageSize=-1'])
      expect(await refusal(await devices(access_token, query))).toEqual([400, 'INVALID_ARGUMENT', undefined]);
  });

  test('more than a hundred are cut to a hundred a page', async () => {
    const many = Array.from({ length: 101 }, (_, index) => tracker(`many-${index}`));
    wearers.add({ id: 'eve', name: 'Eve', devices: many });
    const { access_token } = await connect('eve');
    const body = (await (await devices(access_token, '?pageSize=500')).json()) as { pairedDevices: object[] };
    expect(body.pairedDevices).toHaveLength(100);
  });

  test('one can be read by its id', async () => {
    const { access_token } = await connect();
    expect(await (await get('pairedDevices/7788990011', access_token)).json()).toMatchObject({
      name: 'users/1234567890/pairedDevices/7788990011',
      batteryLevel: 14,
    });
    expect(await refusal(await get('pairedDevices/700', access_token))).toEqual([
      404,
      'NOT_FOUND',
      undefined,
    ]);
  });
});

describe('identity and settings', () => {
  test('identity joins the old and the new user id', async () => {
    const { access_token } = await connect();
    expect(await (await get('identity', access_token)).json()).toEqual({
      name: 'users/me/identity',
      healthUserId: '1234567890',
      legacyUserId: 'A1B2C3',
    });
  });

  test('somebody who never had a Fitbit account has no legacy user id', async () => {
    const { access_token } = await connect('bob');
    expect(Object.keys((await (await get('identity', access_token)).json()) as object)).toEqual([
      'name',
      'healthUserId',
    ]);
  });

  test('settings have the time zone', async () => {
    const { access_token } = await connect();
    expect(await (await get('settings', access_token)).json()).toEqual({
      name: 'users/me/settings',
      timeZone: 'Europe/Berlin',
      utcOffset: '3600s',
    });
  });
});

describe('access', () => {
  test('an access token lives an hour', async () => {
    const { access_token } = await connect();
    now += hour - 1;
    expect((await devices(access_token)).status).toBe(200);
    now += 1;
    const expired = await devices(access_token);
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await refusal(expired)).toEqual([401, 'UNAUTHENTICATED', undefined]);
    expect(google.liveAccessTokens('ada')).toEqual([]);
  });

  test('a missing and an unknown access token are told apart', async () => {
    expect(await refusal(await fetch(`${google.url}/v4/users/me/pairedDevices`))).toEqual([
      401,
      'UNAUTHENTICATED',
      'CREDENTIALS_MISSING',
    ]);
    expect(await refusal(await devices('ya29.unknown'))).toEqual([401, 'UNAUTHENTICATED', undefined]);
  });

  test.each(['pairedDevices', 'identity', 'settings'])('%s needs its scope', async (path) => {
    const scope = `openid ${settingsScope}`;
    const url = await giveConsent(authorizeUrl({ scope }), { wearer: 'ada', scopes: ['openid'] });
    expect(url.searchParams.get('scope')).toBe('openid');
    const tokens = await tokensIn(await exchange(url.searchParams.get('code')!));
    expect(tokens.scope).toBe('openid');
    expect(await refusal(await get(path, tokens.access_token))).toEqual([
      403,
      'PERMISSION_DENIED',
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    ]);
  });

  test.each(['pairedDevices', 'identity', 'settings'])('%s needs a Google Health profile', async (path) => {
    const { access_token } = await connect('cleo');
    expect(await refusal(await get(path, access_token))).toEqual([
      400,
      'FAILED_PRECONDITION',
      'ACCOUNT_NOT_LINKED',
    ]);
  });

  test('a token in the URL is refused, and remembered as a secret', async () => {
    const { access_token, refresh_token } = await connect();
    const data = await fetch(`${google.url}/v4/users/me/pairedDevices?access_token=${access_token}`);
    expect(await refusal(data)).toEqual([400, 'INVALID_ARGUMENT', undefined]);
    const revoked = await post(`/revoke?token=${encodeURIComponent(refresh_token!)}`, {});
    expect(revoked.status).toBe(400);
    expect(google.currentRefreshToken('ada')).toBe(refresh_token);
    await fetch(`${google.url}/token?refresh_token=only-seen-in-a-url`, { method: 'POST' });
    expect(google.issuedSecrets()).toContain('only-seen-in-a-url');
  });

  test('an unknown path is a web page, an unknown device an answer of the API', async () => {
    const page = await fetch(`${google.url}/v4/users/me/steps`);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
    expect(await page.text()).toContain('Error 404 (Not Found)');
    const { access_token } = await connect();
    expect(await refusal(await get('pairedDevices/nobody', access_token))).toEqual([
      404,
      'NOT_FOUND',
      undefined,
    ]);
  });

  test('a token that has a scope of another API too is refused everywhere', async () => {
    const other = 'https://www.googleapis.com/auth/calendar';
    const scope = `${settingsScope} ${other}`;
    const url = await giveConsent(authorizeUrl({ scope }), { wearer: 'ada', scopes: [settingsScope, other] });
    const tokens = await tokensIn(await exchange(url.searchParams.get('code')!));
    for (const path of ['pairedDevices', 'identity', 'settings']) {
      expect(await refusal(await get(path, tokens.access_token))).toEqual([
        403,
        'PERMISSION_DENIED',
        'DISALLOWED_OAUTH_SCOPES',
      ]);
    }
  });

  test('an account whose address may be seen comes with an id token that says it', async () => {
    const scope = `${settingsScope} email`;
    const url = await giveConsent(authorizeUrl({ scope }), {
      wearer: 'ada',
      scopes: [settingsScope, 'email'],
    });
    const answer = await exchange(url.searchParams.get('code')!);
    const { id_token, access_token } = (await answer.json()) as Record<string, string>;
    expect(Buffer.from(id_token!.split('.')[1]!, 'base64url').toString()).toContain('"ada@example.com"');
    expect((await get('pairedDevices', access_token!)).status).toBe(200);
  });

  test('a Fitbit account that was never moved to Google is refused without a reason', async () => {
    wearers.add({ id: 'emmy', name: 'Emmy', movedToGoogle: false, devices: [] });
    const url = await giveConsent(authorizeUrl(), { wearer: 'emmy', scopes: [settingsScope] });
    const tokens = await tokensIn(await exchange(url.searchParams.get('code')!));
    const refused = await get('identity', tokens.access_token);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Could not mint UberMint from GaiaMint');
  });
});

describe('faults', () => {
  test('a garbled answer is no JSON', async () => {
    const { access_token } = await connect('bob');
    google.faults.add('bob', { kind: 'garbled', endpoint: 'devices', times: 1 });
    const response = await devices(access_token);
    expect([response.status, await response.text()]).toEqual([200, '{']);
    expect(await (await devices(access_token)).text()).toBe('{}');
  });

  test('a slow endpoint waits the time that was named', async () => {
    const { access_token } = await connect();
    google.faults.add('ada', { kind: 'slow', ms: 11_000, endpoint: 'settings', times: 1 });
    expect((await get('identity', access_token)).status).toBe(200);
    expect(waits).toEqual([]);
    expect((await get('settings', access_token)).status).toBe(200);
    expect(waits).toEqual([11_000]);
  });

  test('a fault finds the wearer by a dead refresh token, too', async () => {
    const { refresh_token } = await connect();
    google.revokeGrant('ada');
    google.faults.add('ada', documentedFault('google-health.token.busy'));
    const response = await refresh(refresh_token);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30']);
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  test('a fault can be switched off before it happens', async () => {
    const { access_token } = await connect();
    google.faults.add('ada', retired());
    google.faults.add(everyone, retired());
    google.faults.clear('ada');
    expect((await devices(access_token)).status).toBe(410);
    google.faults.clear();
    expect((await devices(access_token)).status).toBe(200);
    expect(() => google.faults.add('ada', { kind: 'lost', endpoint: 'any', times: 0 })).toThrow(
      'at least once',
    );
  });
});

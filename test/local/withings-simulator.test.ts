import { createHash } from 'node:crypto';
import { asSwitch, faultsIn } from '../../local/simulators/fault-table';
import { giveConsent } from '../../local/simulators/give-consent';
import type { Simulator } from '../../local/simulators/simulator';
import { createWearers, type Wearers } from '../../local/simulators/wearers';
import { withingsFaults } from '../../local/simulators/withings-faults';
import { withingsUserId } from '../../local/simulators/withings-grants';
import { startWithings, type WithingsOptions } from '../../local/simulators/withings-simulator';
import { Secret } from '../../src/secret';

const start = Date.UTC(2026, 9, 28, 6, 41, 12);
const hour = 3_600_000;
const redirectUri = 'http://127.0.0.1:7071/api/oauth/callback';
const client = { clientId: 'client-1', clientSecret: 'withings-client-secret', redirectUris: [redirectUri] };
const verifier = 'v'.repeat(64);
const challenge = createHash('sha256').update(verifier).digest('base64url');

interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly error?: string;
}
interface Tokens {
  readonly userid: number;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope: string;
}

let now: number;
let wearers: Wearers;
let withings: Simulator;

const begin = async (options: Partial<WithingsOptions> = {}): Promise<void> => {
  withings = await startWithings({ port: 0, wearers, now: () => now, clients: [client], ...options });
};

beforeEach(async () => {
  now = start;
  wearers = createWearers({ now: () => now });
  wearers.add({
    id: 'ada',
    name: 'Ada',
    timeZone: 'Europe/Berlin',
    devices: [
      {
        id: 'watch-1',
        kind: 'TRACKER',
        model: 'ScanWatch 2',
        battery: { percent: 30, since: start, drainPerHour: 0 },
      },
      {
        id: 'scale-1',
        kind: 'SCALE',
        model: 'Body+',
        battery: { percent: 80, since: start, drainPerHour: 0 },
        omit: ['batteryLevel', 'lastSyncTime'],
      },
    ],
  });
  await begin();
});
afterEach(() => withings.close());

const authorizeUrl = (changes: Record<string, string> = {}): URL => {
  const url = new URL('/oauth2_user/authorize2', withings.url);
  url.search = new URLSearchParams({
    client_id: client.clientId,
    response_type: 'code',
    scope: 'user.info,user.metrics',
    redirect_uri: redirectUri,
    state: 'state-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }).toString();
  return url;
};
const post = async (path: string, form: Record<string, string>, token?: string): Promise<Said> => {
  const response = await fetch(withings.url + path, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Said;
};
const requestToken = (form: Record<string, string>): Promise<Said> =>
  post('/v2/oauth2', {
    action: 'requesttoken',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    ...form,
  });
const exchange = (code: string, changes: Record<string, string> = {}): Promise<Said> =>
  requestToken({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  });
const consent = async (scopes?: string[]): Promise<string> =>
  (await giveConsent(authorizeUrl(), { wearer: 'ada', ...(scopes && { scopes }) })).searchParams.get('code')!;
const connect = async (scopes?: string[]): Promise<Tokens> => tokensIn(await exchange(await consent(scopes)));
const refresh = (token: string): Promise<Said> =>
  requestToken({ grant_type: 'refresh_token', refresh_token: token });
const devices = (token: string): Promise<Said> => post('/v2/user', { action: 'getdevice' }, token);
const tokensIn = ({ status, body }: Said): Tokens => {
  expect(status).toBe(0);
  return body as unknown as Tokens;
};
const dead = { status: 503, body: {}, error: 'Invalid Params: invalid refresh_token' };

describe('consent and code', () => {
  test('scopes have commas between, and another separator is an unknown scope', async () => {
    expect((await fetch(authorizeUrl())).status).toBe(200);
    const page = await fetch(authorizeUrl({ scope: 'user.info user.metrics' }));
    expect([page.status, await page.text()]).toEqual([400, expect.stringContaining('invalid_scope')]);
  });

  test('the exchange gives tokens of the real shape, with the user id, inside an envelope', async () => {
    const code = await consent(['user.info']);
    expect(await exchange(code)).toEqual({
      status: 0,
      body: {
        userid: withingsUserId('ada'),
        access_token: expect.stringMatching(/^[0-9a-f]{40}$/),
        refresh_token: expect.stringMatching(/^[0-9a-f]{40}$/),
        expires_in: 10_800,
        scope: 'user.info',
        csrf_token: expect.any(String),
        token_type: 'Bearer',
      },
    });
  });

  test('a code lives for 30 seconds and works once', async () => {
    const [inTime, late] = [await consent(), await consent()];
    now += 29_999;
    expect((await exchange(inTime)).status).toBe(0);
    const invalid = { status: 503, body: {}, error: 'Invalid Params: invalid code' };
    expect(await exchange(inTime)).toEqual(invalid);
    now += 1;
    expect(await exchange(late)).toEqual(invalid);
  });

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 'invalid client id/secret'],
    ['another redirect address', { redirect_uri: `${redirectUri}/` }, 'invalid redirect_uri'],
    ['another grant type', { grant_type: 'password' }, 'invalid grant_type'],
  ])('%s is refused under HTTP 200', async (_, changes, error) => {
    expect(await exchange(await consent(), changes)).toMatchObject({
      status: 503,
      error: `Invalid Params: ${error}`,
    });
  });

  test('another action is not implemented', async () => {
    expect(await exchange(await consent(), { action: 'gettoken' })).toMatchObject({ status: 2554 });
  });

  test('a token in the URL is refused', async () => {
    expect(await post('/v2/oauth2?refresh_token=abcdefgh', {})).toMatchObject({ status: 503 });
  });
});

describe('refresh', () => {
  test('gives another pair; the old refresh token ends when the new access token is used', async () => {
    const first = await connect();
    const second = tokensIn(await refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(withings.currentRefreshToken('ada')).toBe(second.refresh_token);
    expect(withings.refreshCount('ada')).toBe(1);
    await devices(second.access_token);
    expect(await refresh(first.refresh_token)).toEqual(dead);
    expect((await refresh(second.refresh_token)).status).toBe(0);
  });

  test('the use of the old access token ends nothing', async () => {
    const first = await connect();
    await refresh(first.refresh_token);
    expect((await devices(first.access_token)).status).toBe(0);
    expect((await refresh(first.refresh_token)).status).toBe(0);
  });

  test('unused, the old refresh token lives on for eight hours and gives a new pair each time', async () => {
    const first = await connect();
    const second = tokensIn(await refresh(first.refresh_token));
    now += 8 * hour - 1;
    const third = tokensIn(await refresh(first.refresh_token));
    expect(third.refresh_token).not.toBe(second.refresh_token);
    now += 1;
    expect(await refresh(first.refresh_token)).toEqual(dead);
    expect((await refresh(second.refresh_token)).status).toBe(0);
  });

  test('of several pairs of one refresh token, the one that is used ends the others', async () => {
    const first = await connect();
    const [second, third] = [
      tokensIn(await refresh(first.refresh_token)),
      tokensIn(await refresh(first.refresh_token)),
    ];
    await devices(second.access_token);
    expect(await refresh(third.refresh_token)).toEqual(dead);
    expect((await refresh(second.refresh_token)).status).toBe(0);
  });

  test('a refresh token lives for a year', async () => {
    const { refresh_token } = await connect();
    now += 365 * 24 * hour;
    expect(await refresh(refresh_token)).toEqual(dead);
  });

  test('the same request within ten seconds is refused, where that is switched on', async () => {
    await withings.close();
    await begin({ sameArgumentsMs: 10_000 });
    const { refresh_token } = await connect();
    expect((await refresh(refresh_token)).status).toBe(0);
    now += 9_999;
    const tooSoon = { status: 601, body: {}, error: 'Same arguments in less than 10 seconds' };
    expect(await refresh(refresh_token)).toEqual(tooSoon);
    now += 10_000;
    expect((await refresh(refresh_token)).status).toBe(0);
  });
});

describe('the devices', () => {
  test('come with a level in place of a percent, the time of the last session in seconds, and the zone', async () => {
    const { access_token } = await connect();
    expect(await devices(access_token)).toEqual({
      status: 0,
      body: {
        devices: [
          expect.objectContaining({
            type: 'Activity Tracker',
            model: 'ScanWatch 2',
            battery: 'low',
            timezone: 'Europe/Berlin',
            last_session_date: start / 1000,
            deviceid: 'watch-1',
          }),
          expect.objectContaining({ type: 'Scale', battery: 'unknown', last_session_date: null }),
        ],
      },
    });
  });

  test.each([
    [76, 'high'],
    [75, 'medium'],
    [31, 'medium'],
    [30, 'low'],
    [0, 'low'],
  ])('at %i percent are %s', async (percent, battery) => {
    wearers.setBattery('watch-1', { percent });
    const { body } = await devices((await connect()).access_token);
    expect((body['devices'] as object[])[0]).toMatchObject({ battery });
  });

  test('need an access token that lives, and the scope', async () => {
    const { access_token } = await connect();
    const without = await connect(['user.metrics']);
    expect(await devices('nonsense')).toMatchObject({ status: 401 });
    expect(await devices(without.access_token)).toMatchObject({
      status: 403,
      error: expect.stringContaining('Insufficient_scope') as string,
    });
    now += 3 * hour;
    expect(await devices(access_token)).toMatchObject({ status: 401 });
  });

  test('can be asked for 120 times a minute, by all wearers together', async () => {
    await withings.close();
    await begin({ minuteLimit: 3 });
    const { access_token } = await connect();
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await devices(access_token)).status);
    expect(statuses).toEqual([0, 0, 601]);
    now += 60_000;
    expect((await devices(access_token)).status).toBe(0);
  });

  test('and any other action are two things', async () => {
    const { access_token } = await connect();
    expect(await post('/v2/user', { action: 'getgoals' }, access_token)).toMatchObject({ status: 2554 });
    expect(await post('/v2/heart', { action: 'list' }, access_token)).toMatchObject({ status: 2554 });
  });
});

describe('a revocation', () => {
  const sign = (...values: string[]) => new Secret(client.clientSecret).sign(values.join(','));
  const nonceFor = async (timestamp = `${Math.floor(now / 1000)}`): Promise<Said> =>
    post('/v2/signature', {
      action: 'getnonce',
      client_id: client.clientId,
      timestamp,
      signature: sign('getnonce', client.clientId, timestamp),
    });
  const revoke = (nonce: string, changes: Record<string, string> = {}): Promise<Said> =>
    post('/v2/oauth2', {
      action: 'revoke',
      client_id: client.clientId,
      nonce,
      signature: sign('revoke', client.clientId, nonce),
      userid: `${withingsUserId('ada')}`,
      ...changes,
    });

  test('with a nonce and a signature ends every token of the user', async () => {
    const { access_token, refresh_token } = await connect();
    const { nonce } = (await nonceFor()).body as { nonce: string };
    expect(await revoke(nonce)).toEqual({ status: 0, body: {} });
    expect(withings.currentRefreshToken('ada')).toBeUndefined();
    expect(await devices(access_token)).toMatchObject({ status: 401 });
    expect(await refresh(refresh_token)).toEqual(dead);
  });

  test.each<[string, Record<string, string>, string]>([
    ['a wrong signature', { signature: 'f'.repeat(64) }, 'invalid signature'],
    ['another client', { client_id: 'nobody' }, 'invalid signature'],
    ['another user', { userid: '1' }, 'invalid userid'],
  ])('with %s ends nothing', async (_, changes, error) => {
    const { refresh_token } = await connect();
    const { nonce } = (await nonceFor()).body as { nonce: string };
    expect(await revoke(nonce, changes)).toMatchObject({ error: `Invalid Params: ${error}` });
    expect(withings.currentRefreshToken('ada')).toBe(refresh_token);
  });

  test('takes a nonce once, and for half an hour', async () => {
    await connect();
    const [first, second] = [(await nonceFor()).body, (await nonceFor()).body] as { nonce: string }[];
    await revoke(first!.nonce);
    await connect();
    expect(await revoke(first!.nonce)).toMatchObject({ error: 'Invalid Params: invalid nonce' });
    now += 30 * 60_000;
    expect(await revoke(second!.nonce)).toMatchObject({ error: 'Invalid Params: invalid nonce' });
  });

  test('gets no nonce for a request of another time', async () => {
    expect(await nonceFor('1')).toMatchObject({ status: 503 });
  });
});

test('a documented fault is answered as it stands, and applies nothing', async () => {
  const { refresh_token } = await connect();
  const row = faultsIn('withings', withingsFaults).find(({ name }) => name === 'withings.token.error')!;
  withings.faults.add('ada', asSwitch(row, 1));
  expect(await refresh(refresh_token)).toEqual({ status: 2556, body: {}, error: 'An error occurred' });
  expect(withings.refreshCount('ada')).toBe(0);
});

test('every secret that was given or taken is remembered', async () => {
  const code = await consent();
  const { access_token, refresh_token } = tokensIn(await exchange(code));
  expect(withings.issuedSecrets()).toEqual(
    expect.arrayContaining([code, access_token, refresh_token, verifier, client.clientSecret]),
  );
});

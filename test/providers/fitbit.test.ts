import type { ProviderErrorCode } from '../../src/errors';
import { fitbit as file } from '../../src/providers/fitbit';
import { readOptionalScopes } from '../../src/providers/optional-scopes';
import { describeProvider } from '../../src/providers/settings';
import { faultRows } from '../support/fault-rows';
import { revealed } from '../support/revealed';
import { answer } from '../support/scripted-http';

const fitbit = describeProvider('fitbit', file, { clientId: 'fitbit-client', optionalScopes: ['profile'] });
const readings = (...devices: unknown[]) => fitbit.devices.read(devices)?.readings;

const charge5 = {
  battery: 'Low',
  batteryLevel: 17,
  deviceVersion: 'Charge 5',
  features: [],
  id: '1234567890',
  lastSyncTime: '2026-10-28T07:41:12.000',
  mac: '0123456789AB',
  type: 'TRACKER',
};

describe('the description of Fitbit', () => {
  test("names Fitbit's own addresses, Basic authentication, the scope for devices and the successor", () => {
    expect(fitbit).toMatchObject({
      id: 'fitbit',
      name: 'Fitbit',
      successor: 'google-health',
      clientId: 'fitbit-client',
      clientIdSetting: 'FITBIT_CLIENT_ID',
      clientSecretName: 'fitbit-client-secret',
      urls: {
        authorize: 'https://www.fitbit.com/oauth2/authorize',
        token: 'https://api.fitbit.com/oauth2/token',
        revoke: 'https://api.fitbit.com/oauth2/revoke',
        api: 'https://api.fitbit.com',
      },
      clientAuthentication: 'client_secret_basic',
      scopes: { device: 'settings', optional: ['profile'] },
      authorizeParameters: { prompt: 'login consent' },
      limitResetHeader: 'fitbit-rate-limit-reset',
      rotatesRefreshToken: true,
    });
    expect(fitbit.identity).toBeUndefined();
  });

  test('with a simulator puts its origin in place of every host', () => {
    const { urls } = describeProvider('fitbit', file, {
      optionalScopes: [],
      simulatorUrl: 'http://127.0.0.1:9000',
    });
    expect(urls).toEqual({
      authorize: 'http://127.0.0.1:9000/oauth2/authorize',
      token: 'http://127.0.0.1:9000/oauth2/token',
      revoke: 'http://127.0.0.1:9000/oauth2/revoke',
      api: 'http://127.0.0.1:9000',
    });
  });
});

describe('an introspection at Fitbit', () => {
  const live = {
    active: true,
    scope: '{SETTINGS=READ_WRITE, HEARTRATE=READ}',
    client_id: '23ABCD',
    user_id: 'A1B2C3',
    token_type: 'access_token',
    exp: 1_795_900_000_000,
    iat: 1_795_800_000_000,
  };
  const state = {
    active: true,
    scopes: ['settings', 'heartrate'],
    clientId: '23ABCD',
    userId: 'A1B2C3',
    expiresAt: 1_795_900_000_000,
  };
  test.each<[string, unknown, unknown]>([
    ['with milliseconds', live, state],
    ['with the seconds of RFC 7662', { ...live, exp: 1_795_900_000 }, state],
    ['of a dead token', { active: false }, { active: false, scopes: [] }],
    ['that says nothing', {}, undefined],
    ['that is no JSON', undefined, undefined],
  ])('%s is read', (_, body, expected) => {
    expect(fitbit.introspection!.read(body)).toEqual(expected);
  });
});

describe('a token answer of Fitbit', () => {
  test('is read with the user id and the scopes in it', () => {
    const body = {
      access_token: 'eyJ.access',
      expires_in: 28_800,
      refresh_token: '0123abcd',
      scope: 'settings profile',
      token_type: 'Bearer',
      user_id: 'A1B2C3',
    };
    expect(revealed(fitbit.readTokenGrant(body))).toEqual({
      accessToken: 'eyJ.access',
      refreshToken: '0123abcd',
      expiresInMs: 28_800_000,
      scopes: ['settings', 'profile'],
      providerUserId: 'A1B2C3',
    });
  });
});

describe('a failure of Fitbit', () => {
  test.each([200, 204, 299])('is none with status %s, whatever the body says', (status) => {
    const said = answer(status, { error: 'invalid_grant' });
    expect([fitbit.readTokenFailure(said), fitbit.readApiFailure(said)]).toEqual([undefined, undefined]);
  });

  test.each(faultRows('fitbit', 'token'))('at the token endpoint: %s is %s', (_, code, failure) => {
    expect(fitbit.readTokenFailure(failure)).toBe(code);
  });

  test.each(faultRows('fitbit', 'devices'))('at the API: %s is %s', (_, code, failure) => {
    expect(fitbit.readApiFailure(failure)).toBe(code);
  });

  const error = (errorType: string) => ({ errors: [{ errorType, message: 'see the docs' }] });
  test.each<[string, number, unknown, Record<string, string>, ProviderErrorCode]>([
    ['503 with Retry-After, so not applied', 503, undefined, { 'retry-after': '9' }, 'PROVIDER_UNAVAILABLE'],
    ['410 with an error that looks like a dead token', 410, error('invalid_grant'), {}, 'PROVIDER_RETIRED'],
    ['409 with an error that looks like a dead token', 409, error('invalid_grant'), {}, 'CONCURRENT_REFRESH'],
    ['429 with an error that looks like a dead token', 429, error('invalid_grant'), {}, 'RATE_LIMITED'],
    [
      'invalid_grant next to another error',
      400,
      { errors: [{ errorType: 'x' }, { errorType: 'invalid_grant' }] },
      {},
      'GRANT_REFUSED',
    ],
    ['400 without a body', 400, undefined, {}, 'REQUEST_REFUSED'],
    ['400 in the shape of RFC 6749', 400, { error: 'invalid_grant' }, {}, 'GRANT_REFUSED'],
    ['400 invalid_client', 400, error('invalid_client'), {}, 'CLIENT_REFUSED'],
    ['403 of a front end', 403, undefined, {}, 'PROVIDER_UNAVAILABLE'],
    ['404 of a front end', 404, undefined, {}, 'PROVIDER_UNAVAILABLE'],
    ['404 with an OAuth error', 404, { error: 'invalid_request' }, {}, 'REQUEST_REFUSED'],
    ['401 without a body', 401, undefined, {}, 'CLIENT_REFUSED'],
    ['403', 403, error('insufficient_scope'), {}, 'REQUEST_REFUSED'],
    ['a redirect', 302, undefined, {}, 'PROVIDER_UNAVAILABLE'],
  ])('at the token endpoint: %s', (_, status, body, headers, code) => {
    expect(fitbit.readTokenFailure(answer(status, body, headers))).toBe(code);
  });

  test.each<[string, number, unknown, ProviderErrorCode]>([
    ['401 invalid_client', 401, error('invalid_client'), 'CLIENT_REFUSED'],
    ['401 without a body', 401, undefined, 'ACCESS_TOKEN_REFUSED'],
    ['403 of another type', 403, error('forbidden'), 'ACCESS_FORBIDDEN'],
    ['403 without a body', 403, undefined, 'ACCESS_FORBIDDEN'],
    ['410 in JSON', 410, error('gone'), 'PROVIDER_RETIRED'],
    ['429 without a body', 429, undefined, 'RATE_LIMITED'],
    ['400 that is not JSON', 400, undefined, 'REQUEST_REFUSED'],
    ['a redirect', 302, undefined, 'PROVIDER_UNAVAILABLE'],
    ['403 in the shape of RFC 6749', 403, { error: 'insufficient_scope' }, 'SCOPE_MISSING'],
  ])('at the API: %s', (_, status, body, code) => {
    expect(fitbit.readApiFailure(answer(status, body))).toBe(code);
  });
});

describe('the devices of Fitbit', () => {
  test('are asked for in one request without paging', () => {
    expect(fitbit.devices.path()).toBe('/1/user/-/devices.json');
    expect(fitbit.devices.path('a-token')).toBe('/1/user/-/devices.json');
  });

  test('come as a bare array and carry no mac address on', () => {
    expect(fitbit.devices.read([charge5])).toEqual({
      readings: [
        {
          device: '1234567890',
          kind: 'tracker',
          model: 'Charge 5',
          percent: 17,
          word: 'low',
          syncMark: '2026-10-28T07:41:12.000',
          syncedBefore: Date.UTC(2026, 9, 28, 19, 41, 12),
        },
      ],
    });
  });

  test('may be none', () => {
    expect(fitbit.devices.read([])).toEqual({ readings: [] });
  });

  test.each([
    ['an object', { pairedDevices: [charge5] }],
    ['text', 'oops'],
    ['nothing', undefined],
    ['null', null],
  ])('cannot be read from %s', (_, body) => {
    expect(fitbit.devices.read(body)).toBeUndefined();
  });

  test('without a batteryLevel, as older ones are, have a word and no percent', () => {
    const { batteryLevel: _, ...older } = charge5;
    expect(readings(older)).toEqual([expect.objectContaining({ percent: undefined, word: 'low' })]);
  });

  test('with the level 0 have zero percent, not none', () => {
    expect(readings({ ...charge5, batteryLevel: 0, battery: 'Empty' })).toEqual([
      expect.objectContaining({ percent: 0, word: 'empty' }),
    ]);
  });

  test.each([
    ['a phone that counts steps', { type: 'TRACKER', deviceVersion: 'MobileTrack' }, 'phone'],
    ['a scale', { type: 'SCALE', deviceVersion: 'Aria Air' }, 'scale'],
    ['a tracker', { type: 'TRACKER' }, 'tracker'],
    ['a type that came later', { type: 'RING' }, 'other'],
    ['a type that is missing', { type: undefined }, 'other'],
  ])('that are %s are of that kind', (_, more, kind) => {
    expect(readings({ ...charge5, ...more })?.map((reading) => reading.kind)).toEqual([kind]);
  });

  test.each([
    ['a number beyond 32 bits', 29_550_000_123, '29550000123'],
    ['a number', 7, '7'],
    ['text that is no number', 'aria-0a1b', 'aria-0a1b'],
  ])('may have an id that is %s', (_, id, device) => {
    expect(readings({ ...charge5, id })?.map((reading) => reading.device)).toEqual([device]);
  });

  test('have a last sync in local time, which is taken as the latest time that it can mean', () => {
    const [reading] = readings(charge5) ?? [];
    expect(reading?.syncMark).toBe('2026-10-28T07:41:12.000');
    expect(reading?.syncedBefore).toBe(Date.parse('2026-10-28T07:41:12.000-12:00'));
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['no time', 'yesterday'],
    ['a time that says its zone after all', '2026-10-28T07:41:12.000Z'],
  ])('with a last sync that is %s have no time of it', (_, lastSyncTime) => {
    expect(readings({ ...charge5, lastSyncTime })?.map(({ syncedBefore }) => syncedBefore)).toEqual([
      undefined,
    ]);
  });

  test('that cannot be read hide none of the others', () => {
    const broken = [{ ...charge5, id: undefined }, { ...charge5, id: '' }, null, 'x', [charge5]];
    expect(readings(...broken, charge5)?.map(({ device }) => device)).toEqual(['1234567890']);
  });

  test.each([
    ['level as text', { batteryLevel: '17' }, { percent: undefined, word: 'low' }],
    ['level above 100', { batteryLevel: 101 }, { percent: undefined, word: 'low' }],
    ['level below 0', { batteryLevel: -1 }, { percent: undefined, word: 'low' }],
    ['unknown word', { battery: 'Fine' }, { percent: 17, word: undefined }],
    ['word in other case', { battery: 'EMPTY' }, { percent: 17, word: 'empty' }],
    ['word that is no text', { battery: 3 }, { percent: 17, word: undefined }],
    ['no name', { deviceVersion: '' }, { model: 'Fitbit' }],
    ['last sync that is no text', { lastSyncTime: 12 }, { syncMark: undefined, syncedBefore: undefined }],
  ])('with a %s are read as far as they go', (_, more, expected) => {
    expect(readings({ ...charge5, ...more })).toEqual([expect.objectContaining(expected)]);
  });
});

describe('what is too long or too far away at Fitbit', () => {
  test('hides no other device', () => {
    const long = 'x'.repeat(40_000);
    const [first] = readings(
      { id: '1', deviceVersion: long, batteryLevel: 17, lastSyncTime: '9999-12-31T23:59:59.000' },
      { id: long, batteryLevel: 17 },
    )!;
    expect(first).toMatchObject({ device: '1', model: 'x'.repeat(100), syncedBefore: undefined });
    expect(readings({ id: long })).toEqual([]);
    expect(readings({ id: '1', lastSyncTime: '+275760-09-13T00:00:00' })).toMatchObject([
      { syncedBefore: undefined },
    ]);
  });
});

describe('the time zone of a wearer at Fitbit', () => {
  test('is in the profile', () => {
    expect(fitbit.timeZone!.path()).toBe('/1/user/-/profile.json');
    expect(fitbit.timeZone!.read({ user: { timezone: 'Europe/Berlin', age: 40 } })).toBe('Europe/Berlin');
  });

  test.each([[undefined], [{}], [{ user: {} }], [{ user: { timezone: '' } }]])(
    'cannot be read from %j',
    (body) => {
      expect(fitbit.timeZone!.read(body)).toBeUndefined();
    },
  );
});

test.each<[string, string[]]>([
  ['profile, sleep', ['profile', 'sleep']],
  ['"Profile"', ['profile']],
  ['profile profile', ['profile']],
])('optional scopes of Fitbit written as %s are read', (text, scopes) => {
  expect(readOptionalScopes('fitbit', text)).toEqual(scopes);
});

test.each(['openid', 'profiles', 'https://www.googleapis.com/auth/googlehealth.sleep.readonly'])(
  'Fitbit knows no scope %s',
  (text) => {
    expect(() => readOptionalScopes('fitbit', text)).toThrow(SyntaxError);
  },
);

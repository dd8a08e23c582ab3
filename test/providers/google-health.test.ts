import type { ProviderErrorCode } from '../../src/errors';
import { googleHealth } from '../../src/providers/google-health';
import { readOptionalScopes } from '../../src/providers/optional-scopes';
import { describeProvider } from '../../src/providers/settings';
import { faultRows } from '../support/fault-rows';
import { revealed } from '../support/revealed';
import { answer } from '../support/scripted-http';

const scope = 'https://www.googleapis.com/auth/googlehealth.settings.readonly';
const google = describeProvider('google-health', googleHealth, {
  clientId: 'google-client',
  optionalScopes: ['openid'],
});
const readings = (...pairedDevices: unknown[]) => google.devices.read({ pairedDevices })?.readings;

const charge6 = {
  name: 'users/1234567890/pairedDevices/2233445566',
  deviceType: 'TRACKER',
  batteryStatus: 'Low',
  batteryLevel: 14,
  lastSyncTime: '2026-11-21T06:12:45Z',
  deviceVersion: 'Charge 6',
  macAddress: '01:23:45:67:89:AB',
  features: ['STEPS', 'HEART_RATE', 'GPS'],
};
const without = (...names: (keyof typeof charge6)[]) =>
  Object.fromEntries(Object.entries(charge6).filter(([name]) => !names.some((left) => left === name)));

describe('the description of Google Health', () => {
  test("names Google's addresses, form authentication and the scope for devices", () => {
    expect(google).toMatchObject({
      id: 'google-health',
      name: 'Google Health',
      clientId: 'google-client',
      clientIdSetting: 'GOOGLE_HEALTH_CLIENT_ID',
      clientSecretName: 'google-health-client-secret',
      urls: {
        authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
        token: 'https://oauth2.googleapis.com/token',
        revoke: 'https://oauth2.googleapis.com/revoke',
        api: 'https://health.googleapis.com',
      },
      clientAuthentication: 'client_secret_post',
      scopes: { device: scope, optional: ['openid'] },
      rotatesRefreshToken: false,
    });
    expect(google.successor).toBeUndefined();
  });

  test('asks for offline access, consent and the account every time: otherwise a known person brings no refresh token, or the wrong one comes', () => {
    expect(google.authorizeParameters).toEqual({ access_type: 'offline', prompt: 'consent select_account' });
  });

  test('with a simulator puts its origin in place of every host', () => {
    const { urls } = describeProvider('google-health', googleHealth, {
      optionalScopes: [],
      simulatorUrl: 'http://localhost:9001',
    });
    expect(urls).toEqual({
      authorize: 'http://localhost:9001/o/oauth2/v2/auth',
      token: 'http://localhost:9001/token',
      revoke: 'http://localhost:9001/revoke',
      api: 'http://localhost:9001',
    });
  });
});

describe('a token info of Google', () => {
  const state = {
    active: true,
    scopes: [scope, 'openid'],
    clientId: 'google-client',
    expiresAt: 1_795_900_000_000,
  };
  const info = { aud: 'google-client', scope: `${scope} openid`, exp: '1795900000', expires_in: '3599' };
  test.each<[string, unknown, unknown]>([
    ['with its time as text', info, state],
    [
      'with its time as a number and a user',
      { ...info, exp: 1_795_900_000, sub: '42' },
      { ...state, userId: '42' },
    ],
    ['without a time', { aud: 'google-client' }, { active: true, scopes: [], clientId: 'google-client' }],
    ['that is no JSON', undefined, undefined],
  ])('%s is read', (_, body, expected) => {
    expect(google.introspection!.read(body)).toEqual(expected);
  });
});

describe('a token answer of Google', () => {
  test('to a refresh is read without a refresh token', () => {
    const body = { access_token: 'ya29.access', expires_in: 3599, scope, token_type: 'Bearer' };
    expect(revealed(google.readTokenGrant(body))).toEqual({
      accessToken: 'ya29.access',
      expiresInMs: 3_599_000,
      scopes: [scope],
    });
  });

  test('to a limited consent says when the refresh token ends', () => {
    const body = {
      access_token: 'ya29.access',
      expires_in: 3599,
      refresh_token: '1//0refresh',
      refresh_token_expires_in: 604_799,
    };
    expect(revealed(google.readTokenGrant(body))).toEqual({
      accessToken: 'ya29.access',
      refreshToken: '1//0refresh',
      expiresInMs: 3_599_000,
      refreshExpiresInMs: 604_799_000,
    });
  });
});

describe('a failure of Google', () => {
  test.each([200, 204, 299])('is none with status %s, whatever the body says', (status) => {
    const said = answer(status, { error: 'invalid_grant' });
    expect([google.readTokenFailure(said), google.readApiFailure(said)]).toEqual([undefined, undefined]);
  });

  test.each(faultRows('google-health', 'token'))('at the token endpoint: %s is %s', (_, code, failure) => {
    expect(google.readTokenFailure(failure)).toBe(code);
  });

  test.each(faultRows('google-health', 'devices'))('at the API: %s is %s', (_, code, failure) => {
    expect(google.readApiFailure(failure)).toBe(code);
  });

  const oauth = (error: string) => ({ error });
  test.each<[string, number, unknown, Record<string, string>, ProviderErrorCode]>([
    ['503 with Retry-After, so not applied', 503, undefined, { 'retry-after': '9' }, 'PROVIDER_UNAVAILABLE'],
    ['409', 409, undefined, {}, 'CONCURRENT_REFRESH'],
    ['429 that looks like a dead token', 429, oauth('invalid_grant'), {}, 'RATE_LIMITED'],
    ['500 that looks like a dead token', 500, oauth('invalid_grant'), {}, 'OUTCOME_UNKNOWN'],
    ['400 invalid_client', 400, oauth('invalid_client'), {}, 'CLIENT_REFUSED'],
    ['401 of an administrator', 401, oauth('admin_policy_enforced'), {}, 'ACCESS_FORBIDDEN'],
    ['500 that looks like an administrator', 500, oauth('admin_policy_enforced'), {}, 'OUTCOME_UNKNOWN'],
    ["the operator's own audience", 400, oauth('org_internal'), {}, 'REQUEST_REFUSED'],
    ['400 without a body', 400, undefined, {}, 'REQUEST_REFUSED'],
    ['400 in the shape of the API', 400, { error: { status: 'INVALID_ARGUMENT' } }, {}, 'REQUEST_REFUSED'],
    ['401 without a body', 401, undefined, {}, 'CLIENT_REFUSED'],
    ['a redirect', 302, undefined, {}, 'PROVIDER_UNAVAILABLE'],
    ['403 of a front end', 403, undefined, {}, 'PROVIDER_UNAVAILABLE'],
    ['403 with an OAuth error', 403, oauth('access_denied'), {}, 'REQUEST_REFUSED'],
  ])('at the token endpoint: %s', (_, status, body, headers, code) => {
    expect(google.readTokenFailure(answer(status, body, headers))).toBe(code);
  });

  test.each<[string, unknown, string | undefined]>([
    ['the subtype', { error: 'invalid_grant', error_subtype: 'invalid_rapt' }, 'invalid_rapt'],
    ['the error without a subtype', { error: 'invalid_grant', error_description: 'Bad' }, 'invalid_grant'],
    ['the error beside a subtype that is no word', { error: 'a', error_subtype: '1//0refresh' }, 'a'],
    ['the error beside a subtype of another type', { error: 'a', error_subtype: ['b'] }, 'a'],
    ['no token', { error: '1//0refresh', error_subtype: 'ya29.a0access' }, undefined],
    ['no client id', { error: 'client_42' }, undefined],
    ['nothing longer than a word', { error: 'a'.repeat(41) }, undefined],
    ['nothing of the API', { error: { status: 'INVALID_ARGUMENT' } }, undefined],
    ['nothing without a body', undefined, undefined],
  ])('at the token endpoint has for the log %s', (_, body, word) => {
    expect(google.readErrorWord(answer(400, body))).toBe(word);
  });

  const rpc = (details: unknown) => ({ error: { code: 403, status: 'PERMISSION_DENIED', details } });
  test.each<[string, number, unknown, ProviderErrorCode]>([
    [
      '403 whose reason is the second detail',
      403,
      rpc([{ links: [] }, { reason: 'SERVICE_DISABLED' }]),
      'API_DISABLED',
    ],
    ['403 whose details are no list', 403, rpc('none'), 'ACCESS_FORBIDDEN'],
    ['403 with details of another shape', 403, rpc([7, { reason: 7 }]), 'ACCESS_FORBIDDEN'],
    ['403 without a body', 403, undefined, 'ACCESS_FORBIDDEN'],
    [
      '403 whose reason is a detailed one',
      403,
      rpc([{ reason: 'X', metadata: { detailedReasons: 'A, MISSING_OAUTH_SCOPE' } }]),
      'SCOPE_MISSING',
    ],
    [
      '403 whose detailed reasons are a list',
      403,
      rpc([{ metadata: { detailedReasons: ['DISALLOWED_OAUTH_SCOPES'] } }]),
      'SCOPES_REFUSED',
    ],
    ['403 that exhausts', 403, { error: { status: 'RESOURCE_EXHAUSTED' } }, 'RATE_LIMITED'],
    ['400 with the reason of a quota', 400, rpc([{ reason: 'RATE_LIMIT_EXCEEDED' }]), 'RATE_LIMITED'],
    ['412 without a body', 412, undefined, 'ACCOUNT_NOT_LINKED'],
    [
      '400 that only says so',
      400,
      { error: { message: 'Precondition check failed.' } },
      'ACCOUNT_NOT_LINKED',
    ],
    [
      '400 of a precondition about the project',
      400,
      rpc([{ reason: 'BILLING_DISABLED' }]),
      'PROJECT_REFUSED',
    ],
    ['a redirect', 302, undefined, 'PROVIDER_UNAVAILABLE'],
    ['400 without a body', 400, undefined, 'REQUEST_REFUSED'],
    ['401 in the flat shape', 401, oauth('invalid_token'), 'ACCESS_TOKEN_REFUSED'],
    ['401 without a body', 401, undefined, 'ACCESS_TOKEN_REFUSED'],
    ['502 that is not JSON', 502, undefined, 'PROVIDER_UNAVAILABLE'],
    [
      'error without a status',
      400,
      { error: { details: [{ reason: 'ACCOUNT_NOT_LINKED' }] } },
      'ACCOUNT_NOT_LINKED',
    ],
  ])('at the API: %s', (_, status, body, code) => {
    expect(google.readApiFailure(answer(status, body))).toBe(code);
  });
});

describe('the identity at Google', () => {
  test('is the health user id, with the id that the same person had at Fitbit', () => {
    expect(google.identity?.path()).toBe('/v4/users/me/identity');
    expect(
      google.identity?.read({ name: 'users/me/identity', healthUserId: 'health-1', legacyUserId: 'A1B2C3' }),
    ).toEqual({ userId: 'health-1', previousIds: { fitbit: 'A1B2C3' } });
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
  ])(
    'of a person who never had a Fitbit account has no previous id: legacyUserId is %s',
    (_, legacyUserId) => {
      expect(google.identity?.read({ healthUserId: 'health-1', legacyUserId })).toEqual({
        userId: 'health-1',
        previousIds: {},
      });
    },
  );

  test.each([[undefined], [{}], [{ healthUserId: '' }], [{ legacyUserId: 'A1B2C3' }]])(
    'cannot be read from %j',
    (body) => {
      expect(google.identity?.read(body)).toBeUndefined();
    },
  );
});

describe('the devices of Google Health', () => {
  test('are asked for by the hundred: the default page of five would lose the sixth', () => {
    expect(google.devices.path()).toBe('/v4/users/me/pairedDevices?pageSize=100');
  });

  test('beyond the first page are asked for by the page token, encoded', () => {
    expect(google.devices.path('a+b/c=&d')).toBe(
      '/v4/users/me/pairedDevices?pageSize=100&pageToken=a%2Bb%2Fc%3D%26d',
    );
  });

  test('are read with the last segment of the name as id, and carry no mac address on', () => {
    expect(google.devices.read({ pairedDevices: [charge6], nextPageToken: '' })).toEqual({
      readings: [
        {
          device: '2233445566',
          kind: 'tracker',
          model: 'Charge 6',
          percent: 14,
          word: 'low',
          syncMark: '2026-11-21T06:12:45Z',
          syncedAt: Date.UTC(2026, 10, 21, 6, 12, 45),
        },
      ],
    });
  });

  test.each(['users/me/pairedDevices/2233445566', 'users/1234567890/pairedDevices/2233445566', '2233445566'])(
    'have the same id whatever the user part says: %s',
    (name) => {
      expect(readings({ ...charge6, name })?.map(({ device }) => device)).toEqual(['2233445566']);
    },
  );

  test('say that there is another page, and an empty token says that there is none', () => {
    expect(google.devices.read({ pairedDevices: [], nextPageToken: 'next' })).toEqual({
      readings: [],
      nextPageToken: 'next',
    });
    expect(google.devices.read({ pairedDevices: [], nextPageToken: '' })?.nextPageToken).toBeUndefined();
  });

  test('are none when the answer is {}: proto3 leaves empty lists out', () => {
    expect(google.devices.read({})).toEqual({ readings: [], nextPageToken: undefined });
  });

  test.each([
    ['a bare array', [charge6]],
    ['nothing', undefined],
    ['a list that is none', { pairedDevices: 'x' }],
  ])('cannot be read from %s', (_, body) => {
    expect(google.devices.read(body)).toBeUndefined();
  });

  test.each([
    ['Empty: the percent is unknown and the word says zero', 'Empty', 'empty'],
    ['Low: the percent is unknown and the word says low', 'Low', 'low'],
    ['no status: nothing is known', undefined, undefined],
  ])('without a level, which proto3 leaves out at zero, and with %s', (_, batteryStatus, word) => {
    expect(readings({ ...without('batteryLevel'), batteryStatus })).toEqual([
      expect.objectContaining({ percent: undefined, word }),
    ]);
  });

  test.each([['low'], ['LOW'], ['Low']])('have the word low however it is written: %s', (batteryStatus) => {
    expect(readings({ ...charge6, batteryStatus })?.map(({ word }) => word)).toEqual(['low']);
  });

  test('with a status that came later have no word', () => {
    expect(readings({ ...charge6, batteryStatus: 'Charging' })?.map(({ word }) => word)).toEqual([undefined]);
  });

  test('without a last sync, as users report, have neither a mark nor a time', () => {
    expect(readings(without('lastSyncTime', 'features'))).toEqual([
      {
        device: '2233445566',
        kind: 'tracker',
        model: 'Charge 6',
        percent: 14,
        word: 'low',
        syncMark: undefined,
        syncedAt: undefined,
      },
    ]);
  });

  test.each([
    ['2026-11-21T06:12:45.5Z', 500],
    ['2026-11-21T06:12:45.123456Z', 123],
    ['2026-11-21T06:12:45.987654321Z', 987],
  ])('have their last sync read at any precision: %s', (lastSyncTime, ms) => {
    const at = Date.UTC(2026, 10, 21, 6, 12, 45, ms);
    expect(readings({ ...charge6, lastSyncTime })?.map(({ syncedAt }) => syncedAt)).toEqual([at]);
  });

  test('with a last sync that is no time keep it as a mark only', () => {
    expect(readings({ ...charge6, lastSyncTime: 'recently' })).toEqual([
      expect.objectContaining({ syncMark: 'recently', syncedAt: undefined }),
    ]);
  });

  test.each([
    ['TRACKER', 'tracker'],
    ['SCALE', 'scale'],
    ['DEVICE_TYPE_UNSPECIFIED', 'other'],
    ['SMART_RING', 'other'],
    [undefined, 'other'],
  ])('of the type %s are of the kind %s', (deviceType, kind) => {
    expect(readings({ ...charge6, deviceType })?.map((reading) => reading.kind)).toEqual([kind]);
  });

  test('that cannot be read hide none of the others', () => {
    const broken = [without('name'), { ...charge6, name: 'users/me/pairedDevices/' }, null, 7];
    expect(readings(...broken, charge6)?.map(({ device }) => device)).toEqual(['2233445566']);
  });

  test('without a product name are called Fitbit', () => {
    expect(readings(without('deviceVersion'))?.map(({ model }) => model)).toEqual(['Fitbit']);
  });
});

describe('what is too long or too far away at Google Health', () => {
  const device = { name: 'users/me/pairedDevices/1', deviceVersion: 'Charge 6', batteryLevel: 17 };

  test('hides no other device: a model is cut, an id that long is none', () => {
    const long = 'x'.repeat(40_000);
    const others = [
      { ...device, deviceVersion: long },
      { ...device, name: `users/me/pairedDevices/${long}` },
    ];
    expect(readings(...others, { ...device, name: 'users/me/pairedDevices/2' })).toMatchObject([
      { device: '1', model: 'x'.repeat(100), percent: 17 },
      { device: '2', model: 'Charge 6', percent: 17 },
    ]);
  });

  test.each([
    '9999-12-31T23:59:59Z',
    '+275760-09-13T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
  ])('is a sync time of %s', (lastSyncTime) => {
    expect(readings({ ...device, lastSyncTime })).toMatchObject([{ device: '1', syncedAt: undefined }]);
  });

  test('is a page token of 5,000 characters', () => {
    const body = { pairedDevices: [], nextPageToken: 'x'.repeat(5_000) };
    expect(google.devices.read(body)).toEqual({ readings: [], nextPageToken: undefined });
  });

  test('is a user id of 300 characters', () => {
    expect(google.identity?.read({ healthUserId: 'x'.repeat(300) })).toBeUndefined();
  });
});

describe('the time zone of a wearer at Google Health', () => {
  test('is in the settings', () => {
    expect(google.timeZone!.path()).toBe('/v4/users/me/settings');
    expect(google.timeZone!.read({ timeZone: 'America/Denver', utcOffset: '-25200s' })).toBe(
      'America/Denver',
    );
  });

  test.each([[undefined], [{}], [{ timeZone: '' }]])('cannot be read from %j', (body) => {
    expect(google.timeZone!.read(body)).toBeUndefined();
  });
});

const address = (name: string) => `https://www.googleapis.com/auth/googlehealth.${name}`;

test.each<[string, string[]]>([
  [address('sleep.readonly'), [address('sleep.readonly')]],
  ['googlehealth.sleep.readonly', [address('sleep.readonly')]],
  ['sleep.readonly', [address('sleep.readonly')]],
  ['"openid", "email"', ['openid', 'email']],
  ["'sleep.readonly','nutrition.readonly'", [address('sleep.readonly'), address('nutrition.readonly')]],
  ['["openid","sleep.readonly"]', ['openid', address('sleep.readonly')]],
  ['sleep.readonly googlehealth.sleep.readonly', [address('sleep.readonly')]],
  ['userinfo.email', ['https://www.googleapis.com/auth/userinfo.email']],
  [' , ', []],
])('optional scopes of Google Health written as %s are read', (text, scopes) => {
  expect(readOptionalScopes('google-health', text)).toEqual(scopes);
});

test.each([
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/calendar',
  'https://www.googleapis.com/auth/fitness.body.read',
  'https://example.com/auth/googlehealth.sleep.readonly',
  'sleep',
  'profile settings.readonly.all',
])('the scope %s would have Google Health refuse every call, so it is refused at load', (text) => {
  expect(() => readOptionalScopes('google-health', text)).toThrow(SyntaxError);
});

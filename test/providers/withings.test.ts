import type { ProviderErrorCode } from '../../src/errors';
import { Secret } from '../../src/secret';
import { describeProvider } from '../../src/providers/settings';
import { withings as file } from '../../src/providers/withings';
import { readOptionalScopes } from '../../src/providers/optional-scopes';
import { faultRows } from '../support/fault-rows';
import { revealed } from '../support/revealed';
import { answer } from '../support/scripted-http';

const withings = describeProvider('withings', file, {
  clientId: 'withings-client',
  optionalScopes: ['user.metrics'],
});
const good = (body: unknown) => ({ status: 0, body });
const list = (...devices: unknown[]) => withings.devices.read(good({ devices }));
const readings = (...devices: unknown[]) => list(...devices)?.readings;

const scanWatch = {
  type: 'Activity Tracker',
  battery: 'low',
  model: 'ScanWatch 2',
  model_id: 93,
  timezone: 'Europe/Paris',
  first_session_date: null,
  last_session_date: 1_793_173_272,
  deviceid: 'f998be4b9ccc9e136fd8cd8e8e344c31ec3b271d',
  hash_deviceid: 'f998be4b9ccc9e136fd8cd8e8e344c31ec3b271d',
};

describe('the description of Withings', () => {
  test("names Withings' own addresses, the secret in the form, and scopes with commas between", () => {
    expect(withings).toMatchObject({
      id: 'withings',
      name: 'Withings',
      clientId: 'withings-client',
      clientIdSetting: 'WITHINGS_CLIENT_ID',
      clientSecretName: 'withings-client-secret',
      urls: {
        authorize: 'https://account.withings.com/oauth2_user/authorize2',
        token: 'https://wbsapi.withings.net/v2/oauth2',
        revoke: 'https://wbsapi.withings.net/v2/oauth2',
        api: 'https://wbsapi.withings.net',
      },
      clientAuthentication: 'client_secret_post',
      scopes: { device: 'user.info', optional: ['user.metrics'], separator: ',' },
      tokenParameters: { action: 'requesttoken' },
      rotatesRefreshToken: true,
    });
    const { identity, timeZone, introspection, successor } = withings;
    expect([identity, timeZone, introspection, successor]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('with a simulator puts its origin in place of every host', () => {
    const simulated = describeProvider('withings', file, {
      optionalScopes: [],
      simulatorUrl: 'http://127.0.0.1:9000',
    });
    expect(simulated.urls).toEqual({
      authorize: 'http://127.0.0.1:9000/oauth2_user/authorize2',
      token: 'http://127.0.0.1:9000/v2/oauth2',
      revoke: 'http://127.0.0.1:9000/v2/oauth2',
      api: 'http://127.0.0.1:9000',
    });
    const client = { id: 'c', secret: new Secret('s') };
    const { askForNonce, revoke } = simulated.signedRevocation!;
    expect([askForNonce(client, 0).url, revoke(client, '363', 'n').url]).toEqual([
      'http://127.0.0.1:9000/v2/signature',
      'http://127.0.0.1:9000/v2/oauth2',
    ]);
  });

  test.each([
    ['/measure', true],
    ['/v2/measure', true],
    ['/v2/user', true],
    ['/v2/sleep', true],
    ['/notify', true],
    ['/v2/oauth2', false],
    ['/v2/signature', false],
    ['/v2/dropshipment', false],
    ['/v2/user/', false],
    ['/', false],
  ])('takes %s for a path of its API: %s', (path, known) => {
    expect(withings.apiPath.test(path)).toBe(known);
  });
});

describe('a token answer of Withings', () => {
  const body = {
    userid: 363,
    access_token: 'a075f8c1',
    refresh_token: 'f631236f',
    expires_in: 10_800,
    scope: 'user.info,user.metrics',
    csrf_token: 'PACnnxwH',
    token_type: 'Bearer',
  };
  const grant = {
    accessToken: 'a075f8c1',
    refreshToken: 'f631236f',
    expiresInMs: 10_800_000,
    scopes: ['user.info', 'user.metrics'],
    providerUserId: '363',
  };

  test.each([
    ['a number', body],
    ['text', { ...body, userid: '363' }],
  ])('is read with the user id that is %s, and the scopes', (_, said) => {
    expect(revealed(withings.readTokenGrant(good(said)))).toEqual(grant);
  });

  test.each<[string, unknown]>([
    ['without its envelope', body],
    ['with an envelope that says no', { status: 503, body }],
    ['without an access token', good({ ...body, access_token: undefined })],
    ['without a body', { status: 0 }],
    ['that is a page', undefined],
  ])('%s is none', (_, said) => {
    expect(withings.readTokenGrant(said)).toBeUndefined();
  });
});

describe('a failure of Withings', () => {
  test.each(faultRows('withings', 'token'))('at the token endpoint: %s is %s', (_, code, failure) => {
    expect(withings.readTokenFailure(failure)).toBe(code);
  });

  test.each(faultRows('withings', 'revoke'))('of a revocation: %s is %s', (_, code, failure) => {
    expect(withings.readTokenFailure(failure)).toBe(code);
  });

  test.each(faultRows('withings', 'devices'))('at the API: %s is %s', (_, code, failure) => {
    expect(withings.readApiFailure(failure)).toBe(code);
  });

  test('is none when the envelope says 0', () => {
    const said = answer(200, good({}));
    expect([withings.readTokenFailure(said), withings.readApiFailure(said)]).toEqual([undefined, undefined]);
  });

  // The table of Withings' page "Response Status", where its families begin and end.
  test.each<[number, ProviderErrorCode, ProviderErrorCode]>([
    [100, 'CLIENT_REFUSED', 'ACCESS_TOKEN_REFUSED'],
    [102, 'CLIENT_REFUSED', 'ACCESS_TOKEN_REFUSED'],
    [200, 'CLIENT_REFUSED', 'ACCESS_TOKEN_REFUSED'],
    [201, 'REQUEST_REFUSED', 'REQUEST_REFUSED'],
    [214, 'CLIENT_REFUSED', 'ACCESS_FORBIDDEN'],
    [215, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [216, 'REQUEST_REFUSED', 'REQUEST_REFUSED'],
    [277, 'CLIENT_REFUSED', 'ACCESS_FORBIDDEN'],
    [305, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [353, 'REQUEST_REFUSED', 'REQUEST_REFUSED'],
    [370, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [401, 'CLIENT_REFUSED', 'ACCESS_TOKEN_REFUSED'],
    [501, 'REQUEST_REFUSED', 'REQUEST_REFUSED'],
    [516, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [522, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [524, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [601, 'RATE_LIMITED', 'RATE_LIMITED'],
    [2553, 'CLIENT_REFUSED', 'ACCESS_FORBIDDEN'],
    [2554, 'REQUEST_REFUSED', 'NOT_FOUND'],
    [3018, 'REQUEST_REFUSED', 'REQUEST_REFUSED'],
    [10_000, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    [-1, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
  ])('with status %i and no words is %s of a token request and %s of the API', (status, token, api) => {
    const said = answer(200, { status, body: {} });
    expect([withings.readTokenFailure(said), withings.readApiFailure(said)]).toEqual([token, api]);
  });

  test.each<[string, ProviderErrorCode]>([
    ['Invalid Params: invalid refresh_token', 'GRANT_REFUSED'],
    ['Invalid Params: invalid code', 'GRANT_REFUSED'],
    ['Invalid Params: missing refresh_token', 'REQUEST_REFUSED'],
    ['Invalid Params: invalid code_verifier', 'REQUEST_REFUSED'],
    ['Invalid Params: invalid client_secret', 'CLIENT_REFUSED'],
  ])('that says "%s" is %s', (error, code) => {
    expect(withings.readTokenFailure(answer(200, { status: 503, body: {}, error }))).toBe(code);
  });

  test.each<[string, number, unknown, ProviderErrorCode, ProviderErrorCode]>([
    ['204 without a body', 204, undefined, 'OUTCOME_UNKNOWN', 'ANSWER_UNREADABLE'],
    ['200 with another JSON', 200, { ok: true }, 'OUTCOME_UNKNOWN', 'ANSWER_UNREADABLE'],
    ['401 of HTTP', 401, undefined, 'CLIENT_REFUSED', 'ACCESS_TOKEN_REFUSED'],
    ['403 of a front end', 403, undefined, 'PROVIDER_UNAVAILABLE', 'PROVIDER_UNAVAILABLE'],
    ['404 of a front end', 404, undefined, 'PROVIDER_UNAVAILABLE', 'NOT_FOUND'],
    ['429 of a front end', 429, undefined, 'RATE_LIMITED', 'RATE_LIMITED'],
    ['500', 500, undefined, 'OUTCOME_UNKNOWN', 'PROVIDER_UNAVAILABLE'],
    ['500 with an envelope', 500, { status: 601, error: '' }, 'RATE_LIMITED', 'RATE_LIMITED'],
    [
      '503 of a front end in JSON',
      503,
      { status: 503, error: 'Down' },
      'OUTCOME_UNKNOWN',
      'PROVIDER_UNAVAILABLE',
    ],
    ['429 of a front end in JSON', 429, { status: 429, title: 'Slow down' }, 'RATE_LIMITED', 'RATE_LIMITED'],
    ['401 with an envelope', 401, { status: 401, body: {} }, 'CLIENT_REFUSED', 'ACCESS_TOKEN_REFUSED'],
    ['400', 400, undefined, 'REQUEST_REFUSED', 'REQUEST_REFUSED'],
  ])('that is %s', (_, status, body, token, api) => {
    const said = answer(status, body);
    expect([withings.readTokenFailure(said), withings.readApiFailure(said)]).toEqual([token, api]);
  });
});

describe('a signed request to Withings', () => {
  const client = { id: 'client-1', secret: new Secret('secret-1') };
  const { askForNonce, readNonce, revoke } = withings.signedRevocation!;

  test('signs the values in the order of their names, for a nonce with the time in seconds', () => {
    expect(askForNonce(client, 1_793_173_272_999)).toEqual({
      url: 'https://wbsapi.withings.net/v2/signature',
      form: {
        action: 'getnonce',
        client_id: 'client-1',
        timestamp: '1793173272',
        signature: client.secret.sign('getnonce,client-1,1793173272'),
      },
    });
  });

  test('revokes by user, who is not among what is signed', () => {
    expect(revoke(client, '363', 'nonce-1')).toEqual({
      url: 'https://wbsapi.withings.net/v2/oauth2',
      form: {
        action: 'revoke',
        client_id: 'client-1',
        nonce: 'nonce-1',
        userid: '363',
        signature: client.secret.sign('revoke,client-1,nonce-1'),
      },
    });
  });

  test.each<[string, unknown, string | undefined]>([
    ['a nonce', good({ nonce: 'aaf4c61d' }), 'aaf4c61d'],
    ['an empty one', good({ nonce: '' }), undefined],
    ['none', good({}), undefined],
    ['one under another status', { status: 601, body: { nonce: 'aaf4c61d' } }, undefined],
  ])('reads %s', (_, body, nonce) => {
    expect(readNonce(body)).toBe(nonce);
  });
});

describe('the devices of Withings', () => {
  test('are asked for by POST, in one request without paging', () => {
    expect([withings.devices.path(), withings.devices.path('more'), withings.devices.form]).toEqual([
      '/v2/user',
      '/v2/user',
      { action: 'getdevice' },
    ]);
  });

  test('have a word and no percent, and say when they were last heard of and in which zone', () => {
    expect(list(scanWatch)).toEqual({
      readings: [
        {
          device: 'f998be4b9ccc9e136fd8cd8e8e344c31ec3b271d',
          kind: 'tracker',
          model: 'ScanWatch 2',
          word: 'low',
          syncMark: '1793173272',
          syncedAt: 1_793_173_272_000,
        },
      ],
      timeZone: 'Europe/Paris',
    });
  });

  test('may be none', () => {
    expect(list()).toEqual({ readings: [], timeZone: undefined });
  });

  test.each<[string, unknown]>([
    ['a list without its envelope', { devices: [scanWatch] }],
    ['an envelope that says no', { status: 401, body: { devices: [scanWatch] } }],
    ['an envelope without a list', good({})],
    ['a page', undefined],
  ])('cannot be read from %s', (_, body) => {
    expect(withings.devices.read(body)).toBeUndefined();
  });

  test.each([
    ['Activity Tracker', 'tracker'],
    ['Scale', 'scale'],
    ['Blood Pressure Monitor', 'scale'],
    ['Smart Connected Thermometer', 'scale'],
    ['HealthKit Apple', 'phone'],
    ['HealthKit Google', 'phone'],
    ['HealthKit Huawei', 'phone'],
    ['Sleep Monitor', 'scale'],
    ['Gateway', 'scale'],
    ['Ring', 'other'],
    [undefined, 'other'],
  ])('of the type %s are of the kind %s', (type, kind) => {
    expect(readings({ ...scanWatch, type })?.map((reading) => reading.kind)).toEqual([kind]);
  });

  test.each([
    ['high', 'high'],
    ['medium', 'medium'],
    ['low', 'low'],
    ['unknown', undefined],
    ['', undefined],
    [null, undefined],
  ])('whose battery is %s have the word %s', (battery, word) => {
    expect(readings({ ...scanWatch, battery })?.map((reading) => reading.word)).toEqual([word]);
  });

  test.each([
    ['missing', undefined],
    ['null', null],
    ['text', '1793173272'],
    ['in milliseconds, so far too late', 1_793_173_272_000],
    ['zero', 0],
  ])('whose last session is %s have no time of it', (_, last_session_date) => {
    expect(readings({ ...scanWatch, last_session_date })).toEqual([
      expect.objectContaining({ syncedAt: undefined }),
    ]);
  });

  test('without a model are called by the name of the provider, and a long name is cut', () => {
    expect(
      readings({ ...scanWatch, model: '' }, { ...scanWatch, model: 'x'.repeat(40_000) })?.map(
        ({ model }) => model,
      ),
    ).toEqual(['Withings', 'x'.repeat(100)]);
  });

  test('that cannot be read hide none of the others', () => {
    expect(readings(null, 'x', { ...scanWatch, deviceid: null }, scanWatch)).toHaveLength(1);
  });

  test('say the zone of the one that was heard of last', () => {
    const at = (timezone: string | undefined, last_session_date: number | null) => ({
      ...scanWatch,
      timezone,
      last_session_date,
    });
    const zone = (...devices: unknown[]) => list(...devices)?.timeZone;
    expect(zone(at('Europe/Paris', 1_793_000_000), at('America/New_York', 1_793_100_000))).toBe(
      'America/New_York',
    );
    expect(zone(at(undefined, 1_793_100_000), at('Europe/Paris', null))).toBe('Europe/Paris');
    expect(zone(at(undefined, 1_793_100_000))).toBeUndefined();
  });
});

test.each<[string, string[]]>([
  ['user.metrics, user.activity', ['user.metrics', 'user.activity']],
  ['"User.Metrics"', ['user.metrics']],
])('optional scopes of Withings written as %s are read', (text, scopes) => {
  expect(readOptionalScopes('withings', text)).toEqual(scopes);
});

test.each(['openid', 'user.devices', 'settings'])('Withings knows no scope %s', (text) => {
  expect(() => readOptionalScopes('withings', text)).toThrow(SyntaxError);
});

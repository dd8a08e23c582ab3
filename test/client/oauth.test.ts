import { inspect } from 'node:util';
import { createClient, type Client, type ClientOptions } from '../../src/client';
import { giveConsent } from '../../local/simulators/give-consent';
import { descriptionOf, openStage, redirectUri, registered, standardProviders, type Stage } from './stage';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(standardProviders)('the client of %s', (provider) => {
  const { identity, rotatesRefreshToken, scopes, urls } = descriptionOf(provider);
  let stage: Stage;
  let client: Client;
  beforeEach(async () => {
    stage = await openStage(provider);
    ({ client } = stage);
  });
  afterEach(() => stage.close());

  const used = () => stage.calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
  const shown = (error: unknown): string =>
    `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${String(error)} ${(error as Error).stack}`;
  const expectDiscreet = (error: unknown): void => {
    expect(stage.simulator.issuedSecrets().filter((secret) => shown(error).includes(secret))).toEqual([]);
  };

  test('takes a person to the consent page and back, with PKCE and a state', async () => {
    const { url, state, codeVerifier } = client.authorizeUrl();
    const { searchParams } = new URL(url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: registered.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      state,
      code_challenge_method: 'S256',
    });
    expect(url).not.toContain(codeVerifier);
    expect(client.authorizeUrl().state).not.toBe(state);
    const back = await giveConsent(url, { wearer: 'ada' });
    const began = Date.now();
    const tokens = await client.exchange(back.searchParams.get('code')!, { codeVerifier });
    expect(tokens).toMatchObject({
      accessToken: stage.simulator.liveAccessTokens('ada')[0],
      refreshToken: stage.simulator.currentRefreshToken('ada'),
      scopes: searchParams.get('scope')!.split(' '),
      // Where the token answer does not say it, the API is asked for it.
      userId: identity ? undefined : expect.any(String),
    });
    expect(tokens.expiresAt).toBeGreaterThan(began + 3_000_000);
  });

  test('asks with the state, the prompt and the scopes that a call names', () => {
    const named = [scopes.device];
    const { url, state } = client.authorizeUrl({ state: 'mine', prompt: 'consent', scopes: named });
    const { searchParams } = new URL(url);
    expect(state).toBe('mine');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      state: 'mine',
      prompt: 'consent',
      scope: named[0],
    });
  });

  test('asks for devices when no scopes are named', () => {
    const scope = new URL(
      createClient({ provider, ...registered, redirectUri }).authorizeUrl().url,
    ).searchParams.get('scope');
    expect(scope).toBe(scopes.device);
  });

  test('tells of a code that is dead', async () => {
    const error = await rejection(client.exchange('no-such-code', { codeVerifier: 'v'.repeat(43) }));
    expect(error).toMatchObject({ name: 'ClientError', code: 'GRANT_REFUSED' });
    expectDiscreet(error);
  });

  test('refreshes, and keeps what the answer does not say', async () => {
    const before = await stage.connect();
    const after = await client.refresh(before);
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).toBe(stage.simulator.currentRefreshToken('ada'));
    expect(after.refreshToken === before.refreshToken).toBe(!rotatesRefreshToken);
    expect(after).toMatchObject({ scopes: before.scopes, userId: before.userId });
  });

  test('makes one request of refreshes that overlap, and a new one afterwards', async () => {
    const before = await stage.connect();
    const [one, two] = await Promise.all([client.refresh(before), client.refresh(before)]);
    expect(two).toEqual(one);
    expect(stage.simulator.refreshCount('ada')).toBe(1);
    await client.refresh(one);
    expect(stage.simulator.refreshCount('ada')).toBe(2);
  });

  test('asks again with the same request when the answer to a refresh is lost', async () => {
    const before = await stage.connect();
    stage.simulator.faults.add('ada', { kind: 'lost', endpoint: 'token', times: 2 });
    const after = await client.refresh(before);
    expect(stage.calls).toHaveLength(3);
    const bodies = await Promise.all(stage.calls.map((request) => request.text()));
    expect(new Set(bodies).size).toBe(1);
    expect(after.refreshToken).toBe(stage.simulator.currentRefreshToken('ada'));
  });

  test('says that the outcome is unknown when no answer comes, whatever comes after it', async () => {
    const before = await stage.connect();
    stage.simulator.faults.add('ada', { kind: 'lost', endpoint: 'token', times: 1 });
    stage.simulator.faults.add('ada', {
      kind: 'answer',
      endpoint: 'token',
      times: 1,
      status: 429,
      body: '{}',
    });
    const error = await rejection(client.refresh(before));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expectDiscreet(error);
  });

  test('tells a refused refresh token, and a wait with its end', async () => {
    const before = await stage.connect();
    const headers = { 'retry-after': '30' };
    stage.simulator.faults.add('ada', {
      kind: 'answer',
      endpoint: 'token',
      times: 1,
      status: 429,
      headers,
      body: '',
    });
    const limited = (await rejection(client.refresh(before))) as { code: string; retryAt: number };
    expect(limited.code).toBe('RATE_LIMITED');
    expect(limited.retryAt).toBeGreaterThan(Date.now());
    stage.simulator.revokeGrant('ada');
    const refused = await rejection(client.refresh(before));
    expect(refused).toMatchObject({ code: 'GRANT_REFUSED', retryAt: undefined });
    expectDiscreet(refused);
    const without = { ...before, refreshToken: undefined };
    expect(await rejection(client.refresh(without))).toMatchObject({ code: 'ACCESS_TOKEN_REFUSED' });
  });

  test('revokes the consent, and finds it revoked the next time', async () => {
    const tokens = await stage.connect();
    await client.revoke(tokens);
    expect(stage.simulator.currentRefreshToken('ada')).toBeUndefined();
    expect(stage.simulator.liveAccessTokens('ada')).toEqual([]);
    await client.revoke(tokens);
    expect(used()).toEqual(Array(2).fill(`POST ${new URL(urls.revoke).pathname}`));
  });

  test('tells a wrong client secret', async () => {
    const tokens = await stage.connect();
    const other = createClient({
      provider,
      clientId: registered.clientId,
      clientSecret: 'wrong',
      redirectUri,
      simulatorUrl: stage.simulator.url,
    });
    expect(await rejection(other.refresh(tokens))).toMatchObject({ code: 'CLIENT_REFUSED' });
  });
});

describe.each(standardProviders.filter((id) => descriptionOf(id).introspection))(
  'introspection at %s',
  (provider) => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await openStage(provider);
    });
    afterEach(() => stage.close());

    test('tells a live access token from a dead one', async () => {
      const tokens = await stage.connect();
      const state = await stage.client.introspect(tokens);
      expect(state).toMatchObject({ active: true, scopes: tokens.scopes, clientId: registered.clientId });
      expect(Math.abs(state.expiresAt! - tokens.expiresAt)).toBeLessThan(5_000);
      stage.simulator.revokeGrant('ada');
      await expect(stage.client.introspect(tokens)).resolves.toEqual({ active: false, scopes: [] });
    });

    test('fails to introspect when the provider is out of order', async () => {
      const tokens = await stage.connect();
      stage.meanwhile = () => 'drop';
      expect(await rejection(stage.client.introspect(tokens))).toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
      });
      stage.meanwhile = () => new Response('{', { status: 200 });
      expect(await rejection(stage.client.introspect(tokens))).toMatchObject({ code: 'ANSWER_UNREADABLE' });
      stage.meanwhile = () => new Response('', { status: 503 });
      expect(await rejection(stage.client.introspect(tokens))).toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
      });
    });
  },
);

describe('createClient', () => {
  const good: ClientOptions = { provider: 'fitbit', ...registered, redirectUri };
  test.each<[string, Partial<ClientOptions>, RegExp]>([
    ['an unknown provider', { provider: 'garmin' as 'fitbit' }, /^provider must be one of google-health/],
    ['no client id', { clientId: '' }, /^clientId/],
    ['no client secret', { clientSecret: '' }, /^clientId and clientSecret/],
    ['half a redirect address', { redirectUri: '/callback' }, /^redirectUri/],
    ['a scope that there is not', { scopes: ['dreams'] }, /^scopes names a scope that Fitbit does not know/],
    ['a simulator somewhere else', { simulatorUrl: 'http://example.com' }, /^simulatorUrl/],
  ])('refuses %s', (_, wrong, message) => {
    const attempt = (): Client => createClient({ ...good, ...wrong });
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }) as Error);
  });

  test('asks for the scopes that are named, also where the name is a part of Google’s', () => {
    const scopeOf = (provider: ClientOptions['provider'], scope: string): string | null =>
      new URL(createClient({ ...good, provider, scopes: [scope] }).authorizeUrl().url).searchParams.get(
        'scope',
      );
    expect(scopeOf('fitbit', 'sleep')).toBe('sleep');
    expect(scopeOf('google-health', 'sleep.readonly')).toBe(
      'https://www.googleapis.com/auth/googlehealth.sleep.readonly',
    );
  });

  test('goes to the real provider without a simulator', () => {
    expect(createClient(good).authorizeUrl().url).toMatch(/^https:\/\/www\.fitbit\.com\/oauth2\/authorize\?/);
    const google = createClient({ ...good, provider: 'google-health' });
    expect(google.authorizeUrl().url).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/);
  });
});

import * as oauth from '../../../src/domain/rotation/oauth';
import { AppError } from '../../../src/errors';
import { perProvider, type ProviderId, providerIds } from '../../../src/model';
import type { HttpRequest, SignedRevocation } from '../../../src/ports';
import { createProviders } from '../../../src/providers';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { faultRows } from '../../support/fault-rows';
import { revealed } from '../../support/revealed';
import { answer, answerLost, connectionRefused } from '../../support/scripted-http';
import { createTestWorld, tokens, type TestWorld } from '../../support/world';

// RFC 7636, appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const deviceScope = 'https://www.googleapis.com/auth/googlehealth.settings.readonly';

let world: TestWorld;
const provider = (id: ProviderId) => world.ports.providers.get(id)!;
const lastRequest = () => revealed(world.http.requests.at(-1)) as HttpRequest;
const refresh = async (id: ProviderId) =>
  (await oauth.prepareRefresh(world.ports, provider(id), new Secret('refresh-1')))();
const revoke = (id: ProviderId) =>
  oauth.revokeToken(world.ports, provider(id), { token: new Secret('access-1'), userId: 'ABC123' });
const exchange = (id: ProviderId) =>
  oauth.exchangeCode(world.ports, provider(id), {
    code: new Secret('code-1'),
    codeVerifier: new Secret(verifier),
    redirectUri: 'https://tokens.example.com/api/oauth/callback',
  });

function withoutClientIds(): TestWorld {
  const none = { optionalScopes: [] };
  return createTestWorld({ providers: createProviders(perProvider(() => none)) });
}

function withoutClientSecrets(): TestWorld {
  const bare = createTestWorld();
  bare.vault.secrets.clear();
  return bare;
}

beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => expectDiscreet(world));

test('codeChallengeOf makes the S256 challenge of RFC 7636, appendix B', () => {
  expect(oauth.codeChallengeOf(verifier)).toBe(challenge);
});

describe('authorizeUrl', () => {
  const request = {
    redirectUri: 'https://tokens.example.com/cb?a=b',
    state: 'state-1',
    codeChallenge: challenge,
  };
  const parts = (id: ProviderId) => {
    const url = new URL(oauth.authorizeUrl(provider(id), request));
    return {
      page: url.origin + url.pathname,
      query: Object.fromEntries(url.searchParams),
      all: url.searchParams.size,
    };
  };

  test('of Fitbit asks for a code with S256, all scopes and a fresh sign-in', () => {
    expect(parts('fitbit')).toEqual({
      page: 'https://www.fitbit.com/oauth2/authorize',
      query: {
        client_id: 'fitbit-client',
        response_type: 'code',
        redirect_uri: 'https://tokens.example.com/cb?a=b',
        scope: 'settings profile',
        state: 'state-1',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        prompt: 'login consent',
      },
      all: 8,
    });
  });

  test('of Google asks for offline access, consent and which account it shall be', () => {
    expect(parts('google-health')).toEqual({
      page: 'https://accounts.google.com/o/oauth2/v2/auth',
      query: {
        client_id: 'google-health-client',
        response_type: 'code',
        redirect_uri: 'https://tokens.example.com/cb?a=b',
        scope: deviceScope,
        state: 'state-1',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        access_type: 'offline',
        prompt: 'consent select_account',
      },
      all: 9,
    });
  });

  test('has between its scopes what the provider wants there', () => {
    const { scopes, ...fitbit } = provider('fitbit');
    const url = new URL(
      oauth.authorizeUrl(
        { ...fitbit, scopes: { ...scopes, separator: ',' } },
        { ...request, scopes: ['a', 'b'] },
      ),
    );
    expect(url.searchParams.get('scope')).toBe('a,b');
  });

  test('of a provider without a client names none', () => {
    world = withoutClientIds();
    expect(parts('fitbit').query['client_id']).toBe('');
  });
});

describe('the requests to a token endpoint', () => {
  test('Fitbit gets the client in the Basic header and the code in the body', async () => {
    world.http.script(answer(200, tokens(1)));
    await exchange('fitbit');
    expect(lastRequest()).toEqual({
      method: 'POST',
      url: 'https://api.fitbit.com/oauth2/token',
      timeoutMs: 10_000,
      authorization: { username: 'fitbit-client', password: 'fitbit-secret' },
      form: {
        grant_type: 'authorization_code',
        code: 'code-1',
        code_verifier: verifier,
        redirect_uri: 'https://tokens.example.com/api/oauth/callback',
      },
    });
  });

  test('a provider gets the parameters that it wants besides', async () => {
    world.http.script(answer(200, tokens(2)));
    const described = { ...provider('google-health'), tokenParameters: { action: 'requesttoken' } };
    await (
      await oauth.prepareRefresh(world.ports, described, new Secret('refresh-1'))
    )();
    expect(lastRequest().form).toEqual({
      client_id: 'google-health-client',
      client_secret: 'google-health-secret',
      action: 'requesttoken',
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
    });
  });

  test('Google gets the client in the body, beside the code', async () => {
    world.http.script(answer(200, tokens(1)));
    await exchange('google-health');
    expect(lastRequest()).toEqual({
      method: 'POST',
      url: 'https://oauth2.googleapis.com/token',
      timeoutMs: 10_000,
      form: {
        client_id: 'google-health-client',
        client_secret: 'google-health-secret',
        grant_type: 'authorization_code',
        code: 'code-1',
        code_verifier: verifier,
        redirect_uri: 'https://tokens.example.com/api/oauth/callback',
      },
    });
  });

  test.each<[ProviderId, string, string]>([
    [
      'fitbit',
      'https://api.fitbit.com/oauth2/token',
      '{"grant_type":"refresh_token","refresh_token":"refresh-1"}',
    ],
    [
      'google-health',
      'https://oauth2.googleapis.com/token',
      '{"client_id":"google-health-client","client_secret":"google-health-secret","grant_type":"refresh_token","refresh_token":"refresh-1"}',
    ],
  ])('a refresh at %s is the same to the last byte, every time', async (id, url, form) => {
    world.http.script(answerLost, answer(200, tokens(2)));
    await refresh(id);
    world.clock.advance(20_000);
    await refresh(id);
    const [first, second] = world.http.requests.map(revealed);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(lastRequest().url).toBe(url);
    expect(JSON.stringify(lastRequest().form)).toBe(form);
  });

  test('a good answer is the grant', async () => {
    world.http.script(answer(200, tokens(2)));
    expect(revealed(await refresh('fitbit'))).toEqual({
      ok: true,
      value: {
        accessToken: 'access-2',
        refreshToken: 'refresh-2',
        expiresInMs: 28_800_000,
        scopes: ['settings', 'profile'],
        providerUserId: 'ABC123',
      },
    });
  });

  test.each([
    ['the client secret is not in Key Vault', withoutClientSecrets],
    ['there is no client id', withoutClientIds],
  ])('are not made while %s', async (_, makeWorld) => {
    world = makeWorld();
    const notConfigured = { ok: false, code: 'NOT_CONFIGURED' };
    await expect(refresh('fitbit')).resolves.toEqual(notConfigured);
    await expect(exchange('google-health')).resolves.toEqual(notConfigured);
    await expect(revoke('fitbit')).resolves.toEqual(notConfigured);
    expect(world.http.requests).toEqual([]);
  });
});

describe('an answer of a token endpoint that is no grant', () => {
  describe.each(providerIds)('at %s', (id) => {
    test.each(faultRows(id, 'token'))('%s becomes %s', async (_, code, fault) => {
      world.http.script(fault);
      const limitEnds = fault.status === 429 ? fault.headers['fitbit-rate-limit-reset'] : undefined;
      const seconds = fault.headers['retry-after'] ?? limitEnds;
      const retryAt = seconds === undefined ? undefined : world.clock.now() + Number(seconds) * 1000;
      const word = provider(id).readErrorWord(fault);
      await expect(refresh(id)).resolves.toEqual({ ok: false, code, retryAt, answer: word });
      expect(world.http.requests).toHaveLength(1);
    });
  });

  test.each([
    ['was never reached', connectionRefused, 'PROVIDER_UNAVAILABLE'],
    ['did not answer after the request was sent', answerLost, 'OUTCOME_UNKNOWN'],
    ['answered 200 with a page', answer(200, undefined), 'OUTCOME_UNKNOWN'],
    ['answered 200 without an access token', answer(200, { expires_in: 1 }), 'OUTCOME_UNKNOWN'],
    ['answered 204', answer(204), 'OUTCOME_UNKNOWN'],
    ['redirects', answer(302, undefined, { location: 'https://evil.example' }), 'PROVIDER_UNAVAILABLE'],
  ])('because the provider %s', async (_, reply, code) => {
    world.http.script(reply, reply);
    await expect(refresh('fitbit')).resolves.toEqual({ ok: false, code, retryAt: undefined });
    await expect(exchange('google-health')).resolves.toEqual({ ok: false, code, retryAt: undefined });
  });
});

test.each([
  [199, false],
  [200, true],
  [299, true],
  [300, false],
])('status %i of a token endpoint is a success: %s', async (status, ok) => {
  world.http.script(answer(status, tokens(2)));
  await expect(refresh('fitbit')).resolves.toMatchObject({ ok });
});

describe('introspectToken', () => {
  test('finds nothing at a provider that has no introspection', async () => {
    const { introspection, ...without } = provider('fitbit');
    expect(introspection).toBeDefined();
    await expect(oauth.introspectToken(world.ports, without, new Secret('access-1'))).resolves.toEqual({
      ok: false,
      code: 'NOT_FOUND',
    });
    expect(world.http.requests).toEqual([]);
  });
});

describe('revokeToken', () => {
  test.each([
    [200, true],
    [299, true],
    [300, false],
    [400, false],
    [401, false],
  ])('with status %i is done: %s', async (status, ok) => {
    world.http.script(answer(status));
    await expect(revoke('google-health')).resolves.toMatchObject({ ok });
  });

  const envelope = (errorType: string) => ({ errors: [{ errorType, message: 'see the docs' }] });
  test.each<[string, unknown, boolean]>([
    ['invalid_token', { error: 'invalid_token' }, true],
    ["invalid_token in Fitbit's envelope", envelope('invalid_token'), true],
    ['invalid_client', { error: 'invalid_client' }, false],
    ["invalid_client in Fitbit's envelope", envelope('invalid_client'), false],
    ['invalid_request', { error: 'invalid_request' }, false],
    ['unsupported_token_type', { error: 'unsupported_token_type' }, false],
    ['an error of another kind that names it', { error_description: 'invalid_token' }, false],
    ['no JSON', undefined, false],
  ])('with status 400 and %s is done at both providers: %s', async (_, body, ok) => {
    world.http.script(answer(400, body), answer(400, body));
    await expect(revoke('google-health')).resolves.toMatchObject({ ok });
    await expect(revoke('fitbit')).resolves.toMatchObject({ ok });
  });

  test('with invalid_token under another status is not done', async () => {
    world.http.script(answer(401, { error: 'invalid_token' }));
    await expect(revoke('google-health')).resolves.toMatchObject({ ok: false });
  });

  test('sends the token in the body, with the Basic header at Fitbit', async () => {
    world.http.script(answer(200));
    await expect(revoke('fitbit')).resolves.toEqual({ ok: true });
    expect(lastRequest()).toEqual({
      method: 'POST',
      url: 'https://api.fitbit.com/oauth2/revoke',
      timeoutMs: 10_000,
      authorization: { username: 'fitbit-client', password: 'fitbit-secret' },
      form: { token: 'access-1' },
    });
  });

  test('sends the token in the body, not in the query, at Google', async () => {
    world.http.script(answer(200, {}));
    await expect(revoke('google-health')).resolves.toEqual({ ok: true });
    expect(lastRequest()).toMatchObject({
      url: 'https://oauth2.googleapis.com/revoke',
      form: { client_id: 'google-health-client', client_secret: 'google-health-secret', token: 'access-1' },
    });
  });

  describe('signed with a value that is asked for first', () => {
    const signedRevocation: SignedRevocation = {
      askForNonce: ({ secret }, now) => ({
        url: 'https://p.example/nonce',
        form: { signature: secret.sign(`${now}`) },
      }),
      readNonce: (body) => (body as { nonce?: string }).nonce,
      revoke: ({ id, secret }, userId, nonce) => ({
        url: 'https://p.example/revoke',
        form: { userId, signature: secret.sign(`${id},${nonce}`) },
      }),
    };
    const revokeOf = (userId: string | undefined) =>
      oauth.revokeToken(
        world.ports,
        { ...provider('fitbit'), signedRevocation },
        { token: new Secret('access-1'), userId },
      );
    const signedBy = (secret: string, text: string) => new Secret(secret).sign(text);

    test('sends neither the token nor the secret', async () => {
      world.http.script(answer(200, { nonce: 'n-1' }), answer(200));
      await expect(revokeOf('ABC123')).resolves.toEqual({ ok: true });
      expect(world.http.requests).toEqual([
        {
          method: 'POST',
          url: 'https://p.example/nonce',
          timeoutMs: 10_000,
          form: { signature: signedBy('fitbit-secret', `${world.clock.now()}`) },
        },
        {
          method: 'POST',
          url: 'https://p.example/revoke',
          timeoutMs: 10_000,
          form: { userId: 'ABC123', signature: signedBy('fitbit-secret', 'fitbit-client,n-1') },
        },
      ]);
    });

    test('signs with the new secret when the provider refuses the old one', async () => {
      const refused = answer(401, { error: 'invalid_client' });
      world.http.script(answer(200, { nonce: 'n-1' }), refused, answer(200));
      const revoking = revokeOf('ABC123');
      world.vault.secrets.set('fitbit-client-secret', new Secret('fitbit-secret-2'));
      await expect(revoking).resolves.toEqual({ ok: true });
      expect(world.http.requests.at(-1)?.form).toEqual({
        userId: 'ABC123',
        signature: signedBy('fitbit-secret-2', 'fitbit-client,n-1'),
      });
    });

    test.each([
      ['no user is known', undefined, [], 'REQUEST_REFUSED'],
      ['the value cannot be read', 'ABC123', [answer(200, {})], 'ANSWER_UNREADABLE'],
      ['the provider gives none', 'ABC123', [answer(503)], 'OUTCOME_UNKNOWN'],
      [
        'the revocation gets no answer',
        'ABC123',
        [answer(200, { nonce: 'n' }), answerLost],
        'OUTCOME_UNKNOWN',
      ],
    ])('is not done while %s', async (_, userId, replies, code) => {
      world.http.script(...replies);
      await expect(revokeOf(userId)).resolves.toMatchObject({ ok: false, code });
    });
  });

  describe.each(providerIds)('refused by %s', (id) => {
    test.each(faultRows(id, 'revoke'))('with %s is %s', async (_, code, fault) => {
      world.http.script(fault);
      const word = provider(id).readErrorWord(fault);
      const expected = code === 'revoked' ? { ok: true } : { ok: false, code, answer: word };
      await expect(revoke(id)).resolves.toEqual(expected);
    });
  });

  test.each([
    ['was never reached', connectionRefused, 'PROVIDER_UNAVAILABLE'],
    ['did not answer', answerLost, 'OUTCOME_UNKNOWN'],
  ])('says so when the provider %s', async (_, reply, code) => {
    world.http.script(reply);
    await expect(revoke('google-health')).resolves.toEqual({ ok: false, code });
  });
});

describe('the client secret', () => {
  let reads: string[];
  const refusedClient = answer(401, { errors: [{ errorType: 'invalid_client' }], error: 'invalid_client' });
  const renew = () => world.vault.secrets.set('fitbit-client-secret', new Secret('fitbit-secret-2'));
  const secretsSent = () =>
    world.http.requests.map(
      (request) => ((revealed(request) as HttpRequest).authorization as { password?: unknown }).password,
    );

  beforeEach(() => {
    reads = [];
    const { readSecret } = world.vault;
    world.vault.readSecret = (name) => {
      reads.push(name);
      return readSecret(name);
    };
  });

  test('is read once a minute, for each provider', async () => {
    world.http.script(answer(200), answer(200), answer(200), answer(200), answer(200));
    await revoke('fitbit');
    world.clock.advance(59_999);
    await revoke('fitbit');
    await revoke('google-health');
    expect(reads).toEqual(['fitbit-client-secret', 'google-health-client-secret']);
    world.clock.advance(1);
    await revoke('fitbit');
    await revoke('google-health');
    expect(reads).toEqual(['fitbit-client-secret', 'google-health-client-secret', 'fitbit-client-secret']);
  });

  test('that is missing is looked for each time', async () => {
    world = withoutClientSecrets();
    await expect(refresh('fitbit')).resolves.toEqual({ ok: false, code: 'NOT_CONFIGURED' });
    renew();
    world.http.script(answer(200, tokens(2)));
    await expect(refresh('fitbit')).resolves.toMatchObject({ ok: true });
  });

  test.each([
    ['a refresh', () => refresh('fitbit'), answer(200, tokens(2))],
    ['a code exchange', () => exchange('fitbit'), answer(200, tokens(1))],
    ['a revocation', () => revoke('fitbit'), answer(200)],
  ])('that was renewed is used at once: %s succeeds, and is otherwise the same', async (_, ask, done) => {
    world.http.script(answer(200));
    await revoke('fitbit');
    renew();
    world.http.script(refusedClient, done);
    await expect(ask()).resolves.toMatchObject({ ok: true });
    expect(secretsSent()).toEqual(['fitbit-secret', 'fitbit-secret', 'fitbit-secret-2']);
    const [, before, after] = world.http.requests.map(revealed) as HttpRequest[];
    expect({ ...after, authorization: undefined }).toEqual({ ...before, authorization: undefined });
  });

  test('that was renewed is what the same refresh sends from then on', async () => {
    const ask = await oauth.prepareRefresh(world.ports, provider('fitbit'), new Secret('refresh-1'));
    renew();
    world.http.script(refusedClient, answerLost, answer(200, tokens(2)));
    await expect(ask()).resolves.toEqual({ ok: false, code: 'OUTCOME_UNKNOWN' });
    await expect(ask()).resolves.toMatchObject({ ok: true });
    expect(secretsSent()).toEqual(['fitbit-secret', 'fitbit-secret-2', 'fitbit-secret-2']);
  });

  test('that is refused and was not renewed is read again, and nothing is sent again', async () => {
    world.http.script(refusedClient);
    await expect(refresh('fitbit')).resolves.toMatchObject({ ok: false, code: 'CLIENT_REFUSED' });
    expect(reads).toEqual(['fitbit-client-secret', 'fitbit-client-secret']);
  });

  test('that is refused while the vault does not answer is read again at the next request', async () => {
    const ask = await oauth.prepareRefresh(world.ports, provider('fitbit'), new Secret('refresh-1'));
    const { readSecret } = world.vault;
    world.vault.readSecret = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    world.http.script(refusedClient);
    await expect(ask()).resolves.toMatchObject({ ok: false, code: 'CLIENT_REFUSED' });
    world.vault.readSecret = readSecret;
    renew();
    world.http.script(answer(200, tokens(2)));
    await expect(refresh('fitbit')).resolves.toMatchObject({ ok: true });
    expect(secretsSent()).toEqual(['fitbit-secret', 'fitbit-secret-2']);
  });
});

describe('readRetryAfter', () => {
  const now = Date.parse('2026-11-21T06:00:00Z');
  const day = 24 * 3_600_000;

  test.each([
    ['seconds', '30', now + 30_000],
    ['zero seconds', '0', now],
    ['seconds with spaces around', ' 30 ', now + 30_000],
    ['more than a day of seconds', '999999999999', now + day],
    ['a date', 'Sat, 21 Nov 2026 06:02:00 GMT', now + 120_000],
    ['a date that has passed', 'Sat, 21 Nov 2026 05:00:00 GMT', now],
    ['a date far away', 'Sun, 21 Nov 2027 06:00:00 GMT', now + day],
    ['nonsense', 'soon', undefined],
    ['nothing', '', undefined],
    ['spaces', '  ', undefined],
  ])('reads %s', (_, text, at) => {
    expect(oauth.readRetryAfter({}, answer(429, undefined, { 'retry-after': text }), now)).toBe(at);
  });

  test('of an answer without the header says nothing', () => {
    expect(oauth.readRetryAfter({}, answer(429), now)).toBeUndefined();
  });

  const fitbit = { limitResetHeader: 'fitbit-rate-limit-reset' };
  test.each<[string, number, Record<string, string>, number | undefined]>([
    ['alone', 429, { 'fitbit-rate-limit-reset': '600' }, now + 600_000],
    ['beside Retry-After', 429, { 'fitbit-rate-limit-reset': '600', 'retry-after': '30' }, now + 30_000],
    ['in an answer that no limit refused', 500, { 'fitbit-rate-limit-reset': '600' }, undefined],
  ])("reads a provider's own header %s", (_, status, headers, at) => {
    expect(oauth.readRetryAfter(fitbit, answer(status, undefined, headers), now)).toBe(at);
    expect(oauth.readRetryAfter({}, answer(status, undefined, headers), now)).toBe(
      'retry-after' in headers ? at : undefined,
    );
  });
});

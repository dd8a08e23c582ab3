/** The whole service over HTTP, with the real adapters, in the local world. */
import { createBrowser, type Page } from '../../local/browser';
import { asAda, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { faultThatMeans } from '../../local/simulators/documented-faults';
import { settingNamesOf } from '../../src/providers/settings';
import { paths } from '../../src/paths';
import { providerIds, type Connection, type ProviderId } from '../../src/model';
import { logs, service, startBeside, useLocalService, world } from '../support/local-service';

useLocalService({ settings: { FITBIT_OPTIONAL_SCOPES: 'profile' } });

function signUp(provider: ProviderId, more: Partial<Parameters<typeof signUpAs>[0]> = {}): Promise<Page> {
  return signUpAs({ ...asAda(service, world, provider), ...more });
}

async function connections(): Promise<Connection[]> {
  const found = [];
  for await (const { value } of service.services.tables.connections.list()) found.push(value);
  return found;
}

async function post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${service.url}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function connect(provider: ProviderId): Promise<Connection> {
  expect(await signUp(provider)).toMatchObject({ status: 200 });
  const latest = ({ pointer }: Connection): number => pointer?.rotatedAt ?? 0;
  const there = (await connections()).filter((each) => each.provider === provider);
  return there.sort((a, b) => latest(b) - latest(a))[0]!;
}

describe('sign-up', () => {
  test('the form offers the configured providers, the default one chosen', async () => {
    const page = await createBrowser().open(`${service.url}/signup`);
    expect(page.status).toBe(200);
    expect(page.title).toBe('Connect your tracker · Fitbit Token Service');
    expect(page.forms[0]?.fields).toContainEqual(['provider', 'google-health']);
    expect(page.text).toContain('value="fitbit"');
  });

  test('an account that its administrator keeps out comes back to a page that says whom to ask', async () => {
    const browser = createBrowser();
    const form = await browser.open(`${service.url}/signup`);
    const consent = await browser.submit(form, { phone: '', provider: 'google-health' });
    const [, asked = ''] = consent.forms[0]?.fields.find(([name]) => name === 'request') ?? [];
    const state = new URLSearchParams(asked).get('state') ?? '';
    const back = new URLSearchParams({ state, error: 'admin_policy_enforced' });
    const refused = await browser.open(`${service.url}${paths.callback}?${back}`);
    expect(refused.status).toBe(400);
    expect(refused.title).toContain('This account is not allowed to connect');
    expect(refused.text).toContain('Please ask the administrator to allow it');
  });

  test.each([
    ['nonsense', 'call me', 'This does not look like a mobile number'],
    ['a landline', '+44 20 7946 0958', 'This is not a mobile number'],
    [
      'a number of another country',
      '+91 98765 43210',
      'Texts can only be sent to numbers of these countries',
    ],
  ])('%s is explained beside the field, and what was typed stays there', async (_, phone, sentence) => {
    const browser = createBrowser();
    const page = await browser.submit(await browser.open(`${service.url}/signup`), { phone });
    expect(page.status).toBe(400);
    expect(page.text).toContain(sentence);
    expect(page.text).toContain(`value="${phone}"`);
    expect(page.text).toContain('aria-invalid="true"');
  });

  test('what was typed is escaped', async () => {
    const browser = createBrowser();
    const form = await browser.open(`${service.url}/signup`);
    const page = await browser.submit(form, { phone: '"><script>alert(1)</script>' });
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain('&lt;script&gt;');
  });

  test('a provider that is not offered is refused', async () => {
    const response = await fetch(`${service.url}/signup`, {
      method: 'POST',
      body: new URLSearchParams({ phone: '', provider: 'nokia' }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Please choose one of these.');
  });

  test('a foreign page cannot sign somebody up with its own number', async () => {
    const response = await fetch(`${service.url}/signup`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ phone: '+14255550199', provider: 'fitbit' }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await response.text()).toContain('use its own form');
  });

  test('anything but a form is refused with a clear sentence', async () => {
    const response = await fetch(`${service.url}/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('application/x-www-form-urlencoded');
  });

  test('pages carry the headers that keep them private, and the style that their policy allows', async () => {
    const response = await fetch(`${service.url}/signup`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('same-origin');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(
      `form-action 'self' ${Object.values(world.simulators)
        .map(({ url }) => url)
        .join(' ')}`,
    );
  });

  test('the cookie is for this browser only, and carries no Secure on plain loopback', async () => {
    const response = await fetch(`${service.url}/signup`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ phone: '', provider: 'fitbit' }),
    });
    expect(response.status).toBe(303);
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^login-[\w-]{8}=[\w-]{43}; /);
    expect(cookie).toMatch(/max-age=600/i);
    expect(cookie).toMatch(/httponly/i);
    expect(cookie).toMatch(/samesite=lax/i);
    expect(cookie).not.toMatch(/secure/i);
    const location = new URL(response.headers.get('location')!);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      client_id: 'local-client',
      response_type: 'code',
      redirect_uri: `${service.url}/api/oauth/callback`,
      scope: 'settings profile',
      code_challenge_method: 'S256',
    });
  });
});

describe('the callback', () => {
  test('without a state says to start again', async () => {
    const response = await fetch(`${service.url}/api/oauth/callback`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This sign-up is not known');
  });

  test.each(['a;b=c', '%0d%0aX:y', '%E2%98%83', 'x'.repeat(44)])(
    'with the state %s is answered like any unknown one, without a cookie',
    async (state) => {
      const response = await fetch(`${service.url}/api/oauth/callback?state=${state}&code=x`);
      expect(response.status).toBe(400);
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(await response.text()).toContain('This sign-up is not known');
    },
  );

  test('a refused consent stores nothing and says so', async () => {
    const before = (await connections()).length;
    const page = await signUp('google-health', { decision: 'cancel' });
    expect(page).toMatchObject({ status: 400, title: 'Nothing was connected · Fitbit Token Service' });
    expect((await connections()).length).toBe(before);
  });

  test('in another browser is refused, and works afterwards in the right one, once', async () => {
    const browser = createBrowser();
    const form = await browser.open(`${service.url}/signup`);
    const consent = await browser.submit(form, { phone: '', provider: 'google-health' });
    // The provider sends the first browser back, whose address ends up in another one.
    const redirected = await fetch(consent.url, { redirect: 'manual' });
    expect(redirected.status).toBe(200);
    const body = new URLSearchParams(new URL(consent.url).search);
    const answer = await fetch(new URL(new URL(consent.url).pathname, consent.url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams([
        ['request', body.toString()],
        ['wearer', 'grace'],
        ['decision', 'allow'],
        ['grant', body.get('scope')!],
      ]),
    });
    const callback = answer.headers.get('location')!;
    const elsewhere = await createBrowser().open(callback);
    expect(elsewhere).toMatchObject({ status: 400 });
    expect(elsewhere.title).toContain('Please finish in the same browser');
    const here = await browser.open(callback);
    expect(here.status).toBe(200);
    expect(here.text).toContain('<h2>You are connected</h2>');
    const again = await browser.open(callback);
    expect(again).toMatchObject({ status: 400 });
  });
});

describe.each(providerIds)('a wearer at %s', (provider) => {
  const simulator = () => world.simulators[provider];
  let connection: Connection;
  beforeAll(async () => {
    connection = await connect(provider);
  });

  test('whose API answers 401 is refreshed once and the call repeated once', async () => {
    const before = simulator().refreshCount(ada.id);
    simulator().faults.add(ada.id, faultThatMeans(provider, 'ACCESS_TOKEN_REFUSED'));
    expect(await post('ops/check', { connection: connection.id })).toMatchObject({
      status: 200,
      body: { outcome: 'checked', devices: 2 },
    });
    expect(simulator().refreshCount(ada.id)).toBe(before + 1);
  });

  test('is rotated by the operator, done before it answers', async () => {
    const generation = (await connections()).find(({ id }) => id === connection.id)!.pointer!.generation;
    const answer = await post('ops/rotate', { connection: connection.id });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        connection: connection.id,
        outcome: 'rotated',
        reason: 'operator asked',
        consent: expect.any(Number) as number,
        generation: generation + 1,
      },
    });
    expect(Date.parse(String(answer.body.expiresAt))).toBeGreaterThan(Date.now());
    const current = (await connections()).find(({ id }) => id === connection.id)!.pointer!;
    expect(current.generation).toBe(generation + 1);
  });

  test('whose refresh answer is lost is asked again and nothing is lost', async () => {
    simulator().faults.add(ada.id, { endpoint: 'token', times: 1, kind: 'lost' });
    expect(await post('ops/rotate', { connection: connection.id })).toMatchObject({
      status: 200,
      body: { outcome: 'rotated' },
    });
    const record = (await connections()).find(({ id }) => id === connection.id)!;
    const stored = await service.services.vault.readTokenSet(record, record.pointer!.consent);
    expect(stored?.set.refreshToken.reveal()).toBe(simulator().currentRefreshToken(ada.id));
  });

  test('who signs up again keeps the connection', async () => {
    const before = (await connections()).length;
    const page = await signUp(provider);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<h2>You are connected again</h2>');
    expect((await connections()).length).toBe(before);
    const record = (await connections()).find(({ id }) => id === connection.id)!;
    expect(record.pointer).toMatchObject({ consent: record.consentReserved, generation: 1 });
  });
});

describe('the operator', () => {
  test('rotates all: 202 with the run and the count, and every connection is rotated by the queue', async () => {
    const before = await connections();
    const answer = await post('ops/rotate', { all: true });
    expect(answer).toEqual({
      status: 202,
      body: { run: expect.stringMatching(/^[0-9a-f]{32}$/) as string, connections: before.length },
    });
    await service.drainQueues();
    for (const after of await connections()) {
      const earlier = before.find(({ id }) => id === after.id)!;
      expect(after.pointer!.generation).toBe(earlier.pointer!.generation + 1);
    }
  });

  test('checks all', async () => {
    const count = (await connections()).length;
    expect(await post('ops/check', { all: true })).toMatchObject({
      status: 202,
      body: { connections: count },
    });
    await service.drainQueues();
  });

  const whatToSend = 'Send JSON: {"connection": "<id>"} for one connection or {"all": true} for all.';
  test.each([
    ['half a JSON', 'ops/rotate', '{', 400, whatToSend],
    ['no body', 'ops/rotate', '', 400, whatToSend],
    ['nothing', 'ops/rotate', {}, 400, whatToSend],
    ['an unknown connection', 'ops/rotate', { connection: 'nobody' }, 404, 'There is no such connection.'],
    ['an unknown connection', 'ops/check', { connection: 'nobody' }, 404, 'There is no such connection.'],
    ['17 KB', 'ops/check', 'x'.repeat(17_000), 400, 'The body is larger than 16 KB.'],
  ])('who sends %s to %s gets a clear sentence', async (_, path, body, status, error) => {
    const code = status === 404 ? 'CONNECTION_UNKNOWN' : 'INPUT_INVALID';
    expect(await post(path, body)).toEqual({ status, body: { error, code } });
  });

  test('is told when the provider is unavailable, and when to come back', async () => {
    const connection = await connect('google-health');
    world.simulators['google-health'].faults.add(ada.id, {
      endpoint: 'token',
      times: 1,
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': '60' },
      body: '{}',
    });
    const answer = await post('ops/rotate', { connection: connection.id });
    expect(answer).toMatchObject({ status: 502, body: { outcome: 'failed', code: 'RATE_LIMITED' } });
    expect(Date.parse(String(answer.body.retryAt))).toBeGreaterThan(Date.now() + 50_000);
  });
});

test('the operator moves wearers to the successor, and sees how far that is', async () => {
  const connection = await connect('fitbit');
  const before = world.phone.texts().length;
  const refused = await post('ops/reconnect', { provider: 'google-health' });
  expect(refused).toEqual({
    status: 400,
    body: {
      error:
        'Send JSON such as {"provider": "fitbit"}. Only a provider that has a successor can be named: fitbit.',
      code: 'INPUT_INVALID',
    },
  });
  const answer = await post('ops/reconnect', { provider: 'fitbit' });
  expect(answer).toMatchObject({ status: 202, body: { campaigns: [{ provider: 'fitbit' }] } });
  const texts = await afterTheJob({ told: 1, waiting: 0 }, before);
  expect(texts).toHaveLength(1);
  expect(texts[0]?.body).toMatch(/Google Health.*\/m\/[\w-]{22}/);

  await connect('google-health');
  expect((await connections()).find(({ id }) => id === connection.id)?.provider).toBe('google-health');
  await post('ops/reconnect', { provider: 'fitbit' });
  await afterTheJob({ told: 0, waiting: 0 }, before);
});

/** @returns the texts since then */
async function afterTheJob(counts: object, before: number) {
  await service.drainQueues();
  const status = await (await fetch(`${service.url}/api/ops/status`)).json();
  expect(status).toMatchObject({ campaigns: [{ provider: 'fitbit', ...counts }] });
  return world.phone.texts().slice(before);
}

test('the status shows every connection with its state, and nothing of its wearer', async () => {
  const connection = await connect('google-health');
  const response = await fetch(`${service.url}/api/ops/status`);
  expect(response.status).toBe(200);
  const text = await response.text();
  const status = JSON.parse(text) as { connections: Record<string, unknown>[]; runs: { kind: string }[] };
  const shown = status.connections.find((each) => each.connection === connection.id);
  expect(shown).toMatchObject({
    provider: 'google-health',
    state: 'connected',
    consent: connection.pointer!.consent,
    generation: 1,
    missingScopes: [],
  });
  expect(status.runs.map(({ kind }) => kind).sort()).toEqual([
    'check-battery',
    'delivery-report',
    'rotate-token',
  ]);
  for (const secret of [...world.simulators['google-health'].issuedSecrets(), '4255550123'])
    expect(text).not.toContain(secret);
});

describe('health', () => {
  test('says that everything is configured', async () => {
    const response = await fetch(`${service.url}/api/health`);
    expect(await response.json()).toEqual({
      status: 'up',
      configured: true,
      ready: { tokens: true, texts: true, emails: true },
      missing: [],
      failing: [],
    });
  });

  test('a service without credentials starts, and says by name what is missing', async () => {
    const bare = await startBeside({
      settings: {
        ...Object.fromEntries(providerIds.map((id) => [settingNamesOf(id).clientId, ''])),
        ...{ SMS_FROM: '', ACS_ENDPOINT: '' },
      },
    });
    const health = await fetch(`${bare.url}/api/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({
      status: 'up',
      configured: false,
      ready: { tokens: false, texts: false, emails: false },
      missing: ['GOOGLE_HEALTH_CLIENT_ID', 'ACS_ENDPOINT', 'SMS_FROM'],
      failing: [],
    });
    const signup = await fetch(`${bare.url}/signup`);
    expect(signup.status).toBe(503);
    const page = await signup.text();
    expect(page).toContain('<code>GOOGLE_HEALTH_CLIENT_ID</code>');
    expect(page).toContain('<code>SMS_FROM</code>');
  });

  test('a provider without its secret in the vault is not offered, and is within ten seconds of its being there', async () => {
    const snapshot = world.keyVault.snapshot();
    const kept = snapshot.secrets.filter(({ name }) => name !== 'fitbit-client-secret');
    world.keyVault.restore({ ...snapshot, secrets: kept });
    // Another instance: what was there is believed for a minute.
    let passedMs = 0;
    const fresh = await startBeside({
      adaptServices: (services) => ({
        ...services,
        clock: { ...services.clock, now: () => services.clock.now() + passedMs },
      }),
    });
    const isOffered = async () =>
      (await createBrowser().open(`${fresh.url}/signup`)).text.includes('value="fitbit"');
    await expect(isOffered()).resolves.toBe(false);
    world.keyVault.restore(snapshot);
    passedMs = 10_000;
    await expect(isOffered()).resolves.toBe(true);
  }, 30_000);
});

test('no page, answer or log of this whole file shows a token, a secret or a phone number', () => {
  const written = JSON.stringify(logs);
  const secrets = [
    ...Object.values(world.simulators).flatMap((simulator) => simulator.issuedSecrets()),
    '4255550123',
  ];
  expect(secrets.length).toBeGreaterThan(20);
  for (const secret of secrets) expect(written).not.toContain(secret);
});

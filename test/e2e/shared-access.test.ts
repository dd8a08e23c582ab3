/** Access in the hands of somebody else, over HTTP: what they can have, and how a wearer is told of it and ends it. */
import { HttpRequest, InvocationContext } from '@azure/functions';
import { createBrowser } from '../../local/browser';
import { signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import type { Call } from '../../local/serve';
import { documentedFault, faultThatMeans } from '../../local/simulators/documented-faults';
import { loginKey } from '../../src/domain/store/row-keys';
import { providerApi } from '../../src/functions/sharing/provider-api';
import type { ProviderId } from '../../src/model';
import { logs, service, startBeside, useLocalService, world } from '../support/local-service';

const sharedWith = 'the sleep study of Example University';

const calls: { call: Call; body: string }[] = [];
let shiftMs = 0;
/** Lets calls to an API wait for each other. */
let together: ((call: Call) => Promise<void>) | undefined;

useLocalService({
  tap: {
    async before(call) {
      calls.push({ call, body: await call.request.clone().text() });
      await together?.(call);
      return 'go on' as const;
    },
  },
  settings: { SHARED_WITH: sharedWith },
  // Nobody waits for real seconds, and a token is a minute old when a test says so.
  adaptServices: (services) => {
    const { clock } = services;
    return {
      ...services,
      clock: { ...clock, now: () => clock.now() + shiftMs, sleep: (ms) => clock.sleep(ms / 50) },
    };
  },
});

beforeEach(() => {
  calls.splice(0);
  shiftMs += 61_000;
});

async function connect(provider: ProviderId): Promise<{ id: string; page: string }> {
  const page = await signUpAs({ serviceUrl: service.url, provider, number: '', wearer: ada.id });
  expect(page.status).toBe(200);
  for await (const { value } of service.services.tables.connections.list()) {
    if (value.provider === provider && value.closedAt === undefined) {
      return { id: value.id, page: page.url };
    }
  }
  throw new Error('There is no connection.');
}

const at = (id: string, rest: string) => `${service.url}/api/connections/${id}/${rest}`;
const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

/** Holds the first `count` calls to a path until all of them are there, so that none sees what another's refresh brings. */
function allAtOnce(count: number, path: string): (call: Call) => Promise<void> {
  let arrived = 0;
  let open = (): void => undefined;
  const allThere = new Promise<void>((resolve) => (open = resolve));
  return async ({ request }) => {
    if (!request.url.includes(path) || arrived >= count) return;
    arrived += 1;
    if (arrived === count) open();
    await allThere;
  };
}

interface SharedToken {
  readonly access_token: string;
}

describe.each([
  ['google-health', 'v4/users/me/pairedDevices', 'v4/users/me/dataTypes/weight'],
  ['fitbit', '1/user/-/devices.json', '1/user/-/body/log/weight.json'],
] as const)('at %s', (provider, devices, weight) => {
  const simulator = () => world.simulators[provider];
  let id: string;
  beforeAll(async () => {
    ({ id } = await connect(provider));
  });

  test('the access token is one that works, in the words of RFC 6749', async () => {
    const response = await fetch(at(id, 'access-token'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const shared = (await response.json()) as SharedToken;
    expect(shared).toEqual({
      access_token: expect.any(String) as unknown,
      token_type: 'Bearer',
      expires_in: expect.any(Number) as unknown,
      scope: expect.stringContaining('settings') as unknown,
      connection: id,
      provider,
      user_id: expect.any(String) as unknown,
    });
    const authorization = `Bearer ${shared.access_token}`;
    const direct = await fetch(`${simulator().url}/${devices}`, { headers: { authorization } });
    expect(direct.status).toBe(200);
  });

  test('one that was refused is replaced', async () => {
    const before = (await (await fetch(at(id, 'access-token'))).json()) as SharedToken;
    const after = (await (
      await post(at(id, 'access-token'), { refused: before.access_token })
    ).json()) as SharedToken;
    expect(after.access_token).not.toBe(before.access_token);
    expect((await (await fetch(at(id, 'access-token'))).json()) as SharedToken).toMatchObject({
      access_token: after.access_token,
    });
  });

  test('a call brings what the provider answers', async () => {
    const response = await fetch(at(id, `api/${devices}`));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-answered-by')).toBe(provider);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toContain('Charge 6');
  });

  test('calls that are refused at the same moment share one refresh', async () => {
    simulator().faults.add(ada.id, faultThatMeans(provider, 'ACCESS_TOKEN_REFUSED', 5));
    const before = simulator().refreshCount(ada.id);
    together = allAtOnce(5, devices);
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(at(id, `api/${devices}`))));
    together = undefined;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(simulator().refreshCount(ada.id)).toBe(before + 1);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s goes there with its body, and headers that are for the API',
    async (method) => {
      const type = 'application/x-www-form-urlencoded';
      const response = await fetch(
        at(
          id,
          `api/${weight}?date=2026-11-21&code=the-function-key&%63ode=the-function-key&Code=of-the-api&unit=a%2Fb&key=k&access_token=t&$userProject=p`,
        ),
        {
          method,
          headers: {
            'content-type': type,
            'accept-language': 'de_DE',
            'content-encoding': 'gzip',
            'x-goog-fieldmask': 'name',
            'x-goog-user-project': 'project',
            'x-goog-api-key': 'key',
            'x-goog-authenticated-user-email': 'other@example.com',
            'if-match': '"1"',
            cookie: 'login=1',
            authorization: 'Bearer mine',
            'x-functions-key': 'the-function-key',
            'x-forwarded-for': '203.0.113.7',
          },
          body: 'weight=70',
        },
      );
      expect(response.status).toBe(404);
      expect(response.headers.get('x-answered-by')).toBe(provider);
      const [{ call, body } = { call: undefined, body: '' }, ...more] = calls.filter(
        ({ call: { path: at } }) => at === `/${weight}`,
      );
      expect(more).toEqual([]);
      expect(body).toBe('weight=70');
      expect(call?.method).toBe(method);
      expect(new URL(call!.request.url).search).toBe('?date=2026-11-21&Code=of-the-api&unit=a%2Fb');
      const headers = Object.fromEntries(call!.request.headers);
      expect(headers).toMatchObject({
        'content-type': type,
        'accept-language': 'de_DE',
        'content-encoding': 'gzip',
        'x-goog-fieldmask': 'name',
        'if-match': '"1"',
      });
      expect(headers['authorization']).toMatch(/^Bearer (?!mine)/);
      expect(
        Object.keys(headers).filter((name) => /cookie|function|forward|project|api-key|user/.test(name)),
      ).toEqual(['user-agent']);
      expect(JSON.stringify(headers)).not.toContain('the-function-key');
    },
  );

  test('a key in the address stays here, where the host has looked for it', async () => {
    await fetch(at(id, `api/${devices}?code=the-function-key&CODE=again&%63ode=twice&page=2`));
    const call = calls.find(({ call: { path } }) => path === `/${devices}`)?.call;
    expect(new URL(call!.request.url).search).toBe('?page=2');
  });

  test.each([
    ['within its API, in full', '/1/elsewhere?page=2', (url: string) => `${url}/1/elsewhere?page=2`],
    ['of another host', 'https://evil.example/1/elsewhere', () => null],
    ['of another host, without saying how', '//evil.example/1', () => null],
    ['of another port', 'http://127.0.0.1:1/1', () => null],
    ['with a name in it', 'USER@/1', () => null],
    ['that is no address', 'http://%', () => null],
  ])('a redirect %s', async (_, to, expected) => {
    const { url } = simulator();
    simulator().faults.add(ada.id, {
      ...{ kind: 'answer', endpoint: 'devices', times: 1 },
      ...{ status: 307, body: '' },
      headers: { location: to.replace('USER@', `${url.replace('//', '//user@')}`) },
    });
    const response = await fetch(at(id, `api/${devices}`), { redirect: 'manual' });
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(expected(url));
  });

  test.each([
    ['token', 'POST'],
    ['revoke', 'POST'],
    ['oauth2/token', 'POST'],
    ['1/oauth2/revoke', 'POST'],
    ['1.1/oauth2/introspect', 'POST'],
    ['', 'GET'],
    ['../../health', 'GET'],
    ['v4/../token', 'POST'],
    ['1/%2e%2e/oauth2/token', 'POST'],
    ['/evil.example/v4', 'GET'],
    ['1.1//oauth2/introspect', 'POST'],
    ['1.1/%6fauth2/introspect', 'POST'],
    ['1.1/oauth2%2fintrospect', 'POST'],
    ['1.1/OAUTH2/introspect', 'POST'],
    ['1.1/oauth2', 'POST'],
    ['1/..%2foauth2/revoke', 'POST'],
    ['1/%252e%252e/oauth2/token', 'POST'],
    ['v4/%zz', 'GET'],
    ['v4/%ff', 'GET'],
    ['@evil.example/v4', 'GET'],
    ['1/..;/oauth2/revoke', 'POST'],
    ['v4/..;/token', 'POST'],
    ['1/..%3b/oauth2/revoke', 'POST'],
    ['1/a;b=c/devices.json', 'GET'],
    ['1/oauth2;/revoke', 'POST'],
    ['1/oauth2%20/token', 'POST'],
    ['1/%20oauth2/token', 'POST'],
    ['1/oauth2%09/token', 'POST'],
    ['1/oauth2%00/token', 'POST'],
    ['1/oauth2./token', 'POST'],
    ['1/.../oauth2/token', 'POST'],
    ['1/oauth2%c2%a0/token', 'POST'],
    ['1/%ef%bd%8fauth2/token', 'POST'],
    ['1/user/-//devices.json', 'GET'],
    ['v4/users/me/', 'GET'],
  ])('what is no path of the API, such as "%s", is not called', async (path, method) => {
    const response = await fetch(at(id, `api/${path}`), { method });
    expect([400, 404, 200]).toContain(response.status);
    if (response.status === 200) expect(await response.json()).toMatchObject({ status: 'up' });
    expect(response.headers.get('x-answered-by')).toBeNull();
    expect(calls.filter(({ call }) => call.server.includes('simulator'))).toEqual([]);
  });

  test.each([
    ['its body', (token: string) => ({ body: `{"message":"Access token invalid: ${token}"}` })],
    ['a header', (token: string) => ({ body: '{}', headers: { etag: `"${token}"` } })],
  ])('an answer that repeats the access token in %s is not handed on', async (_, repeat) => {
    const shared = (await (await fetch(at(id, 'access-token'))).json()) as SharedToken;
    simulator().faults.add(ada.id, {
      ...{ kind: 'answer', endpoint: 'devices', times: 1, status: 400 },
      ...repeat(shared.access_token),
    });
    const response = await fetch(at(id, `api/${devices}`));
    expect(response.status).toBe(502);
    expect(response.headers.get('etag')).toBeNull();
    expect(await response.json()).toMatchObject({ code: 'ANSWER_UNREADABLE' });
  });

  test('an answer that is a page is none of ours', async () => {
    simulator().faults.add(ada.id, {
      ...{ kind: 'answer', endpoint: 'devices', times: 1 },
      ...{ status: 502, headers: { 'content-type': 'text/html' }, body: '<script>1</script>' },
    });
    const response = await fetch(at(id, `api/${devices}`));
    expect(response.status).toBe(502);
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('what goes wrong is said, with a code', () => {
  test('a connection that is not there', async () => {
    for (const rest of ['access-token', 'api/v4/users/me/settings']) {
      const response = await fetch(at('nobody', rest));
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        error: 'There is no such connection.',
        code: 'CONNECTION_UNKNOWN',
      });
    }
    expect((await fetch(at('no%20body', 'access-token'))).status).toBe(404);
  });

  test.each([['{'], [{}], [{ refused: '' }], [{ refused: 'x', more: 1 }], [{ refused: 7 }]])(
    'a body that says nothing of a token: %j',
    async (body) => {
      const { id } = await connect('fitbit');
      const response = await post(at(id, 'access-token'), body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: expect.stringContaining('Send JSON: {"refused"') as string,
        code: 'INPUT_INVALID',
      });
    },
  );

  test('a body that is too large', async () => {
    const { id } = await connect('fitbit');
    const response = await post(at(id, 'api/1/user/-/activities.json'), 'x'.repeat(1024 * 1024 + 1));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'The body is larger than 1024 KB.',
      code: 'INPUT_INVALID',
    });
  });

  test('a token that was made just now and is refused', async () => {
    const { id } = await connect('fitbit');
    const shared = (await (await fetch(at(id, 'access-token'))).json()) as SharedToken;
    const response = await post(at(id, 'access-token'), { refused: shared.access_token });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await response.json()).toMatchObject({ code: 'ACCESS_TOKEN_REFUSED' });
  });

  test('a method that is none of them', async () => {
    const response = await providerApi(service.services)(
      new HttpRequest({ method: 'patch', url: at('nobody', 'api/v4/users/me'), params: { id: 'nobody' } }),
      new InvocationContext({ functionName: 'providerApi', logHandler: () => undefined }),
    );
    // As far as PATCH gets: "patch" is taken for it, as the host does.
    expect(response.status).toBe(404);
  });

  test('a service that shares with nobody', async () => {
    const { id } = await connect('fitbit');
    const alone = await startBeside();
    const response = await fetch(`${alone.url}/api/connections/${id}/access-token`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'NOT_CONFIGURED' });
    expect(logs.filter(({ message }) => message.includes('function.failed'))).toEqual([]);
  });

  test('a provider that asks to wait', async () => {
    const { id } = await connect('fitbit');
    const shared = (await (await fetch(at(id, 'access-token'))).json()) as SharedToken;
    shiftMs += 61_000;
    world.simulators.fitbit.faults.add(ada.id, documentedFault('fitbit.token.rate_limit_exceeded'));
    const response = await post(at(id, 'access-token'), { refused: shared.access_token });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(1_000);
    expect(await response.json()).toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('the wearer', () => {
  test('is told before consenting, and on the privacy page', async () => {
    const browser = createBrowser();
    const form = await browser.open(`${service.url}/signup`);
    expect(form.text).toContain(`shared with <strong>${sharedWith}</strong>`);
    expect(form.text).not.toContain('for nothing else');
    const privacy = await browser.open(`${service.url}/privacy`);
    expect(privacy.text).toContain(`<strong>${sharedWith}</strong> can use your access`);
    expect(privacy.text).not.toContain('for nothing else');
  });

  test('ends it on the personal page, and begins it again by reconnecting', async () => {
    const { id, page } = await connect('google-health');
    const browser = createBrowser();
    const before = await browser.open(page);
    expect(before.text).toContain(`Your access is shared with <strong>${sharedWith}</strong>`);
    const after = await browser.submit(before, { action: 'end-sharing' });
    expect(after.text).toContain('Sharing is off.');
    expect(after.text).toContain(
      `If you reconnect, your access is shared with <strong>${sharedWith}</strong>`,
    );
    for (const rest of ['access-token', 'api/v4/users/me/settings']) {
      const response = await fetch(at(id, rest));
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'NOT_SHARED' });
    }
    const consent = await browser.submit(after, { action: 'reconnect' });
    await browser.submit(consent, { wearer: ada.id, decision: 'allow' });
    expect((await fetch(at(id, 'access-token'))).status).toBe(200);
  });

  test('who was not told is not shared: a form that did not say so', async () => {
    const response = await fetch(`${service.url}/signup`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ phone: '', provider: 'google-health', shared: 'somebody else' }),
    });
    const state = new URL(response.headers.get('location')!).searchParams.get('state')!;
    const login = await service.services.tables.logins.get(loginKey(state));
    expect(login?.value.sharedWith).toBeUndefined();
  });

  test('finds it in the export', async () => {
    const { page } = await connect('google-health');
    const everything = (await (await fetch(`${page}/export`)).json()) as object;
    expect(everything).toMatchObject({ connection: { sharedWith } });
  });
});

test('nothing of it is in the log: no token, no path, no header', () => {
  const text = logs.map(({ message }) => message).join('\n');
  expect(text).toContain('"event":"access_token.shared"');
  expect(text).toContain('"event":"api.called"');
  const secrets = [...Object.values(world.simulators).flatMap((simulator) => simulator.issuedSecrets())];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).not.toMatch(/the-function-key|weight|devices\.json/);
});

describe('a platform that has its own names for people', () => {
  const put = (path: string, body: unknown) =>
    fetch(`${service.url}/api/connections/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const get = (path: string) => fetch(`${service.url}/api/connections${path}`);

  test('names a connection, and finds it by its name everywhere', async () => {
    const { id } = await connect('google-health');
    const named = await put(`${id}/label`, { label: 'p-17' });
    expect([named.status, await named.json()]).toEqual([200, { connection: id, label: 'p-17' }]);

    expect(await (await get('')).json()).toMatchObject({
      connections: expect.arrayContaining([
        expect.objectContaining({ connection: id, label: 'p-17', state: 'connected' }),
      ]) as unknown[],
      next: null,
    });
    await service.invokeTimer('checkBatteries');
    await service.drainQueues();
    const one = await get('/label:p-17');
    expect(await one.json()).toMatchObject({
      connection: id,
      devices: expect.arrayContaining([expect.objectContaining({ model: 'Charge 6' })]) as unknown[],
    });
    expect((await fetch(at('label:p-17', 'access-token'))).status).toBe(200);
    expect((await fetch(at('label:p-17', 'api/v4/users/me/pairedDevices'))).status).toBe(200);
  });

  test('is told what is wrong', async () => {
    const { id } = await connect('google-health');
    expect((await put(`${id}/label`, { label: 'a b' })).status).toBe(400);
    expect((await put('label:nobody/label', { label: 'x' })).status).toBe(404);
    expect((await get('/label:nobody')).status).toBe(404);
    expect((await get('?limit=0')).status).toBe(400);
    expect((await fetch(at('label:nobody', 'access-token'))).status).toBe(404);
  });
});

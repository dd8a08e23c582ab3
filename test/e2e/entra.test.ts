/** Microsoft Entra sign-in over HTTP: what asks for it, what never does, and what the log says of a caller. */
import { registeredHttp } from '../../local/runner/registered-routes';
import type { Call } from '../../local/serve';
import { signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { logs, service, useLocalService } from '../support/local-service';

const id = '11111111-2222-3333-4444-555555555555';
const calls: Call[] = [];
let connection: string;

useLocalService({
  tap: {
    before(call) {
      calls.push(call);
      return Promise.resolve('go on');
    },
  },
  settings: { SHARED_WITH: 'the sleep study', ENTRA_CLIENT_ID: '00000000-0000-0000-0000-000000000004' },
});

beforeAll(async () => {
  await signUpAs({ serviceUrl: service.url, provider: 'fitbit', number: '', wearer: ada.id });
  for await (const { value } of service.services.tables.connections.list()) connection = value.id;
});

beforeEach(() => void logs.splice(0));

/** What the platform writes once it has checked a token. */
function signedIn(...roles: string[]): Record<string, string> {
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const claims = [
    { typ: 'oid', val: id },
    { typ: 'exp', val: String(exp) },
  ];
  const principal = { auth_typ: 'aad', claims: [...claims, ...roles.map((val) => ({ typ: 'roles', val }))] };
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64') };
}

const routes = registeredHttp().flatMap(({ name, options: { methods = [], route = '', authLevel } }) =>
  methods.map((method) => ({ name, method, authLevel, path: `/${route}` })),
);
const guarded = routes.filter(({ authLevel }) => authLevel === 'function');
const ofStaff = routes.filter(({ path }) => path.startsWith('/api/ops/board'));
const open = routes.filter((route) => route.authLevel !== 'function' && !ofStaff.includes(route));

function send(path: string, method = 'GET', headers: Record<string, string> = {}, body?: string) {
  const filled = path
    .replace('{id}', connection)
    .replace('{*path}', '1/user/-/devices.json')
    .replace(/\{[^}]*\}/, 'x');
  return fetch(service.url + filled, { method, headers, redirect: 'manual', ...(body && { body }) });
}

test('every function with a key asks for it, and no other one', async () => {
  expect(guarded.map(({ name }) => name)).toEqual(expect.arrayContaining(['opsStatus', 'connectionLabel']));
  for (const { method, path } of guarded) {
    const answers = [
      await send(path, method),
      await send(path, method, { authorization: 'Bearer somebody', 'x-functions-key': 'a-key' }),
      await send(path, method, { 'x-ms-client-principal': 'forged' }),
    ];
    expect([method, path, ...answers.map(({ status }) => status)]).toEqual([method, path, 401, 401, 401]);
    expect(answers[0]!.headers.get('www-authenticate')).toBe('Bearer');
  }
  for (const { method, path } of open) {
    const { status } = await send(path, method);
    expect([method, path, status === 401 || status === 403]).toEqual([method, path, false]);
  }
});

test('the board is closed while the authentication of the platform is off, whoever asks', async () => {
  expect(ofStaff.length).toBeGreaterThan(3);
  for (const { method, path } of ofStaff) {
    const answers = [await send(path, method), await send(path, method, signedIn('operator'))];
    expect([method, path, ...answers.map(({ status }) => status)]).toEqual([method, path, 401, 401]);
  }
});

test('a role opens its own functions only', async () => {
  for (const { method, path } of guarded) {
    const [role, other] = path.startsWith('/api/ops/') ? ['operator', 'platform'] : ['platform', 'operator'];
    const refused = await send(path, method, signedIn(other));
    expect([method, path, refused.status]).toEqual([method, path, 403]);
    if (method !== 'HEAD') {
      expect(await refused.json()).toMatchObject({
        code: 'ROLE_MISSING',
        error: expect.stringContaining(`"${role}"`) as string,
      });
    }
    const { status } = await send(path, method, signedIn(role));
    expect([method, path, [401, 403].includes(status)]).toEqual([method, path, false]);
  }
});

test('who has signed in gets what was asked for, and the log says who it was', async () => {
  const status = await send('/api/ops/status', 'GET', signedIn('operator'));
  expect(((await status.json()) as { connections: object[] }).connections).toHaveLength(1);
  const shared = await send('/api/connections/{id}/access-token', 'GET', signedIn('platform'));
  expect(await shared.json()).toMatchObject({ token_type: 'Bearer' });
  const lines = logs.map(({ message }) => JSON.parse(message) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { event: 'caller.admitted', function: 'opsStatus', caller: 'entra', principal: id },
    { event: 'caller.admitted', function: 'accessToken', caller: 'entra', principal: id },
    { event: 'access_token.shared', connection, caller: 'entra', principal: id },
  ]);
});

test('nothing about the caller goes on to the provider', async () => {
  calls.splice(0);
  const headers = {
    ...signedIn('platform'),
    authorization: 'Bearer of-the-caller',
    'x-ms-token-aad-access-token': 'y',
  };
  const answer = await send('/api/connections/{id}/api/{*path}', 'GET', headers);
  expect([answer.status, answer.headers.get('x-answered-by')]).toEqual([200, 'fitbit']);
  const sent = calls.map(({ request }) => [...request.headers]);
  expect(sent.length).toBeGreaterThan(0);
  expect(JSON.stringify(sent)).not.toMatch(/x-ms-client-principal|x-ms-token|of-the-caller/);
});

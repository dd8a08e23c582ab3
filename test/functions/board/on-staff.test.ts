/** Who may see the board, and what everybody else is told. */
import { HttpRequest, InvocationContext } from '@azure/functions';
import { createLocalLinks, type LocalLinks } from '../../../src/adapters/local-links';
import { createLog } from '../../../src/adapters/log';
import { mayAct, onStaff, type Staff } from '../../../src/functions/board/on-staff';
import type { CallerKind, StaffRole, StaffSignIn } from '../../../src/model';
import type { Services } from '../../../src/services';
import { createTestWorld } from '../../support/world';

const id = '11111111-2222-3333-4444-555555555555';
const world = createTestWorld();

/** As the platform writes it once somebody has signed in with a browser. */
function signedIn(roles: readonly string[], { seconds = 3_600, name = 'Grace Coordinator' } = {}) {
  const claims = [
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: id },
    { typ: 'exp', val: String(world.clock.now() / 1_000 + seconds) },
    { typ: 'name', val: name },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ];
  const header = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64');
  return { 'x-ms-client-principal': header };
}

interface Visit {
  readonly signIn: StaffSignIn;
  readonly callers?: CallerKind;
  readonly headers?: Record<string, string>;
  readonly role?: StaffRole;
  readonly method?: 'GET' | 'POST';
  readonly query?: string;
  readonly localLinks?: LocalLinks;
}

async function visit({ signIn, callers = 'entra', role = 'coordinator', method = 'GET', ...more }: Visit) {
  const lines: Record<string, unknown>[] = [];
  const take = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const logging = createLog('debug', { debug: take, info: take, warn: take, error: take });
  const links = more.localLinks === undefined ? {} : { localLinks: more.localLinks };
  const services: Services = { ...world.ports, ...logging, callers, staffSignIn: signIn, ...links };
  let seen: Staff | undefined;
  const handler = onStaff(services, role, (_request, staff) => {
    seen = staff;
    return Promise.resolve({ status: 200, body: 'the board' });
  });
  const answer = await handler(
    new HttpRequest({
      method,
      url: `https://tokens.example.com/api/ops/board/c1${more.query ?? ''}`,
      headers: more.headers ?? {},
    }),
    new InvocationContext({ functionName: 'board', logHandler: (_level, line) => take(String(line)) }),
  );
  const headers = answer.headers as Record<string, string>;
  return { seen, status: answer.status, body: String(answer.body), headers, cookies: answer.cookies, lines };
}

describe('with App Service authentication', () => {
  test('nobody sees the board before signing in, and comes back to the same page afterwards', async () => {
    const { seen, status, headers } = await visit({ signIn: 'platform', query: '?rank=low' });
    expect([seen, status, headers['location']]).toEqual([
      undefined,
      303,
      '/.auth/login/aad?post_login_redirect_uri=%2Fapi%2Fops%2Fboard%2Fc1%3Frank%3Dlow',
    ]);
  });

  test('a form of somebody whose sign-in has ended changes nothing, and is told so', async () => {
    const headers = signedIn(['operator'], { seconds: -301 });
    const { seen, status, body } = await visit({ signIn: 'platform', method: 'POST', headers });
    expect([seen, status]).toEqual([undefined, 401]);
    expect(body).toContain('Your sign-in has ended, and nothing was changed.');
  });

  test.each<[readonly string[], StaffRole, Partial<Staff> | undefined]>([
    [['coordinator'], 'coordinator', { id, name: 'Grace Coordinator', roles: ['coordinator'] }],
    [['operator'], 'operator', { roles: ['operator'] }],
    [['operator'], 'coordinator', { roles: ['operator'] }],
    [
      ['coordinator:north', 'coordinator:south'],
      'coordinator',
      { roles: ['coordinator'], sites: ['north', 'south'] },
    ],
    [['coordinator:north', 'operator'], 'operator', { roles: ['operator'] }],
    [['coordinator'], 'operator', undefined],
    [['coordinator:north'], 'operator', undefined],
    [['platform'], 'coordinator', undefined],
    [['coordinator:'], 'coordinator', undefined],
    [
      ['coordinator:K%C3%B6ln%20Nord', 'coordinator:100%'],
      'coordinator',
      { roles: ['coordinator'], sites: ['Köln Nord', '100%'] },
    ],
    [[], 'coordinator', undefined],
  ])('roles %j for what needs "%s"', async (roles, role, expected) => {
    const { seen, status, body, lines } = await visit({ signIn: 'platform', headers: signedIn(roles), role });
    if (expected) {
      expect(status).toBe(200);
      expect(seen).toMatchObject(expected);
      expect(seen?.sites).toEqual(expected.sites);
      expect(lines).toMatchObject([{ event: 'staff.admitted', function: 'board', principal: id }]);
      return;
    }
    expect([seen, status]).toEqual([undefined, 403]);
    expect(body).toContain(`This needs the app role &quot;${role}&quot;, which you do not have.`);
    expect(lines).toMatchObject([{ event: 'request.refused', code: 'ROLE_MISSING', principal: id }]);
  });

  test('the log says who it was by an opaque id, and holds no name', async () => {
    const { lines } = await visit({ signIn: 'platform', headers: signedIn(['coordinator']) });
    expect(JSON.stringify(lines)).not.toContain('Grace');
  });
});

test.each<[CallerKind, string]>([
  ['entra', 'which is switched off for this app'],
  ['key', 'which is not set up'],
])(
  'while the authentication is off (%s), a header that somebody has written opens nothing',
  async (callers, sentence) => {
    const { seen, status, body } = await visit({ signIn: 'off', callers, headers: signedIn(['operator']) });
    expect([seen, status]).toEqual([undefined, 401]);
    expect(body).toContain(sentence);
  },
);

test('the header opens nothing on a machine where a link signs in', async () => {
  const localLinks = createLocalLinks(world.clock, world.ports.random);
  const { seen, status, body } = await visit({
    signIn: 'local link',
    headers: signedIn(['operator']),
    localLinks,
  });
  expect([seen, status]).toEqual([undefined, 401]);
  expect(body).toContain('The board opens with a one-time link');
});

describe('a local link', () => {
  const localLinks = createLocalLinks(world.clock, world.ports.random);
  const open = (link: string) =>
    visit({ signIn: 'local link', callers: 'local', localLinks, query: `?link=${link}` });
  const come = (cookie: string) =>
    visit({ signIn: 'local link', callers: 'local', localLinks, headers: { cookie }, role: 'coordinator' });

  test('signs its user in once, and leaves the address without it', async () => {
    const link = localLinks.create();
    const { status, headers, cookies } = await open(link);
    expect([status, headers['location']]).toEqual([303, '/api/ops/board/c1']);
    const { name, value, httpOnly, sameSite } = cookies![0]!;
    expect([name, httpOnly, sameSite]).toEqual(['__Host-board', true, 'Lax']);
    expect((await come(`${name}=${value}`)).seen).toMatchObject({ id: 'local', roles: ['operator'] });
    expect((await open(link)).status).toBe(401);
  });

  test('can be for one site', async () => {
    const { cookies } = await open(localLinks.create(['north']));
    const { seen } = await come(`__Host-board=${cookies![0]!.value}`);
    expect(seen).toEqual({ id: 'local', name: 'Local developer', roles: ['coordinator'], sites: ['north'] });
  });

  test('ends after a day, and so does its session', async () => {
    const [first, second] = [localLinks.create(), localLinks.create()];
    const { cookies } = await open(first);
    await world.clock.sleep(24 * 3_600_000);
    expect((await open(second)).status).toBe(401);
    expect((await come(`__Host-board=${cookies![0]!.value}`)).status).toBe(401);
  });
});

test('an operator may do what a coordinator may, and not the other way round', () => {
  expect(mayAct({ roles: ['operator'] }, 'coordinator')).toBe(true);
  expect(mayAct({ roles: ['coordinator'] }, 'operator')).toBe(false);
  expect(mayAct({ roles: ['coordinator'] }, 'coordinator')).toBe(true);
});

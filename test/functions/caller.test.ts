import { HttpRequest, InvocationContext } from '@azure/functions';
import { createLog } from '../../src/adapters/log';
import { onCall } from '../../src/functions/caller';
import type { AppRole, CallerKind } from '../../src/model';
import type { Services } from '../../src/services';
import { createTestWorld } from '../support/world';

const id = '11111111-2222-3333-4444-555555555555';
const world = createTestWorld();
const inAnHour = () => String(world.clock.now() / 1000 + 3_600);
const claim = (typ: string, val: unknown) => ({ typ, val });
const encode = (principal: unknown) => Buffer.from(JSON.stringify(principal)).toString('base64');
const principal = (...claims: object[]) => encode({ auth_typ: 'aad', claims, name_typ: 'n', role_typ: 'r' });
/** As the platform writes it for a program; `roles` are its app roles. */
const signedIn = (...roles: string[]) =>
  principal(
    claim('exp', inAnHour()),
    claim('oid', id),
    claim('name', 'Ada Operator'),
    claim('preferred_username', 'ada@example.com'),
    ...roles.map((role) => claim('roles', role)),
  );

interface Answered {
  readonly status?: number | undefined;
  readonly jsonBody?: unknown;
  readonly headers?: unknown;
}

async function call(
  callers: CallerKind,
  headers: Record<string, string>,
  role: AppRole = 'operator',
): Promise<{ answer: Answered; lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = [];
  const take = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const logging = createLog('debug', { debug: take, info: take, warn: take, error: take });
  const services: Services = { ...world.ports, ...logging, callers };
  const handler = onCall(services, role, async () => {
    await Promise.resolve();
    services.log.info('work.done', { connection: 'c1' });
    return { status: 200, jsonBody: 'done' };
  });
  const context = new InvocationContext({
    functionName: 'opsStatus',
    logHandler: (_level, line) => take(String(line)),
  });
  const request = new HttpRequest({
    method: 'GET',
    url: 'https://tokens.example.com/api/ops/status',
    headers,
  });
  return { answer: await handler(request, context), lines };
}

const withPrincipal = (header: string) => ({ 'x-ms-client-principal': header });

describe('without Entra sign-in', () => {
  test.each(['local', 'key'] as const)(
    'a caller by "%s" needs nothing more, and the log says so',
    async (kind) => {
      const { answer, lines } = await call(kind, {});
      expect(answer.status).toBe(200);
      expect(lines).toMatchObject([
        { event: 'caller.admitted', function: 'opsStatus', caller: kind },
        { event: 'work.done', connection: 'c1', caller: kind },
      ]);
    },
  );

  test('a header about the caller, which anybody can write, is not read', async () => {
    const { answer, lines } = await call('key', withPrincipal(signedIn('operator')));
    expect(answer.status).toBe(200);
    expect(lines.map(({ principal: who }) => who)).toEqual([undefined, undefined]);
  });
});

describe('with Entra sign-in', () => {
  test('who has the role is let in, and every line says by which id, never by which name', async () => {
    const { answer, lines } = await call('entra', withPrincipal(signedIn('platform', 'operator')));
    expect(answer).toMatchObject({ status: 200, jsonBody: 'done' });
    expect(lines).toMatchObject([
      { event: 'caller.admitted', function: 'opsStatus', caller: 'entra', principal: id },
      { event: 'work.done', connection: 'c1', caller: 'entra', principal: id },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Ada|ada@/);
  });

  test('the longer names that the platform gives claims are the same', async () => {
    const header = principal(
      claim('exp', inAnHour()),
      claim('http://schemas.microsoft.com/identity/claims/objectidentifier', id.toUpperCase()),
      claim('http://schemas.microsoft.com/ws/2008/06/identity/claims/role', 'operator'),
    );
    const { answer, lines } = await call('entra', withPrincipal(header));
    expect([answer.status, lines[0]?.['principal']]).toEqual([200, id]);
  });

  test.each<[string, string | undefined]>([
    ['no header', undefined],
    ['an empty one', ''],
    ['what is no base64', '%%% not base64 %%%'],
    ['base64 of no JSON', Buffer.from('operator').toString('base64')],
    ['JSON that is no object', encode('operator')],
    ['null', encode(null)],
    ['an object without claims', encode({ auth_typ: 'aad' })],
    ['claims that are no list', encode({ auth_typ: 'aad', claims: { typ: 'roles', val: 'operator' } })],
    [
      'a claim that is no text',
      principal(claim('exp', inAnHour()), claim('oid', id), claim('roles', ['operator'])),
    ],
    ['another identity provider', encode({ auth_typ: 'google', claims: [claim('roles', 'operator')] })],
    ['nobody’s id', principal(claim('exp', inAnHour()), claim('roles', 'operator'))],
    [
      'an id that could be a name',
      principal(claim('exp', inAnHour()), claim('oid', 'ada@example.com'), claim('roles', 'operator')),
    ],
    ['no end', principal(claim('oid', id), claim('roles', 'operator'))],
    [
      'an end that is no time',
      principal(claim('exp', 'never'), claim('oid', id), claim('roles', 'operator')),
    ],
    ['two headers in one', `${encode({})}, ${encode({})}`],
  ])('%s is no sign-in', async (_, header) => {
    const { answer, lines } = await call('entra', header === undefined ? {} : withPrincipal(header));
    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer' });
    expect(answer.jsonBody).toEqual({
      error:
        'Besides the function key, send a token of Microsoft Entra as "Authorization: Bearer <token>". docs/deploying.md, "Microsoft Entra sign-in", says how to get one.',
      code: 'NOT_SIGNED_IN',
    });
    expect(lines).toMatchObject([{ event: 'request.refused', code: 'NOT_SIGNED_IN', caller: 'entra' }]);
    expect(lines[0]).not.toHaveProperty('principal');
  });

  test.each([
    [0, 200],
    [5 * 60, 200],
    [5 * 60 + 1, 401],
  ])('a token that ended %d s ago is answered with %d', async (ago, status) => {
    const ended = claim('exp', String(world.clock.now() / 1000 - ago));
    const { answer } = await call(
      'entra',
      withPrincipal(principal(ended, claim('oid', id), claim('roles', 'operator'))),
    );
    expect(answer.status).toBe(status);
    if (status === 401) expect(JSON.stringify(answer.jsonBody)).toContain('This token has expired.');
  });

  test.each<[string, string[]]>([
    ['no role', []],
    ['another role', ['platform']],
    ['a role that begins with it', ['operators']],
    ['it in capitals', ['OPERATOR']],
    ['several in one', ['platform,operator']],
  ])('who has %s is told which one is missing', async (_, roles) => {
    const { answer, lines } = await call('entra', withPrincipal(signedIn(...roles)));
    expect(answer.status).toBe(403);
    expect(answer.jsonBody).toEqual({
      error:
        'This needs the app role "operator", which is not in your token. Somebody has to assign it to you in Microsoft Entra; then get a new token.',
      code: 'ROLE_MISSING',
    });
    expect(lines).toMatchObject([{ event: 'request.refused', code: 'ROLE_MISSING', principal: id }]);
  });

  test('a claim of another kind is no role, whatever the header calls the claim for roles', async () => {
    const claims = [claim('exp', inAnHour()), claim('oid', id), claim('name', 'operator')];
    const { answer } = await call(
      'entra',
      withPrincipal(encode({ auth_typ: 'aad', claims, role_typ: 'name' })),
    );
    expect(answer.status).toBe(403);
  });

  test('a page of another site cannot use the session of a browser', async () => {
    const headers = { ...withPrincipal(signedIn('operator')), 'sec-fetch-site': 'cross-site' };
    expect((await call('entra', headers)).answer.status).toBe(400);
  });
});

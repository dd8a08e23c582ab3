import { Hono } from 'hono';
import { functionNames, lookAfter } from '../../infra/after-deploy';
import { serve, type Server } from '../../local/serve';

const app = '/subscriptions/1/resourceGroups/rg-test/providers/Microsoft.Web/sites/func-test';

let azure: Server;
/** What Azure lists at one look after the other; the last for ever. */
let listed: (readonly string[])[];
let syncs: number[];
let asked: string[];
let health: () => Response;

beforeEach(async () => {
  listed = [functionNames()];
  syncs = [200];
  asked = [];
  health = () => Response.json({ status: 'up', configured: true, missing: [] });
  const next = <T>(answers: T[]): T => (answers.length > 1 ? answers.shift()! : answers[0]!);
  const server = new Hono();
  server.use(async (c, go) => {
    const { pathname, searchParams } = new URL(c.req.url);
    asked.push(`${c.req.method} ${pathname.replace(app, '')}`);
    if (pathname !== '/api/health') {
      expect(c.req.header('authorization')).toBe('Bearer token');
      expect(searchParams.get('api-version')).toBe('2024-11-01');
    }
    await go();
  });
  server.post(`${app}/host/default/sync`, () => new Response(null, { status: next(syncs) }));
  server.get(`${app}/functions`, (c) => {
    const names = (c.req.query('page') ? listed[0]! : next(listed)).map((name) => ({
      name: `func-test/${name}`,
    }));
    if (c.req.query('page')) return c.json({ value: names.slice(10) });
    const nextLink = `${azure.url}${app}/functions?api-version=2024-11-01&page=2`;
    return c.json({ value: names.slice(0, 10), ...(names.length > 10 && { nextLink }) });
  });
  server.get('/api/health', () => health());
  azure = await serve({ name: 'Azure', app: server, port: 0 });
});
afterEach(() => azure.close());

async function look(): Promise<{ problems: string[]; said: string[] }> {
  const said: string[] = [];
  const deployed = { manager: azure.url, token: 'token', app, healthUrl: `${azure.url}/api/health` };
  const problems = await lookAfter(deployed, (line) => void said.push(line), { tries: 3, pauseMs: 1 });
  return { problems, said };
}

test('a deployment is well when its triggers are synced, every function is listed and the service is healthy', async () => {
  const { problems, said } = await look();
  expect(problems).toEqual([]);
  expect(said).toEqual([
    'The triggers are synced.',
    `Azure knows all ${functionNames().length} functions.`,
    'Health: {"status":"up","configured":true,"missing":[]}',
  ]);
  expect(asked[0]).toBe('POST /host/default/sync');
  expect(functionNames()).toEqual(expect.arrayContaining(['rotateTokens', 'checkBatteries', 'health']));
});

test('functions that are listed late are waited for', async () => {
  listed = [[], functionNames().slice(0, 9), functionNames()];
  expect((await look()).problems).toEqual([]);
});

test('timers that Azure does not know are named', async () => {
  listed = [functionNames().filter((name) => !['rotateTokens', 'watchdog'].includes(name))];
  expect((await look()).problems).toEqual(['Azure does not know these functions: rotateTokens, watchdog.']);
});

test('a placeholder of the platform is no deployment', async () => {
  listed = [['WarmUp']];
  const [problem] = (await look()).problems;
  expect(problem).toContain('rotateTokens');
});

test('a refused sync is tried again, and said when it stays refused', async () => {
  syncs = [503, 200];
  expect((await look()).problems).toEqual([]);
  syncs = [403];
  expect((await look()).problems).toEqual([
    'Azure answered 403 when the triggers were synced. Timers may stand still: docs/operations.md, "Timers stand still, pages work".',
  ]);
});

test('a service that does not start is shown with what it says itself', async () => {
  listed = [['health']];
  health = () => Response.json({ status: 'down', problems: ['SMS_FROM'] }, { status: 503 });
  const { problems } = await look();
  expect(problems[1]).toBe(`${azure.url}/api/health answers 503: {"status":"down","problems":["SMS_FROM"]}`);
});

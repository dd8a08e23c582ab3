/** The imitation of the Functions worker, with a small app that is bundled as the service is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { startWorkerHost, type WorkerHost } from '../../local/runner/worker-host';

const folder = mkdtempSync(join(tmpdir(), 'worker-host-test-'));
const hosts: WorkerHost[] = [];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

async function bundle(name: string, contents: string): Promise<string> {
  const outfile = join(folder, `${name}.js`);
  await build({
    stdin: { contents, resolveDir: resolve(__dirname, '../..'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
    logLevel: 'error',
  });
  return outfile;
}

function load(file: string, env?: Record<string, string>): WorkerHost {
  const host = startWorkerHost(file, env);
  hosts.push(host);
  return host;
}

const app = `
  import { app, output } from '@azure/functions';
  const done = output.storageQueue({ queueName: 'done', connection: 'Storage' });

  app.http('greet', {
    authLevel: 'anonymous',
    methods: ['POST', 'GET'],
    route: 'greet/{name}',
    handler: async (request, context) => {
      context.warn('greeting', request.params.name);
      return {
        status: 201,
        headers: { 'x-key': request.headers.get('x-key') ?? '' },
        jsonBody: {
          method: request.method,
          name: request.params.name,
          q: request.query.get('q'),
          body: await request.text(),
          setting: process.env.GREETING ?? null,
        },
        cookies: [
          { name: 'state', value: 's', sameSite: 'Lax', secure: true, httpOnly: true, maxAge: 600, path: '/api' },
          { name: 'plain', value: 'p' },
        ],
      };
    },
  });
  app.http('nothing', { methods: ['GET'], handler: () => ({ status: 204, jsonBody: {} }) });
  app.http('broken', { handler: () => { throw new Error('no such luck'); } });
  app.timer('rotate', {
    schedule: '%ROTATION_SCHEDULE%',
    retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 30 } },
    handler: (timer) => timer,
  });
  app.storageQueue('work', {
    queueName: 'work',
    connection: 'Storage',
    extraOutputs: [done],
    handler: (message, context) => {
      if (message === 'throw') throw 'a text';
      const { id, dequeueCount } = context.triggerMetadata;
      context.extraOutputs.set(done, { message, dequeueCount, hasId: typeof id === 'string' });
    },
  });
  app.hook.preInvocation((context) => context.invocationContext.debug('hooked'));
  app.hook.appTerminate(() => console.log('goodbye'));
  console.log('loaded');
  process.stdout.write('without an end of line');
`;

let main: string;
beforeAll(async () => {
  main = await bundle('main', app);
});

test('list tells what the host would be told: bindings unresolved, retry options in seconds', async () => {
  const functions = await load(main).list();
  expect(functions.map(({ name }) => name)).toEqual(['greet', 'nothing', 'broken', 'rotate', 'work']);
  const bindingsOf = (index: number) => Object.values(functions[index]?.bindings ?? {});
  expect(bindingsOf(0)).toMatchObject([
    {
      type: 'httpTrigger',
      direction: 'in',
      authLevel: 'anonymous',
      methods: ['POST', 'GET'],
      route: 'greet/{name}',
    },
    { type: 'http', direction: 'out' },
  ]);
  expect(Object.keys(functions[0]?.bindings ?? {})[1]).toBe('$return');
  expect(bindingsOf(3)).toMatchObject([{ type: 'timerTrigger', schedule: '%ROTATION_SCHEDULE%' }]);
  expect(functions[3]?.retryOptions).toMatchObject({
    retryStrategy: 'fixedDelay',
    maxRetryCount: 2,
    delayInterval: { seconds: 30 },
  });
  expect(bindingsOf(4)).toMatchObject([
    { type: 'queueTrigger', direction: 'in', queueName: 'work', connection: 'Storage' },
    { type: 'queue', direction: 'out', queueName: 'done' },
  ]);
});

test('an HTTP function gets the request and its answer comes back in the format of the wire', async () => {
  const { response, error, logs } = await load(main, { GREETING: 'hello' }).http('greet', {
    headers: { 'X-Key': 'k' },
    query: { q: 'one&two' },
    params: { name: 'Ada' },
    body: '{"ü":1}',
  });
  expect(error).toBeUndefined();
  expect(response).toEqual({
    status: 201,
    headers: { 'content-type': 'application/json', 'x-key': 'k' },
    cookies: [
      {
        name: 'state',
        value: 's',
        sameSite: 'lax',
        secure: { value: true },
        httpOnly: { value: true },
        maxAge: { value: 600 },
        path: { value: '/api' },
      },
      { name: 'plain', value: 'p', sameSite: 'none' },
    ],
    body: JSON.stringify({ method: 'POST', name: 'Ada', q: 'one&two', body: '{"ü":1}', setting: 'hello' }),
  });
  expect(logs).toEqual([
    { level: 'debug', category: 'user', message: 'hooked' },
    { level: 'warning', category: 'user', message: 'greeting Ada' },
  ]);
});

test('settings of this process do not reach the app', async () => {
  process.env.GREETING = 'from outside';
  try {
    const { response } = await load(main).http('greet', { params: { name: 'Ada' } });
    expect(JSON.parse(response?.body ?? '')).toMatchObject({ setting: null });
  } finally {
    delete process.env.GREETING;
  }
});

test('a 204 has no body', async () => {
  const { response } = await load(main).http('nothing');
  expect(response).toEqual({ status: 204, headers: {}, cookies: [], body: '' });
});

test('an error that a handler throws is told, and the next invocation works', async () => {
  const host = load(main);
  const broken = await host.http('broken');
  expect(broken.error?.message).toBe('no such luck');
  expect(broken.error?.stack).toContain('no such luck');
  expect(broken.response).toBeUndefined();
  expect((await host.http('nothing')).response?.status).toBe(204);
});

test('a timer function gets the timer with names in camel case', async () => {
  const host = load(main);
  const scheduleStatus = { last: 'l', next: 'n', lastUpdated: 'u' };
  const { returnValue } = await host.timer('rotate', { isPastDue: true, scheduleStatus });
  expect(returnValue).toEqual({
    json: JSON.stringify({ schedule: { adjustForDST: true }, scheduleStatus, isPastDue: true }),
  });
  expect((await host.timer('rotate')).returnValue).toEqual({
    json: JSON.stringify({ schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false }),
  });
});

test.each([
  [{ a: 1 }, { a: 1 }],
  ['{"a":1}', { a: 1 }],
  ['7', 7],
  ['plain text', 'plain text'],
])('a queue function that is sent %j gets %j', async (data, message) => {
  const { outputData, error } = await load(main).queue('work', data, { DequeueCount: 3 });
  expect(error).toBeUndefined();
  expect(outputData).toEqual([
    {
      name: expect.stringMatching(/^queueOutput/),
      data: { json: JSON.stringify({ message, dequeueCount: 3, hasId: true }) },
    },
  ]);
});

test('a queue function that throws a text has failed, and its outputs are not written', async () => {
  const { error, outputData } = await load(main).queue('work', 'throw');
  expect([error, outputData]).toEqual([{ message: 'a text' }, []]);
});

test('an invocation of the wrong kind, or of no function, rejects with a reason', async () => {
  const host = load(main);
  await expect(host.timer('greet')).rejects.toThrow('"greet" has a httpTrigger, not a timerTrigger.');
  await expect(host.queue('missing', 1)).rejects.toThrow('Function code for "missing" is not loaded');
});

test('what the app writes by itself is kept apart from the answers', async () => {
  const host = load(main);
  expect(await host.list()).toHaveLength(5);
  expect(host.console()).toEqual(['loaded', 'without an end of line']);
  await host.close();
  expect(host.console()).toEqual(['loaded', 'without an end of line', 'goodbye']);
});

test('an app that throws while it loads has no functions, and list says why', async () => {
  const file = await bundle(
    'throws',
    `import { app } from '@azure/functions';
     app.http('one', { handler: () => ({}) });
     throw new Error('FITBIT_CLIENT_ID is missing');`,
  );
  await expect(load(file).list()).rejects.toThrow(
    `Worker was unable to load entry point "${file}": FITBIT_CLIENT_ID is missing`,
  );
});

test('a name that is registered twice stops the app', async () => {
  const file = await bundle(
    'twice',
    `import { app } from '@azure/functions';
     app.http('one', { handler: () => ({}) });
     app.http('one', { handler: () => ({}) });`,
  );
  await expect(load(file).list()).rejects.toThrow('A function with id "one" has already been registered.');
});

test('a function cannot be registered once the app has started', async () => {
  const file = await bundle(
    'late',
    `import { app } from '@azure/functions';
     app.http('one', { handler: () => app.http('two', { handler: () => ({}) }) });`,
  );
  const { error } = await load(file).http('one');
  expect(error?.message).toBe('A function can only be registered during app startup.');
});

test('an app that ends its process is told with what it wrote last', async () => {
  const file = await bundle(
    'exits',
    `import { app } from '@azure/functions';
     app.http('one', { handler: () => { console.error('going'); process.exit(3); } });`,
  );
  const host = load(file);
  await expect(host.http('one')).rejects.toThrow('The worker host ended (3):\ngoing');
  await expect(host.http('one')).rejects.toThrow('The worker host has ended.');
});

/** The runner against a small app of its own, over real HTTP and real queues (Azurite). */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpResponse, output, type InvocationContext, type Timer } from '@azure/functions';
import { QueueServiceClient, type QueueClient } from '@azure/storage-queue';
import type { Azurite } from '../../local/azurite';
import { readHostSettings } from '../../local/runner/host-settings';
import type { LogEntry } from '../../local/runner/run-invocation';
import { createRecordingApp, type FunctionApp } from '../../local/runner/recording-app';
import { runTimers, type TimerRunner } from '../../local/runner/run-timers';
import { startRunner, type Runner, type RunnerOptions } from '../../local/runner/runner';
import { borrowAzurite } from '../support/shared-azurite';

const folder = mkdtempSync(join(tmpdir(), 'runner-test-'));
const logs: LogEntry[] = [];
const runners: Runner[] = [];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
  logs.length = 0;
});

function writeHostJson(host: object = {}): string {
  const path = join(folder, `${randomUUID()}.json`);
  writeFileSync(path, JSON.stringify({ version: '2.0', ...host }));
  return path;
}

/** A runner whose queues and timers are driven by hand. */
async function run(
  register: (app: FunctionApp) => void,
  options: Partial<RunnerOptions> & { host?: object } = {},
): Promise<Runner> {
  const { host, ...others } = options;
  const runner = await startRunner({
    register,
    settings: {},
    hostJsonPath: writeHostJson(host),
    port: 0,
    storageConnectionString: 'UseDevelopmentStorage=true',
    onLog: (entry) => logs.push(entry),
    timers: false,
    queues: 'manual',
    ...others,
  });
  runners.push(runner);
  return runner;
}

/** A promise and the function that fulfils it. */
function createGate(): { promise: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

describe('registration', () => {
  const handler = () => ({});

  test('startRunner lists the functions in the order of their registration', async () => {
    const runner = await run((app) => {
      app.timer('tick', { schedule: '0 0 * * * *', handler });
      app.http('hello', { authLevel: 'function', handler });
    });
    expect(runner.functions.map(({ name, kind }) => [name, kind])).toEqual([
      ['tick', 'timer'],
      ['hello', 'http'],
    ]);
    expect(runner.functions[1]?.options).toMatchObject({ authLevel: 'function' });
  });

  test('a name that is registered twice is refused in the words of the worker', () => {
    const { app } = createRecordingApp();
    app.http('hello', { handler });
    expect(() => app.timer('hello', { schedule: '0 0 * * * *', handler })).toThrow(
      'A function with id "hello" has already been registered.',
    );
  });

  test.each([
    ['extraOutputs', { extraOutputs: [output.storageQueue({ queueName: 'q', connection: 'C' })] }],
    ['return', { return: output.storageQueue({ queueName: 'q', connection: 'C' }) }],
  ])('what the runner does not imitate is refused by name: %s', (option, options) => {
    const { app } = createRecordingApp();
    expect(() => app.timer('tick', { schedule: '0 0 * * * *', handler, ...options })).toThrow(
      `Function "tick": the local runner does not imitate ${option}.`,
    );
  });

  test('of retry policies the runner imitates those of timers with a fixed delay, and refuses the others', async () => {
    const fixed = { strategy: 'fixedDelay' as const, maxRetryCount: 1, delayInterval: 1000 };
    const { app } = createRecordingApp();
    const queue = { queueName: 'q', connection: 'C', handler, retry: fixed };
    expect(() => app.storageQueue('work', queue)).toThrow(
      'Function "work": the local runner does not imitate retry.',
    );
    const growing = {
      strategy: 'exponentialBackoff' as const,
      maxRetryCount: 1,
      minimumInterval: 1000,
      maximumInterval: 2000,
    };
    const start = run((app) => app.timer('tick', { schedule: '0 0 * * * *', handler, retry: growing }));
    await expect(start).rejects.toThrow(
      'Function "tick": the local runner does not imitate the retry strategy exponentialBackoff.',
    );
  });

  test('an app that registers through the runner never wakes the test mode of @azure/functions', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const runner = await run((app) => app.http('hello', { handler: (request) => ({ body: request.url }) }));
    await fetch(`${runner.url}/api/hello`);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('host.json and settings', () => {
  test('a host.json that says nothing has the defaults of the platform', () => {
    expect(readHostSettings(writeHostJson())).toEqual({
      routePrefix: 'api',
      functionTimeoutMs: 1_800_000,
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        visibilityTimeoutMs: 0,
        maxPollingIntervalMs: 60_000,
        messageEncoding: 'base64',
      },
    });
  });

  test('what host.json says is read, times in milliseconds', () => {
    const path = writeHostJson({
      functionTimeout: '00:10:00',
      logging: { logLevel: { default: 'Information' } },
      extensions: {
        http: { routePrefix: '/v1/' },
        queues: {
          batchSize: 8,
          newBatchThreshold: 4,
          maxDequeueCount: 3,
          visibilityTimeout: '1.00:00:30.5',
          maxPollingInterval: '00:00:05',
          messageEncoding: 'none',
        },
      },
    });
    expect(readHostSettings(path)).toEqual({
      routePrefix: 'v1',
      functionTimeoutMs: 600_000,
      queues: {
        batchSize: 8,
        newBatchThreshold: 4,
        maxDequeueCount: 3,
        visibilityTimeoutMs: 86_430_500,
        maxPollingIntervalMs: 5_000,
        messageEncoding: 'none',
      },
    });
  });

  test('functionTimeout -1 means unbounded', () => {
    expect(readHostSettings(writeHostJson({ functionTimeout: '-1' })).functionTimeoutMs).toBeUndefined();
  });

  test('a host.json with mistakes is refused with the path of every mistake', () => {
    const path = writeHostJson({
      functionTimeout: 'ten minutes',
      extensions: { queues: { batchSize: 33, messageEncoding: 'utf8' } },
    });
    const read = () => readHostSettings(path);
    expect(read).toThrow(path);
    expect(read).toThrow('functionTimeout');
    expect(read).toThrow('extensions.queues.batchSize');
    expect(read).toThrow('extensions.queues.messageEncoding');
  });

  test('a host.json that does not exist is refused by name', () => {
    expect(() => readHostSettings('/nowhere/host.json')).toThrow(
      '/nowhere/host.json cannot be read as JSON.',
    );
  });

  test('a schedule whose setting is missing is refused with function and setting', async () => {
    const start = run((app) => app.timer('rotate', { schedule: '%ROTATION_SCHEDULE%', handler: () => {} }));
    await expect(start).rejects.toThrow('Function "rotate" needs the setting ROTATION_SCHEDULE');
  });

  test('a queue name whose setting is empty is refused with function and setting', async () => {
    const start = run(
      (app) => app.storageQueue('work', { queueName: 'a-%QUEUE%', connection: 'Storage', handler: () => {} }),
      { settings: { QUEUE: '' } },
    );
    await expect(start).rejects.toThrow('Function "work" needs the setting QUEUE');
  });
});

describe('HTTP', () => {
  test('a handler gets method, url, headers, query, parameters and body, and its answer gets back', async () => {
    const runner = await run((app) =>
      app.http('echo', {
        methods: ['POST'],
        route: 'echo/{id}',
        handler: async (request) => ({
          status: 201,
          headers: { 'x-answer': 'yes' },
          jsonBody: {
            method: request.method,
            path: new URL(request.url).pathname,
            header: request.headers.get('X-Question'),
            query: request.query.get('q'),
            params: request.params,
            body: [...new Uint8Array(await request.arrayBuffer())],
          },
        }),
      }),
    );
    const response = await fetch(`${runner.url}/api/echo/a%20b?q=one%26two`, {
      method: 'POST',
      headers: { 'x-question': 'yes?' },
      body: new Uint8Array([0, 255, 10]),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      method: 'POST',
      path: '/api/echo/a%20b',
      header: 'yes?',
      query: 'one&two',
      params: { id: 'a b' },
      body: [0, 255, 10],
    });
  });

  test.each([
    ['files/{*path}', '/api/files/a/b/c.txt', { path: 'a/b/c.txt' }],
    ['files/{*path}', '/api/files', {}],
    ['people/{id}/{part?}', '/api/people/7/name', { id: '7', part: 'name' }],
    ['people/{id}/{part?}', '/api/people/7', { id: '7' }],
    ['people/{id}/{part?}', '/api/people/7/', { id: '7' }],
    [undefined, '/api/params', {}],
  ])('the route %s takes %s and fills %j', async (route, path, params) => {
    const handler = (request: { params: object }) => ({ jsonBody: request.params });
    const runner = await run((app) => app.http('params', route ? { route, handler } : { handler }));
    const response = await fetch(runner.url + path);
    expect([response.status, await response.json()]).toEqual([200, params]);
  });

  test('an empty route prefix puts the functions at the root', async () => {
    const runner = await run((app) => app.http('hello', { handler: () => ({ body: 'hi' }) }), {
      host: { extensions: { http: { routePrefix: '' } } },
    });
    expect(await (await fetch(`${runner.url}/hello`)).text()).toBe('hi');
  });

  test('of two routes that fit, the function whose name sorts first answers, as on the platform', async () => {
    const runner = await run((app) => {
      app.http('itemList', { route: 'items/list', handler: () => ({ body: 'list' }) });
      app.http('Item', { route: 'items/{id}', handler: () => ({ body: 'item' }) });
    });
    expect(await (await fetch(`${runner.url}/api/items/list`)).text()).toBe('item');
  });

  test.each([
    ['GET', '/api/nothing'],
    ['DELETE', '/api/hello'],
    ['HEAD', '/api/hello'],
    ['GET', '/hello'],
  ])('%s %s reaches no function and is answered by an empty 404', async (method, path) => {
    const runner = await run((app) => app.http('hello', { handler: () => ({ body: 'hi' }) }));
    const response = await fetch(runner.url + path, { method });
    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  test('two functions share a route by method', async () => {
    const runner = await run((app) => {
      app.http('readForm', { methods: ['GET'], route: 'form', handler: () => ({ body: 'read' }) });
      app.http('sendForm', { methods: ['POST'], route: 'form', handler: () => ({ body: 'sent' }) });
    });
    const ask = async (method: string) => (await fetch(`${runner.url}/api/form`, { method })).text();
    expect([await ask('GET'), await ask('POST')]).toEqual(['read', 'sent']);
  });

  test('GET reaches its handler without a body, and HEAD is answered without one', async () => {
    const bodies: unknown[] = [];
    const runner = await run((app) =>
      app.http('hello', {
        methods: ['GET', 'HEAD'],
        handler: async (request) => {
          bodies.push([request.method, request.body, await request.text()]);
          return { body: 'hi', headers: { 'x-seen': request.method } };
        },
      }),
    );
    const got = await fetch(`${runner.url}/api/hello`);
    const head = await fetch(`${runner.url}/api/hello`, { method: 'HEAD' });
    expect([got.status, await got.text()]).toEqual([200, 'hi']);
    expect([head.status, head.headers.get('x-seen'), await head.text()]).toEqual([200, 'HEAD', '']);
    expect(bodies).toEqual([
      ['GET', null, ''],
      ['HEAD', null, ''],
    ]);
  });

  test('a query parameter given twice arrives once, joined by a comma', async () => {
    const runner = await run((app) =>
      app.http('query', { handler: (request) => ({ jsonBody: [...request.query] }) }),
    );
    const response = await fetch(`${runner.url}/api/query?a=1&b=&a=2`);
    expect(await response.json()).toEqual([
      ['a', '1,2'],
      ['b', ''],
    ]);
  });

  test('x-forwarded-for is what the client claims and then the peer with its port', async () => {
    const runner = await run((app) =>
      app.http('from', { handler: (request) => ({ body: request.headers.get('x-forwarded-for') }) }),
    );
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${runner.url}/api/from`, { headers })).text();
    expect(await ask({})).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await ask({ 'x-forwarded-for': '203.0.113.7' })).toMatch(/^203\.0\.113\.7, 127\.0\.0\.1:\d+$/);
  });

  test('cookies are written as the host writes them', async () => {
    const runner = await run((app) =>
      app.http('cookies', {
        handler: () => ({
          cookies: [
            { name: 'plain', value: 'a b=(c)' },
            {
              name: 'state',
              value: 'x',
              sameSite: 'Lax',
              secure: true,
              httpOnly: true,
              maxAge: 600,
              path: '/api/oauth',
            },
            { name: 'gone', value: '', expires: new Date(0), domain: 'example.org', sameSite: 'None' },
          ],
        }),
      }),
    );
    expect((await fetch(`${runner.url}/api/cookies`)).headers.getSetCookie()).toEqual([
      'plain=a%20b%3D%28c%29; path=/',
      'state=x; max-age=600; path=/api/oauth; secure; samesite=lax; httponly',
      'gone=; expires=Thu, 01 Jan 1970 00:00:00 GMT; domain=example.org; path=/; samesite=none',
    ]);
  });

  test('of several Set-Cookie headers only the last one survives, as on the way to the host', async () => {
    const runner = await run((app) =>
      app.http('cookies', {
        handler: () => ({
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        }),
      }),
    );
    expect((await fetch(`${runner.url}/api/cookies`)).headers.getSetCookie()).toEqual(['b=2']);
  });

  test.each([204, 304])('status %i is answered without a body', async (status) => {
    const runner = await run((app) => app.http('empty', { handler: () => ({ status, jsonBody: { a: 1 } }) }));
    const response = await fetch(`${runner.url}/api/empty`);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  test('a handler may return an HttpResponse, or nothing for an empty 200', async () => {
    const runner = await run((app) => {
      app.http('object', { handler: () => new HttpResponse({ status: 202, body: 'taken' }) });
      app.http('nothing', { handler: () => undefined as never });
    });
    const [object, nothing] = [
      await fetch(`${runner.url}/api/object`),
      await fetch(`${runner.url}/api/nothing`),
    ];
    expect([object.status, await object.text()]).toEqual([202, 'taken']);
    expect([nothing.status, await nothing.text()]).toEqual([200, '']);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('no such luck')), 'no such luck'],
    ['returns a text', () => 'text' as never, 'The HTTP response must be an object'],
    ['has an impossible status', () => ({ status: 42 }), 'must be in the range of 200 to 599'],
  ])('a handler that %s is answered by an empty 500 and a line in the log', async (_, handler, message) => {
    const runner = await run((app) => app.http('broken', { handler }));
    const response = await fetch(`${runner.url}/api/broken`);
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ level: 'error', functionName: 'broken' });
    expect(logs[0]?.message).toContain("Executed 'Functions.broken' (Failed)");
    expect(logs[0]?.message).toContain(message);
  });

  test('log lines carry level, function and invocation', async () => {
    const runner = await run((app) =>
      app.http('talk', {
        handler: (_, context) => {
          context.debug('one %d', 1);
          context.warn('two', { n: 2 });
          return { body: context.invocationId };
        },
      }),
    );
    const invocationId = await (await fetch(`${runner.url}/api/talk`)).text();
    expect(logs).toEqual([
      { level: 'debug', functionName: 'talk', invocationId, message: 'one 1' },
      { level: 'warning', functionName: 'talk', invocationId, message: 'two { n: 2 }' },
    ]);
  });

  test('a line that is logged after the function has ended is preceded by a warning', async () => {
    let left: InvocationContext | undefined;
    const runner = await run((app) =>
      app.http('late', { handler: (_, context) => void (left = context) as never }),
    );
    await fetch(`${runner.url}/api/late`);
    left?.info('still here');
    expect(logs.map(({ level }) => level)).toEqual(['warning', 'information']);
  });

  test('the tap sees the requests', async () => {
    const seen: string[] = [];
    const runner = await run((app) => app.http('hello', { handler: () => ({}) }), {
      tap: {
        before: ({ method, path }) => (seen.push(`${method} ${path}`), new Response('cut', { status: 503 })),
      },
    });
    const response = await fetch(`${runner.url}/api/hello?code=secret`);
    expect([response.status, seen]).toEqual([503, ['GET /api/hello']]);
  });

  test.each([
    ['admin/things', 'Function "two": routes that begin with "admin" or "runtime" belong to the host.'],
    ['One/{id}', 'Function "two" has the route of function "one".'],
    [
      'two/{id:int}',
      'Function "two": the local runner does not imitate "{id:int}" in the route "two/{id:int}".',
    ],
    ['two/{*all}/more', 'Function "two": the local runner does not imitate "{*all}"'],
  ])('the route %s is refused', async (route, message) => {
    const start = run((app) => {
      app.http('one', { route: 'one/{id}', handler: () => ({}) });
      app.http('two', { route, handler: () => ({}) });
    });
    await expect(start).rejects.toThrow(message);
  });

  test('close waits for a handler that is running', async () => {
    const [started, finish] = [createGate(), createGate()];
    let isDone = false;
    const runner = await run((app) =>
      app.http('slow', {
        handler: async () => {
          started.open();
          await finish.promise;
          isDone = true;
          return {};
        },
      }),
    );
    const lost = fetch(`${runner.url}/api/slow`).catch(() => 'cut');
    await started.promise;
    const closed = runner.close();
    finish.open();
    await closed;
    expect([isDone, await lost]).toEqual([true, 'cut']);
  });
});

describe('timers', () => {
  let timers: TimerRunner | undefined;

  afterEach(async () => {
    await timers?.close();
    timers = undefined;
    jest.useRealTimers();
  });

  function startTimers(register: (app: FunctionApp) => void, at: string, settings = {}): TimerRunner {
    jest.useFakeTimers({ now: new Date(at), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const { app, functions } = createRecordingApp();
    register(app);
    timers = runTimers({
      functions: functions.filter((recorded) => recorded.kind === 'timer'),
      settings,
      onLog: (entry) => logs.push(entry),
    });
    timers.start();
    return timers;
  }

  test('a six-hourly schedule fires at 0, 6, 12 and 18 o’clock UTC and tells when it last did', async () => {
    const runs: [string, Timer][] = [];
    const handler = (timer: Timer) => void runs.push([new Date().toISOString(), timer]);
    startTimers((app) => app.timer('rotate', { schedule: '%SCHEDULE%', handler }), '2026-03-01T05:59:00Z', {
      SCHEDULE: '0 0 */6 * * *',
    });
    await jest.advanceTimersByTimeAsync(59_999);
    expect(runs).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await jest.advanceTimersByTimeAsync(6 * 3_600_000);
    expect(runs).toEqual([
      [
        '2026-03-01T06:00:00.000Z',
        {
          schedule: { adjustForDST: true },
          scheduleStatus: {
            last: '0001-01-01T00:00:00+00:00',
            next: '2026-03-01T06:00:00.000+00:00',
            lastUpdated: '0001-01-01T00:00:00+00:00',
          },
          isPastDue: false,
        },
      ],
      [
        '2026-03-01T12:00:00.000Z',
        {
          schedule: { adjustForDST: true },
          scheduleStatus: {
            last: '2026-03-01T06:00:00.000+00:00',
            next: '2026-03-01T12:00:00.000+00:00',
            lastUpdated: '2026-03-01T06:00:00.000+00:00',
          },
          isPastDue: false,
        },
      ],
    ]);
  });

  test('a schedule further away than setTimeout reaches still fires once, at its time', async () => {
    const runs: string[] = [];
    const handler = () => void runs.push(new Date().toISOString());
    startTimers((app) => app.timer('yearly', { schedule: '0 0 0 1 1 *', handler }), '2026-11-01T00:00:00Z');
    await jest.advanceTimersByTimeAsync(62 * 86_400_000);
    expect(runs).toEqual(['2027-01-01T00:00:00.000Z']);
  });

  test('a run that outlasts its next occurrence is followed by one more at once, never by two at a time', async () => {
    const finish = createGate();
    const runs: string[] = [];
    const handler = async () => {
      runs.push(new Date().toISOString());
      if (runs.length === 1) await finish.promise;
    };
    startTimers((app) => app.timer('often', { schedule: '*/10 * * * * *', handler }), '2026-03-01T00:00:05Z');
    await jest.advanceTimersByTimeAsync(40_000);
    expect(runs).toEqual(['2026-03-01T00:00:10.000Z']);
    finish.open();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(runs).toEqual([
      '2026-03-01T00:00:10.000Z',
      '2026-03-01T00:00:45.000Z',
      '2026-03-01T00:00:50.000Z',
    ]);
  });

  test('a handler that throws is logged and runs again at its next occurrence', async () => {
    const handler = () => {
      throw new Error('no luck');
    };
    startTimers((app) => app.timer('minutely', { schedule: '0 * * * * *', handler }), '2026-03-01T00:00:30Z');
    await jest.advanceTimersByTimeAsync(90_000);
    expect(logs.map(({ level, functionName }) => [level, functionName])).toEqual([
      ['error', 'minutely'],
      ['error', 'minutely'],
    ]);
  });

  test('a handler with a retry policy is tried again after its delay, and then waits for its next occurrence', async () => {
    const attempts: unknown[] = [];
    const handler = (_: Timer, { invocationId, retryContext }: InvocationContext) => {
      attempts.push([new Date().toISOString(), retryContext?.retryCount, retryContext?.maxRetryCount]);
      invocations.add(invocationId);
      throw new Error('no luck');
    };
    const invocations = new Set<string>();
    const retry = { strategy: 'fixedDelay' as const, maxRetryCount: 2, delayInterval: { seconds: 60 } };
    startTimers(
      (app) => app.timer('hourly', { schedule: '0 0 * * * *', retry, handler }),
      '2026-03-01T00:59:00Z',
    );
    await jest.advanceTimersByTimeAsync(65 * 60_000);
    expect(attempts).toEqual([
      ['2026-03-01T01:00:00.000Z', undefined, undefined],
      ['2026-03-01T01:01:00.000Z', 1, 2],
      ['2026-03-01T01:02:00.000Z', 2, 2],
      ['2026-03-01T02:00:00.000Z', undefined, undefined],
      ['2026-03-01T02:01:00.000Z', 1, 2],
      ['2026-03-01T02:02:00.000Z', 2, 2],
    ]);
    expect(invocations.size).toBe(6);
    expect(logs.filter(({ level }) => level === 'error')).toHaveLength(6);
  });

  test('retries end with the first success, and occurrences that pass meanwhile are made up for by one run', async () => {
    const runs: string[] = [];
    const handler = () => {
      runs.push(new Date().toISOString());
      if (runs.length < 3) throw new Error('no luck');
    };
    const retry = { strategy: 'fixedDelay' as const, maxRetryCount: 5, delayInterval: { seconds: 60 } };
    startTimers(
      (app) => app.timer('often', { schedule: '*/50 * * * * *', retry, handler }),
      '2026-03-01T00:00:40Z',
    );
    await jest.advanceTimersByTimeAsync(131_000);
    expect(runs.slice(0, 4)).toEqual([
      '2026-03-01T00:00:50.000Z',
      '2026-03-01T00:01:50.000Z',
      '2026-03-01T00:02:50.000Z',
      '2026-03-01T00:02:50.001Z',
    ]);
  });

  test('close does not wait for a retry that is due later', async () => {
    let runs = 0;
    const handler = () => {
      runs++;
      throw new Error('no luck');
    };
    const retry = { strategy: 'fixedDelay' as const, maxRetryCount: -1, delayInterval: { minutes: 1 } };
    const runner = startTimers(
      (app) => app.timer('hourly', { schedule: '0 0 * * * *', retry, handler }),
      '2026-03-01T00:59:59Z',
    );
    await jest.advanceTimersByTimeAsync(2_000);
    await runner.close();
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    expect(runs).toBe(1);
  });

  test('a run by hand is not retried: who asked for it hears of the failure', async () => {
    let runs = 0;
    const handler = () => {
      runs++;
      throw new Error('no luck');
    };
    const retry = { strategy: 'fixedDelay' as const, maxRetryCount: 5, delayInterval: 1 };
    const runner = await run((app) => app.timer('t', { schedule: '0 0 * * * *', retry, handler }));
    await expect(runner.invokeTimer('t')).rejects.toThrow('no luck');
    expect(runs).toBe(1);
  });

  test('a timer that fires more than once a minute, or wants no monitor, gets no status', async () => {
    const statuses: unknown[] = [];
    const handler = (timer: Timer) => void statuses.push(timer.scheduleStatus);
    startTimers((app) => {
      app.timer('often', { schedule: '*/30 * * * * *', handler });
      app.timer('unmonitored', { schedule: '0 0 * * * *', useMonitor: false, handler });
      app.timer('minutely', { schedule: '0 * * * * *', handler });
    }, '2026-03-01T00:00:00Z');
    await timers?.runNow('often');
    await timers?.runNow('unmonitored');
    await timers?.runNow('minutely');
    expect(statuses).toEqual([
      null,
      null,
      expect.objectContaining({ next: '2026-03-01T00:01:00.000+00:00' }),
    ]);
  });

  test('runOnStartup runs a function once at the start', async () => {
    let runs = 0;
    const handler = () => void runs++;
    startTimers(
      (app) => app.timer('early', { schedule: '0 0 0 * * *', runOnStartup: true, handler }),
      '2026-03-01T12:00:00Z',
    );
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(1);
  });

  test.each([
    ['0 0 9 * * MON-FRI', '2026-03-07T12:00:00Z', '2026-03-09T09:00:00.000Z'],
    ['0 0 0 13 * 5', '2026-03-14T00:00:00Z', '2026-11-13T00:00:00.000Z'],
    ['5/15 0 0 * * *', '2026-03-01T00:00:06Z', '2026-03-01T00:00:20.000Z'],
  ])('the schedule %s after %s means %s', async (schedule, at, next) => {
    const runs: string[] = [];
    startTimers(
      (app) => app.timer('t', { schedule, handler: () => void runs.push(new Date().toISOString()) }),
      at,
    );
    await jest.advanceTimersByTimeAsync(Date.parse(next) - Date.parse(at));
    expect(runs).toEqual([next]);
  });

  test.each([
    '0 */6 * * *',
    '@daily',
    '0 0 0 L * *',
    '0 0 0 * * 7',
    '0 0 0 31 2 *',
    '06:00:00',
    '0 61 * * * *',
  ])('the schedule %s is refused with the name of its function', async (schedule) => {
    const start = run((app) => app.timer('rotate', { schedule, handler: () => {} }));
    await expect(start).rejects.toThrow(`Function "rotate" has the schedule "${schedule}"`);
  });

  test('invokeTimer runs the handler once and rejects with what it throws', async () => {
    const seen: unknown[] = [];
    const runner = await run((app) => {
      app.timer('fine', {
        schedule: '0 0 * * * *',
        handler: (timer, context) => void seen.push(timer.isPastDue, context.functionName),
      });
      app.timer('broken', { schedule: '0 0 * * * *', handler: () => Promise.reject(new Error('no luck')) });
    });
    await runner.invokeTimer('fine');
    expect(seen).toEqual([false, 'fine']);
    await expect(runner.invokeTimer('broken')).rejects.toThrow('no luck');
    await expect(runner.invokeTimer('missing')).rejects.toThrow('There is no timer function "missing".');
    expect(logs.map(({ functionName }) => functionName)).toEqual(['broken']);
  });
});

describe('queues', () => {
  let azurite: Azurite;
  let service: QueueServiceClient;
  let queue: QueueClient;
  let poison: QueueClient;

  beforeAll(async () => {
    azurite = await borrowAzurite();
    service = QueueServiceClient.fromConnectionString(azurite.connectionString);
  }, 30_000);

  beforeEach(() => {
    const name = `q-${randomUUID()}`;
    queue = service.getQueueClient(name);
    poison = service.getQueueClient(`${name}-poison`);
  });

  type Handler = (message: unknown, context: InvocationContext) => unknown;

  function runOnQueue(
    handler: Handler,
    queues: object = {},
    options: Partial<RunnerOptions> & { poisonHandler?: Handler } = {},
  ): Promise<Runner> {
    const { poisonHandler, ...others } = options;
    const register = (app: FunctionApp): void => {
      app.storageQueue('work', { queueName: '%QUEUE%', connection: 'Storage', handler });
      if (poisonHandler) {
        app.storageQueue('poison', {
          queueName: '%QUEUE%-poison',
          connection: 'Storage',
          handler: poisonHandler,
        });
      }
    };
    return run(register, {
      settings: { QUEUE: queue.name },
      storageConnectionString: azurite.connectionString,
      host: { extensions: { queues: { messageEncoding: 'none', ...queues } } },
      ...others,
    });
  }

  /** Messages in a queue, the hidden ones included. */
  const count = async (client: QueueClient) => (await client.getProperties()).approximateMessagesCount;

  test('the runner makes the queue and its poison queue', async () => {
    await runOnQueue(() => {});
    expect([await queue.exists(), await poison.exists()]).toEqual([true, true]);
  });

  test('messages arrive parsed where they are JSON, and are gone when they are handled', async () => {
    const seen: unknown[] = [];
    const runner = await runOnQueue((message) => seen.push(message));
    for (const text of ['{"a":1}', '7', 'plain text', '"quoted"']) await queue.sendMessage(text);
    await runner.drainQueues();
    expect(seen).toHaveLength(4);
    expect(seen).toEqual(expect.arrayContaining([{ a: 1 }, 7, 'plain text', 'quoted']));
    expect(await count(queue)).toBe(0);
  });

  test('triggerMetadata tells the message apart', async () => {
    const seen: unknown[] = [];
    const runner = await runOnQueue((_, context) => seen.push(context.triggerMetadata));
    const sent = await queue.sendMessage('hello');
    await runner.drainQueues();
    expect(seen).toEqual([
      {
        queueTrigger: 'hello',
        dequeueCount: 1,
        id: sent.messageId,
        popReceipt: expect.stringMatching(/./),
        insertionTime: sent.insertedOn.toISOString().replace('.000Z', '+00:00'),
        expirationTime: expect.stringMatching(/\+00:00$/),
        nextVisibleTime: expect.stringMatching(/\+00:00$/),
      },
    ]);
  });

  test('a property of a JSON message hides the metadata of that name, as on the platform', async () => {
    const seen: unknown[] = [];
    const runner = await runOnQueue((_, context) => seen.push(context.triggerMetadata));
    await queue.sendMessage('{"Id":"mine","Connection":"c-1","list":[1]}');
    await runner.drainQueues();
    expect(seen).toEqual([expect.objectContaining({ id: 'mine', connection: 'c-1', dequeueCount: 1 })]);
    expect(seen[0]).not.toHaveProperty('list');
  });

  test('a message that keeps failing is tried maxDequeueCount times and then poisoned unchanged', async () => {
    const counts: unknown[] = [];
    const poisoned: unknown[] = [];
    const runner = await runOnQueue(
      (_, context) => {
        counts.push(context.triggerMetadata?.dequeueCount);
        throw new Error('no luck');
      },
      { maxDequeueCount: 3, visibilityTimeout: '00:00:00' },
      { poisonHandler: (message) => poisoned.push(message) },
    );
    await queue.sendMessage('{"connection":"c-1"}');
    await runner.drainQueues();
    expect(counts).toEqual([1, 2, 3]);
    expect(poisoned).toEqual([{ connection: 'c-1' }]);
    expect([await count(queue), await count(poison)]).toEqual([0, 0]);
    expect(logs.map(({ level, functionName }) => `${level} ${functionName}`)).toEqual([
      'error work',
      'error work',
      'error work',
      'warning work',
    ]);
  });

  test('a failed message stays hidden for visibilityTimeout, and drainQueues does not wait for it', async () => {
    let calls = 0;
    const runner = await runOnQueue(
      () => {
        calls++;
        throw new Error('no luck');
      },
      { visibilityTimeout: '00:00:30' },
    );
    await queue.sendMessage('x');
    await runner.drainQueues();
    await runner.drainQueues();
    expect(calls).toBe(1);
    expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
    expect([await count(queue), await count(poison)]).toEqual([1, 0]);
  });

  test('a message whose handler never answers is hidden from everybody else', async () => {
    const [started, finish] = [createGate(), createGate()];
    const others: unknown[] = [];
    const stuck = await runOnQueue(() => (started.open(), finish.promise));
    const other = await runOnQueue((message) => others.push(message));
    await queue.sendMessage('x');
    const drained = stuck.drainQueues();
    await started.promise;
    await other.drainQueues();
    expect(others).toEqual([]);
    finish.open();
    await drained;
    expect(await count(queue)).toBe(0);
  });

  test('a message that has killed maxDequeueCount processes is poisoned without another try', async () => {
    const seen: unknown[] = [];
    const runner = await runOnQueue((message) => seen.push(message), { maxDequeueCount: 2 });
    await queue.sendMessage('x');
    for (let tries = 0; tries < 2; tries++) {
      const [message] = (await queue.receiveMessages()).receivedMessageItems;
      await queue.updateMessage(message!.messageId, message!.popReceipt, undefined, 0);
    }
    await runner.drainQueues();
    expect(seen).toEqual([]);
    expect((await poison.peekMessages()).peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
      'x',
    ]);
    expect(await count(queue)).toBe(0);
  });

  test('a message that fails in the poison queue stays there, hidden', async () => {
    let calls = 0;
    const poisonHandler = () => {
      calls++;
      throw new Error('no luck');
    };
    const runner = await runOnQueue(() => {}, {}, { poisonHandler });
    await poison.sendMessage('x');
    await runner.drainQueues();
    expect([calls, await count(poison)]).toEqual([1, 1]);
    expect((await poison.peekMessages()).peekedMessageItems).toEqual([]);
  });

  test('base64, the default encoding, is decoded, and what is not base64 is poisoned', async () => {
    const seen: unknown[] = [];
    const runner = await runOnQueue((message) => seen.push(message), { messageEncoding: undefined });
    await queue.sendMessage(Buffer.from('{"ü":1}').toString('base64'));
    await queue.sendMessage('{"plain":1}');
    await runner.drainQueues();
    expect(seen).toEqual([{ ü: 1 }]);
    expect((await poison.peekMessages()).peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
      '{"plain":1}',
    ]);
  });

  test('drainQueues goes on with what the handlers enqueue', async () => {
    const seen: unknown[] = [];
    const runner = await runOnQueue(async (message) => {
      seen.push(message);
      if (Number(message) > 0) await queue.sendMessage(String(Number(message) - 1));
    });
    await queue.sendMessage('3');
    await runner.drainQueues();
    expect(seen).toEqual([3, 2, 1, 0]);
  });

  test('no more than batchSize + newBatchThreshold messages are handled at a time', async () => {
    const finishes: (() => void)[] = [];
    const [four, six] = [createGate(), createGate()];
    let [now, most] = [0, 0];
    const runner = await runOnQueue(
      async () => {
        now++;
        most = Math.max(most, now);
        const gate = createGate();
        finishes.push(gate.open);
        if (now === 4) four.open();
        if (now === 6) six.open();
        if (finishes.length <= 8) await gate.promise;
        now--;
      },
      { batchSize: 4, newBatchThreshold: 2 },
    );
    for (let i = 0; i < 12; i++) await queue.sendMessage(String(i));
    const drained = runner.drainQueues();
    await four.promise;
    expect(finishes).toHaveLength(4);
    finishes.slice(0, 2).forEach((finish) => finish());
    await six.promise;
    finishes.forEach((finish) => finish());
    await drained;
    expect([most, finishes.length, await count(queue)]).toEqual([6, 12, 0]);
  });

  test('a runner that polls handles a message by itself, and close lets the handler finish', async () => {
    const [started, finish] = [createGate(), createGate()];
    const runner = await runOnQueue(() => (started.open(), finish.promise), {}, { queues: 'polling' });
    await queue.sendMessage('x');
    await started.promise;
    const closed = runner.close();
    expect(await count(queue)).toBe(1);
    finish.open();
    await closed;
    expect(await count(queue)).toBe(0);
  });

  test('a handler that outlasts the lease of its message keeps it', async () => {
    const [started, renewed, finish] = [createGate(), createGate(), createGate()];
    const prototype = Object.getPrototypeOf(queue) as QueueClient;
    const update = prototype.updateMessage;
    const spy = jest.spyOn(prototype, 'updateMessage').mockImplementation(async function (
      this: QueueClient,
      ...args
    ) {
      const answer = await update.apply(this, args);
      renewed.open();
      return answer;
    });
    const runner = await runOnQueue(() => (started.open(), finish.promise), {}, { messageLeaseMs: 1_000 });
    const { messageId } = await queue.sendMessage('x');
    const drained = runner.drainQueues();
    await started.promise;
    await renewed.promise;
    finish.open();
    await drained;
    expect(spy).toHaveBeenCalledWith(messageId, expect.any(String), undefined, 1);
    // Deleted, so with the receipt of the renewal: the first one is worth nothing any more.
    expect(await count(queue)).toBe(0);
  });
});

/** The file that is deployed, dist/main.mjs, loaded the way the Functions worker loads it. `npm test` builds it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import sample from '../../local.settings.sample.json';
import { asAda, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { startService } from '../../local/service';
import { startWorld, type World } from '../../local/world';
import { borrowAzurite } from '../support/shared-azurite';
import { createRecordingApp } from '../../local/runner/recording-app';
import { register, withoutServices } from '../../src/functions/register';
import { startWorkerHost, type WorkerHost } from '../../local/runner/worker-host';

const main = resolve(__dirname, '../../dist/main.mjs');
if (!existsSync(main)) throw new Error('There is no dist/main.mjs. Run "npm run build" first.');

/** Staff open the board in a browser, so that it asks for the sign-in itself. */
const isOfPrograms = (route: unknown) => /^api\/(ops\/(?!board)|connections)/.test(String(route));

/** What a test has started; it ends with the test, whatever comes of it. */
const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.close();
});
function closed<T extends { close(): Promise<unknown> }>(one: T): T {
  started.push(one);
  return one;
}

describe('dist/main.mjs under the worker', () => {
  let world: World;
  let worker: WorkerHost;
  beforeAll(async () => {
    world = await startWorld({ startStorage: borrowAzurite });
    worker = startWorkerHost(main, { ...world.settings, PUBLIC_URL: 'http://127.0.0.1:7071' });
  }, 60_000);
  afterAll(async () => {
    await worker.close();
    await world.close();
  });

  test('registers every function, each HTTP one with its authLevel written out', async () => {
    const listed = await worker.list();
    const built = listed.map(({ name, bindings }) => {
      const trigger = Object.values(bindings).find(({ type }) => type.endsWith('Trigger'))!;
      const { type, schedule, queueName, connection, route, methods, authLevel } = trigger;
      return [name, type, schedule ?? queueName ?? route, connection ?? methods, authLevel];
    });
    const { app, functions } = createRecordingApp();
    register(app, { ...withoutServices, digestSchedule: sample.Values.DIGEST_SCHEDULE });
    const ofTheSource = functions.map((each) => {
      if (each.kind === 'timer')
        return [each.name, 'timerTrigger', each.options.schedule, undefined, undefined];
      if (each.kind === 'queue') {
        const { queueName, connection } = each.options;
        return [each.name, 'queueTrigger', queueName, connection, undefined];
      }
      const { route, methods, authLevel } = each.options;
      return [each.name, 'httpTrigger', route, methods, authLevel];
    });
    expect(built).toEqual(ofTheSource);
    expect(listed.length).toBeGreaterThan(50);
    const anonymous = built.filter(
      ([, , route, , authLevel]) => authLevel === 'anonymous' && isOfPrograms(route),
    );
    expect(anonymous).toEqual([]);
    // A name with a hyphen could not be disabled on Linux.
    expect(listed.filter(({ name }) => !/^[A-Za-z]+$/.test(name))).toEqual([]);
  });

  test('answers HTTP', async () => {
    const { response } = await worker.http('health');
    expect(response?.status).toBe(200);
    expect(JSON.parse(response!.body)).toEqual({
      status: 'up',
      configured: true,
      ready: { tokens: true, texts: true, emails: true },
      missing: [],
      failing: [],
    });
  });

  test('describes its HTTP API, from a file beside it that is read on first use', async () => {
    const { response } = await worker.http('openapi');
    expect(response?.status).toBe(200);
    const { openapi, servers, paths } = JSON.parse(response!.body) as Record<string, unknown>;
    expect([openapi, servers]).toEqual(['3.1.1', [{ url: 'http://127.0.0.1:7071' }]]);
    expect(paths).toHaveProperty(['/api/connections/{id}/access-token', 'post', 'responses', '403']);
  });

  test('sets the login cookie in the form that the host understands', async () => {
    const { response } = await worker.http('signUp', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'phone=&provider=fitbit',
    });
    expect(response?.status).toBe(303);
    expect(response?.headers.location).toContain(`${world.simulators.fitbit.url}/oauth2/authorize?`);
    expect(response?.cookies).toMatchObject([{ sameSite: 'lax', path: { value: '/' } }]);
  });

  test('runs the timer and then the job that it enqueued, and logs to the invocation with its level', async () => {
    const service = await startService({ world, port: 0, unattended: false, onLog: () => undefined });
    await signUpAs(asAda(service, world, 'fitbit'));
    await service.close();

    const timer = await worker.timer('rotateTokens');
    expect(timer.error).toBeUndefined();
    expect(timer.logs.map(({ level, message }) => [level, eventOf(message)])).toEqual([
      ['information', { event: 'run.dispatched', count: 1, job: 'rotate-token' }],
    ]);

    const connection = (await firstConnection(service))!;
    const job = { kind: 'rotate-token', connection, run: 'run', runStartedAt: Date.now(), attempt: 0 };
    const queue = await worker.queue('rotateToken', job);
    expect(queue.error).toBeUndefined();
    expect(queue.logs.map(({ level, message }) => [level, eventOf(message)])).toEqual([
      ['information', { event: 'token.refresh_begun', generation: 1 }],
      ['information', { event: 'token.rotated', generation: 2 }],
    ]);
    expect(world.simulators.fitbit.refreshCount(ada.id)).toBe(1);
  });

  test('drops a job that it cannot read, with an error in the log', async () => {
    const { error, logs } = await worker.queue('rotateToken', { kind: 'rotate-token', connection: 7 });
    expect(error).toBeUndefined();
    expect(logs.map(({ level, message }) => [level, eventOf(message)])).toEqual([
      ['error', { event: 'job.unreadable' }],
    ]);
  });
});

function eventOf(message: string): Record<string, unknown> {
  const { event, count, job, generation } = JSON.parse(message) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries({ event, count, job, generation }).filter(([, value]) => value !== undefined),
  );
}

async function firstConnection({
  services,
}: Awaited<ReturnType<typeof startService>>): Promise<string | undefined> {
  for await (const { value } of services.tables.connections.list()) return value.id;
  return undefined;
}

test('a store that does not answer fails the invocation by its code, without a message of a library', async () => {
  const world = closed(await startWorld({ startStorage: borrowAzurite }));
  const worker = closed(startWorkerHost(main, { ...world.settings, PUBLIC_URL: 'http://127.0.0.1:7071' }));
  await world.keyVault.close();
  expect(JSON.parse((await worker.http('health')).response!.body)).toMatchObject({
    status: 'up',
    failing: ['vault: no answer (ECONNREFUSED)'],
  });
  const { response, logs } = await worker.http('signUp', { url: 'http://127.0.0.1:7071/signup' });
  expect(response?.status).toBe(503);
  expect(response?.body).toContain('Please start again in a minute.');
  expect(JSON.parse(logs[0]!.message)).toMatchObject({
    event: 'function.failed',
    function: 'signUp',
    code: 'VAULT_UNAVAILABLE',
    error: 'RestError',
  });
  expect(JSON.stringify([response, logs])).not.toContain('connect ECONNREFUSED');
  // Azure's own view of the stack ends at dist/main.mjs; the source map that travels with it names the source.
  const { stack } = JSON.parse(logs[0]!.message) as { stack: string };
  expect(stack).toMatch(/\(node_modules\/@[\w/.-]+\.[jt]s\)/);
  expect(stack).not.toContain('.mjs');
}, 60_000);

test('malformed settings leave health alone, which names them and shows no value', async () => {
  const worker = closed(
    startWorkerHost(main, {
      ...sample.Values,
      KEY_VAULT_URI: 'http://vault.example.com/hunter2',
      BATTERY_THRESHOLD: 'hunter2',
      SMS_FROM: '@Microsoft.KeyVault(SecretUri=https://hunter2.vault.azure.net/)',
      ROTATION_SCHEDULE: '0 0 25 * * *',
    }),
  );
  expect((await worker.list()).map(({ name }) => name)).toEqual(['health']);

  const { response, logs } = await worker.http('health');
  expect(response?.status).toBe(503);
  expect(JSON.parse(response!.body)).toEqual({
    status: 'misconfigured',
    settings: ['KEY_VAULT_URI', 'ROTATION_SCHEDULE', 'SMS_FROM', 'BATTERY_THRESHOLD'],
  });

  // Once while the app loads, where an alert sees it without anybody asking, and once in each invocation.
  const loaded = (await worker.systemLogs()).filter(({ message }) => message.startsWith('{'));
  for (const [line] of [loaded, logs]) {
    expect(line?.level).toBe('error');
    expect(JSON.parse(line!.message)).toMatchObject({
      event: 'config.invalid',
      reason: [
        'KEY_VAULT_URI must begin with https:; plain http is allowed only for loopback addresses',
        'ROTATION_SCHEDULE has a field for the hour that Azure does not read (0 to 23; *, ranges, lists and steps)',
        'SMS_FROM is a Key Vault reference that Azure could not resolve; check the name of the secret and the role of the identity that the app uses',
        'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)',
      ].join('; '),
    });
  }
  expect([loaded.length, logs.length]).toEqual([1, 1]);
  expect(JSON.stringify([response, logs, loaded, worker.console()])).not.toContain('hunter2');
});

test('the sample settings start it', async () => {
  const worker = closed(startWorkerHost(main, sample.Values));
  expect((await worker.list()).map(({ name }) => name)).toContain('rotateTokens');
});

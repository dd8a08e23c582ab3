/**
 * The whole flow as in Azure for an app without a single key: managed identity, Azure's names, https with a checked certificate. The
 * clients are the real ones; tables and queues are Azurite, which takes bearer tokens and looks at their audience.
 */
import { join } from 'node:path';
import { createBrowser } from '../../local/browser';
import { asAda, connectWearer } from '../../local/connect-wearer';
import { startIdentityWorld, type IdentityWorld } from '../../local/identity/identity-world';
import { startServiceProcess, type ServiceProcess } from '../../local/identity/start-service-process';
import { ada } from '../../local/people';
import { startWorkerHost } from '../../local/runner/worker-host';

const program = join(__dirname, '../../build/local/identity/service-process.js');
const secondMs = 1_000;

let identityWorld: IdentityWorld;
let service: ServiceProcess;

beforeAll(async () => {
  identityWorld = await startIdentityWorld();
  service = await startAnother();
}, 60_000);

afterEach(() => {
  identityWorld.faults.tokens = undefined;
  identityWorld.faults.refused.clear();
});

afterAll(async () => {
  await service?.close();
  await identityWorld?.close();
});

function startAnother(): Promise<ServiceProcess> {
  return startServiceProcess({ identityWorld, program, port: 0, unattended: false, onLog: () => undefined });
}

async function readHealth({ url }: ServiceProcess): Promise<{ status: number; failing: string[] }> {
  const answer = await fetch(`${url}/api/health`);
  const { failing } = (await answer.json()) as { failing: string[] };
  return { status: answer.status, failing };
}

async function run(timer: string): Promise<void> {
  await service.invokeTimer(timer);
  await service.drainQueues();
}

const tokenSets = () =>
  identityWorld.world.keyVault.secretNames().filter((name) => name.startsWith('token-set-'));
const alerts = () => identityWorld.world.phone.texts().filter(({ body }) => body.includes('Charge 6'));

test('dist/main.mjs, which leaves out most of the SDK, gets its tokens as a managed identity', async () => {
  const { settings, environment } = identityWorld;
  const main = join(__dirname, '../../dist/main.mjs');
  const env = { ...settings, ...environment, PUBLIC_URL: 'http://127.0.0.1:7071' };
  const worker = startWorkerHost(main, env as Record<string, string>);
  try {
    const { response } = await worker.http('health');
    expect([response?.status, response?.body]).toEqual([
      200,
      expect.stringContaining('"failing":[]') as string,
    ]);
  } finally {
    await worker.close();
  }
});

test('health names every role that is missing, and is well again when the roles are there', async () => {
  const { faults, world } = identityWorld;
  faults.refused.set('tables', 'role missing').set('queues', 'role missing');
  world.keyVault.faults.switchOn('ForbiddenByRbac', 'all');
  expect(await readHealth(service)).toEqual({
    status: 503,
    failing: [
      'tables: refused (403 AuthorizationPermissionMismatch)',
      'queues: refused (403 AuthorizationPermissionMismatch)',
    ],
  });

  faults.refused.clear();
  world.keyVault.faults.clear();
  // What failed is believed for ten seconds.
  await service.moveClock(11 * secondMs);
  expect(await readHealth(service)).toEqual({ status: 200, failing: [] });
});

test('from sign-up to goodbye, with bearer tokens only', async () => {
  const { world, frontDoor } = identityWorld;
  await connectWearer(asAda(service, world, 'google-health'));
  await run('rotateTokens');
  const status = await fetch(`${service.url}/api/ops/status`);
  expect(await status.json()).toMatchObject({ connections: [{ state: 'connected', generation: 2 }] });

  const tracker = world.wearers
    .get(ada.id)
    ?.devices()
    .find(({ kind }) => kind === 'TRACKER');
  world.wearers.setBattery(tracker!.id, { percent: 17, drainPerHour: 0 });
  identityWorld.faults.refused.set('texts', 'role missing');
  await run('checkBatteries');
  expect(alerts()).toEqual([]);

  identityWorld.faults.refused.clear();
  await service.moveClock(3600 * secondMs);
  await run('checkBatteries');
  await run('checkBatteries');
  expect(alerts()).toHaveLength(1);

  expect(tokenSets()).toHaveLength(1);
  const browser = createBrowser();
  const [link = ''] = /http\S+\/m\/\S+/.exec(alerts()[0]!.body) ?? [];
  const personal = await browser.open(link);
  expect(personal.status).toBe(200);
  const gone = await browser.submit(personal, { action: 'disconnect', sure: 'yes' });
  expect(gone.status).toBe(200);
  await service.drainQueues();
  expect(tokenSets()).toEqual([]);

  const visits = frontDoor.visits();
  for (const to of ['tables', 'queues', 'texts'] as const) {
    expect(visits.filter((visit) => visit.to === to).length).toBeGreaterThan(0);
  }
  // The vault's client asks without a token first, to be told which one is wanted.
  const withoutToken = visits.filter(({ scheme }) => scheme !== 'Bearer');
  expect(new Set(withoutToken.map(({ to, scheme }) => `${to} ${scheme}`))).toEqual(new Set(['vault none']));
}, 60_000);

test('a process that gets no token says so, and works when there are tokens again', async () => {
  identityWorld.faults.tokens = 'no token';
  const another = await startAnother();
  try {
    const { status, failing } = await readHealth(another);
    expect(status).toBe(503);
    expect(failing.map((each) => each.split(':')[0])).toEqual(['vault', 'tables', 'queues']);

    identityWorld.faults.tokens = undefined;
    await another.moveClock(11 * secondMs);
    expect(await readHealth(another)).toEqual({ status: 200, failing: [] });
  } finally {
    await another.close();
  }
}, 60_000);

test('the page of the token endpoint switches each fault on and off', async () => {
  const { tokenEndpoint, faults } = identityWorld;
  const browser = createBrowser();
  const page = await browser.open(tokenEndpoint.url);
  await browser.submit(page, { tokens: 'no answer', queues: 'role missing', texts: 'token refused' });
  expect(faults.tokens).toBe('no answer');
  expect([...faults.refused]).toEqual([
    ['queues', 'role missing'],
    ['texts', 'token refused'],
  ]);

  const again = await browser.submit(await browser.open(tokenEndpoint.url), {
    tokens: '',
    queues: '',
    texts: '',
  });
  expect(again.status).toBe(200);
  expect(faults).toEqual({ tokens: undefined, refused: new Map() });
});

/** A platform is told what happens to a wearer, from sign-up to goodbye, by the built ways: tables, queues, vault and a socket. */
import { createBrowser } from '../../local/browser';
import { signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import type { LogEntry } from '../../local/runner/run-invocation';
import { startService, type Service } from '../../local/service';
import { startWorld, type World } from '../../local/world';
import { startLocalServer, type LocalServer } from '../support/local-server';
import { borrowAzurite } from '../support/shared-azurite';
import { verify, type ReceivedWebhook } from '../support/webhooks';

let world: World;
let platform: LocalServer;
let service: Service;
let status = 204;
const logs: LogEntry[] = [];

beforeAll(async () => {
  world = await startWorld({ startStorage: borrowAzurite });
  platform = await startLocalServer((response) => response.writeHead(status).end());
  service = await startService({
    world,
    port: 0,
    unattended: false,
    onLog: (entry) => logs.push(entry),
    settings: { SHARED_WITH: 'a sleep study', WEBHOOK_URLS: `${platform.url}/hooks?key=the-key` },
    adaptServices: ({ policy, ...services }) => ({
      ...services,
      policy: { ...policy, times: { ...policy.times, webhookRetryMs: [0, 0, 0] } },
    }),
  });
}, 60_000);
afterAll(async () => {
  await service.close();
  await platform.close();
  await world.close();
});

/** As the operator hands it to the platform. */
const secret = async () => {
  const found = await service.services.vault.readSecret('webhook-secret');
  return found!.reveal();
};
const received = async (): Promise<ReceivedWebhook[]> => {
  const key = await secret();
  return platform.received.splice(0).map((request) => verify(key, request));
};
const connect = () => signUpAs({ serviceUrl: service.url, provider: 'fitbit', number: '', wearer: ada.id });

test('the watchdog makes the secret, so that it can be handed over before the first event', async () => {
  await service.invokeTimer('watchdog');
  expect(await secret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});

test('a connection is told of when it is made and when its wearer says goodbye', async () => {
  const page = await connect();
  await service.drainQueues();
  const [created, ...more] = await received();
  expect(more).toEqual([]);
  expect(created).toEqual({
    type: 'connection.created',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    data: {
      connection: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      label: null,
      outsideId: null,
      provider: 'fitbit',
      state: 'connected',
    },
  });
  const browser = createBrowser();
  const gone = await browser.submit(await browser.open(page.url), { action: 'disconnect', sure: 'yes' });
  expect(gone.status).toBe(200);
  await service.drainQueues();
  expect(await received()).toEqual([
    {
      type: 'connection.closed',
      timestamp: expect.any(String) as unknown,
      data: { ...created!.data, state: 'closed' },
    },
  ]);
});

test('what the platform does not take comes again with the same id, and the log holds no key', async () => {
  status = 503;
  await connect();
  await service.drainQueues();
  const ids = platform.received.map(({ headers }) => headers['webhook-id']);
  expect([ids.length, new Set(ids).size]).toEqual([4, 1]);
  const lines = logs.map(({ message }) => message).join('\n');
  expect(lines).toContain('webhook.failed');
  expect(lines).toContain('webhooks not delivered');
  for (const kept of ['the-key', '/hooks', await secret()]) expect(lines).not.toContain(kept);
});

import { startReceiver, type Receiver } from '../../local/platform/receiver';
import { createWebhooks } from '../../src/adapters/webhooks';
import { Secret } from '../../src/secret';

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
let platform: Receiver;
let inVault: string | undefined;
beforeEach(async () => {
  inVault = secret;
  platform = await startReceiver({
    port: 0,
    now: Date.now,
    readSecret: () => Promise.resolve(inVault === undefined ? undefined : new Secret(inVault)),
  });
});
afterEach(() => platform.close());

const body = '{"type":"battery.low","data":{"label":"<b>17</b>"}}';
async function send(given = secret, at = Date.now()) {
  const keys = {
    saveKey: () => Promise.reject(new Error('There is a secret.')),
    readKeys: () => Promise.resolve([new Secret(given)]),
  };
  const webhooks = createWebhooks({ urls: [platform.webhookUrl], keys, timeoutMs: 5_000 });
  return webhooks.send(webhooks.addresses[0]!, { id: 'event-1', at, body });
}
const page = async () => (await fetch(platform.url)).text();
const answerWith = (status: string) =>
  fetch(`${platform.url}/answer`, { method: 'POST', body: new URLSearchParams({ status }) });

test('the platform of the local world verifies a webhook and shows it, and how often it came', async () => {
  expect(await page()).toContain('Nothing has come yet.');
  expect(await send()).toEqual({ kind: 'answered', status: 204 });
  await send();
  expect(platform.received()).toMatchObject([
    { id: 'event-1', verified: true, nth: 2, status: 204, body },
    { id: 'event-1', verified: true, nth: 1, status: 204, body },
  ]);
  const shown = await page();
  expect(shown).toContain('signature verified');
  expect(shown).toContain('came 2 times');
  expect(shown).toContain('&lt;b&gt;17&lt;/b&gt;');
});

test('it refuses a webhook that another secret has signed, an old one, and any while there is no secret', async () => {
  const refused = { kind: 'answered', status: 401 };
  expect(await send(`whsec_${Buffer.alloc(32, 4).toString('base64')}`)).toEqual(refused);
  expect(await send(secret, Date.now() - 301_000)).toEqual(refused);
  inVault = undefined;
  expect(await send()).toEqual(refused);
  expect(platform.received().map(({ verified }) => verified)).toEqual([false, false, false]);
});

test('it answers as its page says, and only what the page offers', async () => {
  await answerWith('503');
  expect(await send()).toEqual({ kind: 'answered', status: 503 });
  await answerWith('200');
  expect(await send()).toEqual({ kind: 'answered', status: 503 });
  await answerWith('410');
  expect(await send()).toEqual({ kind: 'answered', status: 410 });
});

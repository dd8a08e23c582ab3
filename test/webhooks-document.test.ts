/** What docs/webhooks.md shows is run as it stands, against the adapter that sends. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebhooks } from '../src/adapters/webhooks';
import { eventTypes } from '../src/model';
import { Secret } from '../src/secret';
import { Webhook } from 'standardwebhooks';

const text = readFileSync('docs/webhooks.md', 'utf8');
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)![1]!;

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let server: Server;
const stored: unknown[][] = [];

beforeAll(async () => {
  const names = {
    createServer: (...given: Parameters<typeof createServer>) => (server = createServer(...given)),
    Webhook,
    process: { env: { WEBHOOK_SECRET: secret, PORT: 0 } },
    enqueue: (...event: unknown[]) => void stored.push(event),
  };
  const program = block('js').replace(/^import .*$/gm, '');
  new Function(...Object.keys(names), program)(...Object.values(names));
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => server.close());

const send = async (given: string, at = Date.now()) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const keys = {
    saveKey: () => Promise.reject(new Error()),
    readKeys: () => Promise.resolve([new Secret(given)]),
  };
  const webhooks = createWebhooks({ urls: [url], keys, timeoutMs: 5_000 });
  return webhooks.send(webhooks.addresses[0]!, { id: 'event-1', at, body: block('json') });
};

test('its program takes the webhook that it shows', async () => {
  expect(await send(secret)).toEqual({ kind: 'answered', status: 204 });
  expect(stored).toEqual([['event-1', JSON.parse(block('json'))]]);
});

test('its program takes none with another signature, and none that is replayed', async () => {
  stored.length = 0;
  const another = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  expect(await send(another)).toEqual({ kind: 'answered', status: 401 });
  expect(await send(secret, Date.now() - 301_000)).toEqual({ kind: 'answered', status: 401 });
  expect(stored).toEqual([]);
});

test('its table has every type of event', () => {
  const shown = [...text.matchAll(/^\| `((?:connection|battery)\.\w+)` \|/gm)].map(([, type]) => type);
  expect(shown).toEqual([...eventTypes]);
});

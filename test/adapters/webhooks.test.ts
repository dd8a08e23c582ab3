/** Webhooks over real sockets: what goes over the wire, and what each way of failing says. */
import type { ServerResponse } from 'node:http';
import { createWebhooks } from '../../src/adapters/webhooks';
import type { WebhookAnswer } from '../../src/ports';
import { Secret } from '../../src/secret';
import { appErrorOf } from '../support/error-of';
import { closedAddress, startLocalServer, type LocalServer } from '../support/local-server';
import { verify } from '../support/webhooks';

const first = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const second = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

const running: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});
async function start(answer: (response: ServerResponse) => void): Promise<LocalServer> {
  const server = await startLocalServer(answer);
  running.push(server);
  return server;
}
const answerOk = (response: ServerResponse) => void response.end();

/** A vault with these versions, the last one first. */
function createKeys(...versions: string[]) {
  const keys = {
    versions,
    reads: 0,
    saveKey: (_name: string, value: Secret) => Promise.resolve(String(versions.unshift(value.reveal()))),
    readKeys: (_name: string, most: number) => {
      keys.reads += 1;
      return Promise.resolve(versions.slice(0, most).map((value) => new Secret(value)));
    },
  };
  return keys;
}

const webhook = () => ({ id: 'event-1', at: Date.now(), body: '{"type":"battery.low","data":"ä"}' });

async function sendTo(url: string, more: Partial<Parameters<typeof createWebhooks>[0]> = {}) {
  const webhooks = createWebhooks({ urls: [url], keys: createKeys(first), timeoutMs: 5_000, ...more });
  return webhooks.send(webhooks.addresses[0]!, webhook());
}

describe('a webhook', () => {
  test('is a POST of JSON that the library of the specification accepts', async () => {
    const server = await start(answerOk);
    expect(await sendTo(`${server.url}/hooks?key=1`)).toEqual({ kind: 'answered', status: 200 });
    const [request] = server.received;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hooks?key=1',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'event-1',
        'webhook-timestamp': expect.stringMatching(/^\d{10}$/) as unknown,
        'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/) as unknown,
      },
      body: webhook().body,
    });
    expect(verify(first, request!)).toEqual({ type: 'battery.low', data: 'ä' });
    expect(() => verify(second, request!)).toThrow('No matching signature found');
  });

  test('is refused by that library if its body, id or time is another one, or it is old', async () => {
    const server = await start(answerOk);
    await sendTo(server.url);
    const request = server.received[0]!;
    const { headers } = request;
    const old = String(Number(headers['webhook-timestamp']) - 301);
    for (const forged of [
      { ...request, body: request.body.replace('low', 'silent') },
      { ...request, headers: { ...headers, 'webhook-id': 'event-2' } },
      {
        ...request,
        headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) },
      },
    ]) {
      expect(() => verify(first, forged)).toThrow('No matching signature found');
    }
    const replayed = { ...request, headers: { ...headers, 'webhook-timestamp': old } };
    expect(() => verify(first, replayed)).toThrow('Message timestamp too old');
  });

  test('is signed with both secrets while one replaces the other', async () => {
    const server = await start(answerOk);
    await sendTo(server.url, { keys: createKeys(second, first, 'an older one') });
    const [request] = server.received;
    expect(String(request!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect(verify(first, request!)).toEqual(verify(second, request!));
  });
});

describe('the secret', () => {
  test('makes itself at first use, and is read again after that only when a minute is over', async () => {
    const keys = createKeys();
    const server = await start(answerOk);
    const webhooks = createWebhooks({ urls: [server.url], keys, timeoutMs: 5_000 });
    await webhooks.prepare();
    expect(keys.versions).toEqual([expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)]);
    await webhooks.prepare();
    await webhooks.send(webhooks.addresses[0]!, webhook());
    expect([keys.versions.length, keys.reads]).toEqual([1, 2]);
    verify(keys.versions[0]!, server.received[0]!);
  });

  test('that two instances have made at the same time is both of theirs', async () => {
    const keys = createKeys();
    const saved: Secret[] = [];
    const { saveKey } = keys;
    keys.saveKey = (name, value) => {
      saved.push(value);
      void saveKey(name, new Secret(second));
      return saveKey(name, value);
    };
    const server = await start(answerOk);
    await sendTo(server.url, { keys });
    const request = server.received[0]!;
    expect(verify(second, request)).toEqual(verify(saved[0]!.reveal(), request));
  });

  test('that is none does not keep the one before it from signing', async () => {
    const server = await start(answerOk);
    await sendTo(server.url, { keys: createKeys('a slip of the pen', first) });
    verify(first, server.received[0]!);
  });

  test.each(['a word', 'whsec_', `whsec_${Buffer.alloc(23).toString('base64')}`, first.slice(6)])(
    'that is none (%j) is NOT_CONFIGURED, and the error does not repeat it',
    async (bad) => {
      const error = await appErrorOf(sendTo('https://127.0.0.1', { keys: createKeys(bad) }));
      expect(error.code).toBe('NOT_CONFIGURED');
      expect(error.message).toBe(
        'The secret webhook-secret in Key Vault must be whsec_ and 24 to 64 bytes in base64.',
      );
    },
  );
});

describe('an address', () => {
  test('is known to others by its origin and an id that does not reveal the rest', () => {
    const url = 'https://hooks.example.org:8443/a/key?b=c';
    const { addresses } = createWebhooks({ urls: [url], keys: createKeys(), timeoutMs: 1 });
    expect(addresses).toMatchObject([
      { origin: 'https://hooks.example.org:8443', id: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown },
    ]);
  });

  test('that redirects is not followed', async () => {
    const elsewhere = await start(answerOk);
    const server = await start((response) => response.writeHead(307, { location: elsewhere.url }).end());
    expect(await sendTo(server.url)).toEqual({ kind: 'answered', status: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  test('that answers without end is left as soon as its status is known', async () => {
    let closed = (): void => undefined;
    const left = new Promise<void>((resolve) => (closed = resolve));
    const server = await start((response) => {
      response.on('close', closed);
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    expect(await sendTo(server.url)).toEqual({ kind: 'answered', status: 200 });
    await left;
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['never answers', () => undefined],
    ['cuts the connection', (response) => void response.destroy()],
  ])('that %s has not answered', async (_, answer) => {
    const server = await start(answer);
    expect(await sendTo(server.url, { timeoutMs: 200 })).toEqual({ kind: 'no answer' });
  });

  test('that nobody listens at has not answered', async () => {
    expect(await sendTo(await closedAddress())).toEqual({ kind: 'no answer' });
  });

  test.each(['https://10.0.0.1/', 'https://[fd00::1]/', 'https://169.254.169.254/metadata'])(
    'that is private by itself is not asked: %s',
    async (url) => {
      expect(await sendTo(url)).toEqual({ kind: 'not public' });
    },
  );

  test('whose name leads to this machine is not asked, however public it looks', async () => {
    const server = await start(answerOk);
    const { port } = new URL(server.url);
    const answer: WebhookAnswer = await sendTo(`https://hooks.example.org:${port}/`, {
      lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    expect(answer).toEqual({ kind: 'not public' });
    expect(server.received).toEqual([]);
  });

  test('whose name cannot be found has not answered', async () => {
    const answer = await sendTo('https://hooks.example.org/', {
      lookup: (_name, _options, callback) => callback(new Error('ENOTFOUND'), []),
    });
    expect(answer).toEqual({ kind: 'no answer' });
  });
});

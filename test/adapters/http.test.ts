/** `sendHttp` over real sockets: what goes over the wire, and what each way of failing says about the request. */
import dns from 'node:dns';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { makeCertificate } from '../../local/certificate';
import { sendHttp } from '../../src/adapters/http';
import type { HttpRequest } from '../../src/ports';
import { Secret } from '../../src/secret';
import { closedAddress, startLocalServer, type LocalServer } from '../support/local-server';

const running: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(...parameters: Parameters<typeof startLocalServer>): Promise<LocalServer> {
  const server = await startLocalServer(...parameters);
  running.push(server);
  return server;
}

const answerOk = (response: ServerResponse) => void response.end('{"ok":true}');

/** Sends to a server that answers `{"ok":true}`, and gives what arrived there. */
async function arrived(request: Partial<HttpRequest>) {
  const server = await start(answerOk);
  const answer = await sendHttp({ method: 'POST', url: `${server.url}/token`, timeoutMs: 5_000, ...request });
  expect(answer).toMatchObject({ answered: true, status: 200, body: { ok: true } });
  expect(server.received).toHaveLength(1);
  return server.received[0];
}

/** Sends a refresh to a server that does as told. */
async function refreshAt(url: string, timeoutMs = 5_000) {
  const form = { grant_type: 'refresh_token', refresh_token: new Secret('refresh-1') };
  return sendHttp({ method: 'POST', url: `${url}/token`, form, timeoutMs });
}

describe('a request', () => {
  test('carries a form, percent-encoded, with its secrets revealed on the wire only', async () => {
    const form = {
      grant_type: 'refresh_token',
      refresh_token: new Secret('1//a+b&c=d %ä'),
      redirect_uri: 'https://tokens.example.com/api/oauth/callback',
    };
    const request = await arrived({ form });
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe('/token');
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request?.body).toBe(
      'grant_type=refresh_token&refresh_token=1%2F%2Fa%2Bb%26c%3Dd+%25%C3%A4&redirect_uri=https%3A%2F%2Ftokens.example.com%2Fapi%2Foauth%2Fcallback',
    );
    expect(`${JSON.stringify(form)} ${inspect(form)}`).not.toContain('1//a');
  });

  test('carries the same bytes when it is sent again', async () => {
    const form = { b: '2', a: new Secret('1'), c: '3' };
    expect((await arrived({ form }))?.body).toBe((await arrived({ form }))?.body);
  });

  test('proves a client by HTTP Basic', async () => {
    const request = await arrived({
      authorization: { username: 'client:1', password: new Secret('s3cret/ä') },
    });
    const expected = Buffer.from('client:1:s3cret/ä').toString('base64');
    expect(request?.headers.authorization).toBe(`Basic ${expected}`);
  });

  test('carries a bearer token', async () => {
    const request = await arrived({ method: 'GET', authorization: { bearer: new Secret('access-1') } });
    expect(request?.method).toBe('GET');
    expect(request?.headers.authorization).toBe('Bearer access-1');
    expect(request?.body).toBe('');
  });

  test.each([
    ['JSON', 'application/json', ' {"name": "ä", "list": [1, null]}\n'],
    ['half of it', 'application/json', '{"name": '],
    ['a form', 'application/x-www-form-urlencoded', 'weight=70&date=2026-11-21'],
    ['XML', 'application/xml', '<ä/>'],
  ])('carries a body of %s to the last byte', async (_, type, body) => {
    const request = await arrived({
      method: 'PATCH',
      headers: { 'content-type': type },
      body: new TextEncoder().encode(body),
    });
    expect(request?.method).toBe('PATCH');
    expect(request?.headers['content-type']).toBe(type);
    expect(request?.body).toBe(body);
  });

  test('without a body names no type of one', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      expect((await arrived({ method }))?.headers['content-type']).toBeUndefined();
    }
  });

  test('carries further headers, and asks for JSON unless told otherwise', async () => {
    const request = await arrived({ method: 'DELETE', headers: { 'accept-language': 'en_US' } });
    expect(request?.method).toBe('DELETE');
    expect(request?.headers).toMatchObject({ 'accept-language': 'en_US', accept: 'application/json' });
    expect((await arrived({ headers: { accept: 'text/csv' } }))?.headers.accept).toBe('text/csv');
  });

  test('keeps the query of its address as it is', async () => {
    const server = await start(answerOk);
    await sendHttp({ method: 'GET', url: `${server.url}/a?b=c%20d&pageToken=%2B`, timeoutMs: 5_000 });
    expect(server.received[0]?.path).toBe('/a?b=c%20d&pageToken=%2B');
  });

  test('asks no proxy, whatever the environment says', async () => {
    const proxy = await start(answerOk);
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = proxy.url;
    try {
      await arrived({});
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
    expect(proxy.received).toEqual([]);
  });
});

describe('an answer', () => {
  const answerTo = async (answer: (response: ServerResponse) => void) => refreshAt((await start(answer)).url);

  test('has its status, its headers in lower case, and its JSON', async () => {
    const answer = await answerTo((response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Fitbit-Rate-Limit-Reset': '12' })
        .end('{"access_token":"access-2","expires_in":28800}'),
    );
    expect(answer).toEqual({
      answered: true,
      status: 200,
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'fitbit-rate-limit-reset': '12',
      }) as unknown,
      body: { access_token: 'access-2', expires_in: 28800 },
      content: Buffer.from('{"access_token":"access-2","expires_in":28800}'),
    });
  });

  test.each([400, 401, 409, 410, 429, 500, 503])(
    'of status %d is an answer, asked for once',
    async (status) => {
      const server = await start((response) =>
        response.writeHead(status, { 'retry-after': '1' }).end('{"errors":[]}'),
      );
      expect(await refreshAt(server.url)).toMatchObject({
        answered: true,
        status,
        headers: { 'retry-after': '1' },
        body: { errors: [] },
      });
      expect(server.received).toHaveLength(1);
    },
  );

  test.each([301, 302, 303, 307, 308])('of status %d is not followed', async (status) => {
    const elsewhere = await start(answerOk);
    const server = await start((response) =>
      response.writeHead(status, { location: `${elsewhere.url}/elsewhere` }).end(),
    );
    expect(await refreshAt(server.url)).toMatchObject({
      answered: true,
      status,
      headers: { location: `${elsewhere.url}/elsewhere` },
    });
    expect(elsewhere.received).toEqual([]);
  });

  test.each([
    ['HTML', '<html>Bad gateway</html>'],
    ['nothing', ''],
    ['half of its JSON', '{"access_token":"acc'],
  ])('with %s has no body', async (_, text) => {
    const answer = await answerTo((response) => response.writeHead(502).end(text));
    expect(answer).toMatchObject({
      answered: true,
      status: 502,
      body: undefined,
      content: Buffer.from(text),
    });
  });

  test('that is no text is kept to the last byte', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x80, 0x00]);
    expect(await answerTo((response) => response.end(bytes))).toMatchObject({
      body: undefined,
      content: bytes,
    });
  });

  test('is read as JSON whatever its content type says', async () => {
    const answer = await answerTo((response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('{"ok":1}'),
    );
    expect(answer).toMatchObject({ body: { ok: 1 } });
  });

  test('may begin with a byte order mark', async () => {
    const text = '\uFEFF{"access_token":"access-2"}';
    expect(await answerTo((response) => response.end(text))).toMatchObject({
      body: { access_token: 'access-2' },
      content: Buffer.from(text),
    });
  });

  const compressions = [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const;
  const longJson = JSON.stringify({ list: Array.from({ length: 9_999 }, (_, i) => i) });

  test.each(compressions)('that is compressed with %s is read', async (encoding, compress) => {
    const answer = await answerTo((response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(longJson)),
    );
    expect(answer).toMatchObject({ answered: true, status: 200, content: Buffer.from(longJson) });
  });

  test.each(compressions)('that is compressed with %s and cut off is none', async (encoding, compress) => {
    const whole = compress(longJson);
    for (const length of [1, Math.floor(whole.length / 2), whole.length - 1]) {
      const answer = await answerTo((response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(whole.subarray(0, length)),
      );
      expect(answer).toEqual({ answered: false, sent: true });
    }
  });

  test('in an encoding that was not asked for is none', async () => {
    const answer = await answerTo((response) =>
      response.writeHead(200, { 'content-encoding': 'zstd' }).end('{"ok":true}'),
    );
    expect(answer).toEqual({ answered: false, sent: true });
  });

  test('without content may name an encoding', async () => {
    const answer = await answerTo((response) =>
      response.writeHead(304, { 'content-encoding': 'gzip' }).end(),
    );
    expect(answer).toMatchObject({ answered: true, status: 304, content: Buffer.alloc(0) });
  });

  test('of more than 4 MB is not read when it was smaller on its way', async () => {
    const answer = await answerTo((response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(4 * 1024 * 1024 + 1))),
    );
    expect(answer).toEqual({ answered: false, sent: true, tooLarge: true });
  });

  test('of just under 4 MB is read', async () => {
    const text = 'x'.repeat(4 * 1024 * 1024 - 100);
    const answer = await answerTo((response) => response.end(JSON.stringify({ text })));
    expect(answer).toMatchObject({ answered: true, body: { text } });
  });

  test('of more than 4 MB is not read, and said to be too large', async () => {
    const answer = await answerTo((response) => response.end(`"${'x'.repeat(4 * 1024 * 1024)}"`));
    expect(answer).toEqual({ answered: false, sent: true, tooLarge: true });
  });
});

describe('no answer', () => {
  test('after the time is over: the request may have arrived', async () => {
    const server = await start(() => undefined);
    expect(await refreshAt(server.url, 500)).toEqual({ answered: false, sent: true });
    expect(server.received).toHaveLength(1);
  }, 1_900);

  test('when the time is over in the middle of the answer', async () => {
    const server = await start((response) => response.writeHead(200).write('{"access_token":'));
    expect(await refreshAt(server.url, 500)).toEqual({ answered: false, sent: true });
  }, 1_900);

  test('when the connection is cut after the request: asked once, may have been applied', async () => {
    const server = await start((response) => response.destroy());
    expect(await refreshAt(server.url)).toEqual({ answered: false, sent: true });
    expect(server.received).toHaveLength(1);
  });

  test('when the connection is cut in the middle of the answer', async () => {
    const server = await start((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"access_token":"acc', () => response.destroy());
    });
    expect(await refreshAt(server.url)).toEqual({ answered: false, sent: true });
  });

  test('when nobody listens: certainly not sent', async () => {
    expect(await refreshAt(await closedAddress())).toEqual({ answered: false, sent: false });
  });

  test('when nobody listens on any address of localhost: certainly not sent', async () => {
    const { port } = new URL(await closedAddress());
    expect(await refreshAt(`http://localhost:${port}`)).toEqual({ answered: false, sent: false });
  });

  test('when some addresses of a name refuse and others time out: certainly not sent', async () => {
    const { port } = new URL(await closedAddress());
    // A name with two addresses; the first one cannot be reached from anywhere.
    const addresses = [
      { address: 'fe80::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ];
    const lookUp = jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_: string, __: object, done: unknown) =>
        process.nextTick(done as () => void, null, addresses)) as typeof dns.lookup);
    try {
      expect(await refreshAt(`http://two-addresses.test:${port}`)).toEqual({ answered: false, sent: false });
      expect(lookUp).toHaveBeenCalledTimes(1);
    } finally {
      lookUp.mockRestore();
    }
  });

  test('when the name is unknown: certainly not sent', async () => {
    expect(await refreshAt('https://nobody.invalid')).toEqual({ answered: false, sent: false });
  });

  test('when the certificate is not to be trusted: certainly not sent', async () => {
    const server = await start(answerOk, await makeCertificate());
    expect(await refreshAt(server.url)).toEqual({ answered: false, sent: false });
    expect(server.received).toEqual([]);
  });
});

describe('a connection that was kept open, and that the server resets', () => {
  /** Resets a connection when a second request comes over it, or with `firstToo` any request but the very first. */
  async function startResetting({ firstToo = false } = {}) {
    const seen: string[] = [];
    const used = new Map<Socket, number>();
    const server = createServer((request, response) => {
      const times = (used.get(request.socket) ?? 0) + 1;
      used.set(request.socket, times);
      seen.push(`${request.method} ${times === 1 ? 'new' : 'kept'}`);
      if (times > 1 || (firstToo && seen.length > 1)) request.socket.resetAndDestroy();
      else response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    running.push({
      url,
      received: [],
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    });
    return { url, seen };
  }
  const send = (method: HttpRequest['method'], url: string) => sendHttp({ method, url, timeoutMs: 5_000 });

  test('a GET is sent again over a new one', async () => {
    const { url, seen } = await startResetting();
    expect(await send('GET', url)).toMatchObject({ answered: true, status: 200 });
    expect(await send('GET', url)).toMatchObject({ answered: true, status: 200, body: { ok: true } });
    expect(seen).toEqual(['GET new', 'GET kept', 'GET new']);
  });

  test('a GET is sent again once at the most', async () => {
    const { url, seen } = await startResetting({ firstToo: true });
    expect(await send('GET', url)).toMatchObject({ answered: true, status: 200 });
    expect(await send('GET', url)).toEqual({ answered: false, sent: true });
    expect(seen).toEqual(['GET new', 'GET kept', 'GET new']);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('a %s is never sent again', async (method) => {
    const { url, seen } = await startResetting();
    expect(await send('GET', url)).toMatchObject({ answered: true, status: 200 });
    expect(await send(method, url)).toEqual({ answered: false, sent: true });
    expect(seen).toEqual(['GET new', `${method} kept`]);
  });

  test('a GET over a new connection is not sent again', async () => {
    const server = await start((response) => response.destroy());
    expect(await send('GET', server.url)).toEqual({ answered: false, sent: true });
    expect(server.received).toHaveLength(1);
  });
});

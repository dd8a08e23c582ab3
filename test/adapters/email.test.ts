/** What goes to the e-mail side of Communication Services over the wire, and what each of its answers means. */
import { startPhone, type Phone } from '../../local/phone/sms-endpoint';
import type { Tap } from '../../local/serve';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { localAccessKey, type SenderOptions } from '../../src/adapters/communication';
import { connectEmail } from '../../src/adapters/email';
import type { EmailAnswer } from '../../src/ports';
import { Secret } from '../../src/secret';
import { closedAddress } from '../support/local-server';

interface Wire {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly url: string;
  readonly body: unknown;
}

const credentialFor = createCredentialFor({ kind: 'developer' });
const from = 'alerts@example.com';
const sendMs = 10_000;
const mail = {
  id: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
  firstSentAt: Date.parse('2026-11-21T06:00:00.987Z'),
  to: new Secret('ada@example.org'),
  subject: 'News',
  body: 'Page {link}',
  fillIn: { '{link}': new Secret('s3cr3t') },
};

let phone: Phone;
let tap: Tap = {};
let wire: Wire[] = [];

beforeEach(async () => {
  tap = {};
  wire = [];
  phone = await startPhone({
    port: 0,
    accessKey: localAccessKey,
    tap: {
      before: async (call) => {
        const { request } = call;
        wire.push({
          method: request.method,
          headers: Object.fromEntries(request.headers),
          url: request.url.replace(phone.url, ''),
          body: (await request.clone().json()) as unknown,
        });
        return tap.before?.(call) ?? 'go on';
      },
      after: (call, response) => tap.after?.(call, response) ?? 'go on',
    },
  });
});
afterEach(() => phone.close());

function send(options: Partial<SenderOptions> = {}): Promise<EmailAnswer> {
  return connectEmail({ endpoint: phone.url, from, credentialFor, sendMs, ...options }).send(mail);
}

const refuse = (status: number) => Response.json({ error: { code: 'Denied', message: 'no' } }, { status });

describe('over the wire', () => {
  test('goes one signed request with our own id and time, plain text, and no tracking', async () => {
    expect(await send()).toEqual({ kind: 'accepted' });
    expect(wire.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
      {
        method: 'POST',
        url: '/emails:send?api-version=2025-09-01',
        body: {
          senderAddress: 'alerts@example.com',
          recipients: { to: [{ address: 'ada@example.org' }] },
          content: { subject: 'News', plainText: 'Page s3cr3t' },
          userEngagementTrackingDisabled: true,
        },
      },
    ]);
    // The mailbox checks the signature.
    expect(wire[0]?.headers).toMatchObject({
      'operation-id': '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
      'repeatability-request-id': '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
      'repeatability-first-sent': 'Sat, 21 Nov 2026 06:00:00 GMT',
      authorization: expect.stringMatching(/^HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&/),
    });
  });

  test('a mail that can be ended by one click says where, in the two headers of RFC 8058', async () => {
    await connectEmail({ endpoint: phone.url, from, credentialFor, sendMs }).send({
      ...mail,
      unsubscribeAt: 'https://tokens.example.com/u/{link}',
    });
    expect(wire[0]?.body).toMatchObject({
      headers: {
        'List-Unsubscribe': '<https://tokens.example.com/u/s3cr3t>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    });
    expect(phone.mailbox.mails()).toHaveLength(1);
  });

  test('the address and what is secret are in the body only', async () => {
    await send();
    const { headers, url } = wire[0]!;
    expect(JSON.stringify([headers, url])).not.toMatch(/example\.org|s3cr3t/);
  });

  test('a repeat is byte for byte the same body', async () => {
    tap.before = () => refuse(500);
    await send();
    await send();
    expect(wire).toHaveLength(2);
    expect(wire[1]?.body).toEqual(wire[0]?.body);
  });
});

describe('an answer', () => {
  test('to another access key is unavailable', async () => {
    await phone.close();
    phone = await startPhone({ port: 0, accessKey: Buffer.from('another key').toString('base64') });
    expect(await send()).toEqual({ kind: 'unavailable', status: 401 });
    expect(phone.mailbox.mails()).toEqual([]);
  });

  test.each<[number, EmailAnswer]>([
    [400, { kind: 'refused', status: 400 }],
    [413, { kind: 'refused', status: 413 }],
    [401, { kind: 'unavailable', status: 401 }],
    [403, { kind: 'unavailable', status: 403 }],
    [404, { kind: 'unavailable', status: 404 }],
    [429, { kind: 'unavailable', status: 429 }],
    [408, { kind: 'unknown' }],
    // An earlier attempt with this id is being worked on, or was so long ago that nobody remembers it.
    [409, { kind: 'unknown' }],
    [412, { kind: 'unknown' }],
    [500, { kind: 'unknown' }],
    [503, { kind: 'unknown' }],
  ])('of %d is %j, asked for once', async (status, expected) => {
    tap.before = () => refuse(status);
    expect(await send()).toEqual(expected);
    expect(wire).toHaveLength(1);
  });

  test.each([
    ['a page of somebody in between', () => new Response('<html>', { status: 200 })],
    ['a redirect', () => refuse(307)],
  ])('that cannot be read (%s) is unknown', async (_, reply) => {
    tap.before = reply;
    expect(await send()).toEqual({ kind: 'unknown' });
    expect(wire).toHaveLength(1);
  });

  test.each([
    ['202 without a body', () => new Response(null, { status: 202 })],
    ['202 with a body that is no status', () => Response.json(7, { status: 202 })],
  ])('of %s is accepted', async (_, reply) => {
    tap.before = reply;
    expect(await send()).toEqual({ kind: 'accepted' });
  });

  test('that is lost is unknown, and the repeat makes no second mail', async () => {
    phone.mailbox.failWith('lost answer');
    expect(await send()).toEqual({ kind: 'unknown' });
    phone.mailbox.failWith(undefined);
    expect(await send()).toEqual({ kind: 'accepted' });
    expect(phone.mailbox.mails().map(({ body }) => body)).toEqual(['Page s3cr3t']);
  });

  test('of nobody, because nobody listens, is unavailable', async () => {
    expect(await send({ endpoint: await closedAddress() })).toEqual({ kind: 'unavailable' });
  }, 15_000);

  test('is not waited for longer than a send may take', async () => {
    tap.before = () => new Promise(() => undefined);
    expect(await send({ sendMs: 50 })).toEqual({ kind: 'unknown' });
  });
});

describe('in Azure', () => {
  test('a mail certainly was not sent when there is no token to be had, and the next one asks again', async () => {
    const getToken = jest.fn(() => Promise.reject(new Error('no')));
    const email = connectEmail({
      ...{ endpoint: 'https://acs.invalid', from, sendMs },
      credentialFor: () => Promise.resolve({ getToken }),
    });
    expect(await email.send(mail)).toEqual({ kind: 'unavailable' });
    expect(await email.send(mail)).toEqual({ kind: 'unavailable' });
    const scope = 'https://communication.azure.com//.default';
    expect(getToken.mock.calls).toEqual([[scope], [scope]]);
  });
});

describe('a sender that is not configured', () => {
  test.each<[string[], Partial<SenderOptions>]>([
    [['ACS_ENDPOINT', 'EMAIL_FROM'], { endpoint: undefined, from: undefined }],
    [['ACS_ENDPOINT'], { endpoint: undefined }],
    [['EMAIL_FROM'], { from: undefined }],
  ])('misses %j by the names of the settings, and sends nothing', async (missing, options) => {
    expect(connectEmail({ endpoint: phone.url, from, credentialFor, sendMs, ...options }).missing).toEqual(
      missing,
    );
    expect(await send(options)).toEqual({ kind: 'unavailable' });
    expect(wire).toEqual([]);
  });
});

/** What goes to Communication Services over the wire, and what each of its answers means. */
import type { TokenCredential } from '@azure/identity';
import { startKeyVault } from '../../local/key-vault/emulator';
import { startPhone, type Phone } from '../../local/phone/sms-endpoint';
import type { Tap } from '../../local/serve';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { localAccessKey, type SenderOptions } from '../../src/adapters/communication';
import { connectSms } from '../../src/adapters/sms';
import type { SmsAnswer } from '../../src/ports';
import { Secret } from '../../src/secret';
import { closedAddress } from '../support/local-server';

interface Wire {
  readonly headers: Record<string, string>;
  readonly url: string;
  readonly body: unknown;
}

const credentialFor = createCredentialFor({ kind: 'developer' });
const from = '+18005550100';
const sendMs = 10_000;
const text = {
  id: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
  firstSentAt: Date.parse('2026-11-21T06:00:00.987Z'),
  to: new Secret('+14255550123'),
  body: 'Your Charge 6 is at 19 %.',
  tag: 'c0ffee.3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
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
        const headers = Object.fromEntries(request.headers);
        wire.push({ headers, url: request.url, body: (await request.clone().json()) as unknown });
        return tap.before?.(call) ?? 'go on';
      },
      after: (call, response) => tap.after?.(call, response) ?? 'go on',
    },
  });
});
afterEach(() => phone.close());

function send(options: Partial<SenderOptions> = {}): Promise<SmsAnswer> {
  return connectSms({ endpoint: phone.url, from, credentialFor, sendMs, ...options }).send(text);
}

const refuse = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ error: { code: 'Denied', message: 'no' } }, { status, headers });

/** Does something to the first call only. */
function once<T>(then: T): () => T | 'go on' {
  let done = false;
  return () => {
    if (done) return 'go on';
    done = true;
    return then;
  };
}

describe('over the wire', () => {
  test('goes the text with our own id, time and tag, and a wish for a delivery report', async () => {
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(wire.map(({ body }) => body)).toEqual([
      {
        from: '+18005550100',
        smsRecipients: [
          {
            to: '+14255550123',
            repeatabilityRequestId: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
            repeatabilityFirstSent: 'Sat, 21 Nov 2026 06:00:00 GMT',
          },
        ],
        message: 'Your Charge 6 is at 19 %.',
        smsSendOptions: {
          enableDeliveryReport: true,
          tag: 'c0ffee.3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
        },
      },
    ]);
  });

  test('goes a signature over exactly that body, and the header that carried the id does not', async () => {
    // The phone checks the signature.
    expect(await send()).toMatchObject({ kind: 'accepted' });
    const { headers = {}, url = '' } = wire[0] ?? {};
    expect(headers['authorization']).toMatch(
      /^HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&/,
    );
    expect(Object.entries(headers).filter((header) => /repeatab|fitbit/i.test(header.join()))).toEqual([]);
    expect(url).not.toMatch(/3c5f2a90|4255550123/);
  });

  test('the id and time of one text never get into another that is sent at the same time', async () => {
    const sms = connectSms({ endpoint: phone.url, from, credentialFor, sendMs });
    const ids = Array.from({ length: 8 }, (_, i) => text.id.replace(/0$/, String(i)));
    await Promise.all(
      ids.map((id, i) =>
        sms.send({ ...text, id, firstSentAt: text.firstSentAt + i * 1_000, body: `text ${i}`, tag: id }),
      ),
    );
    const sent = wire.map(({ body }) => {
      const { smsRecipients, message, smsSendOptions } = body as {
        smsRecipients: { repeatabilityRequestId: string; repeatabilityFirstSent: string }[];
        message: string;
        smsSendOptions: { tag: string };
      };
      return [message, smsSendOptions.tag, ...Object.values(smsRecipients[0] ?? {}).slice(1)];
    });
    expect(sent.sort()).toEqual(
      ids.map((id, i) => [`text ${i}`, id, id, `Sat, 21 Nov 2026 06:00:0${i} GMT`]),
    );
  });

  test('goes what stands for a placeholder, as it is, and nothing of it anywhere else', async () => {
    const secret = 'a$&b$1_-{code}';
    const sms = connectSms({ endpoint: phone.url, from, credentialFor, sendMs });
    const body = 'Code {code}, page {link}';
    const fillIn = { '{code}': new Secret('012345'), '{link}': new Secret(secret) };
    expect(await sms.send({ ...text, body, fillIn })).toMatchObject({ kind: 'accepted' });
    expect(wire.map((sent) => (sent.body as { message: string }).message)).toEqual([
      `Code 012345, page ${secret}`,
    ]);
    const { headers, url } = wire[0]!;
    expect(JSON.stringify([headers, url])).not.toMatch(/012345|_-\{code/);
  });

  test('goes a placeholder for which there is nothing, as it is', async () => {
    const sms = connectSms({ endpoint: phone.url, from, credentialFor, sendMs });
    await sms.send({ ...text, body: 'page {link}' });
    expect((wire[0]?.body as { message: string }).message).toBe('page {link}');
  });

  test('a repeat is byte for byte the same body', async () => {
    tap.before = once(refuse(500));
    await send();
    await send();
    expect(wire).toHaveLength(2);
    expect(new Set(wire.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  }, 15_000);
});

describe('an answer', () => {
  test('to another access key is unavailable', async () => {
    await phone.close();
    phone = await startPhone({ port: 0, accessKey: Buffer.from('another key').toString('base64') });
    expect(await send()).toEqual({ kind: 'unavailable', status: 401 });
    expect(phone.texts()).toEqual([]);
  });

  test.each([401, 403, 404, 429])(
    'of %d is unavailable: nothing was accepted, asked for once',
    async (status) => {
      tap.before = () => refuse(status);
      expect(await send()).toEqual({ kind: 'unavailable', status });
      expect(wire).toHaveLength(1);
    },
  );

  test.each([400, 402, 413])('of %d is refused', async (status) => {
    tap.before = () => refuse(status);
    expect(await send()).toEqual({ kind: 'refused', status });
    expect(wire).toHaveLength(1);
  });

  test.each([
    [400, { kind: 'refused', status: 400 }],
    [401, { kind: 'unavailable', status: 401 }],
    [429, { kind: 'unavailable', status: 429 }],
    [200, { kind: 'unknown' }],
    [302, { kind: 'unknown' }],
    [408, { kind: 'unknown' }],
    [500, { kind: 'unknown' }],
  ])('of 202 whose recipient has %d counts as the recipient’s', async (httpStatusCode, expected) => {
    const value = [{ to: '+14255550123', httpStatusCode, successful: false, errorMessage: 'no' }];
    tap.before = () => Response.json({ value }, { status: 202 });
    expect(await send()).toEqual(expected);
  });

  test('of 202 without a recipient is unknown', async () => {
    tap.before = () => Response.json({ value: [] }, { status: 202 });
    expect(await send()).toEqual({ kind: 'unknown' });
  });

  test.each([408, 500, 503])(
    'of %d is unknown, asked for once: the domain repeats by itself',
    async (status) => {
      tap.before = () => refuse(status);
      expect(await send()).toEqual({ kind: 'unknown' });
      expect(wire).toHaveLength(1);
    },
  );

  test('of 500 to a text that was accepted is unknown, and the repeat makes no second text', async () => {
    tap.after = once(refuse(500));
    expect(await send()).toEqual({ kind: 'unknown' });
    expect(await send()).toEqual({ kind: 'accepted', smsId: phone.texts()[0]?.messageId });
    expect(phone.texts()).toHaveLength(1);
    expect(wire).toHaveLength(2);
  });

  test('that is lost is unknown, and the repeat makes no second text', async () => {
    tap.after = once('drop' as const);
    expect(await send()).toEqual({ kind: 'unknown' });
    expect(await send()).toEqual({ kind: 'accepted', smsId: phone.texts()[0]?.messageId });
    expect(phone.texts()).toHaveLength(1);
    expect(wire).toHaveLength(2);
  });

  test.each([
    ['a page of somebody in between', () => new Response('<html>', { status: 200 })],
    ['a redirect', () => refuse(307)],
    ['a body that is no list', () => Response.json({ value: 7 }, { status: 202 })],
  ])('that cannot be read (%s) is unknown', async (_, reply) => {
    tap.before = reply;
    expect(await send()).toEqual({ kind: 'unknown' });
    expect(wire).toHaveLength(1);
  });

  test('of nobody, because nobody listens, is unavailable', async () => {
    expect(await send({ endpoint: await closedAddress() })).toEqual({ kind: 'unavailable' });
  }, 15_000);
});

describe('reaching Communication Services', () => {
  const reach = (options: Partial<SenderOptions> = {}) =>
    connectSms({ endpoint: phone.url, from, credentialFor, sendMs, ...options }).reach();

  test('names no recipient, so that whoever may send is refused with 400, and no text arrives', async () => {
    expect(await reach()).toBe(400);
    expect(wire).toMatchObject([{ body: { from, smsRecipients: [] } }]);
    expect(phone.texts()).toEqual([]);
  });

  test('gives the status of whoever may not', async () => {
    tap = { before: () => refuse(403) };
    expect(await reach()).toBe(403);
  });

  test('gives nothing where nobody answers, or nothing is set', async () => {
    expect(await reach({ endpoint: await closedAddress() })).toBeUndefined();
    expect(await reach({ from: undefined })).toBeUndefined();
  });
});

describe('in Azure', () => {
  const scope = 'https://communication.azure.com//.default';
  // Not a loopback name, and nobody there: what is asked of it is never answered.
  const azure = 'https://acs.invalid';
  const withToken = (getToken: TokenCredential['getToken'], more: Partial<SenderOptions> = {}) =>
    connectSms({
      endpoint: azure,
      from,
      credentialFor: () => Promise.resolve({ getToken }),
      sendMs,
      ...more,
    });

  test.each([
    [
      'there is no token to be had',
      Object.assign(new Error('Network unreachable.'), { name: 'CredentialUnavailableError' }),
    ],
    [
      'the token endpoint answers 500',
      Object.assign(new Error('no'), { name: 'AuthenticationError', statusCode: 500 }),
    ],
    [
      'the token endpoint answers 400',
      Object.assign(new Error('no'), { name: 'AuthenticationError', statusCode: 400 }),
    ],
  ])('a text certainly was not sent when %s, and the next one asks again', async (_, error) => {
    const getToken = jest.fn(() => Promise.reject(error));
    const sms = withToken(getToken);
    expect(await sms.send(text)).toEqual({ kind: 'unavailable' });
    expect(await sms.send(text)).toEqual({ kind: 'unavailable' });
    expect(getToken.mock.calls).toEqual([[scope], [scope]]);
  });

  test('a token is waited for no longer than a send may take', async () => {
    const getToken = () => new Promise<never>(() => undefined);
    expect(await withToken(getToken, { sendMs: 30 }).send(text)).toEqual({ kind: 'unavailable' });
  });

  test('a name that does not exist and a certificate that nobody trusts are never a text on its way', async () => {
    const token = { token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 };
    expect(await withToken(() => Promise.resolve(token)).send(text)).toEqual({ kind: 'unavailable' });
    const vault = await startKeyVault({ port: 0 });
    try {
      const untrusted = vault.url.replace('127.0.0.1', 'localhost.');
      expect(await withToken(() => Promise.resolve(token), { endpoint: untrusted }).send(text)).toEqual({
        kind: 'unavailable',
      });
    } finally {
      await vault.close();
    }
  }, 15_000);
});

test.each([
  ['+18005550100', true],
  ['12345', true],
  ['Fitbit Svc', false],
  ['4Health', false],
  [undefined, true],
])('texts from %s can be answered: %s', (sender, canBeAnswered) => {
  const sms = connectSms({ endpoint: phone.url, from: sender, credentialFor, sendMs });
  expect(sms.canBeAnswered).toBe(canBeAnswered);
});

describe('a sender that is not configured', () => {
  test.each<[string[], Partial<SenderOptions>]>([
    [['ACS_ENDPOINT', 'SMS_FROM'], { endpoint: undefined, from: undefined }],
    [['ACS_ENDPOINT'], { endpoint: undefined }],
    [['SMS_FROM'], { from: undefined }],
  ])('misses %j by the names of the settings, and sends nothing', async (missing, options) => {
    expect(connectSms({ endpoint: phone.url, from, credentialFor, sendMs, ...options }).missing).toEqual(
      missing,
    );
    expect(await send(options)).toEqual({ kind: 'unavailable' });
    expect(wire).toEqual([]);
  });

  test('whose identity cannot be had is unavailable, and tries again at the next text', async () => {
    const asked = jest.fn(() => Promise.reject(new Error('no login')));
    const sms = connectSms({ endpoint: 'https://sms.example.com', from, credentialFor: asked, sendMs });
    expect(await sms.send(text)).toEqual({ kind: 'unavailable' });
    expect(await sms.send(text)).toEqual({ kind: 'unavailable' });
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

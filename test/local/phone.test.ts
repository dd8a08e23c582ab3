import { createHash, createHmac } from 'node:crypto';
import { SmsClient, type SmsSendOptions, type SmsSendResult } from '@azure/communication-sms';
import { createBrowser } from '../../local/browser';
import { carrierFailures, type CarrierFailure, type PhoneEvent } from '../../local/phone/events';
import { countSegments } from '../../local/phone/segments';
import { startPhone, type Phone } from '../../local/phone/sms-endpoint';
import { PortTaken } from '../../local/serve';

const accessKey = Buffer.from('a key of the tests, not a secret').toString('base64');
const from = '+18005551234';
const to = '+14255550123';
const firstSent = 'Fri, 20 Nov 2026 12:00:00 GMT';
const start = Date.parse('2026-11-20T12:00:00Z');

let time: number;
let events: PhoneEvent[];
let phone: Phone;

beforeEach(async () => {
  time = start;
  events = [];
  phone = await startPhone({
    port: 0,
    now: () => time,
    accessKey,
    deliver: (event) => void events.push(event),
  });
});

afterEach(() => phone.close());

interface Repeatable {
  readonly id: string;
  readonly sent?: string;
}

/** The real client; `repeatable` gives a send the id that another send had, the way the service does. */
function createClient(key = accessKey, repeatable?: Repeatable): SmsClient {
  return new SmsClient(`endpoint=${phone.url}/;accesskey=${key}`, {
    allowInsecureConnection: true,
    additionalPolicies: repeatable
      ? [
          {
            position: 'perCall',
            policy: {
              name: 'sameRepeatability',
              sendRequest: (request, next) => {
                const body = JSON.parse(String(request.body)) as { smsRecipients: object[] };
                body.smsRecipients = body.smsRecipients.map((recipient) => ({
                  ...recipient,
                  repeatabilityRequestId: repeatable.id,
                  repeatabilityFirstSent: repeatable.sent ?? firstSent,
                }));
                request.body = JSON.stringify(body);
                return next(request);
              },
            },
          },
        ]
      : [],
  });
}

async function send(
  message: string,
  {
    repeatable,
    options,
    numbers = [to],
    sender = from,
  }: { repeatable?: Repeatable; options?: SmsSendOptions; numbers?: string[]; sender?: string } = {},
): Promise<SmsSendResult> {
  const client = createClient(accessKey, repeatable);
  const [result] = await client.send({ from: sender, to: numbers, message }, options);
  if (!result) throw new Error('The answer names no recipient');
  return result;
}

function sign(body: string, path: string, date = firstSent): Record<string, string> {
  const hash = createHash('sha256').update(body).digest('base64');
  const signed = `POST\n${path}\n${date};${new URL(phone.url).host};${hash}`;
  const signature = createHmac('sha256', Buffer.from(accessKey, 'base64')).update(signed).digest('base64');
  return {
    'content-type': 'application/json',
    'x-ms-date': date,
    'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}

const path = '/sms?api-version=2021-03-07';

async function post(
  body: string,
  headers: Record<string, string> = sign(body, path),
  target = path,
): Promise<{ status: number; error: { code: string; message: string } }> {
  const response = await fetch(`${phone.url}${target}`, { method: 'POST', headers, body });
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, error };
}

const wellFormed = {
  from,
  smsRecipients: [
    { to, repeatabilityRequestId: '5f0c1a52-6d0b-4f8e-9a37-0d6b5b1f7c11', repeatabilityFirstSent: firstSent },
  ],
  message: 'Hello',
  smsSendOptions: { enableDeliveryReport: true },
};

describe('the SMS endpoint', () => {
  it('accepts a text from the real client and shows it on the phone', async () => {
    const result = await send('Your code is 418 207.', {
      options: { enableDeliveryReport: true, tag: 'm-1' },
    });
    const [text, ...more] = phone.texts();
    expect(more).toEqual([]);
    expect(text).toEqual({
      messageId: result.messageId,
      from,
      to,
      body: 'Your code is 418 207.',
      tag: 'm-1',
      repeatabilityRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receivedAt: start,
      segments: 1,
      encoding: 'GSM-7',
    });
    expect(result).toEqual({
      to,
      messageId: expect.stringMatching(/^Outgoing_20261120120000[0-9a-f-]{36}$/),
      httpStatusCode: 202,
      repeatabilityResult: 'accepted',
      successful: true,
      errorMessage: null,
    });
    expect(await (await fetch(`${phone.url}/texts.json`)).json()).toEqual([text]);
  });

  it('refuses a client with another key', async () => {
    const other = createClient(Buffer.from('another key').toString('base64'));
    await expect(other.send({ from, to: [to], message: 'Hello' })).rejects.toMatchObject({ statusCode: 401 });
    expect(phone.texts()).toEqual([]);
  });

  const body = JSON.stringify(wellFormed);
  it.each([
    ['no date', () => ({ ...sign(body, path), 'x-ms-date': '' }), /x-ms-date/],
    [
      'a date that was not signed',
      () => ({ ...sign(body, path), 'x-ms-date': 'Fri, 20 Nov 2026 12:00:01 GMT' }),
      /Authorization/,
    ],
    ['the hash of another body', () => sign(`${body} `, path), /x-ms-content-sha256/],
    ['a signature for another path', () => sign(body, '/sms?api-version=2020-01-01'), /Authorization/],
    ['no signature', () => ({ ...sign(body, path), authorization: '' }), /Authorization/],
  ])('answers 401 to a request with %s', async (_, headers, named) => {
    expect(await post(body, headers())).toEqual({
      status: 401,
      error: { code: 'Denied', message: expect.stringMatching(named) },
    });
    expect(phone.texts()).toEqual([]);
  });

  const [recipient] = wellFormed.smsRecipients;
  it.each([
    ['no JSON', '{', /^body: /],
    ['no message', JSON.stringify({ ...wellFormed, message: undefined }), /^message: /],
    [
      'a message that is too long',
      JSON.stringify({ ...wellFormed, message: 'x'.repeat(2049) }),
      /^message: /,
    ],
    ['a sender that is no E.164 number', JSON.stringify({ ...wellFormed, from: '18005551234' }), /^from: /],
    ['nobody to send to', JSON.stringify({ ...wellFormed, smsRecipients: [] }), /^smsRecipients: /],
    [
      'more than 100 recipients',
      JSON.stringify({ ...wellFormed, smsRecipients: Array.from({ length: 101 }, () => recipient) }),
      /^smsRecipients: /,
    ],
    [
      'a repeatability id that is no UUID',
      JSON.stringify({ ...wellFormed, smsRecipients: [{ ...recipient, repeatabilityRequestId: '1' }] }),
      /^smsRecipients\.0\.repeatabilityRequestId: /,
    ],
    [
      'a first-sent in another form',
      JSON.stringify({
        ...wellFormed,
        smsRecipients: [{ ...recipient, repeatabilityFirstSent: '2026-11-20' }],
      }),
      /^smsRecipients\.0\.repeatabilityFirstSent: /,
    ],
  ])('answers 400 to a request with %s', async (_, content, named) => {
    expect(await post(content)).toEqual({
      status: 400,
      error: { code: 'BadRequest', message: expect.stringMatching(named) },
    });
    expect(phone.texts()).toEqual([]);
  });

  it('answers 400 to an api-version that it does not speak', async () => {
    const other = '/sms?api-version=2020-01-01';
    expect(await post(body, sign(body, other), other)).toEqual({
      status: 400,
      error: { code: 'BadRequest', message: 'The api-version must be 2021-03-07.' },
    });
  });

  it('accepts one recipient and refuses another of the same request, each in its own entry', async () => {
    const results = await createClient().send({ from, to: [to, '0123'], message: 'Hello' });
    expect(
      results.map(({ successful, httpStatusCode, errorMessage }) => [
        successful,
        httpStatusCode,
        errorMessage,
      ]),
    ).toEqual([
      [true, 202, null],
      [false, 400, 'Invalid To phone number format.'],
    ]);
    expect(phone.texts().map((text) => text.to)).toEqual([to]);
  });

  it('accepts a text to a blocked number as a carrier does, and shows none until it is unblocked', async () => {
    phone.block(to);
    expect(await send('Hello')).toMatchObject({ successful: true, httpStatusCode: 202 });
    expect(phone.texts()).toEqual([]);
    phone.unblock(to);
    expect((await send('Hello again')).successful).toBe(true);
    expect(phone.texts().map((text) => text.body)).toEqual(['Hello again']);
  });

  it('is emptied by clear', async () => {
    await send('Hello');
    phone.clear();
    expect(phone.texts()).toEqual([]);
  });

  it('names the port and the phone when the port is taken', async () => {
    const second = startPhone({ port: phone.port, accessKey });
    await expect(second).rejects.toThrow(PortTaken);
    await expect(second).rejects.toThrow(`Port ${phone.port}, wanted for the phone, is taken.`);
  });
});

describe('repeatability', () => {
  const repeatable = { id: '0b9f6a0e-51c7-4a86-8a4e-3f1f2d7a9b01' };

  it('answers a repeat with the first answer and shows one text, up to the end of its memory', async () => {
    const first = await send('Charge it.', { repeatable });
    time += 299_999;
    expect(await send('Charge it.', { repeatable })).toEqual(first);
    expect(phone.texts()).toHaveLength(1);
  });

  it('sends again when its memory is over', async () => {
    const first = await send('Charge it.', { repeatable });
    time += 300_000;
    const second = await send('Charge it.', { repeatable });
    expect(second.successful).toBe(true);
    expect(second.messageId).not.toBe(first.messageId);
    expect(phone.texts().map((text) => text.body)).toEqual(['Charge it.', 'Charge it.']);
  });

  it('does not remember longer because of a repeat', async () => {
    await send('Charge it.', { repeatable });
    time += 200_000;
    await send('Charge it.', { repeatable });
    time += 100_000;
    await send('Charge it.', { repeatable });
    expect(phone.texts()).toHaveLength(2);
  });

  it('takes an id in other letters for the same id', async () => {
    await send('Charge it.', { repeatable });
    await send('Charge it.', { repeatable: { id: repeatable.id.toUpperCase() } });
    expect(phone.texts()).toHaveLength(1);
  });

  it.each([
    ['another body', 'Charge it now.', repeatable],
    ['another first-sent', 'Charge it.', { ...repeatable, sent: 'Fri, 20 Nov 2026 12:00:01 GMT' }],
  ])('refuses the same id with %s', async (_, message, again) => {
    await send('Charge it.', { repeatable });
    expect(await send(message, { repeatable: again })).toEqual({
      to,
      httpStatusCode: 400,
      repeatabilityResult: 'rejected',
      successful: false,
      errorMessage: 'The repeatability request id was used before for another request.',
    });
    expect(phone.texts().map((text) => text.body)).toEqual(['Charge it.']);
  });

  it('remembers a refusal too', async () => {
    const numbers = ['0123'];
    const first = await send('Charge it.', { repeatable, numbers });
    expect(first.successful).toBe(false);
    expect(await send('Charge it.', { repeatable, numbers })).toEqual(first);
  });

  it('remembers what was blocked: a repeat does not arrive after START', async () => {
    phone.block(to);
    const first = await send('Charge it.', { repeatable });
    phone.unblock(to);
    expect(await send('Charge it.', { repeatable })).toEqual(first);
    expect(phone.texts()).toEqual([]);
  });

  it('shows one text when the answer was lost and the client repeats the request by itself', async () => {
    await phone.close();
    let lost = 0;
    phone = await startPhone({
      port: 0,
      now: () => time,
      accessKey,
      tap: { after: () => (lost++ === 0 ? 'drop' : 'go on') },
    });
    const client = new SmsClient(`endpoint=${phone.url}/;accesskey=${accessKey}`, {
      allowInsecureConnection: true,
      retryOptions: { retryDelayInMs: 1 },
    });
    const [result] = await client.send({ from, to: [to], message: 'Charge it.' });
    expect(lost).toBe(2);
    expect(phone.texts().map(({ messageId }) => messageId)).toEqual([result?.messageId]);
  });
});

describe('what the carrier says about further texts to a number', () => {
  it.each<[CarrierFailure, string[]]>([
    ['no such number', []],
    ['unreachable', []],
    ['try later', []],
    // Texts arrive; only the report is missing.
    ['no report', ['Hello']],
  ])('can be set: %s', async (failure, arrived) => {
    phone.failWith(to, failure);
    const options = { enableDeliveryReport: true };
    expect((await send('Hello', { options })).successful).toBe(true);
    phone.failWith(to, undefined);
    await send('Hello again', { options });
    await phone.settle();
    expect(phone.texts().map(({ body }) => body)).toEqual([...arrived, 'Hello again']);
    expect(events.map(({ data }) => 'deliveryStatus' in data && data.deliveryStatus)).toEqual([
      'Failed',
      'Delivered',
    ]);
    expect(events[0]?.data).toMatchObject({ deliveryStatusDetails: carrierFailures[failure] });
  });

  it('is chosen on the reply page, for a phone that has a text', async () => {
    await send('Hello');
    const choose = (number: string, failure: string) =>
      fetch(`${phone.url}/carrier`, {
        method: 'POST',
        body: new URLSearchParams({ to: number, failure }),
      });
    expect(await (await choose(to, 'unreachable')).text()).toContain('value="unreachable" selected');
    await send('Hello again');
    expect(await (await choose(to, '')).text()).not.toContain('selected');
    await send('And again');
    expect(phone.texts().map(({ body }) => body)).toEqual(['Hello', 'And again']);
    expect((await choose('+14255550199', 'unreachable')).status).toBe(404);
  });
});

describe('delivery reports', () => {
  it('come once per accepted text, carry its tag and name numbers without a plus', async () => {
    const repeatable = { id: '7a6e1f43-9f2c-4d43-8a7b-1f6f0e7d2c55' };
    const options = { enableDeliveryReport: true, tag: 'm-7' };
    const { messageId } = await send('x'.repeat(161), { repeatable, options });
    await send('x'.repeat(161), { repeatable, options });
    const at = '2026-11-20T12:00:00.000Z';
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        topic: expect.stringContaining('/providers/Microsoft.Communication/communicationServices/'),
        subject: '/phonenumber/18005551234',
        eventType: 'Microsoft.Communication.SMSDeliveryReportReceived',
        eventTime: at,
        dataVersion: '1.0',
        metadataVersion: '1',
        data: {
          messageId,
          from: '18005551234',
          to: '14255550123',
          deliveryStatus: 'Delivered',
          deliveryStatusDetails: 'No error.',
          receivedTimestamp: at,
          deliveryAttempts: [{ timestamp: at, segmentsSucceeded: 2, segmentsFailed: 0 }],
          tag: 'm-7',
        },
      },
    ]);
  });

  it('say that a blocked number was not reached', async () => {
    phone.block(to);
    await send('Stopped.', { options: { enableDeliveryReport: true, tag: 'm-8' } });
    expect(events).toMatchObject([
      {
        eventType: 'Microsoft.Communication.SMSDeliveryReportReceived',
        data: {
          to: '14255550123',
          deliveryStatus: 'Failed',
          deliveryStatusDetails: 'Sender blocked for given recipient.',
          deliveryAttempts: [{ segmentsSucceeded: 0, segmentsFailed: 1 }],
          tag: 'm-8',
        },
      },
    ]);
  });

  it('come only for texts that asked for one and were accepted', async () => {
    await send('Nobody asked.');
    await send('Refused.', { options: { enableDeliveryReport: true }, numbers: ['0123'] });
    expect(events).toEqual([]);
  });

  it('are waited for before the phone is closed, and one that cannot be handed over stops nothing', async () => {
    await phone.close();
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    let fail = (_error: Error): void => undefined;
    const delivered = new Promise<void>((_resolve, reject) => (fail = reject));
    phone = await startPhone({ port: 0, accessKey, deliver: () => delivered });
    expect(await send('Hello', { options: { enableDeliveryReport: true } })).toMatchObject({
      successful: true,
    });
    let isClosed = false;
    const closing = phone.close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    fail(new Error('no queue'));
    await closing;
    expect(said).toHaveBeenCalledTimes(1);
  });
});

describe('a reply', () => {
  beforeEach(() => send('Your battery is low.'));

  it('goes to whoever sent the newest text, as the event of a text that was received', async () => {
    time += 60_000;
    await phone.reply(to, ' Thanks! ');
    const at = '2026-11-20T12:01:00.000Z';
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        topic: expect.stringContaining('/providers/Microsoft.Communication/communicationServices/'),
        subject: '/phonenumber/18005551234',
        eventType: 'Microsoft.Communication.SMSReceived',
        eventTime: at,
        dataVersion: '1.0',
        metadataVersion: '1',
        data: {
          messageId: expect.stringMatching(/^Incoming_20261120120100[0-9a-f-]{36}$/),
          from: '14255550123',
          to: '18005551234',
          message: ' Thanks! ',
          receivedTimestamp: at,
          segmentCount: 1,
        },
      },
    ]);
    expect(phone.replies()).toMatchObject([{ from: to, to: from, body: ' Thanks! ', sentAt: time }]);
  });

  it('of STOP blocks the number at the carrier, and START opens it again', async () => {
    await phone.reply(to, 'Stop ');
    await send('one');
    await phone.reply(to, 'START');
    await send('two');
    await phone.reply(to, 'stop');
    await send('three');
    await phone.reply(to, 'unstop');
    await send('four');
    expect(phone.texts().map(({ body }) => body)).toEqual(['Your battery is low.', 'two', 'four']);
    expect(events).toHaveLength(4);
  });

  it.each(['CANCEL', 'ARRET', 'STOP ALL', 'HELP', 'stop it'])(
    'of %s is nothing to the carrier',
    async (word) => {
      await phone.reply(to, word);
      await send('one');
      expect(phone.texts()).toHaveLength(2);
      expect(phone.replies()[0]).not.toHaveProperty('networkAnswer');
    },
  );

  it('needs a text to answer', async () => {
    await expect(phone.reply('+14255550199', 'Hello?')).rejects.toThrow(
      'No text has arrived at +14255550199.',
    );
    expect(events).toEqual([]);
  });

  it('is emptied by clear', async () => {
    await phone.reply(to, 'Thanks!');
    phone.clear();
    expect(phone.replies()).toEqual([]);
  });
});

describe('the reply page', () => {
  const address = (number: string) => `${phone.url}/reply?to=${encodeURIComponent(number)}`;

  it('is linked from each phone and does not load itself again, so that somebody can type', async () => {
    await send('Your battery is low.');
    const phones = await (await fetch(`${phone.url}/`)).text();
    expect(phones).toContain('<a class="foot" href="/reply?to=%2B14255550123">Reply</a>');
    const response = await fetch(address(to));
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    const page = await response.text();
    expect(page).not.toContain('http-equiv="refresh"');
    expect(page).not.toContain('<script');
    expect(page).toContain('Your battery is low.');
  });

  it('sends what was typed, and leads back to the phones, which show it', async () => {
    await send('Your battery is low.');
    const browser = createBrowser();
    const back = await browser.submit(await browser.open(address(to)), { text: 'Who <b>are</b> you?' });
    expect(new URL(back.url).pathname).toBe('/');
    expect(back.text).toContain('<p class="bubble">Who &lt;b&gt;are&lt;/b&gt; you?</p>');
    expect(events).toMatchObject([{ data: { message: 'Who <b>are</b> you?' } }]);
  });

  it('has a button for each word that means something, and shows what the carrier says to it', async () => {
    await send('Your battery is low.');
    const browser = createBrowser();
    const page = await browser.open(address(to));
    expect(page.forms.map(({ method, action }) => [method, action])).toEqual([
      ['POST', '/reply'],
      ['POST', '/reply'],
      ['POST', '/carrier'],
    ]);
    for (const word of ['STOP', 'START', 'HELP']) expect(page.text).toContain(`name="text" value="${word}"`);
    const words = page.forms.slice(1);
    const back = await browser.submit({ ...page, forms: words }, {});
    expect(back.text).toContain('NETWORK MSG: You replied with the word &quot;stop&quot;');
    expect(events).toMatchObject([{ data: { message: 'STOP' } }]);
  });

  it('sends nothing when nothing was typed', async () => {
    await send('Your battery is low.');
    const browser = createBrowser();
    await browser.submit(await browser.open(address(to)), { text: '  ' });
    expect(phone.replies()).toEqual([]);
  });

  it('lets nobody answer a name, and still says what the carrier does', async () => {
    await send('Your battery is low.', { sender: 'Fitbit Svc' });
    expect(await (await fetch(`${phone.url}/`)).text()).toContain('>Carrier</a');
    const page = await createBrowser().open(address(to));
    expect(page.forms.map(({ action }) => action)).toEqual(['/carrier']);
    expect(page.text).toContain('Nobody can reply to a name');
    const body = new URLSearchParams({ to, text: 'STOP' });
    expect((await fetch(`${phone.url}/reply`, { method: 'POST', body })).status).toBe(404);
    await expect(phone.reply(to, 'STOP')).rejects.toThrow('Nobody can answer the name Fitbit Svc.');
    await send('And again.', { sender: '12345' });
    await phone.reply(to, 'STOP');
    expect(events).toMatchObject([{ data: { message: 'STOP' } }]);
  });

  it('is not there for a phone that has no text', async () => {
    expect((await fetch(address('+14255550199'))).status).toBe(404);
    const body = new URLSearchParams({ to: '+14255550199', text: 'STOP' });
    expect((await fetch(`${phone.url}/reply`, { method: 'POST', body })).status).toBe(404);
    expect(events).toEqual([]);
  });

  it('is not there, nor linked, when nobody listens', async () => {
    await phone.close();
    phone = await startPhone({ port: 0, accessKey });
    await send('Your battery is low.');
    expect(await (await fetch(`${phone.url}/`)).text()).toContain('This phone only receives');
    expect((await fetch(address(to))).status).toBe(404);
  });
});

describe('the phone page', () => {
  const read = async (): Promise<string> => (await fetch(`${phone.url}/`)).text();

  it('says what to wait for while there are no texts', async () => {
    const page = await read();
    expect(page).toContain('No texts yet');
    expect(page).toContain('<title>Phone · Fitbit Token Service</title>');
  });

  it('loads itself again and runs no script', async () => {
    const response = await fetch(`${phone.url}/`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    const page = await response.text();
    expect(page).toContain('<meta http-equiv="refresh" content="3" />');
    expect(page).not.toContain('<script');
  });

  it('groups texts by number, the phone that rang last first and the newest text last', async () => {
    const bodies = [
      [to, 'first'],
      ['+442071838750', 'second'],
      [to, 'third'],
    ] as const;
    for (const [number, body] of bodies) {
      await send(body, { numbers: [number] });
      time += 60_000;
    }
    const page = await read();
    const order = ['to +1 425 555 0123', '>first<', '>third<', 'to +44 20 7183 8750', '>second<'];
    expect(order.map((part) => page.indexOf(part))).not.toContain(-1);
    expect(order.toSorted((one, other) => page.indexOf(one) - page.indexOf(other))).toEqual(order);
    expect(page).toContain('<time datetime="2026-11-20T12:02:00.000Z">');
  });

  it('says how many segments a text took and why', async () => {
    await send('Charge it 🔋');
    await send('x'.repeat(161));
    const page = (await read()).replace(/\s+/g, ' ');
    expect(page).toContain('· 1 segment · UCS-2');
    expect(page).toContain('· 2 segments · GSM-7');
  });

  it('escapes a text and links http and https addresses only', async () => {
    await send('<b>&"\' see https://a.example/m/x?a=1&b=2. Not javascript:alert(1) nor ftp://b.example');
    const page = await read();
    const link = 'https://a.example/m/x?a=1&amp;b=2';
    expect(page).toContain(
      `<p class="bubble">&lt;b&gt;&amp;&quot;&#39; see <a href="${link}" target="_blank" rel="noopener noreferrer">` +
        `${link}</a>. Not javascript:alert(1) nor ftp://b.example</p>`,
    );
  });

  it('shows the newest sixty texts of a number and says where the others are', async () => {
    for (let index = 1; index <= 62; index++) await send(`text ${index}`);
    const page = (await read()).replace(/\s+/g, ' ');
    expect(page.match(/class="bubble"/g)).toHaveLength(60);
    expect(page).toContain('2 earlier texts in <a href="/texts.json">texts.json</a>');
    expect(page).not.toContain('>text 2<');
    expect(page).toContain('>text 3<');
  });
});

describe('countSegments', () => {
  it.each([
    ['one character', 'x', 'GSM-7', 1],
    ['160 characters', 'x'.repeat(160), 'GSM-7', 1],
    ['161 characters', 'x'.repeat(161), 'GSM-7', 2],
    ['two full segments', 'x'.repeat(306), 'GSM-7', 2],
    ['one more than two segments', 'x'.repeat(307), 'GSM-7', 3],
    ['letters of the basic alphabet', 'Ærøskøbing: 5 £ ¿qué? Ω', 'GSM-7', 1],
    ['80 characters that take two places', '€'.repeat(80), 'GSM-7', 1],
    ['81 characters that take two places', '€'.repeat(81), 'GSM-7', 2],
    // 152 places, then an escape that does not fit into the 153rd.
    ['a pair at the end of a segment', `${'x'.repeat(152)}€${'x'.repeat(152)}`, 'GSM-7', 3],
    ['70 characters with a curly quote', `’${'x'.repeat(69)}`, 'UCS-2', 1],
    ['71 characters with a curly quote', `’${'x'.repeat(70)}`, 'UCS-2', 2],
    ['two full UCS-2 segments', 'ж'.repeat(134), 'UCS-2', 2],
    ['one more than two UCS-2 segments', 'ж'.repeat(135), 'UCS-2', 3],
    ['35 emoji', '🔋'.repeat(35), 'UCS-2', 1],
    // 33 whole emoji fit into 67 places, not 33 and a half.
    ['67 emoji', '🔋'.repeat(67), 'UCS-2', 3],
  ] as const)('counts %s', (_, text, encoding, segments) => {
    expect(countSegments(text)).toEqual({ encoding, segments });
  });
});

/** The mailbox as a person sees it, and the reports about its mails. */
import { parse } from 'node-html-parser';
import type { PhoneEvent } from '../../local/phone/events';
import { startPhone, type Phone } from '../../local/phone/sms-endpoint';
import type { MailFault } from '../../local/mailbox/mails';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { localAccessKey } from '../../src/adapters/communication';
import { connectEmail } from '../../src/adapters/email';
import type { EmailAnswer } from '../../src/ports';
import { Secret } from '../../src/secret';
import { startLocalServer } from '../support/local-server';

const start = Date.parse('2026-11-20T12:00:00Z');
const id = '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00';

let time: number;
let phone: Phone;
let events: PhoneEvent[];

beforeEach(async () => {
  time = start;
  events = [];
  phone = await startPhone({
    port: 0,
    now: () => time,
    accessKey: localAccessKey,
    deliver: (event) => void events.push(event),
  });
});
afterEach(() => phone.close());

function send(
  body = 'See https://tokens.example.com/m/abc.',
  subject = 'News',
  unsubscribeAt?: string,
): Promise<EmailAnswer> {
  const email = connectEmail({
    endpoint: phone.url,
    from: 'alerts@example.com',
    credentialFor: createCredentialFor({ kind: 'developer' }),
    sendMs: 10_000,
  });
  const to = new Secret('ada@example.org');
  return email.send({ id, firstSentAt: start, to, subject, body, unsubscribeAt });
}

const read = async () => parse(await (await fetch(`${phone.url}/mailbox`)).text());

test('the page shows sender, recipient, subject and text, with links that can be clicked', async () => {
  await send();
  const page = await read();
  expect(page.querySelector('title')?.text).toBe('(1) Mailbox · Fitbit Token Service');
  expect(page.querySelectorAll('article h2').map(({ text }) => text)).toEqual(['News']);
  expect(page.querySelectorAll('article dd').map(({ text }) => text)).toEqual([
    'alerts@example.com',
    'ada@example.org',
    expect.stringMatching(/^Today, \d\d:00$/),
  ]);
  expect(page.querySelector('.body a')?.getAttribute('href')).toBe('https://tokens.example.com/m/abc');
});

test('a mail that can be ended by one click has the button of a mail program, which posts as RFC 8058 says', async () => {
  const sender = await startLocalServer((response) => response.end('Bye.'));
  try {
    await send('Hello.', 'News', `${sender.url}/u/s3cr3t`);
    expect((await read()).querySelector('.unsubscribe')?.text).toContain('as a mail program offers it');
    const pressed = await fetch(`${phone.url}/mailbox/unsubscribe`, {
      method: 'POST',
      body: new URLSearchParams({ mail: id }),
    });
    expect(parse(await pressed.text()).querySelector('.unsubscribe')?.text).toContain('answered 200');
    const [posted] = sender.received;
    expect(posted).toMatchObject({ method: 'POST', path: '/u/s3cr3t', body: 'List-Unsubscribe=One-Click' });
    expect(posted?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect([posted?.headers.cookie, posted?.headers.origin]).toEqual([undefined, undefined]);
  } finally {
    await sender.close();
  }
});

test('nothing but a mail of this mailbox is unsubscribed from', async () => {
  await send();
  for (const mail of [id, 'https://evil.example/', '']) {
    const pressed = await fetch(`${phone.url}/mailbox/unsubscribe`, {
      method: 'POST',
      body: new URLSearchParams({ mail }),
    });
    expect(pressed.status).toBe(404);
  }
});

test('a mail cannot bring markup onto the page', async () => {
  await send('<script>alert(1)</script>', '<b>News</b>');
  const page = await read();
  expect(page.querySelector('script')).toBeNull();
  expect(page.querySelector('article h2')?.innerHTML).toBe('&lt;b&gt;News&lt;/b&gt;');
});

test('the phone page leads to the mailbox once there is a mail', async () => {
  const link = async () =>
    parse(await (await fetch(phone.url)).text()).querySelector('a[href="/mailbox"]')?.text;
  expect(await link()).toBeUndefined();
  await send();
  expect(await link()).toBe('1 mail');
});

test('a mail that has arrived is reported under the id of its operation', async () => {
  await send();
  await phone.settle();
  expect(events).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      topic: expect.stringContaining('Microsoft.Communication'),
      subject: `sender/alerts@example.com/message/${id}`,
      eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
      eventTime: '2026-11-20T12:00:00.000Z',
      dataVersion: '1.0',
      metadataVersion: '1',
      data: {
        sender: 'alerts@example.com',
        recipient: 'ada@example.org',
        messageId: id,
        status: 'Delivered',
        deliveryStatusDetails: { statusMessage: '250 2.0.0 OK' },
        deliveryAttemptTimeStamp: '2026-11-20T12:00:00.000Z',
      },
    },
  ]);
});

test.each<[MailFault, EmailAnswer, string[], number]>([
  ['too many requests', { kind: 'unavailable', status: 429 }, [], 0],
  ['unavailable', { kind: 'unknown' }, [], 0],
  ['lost answer', { kind: 'unknown' }, ['Delivered'], 1],
  ['bounced', { kind: 'accepted' }, ['Bounced'], 0],
  ['suppressed', { kind: 'accepted' }, ['Suppressed'], 0],
])('the fault %j is switched on and off on the page', async (fault, answer, reported, arrived) => {
  const choose = (chosen: string) =>
    fetch(`${phone.url}/mailbox`, { method: 'POST', body: new URLSearchParams({ fault: chosen }) });
  await choose(fault);
  expect((await read()).querySelector('option[selected]')?.getAttribute('value')).toBe(fault);
  expect(await send()).toEqual(answer);
  await phone.settle();
  expect(events.map(({ data }) => ('status' in data ? data.status : 'no report about a mail'))).toEqual(
    reported,
  );
  expect(phone.mailbox.mails()).toHaveLength(arrived);
  await choose('');
  expect((await read()).querySelector('option[selected]')).toBeNull();
});

test('an id is forgotten after five minutes, so that the same mail would arrive twice', async () => {
  await send();
  time = start + 299_999;
  await send();
  expect(phone.mailbox.mails()).toHaveLength(1);
  time = start + 300_000;
  await send();
  await phone.settle();
  expect(events).toHaveLength(2);
});

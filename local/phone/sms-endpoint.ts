/**
 * Stands in for the SMS side of Azure Communication Services, as the real SmsClient sees it (api-version
 * 2021-03-07): checks the signature, answers per recipient, and remembers a repeatability id only for a finite
 * time. After that the same request sends a second text, which is why the service must be careful.
 * What was accepted can be read on the phone page at `/` and at `/texts.json`. Nothing is ever sent.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { serve, type Server, type Tap } from '../serve';
import { phonePage } from './phone-page';
import { countSegments } from './segments';

/** One text that arrived at a phone. */
export interface Text {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly tag?: string;
  readonly repeatabilityRequestId: string;
  readonly receivedAt: number;
  readonly segments: number;
  readonly encoding: 'GSM-7' | 'UCS-2';
}

/** The Event Grid event that tells what became of a text. Its numbers have no plus, like the documented ones. */
export interface DeliveryReport {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: 'Microsoft.Communication.SMSDeliveryReportReceived';
  readonly eventTime: string;
  readonly dataVersion: '1.0';
  readonly metadataVersion: '1';
  readonly data: {
    readonly messageId: string;
    readonly from: string;
    readonly to: string;
    readonly deliveryStatus: 'Delivered' | 'Failed';
    readonly deliveryStatusDetails: string;
    readonly receivedTimestamp: string;
    readonly deliveryAttempts: readonly {
      readonly timestamp: string;
      readonly segmentsSucceeded: number;
      readonly segmentsFailed: number;
    }[];
    readonly tag?: string;
  };
}

export interface Phone extends Server {
  /** Oldest first. */
  texts(): readonly Text[];
  /** Empties the phone. The endpoint's memory of repeatability ids stays, as a carrier's would. */
  clear(): void;
  /** From now on a text to this number is refused, as after STOP. */
  block(number: string): void;
  unblock(number: string): void;
}

export interface PhoneOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly now?: () => number;
  /** Base64, as in a connection string. */
  readonly accessKey: string;
  /** How long a repeatability id is remembered. */
  readonly repeatabilityMs?: number;
  readonly tap?: Tap | undefined;
  /** Called once per accepted text that asked for a delivery report; the report may overtake the answer. */
  readonly deliver?: (report: DeliveryReport) => Promise<void> | void;
}

interface Answer {
  readonly to: string;
  readonly messageId?: string;
  readonly httpStatusCode: number;
  readonly repeatabilityResult: 'accepted' | 'rejected';
  readonly successful: boolean;
  readonly errorMessage: string | null;
}

const apiVersion = '2021-03-07';
const e164 = /^\+[1-9]\d{6,14}$/;

const sendRequest = z.object({
  from: z.string().regex(e164, 'is not an E.164 number'),
  smsRecipients: z
    .array(
      z.object({
        to: z.string(),
        // Optional in Azure. Here they are not: without them a lost answer means a second text.
        repeatabilityRequestId: z.guid(),
        repeatabilityFirstSent: z
          .string()
          .refine(isHttpDate, 'is not a date like Tue, 26 Mar 2019 16:06:51 GMT'),
      }),
    )
    .min(1)
    .max(100),
  message: z.string().min(1).max(2048),
  smsSendOptions: z.object({ enableDeliveryReport: z.boolean(), tag: z.string().optional() }).optional(),
});
type SendRequest = z.infer<typeof sendRequest>;
type Recipient = SendRequest['smsRecipients'][number];

/** @throws PortTaken */
export async function startPhone({
  port,
  now = Date.now,
  accessKey,
  repeatabilityMs = 300_000,
  tap,
  deliver,
}: PhoneOptions): Promise<Phone> {
  const texts: Text[] = [];
  const blocked = new Set<string>();
  const remembered = new Map<string, { at: number; content: string; answer: Answer }>();

  const sendOnce = (request: SendRequest, recipient: Recipient): Answer => {
    const id = recipient.repeatabilityRequestId.toLowerCase();
    const { to, repeatabilityFirstSent } = recipient;
    const content = JSON.stringify([
      request.from,
      request.message,
      request.smsSendOptions,
      to,
      repeatabilityFirstSent,
    ]);
    const earlier = remembered.get(id);
    if (earlier) {
      return earlier.content === content
        ? earlier.answer
        : refuse(recipient, 'rejected', 'The repeatability request id was used before for another request.');
    }
    const answer = send(request, recipient);
    remembered.set(id, { at: now(), content, answer });
    return answer;
  };

  const send = (request: SendRequest, recipient: Recipient): Answer => {
    if (!e164.test(recipient.to)) return refuse(recipient, 'accepted', 'Invalid To phone number format.');
    if (blocked.has(recipient.to)) {
      return refuse(recipient, 'accepted', 'Sender blocked for given recipient.');
    }
    const tag = request.smsSendOptions?.tag;
    const text: Text = {
      messageId: `Outgoing_${new Date(now()).toISOString().replace(/\D/g, '').slice(0, 14)}${randomUUID()}`,
      from: request.from,
      to: recipient.to,
      body: request.message,
      ...(tag === undefined ? {} : { tag }),
      repeatabilityRequestId: recipient.repeatabilityRequestId,
      receivedAt: now(),
      ...countSegments(request.message),
    };
    texts.push(text);
    if (deliver && request.smsSendOptions?.enableDeliveryReport) {
      Promise.resolve(reportDelivery(text))
        .then(deliver)
        .catch((error: unknown) => console.error('The delivery report could not be handed over:', error));
    }
    return {
      to: text.to,
      messageId: text.messageId,
      httpStatusCode: 202,
      repeatabilityResult: 'accepted',
      successful: true,
      errorMessage: null,
    };
  };

  const app = new Hono();
  app.post('/sms', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const denied = findSignatureFault(c, body, Buffer.from(accessKey, 'base64'));
    if (denied) return c.json({ error: { code: 'Denied', message: denied } }, 401);
    const badRequest = (message: string) => c.json({ error: { code: 'BadRequest', message } }, 400);
    if (c.req.query('api-version') !== apiVersion) {
      return badRequest(`The api-version must be ${apiVersion}.`);
    }
    const request = sendRequest.safeParse(parseJson(body));
    if (!request.success) {
      const faults = request.error.issues.map(
        ({ path, message }) => `${path.join('.') || 'body'}: ${message}`,
      );
      return badRequest(faults.join('; '));
    }
    for (const [id, { at }] of remembered) if (now() - at >= repeatabilityMs) remembered.delete(id);
    return c.json({ value: request.data.smsRecipients.map((one) => sendOnce(request.data, one)) }, 202);
  });
  app.get('/texts.json', (c) => c.json(texts));
  app.get('/', (c) => {
    c.header('cache-control', 'no-store');
    c.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    );
    return c.html(phonePage({ texts, now: now() }));
  });

  return {
    ...(await serve({ name: 'phone', app, port, tap })),
    texts: () => [...texts],
    clear: () => void texts.splice(0),
    block: (number) => void blocked.add(number),
    unblock: (number) => void blocked.delete(number),
  };
}

/** Says what is wrong with the signature, or nothing. The age of the date is not judged: clocks are simulated here. */
function findSignatureFault(c: Context, body: Buffer, key: Buffer): string | undefined {
  const date = c.req.header('x-ms-date') ?? '';
  if (!isHttpDate(date)) return 'The header x-ms-date is missing or no date.';
  const hash = createHash('sha256').update(body).digest('base64');
  if (c.req.header('x-ms-content-sha256') !== hash) {
    return 'The header x-ms-content-sha256 is missing or not the hash of the body.';
  }
  const { pathname, search } = new URL(c.req.url);
  const signed = `POST\n${pathname}${search}\n${date};${c.req.header('host') ?? ''};${hash}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  const expected = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
  return c.req.header('authorization') === expected
    ? undefined
    : 'The header Authorization is missing or its signature does not match.';
}

function refuse(
  { to }: Recipient,
  repeatabilityResult: Answer['repeatabilityResult'],
  errorMessage: string,
): Answer {
  return { to, httpStatusCode: 400, repeatabilityResult, successful: false, errorMessage };
}

function reportDelivery(text: Text): DeliveryReport {
  const time = new Date(text.receivedAt).toISOString();
  const [from, to] = [text.from.slice(1), text.to.slice(1)];
  return {
    id: randomUUID(),
    topic:
      '/subscriptions/local/resourceGroups/local/providers/Microsoft.Communication/communicationServices/local',
    subject: `/phonenumber/${from}`,
    eventType: 'Microsoft.Communication.SMSDeliveryReportReceived',
    eventTime: time,
    dataVersion: '1.0',
    metadataVersion: '1',
    data: {
      messageId: text.messageId,
      from,
      to,
      deliveryStatus: 'Delivered',
      deliveryStatusDetails: 'No error.',
      receivedTimestamp: time,
      deliveryAttempts: [{ timestamp: time, segmentsSucceeded: text.segments, segmentsFailed: 0 }],
      ...(text.tag === undefined ? {} : { tag: text.tag }),
    },
  };
}

function isHttpDate(value: string): boolean {
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toUTCString() === value;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

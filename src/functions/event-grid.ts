/**
 * Queue `sms-events`: what Event Grid tells about texts and e-mails. It writes base64 where our own jobs are plain text (host.json:
 * `messageEncoding` none), and both have been seen; one event or several, in its own schema or that of CloudEvents.
 */
import * as z from 'zod';
import { handleSmsEvent, notePoisonedEvent, type SmsEvent } from '../domain/messages/sms-events';
import type { MailFailure } from '../model';
import { Secret } from '../secret';
import type { Services } from '../services';
import { onQueue } from './invocation';

/** An event that cannot be read or handled does not keep the others of its message from being handled. */
export const smsEvents = (services: Services) =>
  onQueue(services, z.unknown(), (message) => handleAll(services, message));

/** A STOP must not be lost: it is tried again, with minutes in between, for as long as the stores are down. */
export const poisonedSmsEvents = (services: Services) =>
  onQueue(services, z.unknown(), async (message) => {
    await notePoisonedEvent(services);
    await handleAll(services, message);
  });

async function handleAll(services: Services, message: unknown): Promise<void> {
  const errors: unknown[] = [];
  for (const stored of unpack(message)) {
    const event = readEvent(stored, services.clock.now());
    if (event === 'unreadable') services.log.error('event.unreadable', { function: 'smsEvents' });
    if (typeof event === 'string') continue;
    await handleSmsEvent(services, event).catch((error: unknown) => errors.push(error));
  }
  // The message comes back with all of its events: handling one again changes nothing.
  if (errors.length > 0) throw errors[0];
}

/** The platform has parsed the text already if it was JSON. */
function unpack(message: unknown): unknown[] {
  const content =
    typeof message === 'string'
      ? (parseJson(message) ?? parseJson(Buffer.from(message, 'base64').toString('utf8')))
      : message;
  return Array.isArray(content) ? (content as unknown[]) : [content];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** Samples of different years write `tag` and `Tag`, and even `From` and `Message`. */
const data = z
  .record(z.string(), z.unknown())
  .transform((fields) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
    ),
  );
const text = z.string().nullish();
/** With and without a plus. */
const number = z
  .string()
  .regex(/^\+?[1-9]\d{6,14}$/)
  .transform((digits) => new Secret(`+${digits.replace('+', '')}`));
const anyNumber = number.optional().catch(undefined);

const envelope = z
  .object({ eventType: text, type: text, eventTime: text, time: text, data: z.unknown().optional() })
  .refine(({ eventType, type }) => (eventType ?? type) !== undefined);

const report = data.pipe(
  z.object({
    deliveryStatus: z.string(),
    deliveryStatusDetails: text,
    receivedTimestamp: text,
    messageId: text,
    tag: text,
    to: anyNumber,
  }),
);

/** In characters, by RFC 5321. */
const longestAddress = 254;

/** The id of the operation, which is ours. */
const mailReport = data.pipe(
  z.object({
    messageId: z.guid().transform((id) => id.toLowerCase()),
    status: z.string(),
    recipient: z
      .string()
      .max(longestAddress)
      .transform((address) => new Secret(address))
      .optional()
      .catch(undefined),
    deliveryAttemptTimeStamp: text,
  }),
);

const received = data.pipe(
  z.object({ from: z.string(), to: anyNumber, message: z.string(), receivedTimestamp: text }),
);

function readEvent(stored: unknown, now: number): SmsEvent | 'ignored' | 'unreadable' {
  const event = envelope.safeParse(stored);
  if (!event.success) return 'unreadable';
  const { eventType, type, eventTime, time } = event.data;
  const timeOf = (timestamp: string | null | undefined): number =>
    [timestamp, eventTime, time].map((each) => Date.parse(each ?? '')).find((ms) => !Number.isNaN(ms)) ?? now;
  switch (eventType ?? type) {
    case 'Microsoft.Communication.SMSDeliveryReportReceived':
      return readReport(event.data.data, timeOf);
    case 'Microsoft.Communication.EmailDeliveryReportReceived':
      return readMailReport(event.data.data, timeOf);
    case 'Microsoft.Communication.SMSReceived':
      return readReply(event.data.data, timeOf);
    default:
      return 'ignored';
  }
}

type TimeOf = (timestamp: string | null | undefined) => number;

function readReport(stored: unknown, timeOf: TimeOf): SmsEvent | 'ignored' | 'unreadable' {
  const parsed = report.safeParse(stored);
  if (!parsed.success) return 'unreadable';
  const { deliveryStatus, deliveryStatusDetails, receivedTimestamp, messageId, tag, to } = parsed.data;
  const status = deliveryStatus.toLowerCase();
  // Anything else is not the end of it.
  if (status !== 'delivered' && status !== 'failed') return 'ignored';
  return {
    kind: 'report',
    tag: tag ?? undefined,
    to,
    smsId: messageId ?? undefined,
    delivered: status === 'delivered',
    details: deliveryStatusDetails ?? '',
    at: timeOf(receivedTimestamp),
  };
}

function readMailReport(stored: unknown, timeOf: TimeOf): SmsEvent | 'ignored' | 'unreadable' {
  const parsed = mailReport.safeParse(stored);
  if (!parsed.success) return 'unreadable';
  const { messageId: id, status, recipient: to, deliveryAttemptTimeStamp } = parsed.data;
  const failures: Readonly<Record<string, MailFailure | 'none'>> = {
    delivered: 'none',
    bounced: 'BOUNCED',
    suppressed: 'SUPPRESSED',
    quarantined: 'TAKEN_FOR_SPAM',
    filteredspam: 'TAKEN_FOR_SPAM',
    failed: 'OTHER',
  };
  const failure = failures[status.toLowerCase()];
  // Anything else is not the end of it.
  if (failure === undefined) return 'ignored';
  const at = timeOf(deliveryAttemptTimeStamp);
  return { kind: 'mail report', id, to, at, failure: failure === 'none' ? undefined : failure };
}

function readReply(stored: unknown, timeOf: TimeOf): SmsEvent | 'ignored' | 'unreadable' {
  const parsed = received.safeParse(stored);
  if (!parsed.success) return 'unreadable';
  const { from, to, message, receivedTimestamp } = parsed.data;
  const sender = number.safeParse(from);
  // A short code or a name: no wearer.
  if (!sender.success) return 'ignored';
  return { kind: 'reply', from: sender.data, to, text: message, at: timeOf(receivedTimestamp) };
}

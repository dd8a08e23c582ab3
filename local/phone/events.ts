/**
 * The Event Grid events of a phone and a mailbox, as Communication Services raises them: what became of a text or an e-mail, and
 * what somebody has answered. Their numbers have no plus, like the documented ones.
 */
import { randomUUID } from 'node:crypto';
import type { Mail } from '../mailbox/mails';

interface GridEvent<Type extends string, Data> {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: Type;
  readonly eventTime: string;
  readonly dataVersion: '1.0';
  readonly metadataVersion: '1';
  readonly data: Data;
}

export type DeliveryReport = GridEvent<
  'Microsoft.Communication.SMSDeliveryReportReceived',
  {
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
  }
>;

export type ReplyReceived = GridEvent<
  'Microsoft.Communication.SMSReceived',
  {
    readonly messageId: string;
    readonly from: string;
    readonly to: string;
    readonly message: string;
    readonly receivedTimestamp: string;
    readonly segmentCount: number;
  }
>;

export type MailStatus = 'Delivered' | 'Bounced' | 'Suppressed';

export type MailReport = GridEvent<
  'Microsoft.Communication.EmailDeliveryReportReceived',
  {
    readonly sender: string;
    readonly recipient: string;
    /** The id of the operation. */
    readonly messageId: string;
    readonly status: MailStatus;
    readonly deliveryStatusDetails: { readonly statusMessage: string };
    readonly deliveryAttemptTimeStamp: string;
  }
>;

export type PhoneEvent = DeliveryReport | ReplyReceived | MailReport;

/** `deliveryStatusDetails` as they have been seen or are documented. */
export const carrierFailures = {
  'opted out': 'Sender blocked for given recipient.',
  'no such number':
    "ErrorCode: 4004. ErrorMessage: Message couldn't be delivered because the phone number doesn't exist.",
  unreachable: "ErrorCode: 4006. ErrorMessage: The destination isn't reachable.",
  'too many':
    'ErrorCode: 4020. ErrorMessage: Message was rejected by the carrier due to a volumetric violation.',
  'blocked by the carrier': 'ErrorCode: 4005. ErrorMessage: The carrier blocked the message.',
  'try later': 'ErrorCode: 5001. ErrorMessage: The system is unavailable. Try again later.',
  /** The text arrives all the same. */
  'no report': 'ErrorCode: 5002. ErrorMessage: Message Delivery Timeout',
} as const;
export type CarrierFailure = keyof typeof carrierFailures;

export interface Sent {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly segments: number;
}

/** @param failure absent when the text has arrived */
export function reportDelivery(
  { messageId, from, to, at, segments }: Sent,
  { tag, failure }: { readonly tag: string | undefined; readonly failure?: string | undefined },
): DeliveryReport {
  const timestamp = new Date(at).toISOString();
  const failed = failure !== undefined;
  return {
    ...frame(at, subjectOf(from)),
    eventType: 'Microsoft.Communication.SMSDeliveryReportReceived',
    data: {
      messageId,
      from: withoutPlus(from),
      to: withoutPlus(to),
      deliveryStatus: failed ? 'Failed' : 'Delivered',
      deliveryStatusDetails: failure ?? 'No error.',
      receivedTimestamp: timestamp,
      deliveryAttempts: [
        { timestamp, segmentsSucceeded: failed ? 0 : segments, segmentsFailed: failed ? segments : 0 },
      ],
      ...(tag === undefined ? {} : { tag }),
    },
  };
}

export function reportReply({ messageId, from, to, at, segments }: Sent, message: string): ReplyReceived {
  return {
    ...frame(at, subjectOf(to)),
    eventType: 'Microsoft.Communication.SMSReceived',
    data: {
      messageId,
      from: withoutPlus(from),
      to: withoutPlus(to),
      message,
      receivedTimestamp: new Date(at).toISOString(),
      segmentCount: segments,
    },
  };
}

const mailStatusMessages: Readonly<Record<MailStatus, string>> = {
  Delivered: '250 2.0.0 OK',
  Bounced: '550 5.1.1 The address does not exist.',
  Suppressed: 'The address is on the suppression list.',
};

export function reportMail({ id, from, to, receivedAt }: Mail, status: MailStatus): MailReport {
  return {
    ...frame(receivedAt, `sender/${from}/message/${id}`),
    eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
    data: {
      sender: from,
      recipient: to,
      messageId: id,
      status,
      deliveryStatusDetails: { statusMessage: mailStatusMessages[status] },
      deliveryAttemptTimeStamp: new Date(receivedAt).toISOString(),
    },
  };
}

/** What every event carries. */
function frame(at: number, subject: string) {
  return {
    id: randomUUID(),
    topic:
      '/subscriptions/local/resourceGroups/local/providers/Microsoft.Communication/communicationServices/local',
    subject,
    eventTime: new Date(at).toISOString(),
    dataVersion: '1.0',
    metadataVersion: '1',
  } as const;
}

/** @param number that of the service */
function subjectOf(number: string): string {
  return `/phonenumber/${withoutPlus(number)}`;
}

function withoutPlus(number: string): string {
  return number.replace(/^\+/, '');
}

/** A request to send texts, as the SmsClient makes it, and what is answered for each recipient. */
import { z } from 'zod';
import { isHttpDate } from './sms-signature';

export const apiVersion = '2021-03-07';
export const e164 = /^\+[1-9]\d{6,14}$/;

const name = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
const shortCode = /^\d{3,6}$/;
const isSender = (from: string): boolean => [e164, shortCode, name].some((kind) => kind.test(from));

export const sendRequest = z.object({
  from: z.string().refine(isSender, 'is neither an E.164 number nor a short code nor a name'),
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
export type SendRequest = z.infer<typeof sendRequest>;
export type Recipient = SendRequest['smsRecipients'][number];

export interface Answer {
  readonly to: string;
  readonly messageId?: string;
  readonly httpStatusCode: number;
  readonly repeatabilityResult: 'accepted' | 'rejected';
  readonly successful: boolean;
  readonly errorMessage: string | null;
}

export function refuse(
  { to }: Recipient,
  repeatabilityResult: Answer['repeatabilityResult'],
  errorMessage: string,
): Answer {
  return { to, httpStatusCode: 400, repeatabilityResult, successful: false, errorMessage };
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * E-mails through Azure Communication Services. Our own id goes along as the id of the operation, and as the repeatability id that
 * Microsoft documents for this API: a repeat with the same id, time and content within five minutes is not a second mail.
 */
import type { EmailClientOptions } from '@azure/communication-email';
import type { Email, EmailAnswer } from '../ports';
import { fill, missingFor, openClient, readRefusal, readyWithin, type SenderOptions } from './communication';
import { lazy } from '../lazy';
import { neverConnected } from './never-connected';

export function connectEmail(options: SenderOptions): Email {
  const { endpoint, from, credentialFor, sendMs } = options;
  const open = lazy(async () => {
    const { EmailClient } = await import('./azure-messages');
    return openClient(EmailClient, endpoint ?? '', credentialFor, {
      additionalPolicies: [{ policy: askNoFurther, position: 'perCall' }],
    } satisfies EmailClientOptions);
  });
  return {
    missing: missingFor(options, 'EMAIL_FROM'),
    async reach() {
      if (from === undefined || endpoint === undefined) return undefined;
      const abortSignal = AbortSignal.timeout(sendMs);
      const client = await readyWithin(abortSignal, open);
      let status: number | undefined;
      await client
        ?.beginSend(
          { senderAddress: from, recipients: { to: [] }, content: { subject: 'Test', plainText: 'Test' } },
          { abortSignal, onResponse: (response) => void (status ??= response.status) },
        )
        .catch(() => undefined);
      return status;
    },
    async send({ id, firstSentAt, to, subject, body, unsubscribeAt, fillIn = {} }) {
      if (from === undefined || endpoint === undefined) return { kind: 'unavailable' };
      const abortSignal = AbortSignal.timeout(sendMs);
      const client = await readyWithin(abortSignal, open);
      if (!client) return { kind: 'unavailable' };
      let status: number | undefined;
      try {
        await client.beginSend(
          {
            senderAddress: from,
            recipients: { to: [{ address: to.reveal() }] },
            content: { subject, plainText: fill(body, fillIn) },
            ...(unsubscribeAt !== undefined && { headers: unsubscribing(fill(unsubscribeAt, fillIn)) }),
            disableUserEngagementTracking: true,
          },
          {
            operationId: id,
            abortSignal,
            onResponse: (response) => void (status ??= response.status),
            requestOptions: {
              customHeaders: {
                'Repeatability-Request-ID': id,
                'Repeatability-First-Sent': new Date(firstSentAt).toUTCString(),
              },
            },
          },
        );
      } catch (error) {
        if (status === undefined && neverConnected(error)) return { kind: 'unavailable' };
      }
      return readAnswer(status);
    },
  };
}

/** RFC 2369 and RFC 8058: mail programs show a button, and whoever presses it sends nothing but one POST. */
function unsubscribing(address: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${address}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/** Without a status there was no answer. */
function readAnswer(status: number | undefined): EmailAnswer {
  if (status === 202) return { kind: 'accepted' };
  // 409: an earlier attempt is being worked on. 412: it was so long ago that nobody knows of it any more. Both say nothing about it.
  return status === 409 || status === 412 ? { kind: 'unknown' } : readRefusal(status);
}

/**
 * The client would ask at once what has become of the mail. What was accepted is accepted; a delivery report says the rest.
 */
const askNoFurther: NonNullable<EmailClientOptions['additionalPolicies']>[number]['policy'] = {
  name: 'askNoFurther',
  sendRequest: (request, next) =>
    request.method === 'POST'
      ? next(request)
      : Promise.reject(new Error('Nobody asks what became of a mail.')),
};

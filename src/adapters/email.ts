/**
 * E-mails through Azure Communication Services. Our own id goes along as the id of the operation, and as the repeatability id that
 * Microsoft documents for this API: a repeat with the same id, time and content within five minutes is not a second mail.
 */
import type { EmailClientOptions } from '@azure/communication-email';
import type { Email, EmailAnswer } from '../ports';
import { fill, openClient, readRefusal, readyWithin } from './communication';
import type { CredentialFor } from './azure-credential';
import { lazy } from './lazy';
import { loadInTurn } from './load-in-turn';
import { neverConnected } from './never-connected';

export interface EmailOptions {
  /** Absent as long as the operator has no Communication Services resource. */
  readonly endpoint?: string | undefined;
  /** An address of a domain that is linked to the resource. */
  readonly from?: string | undefined;
  readonly credentialFor: CredentialFor;
  /** How long the answer to one send is waited for. */
  readonly sendMs: number;
}

export function connectEmail({ endpoint, from, credentialFor, sendMs }: EmailOptions): Email {
  const missing = [
    ...(endpoint === undefined ? ['ACS_ENDPOINT'] : []),
    ...(from === undefined ? ['EMAIL_FROM'] : []),
  ];
  const open = lazy(async () => {
    const { EmailClient } = await loadInTurn(() => import('@azure/communication-email'));
    return openClient(EmailClient, endpoint ?? '', credentialFor, {
      additionalPolicies: [{ policy: askNoFurther, position: 'perCall' }],
    } satisfies EmailClientOptions);
  });
  return {
    missing,
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
    async send({ id, firstSentAt, to, subject, body, fillIn = {} }) {
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

/**
 * Texts through Azure Communication Services. The SDK's own `send()` makes new repeatability ids at every call, so a repeat
 * after a crash would be a second text; a policy puts our own id and time in, before the request is signed.
 */
import type { SmsClient, SmsClientOptions } from '@azure/communication-sms';
import type { Sms } from '../ports';
import type { CredentialFor } from './azure-credential';
import {
  fill,
  missingFor,
  openClient,
  readRefusal,
  readyWithin,
  type Opened,
  type SenderOptions,
} from './communication';
import { lazy } from '../lazy';
import { neverConnected } from './never-connected';

export function connectSms(options: SenderOptions): Sms {
  const { endpoint, from, credentialFor, sendMs } = options;
  const open = lazy(() => openSmsClient(endpoint ?? '', credentialFor));
  return {
    missing: missingFor(options, 'SMS_FROM'),
    from,
    // Numbers and short codes have digits only, and a name has a letter (setting-formats.ts).
    canBeAnswered: !/[A-Za-z]/.test(from ?? ''),
    async reach() {
      if (from === undefined || endpoint === undefined) return undefined;
      const abortSignal = AbortSignal.timeout(sendMs);
      const client = await readyWithin(abortSignal, open);
      if (!client) return undefined;
      try {
        await client.send({ from, to: [], message: 'Test' }, { abortSignal });
        return 202;
      } catch (error) {
        return (error as { statusCode?: number }).statusCode;
      }
    },
    async send({ id, firstSentAt, to, body, tag, fillIn = {} }) {
      if (from === undefined || endpoint === undefined) return { kind: 'unavailable' };
      const repeatability: Repeatability = {
        repeatabilityRequestId: id,
        repeatabilityFirstSent: new Date(firstSentAt).toUTCString(),
      };
      const abortSignal = AbortSignal.timeout(sendMs);
      const client = await readyWithin(abortSignal, open);
      if (!client) return { kind: 'unavailable' };
      try {
        const [result] = await client.send(
          { from, to: [to.reveal()], message: fill(body, fillIn) },
          {
            enableDeliveryReport: true,
            tag,
            abortSignal,
            requestOptions: { customHeaders: { [repeatabilityHeader]: JSON.stringify(repeatability) } },
          },
        );
        if (result?.successful) return { kind: 'accepted', smsId: result.messageId ?? '' };
        return readRefusal(result?.httpStatusCode);
      } catch (error) {
        if (neverConnected(error)) return { kind: 'unavailable' };
        return readRefusal((error as { statusCode?: number }).statusCode);
      }
    },
  };
}

async function openSmsClient(endpoint: string, credentialFor: CredentialFor): Promise<Opened<SmsClient>> {
  const { SmsClient } = await import('./azure-messages');
  return openClient(SmsClient, endpoint, credentialFor, {
    additionalPolicies: [{ policy: setRepeatability, position: 'perCall' }],
  } satisfies SmsClientOptions);
}

interface Repeatability {
  readonly repeatabilityRequestId: string;
  readonly repeatabilityFirstSent: string;
}
const repeatabilityHeader = 'x-fitbit-token-service-repeatability';

/** Carries the repeatability of one call from a header of ours, which never leaves, into the body. */
const setRepeatability: NonNullable<SmsClientOptions['additionalPolicies']>[number]['policy'] = {
  name: 'setRepeatability',
  sendRequest: (request, next) => {
    const carried = request.headers.get(repeatabilityHeader);
    if (carried !== undefined && typeof request.body === 'string') {
      request.headers.delete(repeatabilityHeader);
      const body = JSON.parse(request.body) as { smsRecipients: object[] };
      const repeatability = JSON.parse(carried) as Repeatability;
      body.smsRecipients = body.smsRecipients.map((recipient) => ({ ...recipient, ...repeatability }));
      request.body = JSON.stringify(body);
    }
    return next(request);
  },
};

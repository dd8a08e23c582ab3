/**
 * Texts through Azure Communication Services. `send()` makes new repeatability ids at every call, so a repeat
 * after a crash would be a second text; a policy puts our own id and time in, before the request is signed.
 */
import type { SmsClient, SmsClientOptions } from '@azure/communication-sms';
import { isLoopback } from '../loopback';
import type { Sms, SmsAnswer } from '../ports';
import type { Secret } from '../secret';
import type { CredentialFor } from './azure-credential';
import { lazy } from './lazy';
import { neverConnected } from './never-connected';

export interface SmsOptions {
  /** Absent as long as the operator has no Communication Services resource. */
  readonly endpoint?: string | undefined;
  /** The sender's number, E.164; getting one takes weeks. */
  readonly from?: string | undefined;
  readonly credentialFor: CredentialFor;
  /** How long the answer to one send is waited for. */
  readonly sendMs: number;
}

/** The local phone's access key. Nothing in Azure accepts it. */
export const localAccessKey = Buffer.from('local-phone-access-key').toString('base64');

export function connectSms({ endpoint, from, credentialFor, sendMs }: SmsOptions): Sms {
  const missing = [
    ...(endpoint === undefined ? ['ACS_ENDPOINT'] : []),
    ...(from === undefined ? ['SMS_FROM'] : []),
  ];
  const open = lazy(() => openClient(endpoint ?? '', credentialFor));
  return {
    missing,
    from,
    async send({ id, firstSentAt, to, body, tag, fillIn = {} }) {
      if (from === undefined || endpoint === undefined) return { kind: 'unavailable' };
      const repeatability: Repeatability = {
        repeatabilityRequestId: id,
        repeatabilityFirstSent: new Date(firstSentAt).toUTCString(),
      };
      const abortSignal = AbortSignal.timeout(sendMs);
      let client: SmsClient;
      try {
        // Whatever fails before there is a token, nothing has been sent. The client asks for the same token again.
        client = await before(
          abortSignal,
          open().then(async ({ client, authenticate }) => {
            await authenticate();
            return client;
          }),
        );
      } catch {
        return { kind: 'unavailable' };
      }
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

function fill(body: string, fillIn: Readonly<Record<string, Secret>>): string {
  return Object.entries(fillIn).reduce(
    (text, [placeholder, value]) => text.replace(placeholder, () => value.reveal()),
    body,
  );
}

/** A status of one recipient, or of the whole request. Only 4xx says for certain that nothing was accepted. */
function readRefusal(status: number | undefined): SmsAnswer {
  if (status === undefined || status < 400 || status >= 500 || status === 408) return { kind: 'unknown' };
  const ours = status === 401 || status === 403 || status === 404 || status === 429;
  return ours ? { kind: 'unavailable', status } : { kind: 'refused', status };
}

interface Opened {
  readonly client: SmsClient;
  /** Gets the token that the client will send, or fails as getting it fails. */
  readonly authenticate: () => Promise<unknown>;
}

async function openClient(endpoint: string, credentialFor: CredentialFor): Promise<Opened> {
  const { SmsClient } = await import('@azure/communication-sms');
  const options = {
    // A repeat inside the SDK would hide what became of the first attempt; the domain repeats by itself.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: setRepeatability, position: 'perCall' as const }],
  };
  if (isLoopback(endpoint)) {
    const client = new SmsClient(
      endpoint,
      { key: localAccessKey },
      { ...options, allowInsecureConnection: true },
    );
    return { client, authenticate: () => Promise.resolve() };
  }
  const credential = await credentialFor(endpoint);
  return {
    client: new SmsClient(endpoint, credential, options),
    authenticate: () => credential.getToken(scope),
  };
}

/** With both slashes, as the client asks for it. */
const scope = 'https://communication.azure.com//.default';

async function before<T>(limit: AbortSignal, work: Promise<T>): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(limit.reason as Error);
    limit.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
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

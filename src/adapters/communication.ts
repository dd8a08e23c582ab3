/** What texts and e-mails through Azure Communication Services have in common: one endpoint, one identity, one reading of answers. */
import type { TokenCredential } from '@azure/identity';
import { isLoopback } from '../loopback';
import type { NotAccepted } from '../ports';
import type { Secret } from '../secret';
import type { CredentialFor } from './azure-credential';

export interface SenderOptions {
  /** Absent as long as the operator has no Communication Services resource. */
  readonly endpoint?: string | undefined;
  /** The sender: a number in E.164, which takes weeks to get, or an address of a domain that is linked to the resource. */
  readonly from?: string | undefined;
  readonly credentialFor: CredentialFor;
  /** How long the answer to one send is waited for. */
  readonly sendMs: number;
}

/** What is still missing before anything can be sent. @param fromSetting the setting that holds the sender */
export function missingFor({ endpoint, from }: SenderOptions, fromSetting: string): readonly string[] {
  return [...(endpoint === undefined ? ['ACS_ENDPOINT'] : []), ...(from === undefined ? [fromSetting] : [])];
}

/** The access key of the local phone and mailbox. Nothing in Azure accepts it. */
export const localAccessKey = Buffer.from('local-phone-access-key').toString('base64');

/** With both slashes, as the clients ask for it. */
const scope = 'https://communication.azure.com//.default';

/** A client's class, as all of Communication Services have it. */
interface ClientClass<Client, Options> {
  new (endpoint: string, credential: { readonly key: string }, options: Options): Client;
  new (endpoint: string, credential: TokenCredential, options: Options): Client;
}

export interface Opened<Client> {
  readonly client: Client;
  /** Gets the token that the client will send, or fails as getting it fails. */
  readonly authenticate: () => Promise<unknown>;
}

/** Makes a client with the identity of the service, or with the fixed key for a loopback address. */
export async function openClient<Client, Options extends object>(
  Class: ClientClass<Client, Options>,
  endpoint: string,
  credentialFor: CredentialFor,
  own: Options,
): Promise<Opened<Client>> {
  // A repeat inside the SDK would hide what became of the first attempt; the domain repeats by itself.
  const options = { ...own, retryOptions: { maxRetries: 0 } };
  if (isLoopback(endpoint)) {
    const local = { ...options, allowInsecureConnection: true };
    return {
      client: new Class(endpoint, { key: localAccessKey }, local),
      authenticate: () => Promise.resolve(),
    };
  }
  const credential = await credentialFor(endpoint);
  return {
    client: new Class(endpoint, credential, options),
    authenticate: () => credential.getToken(scope),
  };
}

/**
 * The client, once there is a token. Whatever fails before that, nothing has been sent; the client asks for the same token
 * again.
 *
 * @returns `undefined` if there was no client or no token within the limit
 */
export async function readyWithin<Client>(
  limit: AbortSignal,
  open: () => Promise<Opened<Client>>,
): Promise<Client | undefined> {
  try {
    return await before(
      limit,
      open().then(async ({ client, authenticate }) => {
        await authenticate();
        return client;
      }),
    );
  } catch {
    return undefined;
  }
}

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

export function fill(body: string, fillIn: Readonly<Record<string, Secret>>): string {
  return Object.entries(fillIn).reduce(
    (text, [placeholder, value]) => text.replace(placeholder, () => value.reveal()),
    body,
  );
}

/** A status of one recipient, or of the whole request. Only 4xx says for certain that nothing was accepted. */
export function readRefusal(status: number | undefined): NotAccepted {
  if (status === undefined || status < 400 || status >= 500 || status === 408) return { kind: 'unknown' };
  const ours = status === 401 || status === 403 || status === 404 || status === 429;
  return ours ? { kind: 'unavailable', status } : { kind: 'refused', status };
}

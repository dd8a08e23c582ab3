import type { SecretLedger } from './secret-ledger';

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** When given, a redirect URI must be exactly one of them; without, any http or https address will do. */
  readonly redirectUris?: readonly string[];
}

/** Registered when the caller names no clients. */
export const localClient: Client = { clientId: 'local-client', clientSecret: 'local-client-secret' };

/** The client that `Authorization: Basic` proves, or undefined. */
export function clientByHeader(
  clients: readonly Client[],
  request: Request,
  ledger: SecretLedger,
): Client | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const secret = formDecoded(rest.join(':'));
  ledger.note(encoded, secret);
  return proven(clients, formDecoded(id), secret);
}

/** The client that `client_id` and `client_secret` in the form prove, or undefined. */
export function clientByForm(clients: readonly Client[], form: URLSearchParams): Client | undefined {
  return proven(clients, form.get('client_id'), form.get('client_secret'));
}

const proven = (clients: readonly Client[], id: string | null, secret: string | null): Client | undefined =>
  clients.find(({ clientId, clientSecret }) => clientId === id && clientSecret === secret);

const formDecoded = (text: string): string => new URLSearchParams(`text=${text}`).get('text') ?? '';

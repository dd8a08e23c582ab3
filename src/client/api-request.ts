/** What a program asks for, as a call to the API. */
import type { ApiCall } from '../domain/rotation/api-call';
import { ClientError } from './client-error';
import type { BodyOptions } from './types';

/** @throws ClientError `INPUT_INVALID` */
export function toApiCall(
  method: ApiCall['method'],
  path: string,
  { headers = {}, query = {}, body }: BodyOptions,
): ApiCall {
  // Anything else could lead to another host, and the token with it.
  if (!path.startsWith('/')) throw new ClientError('INPUT_INVALID', 'The path must begin with a slash.');
  const encoded = encodeBody(body);
  return {
    method,
    path: withQuery(path, query),
    headers: { ...encoded?.headers, ...lowerCase(headers) },
    ...(encoded && { body: encoded.bytes }),
  };
}

function withQuery(path: string, query: NonNullable<BodyOptions['query']>): string {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) added.append(name, String(value));
  }
  if (added.size === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${added.toString()}`;
}

interface EncodedBody {
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

function encodeBody(body: unknown): EncodedBody | undefined {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return { bytes: body };
  if (typeof body === 'string') return { bytes: encode(body) };
  return body instanceof URLSearchParams
    ? { bytes: encode(body.toString()), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    : { bytes: encode(JSON.stringify(body)), headers: { 'content-type': 'application/json' } };
}

/** The access token is the client's to add. */
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  if (named.some(([name]) => name === 'authorization'))
    throw new ClientError(
      'INPUT_INVALID',
      'The request must not have an authorization header, because the client adds it.',
    );
  return Object.fromEntries(named);
}

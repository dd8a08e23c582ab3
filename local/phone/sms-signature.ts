/** Who may send: the signature, or the token, of a request to Communication Services. */
import { createHash, createHmac } from 'node:crypto';
import type { Context } from 'hono';
import { findBearerFault } from '../bearer';

/** Scope of Communication Services in Microsoft Entra ID. */
export const smsAudience = 'https://communication.azure.com';

interface Signed {
  readonly body: Buffer;
  readonly key: Buffer;
  readonly now: number;
}

/** Says what is wrong with the token or the signature, or nothing. */
export function findFault(c: Context, { body, key, now }: Signed): string | undefined {
  const authorization = c.req.header('authorization') ?? '';
  if (!/^bearer /i.test(authorization)) return findSignatureFault(c, body, key);
  const fault = findBearerFault(authorization, smsAudience, now);
  return fault && `The bearer token is ${fault}.`;
}

/** The age of the date is not judged: clocks are simulated here. */
function findSignatureFault(c: Context, body: Buffer, key: Buffer): string | undefined {
  const date = c.req.header('x-ms-date') ?? '';
  if (!isHttpDate(date)) return 'The header x-ms-date is missing or no date.';
  const hash = createHash('sha256').update(body).digest('base64');
  if (c.req.header('x-ms-content-sha256') !== hash) {
    return 'The header x-ms-content-sha256 is missing or not the hash of the body.';
  }
  const { pathname, search } = new URL(c.req.url);
  const signed = `POST\n${pathname}${search}\n${date};${c.req.header('host') ?? ''};${hash}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  const expected = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
  return c.req.header('authorization') === expected
    ? undefined
    : 'The header Authorization is missing or its signature does not match.';
}

export function isHttpDate(value: string): boolean {
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toUTCString() === value;
}

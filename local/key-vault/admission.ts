/**
 * What the vault asks of every call before it looks at it: a bearer token of Microsoft Entra ID for Key Vault that has not expired, and
 * a known version of the API. Nobody's signature is checked: the emulator listens on loopback only (local/serve.ts).
 */
import type { Hono } from 'hono';
import { z } from 'zod';
import type { VaultFaults } from './faults';

const tenant = '00000000-0000-0000-0000-000000000000';
const challenge = `Bearer authorization="https://login.windows.net/${tenant}", resource="https://vault.azure.net"`;

/** Those that Microsoft has published; the client sends the newest that it knows. */
const apiVersions = /^(2015-06-01|2016-10-01|7\.[0-6]|7\.\d-preview(\.\d)?|20(2[5-9])-\d\d-\d\d(-preview)?)$/;

export function errorBody(code: string, message: string, innerCode?: string) {
  return { error: { code, message, ...(innerCode && { innererror: { code: innerCode } }) } };
}

export interface AdmissionOptions {
  readonly now: () => number;
  readonly faults: VaultFaults;
}

export function addAdmission(app: Pick<Hono, 'use'>, { now, faults }: AdmissionOptions): void {
  app.use(async (c, next) => {
    const refused = refuseBearer(c.req.header('authorization') ?? '', now());
    if (refused === undefined) return next();
    // The client sends its first request without a body in order to be challenged, so nothing may look at it before.
    c.header('WWW-Authenticate', challenge);
    return c.json(errorBody('Unauthorized', refused), 401);
  });
  app.use(async (c, next) => {
    const fault = faults.take(c.req.method);
    if (!fault) return next();
    if (fault.status === 401) c.header('WWW-Authenticate', `${challenge}, error="invalid_token"`);
    const headers = 'headers' in fault ? fault.headers : {};
    return c.json(errorBody(fault.code, fault.message, fault.innerCode), fault.status, headers);
  });
  app.use(async (c, next) => {
    const version = c.req.query('api-version');
    if (version !== undefined && apiVersions.test(version)) return next();
    return c.json(errorBody('BadParameter', 'The api-version is missing or not supported.'), 400);
  });
}

/** What the service sends to loopback addresses; see src/adapters/azure-credential.ts. */
const localToken = 'local';
const audiences = ['https://vault.azure.net', 'https://vault.azure.net/'];
const claims = z.object({ aud: z.string(), exp: z.number() });

/** @returns why the token is refused; `undefined` when it is good */
export function refuseBearer(authorization: string, nowMs: number): string | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) return 'AKV10000: Request is missing a Bearer or PoP token.';
  if (token === localToken) return undefined;
  const read = claims.safeParse(payloadOf(token));
  if (!read.success) return '[BearerReadAccessTokenFailed] Error validating token: not a JSON web token.';
  if (!audiences.includes(read.data.aud))
    return 'AKV10022: Invalid audience. Expected https://vault.azure.net.';
  return read.data.exp * 1000 <= nowMs
    ? '[BearerReadAccessTokenFailed] Error validating token: it has expired.'
    : undefined;
}

function payloadOf(token: string): unknown {
  const [, payload = ''] = token.split('.');
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return undefined;
  }
}

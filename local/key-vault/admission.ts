/**
 * What the vault asks of every call before it looks at it: a bearer token of Microsoft Entra ID for Key Vault that has not expired, and
 * a known version of the API. Nobody's signature is checked: the emulator listens on loopback only (local/serve.ts).
 */
import type { Hono } from 'hono';
import { findBearerFault, type BearerFault } from '../bearer';
import type { VaultFaults } from './vault-faults';

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
    const fault = findBearerFault(c.req.header('authorization'), audience, now());
    if (fault === undefined) return next();
    // The client sends its first request without a body in order to be challenged, so nothing may look at it before.
    c.header('WWW-Authenticate', challenge);
    return c.json(errorBody('Unauthorized', refusals[fault]), 401);
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

const audience = 'https://vault.azure.net';
const refusals: Readonly<Record<BearerFault, string>> = {
  missing: 'AKV10000: Request is missing a Bearer or PoP token.',
  unreadable: '[BearerReadAccessTokenFailed] Error validating token: not a JSON web token.',
  'for another service': `AKV10022: Invalid audience. Expected ${audience}.`,
  expired: '[BearerReadAccessTokenFailed] Error validating token: it has expired.',
};

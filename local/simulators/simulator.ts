/**
 * What the simulators of the providers have in common outwards (options, handle) and towards HTTP: reading forms and
 * bearer tokens, keeping the clock of the local world, refusing secrets in URLs, remembering every secret.
 */
import type { MiddlewareHandler } from 'hono';
import type { Keep } from '../kept';
import type { Server, Tap } from '../serve';
import type { Client } from './clients';
import type { Delay, Faults } from './faults';
import type { ServiceView } from './service-view';
import type { Wearers } from './wearers';
import type { SecretLedger } from './secret-ledger';

export interface SimulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly wearers: Wearers;
  readonly now: () => number;
  readonly tap?: Tap;
  /** How a slow or late answer waits; real time when not given. */
  readonly delay?: Delay;
  /** `localClient` when not given. */
  readonly clients?: readonly Client[];
  /** What the service does, shown beside the switches. */
  readonly serviceView?: ServiceView;
  /** How long an access token lives. */
  readonly accessTokenMs?: number;
  /** Calls per wearer, client and hour, where the provider counts them. */
  readonly hourlyLimit?: number;
  /** Where grants and tokens are kept; in memory when not given. Faults that are switched on end with the program. */
  readonly keep?: Keep;
}

/** What tests and drills may know, and no client of a provider ever could. */
export interface Insight {
  /** The newest refresh token of the wearer that still works. */
  currentRefreshToken(wearerId: string): string | undefined;
  liveAccessTokens(wearerId: string): readonly string[];
  /** Refreshes that were carried out. A repeated answer is not one. */
  refreshCount(wearerId: string): number;
  /** The wearer takes the app's access away in the provider's own settings. */
  revokeGrant(wearerId: string): void;
  /** What the token endpoint would answer after a consent of the wearer; only where somebody needs it. */
  giveConsent?(wearerId: string, clientId: string, scopes: readonly string[]): string;
}

export interface Simulator extends Server, Insight {
  readonly faults: Faults;
  /** Every token, code, verifier and client secret ever issued or received: none of them may stand in a log. */
  issuedSecrets(): readonly string[];
}

const secretParameters = ['token', 'access_token', 'refresh_token', 'code', 'code_verifier', 'client_secret'];

/** The form of a POST, or undefined when the body is not one. Its secrets go to the ledger. */
export async function readForm(request: Request, ledger: SecretLedger): Promise<URLSearchParams | undefined> {
  const body = await request.text();
  const form = new URLSearchParams(body);
  for (const name of secretParameters) ledger.note(...form.getAll(name));
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' ? form : undefined;
}

/** The access token of `Authorization: Bearer`. */
export function bearerToken(request: Request, ledger: SecretLedger): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  ledger.note(token);
  return token;
}

/** Refuses what providers may accept and we forbid: URLs end up in logs, so no secret belongs into a query. */
export function refuseSecretsInQuery(
  ledger: SecretLedger,
  refusal: (parameter: string) => Response,
): MiddlewareHandler {
  return async (c, next) => {
    const query = new URL(c.req.url).searchParams;
    const found = secretParameters.find((name) => query.has(name));
    if (found === undefined) return next();
    for (const name of secretParameters) ledger.note(...query.getAll(name));
    return refusal(found);
  };
}

/** Answers carry the time of the local world, not that of the machine. */
export function datedBy(now: () => number): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header('date', new Date(now()).toUTCString());
  };
}

export function jsonResponse(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store', ...headers },
  });
}

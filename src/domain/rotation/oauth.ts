/** The OAuth requests of RFC 6749 and RFC 7636, made from a provider's description. Nothing secret goes in a URL. */
import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../errors';
import type { HttpAnswer, HttpRequest, NoAnswer, Ports, Provider, TokenGrant } from '../../ports';
import type { Secret } from '../../secret';

export interface Failure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Not before this time, by the provider's Retry-After. */
  readonly retryAt?: number | undefined;
}
export type GrantResult = { readonly ok: true; readonly grant: TokenGrant } | Failure;

/** RFC 7636 §4.2, method S256. */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

/** RFC 6749 §4.1.1. */
export function authorizeUrl(
  provider: Provider,
  request: { redirectUri: string; state: string; codeChallenge: string },
): string {
  const url = new URL(provider.urls.authorize);
  url.search = new URLSearchParams({
    client_id: provider.clientId ?? '',
    response_type: 'code',
    redirect_uri: request.redirectUri,
    scope: [provider.scopes.device, ...provider.scopes.optional].join(' '),
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    ...provider.authorizeParameters,
  }).toString();
  return url.href;
}

/** RFC 6749 §4.1.3 with RFC 7636 §4.5. */
export async function exchangeCode(
  ports: Ports,
  provider: Provider,
  request: { code: Secret; codeVerifier: Secret; redirectUri: string },
): Promise<GrantResult> {
  const exchange = await prepareTokens(ports, provider, {
    grant_type: 'authorization_code',
    code: request.code,
    code_verifier: request.codeVerifier,
    redirect_uri: request.redirectUri,
  });
  return exchange();
}

/**
 * RFC 6749 §6. What it returns asks, byte for byte the same at every call, so that Fitbit repeats its answer. All that
 * has to be read for it is read before, so that nothing stands between the decision to ask and the request.
 */
export function prepareRefresh(
  ports: Ports,
  provider: Provider,
  refreshToken: Secret,
): Promise<() => Promise<GrantResult>> {
  return prepareTokens(ports, provider, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** RFC 7009. A token that is dead already counts as revoked. */
export async function revokeToken(
  ports: Ports,
  provider: Provider,
  token: Secret,
): Promise<{ ok: true } | Failure> {
  const request = await clientRequest(ports, provider, provider.urls.revoke, { token });
  if (!request) return { ok: false, code: 'NOT_CONFIGURED' };
  const answer = await ports.http(request);
  if (!answer.answered) return noAnswer(answer);
  if (answer.status < 300 || answer.status === 400) return { ok: true };
  return failure(ports, answer, provider.readTokenFailure(answer));
}

async function prepareTokens(
  ports: Ports,
  provider: Provider,
  form: Record<string, string | Secret>,
): Promise<() => Promise<GrantResult>> {
  const request = await clientRequest(ports, provider, provider.urls.token, form);
  return request
    ? () => requestTokens(ports, provider, request)
    : () => Promise.resolve({ ok: false, code: 'NOT_CONFIGURED' });
}

async function requestTokens(ports: Ports, provider: Provider, request: HttpRequest): Promise<GrantResult> {
  const answer = await ports.http(request);
  if (!answer.answered) return noAnswer(answer);
  if (answer.status < 200 || answer.status > 299) {
    return failure(ports, answer, provider.readTokenFailure(answer));
  }
  const grant = provider.readTokenGrant(answer.body);
  return grant ? { ok: true, grant } : { ok: false, code: 'OUTCOME_UNKNOWN' };
}

/** Adds the client's authentication, RFC 6749 §2.3.1. `undefined` while the client is not configured. */
async function clientRequest(
  ports: Ports,
  provider: Provider,
  url: string,
  form: Record<string, string | Secret>,
): Promise<HttpRequest | undefined> {
  const clientSecret = await ports.vault.readSecret(provider.clientSecretName);
  if (provider.clientId === undefined || clientSecret === undefined) return undefined;
  const request = { method: 'POST', url, timeoutMs: ports.policy.times.providerTimeoutMs } as const;
  switch (provider.clientAuthentication) {
    case 'client_secret_basic':
      return {
        ...request,
        authorization: { username: provider.clientId, password: clientSecret },
        form,
      };
    case 'client_secret_post':
      return {
        ...request,
        form: { client_id: provider.clientId, client_secret: clientSecret, ...form },
      };
  }
}

function noAnswer({ sent }: NoAnswer): Failure {
  return { ok: false, code: sent ? 'OUTCOME_UNKNOWN' : 'PROVIDER_UNAVAILABLE' };
}

function failure(ports: Ports, answer: HttpAnswer, code: ErrorCode): Failure {
  return { ok: false, code, retryAt: readRetryAfter(answer, ports.clock.now()) };
}

/** RFC 9110 §5.6.7; `Date.parse` takes much that is none. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** RFC 9110 §10.2.3: seconds or a date; both at most a day from now. */
export function readRetryAfter(answer: HttpAnswer, now: number): number | undefined {
  const text = answer.headers['retry-after']?.trim();
  if (!text) return undefined;
  if (!/^\d+$/.test(text) && !httpDate.test(text)) return undefined;
  const at = /^\d+$/.test(text) ? now + Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at, now), now + 24 * 3_600_000);
}

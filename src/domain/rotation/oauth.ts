/** The OAuth requests of RFC 6749 and RFC 7636, made from a provider's description. Nothing secret goes in a URL. */
import { createHash } from 'node:crypto';
import { failure, type ErrorCode, type Failure, type Result } from '../../errors';
import type { Times } from '../../model';
import type { HttpAnswer, HttpRequest, NoAnswer, Ports, Provider, TokenGrant, TokenState } from '../../ports';
import type { Secret } from '../../secret';

/** What a request to a provider needs of the ports. */
export interface CallPorts extends Pick<Ports, 'http'> {
  readonly clock: Pick<Ports['clock'], 'now'>;
  readonly policy: { readonly times: Pick<Times, 'providerTimeoutMs'> };
}
/** What a request in the name of the client needs besides: its secret. */
export interface ClientPorts extends CallPorts, Pick<Ports, 'recentSecrets'> {
  readonly vault: Pick<Ports['vault'], 'readSecret'>;
}

/** RFC 7636 §4.2, method S256. */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

export interface AuthorizeRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly codeChallenge: string;
  /** In place of those that the description names. */
  readonly scopes?: readonly string[] | undefined;
  readonly prompt?: string | undefined;
}

/** RFC 6749 §4.1.1. */
export function authorizeUrl(provider: Provider, request: AuthorizeRequest): string {
  const { scopes = [provider.scopes.device, ...provider.scopes.optional], prompt } = request;
  const url = new URL(provider.urls.authorize);
  url.search = new URLSearchParams({
    client_id: provider.clientId ?? '',
    response_type: 'code',
    redirect_uri: request.redirectUri,
    scope: scopes.join(provider.scopes.separator ?? ' '),
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    ...provider.authorizeParameters,
    ...(prompt !== undefined && { prompt }),
  }).toString();
  return url.href;
}

/** RFC 6749 §4.1.3 with RFC 7636 §4.5. */
export async function exchangeCode(
  ports: ClientPorts,
  provider: Provider,
  request: { code: Secret; codeVerifier: Secret; redirectUri: string },
): Promise<Result<TokenGrant>> {
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
  ports: ClientPorts,
  provider: Provider,
  refreshToken: Secret,
): Promise<() => Promise<Result<TokenGrant>>> {
  return prepareTokens(ports, provider, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** RFC 7009. A token that is dead already counts as revoked; any other refusal does not. */
export async function revokeToken(
  ports: ClientPorts,
  provider: Provider,
  token: Secret,
): Promise<Result<undefined>> {
  const send = await prepareAsClient(ports, provider, provider.urls.revoke, { token });
  if (!send) return failure('NOT_CONFIGURED');
  const answer = await send();
  if (!answer.answered) return noAnswer(answer);
  const code = provider.readTokenFailure(answer);
  if (code === undefined || provider.saysTokenIsDead(answer)) return { ok: true, value: undefined };
  return refusal(ports, provider, answer, code);
}

/** RFC 7662, at providers that have it. A token that is dead is an answer, and no failure. */
export async function introspectToken(
  ports: CallPorts,
  provider: Provider,
  accessToken: Secret,
): Promise<Result<TokenState>> {
  if (!provider.introspection) return failure('NOT_FOUND');
  const { url, form, read } = provider.introspection;
  const answer = await ports.http({
    method: 'POST',
    url,
    authorization: { bearer: accessToken },
    form: form(accessToken),
    timeoutMs: ports.policy.times.providerTimeoutMs,
  });
  if (!answer.answered) return failure('PROVIDER_UNAVAILABLE');
  const code = provider.readApiFailure(answer);
  if (code === undefined) {
    const state = read(answer.body);
    return state ? { ok: true, value: state } : failure('ANSWER_UNREADABLE');
  }
  if (provider.saysTokenIsDead(answer) || code === 'ACCESS_TOKEN_REFUSED')
    return { ok: true, value: { active: false, scopes: [] } };
  return refusal(ports, provider, answer, code);
}

async function prepareTokens(
  ports: ClientPorts,
  provider: Provider,
  form: Record<string, string | Secret>,
): Promise<() => Promise<Result<TokenGrant>>> {
  const { urls, tokenParameters } = provider;
  const send = await prepareAsClient(ports, provider, urls.token, { ...tokenParameters, ...form });
  return async () => {
    if (!send) return failure('NOT_CONFIGURED');
    const answer = await send();
    if (!answer.answered) return noAnswer(answer);
    const code = provider.readTokenFailure(answer);
    if (code !== undefined) return refusal(ports, provider, answer, code);
    const grant = provider.readTokenGrant(answer.body);
    return grant ? { ok: true, value: grant } : failure('OUTCOME_UNKNOWN');
  };
}

/**
 * What it returns sends the request with the client's authentication. A client that the provider refuses may have got
 * another secret since it was read: if so, the request is sent once more with that one.
 *
 * @returns `undefined` while the client is not configured
 */
async function prepareAsClient(
  ports: ClientPorts,
  provider: Provider,
  url: string,
  form: Record<string, string | Secret>,
): Promise<(() => Promise<HttpAnswer | NoAnswer>) | undefined> {
  const { clientId } = provider;
  const known = await readClientSecret(ports, provider);
  if (clientId === undefined || known === undefined) return undefined;
  let secret = known;
  const send = (clientSecret: Secret) =>
    ports.http({
      method: 'POST',
      url,
      timeoutMs: ports.policy.times.providerTimeoutMs,
      ...authenticate(provider, clientId, clientSecret, form),
    });
  return async () => {
    const answer = await send(secret);
    if (!isClientRefused(provider, answer)) return answer;
    const next = await readAgain(ports, provider);
    if (!next || next.equals(secret)) return answer;
    secret = next;
    return send(secret);
  };
}

/** RFC 6749 §2.3.1. */
function authenticate(
  { clientAuthentication }: Provider,
  clientId: string,
  clientSecret: Secret,
  form: Record<string, string | Secret>,
): Pick<HttpRequest, 'authorization' | 'form'> {
  switch (clientAuthentication) {
    case 'client_secret_basic':
      return { authorization: { username: clientId, password: clientSecret }, form };
    case 'client_secret_post':
      return { form: { client_id: clientId, client_secret: clientSecret, ...form } };
  }
}

function isClientRefused(provider: Provider, answer: HttpAnswer | NoAnswer): boolean {
  return answer.answered && provider.readTokenFailure(answer) === 'CLIENT_REFUSED';
}

const rememberSecretMs = 60_000;

async function readClientSecret(
  { vault, recentSecrets, clock }: ClientPorts,
  { clientSecretName }: Provider,
): Promise<Secret | undefined> {
  const known = recentSecrets.get(clientSecretName, clock.now());
  if (known) return known;
  const secret = await vault.readSecret(clientSecretName);
  if (secret) recentSecrets.keep(clientSecretName, secret, clock.now() + rememberSecretMs);
  return secret;
}

/** The refusal stands if the vault does not answer: the next request reads the secret again. */
async function readAgain(ports: ClientPorts, provider: Provider): Promise<Secret | undefined> {
  ports.recentSecrets.forget(provider.clientSecretName);
  return readClientSecret(ports, provider).catch(() => undefined);
}

function noAnswer({ sent }: NoAnswer): Failure {
  return failure(sent ? 'OUTCOME_UNKNOWN' : 'PROVIDER_UNAVAILABLE');
}

function refusal({ clock }: CallPorts, provider: Provider, answer: HttpAnswer, code: ErrorCode): Failure {
  return failure(code, readRetryAfter(provider, answer, clock.now()));
}

/** RFC 9110 §5.6.7; `Date.parse` takes much that is none. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** RFC 9110 §10.2.3: seconds or a date; both at most a day from now. */
export function readRetryAfter(
  { limitResetHeader = '' }: Pick<Provider, 'limitResetHeader'>,
  { status, headers }: HttpAnswer,
  now: number,
): number | undefined {
  // Some providers say in every answer when the limit ends: only on a 429 is it a wait.
  const limitEnds = status === 429 ? headers[limitResetHeader] : undefined;
  const text = (headers['retry-after'] ?? limitEnds)?.trim();
  if (!text) return undefined;
  if (!/^\d+$/.test(text) && !httpDate.test(text)) return undefined;
  const at = /^\d+$/.test(text) ? now + Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at, now), now + 24 * 3_600_000);
}

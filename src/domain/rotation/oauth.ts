/** The OAuth requests of RFC 6749 and RFC 7636, made from a provider's description. Nothing secret goes in a URL. */
import { createHash } from 'node:crypto';
import { failure, type ErrorCode, type Failure, type Result } from '../../errors';
import type { Times } from '../../model';
import type {
  HttpAnswer,
  HttpRequest,
  NoAnswer,
  Ports,
  Provider,
  ProviderClient,
  TokenGrant,
  TokenState,
} from '../../ports';
import type { Secret } from '../../secret';

/** What a request to a provider needs of the ports. */
export interface CallNeeds extends Pick<Ports, 'http'> {
  readonly clock: Pick<Ports['clock'], 'now'>;
  readonly policy: { readonly times: Pick<Times, 'providerTimeoutMs'> };
}
/** What a request in the name of the client needs besides: its secret. */
export interface ClientNeeds extends CallNeeds, Pick<Ports, 'recentSecrets'> {
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
  ports: ClientNeeds,
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
 * RFC 6749 §6. Returns a function that sends the refresh. Each call of it sends the same bytes, because Fitbit repeats its answer only to an
 * identical request. All that has to be read for it is read before, so that nothing stands between the decision to ask and the request.
 */
export function prepareRefresh(
  ports: ClientNeeds,
  provider: Provider,
  refreshToken: Secret,
): Promise<() => Promise<Result<TokenGrant>>> {
  return prepareTokens(ports, provider, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** A grant that is to end: one of its tokens, and whose it is. */
export interface Revocable {
  readonly token: Secret;
  readonly userId: string | undefined;
}

/** RFC 7009, or what the provider has in its place. A token that is dead already counts as revoked; any other refusal does not. */
export async function revokeToken(
  ports: ClientNeeds,
  provider: Provider,
  { token, userId }: Revocable,
): Promise<Result<undefined>> {
  const { urls, signedRevocation } = provider;
  if (!signedRevocation) {
    return done(
      await revokeBy(ports, provider, (client) => asClient(provider, client, urls.revoke, { token })),
    );
  }
  if (userId === undefined) return failure('REQUEST_REFUSED');
  const now = ports.clock.now();
  const asked = await revokeBy(ports, provider, (client) => signedRevocation.askForNonce(client, now));
  if (!asked.ok) return asked;
  const nonce = signedRevocation.readNonce(asked.value);
  if (nonce === undefined) return failure('ANSWER_UNREADABLE');
  return done(await revokeBy(ports, provider, (client) => signedRevocation.revoke(client, userId, nonce)));
}

function done(result: Result<unknown>): Result<undefined> {
  return result.ok ? { ok: true, value: undefined } : result;
}

/** @returns the body of a good answer */
async function revokeBy(
  ports: ClientNeeds,
  provider: Provider,
  make: (client: ProviderClient) => ClientRequest,
): Promise<Result<unknown>> {
  const send = await prepareAsClient(ports, provider, make);
  if (!send) return failure('NOT_CONFIGURED');
  const answer = await send();
  if (!answer.answered) return noAnswer(answer);
  const code = provider.readTokenFailure(answer);
  if (code === undefined || provider.saysTokenIsDead(answer)) return { ok: true, value: answer.body };
  return refusal(ports, provider, answer, code);
}

/** RFC 7662, at providers that have it. A token that is dead is an answer, and no failure. */
export async function introspectToken(
  ports: CallNeeds,
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
  ports: ClientNeeds,
  provider: Provider,
  form: Record<string, string | Secret>,
): Promise<() => Promise<Result<TokenGrant>>> {
  const { urls, tokenParameters } = provider;
  const send = await prepareAsClient(ports, provider, (client) =>
    asClient(provider, client, urls.token, { ...tokenParameters, ...form }),
  );
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

type ClientRequest = Pick<HttpRequest, 'url' | 'authorization' | 'form'>;

/**
 * What it returns sends a request in the client's name. A client that the provider refuses may have got
 * another secret since it was read: if so, the request is sent once more with that one.
 *
 * @returns `undefined` while the client is not configured
 */
async function prepareAsClient(
  ports: ClientNeeds,
  provider: Provider,
  make: (client: ProviderClient) => ClientRequest,
): Promise<(() => Promise<HttpAnswer | NoAnswer>) | undefined> {
  const { clientId: id } = provider;
  const known = await readClientSecret(ports, provider);
  if (id === undefined || known === undefined) return undefined;
  let client = { id, secret: known };
  const { providerTimeoutMs: timeoutMs } = ports.policy.times;
  const send = () => ports.http({ method: 'POST', timeoutMs, ...make(client) });
  return async () => {
    const answer = await send();
    if (!isClientRefused(provider, answer)) return answer;
    const next = await readAgain(ports, provider);
    if (!next || next.equals(client.secret)) return answer;
    client = { id, secret: next };
    return send();
  };
}

/** RFC 6749 §2.3.1. */
function asClient(
  { clientAuthentication }: Provider,
  { id, secret }: ProviderClient,
  url: string,
  form: Record<string, string | Secret>,
): ClientRequest {
  switch (clientAuthentication) {
    case 'client_secret_basic':
      return { url, authorization: { username: id, password: secret }, form };
    case 'client_secret_post':
      return { url, form: { client_id: id, client_secret: secret, ...form } };
  }
}

function isClientRefused(provider: Provider, answer: HttpAnswer | NoAnswer): boolean {
  return answer.answered && provider.readTokenFailure(answer) === 'CLIENT_REFUSED';
}

const rememberSecretMs = 60_000;

async function readClientSecret(
  { vault, recentSecrets, clock }: Pick<ClientNeeds, 'clock' | 'recentSecrets' | 'vault'>,
  { clientSecretName }: Provider,
): Promise<Secret | undefined> {
  const known = recentSecrets.get(clientSecretName, clock.now());
  if (known) return known;
  const secret = await vault.readSecret(clientSecretName);
  if (secret) recentSecrets.keep(clientSecretName, secret, clock.now() + rememberSecretMs);
  return secret;
}

/** The refusal stands if the vault does not answer: the next request reads the secret again. */
async function readAgain(
  ports: Pick<ClientNeeds, 'clock' | 'recentSecrets' | 'vault'>,
  provider: Provider,
): Promise<Secret | undefined> {
  ports.recentSecrets.forget(provider.clientSecretName);
  return readClientSecret(ports, provider).catch(() => undefined);
}

function noAnswer({ sent }: NoAnswer): Failure {
  return failure(sent ? 'OUTCOME_UNKNOWN' : 'PROVIDER_UNAVAILABLE');
}

function refusal(
  { clock }: Pick<CallNeeds, 'clock'>,
  provider: Provider,
  answer: HttpAnswer,
  code: ErrorCode,
): Failure {
  return failure(code, readRetryAfter(provider, answer, clock.now()), provider.readErrorWord(answer));
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

/**
 * A call to a provider's API: any method, any further headers. An access token that the API refuses with 401 is replaced once,
 * and the call is made once more. Where tokens come from is for `readToken` to say.
 */
import { failure, type Result } from '../../errors';
import type { TokenSet } from '../../model';
import type { ApiRead, HttpAnswer, HttpMethod, Ports, Provider } from '../../ports';
import type { Secret } from '../../secret';
import { readRetryAfter, type CallNeeds } from './oauth';

export interface ApiCall {
  readonly method: HttpMethod;
  /** Begins with a slash; the provider's origin is put before it. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** A read that the API wants as a POST: like a GET, it can simply be repeated. */
  readonly readForm?: Readonly<Record<string, string>> | undefined;
}
/** What calls need of the ports. */
export type ApiNeeds = CallNeeds & Pick<Ports, 'providers'>;

/** A caller that makes several calls keeps the token that the last one used. */
export interface Access {
  readonly provider: Provider;
  /** The API's answer, whatever its status. */
  readonly send: (call: ApiCall) => Promise<Result<HttpAnswer>>;
  /** The body of a good answer; everything else is a failure. */
  readonly call: (call: ApiCall) => Promise<Result<unknown>>;
  /** Whether an answer repeats the token that it was asked with, as some errors do. */
  readonly showsToken: (answer: HttpAnswer) => boolean;
}

/** What a call needs of a token set. */
export type Usable = Pick<TokenSet, 'provider' | 'accessToken'>;

/** @param failed the set whose access token the API has refused: only a later one will do */
export type TokenSource<Token extends Usable = TokenSet> = (failed?: Token) => Promise<Result<Token>>;

/** @throws what `readToken` throws */
export async function accessThrough<Token extends Usable>(
  ports: ApiNeeds,
  readToken: TokenSource<Token>,
): Promise<Result<Access>> {
  const usable = await readToken();
  if (!usable.ok) return usable;
  let current = usable.value;
  const provider = ports.providers.get(current.provider)!;
  const send = async (request: ApiCall): Promise<Result<HttpAnswer>> => {
    const first = await sendToApi(ports, provider, current.accessToken, request);
    if (!first.ok || !isRefused(provider, first.value)) return first;
    const later = await readToken(current);
    // A newer token would not help.
    if (!later.ok) return later.code === 'ACCESS_TOKEN_REFUSED' ? first : later;
    // The wearer has moved meanwhile: a token is for its own provider only.
    if (later.value.provider !== provider.id) return failure('LEASE_HELD');
    current = later.value;
    return sendToApi(ports, provider, current.accessToken, request);
  };
  const call = async (request: ApiCall) => readAnswer(ports, provider, await send(request));
  const showsToken = ({ content, headers }: HttpAnswer): boolean =>
    [content, ...Object.values(headers)].some((part) => current.accessToken.standsIn(part));
  return { ok: true, value: { provider, send, call, showsToken } };
}

/** One call with one access token; no refresh. */
export async function callApi(
  ports: CallNeeds,
  provider: Provider,
  accessToken: Secret,
  call: ApiCall,
): Promise<Result<unknown>> {
  return readAnswer(ports, provider, await sendToApi(ports, provider, accessToken, call));
}

async function sendToApi(
  { http, policy }: Pick<CallNeeds, 'http' | 'policy'>,
  provider: Provider,
  accessToken: Secret,
  { method, path, headers = {}, body, readForm }: ApiCall,
): Promise<Result<HttpAnswer>> {
  const answer = await http({
    method,
    url: provider.urls.api + path,
    headers,
    authorization: { bearer: accessToken },
    ...(body === undefined ? {} : { body }),
    ...(readForm === undefined ? {} : { form: readForm }),
    timeoutMs: policy.times.providerTimeoutMs,
  });
  if (answer.answered) return { ok: true, value: answer };
  if (answer.tooLarge) return failure('ANSWER_UNREADABLE');
  // A read can simply be repeated.
  const mayBeDone = answer.sent && method !== 'GET' && readForm === undefined;
  return failure(mayBeDone ? 'OUTCOME_UNKNOWN' : 'PROVIDER_UNAVAILABLE');
}

function isRefused(provider: Provider, answer: HttpAnswer): boolean {
  return provider.readApiFailure(answer) === 'ACCESS_TOKEN_REFUSED';
}

function readAnswer(
  { clock }: Pick<CallNeeds, 'clock'>,
  provider: Provider,
  sent: Result<HttpAnswer>,
): Result<unknown> {
  if (!sent.ok) return sent;
  const answer = sent.value;
  const code = provider.readApiFailure(answer);
  if (code === undefined) return { ok: true, value: answer.body };
  return failure(code, readRetryAfter(provider, answer, clock.now()));
}

/** The call that a described read makes. */
export function readOf({ path, form }: Pick<ApiRead<unknown>, 'path' | 'form'>, pageToken?: string): ApiCall {
  return form === undefined
    ? { method: 'GET', path: path(pageToken) }
    : { method: 'POST', path: path(pageToken), readForm: form };
}

/** One of the provider's described reads, through whatever makes the call. */
export async function readFromApi<T>(
  call: Access['call'],
  described: ApiRead<T>,
  pageToken?: string,
): Promise<Result<T>> {
  const answer = await call(readOf(described, pageToken));
  if (!answer.ok) return answer;
  const value = described.read(answer.value);
  return value === undefined ? failure('ANSWER_UNREADABLE') : { ok: true, value };
}

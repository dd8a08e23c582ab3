/**
 * A call to a provider's API in the name of one connection: any method, any further headers. An access token
 * that is about to expire, or that the API refuses with 401, is refreshed once, under the lease, and the call is
 * made once more.
 */
import type { ErrorCode } from '../../errors';
import type { Connection, ConnectionId, TokenSet } from '../../model';
import type { ApiRead, HttpAnswer, HttpMethod, Ports, Provider } from '../../ports';
import type { Secret } from '../../secret';
import { change, hold } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { readCurrent } from './current-token-set';
import { readRetryAfter, type Failure } from './oauth';
import { samePosition } from '../connection/position';
import { rotateToken } from './rotate-token';
import { isRefusedAccess, noteRefusedAccess, withLatestAccess } from './latest-access';
import { effectiveCode, isRetired, needsReconnect } from '../connection/state';

export interface ApiCall {
  readonly method: HttpMethod;
  /** Begins with a slash; the provider's origin is put before it. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}
export type CallResult<T> = { readonly ok: true; readonly value: T } | Failure;

/** A caller that makes several calls keeps the token that the last one used. */
export interface Access {
  readonly provider: Provider;
  /** The API's answer, whatever its status. */
  readonly send: (call: ApiCall) => Promise<CallResult<HttpAnswer>>;
  /** The body of a 2xx answer; everything else is a failure. */
  readonly call: (call: ApiCall) => Promise<CallResult<unknown>>;
  /** Whether an answer repeats the token that it was asked with, as some errors do. */
  readonly showsToken: (answer: HttpAnswer) => boolean;
}

/** @param failed the set whose access token the API has refused: only a later one will do */
export type TokenSource = (failed?: TokenSet) => Promise<CallResult<TokenSet>>;

/** @throws AppError `VAULT_BEHIND` and what the stores throw */
export async function openAccess(
  ports: Ports,
  id: ConnectionId,
  readTokenSet: TokenSource = (failed) => usableTokenSet(ports, id, { failed }),
): Promise<CallResult<Access>> {
  const usable = await readTokenSet();
  if (!usable.ok) return usable;
  let current = usable.value;
  const provider = ports.providers.get(current.provider)!;
  const send = async (request: ApiCall): Promise<CallResult<HttpAnswer>> => {
    const first = await sendToApi(ports, provider, current.accessToken, request);
    if (!first.ok || !isRefused(provider, first.value)) return first;
    const later = await readTokenSet(current);
    // A newer token would not help.
    if (!later.ok) return later.code === 'ACCESS_TOKEN_REFUSED' ? first : later;
    // The wearer has moved meanwhile: a token is for its own provider only.
    if (later.value.provider !== provider.id) return { ok: false, code: 'LEASE_HELD' };
    current = later.value;
    return sendToApi(ports, provider, current.accessToken, request);
  };
  const call = async (request: ApiCall) => readAnswer(ports, provider, await send(request));
  const showsToken = ({ content, headers }: HttpAnswer): boolean =>
    [content, ...Object.values(headers)].some((part) => current.accessToken.standsIn(part));
  return { ok: true, value: { provider, send, call, showsToken } };
}

const heldPauseMs = 1_000;

export interface HowToWait {
  /** How long to wait for another worker's refresh, which mostly takes a moment; then `LEASE_HELD`. */
  readonly patienceMs?: number;
  /** For callers that may ask again and again: no refresh so soon after the last one, however it ended. */
  readonly pauseMs?: number;
  /** The set whose access token was refused: nobody gets it any more. */
  readonly failed?: TokenSet | undefined;
}

/** The token set in use: its access token is good for another minute at least. */
export async function usableTokenSet(
  ports: Ports,
  id: ConnectionId,
  { patienceMs = 0, pauseMs = 0, failed }: HowToWait,
): Promise<CallResult<TokenSet>> {
  if (failed) {
    // On the record, because every instance has to know.
    const { connections } = ports.tables;
    await change(connections, connectionKey(id), (before) => noteRefusedAccess(before, failed));
  }
  for (let leftMs = patienceMs; ; leftMs -= heldPauseMs) {
    const found = await findUsable(ports, id, pauseMs);
    if (!found.ok || found.value) return found as CallResult<TokenSet>;
    const refreshed = await refreshFor(ports, id);
    if (refreshed.ok || refreshed.code !== 'LEASE_HELD' || leftMs <= 0) return refreshed;
    await ports.clock.sleep(heldPauseMs);
  }
}

/** @returns no value if it has to be refreshed first */
async function findUsable(
  ports: Ports,
  id: ConnectionId,
  pauseMs: number,
): Promise<CallResult<TokenSet | undefined>> {
  const record = await hold(ports.tables.connections, connectionKey(id));
  if (record?.value.closedAt !== undefined) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  const current = record && (await readCurrent(ports, record));
  if (!current) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  const connection = record.value;
  if (needsReconnect(connection, current.set)) return { ok: false, code: 'RECONNECT_REQUIRED' };
  if (isRetired(connection)) return { ok: false, code: 'PROVIDER_RETIRED' };
  const latest = withLatestAccess(ports, connection, current.set);
  const isExpiring = latest.expiresAt <= ports.clock.now() + ports.policy.times.expiryMarginMs;
  if (!isExpiring && !isRefusedAccess(connection, latest)) return { ok: true, value: latest };
  return (
    (pauseMs > 0 && refreshedJustNow(ports, connection, latest, pauseMs)) || { ok: true, value: undefined }
  );
}

function refreshedJustNow(
  { clock, policy }: Ports,
  connection: Connection,
  latest: TokenSet,
  pauseMs: number,
): Failure | undefined {
  const { refusal, failedAttempt } = connection;
  const until = (code: ErrorCode, retryAt: number): Failure | undefined =>
    retryAt > clock.now() ? { ok: false, code, retryAt } : undefined;
  return (
    (isRefusedAccess(connection, latest)
      ? until('ACCESS_TOKEN_REFUSED', latest.issuedAt + pauseMs)
      : undefined) ??
    (refusal && samePosition(refusal, latest)
      ? until('GRANT_REFUSED', refusal.firstAt + policy.times.refusalRecheckMs)
      : undefined) ??
    (failedAttempt && until(effectiveCode(connection, failedAttempt.code), failedAttempt.at + pauseMs))
  );
}

async function refreshFor(ports: Ports, id: ConnectionId): Promise<CallResult<TokenSet>> {
  const result = await rotateToken(ports, id, { by: 'call' });
  switch (result.outcome) {
    case 'rotated':
    case 'refreshed':
      return { ok: true, value: result.set };
    case 'kept':
      if (result.reason === 'provider asked to wait') {
        return { ok: false, code: 'RATE_LIMITED', retryAt: result.retryAt };
      }
      if (result.reason === 'reconnect required') return { ok: false, code: 'RECONNECT_REQUIRED' };
      if (result.reason === 'provider retired') return { ok: false, code: 'PROVIDER_RETIRED' };
      return { ok: true, value: result.set };
    case 'failed':
      return { ok: false, code: result.code, retryAt: result.retryAt };
    case 'journalled':
      return { ok: false, code: 'TOKEN_NOT_SAVED' };
    case 'held':
      return { ok: false, code: 'LEASE_HELD' };
    case 'unknown connection':
      return { ok: false, code: 'CONNECTION_UNKNOWN' };
  }
}

/** One call with one access token; no refresh. */
export async function callApi(
  ports: Ports,
  provider: Provider,
  accessToken: Secret,
  call: ApiCall,
): Promise<CallResult<unknown>> {
  return readAnswer(ports, provider, await sendToApi(ports, provider, accessToken, call));
}

async function sendToApi(
  { http, policy }: Ports,
  provider: Provider,
  accessToken: Secret,
  { method, path, headers = {}, body }: ApiCall,
): Promise<CallResult<HttpAnswer>> {
  const answer = await http({
    method,
    url: provider.urls.api + path,
    headers,
    authorization: { bearer: accessToken },
    ...(body === undefined ? {} : { body }),
    timeoutMs: policy.times.providerTimeoutMs,
  });
  if (answer.answered) return { ok: true, value: answer };
  if (answer.tooLarge) return { ok: false, code: 'ANSWER_UNREADABLE' };
  // Whoever only reads can simply ask again.
  const mayBeDone = answer.sent && method !== 'GET';
  return { ok: false, code: mayBeDone ? 'OUTCOME_UNKNOWN' : 'PROVIDER_UNAVAILABLE' };
}

function isRefused(provider: Provider, answer: HttpAnswer): boolean {
  return !isSuccess(answer) && provider.readApiFailure(answer) === 'ACCESS_TOKEN_REFUSED';
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status <= 299;
}

function readAnswer({ clock }: Ports, provider: Provider, sent: CallResult<HttpAnswer>): CallResult<unknown> {
  if (!sent.ok) return sent;
  const answer = sent.value;
  if (isSuccess(answer)) return { ok: true, value: answer.body };
  return {
    ok: false,
    code: provider.readApiFailure(answer),
    retryAt: readRetryAfter(provider, answer, clock.now()),
  };
}

/** One of the provider's described reads, through whatever makes the call. */
export async function readFromApi<T>(
  call: Access['call'],
  described: ApiRead<T>,
  pageToken?: string,
): Promise<CallResult<T>> {
  const answer = await call({ method: 'GET', path: described.path(pageToken) });
  if (!answer.ok) return answer;
  const value = described.read(answer.value);
  return value === undefined ? { ok: false, code: 'ANSWER_UNREADABLE' } : { ok: true, value };
}

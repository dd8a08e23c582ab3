/**
 * A call to a provider's API in the name of one connection: any method, any further headers. An access token
 * that is about to expire, or that the API refuses with 401, is refreshed once, under the lease, and the call is
 * made once more.
 */
import type { Connection, ConnectionId, TokenSet } from '../../model';
import type { ApiRead, HttpRequest, Ports, Provider } from '../../ports';
import type { Secret } from '../../secret';
import type { Asker } from './decide-refresh';
import { isRetired, needsReconnect } from './decide-refresh';
import { readOpenConnection } from '../change';
import { readRetryAfter, type Failure } from './oauth';
import { rotateToken } from './rotate-token';
import { readCurrent, recordFor } from './token-sets';

export interface ApiCall {
  readonly method: HttpRequest['method'];
  /** Begins with a slash; the provider's origin is put before it. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}
export type CallResult<T> = { readonly ok: true; readonly value: T } | Failure;

/** A caller that makes several calls keeps the token that the last one used. */
export interface Access {
  readonly provider: Provider;
  readonly call: (call: ApiCall) => Promise<CallResult<unknown>>;
}

/** @throws AppError `VAULT_BEHIND` and what the stores throw */
export async function openAccess(ports: Ports, id: ConnectionId): Promise<CallResult<Access>> {
  const connection = await readOpenConnection(ports, id);
  if (!connection) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  const stored = await readCurrent(ports, connection);
  if (!stored) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  const usable = await usableTokenSet(ports, await recordFor(ports, connection, stored), stored);
  if (!usable.ok) return usable;
  let current = usable.value;
  const provider = ports.providers.get(current.provider)!;
  const call = async (request: ApiCall): Promise<CallResult<unknown>> => {
    const first = await callApi(ports, provider, current.accessToken, request);
    if (first.ok || first.code !== 'ACCESS_TOKEN_REFUSED') return first;
    const refreshed = await refreshFor(ports, id, { by: 'call', failed: current });
    if (!refreshed.ok) return refreshed;
    current = refreshed.value;
    return callApi(ports, provider, current.accessToken, request);
  };
  return { ok: true, value: { provider, call } };
}

async function usableTokenSet(
  ports: Ports,
  connection: Connection,
  stored: TokenSet,
): Promise<CallResult<TokenSet>> {
  if (needsReconnect(connection, stored)) return { ok: false, code: 'RECONNECT_REQUIRED' };
  if (isRetired(connection)) return { ok: false, code: 'PROVIDER_RETIRED' };
  const good = stored.expiresAt - ports.clock.now() > ports.policy.times.expiryMarginMs;
  return good ? { ok: true, value: stored } : refreshFor(ports, connection.id, { by: 'call' });
}

async function refreshFor(ports: Ports, id: ConnectionId, asker: Asker): Promise<CallResult<TokenSet>> {
  const result = await rotateToken(ports, id, asker);
  switch (result.outcome) {
    case 'rotated':
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
  { method, path, headers = {}, json }: ApiCall,
): Promise<CallResult<unknown>> {
  const answer = await ports.http({
    method,
    url: provider.urls.api + path,
    headers,
    authorization: { bearer: accessToken },
    ...(json === undefined ? {} : { json }),
    timeoutMs: ports.policy.times.providerTimeoutMs,
  });
  if (!answer.answered) return { ok: false, code: 'PROVIDER_UNAVAILABLE' };
  if (answer.status >= 200 && answer.status <= 299) return { ok: true, value: answer.body };
  return {
    ok: false,
    code: provider.readApiFailure(answer),
    retryAt: readRetryAfter(answer, ports.clock.now()),
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

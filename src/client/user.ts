/** Calls in the name of one wearer, whose tokens the program keeps. */
import type { Result } from '../errors';
import { accessThrough, type ApiCall, type ApiNeeds, type Usable } from '../domain/rotation/api-call';
import { readRetryAfter } from '../domain/rotation/oauth';
import { defaultTimes } from '../model/times';
import type { Provider } from '../ports';
import { Secret } from '../secret';
import { ClientError } from './client-error';
import { toApiCall } from './api-request';
import { failed } from './failure';
import type { Answer, BodyOptions, Tokens, User, UserOptions } from './types';

type Refresh = (tokens: Tokens) => Promise<Result<Tokens>>;

export function openUser(
  ports: ApiNeeds,
  provider: Provider,
  tokens: Tokens,
  { onTokens, refresh }: UserOptions & { readonly refresh: Refresh },
): User {
  const usableOf = ({ accessToken }: Tokens): Usable => ({
    provider: provider.id,
    accessToken: new Secret(accessToken),
  });
  let current = tokens;
  let usable = usableOf(tokens);
  let isKept = true;
  let renewal: Promise<Result<Tokens>> | undefined;

  /** New tokens are used only when they are kept: a rotating refresh token is spent by then, and they are all there is. */
  const renew = async (): Promise<Result<Tokens>> => {
    if (isKept) {
      const refreshed = await refresh(current);
      // Only the refresh is uncertain: the call was never sent, or was refused. The next one asks again with the same token.
      if (!refreshed.ok && refreshed.code === 'OUTCOME_UNKNOWN')
        return { ...refreshed, code: 'PROVIDER_UNAVAILABLE' };
      if (!refreshed.ok) return refreshed;
      current = refreshed.value;
      usable = usableOf(current);
      isKept = false;
    }
    await onTokens(current);
    isKept = true;
    return { ok: true, value: current };
  };

  const isExpiring = (): boolean =>
    current.refreshToken !== undefined &&
    current.expiresAt <= ports.clock.now() + defaultTimes.expiryMarginMs;

  const readToken = async (refused?: Usable): Promise<Result<Usable>> => {
    if (!isKept || (refused ? refused === usable : isExpiring())) {
      renewal ??= renew().finally(() => (renewal = undefined));
      const renewed = await renewal;
      if (!renewed.ok) return renewed;
    }
    return { ok: true, value: usable };
  };

  const send = async (call: ApiCall): Promise<Answer> => {
    const access = await accessThrough(ports, readToken);
    const sent = access.ok ? await access.value.send(call) : access;
    if (!sent.ok) throw failed(sent);
    const { status, headers, body, content } = sent.value;
    const answer: Answer = { status, headers, body, content };
    const code = provider.readApiFailure(sent.value);
    if (code === undefined) return answer;
    const retryAt = readRetryAfter(provider, sent.value, ports.clock.now());
    throw new ClientError(code, undefined, { retryAt, answer });
  };
  const call =
    (method: ApiCall['method']) =>
    async (path: string, options: BodyOptions = {}): Promise<Answer> =>
      send(toApiCall(method, path, options));

  return {
    get tokens() {
      return current;
    },
    get: call('GET'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
  };
}

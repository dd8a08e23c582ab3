/**
 * A provider, as far as tokens can be lost there. Where refresh tokens rotate each works once; for the length of the repeat
 * window the identical request gets the same answer again, unless one of the new tokens has been used; any other use of a
 * spent token ends the chain. A consent begins another chain and ends the one before, whose tokens are refused from then on
 * and harm nobody, as in the simulator of Fitbit (local/simulators/fitbit-grants.ts).
 */
import type { Http, HttpAnswer, HttpRequest, Provider } from '../../src/ports';
import { Secret } from '../../src/secret';
import { answer } from '../support/scripted-http';
import { lineOf } from './fingerprint';

export interface ProviderModel {
  readonly http: Http;
  /** The refresh tokens that it accepts now; none when the chain has ended. */
  accepted(): readonly string[];
  isSpent(refreshToken: string): boolean;
  /** Somebody used a spent token when its answer could not be repeated any more. */
  endedByReuse(): boolean;
  /** A consent began another chain. */
  consents(): number;
  /** All that decides what it will answer. */
  line(): string;
}

export interface ProviderModelOptions {
  readonly provider: Provider;
  readonly now: () => number;
  readonly repeatWindowMs: number;
  /** What the API answers. */
  readonly api: (path: string) => unknown;
  readonly first: { readonly accessToken: string; readonly refreshToken: string };
}

interface Repeatable {
  readonly token: string;
  readonly request: string;
  readonly answer: HttpAnswer;
  readonly at: number;
}

export function createProviderModel(options: ProviderModelOptions): ProviderModel {
  const { provider, now, repeatWindowMs, api, first } = options;
  const spent = new Set<string>();
  /** Those of the chain that lives. */
  let spentHere = new Set<string>();
  let current: string | undefined = first.refreshToken;
  let access = new Set([first.accessToken]);
  let last: Repeatable | undefined;
  let count = 1;
  let consents = 0;
  let reused = false;

  const end = (): void => {
    current = undefined;
    access = new Set();
  };
  const issue = (withRefreshToken: boolean): HttpAnswer => {
    count += 1;
    access.add(`access-${count}`);
    if (withRefreshToken) current = `refresh-${count}`;
    return answer(200, {
      access_token: `access-${count}`,
      ...(withRefreshToken ? { refresh_token: current } : {}),
      expires_in: 28_800,
      scope: [provider.scopes.device, ...provider.scopes.optional].join(' '),
      user_id: 'ABC123',
    });
  };
  const refused = (): HttpAnswer =>
    answer(400, { error: 'invalid_grant', errors: [{ errorType: 'invalid_grant' }], success: false });

  const refresh = (token: string, request: string): HttpAnswer => {
    if (token === current) {
      if (!provider.rotatesRefreshToken) return issue(false);
      spent.add(token);
      spentHere.add(token);
      last = { token, request, answer: issue(true), at: now() };
      return last.answer;
    }
    if (last?.token === token && now() - last.at < repeatWindowMs && current !== undefined) {
      return last.request === request ? last.answer : refused();
    }
    if (spentHere.has(token) && current !== undefined) {
      reused = true;
      end();
    }
    return refused();
  };

  const consent = (): HttpAnswer => {
    consents += 1;
    last = undefined;
    spentHere = new Set();
    return issue(true);
  };

  /** Whoever holds the new access token has got the answer. */
  const noteUse = (token: string): void => {
    if (token === `access-${count}`) last = undefined;
  };

  const reply = (request: HttpRequest): HttpAnswer => {
    const { url, authorization } = request;
    const form = new Map(
      Object.entries(request.form ?? {}).map(([name, value]) => [name, revealed(value)] as const),
    );
    if (url === provider.urls.token) {
      return form.get('grant_type') === 'authorization_code'
        ? consent()
        : refresh(form.get('refresh_token') ?? '', lineOf(request));
    }
    if (url === provider.urls.revoke) {
      const isLive = access.has(form.get('token') ?? '');
      if (isLive) end();
      return answer(isLive ? 200 : 400);
    }
    const bearer = authorization && 'bearer' in authorization ? authorization.bearer.reveal() : '';
    noteUse(bearer);
    return access.has(bearer) ? answer(200, api(url.slice(provider.urls.api.length))) : answer(401);
  };

  return {
    http: (request) => Promise.resolve(reply(request)),
    accepted: () => (current === undefined ? [] : [current]),
    isSpent: (token) => spent.has(token),
    endedByReuse: () => reused,
    consents: () => consents,
    line: () =>
      [
        ...[current, count, consents, last?.token, last?.at],
        ...[spent, spentHere, access].map((tokens) => [...tokens].join()),
        reused,
      ].join(';'),
  };
}

function revealed(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

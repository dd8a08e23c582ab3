/** Fitbit's token endpoint as an `Http`, by a fake clock: single-use refresh tokens and the repeat window. */
import type { Http, HttpAnswer, HttpRequest } from '../../src/ports';
import { Secret } from '../../src/secret';
import type { FakeClock } from './memory-runtime';
import { answer } from './scripted-http';

const repeatWindowMs = 120_000;

export interface FakeFitbit {
  readonly http: Http;
  /** The refresh token that works now. */
  live(wearer: string): string;
  refreshes(): number;
}

export function createFakeFitbit(clock: FakeClock, wearers: readonly string[]): FakeFitbit {
  const live = new Map(wearers.map((wearer) => [wearer, `${wearer}-refresh-1`]));
  const spent = new Map<string, { at: number; reply: HttpAnswer; next: string }>();
  const used = new Set<string>();
  let count = 0;

  function refresh(token: string): HttpAnswer {
    const earlier = spent.get(token);
    if (earlier) {
      const open = clock.now() - earlier.at < repeatWindowMs && !used.has(earlier.next);
      return open ? earlier.reply : answer(400, { errors: [{ errorType: 'invalid_grant' }] });
    }
    const wearer = [...live].find(([, current]) => current === token)?.[0];
    if (wearer === undefined) return answer(400, { errors: [{ errorType: 'invalid_grant' }] });
    used.add(token);
    count += 1;
    const next = `${wearer}-refresh-${count + 1}`;
    const reply = answer(200, {
      access_token: `${wearer}-access-${count + 1}`,
      refresh_token: next,
      expires_in: 28_800,
      scope: 'settings profile',
      user_id: wearer,
    });
    live.set(wearer, next);
    spent.set(token, { at: clock.now(), reply, next });
    return reply;
  }

  const textOf = (value: string | Secret | undefined) => (value instanceof Secret ? value.reveal() : value);
  return {
    http: ({ url, form, authorization }: HttpRequest) => {
      if (url.endsWith('/oauth2/token')) return Promise.resolve(refresh(textOf(form?.refresh_token) ?? ''));
      // The use of a new access token ends the repeat window of the refresh that brought it.
      const bearer = authorization && 'bearer' in authorization ? authorization.bearer.reveal() : '';
      used.add(bearer.replace('-access-', '-refresh-'));
      return Promise.resolve(answer(200, []));
    },
    live: (wearer) => live.get(wearer)!,
    refreshes: () => count,
  };
}

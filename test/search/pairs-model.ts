/**
 * Withings, as far as tokens can be lost there: a refresh token that was used lives on for eight hours, or until the access token that
 * it brought is used, and gives another pair each time. The pair whose access token is used first ends the others of the same refresh
 * token, as in the simulator (local/simulators/withings-grants.ts); with `onlyNewest` each new pair ends the one before at once.
 */
import type { HttpAnswer, HttpRequest } from '../../src/ports';
import { Secret } from '../../src/secret';
import { answer } from '../support/scripted-http';
import type { ProviderModel, ProviderModelOptions } from './provider-model';

export interface PairsModelOptions extends Omit<ProviderModelOptions, 'repeatWindowMs'> {
  readonly onlyNewest?: boolean;
}

interface Pair {
  readonly number: number;
  readonly refreshToken: string;
  readonly accessToken: string;
  readonly before: Pair | undefined;
  endsAt: number;
}

const oldRefreshTokenMs = 8 * 3_600_000;

export function createPairsModel({
  provider,
  now,
  api,
  first,
  onlyNewest = false,
}: PairsModelOptions): ProviderModel {
  let pairs: Pair[] = [{ ...first, number: 1, before: undefined, endsAt: Infinity }];
  const spent = new Set<string>();
  let consents = 0;

  const isAlive = ({ endsAt }: Pair): boolean => now() < endsAt;
  const end = (pair: Pair): void => {
    pair.endsAt = Math.min(pair.endsAt, now());
    spent.add(pair.refreshToken);
  };
  const siblingsOf = (pair: Pair): Pair[] =>
    pairs.filter((other) => other !== pair && pair.before !== undefined && other.before === pair.before);

  const good = (body: unknown): HttpAnswer => answer(200, { status: 0, body });
  const refuse = (status: number, error: string): HttpAnswer => answer(200, { status, body: {}, error });

  const issue = (before: Pair | undefined): HttpAnswer => {
    const number = pairs.length + 1;
    const pair: Pair = {
      number,
      refreshToken: `refresh-${number}`,
      accessToken: `access-${number}`,
      before,
      endsAt: Infinity,
    };
    pairs = [...pairs, pair];
    if (onlyNewest) siblingsOf(pair).forEach(end);
    return good({
      userid: 'ABC123',
      access_token: pair.accessToken,
      refresh_token: pair.refreshToken,
      expires_in: 10_800,
      scope: [provider.scopes.device, ...provider.scopes.optional].join(','),
      token_type: 'Bearer',
    });
  };

  const refresh = (token: string): HttpAnswer => {
    const used = pairs.find(({ refreshToken }) => refreshToken === token);
    if (!used || !isAlive(used)) return refuse(503, 'Invalid Params: invalid refresh_token');
    used.endsAt = Math.min(used.endsAt, now() + oldRefreshTokenMs);
    return issue(used);
  };

  /** A consent begins another chain, whose tokens are all that is asked about from then on. */
  const consent = (): HttpAnswer => {
    consents += 1;
    pairs.filter(isAlive).forEach(end);
    return issue(undefined);
  };

  const use = (token: string): HttpAnswer => {
    const pair = pairs.find(({ accessToken }) => accessToken === token);
    if (!pair || (!isAlive(pair) && spent.has(pair.refreshToken))) return refuse(401, 'invalid_token');
    if (pair.before) end(pair.before);
    siblingsOf(pair).forEach(end);
    return good(api('/v2/user'));
  };

  const reply = ({ url, authorization, form = {} }: HttpRequest): HttpAnswer => {
    const textOf = (name: string): string => revealed(form[name]);
    if (url !== provider.urls.token && url !== `${provider.urls.api}/v2/signature`) {
      return use(authorization && 'bearer' in authorization ? authorization.bearer.reveal() : '');
    }
    switch (textOf('action')) {
      case 'getnonce':
        return good({ nonce: 'nonce' });
      case 'revoke':
        pairs.filter(isAlive).forEach(end);
        return good({});
      default:
        return textOf('grant_type') === 'authorization_code' ? consent() : refresh(textOf('refresh_token'));
    }
  };

  return {
    http: (request) => Promise.resolve(reply(request)),
    accepted: () => pairs.filter(isAlive).map(({ refreshToken }) => refreshToken),
    isSpent: (token) => spent.has(token),
    endedByReuse: () => false,
    consents: () => consents,
    line: () =>
      [
        consents,
        ...pairs.map(({ number, before, endsAt }) => `${number}<${before?.number}@${endsAt}`),
        ...spent,
      ].join(';'),
  };
}

function revealed(value: string | Secret | undefined): string {
  return value instanceof Secret ? value.reveal() : (value ?? '');
}

/**
 * What Fitbit remembers about consents: per wearer and client one chain of single-use refresh tokens. The answer to a
 * refresh is kept, and given again to the identical request, until the repeat window is over or one of the new tokens
 * has been used. This is the part of the local world that can lose somebody's tokens for good.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Keep } from '../kept';
import { createAccessTokens, type AccessToken } from './access-tokens';
import type { Insight } from './simulator';
import type { SecretLedger } from './secret-ledger';

export interface FitbitGrantsOptions {
  readonly now: () => number;
  readonly repeatWindowMs: number;
  /** A refresh token that is used again when it may not be takes the whole chain with it. */
  readonly reuseRevokesChain: boolean;
  readonly ledger: SecretLedger;
  readonly keep: Keep;
}

export interface FitbitConsent {
  readonly wearerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** `user_id` in the answer. */
  readonly legacyUserId: string;
}

export interface FitbitRefresh {
  readonly refreshToken: string | null;
  readonly clientId: string;
  /** The request, byte for byte: what makes a repetition identical. */
  readonly request: string;
  readonly accessTokenMs: number;
}

export interface FitbitGrants {
  readonly insight: Insight;
  /** Begins a chain, which ends the wearer's earlier one at this client, and answers a code exchange. */
  issue(consent: FitbitConsent, accessTokenMs: number): string;
  /** The body of the answer, or undefined when the refresh token is dead. */
  refresh(refresh: FitbitRefresh): string | undefined;
  findAccessToken(value: string | null | undefined): AccessToken | undefined;
  isLive(token: AccessToken): boolean;
  /** The access token was seen at an endpoint: whoever holds it has got the answer. */
  noteUse(token: AccessToken): void;
  /** The consent behind a refresh token that works. */
  findRefreshToken(value: string | null): FitbitConsent | undefined;
  /** By access or refresh token, dead or alive. */
  wearerOf(token: string | null | undefined): string | undefined;
  /** Ends everything between the wearer and the client behind a token; false when the token was dead already. */
  revoke(token: string | null): boolean;
}

interface Chain {
  readonly id: string;
  readonly consent: FitbitConsent;
  readonly current: string;
  readonly last?: Rotation | undefined;
  readonly dead: boolean;
}

/** The latest rotation of a chain, as long as its answer may be repeated. */
interface Rotation {
  readonly spent: string;
  readonly request: string;
  readonly answer: string;
  readonly accessToken: string;
  readonly at: number;
}

export function createFitbitGrants(options: FitbitGrantsOptions): FitbitGrants {
  const { now, repeatWindowMs, reuseRevokesChain, ledger, keep } = options;
  const accessTokens = createAccessTokens({ now, keep });
  const chains = keep<Chain>('chains');
  /** By refresh token, also a spent one. */
  const chainIds = keep<string>('chains of refresh tokens');
  const refreshCounts = new Map<string, number>();

  const chainOf = (refreshToken: string | null | undefined): Chain | undefined =>
    chains.get(chainIds.get(refreshToken ?? '') ?? '');
  const liveChainBetween = ({
    wearerId,
    clientId,
  }: Pick<FitbitConsent, 'wearerId' | 'clientId'>): Chain | undefined =>
    liveChainsOf(wearerId).find(({ consent }) => consent.clientId === clientId);
  const keepChain = (chain: Chain): void => void chains.set(chain.id, chain);

  const newRefreshToken = (chainId: string): string => {
    const value = randomBytes(32).toString('hex');
    chainIds.set(value, chainId);
    ledger.note(value);
    return value;
  };

  const newAccessToken = (
    { wearerId, clientId, scopes, legacyUserId }: FitbitConsent,
    lifeMs: number,
  ): string => {
    const issuedAt = now();
    const expiresAt = issuedAt + lifeMs;
    const claims = {
      aud: clientId,
      sub: legacyUserId,
      iss: 'Fitbit',
      typ: 'access_token',
      scopes: scopes.map((scope) => `w${scope.slice(0, 3)}`).join(' '),
      exp: Math.floor(expiresAt / 1000),
      iat: Math.floor(issuedAt / 1000),
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const value = `${part({ alg: 'HS256' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
    accessTokens.add({ value, wearerId, clientId, scopes, issuedAt, expiresAt });
    ledger.note(value);
    return value;
  };

  const answerWith = (chain: Chain, accessToken: string, lifeMs: number): string =>
    JSON.stringify({
      access_token: accessToken,
      expires_in: Math.max(1, Math.floor(lifeMs / 1000)),
      refresh_token: chain.current,
      scope: chain.consent.scopes.join(' '),
      token_type: 'Bearer',
      user_id: chain.consent.legacyUserId,
    });

  const end = (chain: Chain): void => {
    keepChain({ ...chain, dead: true });
    accessTokens.revokeAll(chain.consent.wearerId, chain.consent.clientId);
  };

  const liveChainsOf = (wearerId: string): Chain[] =>
    [...chains.values()].filter((chain) => chain.consent.wearerId === wearerId && !chain.dead);

  const findLiveChain = (refreshToken: string | null): Chain | undefined => {
    const chain = chainOf(refreshToken);
    return chain && !chain.dead && chain.current === refreshToken ? chain : undefined;
  };

  return {
    issue(consent, accessTokenMs) {
      const earlier = liveChainBetween(consent);
      // Its access tokens stay: only refresh tokens are limited to one.
      if (earlier) keepChain({ ...earlier, dead: true });
      const id = randomUUID();
      const chain: Chain = { id, consent, current: newRefreshToken(id), dead: false };
      keepChain(chain);
      return answerWith(chain, newAccessToken(consent, accessTokenMs), accessTokenMs);
    },

    refresh({ refreshToken, clientId, request, accessTokenMs }) {
      const chain = chainOf(refreshToken);
      if (!refreshToken || !chain || chain.dead || chain.consent.clientId !== clientId) return undefined;

      if (refreshToken !== chain.current) {
        const { last } = chain;
        const isRepeatable = last?.spent === refreshToken && now() - last.at < repeatWindowMs;
        if (isRepeatable) return last.request === request ? last.answer : undefined;
        if (reuseRevokesChain) end(chain);
        return undefined;
      }

      // Replaces the rotation before: its new refresh token is this one, and has now been used.
      const accessToken = newAccessToken(chain.consent, accessTokenMs);
      const next: Chain = { ...chain, current: newRefreshToken(chain.id) };
      const answer = answerWith(next, accessToken, accessTokenMs);
      keepChain({ ...next, last: { spent: refreshToken, request, answer, accessToken, at: now() } });
      const { wearerId } = chain.consent;
      refreshCounts.set(wearerId, (refreshCounts.get(wearerId) ?? 0) + 1);
      return answer;
    },

    findAccessToken: accessTokens.find,
    isLive: accessTokens.isLive,
    noteUse(token) {
      const chain = liveChainBetween(token);
      if (chain?.last?.accessToken === token.value) keepChain({ ...chain, last: undefined });
    },
    findRefreshToken: (value) => findLiveChain(value)?.consent,
    wearerOf: (token) => chainOf(token)?.consent.wearerId ?? accessTokens.find(token)?.wearerId,
    revoke(token) {
      const accessToken = accessTokens.find(token);
      const target =
        findLiveChain(token)?.consent ?? (accessToken && accessTokens.isLive(accessToken) && accessToken);
      if (!target) return false;
      const chain = liveChainBetween(target);
      if (chain) end(chain);
      else accessTokens.revokeAll(target.wearerId, target.clientId);
      return true;
    },
    insight: {
      currentRefreshToken: (wearerId) => liveChainsOf(wearerId).at(-1)?.current,
      liveAccessTokens: accessTokens.liveOf,
      refreshCount: (wearerId) => refreshCounts.get(wearerId) ?? 0,
      revokeGrant(wearerId) {
        for (const chain of liveChainsOf(wearerId)) end(chain);
        accessTokens.revokeAll(wearerId);
      },
    },
  };
}

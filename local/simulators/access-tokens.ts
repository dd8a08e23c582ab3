/** Access tokens of every provider: who they stand for, until when, and whether they were taken away. */
import type { Keep } from '../kept';

export interface AccessToken {
  readonly value: string;
  readonly wearerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
}

export interface AccessTokens {
  add(token: Omit<AccessToken, 'revoked'>): AccessToken;
  /** Also those that no longer work. */
  find(value: string | null | undefined): AccessToken | undefined;
  isLive(token: AccessToken): boolean;
  liveOf(wearerId: string): readonly string[];
  /** At one client, or at all of them. */
  revokeAll(wearerId: string, clientId?: string): void;
}

export function createAccessTokens({
  now,
  keep,
}: {
  readonly now: () => number;
  readonly keep: Keep;
}): AccessTokens {
  const tokens = keep<AccessToken>('access tokens');
  const ofWearer = (wearerId: string): AccessToken[] =>
    [...tokens.values()].filter((token) => token.wearerId === wearerId);
  const isLive = (token: AccessToken): boolean => !token.revoked && now() < token.expiresAt;
  return {
    add(token) {
      const added = { ...token, revoked: false };
      tokens.set(token.value, added);
      return added;
    },
    find: (value) => tokens.get(value ?? ''),
    isLive,
    liveOf: (wearerId) =>
      ofWearer(wearerId)
        .filter(isLive)
        .map(({ value }) => value),
    revokeAll(wearerId, clientId) {
      for (const token of ofWearer(wearerId))
        if (clientId === undefined || token.clientId === clientId)
          tokens.set(token.value, { ...token, revoked: true });
    },
  };
}

/** The one place where the client hands tokens in clear to the program that owns them. */
import type { TokenGrant } from '../ports';
import type { Tokens } from './types';

/** @param before what a refresh began with: the refresh token stays where the answer brings none */
export function openGrant(grant: TokenGrant, requestedAt: number, before?: Tokens): Tokens {
  const { accessToken, refreshToken, expiresInMs, refreshExpiresInMs, scopes, providerUserId } = grant;
  return {
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal() ?? before?.refreshToken,
    expiresAt: requestedAt + expiresInMs,
    refreshExpiresAt:
      refreshExpiresInMs === undefined ? before?.refreshExpiresAt : requestedAt + refreshExpiresInMs,
    scopes: scopes ?? before?.scopes ?? [],
    userId: providerUserId ?? before?.userId,
  };
}

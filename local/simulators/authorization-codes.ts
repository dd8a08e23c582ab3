/**
 * Authorization codes of every provider: single use, ten minutes unless it says otherwise, bound to client, redirect URI and PKCE challenge
 * (RFC 6749 section 4.1, RFC 7636 section 4.6).
 */
import { createHash } from 'node:crypto';

/** What a wearer has allowed. */
export interface Authorization {
  readonly wearerId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Fitbit lets a client with a single redirect URI leave it out, in both requests or in none. */
  readonly redirectUriGiven: boolean;
  readonly scopes: readonly string[];
  readonly codeChallenge: string;
  /** The authorize request as it came. */
  readonly parameters: URLSearchParams;
}

export type CodeProblem = 'unknown' | 'used' | 'expired' | 'client' | 'redirect_uri' | 'code_verifier';

export interface CodeProof {
  readonly clientId: string;
  readonly redirectUri: string | null;
  readonly codeVerifier: string | null;
}

export interface AuthorizationCodes {
  issue(authorization: Authorization): string;
  /** Also for codes that are used or expired. */
  wearerOf(code: string | null | undefined): string | undefined;
  /** One attempt: a code whose proof fails is spent as well. */
  redeem(code: string | null, proof: CodeProof): Authorization | CodeProblem;
}

export function createAuthorizationCodes({
  now,
  newCode,
  lifeMs = 600_000,
}: {
  readonly now: () => number;
  readonly newCode: () => string;
  readonly lifeMs?: number;
}): AuthorizationCodes {
  const codes = new Map<string, { authorization: Authorization; issuedAt: number; used: boolean }>();
  return {
    issue(authorization) {
      const code = newCode();
      codes.set(code, { authorization, issuedAt: now(), used: false });
      return code;
    },
    wearerOf: (code) => codes.get(code ?? '')?.authorization.wearerId,
    redeem(code, { clientId, redirectUri, codeVerifier }) {
      const found = codes.get(code ?? '');
      if (!found) return 'unknown';
      const { authorization } = found;
      if (authorization.clientId !== clientId) return 'client';
      if (found.used) return 'used';
      found.used = true;
      if (now() - found.issuedAt >= lifeMs) return 'expired';
      const needsUri = authorization.redirectUriGiven || redirectUri !== null;
      if (needsUri && redirectUri !== authorization.redirectUri) return 'redirect_uri';
      if (codeVerifier === null || challengeOf(codeVerifier) !== authorization.codeChallenge)
        return 'code_verifier';
      return authorization;
    },
  };
}

/** The S256 challenge of a verifier. */
function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

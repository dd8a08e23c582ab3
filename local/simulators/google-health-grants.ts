/**
 * What Google remembers about consents: refresh tokens that stay the same, and access tokens by the hour. Several
 * refresh tokens of one wearer and client may live side by side; taking one away takes them all, because it is the
 * grant that ends.
 */
import { randomBytes } from 'node:crypto';
import type { Keep } from '../kept';
import { createAccessTokens, type AccessToken } from './access-tokens';
import type { Insight } from './simulator';
import type { SecretLedger } from './secret-ledger';

export interface GoogleGrantsOptions {
  readonly now: () => number;
  readonly accessTokenMs: number;
  readonly ledger: SecretLedger;
  readonly keep: Keep;
}

export interface GoogleConsent {
  readonly wearerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Whether the answer holds a refresh token. */
  readonly offline: boolean;
  /** Said in an `id_token`, when a scope asks for it. */
  readonly email?: string | undefined;
  /** Time-limited access. */
  readonly refreshTokenLifeMs: number | undefined;
}

export interface GoogleGrants {
  readonly insight: Insight;
  issue(consent: GoogleConsent): string;
  /** The body of the answer, or undefined when the refresh token is dead. */
  refresh(refreshToken: string | null, clientId: string): string | undefined;
  findAccessToken(value: string | undefined): AccessToken | undefined;
  isLive(token: AccessToken): boolean;
  /** By access or refresh token, dead or alive. */
  wearerOf(token: string | null | undefined): string | undefined;
  /** Ends the grant behind a token; false when the token was dead already. */
  revoke(token: string | null): boolean;
}

interface RefreshToken extends Pick<GoogleConsent, 'wearerId' | 'clientId' | 'scopes'> {
  readonly value: string;
  /** Only of time-limited access. */
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number;
  readonly revoked: boolean;
}

const halfAYearMs = 183 * 24 * 3_600_000;
const liveRefreshTokens = 100;

const asksForEmail = (scope: string): boolean => scope === 'email' || scope.endsWith('/auth/userinfo.email');

/** The signature is not one: who has it from the token endpoint needs none. */
function idToken(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ iss: 'https://accounts.google.com', ...claims })}.simulated`;
}

export function createGoogleGrants({ now, accessTokenMs, ledger, keep }: GoogleGrantsOptions): GoogleGrants {
  const accessTokens = createAccessTokens({ now, keep });
  const refreshTokens = keep<RefreshToken>('refresh tokens');
  const refreshCounts = new Map<string, number>();

  const isAlive = (token: RefreshToken): boolean =>
    !token.revoked &&
    (token.expiresAt === undefined || now() < token.expiresAt) &&
    now() - token.lastUsedAt < halfAYearMs;
  const change = (token: RefreshToken, to: Partial<RefreshToken>): void =>
    void refreshTokens.set(token.value, { ...token, ...to });
  const aliveOf = (wearerId: string, clientId?: string): RefreshToken[] =>
    [...refreshTokens.values()].filter(
      (token) =>
        token.wearerId === wearerId && isAlive(token) && (clientId ?? token.clientId) === token.clientId,
    );

  const accessAnswer = ({
    wearerId,
    clientId,
    scopes,
  }: Pick<GoogleConsent, 'wearerId' | 'clientId' | 'scopes'>) => {
    const value = `ya29.a0${randomBytes(150).toString('base64url')}`;
    ledger.note(value);
    accessTokens.add({
      value,
      wearerId,
      clientId,
      scopes,
      issuedAt: now(),
      expiresAt: now() + accessTokenMs,
    });
    // Google says one second less than the hour.
    const expires_in = Math.max(1, Math.ceil(accessTokenMs / 1000) - 1);
    return { access_token: value, expires_in, scope: scopes.join(' '), token_type: 'Bearer' };
  };

  const addRefreshToken = ({ wearerId, clientId, scopes, refreshTokenLifeMs }: GoogleConsent): string => {
    const value = `1//0${randomBytes(75).toString('base64url')}`;
    ledger.note(value);
    const expiresAt = refreshTokenLifeMs === undefined ? undefined : now() + refreshTokenLifeMs;
    const token = { value, wearerId, clientId, scopes, expiresAt, lastUsedAt: now(), revoked: false };
    refreshTokens.set(value, token);
    for (const tooOld of aliveOf(wearerId, clientId).slice(0, -liveRefreshTokens))
      change(tooOld, { revoked: true });
    return value;
  };

  const endGrant = (wearerId: string, clientId?: string): void => {
    for (const token of aliveOf(wearerId, clientId)) change(token, { revoked: true });
    accessTokens.revokeAll(wearerId, clientId);
  };

  const issue = (consent: GoogleConsent): string => {
    const { offline, refreshTokenLifeMs, email } = consent;
    return JSON.stringify({
      ...accessAnswer(consent),
      ...(email !== undefined && consent.scopes.some(asksForEmail) && { id_token: idToken({ email }) }),
      ...(offline && { refresh_token: addRefreshToken(consent) }),
      ...(offline &&
        refreshTokenLifeMs !== undefined && {
          refresh_token_expires_in: Math.floor(refreshTokenLifeMs / 1000),
        }),
    });
  };

  return {
    issue,
    refresh(refreshToken, clientId) {
      const token = refreshTokens.get(refreshToken ?? '');
      if (!token || token.clientId !== clientId || !isAlive(token)) return undefined;
      change(token, { lastUsedAt: now() });
      refreshCounts.set(token.wearerId, (refreshCounts.get(token.wearerId) ?? 0) + 1);
      return JSON.stringify({
        ...accessAnswer(token),
        ...(token.expiresAt !== undefined && {
          refresh_token_expires_in: Math.floor((token.expiresAt - now()) / 1000),
        }),
      });
    },
    findAccessToken: accessTokens.find,
    isLive: accessTokens.isLive,
    wearerOf: (token) => (refreshTokens.get(token ?? '') ?? accessTokens.find(token))?.wearerId,
    revoke(token) {
      const refreshToken = refreshTokens.get(token ?? '');
      const accessToken = accessTokens.find(token);
      if (refreshToken && isAlive(refreshToken)) endGrant(refreshToken.wearerId, refreshToken.clientId);
      else if (accessToken && accessTokens.isLive(accessToken))
        endGrant(accessToken.wearerId, accessToken.clientId);
      else return false;
      return true;
    },
    insight: {
      currentRefreshToken: (wearerId) => aliveOf(wearerId).at(-1)?.value,
      liveAccessTokens: accessTokens.liveOf,
      refreshCount: (wearerId) => refreshCounts.get(wearerId) ?? 0,
      revokeGrant: (wearerId) => endGrant(wearerId),
      giveConsent: (wearerId, clientId, scopes) =>
        issue({ wearerId, clientId, scopes, offline: true, refreshTokenLifeMs: undefined }),
    },
  };
}

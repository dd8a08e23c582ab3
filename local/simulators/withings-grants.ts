/**
 * What Withings remembers about consents: pairs of an access and a refresh token. A refresh token that was used lives on for eight
 * hours, or until the access token that it brought is used; until then it gives another pair each time. What becomes of the pairs
 * of the same refresh token is not documented, so this is strict: whose access token is used first, ends the others.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Keep } from '../kept';
import { createAccessTokens, type AccessToken } from './access-tokens';
import type { Insight } from './simulator';
import type { SecretLedger } from './secret-ledger';

export interface WithingsGrantsOptions {
  readonly now: () => number;
  readonly accessTokenMs: number;
  readonly oldRefreshTokenMs: number;
  readonly ledger: SecretLedger;
  readonly keep: Keep;
}

export interface WithingsConsent {
  readonly wearerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** `body` of an answer. */
export interface WithingsTokens {
  readonly userid: number;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly csrf_token: string;
  readonly token_type: 'Bearer';
}

export interface WithingsGrants {
  readonly insight: Insight;
  issue(consent: WithingsConsent): WithingsTokens;
  /** `undefined` when the refresh token is dead. */
  refresh(refreshToken: string | null, clientId: string): WithingsTokens | undefined;
  findAccessToken(value: string | null | undefined): AccessToken | undefined;
  isLive(token: AccessToken): boolean;
  /** The access token was seen at the API: whoever holds it has got the answer. */
  noteUse(token: AccessToken): void;
  /** By access or refresh token, dead or alive. */
  wearerOf(token: string | null | undefined): string | undefined;
  /** Ends everything between a user and a client; false when there was nothing. */
  revoke(userid: string | null, clientId: string): boolean;
}

interface Pair {
  readonly consent: WithingsConsent;
  readonly refreshToken: string;
  readonly accessToken: string;
  /** The refresh token that brought this pair; a consent has none. */
  readonly before?: string | undefined;
  readonly endsAt: number;
}

const yearMs = 365 * 24 * 3_600_000;

/** What Withings calls a wearer. */
export function withingsUserId(wearerId: string): number {
  return parseInt(createHash('sha256').update(`withings ${wearerId}`).digest('hex').slice(0, 7), 16);
}

export function createWithingsGrants(options: WithingsGrantsOptions): WithingsGrants {
  const { now, accessTokenMs, oldRefreshTokenMs, ledger, keep } = options;
  const accessTokens = createAccessTokens({ now, keep });
  /** By refresh token, the oldest first. */
  const pairs = keep<Pair>('pairs');
  const refreshCounts = new Map<string, number>();

  const isAlive = ({ endsAt }: Pair): boolean => now() < endsAt;
  const endBy = (pair: Pair, at: number): void =>
    void pairs.set(pair.refreshToken, { ...pair, endsAt: Math.min(pair.endsAt, at) });
  const pairOf = (accessToken: string | null | undefined): Pair | undefined =>
    [...pairs.values()].find((pair) => pair.accessToken === accessToken);
  const aliveOf = (wearerId: string, clientId?: string): Pair[] =>
    [...pairs.values()].filter(
      (pair) =>
        pair.consent.wearerId === wearerId &&
        (clientId ?? pair.consent.clientId) === pair.consent.clientId &&
        isAlive(pair),
    );

  const addPair = (consent: WithingsConsent, before?: string): WithingsTokens => {
    const [accessToken, refreshToken] = [randomBytes(20).toString('hex'), randomBytes(20).toString('hex')];
    ledger.note(accessToken, refreshToken);
    const issuedAt = now();
    accessTokens.add({ value: accessToken, ...consent, issuedAt, expiresAt: issuedAt + accessTokenMs });
    pairs.set(refreshToken, { consent, refreshToken, accessToken, before, endsAt: issuedAt + yearMs });
    return {
      userid: withingsUserId(consent.wearerId),
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: Math.max(1, Math.floor(accessTokenMs / 1000)),
      scope: consent.scopes.join(','),
      csrf_token: randomBytes(16).toString('hex'),
      token_type: 'Bearer',
    };
  };

  const endGrant = (wearerId: string, clientId?: string): void => {
    for (const pair of aliveOf(wearerId, clientId)) endBy(pair, now());
    accessTokens.revokeAll(wearerId, clientId);
  };

  return {
    issue: ({ wearerId, clientId, scopes }) => addPair({ wearerId, clientId, scopes }),
    refresh(refreshToken, clientId) {
      const used = pairs.get(refreshToken ?? '');
      if (!used || !isAlive(used) || used.consent.clientId !== clientId) return undefined;
      endBy(used, now() + oldRefreshTokenMs);
      const { wearerId } = used.consent;
      refreshCounts.set(wearerId, (refreshCounts.get(wearerId) ?? 0) + 1);
      return addPair(used.consent, used.refreshToken);
    },
    findAccessToken: accessTokens.find,
    isLive: accessTokens.isLive,
    noteUse({ value }) {
      const pair = pairOf(value);
      if (pair?.before === undefined) return;
      for (const other of [...pairs.values()]) {
        const isOver = other.refreshToken === pair.before || other.before === pair.before;
        if (isOver && other.refreshToken !== pair.refreshToken) endBy(other, now());
      }
    },
    wearerOf: (token) => (pairs.get(token ?? '') ?? pairOf(token))?.consent.wearerId,
    revoke(userid, clientId) {
      const found = [...pairs.values()].find(
        ({ consent }) => `${withingsUserId(consent.wearerId)}` === userid,
      );
      if (!found || aliveOf(found.consent.wearerId, clientId).length === 0) return false;
      endGrant(found.consent.wearerId, clientId);
      return true;
    },
    insight: {
      currentRefreshToken: (wearerId) => aliveOf(wearerId).at(-1)?.refreshToken,
      liveAccessTokens: accessTokens.liveOf,
      refreshCount: (wearerId) => refreshCounts.get(wearerId) ?? 0,
      revokeGrant: (wearerId) => endGrant(wearerId),
    },
  };
}

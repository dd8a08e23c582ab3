/** Token sets, and what names the one that is current. */
import type { Secret } from '../secret';
import type { ProviderId, ConnectionId } from './ids';

/** The order of token sets: consent first, then generation. */
export interface Position {
  readonly consent: number;
  readonly generation: number;
}

/** What one consent and its refreshes gave. Lives in Key Vault as one secret per connection and consent. */
export interface TokenSet extends Position {
  readonly connection: ConnectionId;
  readonly provider: ProviderId;
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Only when the wearer granted access for a limited time. */
  readonly refreshExpiresAt?: number | undefined;
  readonly scopes: readonly string[];
  /** The provider's own id of the wearer. */
  readonly providerUserId: string;
  /** When the wearer consented; some grants die at a certain age. */
  readonly consentedAt?: number | undefined;
  /** Encrypts the journal row of the set that follows this one, and the access token on the record. It is part of the set, so it never leaves the vault. */
  readonly journalKey?: Secret | undefined;
}

/** Names the token set that is current. Being saved is not being current: only the pointer decides. */
export interface Pointer extends Position {
  readonly secretVersion: string;
  readonly expiresAt: number;
  /** When the refresh or consent that gave this set began; a run asks whether it was before its own start. */
  readonly rotatedAt: number;
  readonly consentedAt?: number | undefined;
  readonly refreshExpiresAt?: number | undefined;
}

/**
 * A fresh consent number for the successor of one token set, because a secret cannot have versions without end. Whoever
 * refreshes that set uses this number, so that two workers cannot open two.
 */
export interface Rollover {
  readonly consent: number;
  readonly follows: Position;
}

/** Access tokens of one position follow one another by the time they were asked for. */
export interface AccessRank extends Position {
  readonly issuedAt: number;
}

/**
 * An access token that was refreshed on the way to a call and is in no secret, because its refresh token stays. It is
 * encrypted with a key of the token set that the position names, so that every instance can use it and Tables alone reveal nothing.
 */
export interface LatestAccess extends AccessRank {
  readonly expiresAt: number;
  readonly sealed: string;
}

/** The end of the grant of a wearer who disconnected, up to this token set; noted before its tokens are deleted. */
export interface Revocation extends Position {
  /** False: the provider did not revoke it, and only the wearer can remove it there. */
  readonly revoked: boolean;
}

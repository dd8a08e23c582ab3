/** Token sets, and what names the one that is current. */
import * as z from 'zod';
import { secret, time, type RecordOf } from './stored-fields';
import { providerId } from './ids';

/** The order of token sets: consent first, then generation. */
export interface Position extends RecordOf<typeof positionShape> {}
export const positionShape = z.object({
  consent: z.int().positive(),
  generation: z.int().positive(),
});

/** What one consent and its refreshes gave. Lives in Key Vault as one secret per connection and consent. */
export interface TokenSet extends RecordOf<typeof tokenSetShape> {}
export const tokenSetShape = positionShape.extend({
  connection: z.string(),
  provider: providerId,
  accessToken: secret,
  refreshToken: secret,
  issuedAt: time,
  expiresAt: time,
  /** Only when the wearer granted access for a limited time. */
  refreshExpiresAt: time.optional(),
  scopes: z.array(z.string()),
  /** The provider's own id of the wearer. */
  providerUserId: z.string(),
  /** When the wearer consented; some grants die at a certain age. */
  consentedAt: time.optional(),
  /** Encrypts the journal row of the set that follows this one, and the access token on the record. It is part of the set, so it never leaves the vault. */
  journalKey: secret.optional(),
});

/** Names the token set that is current. Being saved is not being current: only the pointer decides. */
export interface Pointer extends RecordOf<typeof pointerShape> {}
export const pointerShape = positionShape.extend({
  secretVersion: z.string(),
  expiresAt: time,
  /** When the refresh or consent that gave this set began; a run asks whether it was before its own start. */
  rotatedAt: time,
  consentedAt: time.optional(),
  refreshExpiresAt: time.optional(),
});

/**
 * A fresh consent number for the successor of one token set, because a secret cannot have versions without end. Whoever
 * refreshes that set uses this number, so that two workers cannot open two.
 */
export interface Rollover extends RecordOf<typeof rolloverShape> {}
export const rolloverShape = z.object({
  consent: z.int().positive(),
  follows: positionShape,
});

/** Access tokens of one position follow one another by the time they were asked for. */
export interface AccessRank extends RecordOf<typeof accessRankShape> {}
export const accessRankShape = positionShape.extend({
  issuedAt: time,
});

/**
 * An access token that was refreshed on the way to a call and is in no secret, because its refresh token stays. It is
 * encrypted with a key of the token set that the position names, so that every instance can use it and Tables alone reveal nothing.
 */
export interface LatestAccess extends RecordOf<typeof latestAccessShape> {}
export const latestAccessShape = accessRankShape.extend({
  expiresAt: time,
  sealed: z.string(),
});

/** The access token that a worker has written to the published secret, or is about to write. */
export interface PublishedAccess extends RecordOf<typeof publishedAccessShape> {}
export const publishedAccessShape = accessRankShape.extend({
  /** Of the secret. */
  name: z.string(),
  expiresAt: time,
});

/** The end of the grant of a wearer who disconnected, up to this token set; noted before its tokens are deleted. */
export interface Revocation extends RecordOf<typeof revocationShape> {}
export const revocationShape = positionShape.extend({
  /** False: the provider did not revoke it, and only the wearer can remove it there. */
  revoked: z.boolean(),
});

/** Token sets as they are made: from a consent, and from a refresh. And the position that each one gets. */
import { AppError } from '../../errors';
import type { Connection, Position, TokenSet } from '../../model';
import type { Ports, Provider, TokenGrant } from '../../ports';
import { Secret } from '../../secret';
import type { Held } from '../store/compare-and-swap';
import type { HeldLease } from './lease';
import { samePosition } from '../connection/position';

/** The set that follows from a consent; its number is reserved when it is saved. */
export function firstTokenSet(
  ports: Pick<Ports, 'random'>,
  grant: TokenGrant & Pick<TokenSet, 'refreshToken'>,
  about: Pick<TokenSet, 'connection' | 'provider' | 'scopes' | 'providerUserId'>,
  requestedAt: number,
): Omit<TokenSet, 'consent'> {
  return {
    ...about,
    generation: 1,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken,
    consentedAt: requestedAt,
    ...lifeOf(grant, requestedAt),
    journalKey: new Secret(ports.random.secret()),
  };
}

/** From when it was asked for: the answer can have been late. */
function lifeOf(
  { expiresInMs, refreshExpiresInMs }: TokenGrant,
  requestedAt: number,
): Pick<TokenSet, 'issuedAt' | 'expiresAt' | 'refreshExpiresAt'> {
  return {
    issuedAt: requestedAt,
    expiresAt: requestedAt + expiresInMs,
    refreshExpiresAt: refreshExpiresInMs === undefined ? undefined : requestedAt + refreshExpiresInMs,
  };
}

/** Providers do not keep to the minute. */
const testingSlackMs = 12 * 3_600_000;

/** Whether this is the age at which a grant dies whose client is left in publishing status Testing. */
export function isTestingAge({ grantLife }: Pick<Provider, 'grantLife'>, ageMs: number): boolean {
  return grantLife !== undefined && Math.abs(ageMs - grantLife.testingMs) <= testingSlackMs;
}

/** Whether a grant has outlived that age: when it was given, the client was published. */
export function isPastTestingAge({ grantLife }: Pick<Provider, 'grantLife'>, ageMs: number): boolean {
  return grantLife !== undefined && ageMs > grantLife.testingMs + testingSlackMs;
}

/** The provider has said at the consent that the grant ends at that age. */
export function isGrantedForTesting(
  provider: Pick<Provider, 'grantLife'>,
  { consentedAt, refreshExpiresAt }: Pick<TokenSet, 'consentedAt' | 'refreshExpiresAt'>,
): boolean {
  if (consentedAt === undefined || refreshExpiresAt === undefined) return false;
  return isTestingAge(provider, refreshExpiresAt - consentedAt);
}

/** The set that follows from a refresh; the old refresh token stays when the answer brings none. */
export function nextTokenSet(
  ports: Pick<Ports, 'random'>,
  current: TokenSet,
  grant: TokenGrant,
  { position, requestedAt }: { readonly position: Position; readonly requestedAt: number },
): TokenSet {
  const life = lifeOf(grant, requestedAt);
  return {
    ...current,
    ...position,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken ?? current.refreshToken,
    ...life,
    refreshExpiresAt: life.refreshExpiresAt ?? current.refreshExpiresAt,
    scopes: grant.scopes?.length ? grant.scopes : current.scopes,
    journalKey: new Secret(ports.random.secret()),
  };
}

/** A vault cannot back up a secret of more than 500 versions; repeats can make a few more than there are generations. */
const mostGenerations = 400;

/**
 * Where the successor of a token set goes: the next generation, or a fresh consent number once the secret has enough
 * versions. The record keeps that number, so that every worker that refreshes this set uses the same one.
 *
 * @returns `undefined` if the lease has passed to somebody else
 */
export async function reserveNextPosition(
  lease: Pick<HeldLease, 'changeWhileMine'>,
  { consent, generation }: Position,
): Promise<Position | undefined> {
  if (generation < mostGenerations) return { consent, generation: generation + 1 };
  const follows = { consent, generation };
  const record = await lease.changeWhileMine((before): Connection | undefined => {
    if (samePosition(before.rollover?.follows, follows)) return undefined;
    const opened = before.consentReserved + 1;
    return { ...before, consentReserved: opened, rollover: { consent: opened, follows } };
  });
  return record?.rollover && { consent: record.rollover.consent, generation: 1 };
}

/**
 * Consent numbers are given out once; one that is never used is a gap and nothing else.
 *
 * @param patch changes an open connection further, in the same write
 * @throws AppError `CONNECTION_UNKNOWN`
 */
export async function reserveConsent(
  record: Held<Connection>,
  patch: (connection: Connection) => Connection = (connection) => connection,
): Promise<number> {
  const after = await record.change((before) => ({
    ...(before.closedAt === undefined ? patch(before) : before),
    consentReserved: before.consentReserved + 1,
  }));
  if (!after) throw new AppError('CONNECTION_UNKNOWN', 'The connection is gone.');
  return after.consentReserved;
}

/**
 * The access token in use. At a provider whose refresh token stays, an access token that was refreshed on the way to a call
 * is in no secret: it stands on the connection's record, encrypted with a key of the current set, and every instance uses
 * the same one. A check that refreshes for itself alone stores it nowhere (`refreshAlone` in usable-access.ts).
 */
import type { AccessRank, Connection, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { comparePositions, samePosition } from '../connection/position';

/** The current set with the latest access token that there is. */
export function withLatestAccess(
  ports: Pick<Ports, 'accessSeal'>,
  { access }: Connection,
  current: TokenSet,
): TokenSet {
  if (!access || !samePosition(access, current)) return current;
  return ports.accessSeal.open(current, access.sealed) ?? current;
}

/** @returns the record with this access token on it; without any if the current set carries no key */
export function keepAccess(
  ports: Pick<Ports, 'accessSeal'>,
  connection: Connection,
  current: TokenSet,
  next: TokenSet,
): Connection {
  const sealed = ports.accessSeal.seal(current, next);
  const { consent, generation, issuedAt, expiresAt } = next;
  const access = sealed === undefined ? undefined : { consent, generation, issuedAt, expiresAt, sealed };
  return { ...connection, access, refusedAccess: undefined };
}

/** Nobody hands out an access token that its API has refused, until there is a later one. */
export function isRefusedAccess({ refusedAccess }: Connection, set: AccessRank): boolean {
  return refusedAccess !== undefined && compareAccess(set, refusedAccess) <= 0;
}

/** @returns the record with the refusal on it; `undefined` if it is known already */
export function noteRefusedAccess(connection: Connection, set: AccessRank): Connection | undefined {
  if (isRefusedAccess(connection, set)) return undefined;
  const { consent, generation, issuedAt } = set;
  return { ...connection, refusedAccess: { consent, generation, issuedAt } };
}

/** @returns above 0 if `a` is the later one */
export function compareAccess(a: AccessRank, b: AccessRank): number {
  return comparePositions(a, b) || a.issuedAt - b.issuedAt;
}

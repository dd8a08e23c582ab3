/** What state a connection is in, derived from its record. */
import type { ErrorCode } from '../../errors';
import type { Connection, ConnectionState, Position, Policy } from '../../model';
import { samePosition } from './position';

/** Derived, not stored: a new consent moves the position and thereby heals it. */
export function needsReconnect(
  { refusal, pointer }: Connection,
  current: Position | undefined = pointer,
): boolean {
  return refusal?.confirmedAt !== undefined && samePosition(refusal, current);
}

/** The provider has been switched off: it has answered 410 for hours. Only a consent at its successor helps. */
export function isRetired({ retirement }: Connection): boolean {
  return retirement?.confirmedAt !== undefined;
}

/** Nothing but the wearer's own consent helps, here or at the successor. */
export function needsConsent(connection: Connection): boolean {
  return needsReconnect(connection) || isRetired(connection);
}

/** The code that a caller has to act on: a refusal or a 410 counts once it is confirmed. */
export function effectiveCode(connection: Connection, code: ErrorCode): ErrorCode {
  if (needsReconnect(connection)) return 'RECONNECT_REQUIRED';
  return code === 'PROVIDER_RETIRED' && !isRetired(connection) ? 'PROVIDER_UNAVAILABLE' : code;
}

/** With whom it is shared now has been said to the wearer before the last consent. */
export function isShared({ sharedWith, closedAt }: Connection, policy: Policy): boolean {
  return closedAt === undefined && sharedWith !== undefined && sharedWith === policy.sharedWith;
}

export function stateOf(connection: Connection): ConnectionState {
  if (connection.closedAt !== undefined) return 'closed';
  if (!connection.pointer) return 'never connected';
  if (needsReconnect(connection)) return 'reconnect required';
  if (isRetired(connection)) return 'provider retired';
  if (connection.failedAttempt) return 'failing';
  return connection.failingCheck ? 'check failing' : 'connected';
}

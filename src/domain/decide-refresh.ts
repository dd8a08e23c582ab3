/** Whether a token set has to be refreshed, and why: a pure decision with a reason for the log and the operator. */
import type { Connection, Policy, Position, TokenSet } from '../model';
import { comparePositions, samePosition } from './position';

/** Who asks: a scheduled run, an operator, or a call to the provider's API (whose token may just have failed). */
export type Asker =
  | { readonly by: 'run'; readonly startedAt: number }
  | { readonly by: 'operator' }
  | { readonly by: 'call'; readonly failed?: Position | undefined };

export type RefreshReason =
  'scheduled run' | 'operator asked' | 'access token refused' | 'access token about to expire';
export type KeepReason =
  | 'already rotated in this run'
  | 'access token still good'
  | 'another worker refreshed it'
  | 'reconnect required'
  | 'provider asked to wait';

export type Decision =
  | { readonly refresh: true; readonly reason: RefreshReason }
  | { readonly refresh: false; readonly reason: KeepReason };

/** Derived, not stored: a new consent moves the pointer and thereby heals it. */
export function needsReconnect({ refusal, pointer }: Connection): boolean {
  return refusal?.confirmedAt !== undefined && samePosition(refusal, pointer);
}

export function decideRefresh(
  asker: Asker,
  connection: Connection,
  set: TokenSet,
  policy: Policy,
  now: number,
): Decision {
  if (asker.by === 'operator') return { refresh: true, reason: 'operator asked' };
  if (needsReconnect(connection)) return { refresh: false, reason: 'reconnect required' };
  const wanted = decideWithoutObstacles(asker, set, policy, now);
  if (wanted.refresh && (connection.failedAttempt?.retryAt ?? 0) > now) {
    return { refresh: false, reason: 'provider asked to wait' };
  }
  return wanted;
}

function decideWithoutObstacles(
  asker: Exclude<Asker, { by: 'operator' }>,
  set: TokenSet,
  policy: Policy,
  now: number,
): Decision {
  if (asker.by === 'run') {
    return set.issuedAt >= asker.startedAt
      ? { refresh: false, reason: 'already rotated in this run' }
      : { refresh: true, reason: 'scheduled run' };
  }
  if (asker.failed) {
    // A 401 forces only while the token that failed is still the current one.
    return comparePositions(set, asker.failed) > 0
      ? { refresh: false, reason: 'another worker refreshed it' }
      : { refresh: true, reason: 'access token refused' };
  }
  return set.expiresAt - now <= policy.times.expiryMarginMs
    ? { refresh: true, reason: 'access token about to expire' }
    : { refresh: false, reason: 'access token still good' };
}

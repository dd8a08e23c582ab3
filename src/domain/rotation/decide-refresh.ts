/** Whether a token set has to be refreshed, and why: a pure decision with a reason for the log and the operator. */
import type { ErrorCode } from '../../errors';
import type { Connection, Policy, Position, TokenSet } from '../../model';
import { comparePositions } from '../connection/position';
import { isRefusedAccess } from './latest-access';
import { needsReconnect, isRetired } from '../connection/state';

/**
 * The caller that asks for a refresh: a scheduled run, the replay of a refresh whose worker may have died, an operator, or a call to the
 * provider's API.
 */
export type Asker =
  | { readonly by: 'run'; readonly startedAt: number }
  | {
      readonly by: 'replay';
      readonly of: Position;
      /** The name of the batch that it belongs to. */
      readonly batch: string | undefined;
      readonly isLast: boolean;
      readonly round: number;
    }
  | { readonly by: 'operator' }
  /** `goodForMs`: how long the access token has to be good; a minute when not given. */
  | { readonly by: 'call'; readonly goodForMs?: number | undefined };

export type RefreshReason =
  | 'scheduled run'
  | 'an earlier refresh may be unfinished'
  | 'operator asked'
  | 'access token refused'
  | 'access token about to expire';
export type KeepReason =
  | 'already rotated in this run'
  | 'the earlier refresh is finished'
  | 'the earlier refresh was never begun'
  | 'failing for days, tried once a day'
  | 'access token still good'
  | 'another worker refreshed it'
  | 'reconnect required'
  | 'provider retired'
  | 'provider asked to wait';

/** Reasons to keep a set that nobody can use now, each with the code for whoever wanted to. */
export const obstacles: Partial<Record<KeepReason, ErrorCode>> = {
  'reconnect required': 'RECONNECT_REQUIRED',
  'provider retired': 'PROVIDER_RETIRED',
  'provider asked to wait': 'RATE_LIMITED',
};

export type Decision =
  | { readonly refresh: true; readonly reason: RefreshReason }
  | { readonly refresh: false; readonly reason: KeepReason };

/** A run leaves out connections that only a consent can heal. A provider that was switched off is asked once a day for a month. */
export function isWorthRefreshing(connection: Connection, { times }: Policy, now: number): boolean {
  if (needsReconnect(connection)) return false;
  const { retirement, failedAttempt } = connection;
  if (retirement?.confirmedAt === undefined) return true;
  return now - retirement.confirmedAt < times.retiredMs && now - (failedAttempt?.at ?? 0) >= dailyMs;
}

/** A little less than a day, so that a run of the same hour on the next day is not too early. */
const dailyMs = 23 * 3_600_000;

/** A token is refreshed early only in the last quarter of its life, because one that lives for minutes must not be refreshed at every look. */
const mostUnused = 3 / 4;

/** Whether an access token has to be refreshed before it is used, because it is not good for `goodForMs` any more. */
export function isExpiring(
  { issuedAt, expiresAt }: Pick<TokenSet, 'issuedAt' | 'expiresAt'>,
  goodForMs: number | undefined,
  { policy, now }: Circumstances,
): boolean {
  const wantedMs = Math.min(goodForMs ?? 0, mostUnused * (expiresAt - issuedAt));
  return expiresAt - now <= Math.max(policy.times.expiryMarginMs, wantedMs);
}

interface Circumstances {
  readonly policy: Policy;
  readonly now: number;
}

export function decideRefresh(
  asker: Asker,
  connection: Connection,
  set: TokenSet,
  circumstances: Circumstances,
): Decision {
  const { policy, now } = circumstances;
  if (asker.by === 'operator') return { refresh: true, reason: 'operator asked' };
  if (needsReconnect(connection, set)) return { refresh: false, reason: 'reconnect required' };
  if (isRetired(connection) && !(asker.by === 'run' && isWorthRefreshing(connection, policy, now))) {
    return { refresh: false, reason: 'provider retired' };
  }
  const wanted = decideWithoutObstacles(asker, connection, set, circumstances);
  // The record names another batch, or none: the worker died before it had queued all three, so no refresh began. Or a later batch
  // has taken over.
  if (wanted.refresh && asker.by === 'replay' && connection.replaysFor?.batch !== asker.batch) {
    return { refresh: false, reason: 'the earlier refresh was never begun' };
  }
  const waitMs = (connection.failedAttempt?.retryAt ?? 0) - now;
  if (wanted.refresh && waitMs > 0 && !isLastChance(asker, waitMs, policy)) {
    return { refresh: false, reason: 'provider asked to wait' };
  }
  if (wanted.refresh && asker.by === 'run' && isOverBudget(connection, policy, now)) {
    return { refresh: false, reason: 'failing for days, tried once a day' };
  }
  return wanted;
}

/** The provider may have spent the token already: after a longer wait it would not repeat its answer any more. */
function isLastChance(asker: Asker, waitMs: number, { times }: Policy): boolean {
  return asker.by === 'replay' && asker.isLast && waitMs > (times.replayMs[0] ?? 0);
}

function isOverBudget({ failingSince, failedAttempt }: Connection, policy: Policy, now: number): boolean {
  if (failingSince === undefined || failedAttempt === undefined) return false;
  return now - failingSince > policy.times.failureBudgetMs && now - failedAttempt.at < dailyMs;
}

function decideWithoutObstacles(
  asker: Exclude<Asker, { by: 'operator' }>,
  connection: Connection,
  set: TokenSet,
  { policy, now }: Circumstances,
): Decision {
  if (asker.by === 'run') {
    return set.issuedAt >= asker.startedAt
      ? { refresh: false, reason: 'already rotated in this run' }
      : { refresh: true, reason: 'scheduled run' };
  }
  if (asker.by === 'replay') {
    return comparePositions(set, asker.of) > 0
      ? { refresh: false, reason: 'the earlier refresh is finished' }
      : { refresh: true, reason: 'an earlier refresh may be unfinished' };
  }
  if (isRefusedAccess(connection, set)) return { refresh: true, reason: 'access token refused' };
  return isExpiring(set, asker.goodForMs, { policy, now })
    ? { refresh: true, reason: 'access token about to expire' }
    : { refresh: false, reason: 'access token still good' };
}

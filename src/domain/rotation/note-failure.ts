/** What a refresh that failed leaves on the record: a note. No failure deletes or blanks a token. */
import { failure, type Failure, type Result } from '../../errors';
import type { Connection, Policy, Retirement, Settings, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { settleCurrent } from './current-token-set';
import { withoutLeaseOf, type HeldLease } from './lease';
import { samePosition } from '../connection/position';
import { effectiveCode } from '../connection/state';

/** A refresh that worked shows that an earlier refusal or failure was a passing one. */
export function forgetFailure(connection: Connection): Connection {
  return {
    ...connection,
    refusal: undefined,
    retirement: undefined,
    failedAttempt: undefined,
    failingSince: undefined,
  };
}

/** Whether `forgetFailure` would change anything. */
export function remembersFailure({ refusal, retirement, failedAttempt, failingSince }: Connection): boolean {
  return [refusal, retirement, failedAttempt, failingSince].some((each) => each !== undefined);
}

/**
 * Notes a failed refresh on the record.
 *
 * @returns the failure as it is believed now; or the set that another worker has made current meanwhile
 */
export async function recordFailure(
  ports: Pick<Ports, 'clock' | 'journal' | 'log' | 'providers' | 'vault'> & Pick<Settings, 'policy'>,
  lease: HeldLease,
  current: TokenSet,
  { code, retryAt, answer }: Failure,
): Promise<Result<TokenSet>> {
  await lease.record.reread();
  const stored = await settleCurrent(ports, lease.record);
  // Losing a race is not "invalid": somebody else holds a later set, and that one counts.
  if (stored && !samePosition(stored.set, current)) {
    return { ok: true, value: stored.set };
  }
  const now = ports.clock.now();
  const updated = await lease.changeWhileMine((before) =>
    withoutLeaseOf(
      lease.owner,
      // A new consent meanwhile has nothing to do with what became of the old grant.
      samePosition(before.pointer, current)
        ? noteRefreshFailure(ports, before, { code, retryAt }, now)
        : before,
    ),
  );
  return updated ? failure(effectiveCode(updated, code), retryAt, answer) : failure('LEASE_HELD');
}

function noteRefreshFailure(
  { policy }: Pick<Settings, 'policy'>,
  before: Connection,
  { code, retryAt }: Pick<Failure, 'code' | 'retryAt'>,
  now: number,
): Connection {
  const { pointer, refusal, retirement } = before;
  const { refusalRecheckMs } = policy.times;
  const failed = {
    ...before,
    failedAttempt: { at: now, code, retryAt },
    failingSince: before.failingSince ?? now,
  };
  switch (code) {
    case 'GRANT_REFUSED': {
      const { consent, generation } = pointer!;
      const earlier = samePosition(refusal, pointer) ? refusal : undefined;
      return {
        ...failed,
        refusal: { consent, generation, ...confirmed(earlier, now, refusalRecheckMs) },
        // A provider that refuses is not switched off.
        retirement: undefined,
      };
    }
    case 'PROVIDER_RETIRED':
      return { ...failed, retirement: nextRetirement(retirement, policy, now) };
    default:
      return failed;
  }
}

/** A provider's 410 is believed if it is still there hours later, because a brown-out must not text everybody. */
export function nextRetirement(earlier: Retirement | undefined, { times }: Policy, now: number): Retirement {
  return confirmed(earlier, now, times.retirementConfirmMs);
}

function confirmed(
  earlier: { readonly firstAt: number; readonly confirmedAt?: number | undefined } | undefined,
  now: number,
  afterMs: number,
): { readonly firstAt: number; readonly confirmedAt: number | undefined } {
  const firstAt = earlier?.firstAt ?? now;
  return { firstAt, confirmedAt: earlier?.confirmedAt ?? (now - firstAt >= afterMs ? now : undefined) };
}

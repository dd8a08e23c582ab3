/** When the jobs that come from one walk begin, so that vaults and providers bear them, and how fast they are handed out. */
import type { Settings } from '../../model';
import type { Ports, Provider } from '../../ports';

const minuteMs = 60_000;

/**
 * How many jobs begin for each call that a provider allows all its wearers together. Checks and rotations go on side by side. A check that refreshes
 * first makes two calls and a rotation makes one, which is five sixths of what is allowed. Where access tokens are published, publications
 * refresh them in place of the checks. The last sixth is for pages, platforms and jobs that come back.
 */
const jobsPerCall = { 'check-battery': 1 / 3, 'rotate-token': 1 / 6, publication: 1 / 3 };

interface Spreading {
  readonly kind: keyof typeof jobsPerCall;
  /** Within which time the last job begins. */
  readonly spreadMs: number;
  /** How many jobs there were the last time. */
  readonly expected?: number;
}

/**
 * A vault takes 300 new secrets in ten seconds, so jobs come one after the other: a tenth of a second apart, or closer when
 * there are so many that the last one would come too late. Where all wearers of a provider share a limit, they are as far apart as it
 * asks for. The queue counts in seconds, and the first ten jobs have no delay. A connection keeps its place from run to run, because a
 * walk goes through its rows in their order.
 *
 * @returns the delay of a job by its place in its line (`lineOf`), from 0, and by the limit of its provider
 */
export function spreadJobs(
  { policy }: Pick<Settings, 'policy'>,
  { kind, spreadMs, expected = 0 }: Spreading,
): (place: number, callsPerMinute?: number) => number {
  const stepMs = Math.min(policy.times.jobStepMs, spreadMs / Math.max(1, expected));
  return (place, callsPerMinute = Infinity) => {
    const apartMs = Math.max(stepMs, minuteMs / (callsPerMinute * jobsPerCall[kind]));
    // More than expected, or than the limit leaves room for, begin once more at the front.
    return Math.floor(((place * apartMs) % spreadMs) / 1_000) * 1_000;
  };
}

/** Wearers who share a limit stand in a line of their own, so that nobody else waits for them. */
export function lineOf({ id, callsPerMinute }: Provider): string {
  return callsPerMinute === undefined ? 'in line' : `in line at ${id}`;
}

/**
 * @returns what waits until it is the turn of whoever asks next, so that no more than `perSecond` go on in a second: the first a second from
 *   now, because a queue takes the first rows of a run all at once
 */
export function pace({ clock }: Pick<Ports, 'clock'>, perSecond: number): () => Promise<void> {
  let nextMs = clock.monotonicMs() + 1_000;
  return async () => {
    const nowMs = clock.monotonicMs();
    const turnMs = Math.max(nextMs, nowMs);
    nextMs = turnMs + 1_000 / perSecond;
    if (turnMs > nowMs) await clock.sleep(Math.ceil(turnMs - nowMs));
  };
}

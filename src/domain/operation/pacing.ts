/** When the jobs that come from one walk begin, so that a vault bears them however many they are, and how fast they are handed out. */
import type { Settings } from '../../model';
import type { Ports } from '../../ports';

/**
 * A vault takes 300 new secrets in ten seconds, so jobs come one after the other: a tenth of a second apart, or closer when
 * there are so many that the last one would come too late. The queue counts in seconds, and the first ten jobs have no
 * delay. A connection keeps its place from run to run, because a walk goes through its rows in their order.
 *
 * @param expected how many jobs there were the last time
 * @returns the delay of a job by its place in the walk, from 0
 */
export function spreadJobs(
  { policy }: Pick<Settings, 'policy'>,
  spreadMs: number,
  expected = 0,
): (place: number) => number {
  const stepMs = Math.min(policy.times.jobStepMs, spreadMs / Math.max(1, expected));
  // More than expected begin once more at the front.
  return (place) => Math.floor(((place * stepMs) % spreadMs) / 1_000) * 1_000;
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

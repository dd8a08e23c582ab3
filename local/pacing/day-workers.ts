/** The workers of a day: how the jobs of a run are handed out, and the instances that the platform starts for them. */
import { extensions } from '../../host.json';
import type { ProviderId, RunKind } from '../../src/model';
import { playDispatch } from './play-dispatch';
import type { DaySetting } from './played-day';

const callMs = 10;
/** https://learn.microsoft.com/azure/azure-functions/functions-target-based-scaling: four at once; how often is not said. */
const mostStarted = 4;
/** For how long an instance stays that is not needed any more; a guess. */
const staysSeconds = 300;
const { batchSize, newBatchThreshold } = extensions.queues;
const atOnce = batchSize + newBatchThreshold;

export interface HandedOut {
  /** When the job of each connection becomes visible, in ms after the start of its run. */
  readonly begins: Float64Array;
  /** The connections in that order. */
  readonly order: Uint32Array;
  /** How many jobs the queue takes in each second. */
  readonly perSecond: readonly number[];
  readonly tookMs: number;
}

/** By the real code, as if the run before had found as many. */
export async function handOut(
  { connections, provider }: { readonly connections: number; readonly provider: ProviderId },
  kind: RunKind,
): Promise<HandedOut> {
  const begins = new Float64Array(connections);
  const perSecond: number[] = [];
  const { tookMs, without } = await playDispatch({
    ...{ connections, provider, callMs, kind, isLater: true },
    onJob: (place, beginsMs, handedMs) => {
      begins[place] = beginsMs;
      const second = Math.floor(handedMs / 1_000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    },
  });
  if (without > 0) throw new Error(`${without} connections have got no job.`);
  const order = Uint32Array.from(begins.keys()).sort((a, b) => begins[a]! - begins[b]!);
  return { begins, order, perSecond, tookMs };
}

export interface Worker {
  /** How many instances there are, and how many there should be. */
  has(): number;
  wants(second: number): number;
  scaleTo(instances: number): void;
  handedOutIn(second: number): number;
  /** @returns the seconds of instances that were executing something */
  work(second: number): number;
  longestWaitMs(): number;
}

/** One function on its queue; the platform scales each by itself. `begin` gives how long the job takes. */
export function createWorker(
  { connections, cpuMs }: DaySetting,
  { begins, order, perSecond: handedOut }: HandedOut,
  everySeconds: number,
  begin: (place: number, nowMs: number, runMs: number) => number,
): Worker {
  let instances = 0;
  /** Since the platform last looked. */
  let hasWorked = false;
  /** When all of the instances were needed the last time. */
  let neededAt = -Infinity;
  /** Of the run at hand and, while its jobs wait, the one before. */
  const runs: { readonly startsAt: number; visible: number; begun: number }[] = [];
  let usualMs = 1_000;
  /** Jobs that there is time to begin. */
  let credit = 0;
  let longestWaitMs = 0;
  const waiting = (): number => runs.reduce((sum, { visible, begun }) => sum + visible - begun, 0);
  return {
    has: () => instances,
    // The length of a queue counts messages that are hidden too, once one can be seen.
    wants(second) {
      const left = runs.reduce((sum, { begun }) => sum + connections - begun, 0);
      const needed = waiting() > 0 || hasWorked ? Math.ceil(left / batchSize) : 0;
      hasWorked = false;
      if (needed >= instances) neededAt = second;
      return second - neededAt < staysSeconds ? Math.max(needed, instances) : needed;
    },
    scaleTo: (wanted) => void (instances = wanted),
    handedOutIn: (second) => handedOut[second % everySeconds] ?? 0,
    work(second) {
      if (second % everySeconds === 0) runs.push({ startsAt: second, visible: 0, begun: 0 });
      for (const run of runs) {
        const sinceMs = (second + 1 - run.startsAt) * 1_000;
        while (run.visible < connections && begins[order[run.visible]!]! < sinceMs) run.visible += 1;
      }
      const perSecond = instances * Math.min((atOnce * 1_000) / usualMs, 1_000 / cpuMs);
      credit = Math.min(credit, 1) + perSecond;
      let left = Math.floor(credit);
      let [begun, workMs] = [0, 0];
      for (const run of runs) {
        for (; left > 0 && run.begun < run.visible; run.begun += 1, left -= 1) {
          const place = order[run.begun]!;
          const visibleAt = run.startsAt * 1_000 + begins[place]!;
          const nowMs = Math.max(visibleAt, second * 1_000);
          if (second >= 0) longestWaitMs = Math.max(longestWaitMs, nowMs - visibleAt);
          workMs += begin(place, nowMs, run.startsAt * 1_000);
          begun += 1;
        }
      }
      credit -= begun;
      if (runs[0]?.begun === connections) runs.shift();
      if (begun === 0) return 0;
      hasWorked = true;
      usualMs = Math.max(1, workMs / begun);
      // An execution counts for a second at least, and jobs that come by chance overlap.
      return instances * (1 - Math.exp((-begun * Math.max(1, usualMs / 1_000)) / instances));
    },
    longestWaitMs: () => longestWaitMs,
  };
}

/** As many as each function wants, within what the app may have; no more than four more at once. */
export function share(workers: readonly Worker[], most: number, second: number): void {
  const wants = workers.map((worker) => Math.min(worker.wants(second), worker.has() + mostStarted));
  const all = wants.reduce((sum, each) => sum + each, 0);
  for (const [n, worker] of workers.entries()) {
    const part = all <= most ? wants[n]! : Math.max(1, Math.floor((wants[n]! * most) / all));
    worker.scaleTo(wants[n] === 0 ? 0 : part);
  }
}

/**
 * What the batches of one world have in common: how many there are, whose turn it is, the timer, and waiting until all is
 * quiet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage';
import { tell, type Target } from './strike-targets';

/** What the batches of all worlds of one drill have come to. */
export interface Tally {
  total: number;
  batches: number;
  processes: number;
  readonly faults: Map<string, number>;
}

export interface Assigned<S, P> {
  readonly subject: S;
  readonly plan: P;
}

export interface BatchOutcome<S> {
  /** For the progress line. */
  readonly summary: string;
  /** Who goes on with the next batch. */
  readonly next: readonly S[];
  /** A drill that looks for a shortcut has seen enough. */
  readonly isFound: boolean;
}

interface Batches<S extends Target, P> {
  readonly perWorld: number;
  readonly faultsPerConnection: number;
  readonly nextPlan: () => P;
  readonly noFaults: P;
  run(assigned: readonly Assigned<S, P>[]): Promise<BatchOutcome<S>>;
}

interface BatchOptions {
  readonly faults: number;
  readonly broken?: string | undefined;
  readonly print: (line: string) => void;
}

/** One batch after another in one world, until enough faults have struck. */
export async function runBatches<S extends Target, P>(
  { workers, saboteur: { strikes } }: Stage,
  { faults, broken, print }: BatchOptions,
  tally: Tally,
  first: readonly S[],
  { perWorld, faultsPerConnection, nextPlan, noFaults, run }: Batches<S, P>,
): Promise<void> {
  let subjects = first;
  for (let batch = 0; batch < perWorld && tally.total < faults; batch += 1) {
    await workers.restock();
    const struckBefore = strikes.total;
    const startedMs = performance.now();
    const enough = broken === undefined ? Math.ceil((faults - tally.total) / faultsPerConnection) : Infinity;
    const outcome = await run(
      subjects.map((subject, nth) => ({ subject, plan: nth < enough ? nextPlan() : noFaults })),
    );
    const struck = strikes.total - struckBefore;
    tally.batches += 1;
    tally.total += struck;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    print(
      `batch ${tally.batches}: ${struck} faults in ${seconds} s, ${tally.total} so far; ${outcome.summary}`,
    );
    if (broken !== undefined && outcome.isFound) break;
    subjects = outcome.next;
  }
  for (const [name, count] of strikes.counts) tally.faults.set(name, (tally.faults.get(name) ?? 0) + count);
  tally.processes += workers.started;
}

/** Does something for each of so many, eight at a time. @returns in their order, so that a seed means the same again */
export async function eachSideBySide<T>(count: number, work: (nth: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const goOn = async (): Promise<void> => {
    while (next < count) {
      const nth = next;
      next += 1;
      results[nth] = await work(nth);
    }
  };
  await Promise.all(Array.from({ length: 8 }, goOn));
  return results;
}

/** As the platform repeats one that fails (src/functions/register.ts), without its pauses. */
const timerTries = 6;

export async function runTimer(
  { workers }: Pick<Stage, 'workers'>,
  timer: string,
  subjects: readonly Target[],
): Promise<void> {
  for (let tries = 1; tries <= timerTries; tries += 1) {
    for (const subject of subjects) tell(subject, `--- the timer ${timer}`);
    try {
      return await workers.runTimer(timer);
    } catch (error) {
      for (const subject of subjects) tell(subject, `the timer ${timer} failed: ${String(error)}`);
    }
  }
}

export const lookEveryMs = 50;
/** Quiet has to last for a few looks: a message can be between two hands. */
const looks = 4;

/**
 * Until nothing is held or being handled, and no job is waiting that comes within `aheadMs`, but for those whose worker
 * died.
 */
export async function untilQuiet(
  { saboteur: { strikes }, ledger }: Pick<Stage, 'saboteur' | 'ledger'>,
  { aheadMs, longestMs }: { readonly aheadMs: number; readonly longestMs: number },
): Promise<void> {
  const deadline = performance.now() + longestMs;
  for (let quiet = 0; quiet < looks;) {
    const isBusy = strikes.held > 0 || ledger.due(Date.now() + aheadMs, strikes.isHandling) > 0;
    quiet = isBusy ? 0 : quiet + 1;
    if (performance.now() > deadline) throw new Error('The drill never became quiet.');
    await sleep(lookEveryMs);
  }
}

/** What happened to one connection, and why: all of it when `isWhole`. */
export function printStory(
  { print }: Pick<BatchOptions, 'print'>,
  { story }: Pick<Target, 'story'>,
  plan: string,
  isWhole: boolean,
): void {
  print(`  ${plan}`);
  if (isWhole) for (const line of story) print(`    ${line}`);
}

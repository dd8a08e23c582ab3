/**
 * The rotation drill: batches of connections rotate in processes that are killed and frozen at every remote call,
 * recover by the ordinary timer and queues, and are judged.
 */
import { runRotationBatch, warmUp, type RotationBatchResult } from './batch';
import { describePlan, type Plan } from './faults';
import type { RotationBreakName } from '../orders';
import { directedPlans, furtherPlans, mixedPlan, singlePlans } from './plans';
import { createChance } from '../../random';
import { createPlanner, eachSideBySide, type DrillOptions } from '../batches';
import type { Subject } from './saboteur';
import { openRotationStage, rotationTimesAt, type RotationStage } from './stage';

export interface RotationDrillResult {
  readonly faults: ReadonlyMap<string, number>;
  readonly total: number;
  readonly batches: number;
  readonly lost: number;
  readonly outside: number;
  readonly ended: number;
  readonly judged: number;
  readonly refreshes: number;
  readonly rotations: number;
  readonly processes: number;
  /** Token sets that came after a goodbye and that only housekeeping found. */
  readonly unswept: number;
}

/** About as many strike; the last batch is no larger than it has to be. */
const faultsPerConnection = 1.3;
const noFaults: Plan = { name: 'undisturbed', faults: [] };

/** So that every part of the service has been compiled once. */
const fewRotations = 5;

/** A world is used for so many batches; the next one has the provider's other habit about reuse. */
const batchesPerWorld = 4;

export async function runRotationDrill(
  options: DrillOptions<RotationBreakName>,
): Promise<RotationDrillResult> {
  const { seed, factor, broken } = options;
  const chance = createChance(seed);
  const times = rotationTimesAt(factor);
  const nextPlan = createPlanner(
    {
      directed: broken ? directedPlans() : [...directedPlans(), ...furtherPlans(times)],
      singles: singlePlans(chance, times),
      mixed: () => mixedPlan(chance, times),
    },
    broken !== undefined,
  );
  const sum = { faults: new Map<string, number>(), total: 0, batches: 0, lost: 0, outside: 0, ended: 0 };
  const more = { judged: 0, refreshes: 0, rotations: 0, processes: 0, unswept: 0 };

  for (let world = seed; sum.total < options.faults && !(broken && sum.lost > 0); world += 1) {
    const stage = await openRotationStage({
      ...options,
      reuseRevokesChain: world % 2 === 1,
    });
    try {
      let subjects = await eachSideBySide(options.connections, async (nth) => {
        const wearer = `wearer-${nth + 1}`;
        stage.world.addWearer(wearer);
        return stage.connect(wearer);
      });
      await stage.workers.start();
      await warmUp(stage, subjects.slice(0, fewRotations));
      await stage.workers.keepWhatIsCompiled();
      for (let batch = 0; batch < batchesPerWorld && sum.total < options.faults; batch += 1) {
        await stage.workers.restock();
        const struck = stage.saboteur.strikes.total;
        const startedMs = performance.now();
        const enough = Math.ceil((options.faults - sum.total) / faultsPerConnection);
        const plans = subjects.map((subject, index) => ({
          subject,
          plan: index < enough || broken ? nextPlan() : noFaults,
        }));
        const result = await runRotationBatch(stage, plans);
        sum.batches += 1;
        sum.total += stage.saboteur.strikes.total - struck;
        more.refreshes += result.refreshes;
        more.rotations += result.rotations;
        more.unswept += result.unswept;
        more.judged += result.judged.length;
        report(options, result, sum);
        const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
        options.print(
          `batch ${sum.batches}: ${stage.saboteur.strikes.total - struck} faults in ${seconds} s, ${sum.total} so far; ` +
            `lost ${sum.lost}, outside the promise ${sum.outside}`,
        );
        if (broken && sum.lost > 0) break;
        subjects = await reconnectEnded(stage, result);
      }
      for (const [name, count] of stage.saboteur.strikes.counts) {
        sum.faults.set(name, (sum.faults.get(name) ?? 0) + count);
      }
      more.processes += stage.workers.started;
    } finally {
      await stage.close();
    }
  }
  return { ...sum, ...more };
}

function report(
  { print, verbose }: DrillOptions<RotationBreakName>,
  { judged }: RotationBatchResult,
  sum: { lost: number; outside: number; ended: number },
): void {
  for (const { subject, verdict, excuse } of judged) {
    if (verdict.is === 'ended') sum.ended += 1;
    if (verdict.is !== 'lost') continue;
    if (excuse === undefined) sum.lost += 1;
    else sum.outside += 1;
    const { plan, story } = subject;
    print(
      `${excuse === undefined ? 'LOST' : 'outside the promise'}: ${verdict.why}${excuse ? `; ${excuse}` : ''}`,
    );
    print(`  ${plan ? describePlan(plan) : ''}`);
    if (verbose || excuse === undefined) for (const line of story) print(`    ${line}`);
  }
}

/** Whoever lost the grant consents again and goes on with the next batch. */
async function reconnectEnded(stage: RotationStage, { judged }: RotationBatchResult): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const { subject, verdict } of judged) {
    subjects.push(verdict.is === 'kept' ? subject : await stage.connect(subject.wearer));
  }
  return subjects;
}

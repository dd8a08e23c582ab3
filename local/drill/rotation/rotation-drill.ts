/**
 * The rotation drill: batches of connections rotate in processes that are killed and frozen at every remote call,
 * recover by the ordinary timer and queues, and are judged.
 */
import { runRotationBatch, warmUp, type RotationBatchResult } from './rotation-batch';
import { describePlan, type Plan } from './rotation-faults';
import type { RotationBreakName } from '../orders';
import { directedPlans, furtherPlans, mixedPlan, singlePlans } from './rotation-plans';
import { createChance } from '../../random';
import {
  createPlanner,
  eachSideBySide,
  noTally,
  runBatches,
  type DrillOptions,
  type Tally,
} from '../batches';
import type { Subject } from './rotation-saboteur';
import { openRotationStage, rotationTimesAt, type RotationStage } from './rotation-stage';

export interface RotationDrillResult extends Readonly<Tally> {
  readonly lost: number;
  readonly outside: number;
  readonly ended: number;
  readonly judged: number;
  readonly refreshes: number;
  readonly rotations: number;
  /** Token sets that came after a goodbye and that only housekeeping found. */
  readonly unswept: number;
}

type Sum = { -readonly [Key in keyof RotationDrillResult]: RotationDrillResult[Key] };

const faultsPerConnection = 1.3;
const noFaults: Plan = { name: 'undisturbed', faults: [] };

/** So that every part of the service has been compiled once. */
const fewRotations = 5;

/** The next world has the provider's other habit about reuse. */
const perWorld = 4;

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
  const nothing = { lost: 0, outside: 0, ended: 0, judged: 0, refreshes: 0, rotations: 0, unswept: 0 };
  const sum: Sum = { ...noTally(), ...nothing };
  const isFound = (): boolean => broken !== undefined && sum.lost > 0;

  for (let world = seed; sum.total < options.faults && !isFound(); world += 1) {
    const stage = await openRotationStage({
      ...options,
      reuseRevokesChain: world % 2 === 1,
    });
    try {
      const subjects = await eachSideBySide(options.connections, async (nth) => {
        const wearer = `wearer-${nth + 1}`;
        stage.world.addWearer(wearer);
        return stage.connect(wearer);
      });
      await stage.workers.start();
      await warmUp(stage, subjects.slice(0, fewRotations));
      await stage.workers.keepWhatIsCompiled();
      await runBatches(stage, options, sum, subjects, {
        ...{ perWorld, faultsPerConnection, nextPlan, noFaults },
        async run(assigned) {
          const result = await runRotationBatch(stage, assigned);
          addUp(result, options, sum);
          return {
            summary: `lost ${sum.lost}, outside the promise ${sum.outside}`,
            next: isFound() ? [] : await reconnectEnded(stage, result),
            enough: isFound(),
          };
        },
      });
    } finally {
      await stage.close();
    }
  }
  return sum;
}

function addUp(
  { judged, refreshes, rotations, unswept }: RotationBatchResult,
  { print, verbose }: DrillOptions<RotationBreakName>,
  sum: Sum,
): void {
  sum.refreshes += refreshes;
  sum.rotations += rotations;
  sum.unswept += unswept;
  sum.judged += judged.length;
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

/**
 * The rotation drill: batches of connections rotate in processes that are killed and frozen at every remote call,
 * recover by the ordinary timer and queues, and are judged.
 */
import { printStory, type Tally } from '../batches';
import { rotationBreakNames, type RotationBreakName } from '../orders';
import { createDrill, type DrillOptions } from '../scenario';
import { runRotationBatch, warmUp, type RotationBatchResult } from './rotation-batch';
import { describePlan, type Plan } from './rotation-faults';
import { directedPlans, furtherPlans, mixedPlan, singlePlans } from './rotation-plans';
import type { Subject } from './rotation-saboteur';
import { connect, openRotationStage, rotationTimesAt, type RotationStage } from './rotation-stage';

interface Sum extends Tally {
  lost: number;
  outside: number;
  ended: number;
  judged: number;
  refreshes: number;
  rotations: number;
  /** Token sets that came after a goodbye and that only housekeeping found. */
  unswept: number;
}

/** So that every part of the service has been compiled once. */
const fewRotations = 5;

export const rotationDrill = createDrill<RotationBreakName, RotationStage, Subject, Plan, Sum>({
  breakNames: rotationBreakNames,
  size: { connections: 100, atATime: 2 },
  // The next world has the provider's other habit about reuse.
  perWorld: 4,
  faultsPerConnection: 1.3,
  noFaults: { name: 'undisturbed', faults: [] },
  noSum: () => ({ lost: 0, outside: 0, ended: 0, judged: 0, refreshes: 0, rotations: 0, unswept: 0 }),
  describeTimes,
  plans(factor, chance) {
    const times = rotationTimesAt(factor);
    return {
      directed: directedPlans(),
      further: furtherPlans(times),
      singles: singlePlans(chance, times),
      mixed: () => mixedPlan(chance, times),
    };
  },
  open: (options, nth) => openRotationStage({ ...options, reuseRevokesChain: nth % 2 === 1 }),
  async connect(stage, nth) {
    const wearer = `wearer-${nth + 1}`;
    stage.world.addWearer(wearer);
    return connect(stage, wearer);
  },
  play: ({ stage, options, sum }) => ({
    async prepare(subjects) {
      await warmUp(stage, subjects.slice(0, fewRotations));
      await stage.workers.keepWhatIsCompiled();
    },
    async batch(assigned) {
      const result = await runRotationBatch(stage, assigned);
      addUp(result, options, sum);
      const isFound = options.broken !== undefined && sum.lost > 0;
      return {
        summary: `lost ${sum.lost}, outside the promise ${sum.outside}`,
        next: isFound ? [] : await reconnectEnded(stage, result),
        isFound,
      };
    },
  }),
  isBad: ({ lost }) => lost > 0,
  describe: ({ judged, ended, lost, outside, refreshes, rotations, unswept }) => [
    `connections judged      ${judged}`,
    `lost                    ${lost}`,
    `outside the promise     ${outside}`,
    `ended by the wearer     ${ended}, with ${unswept} token sets that came late, for housekeeping`,
    `refreshes per rotation  ${(refreshes / Math.max(rotations, 1)).toFixed(3)}  (${refreshes} / ${rotations})`,
  ],
});

function describeTimes(factor: number): string {
  const { service, repeatWindowMs, messageLeaseMs } = rotationTimesAt(factor);
  const ms = (values: readonly number[]): string =>
    values.map((value) => `${Math.round(value)} ms`).join(', ');
  return [
    `lease ${ms([service.leaseMs])}, replays ${ms(service.replayMs)}`,
    `(the queue rounds up to whole seconds), provider timeout ${ms([service.providerTimeoutMs])}, repeat window`,
    `${ms([repeatWindowMs])}, a dead worker's message ${ms([messageLeaseMs])}`,
  ].join(' ');
}

function addUp(
  { judged, refreshes, rotations, unswept }: RotationBatchResult,
  options: DrillOptions,
  sum: Sum,
): void {
  sum.refreshes += refreshes;
  sum.rotations += rotations;
  sum.unswept += unswept;
  sum.judged += judged.length;
  for (const { subject, verdict, excuse } of judged) {
    if (verdict.is === 'ended') sum.ended += 1;
    if (verdict.is !== 'lost') continue;
    const isInside = excuse === undefined;
    if (isInside) sum.lost += 1;
    else sum.outside += 1;
    options.print(isInside ? `LOST: ${verdict.why}` : `outside the promise: ${verdict.why}; ${excuse}`);
    const { plan } = subject;
    printStory(options, subject, plan ? describePlan(plan) : '', options.verbose || isInside);
  }
}

/** Whoever lost the grant consents again and goes on with the next batch. */
async function reconnectEnded(stage: RotationStage, { judged }: RotationBatchResult): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const { subject, verdict } of judged) {
    subjects.push(verdict.is === 'kept' ? subject : await connect(stage, subject.wearer));
  }
  return subjects;
}

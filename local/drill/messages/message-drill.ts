/**
 * The message drill: batches of wearers have low batteries in a service whose processes are killed and frozen at every
 * remote call, which recovers by its ordinary timer and queues. Then what their phones have received is counted.
 */
import { createChance } from '../../random';
import {
  createPlanner,
  eachSideBySide,
  noTally,
  runBatches,
  type DrillOptions,
  type Tally,
} from '../batches';
import type { MessageBreakName } from '../orders';
import { runMessageBatch, untilNothingIsLeft, type Judged } from './message-batch';
import { describePlan, type Plan } from './message-faults';
import { judgeAll, textsByTag, type Alert, type Verdict } from './message-judge';
import { deploymentPlans, directedPlans, mixedPlan, singlePlans } from './message-plans';
import { openMessageStage, type MessageStage } from './message-stage';
import { messageTimesAt } from './message-times';

export interface MessageDrillResult extends Readonly<Tally> {
  readonly alerts: number;
  readonly texts: number;
  readonly requests: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly contradictions: number;
  /** Texts that nobody needed: of another kind, or of another cycle. */
  readonly unasked: number;
  readonly givenUp: Map<string, number>;
  readonly outside: Map<string, number>;
  /** Rows of texts that arrived, by their last state. */
  readonly states: Map<string, number>;
  readonly stuck: number;
}

export function isBad(result: MessageDrillResult): boolean {
  const { duplicates, lost, contradictions, unasked, stuck } = result;
  return duplicates + lost + contradictions + unasked + stuck > 0;
}

const faultsPerConnection = 1.2;
const noFaults: Plan = { name: 'undisturbed', faults: [], reports: [], reportMs: 0 };

/** Tables get slower as they fill up. */
const perWorld = 6;

type Sum = { -readonly [Key in keyof MessageDrillResult]: MessageDrillResult[Key] };

export async function runMessageDrill(options: DrillOptions<MessageBreakName>): Promise<MessageDrillResult> {
  const { seed, factor, broken, print } = options;
  const chance = createChance(seed);
  const times = messageTimesAt(factor);
  const nextPlan = createPlanner(
    {
      directed: broken ? directedPlans(times) : [...directedPlans(times), ...deploymentPlans()],
      singles: singlePlans(chance, times),
      mixed: () => mixedPlan(chance, times),
    },
    broken !== undefined,
  );
  const sum = noSum();
  while (sum.total < options.faults && !(broken && isBad(sum))) {
    const stage = await openMessageStage(options);
    try {
      const subjects = await eachSideBySide(options.connections, (nth) => stage.connect(nth));
      await stage.workers.start();
      const followed: Alert[] = [];
      await runBatches(stage, options, sum, subjects, {
        ...{ perWorld, faultsPerConnection, nextPlan, noFaults },
        async run(assigned) {
          const { judged, stuck, early } = await runMessageBatch(stage, chance, assigned);
          if (followed.length === 0) await stage.workers.keepWhatIsCompiled();
          followed.push(...judged.map(({ alert }) => alert));
          sum.stuck += stuck.length;
          sum.unasked += early.length;
          for (const { device } of early) print(`EARLY: the text about ${device} came before it was low`);
          for (const { device } of stuck) print(`STUCK: the charge of ${device} was not seen`);
          // Judged once more at the end, when nothing is on its way any more: this is only what is known so far.
          report(options, judged);
          const known = Map.groupBy(judged, ({ verdict }) => verdict.is);
          return {
            summary: [...known].map(([is, some]) => `${is} ${some.length}`).join(', '),
            next: assigned.map(({ subject }) => subject).filter((subject) => !stuck.includes(subject)),
            enough: broken !== undefined && judged.some(({ verdict }) => isViolation(verdict)),
          };
        },
      });
      if (!broken) await untilNothingIsLeft(stage);
      await addUp(stage, followed, options, sum);
    } finally {
      await stage.close();
    }
  }
  return sum;
}

function noSum(): Sum {
  return {
    ...noTally(),
    ...{ alerts: 0, texts: 0, requests: 0, duplicates: 0, lost: 0, contradictions: 0, unasked: 0, stuck: 0 },
    ...{ givenUp: new Map(), outside: new Map(), states: new Map() },
  };
}

function isViolation({ is }: Verdict): boolean {
  return is === 'duplicate' || is === 'lost' || is === 'contradiction';
}

/** What is to be said about all alerts of one world. */
async function addUp(
  stage: MessageStage,
  alerts: readonly Alert[],
  { print }: DrillOptions<MessageBreakName>,
  sum: Sum,
): Promise<void> {
  const judged = await judgeAll(stage, alerts);
  for (const { verdict } of judged) {
    sum.alerts += 1;
    switch (verdict.is) {
      case 'told':
        add(sum.states, verdict.state);
        break;
      case 'given up':
        add(sum.givenUp, verdict.why);
        break;
      case 'outside':
        add(sum.outside, verdict.why);
        break;
      case 'duplicate':
        sum.duplicates += 1;
        break;
      case 'lost':
        sum.lost += 1;
        break;
      case 'contradiction':
        sum.contradictions += 1;
        break;
    }
  }
  const asked = new Set(alerts.map(({ tag }) => tag));
  for (const [tag, [text]] of textsByTag(stage)) {
    if (asked.has(tag)) continue;
    sum.unasked += 1;
    print(`UNASKED: ${text?.to} got "${text?.body}"`);
    for (const line of alerts.find(({ subject }) => subject.phone === text?.to)?.subject.story ?? []) {
      print(`    ${line}`);
    }
  }
  sum.texts += stage.world.phone.texts().length;
  sum.requests += countAttempts(alerts);
}

function countAttempts(alerts: readonly Alert[]): number {
  return [...new Set(alerts.map(({ subject }) => subject))].reduce(
    (count, { attempts }) => count + attempts.length,
    0,
  );
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function report({ print, verbose }: DrillOptions<MessageBreakName>, judged: readonly Judged[]): void {
  for (const { alert, verdict } of judged) {
    if (verdict.is === 'told') continue;
    const bad = isViolation(verdict);
    print(`${bad ? verdict.is.toUpperCase() : verdict.is}: ${verdict.why}`);
    const { plan, story } = alert.subject;
    print(`  ${plan ? describePlan(plan) : ''}`);
    if (verbose || bad) for (const line of story) print(`    ${line}`);
  }
}

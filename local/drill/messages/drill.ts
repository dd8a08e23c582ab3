/**
 * The message drill: batches of wearers have low batteries in a service whose processes are killed and frozen at every
 * remote call, which recovers by its ordinary timer and queues. Then what their phones have received is counted.
 */
import { createChance } from '../../random';
import { createPlanner, eachSideBySide, type DrillOptions } from '../batches';
import type { MessageBreakName } from '../orders';
import { runMessageBatch, untilNothingIsLeft, type Judged } from './batch';
import { describePlan, type Plan } from './faults';
import { judgeAll, textsByTag, type Alert, type Verdict } from './judge';
import { deploymentPlans, directedPlans, mixedPlan, singlePlans } from './plans';
import { openMessageStage, type MessageStage } from './stage';
import { messageTimesAt } from './times';

export interface MessageDrillResult {
  readonly faults: ReadonlyMap<string, number>;
  readonly total: number;
  readonly batches: number;
  readonly processes: number;
  readonly alerts: number;
  readonly texts: number;
  readonly requests: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly contradictions: number;
  /** Texts that nobody needed: of another kind, or of another cycle. */
  readonly unasked: number;
  readonly givenUp: ReadonlyMap<string, number>;
  readonly outside: ReadonlyMap<string, number>;
  /** Rows of texts that arrived, by their last state. */
  readonly states: ReadonlyMap<string, number>;
  readonly stuck: number;
}

export function isBad(result: MessageDrillResult): boolean {
  const { duplicates, lost, contradictions, unasked, stuck } = result;
  return duplicates + lost + contradictions + unasked + stuck > 0;
}

/** About as many strike; the last batch is no larger than it has to be. */
const faultsPerConnection = 1.2;
const noFaults: Plan = { name: 'undisturbed', faults: [], reports: [], reportMs: 0 };

/** Tables get slower as they fill up. */
const batchesPerWorld = 6;

interface Sum {
  readonly faults: Map<string, number>;
  total: number;
  batches: number;
  processes: number;
  alerts: number;
  texts: number;
  requests: number;
  duplicates: number;
  lost: number;
  contradictions: number;
  unasked: number;
  stuck: number;
  readonly givenUp: Map<string, number>;
  readonly outside: Map<string, number>;
  readonly states: Map<string, number>;
}

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
      let left = subjects;
      for (let batch = 0; batch < batchesPerWorld && sum.total < options.faults; batch += 1) {
        await stage.workers.restock();
        const startedMs = performance.now();
        const struck = stage.saboteur.strikes.total;
        const enough = Math.ceil((options.faults - sum.total) / faultsPerConnection);
        const plans = left.map((subject, index) => ({
          subject,
          plan: index < enough || broken ? nextPlan() : noFaults,
        }));
        const { judged, stuck, early } = await runMessageBatch(stage, chance, plans);
        if (batch === 0) await stage.workers.keepWhatIsCompiled();
        followed.push(...judged.map(({ alert }) => alert));
        left = left.filter((subject) => !stuck.includes(subject));
        sum.stuck += stuck.length;
        sum.unasked += early.length;
        for (const { device } of early) print(`EARLY: the text about ${device} came before it was low`);
        sum.batches += 1;
        sum.total += stage.saboteur.strikes.total - struck;
        for (const { device } of stuck) print(`STUCK: the charge of ${device} was not seen`);
        // Judged once more at the end, when nothing is on its way any more: this is only what is known so far.
        report(options, judged);
        const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
        const known = Map.groupBy(judged, ({ verdict }) => verdict.is);
        print(
          `batch ${sum.batches}: ${stage.saboteur.strikes.total - struck} faults in ${seconds} s, ${sum.total} so far; ` +
            [...known].map(([is, some]) => `${is} ${some.length}`).join(', '),
        );
        if (broken && judged.some(({ verdict }) => isViolation(verdict))) break;
      }
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
    ...{ faults: new Map(), total: 0, batches: 0, processes: 0, alerts: 0, texts: 0, requests: 0 },
    ...{ duplicates: 0, lost: 0, contradictions: 0, unasked: 0, stuck: 0 },
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
  for (const [name, count] of stage.saboteur.strikes.counts) add(sum.faults, name, count);
  sum.processes += stage.workers.started;
}

function countAttempts(alerts: readonly Alert[]): number {
  return [...new Set(alerts.map(({ subject }) => subject))].reduce(
    (count, { attempts }) => count + attempts.length,
    0,
  );
}

function add(counts: Map<string, number>, name: string, count = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
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

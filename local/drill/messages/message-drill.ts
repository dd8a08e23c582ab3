/**
 * The message drill: batches of wearers have low batteries in a service whose processes are killed and frozen at every
 * remote call, which recovers by its ordinary timer and queues. Then what their phones have received is counted.
 */
import { printStory, type Tally } from '../batches';
import { messageBreakNames, type MessageBreakName } from '../orders';
import { createDrill, type DrillOptions, type Play, type Scene } from '../scenario';
import { runMessageBatch, untilNothingIsLeft, type Judged } from './message-batch';
import { describePlan, type Plan } from './message-faults';
import { judgeAll, textsByTag, type Alert, type Verdict } from './message-judge';
import { deploymentPlans, directedPlans, mixedPlan, singlePlans } from './message-plans';
import type { Subject } from './message-saboteur';
import { connect, openMessageStage, type MessageStage } from './message-stage';
import { messageTimesAt } from './message-times';

interface Sum extends Tally {
  alerts: number;
  texts: number;
  mails: number;
  requests: number;
  duplicates: number;
  lost: number;
  contradictions: number;
  /** Texts that nobody needed: of another kind, or of another cycle. */
  unasked: number;
  stuck: number;
  readonly givenUp: Map<string, number>;
  readonly outside: Map<string, number>;
  /** Rows of texts that arrived, by their last state. */
  readonly states: Map<string, number>;
}

export const messageDrill = createDrill<MessageBreakName, MessageStage, Subject, Plan, Sum>({
  breakNames: messageBreakNames,
  size: { connections: 200, atATime: 4 },
  // Tables get slower as they fill up.
  perWorld: 6,
  faultsPerConnection: 1.2,
  noFaults: { name: 'undisturbed', faults: [], reports: [], reportMs: 0 },
  noSum: () => ({
    ...{
      alerts: 0,
      texts: 0,
      mails: 0,
      requests: 0,
      duplicates: 0,
      lost: 0,
      contradictions: 0,
      unasked: 0,
      stuck: 0,
    },
    ...{ givenUp: new Map(), outside: new Map(), states: new Map() },
  }),
  describeTimes,
  plans(factor, chance) {
    const times = messageTimesAt(factor);
    return {
      directed: directedPlans(times),
      further: deploymentPlans(),
      singles: singlePlans(chance, times),
      mixed: () => mixedPlan(chance, times),
    };
  },
  open: openMessageStage,
  connect,
  play,
  isBad: ({ duplicates, lost, contradictions, unasked, stuck }) =>
    duplicates + lost + contradictions + unasked + stuck > 0,
  describe,
});

function play({ stage, options, chance, sum }: Scene<MessageStage, Sum>): Play<Subject, Plan> {
  const { print, broken } = options;
  const followed: Alert[] = [];
  return {
    async batch(assigned) {
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
        isFound: judged.some(({ verdict }) => isViolation(verdict)),
      };
    },
    async end() {
      if (broken === undefined) await untilNothingIsLeft(stage);
      await addUp(stage, followed, options, sum);
    },
  };
}

function describeTimes(factor: number): string {
  const { service, memoryMs, messageLeaseMs } = messageTimesAt(factor);
  return [
    `send timeout ${service.smsSendMs} ms, claim ${service.smsClaimMs} ms,`,
    `no resend after ${service.smsResendMs} ms, the carrier's memory ${memoryMs} ms,`,
    `a dead worker's job ${messageLeaseMs} ms`,
  ].join(' ');
}

function describe(sum: Sum): string[] {
  const { alerts, texts, mails, requests, states } = sum;
  const { duplicates, lost, contradictions, unasked, givenUp, outside, stuck } = sum;
  return [
    `alerts                  ${alerts}`,
    `texts received          ${texts}`,
    `e-mails received        ${mails}; with the texts, of ${requests} requests to send`,
    `received twice          ${duplicates}`,
    `lost                    ${lost}`,
    `row against phone       ${contradictions}`,
    `nobody asked for        ${unasked}`,
    `charge not seen         ${stuck}`,
    `given up                ${sumOf(givenUp)}${reasonsOf(givenUp)}`,
    `outside the model       ${sumOf(outside)}${reasonsOf(outside)}`,
    `rows of texts received ${reasonsOf(states)}`,
  ];
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function reasonsOf(counts: ReadonlyMap<string, number>): string {
  return counts.size === 0 ? '' : `  (${[...counts].map(([why, count]) => `${count} ${why}`).join(', ')})`;
}

function isViolation({ is }: Verdict): boolean {
  return is === 'duplicate' || is === 'lost' || is === 'contradiction';
}

/** What is to be said about all alerts of one world. */
async function addUp(
  stage: MessageStage,
  alerts: readonly Alert[],
  { print }: DrillOptions,
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
    for (const line of alerts.find(({ subject }) => subject.to === text?.to)?.subject.story ?? []) {
      print(`    ${line}`);
    }
  }
  const { phone } = stage.world;
  sum.texts += phone.texts().length;
  sum.mails += phone.mailbox.mails().length;
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

function report(options: DrillOptions, judged: readonly Judged[]): void {
  for (const { alert, verdict } of judged) {
    if (verdict.is === 'told') continue;
    const isBad = isViolation(verdict);
    options.print(`${isBad ? verdict.is.toUpperCase() : verdict.is}: ${verdict.why}`);
    const { plan } = alert.subject;
    printStory(options, alert.subject, plan ? describePlan(plan) : '', options.verbose || isBad);
  }
}

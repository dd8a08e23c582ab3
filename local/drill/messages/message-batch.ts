/**
 * One batch: every wearer's battery gets low, the ordinary timer dispatches a check under the faults of a plan, and when
 * everything is quiet again the next hourly checks come without faults. Then every alert is judged, and charged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../../../src/model';
import type { Chance } from '../../random';
import * as batches from '../batches';
import { lookEveryMs, runTimer } from '../batches';
import type { Plan } from './message-faults';
import { alertOf, isFinal, judgeAll, readRows, textsByTag, type Alert, type Verdict } from './message-judge';
import type { Subject } from './message-saboteur';
import { chargedPercent, check, type MessageStage } from './message-stage';
import { tell } from '../strike-targets';

export interface Judged {
  readonly alert: Alert;
  readonly verdict: Verdict;
}

export interface MessageBatchResult {
  readonly judged: readonly Judged[];
  /** Wearers whose charge the service did not see: nothing can be said about their next alert. */
  readonly stuck: readonly Subject[];
  /** Wearers who were told of this low battery before it was low. */
  readonly early: readonly Subject[];
}

const lowestLow = 6;
const highestLow = 20;
const criticalPercent = 4;
const hourlyChecks = 4;

export async function runMessageBatch(
  stage: MessageStage,
  chance: Chance,
  plans: readonly { readonly subject: Subject; readonly plan: Plan }[],
): Promise<MessageBatchResult> {
  const { saboteur, world } = stage;
  const subjects = plans.map(({ subject }) => subject);
  const alerts: Alert[] = [];
  const texts = textsByTag(stage);
  const early: Subject[] = [];
  for (const { subject, plan } of plans) {
    const critical = chance.next() < 0.15;
    const percent = critical ? criticalPercent : lowestLow + chance.below(highestLow - lowestLow + 1);
    world.wearers.setBattery(subject.device, { percent });
    for (const kind of ['low', 'critical'] as const) {
      if (texts.has(alertOf(subject, kind).tag)) early.push(subject);
    }
    saboteur.arm(subject, plan);
    alerts.push(alertOf(subject, critical ? 'critical' : 'low'));
  }

  await runTimer(stage, 'checkBatteries', subjects);
  await untilQuiet(stage);
  saboteur.disarm();
  // As often as the hour strikes, but at least once.
  for (let hour = 1; hour <= hourlyChecks; hour += 1) {
    await untilAnHourLater(stage, alerts);
    await runTimer(stage, 'checkBatteries', subjects);
    await untilQuiet(stage);
    if ((await readRows(stage, alerts)).every(isFinal)) break;
  }

  const stuck = await charge(stage, subjects);
  saboteur.strikes.thawAll();
  await untilQuiet(stage);
  const judged = await judgeAll(stage, alerts);
  for (const subject of subjects) subject.cycle += 1;
  return { judged, stuck, early };
}

/** An hour is longer than any claim, any repeat and the carrier's memory: whoever is not done yet begins anew. */
async function untilAnHourLater(stage: MessageStage, alerts: readonly Alert[]): Promise<void> {
  const { memoryMs } = stage.times;
  const rows = await readRows(stage, alerts);
  const texts = textsByTag(stage);
  const ends = alerts.flatMap(({ tag }, index) => {
    const row = rows[index];
    if (isFinal(row)) return [];
    const arrived = (texts.get(tag) ?? []).map(({ receivedAt }) => receivedAt);
    return [row?.firstSentAt ?? 0, ...arrived].map((at) => at + memoryMs);
  });
  await sleep(Math.max(0, ...ends.map((end) => end - Date.now())));
}

const chargeChecks = 6;

/** Until the service has seen it. @returns those of whom it has not */
async function charge(stage: MessageStage, subjects: readonly Subject[]): Promise<Subject[]> {
  for (const { device } of subjects) stage.world.wearers.charge(device, chargedPercent);
  let left = [...subjects];
  for (let look = 0; look < chargeChecks && left.length > 0; look += 1) {
    for (const subject of left) {
      tell(subject, '--- charged');
      await check(stage.world, subject);
    }
    await untilQuiet(stage);
    const devices = await readDevices(stage);
    left = left.filter((subject) => {
      const device = devices.get(subject.device);
      return device?.cycle !== subject.cycle + 1 || !device.armed;
    });
  }
  return left;
}

async function readDevices({ world: { services } }: MessageStage): Promise<Map<string, Device>> {
  const devices = new Map<string, Device>();
  for await (const { value } of services.tables.devices.list()) devices.set(value.reading.device, value);
  return devices;
}

function untilQuiet(stage: MessageStage): Promise<void> {
  return batches.untilQuiet(stage, { aheadMs: Infinity, longestMs: 900_000 });
}

/** Jobs and reports whose worker died come back after their lease; then they have been handled too. */
export async function untilNothingIsLeft(stage: MessageStage): Promise<void> {
  const deadline = performance.now() + 3 * stage.times.messageLeaseMs;
  while (performance.now() < deadline && stage.ledger.abandoned() > 0) await sleep(lookEveryMs);
  await untilQuiet(stage);
}

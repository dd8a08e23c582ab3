/**
 * One batch: every connection gets a plan, the ordinary timer dispatches a run, and when everything is quiet again
 * the timer dispatches once or twice more without faults. Then every connection is judged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionKey } from '../../../src/domain/store/row-keys';
import * as batches from '../batches';
import { lookEveryMs, runTimer } from '../batches';
import type { Plan } from './rotation-faults';
import { excuseFor, judge, type Verdict } from './rotation-judge';
import type { RotationStage } from './rotation-stage';
import type { Subject } from './rotation-saboteur';

export interface Judged {
  readonly subject: Subject;
  readonly verdict: Verdict;
  /** Why a loss lies outside the promise. */
  readonly excuse: string | undefined;
}

export interface RotationBatchResult {
  readonly judged: readonly Judged[];
  readonly refreshes: number;
  readonly rotations: number;
  /** Token sets that came after a goodbye and that only housekeeping found. */
  readonly unswept: number;
}

export async function runRotationBatch(
  stage: RotationStage,
  plans: readonly { readonly subject: Subject; readonly plan: Plan }[],
): Promise<RotationBatchResult> {
  const { saboteur, times, ledger } = stage;
  const subjects = plans.map(({ subject }) => subject);
  const before = await Promise.all(subjects.map((subject) => progressOf(stage, subject)));
  for (const { subject, plan } of plans) saboteur.arm(subject, plan);

  await runTimer(stage, 'rotateTokens', subjects);
  await runPastTheFrozen(stage);
  await untilQuiet(stage);
  await untilNextRunMayCome(stage, subjects);
  saboteur.strikes.disarm();
  saboteur.strikes.thawAll();
  await run(stage, subjects);
  let verdicts = await judgeAll(stage, subjects);
  const unswept = verdicts.filter(
    (verdict) => verdict.is === 'lost' && verdict.why.startsWith('closed,'),
  ).length;
  if (verdicts.some(mayHeal)) {
    await runTimer(stage, 'housekeeping', subjects);
    await run(stage, subjects);
    verdicts = await judgeAll(stage, subjects);
  }

  const after = await Promise.all(subjects.map((subject) => progressOf(stage, subject)));
  let refreshes = 0;
  let rotations = 0;
  for (const [index, { consent, generation, refreshed }] of after.entries()) {
    const earlier = before[index]!;
    // A new consent counts its generations from the beginning, and a lost chain has no further ones.
    if (verdicts[index]?.is !== 'kept' || consent !== earlier.consent) continue;
    refreshes += refreshed - earlier.refreshed;
    rotations += generation - earlier.generation;
  }
  return {
    refreshes,
    rotations,
    unswept,
    judged: subjects.map((subject, index) => {
      const verdict = verdicts[index]!;
      const isExcusable = verdict.is === 'lost' && verdict.excusable;
      const excuse = isExcusable ? excuseFor(subject, times, ledger) : undefined;
      return { subject, verdict, excuse };
    }),
  };
}

function mayHeal(verdict: Verdict): boolean {
  return verdict.is === 'lost' && verdict.mayHeal;
}

function judgeAll({ world }: RotationStage, subjects: readonly Subject[]): Promise<Verdict[]> {
  return Promise.all(subjects.map((subject) => judge(world, subject)));
}

/** The timer dispatches, what comes of it, and then the apps' use of the tokens. */
async function run(stage: RotationStage, subjects: readonly Subject[]): Promise<void> {
  await runTimer(stage, 'rotateTokens', subjects);
  await untilQuiet(stage);
  await untilNextRunMayCome(stage, subjects);
}

/** Some stand still in the middle of a rotation: others finish it, and the next one, before they may go on. */
async function runPastTheFrozen(stage: RotationStage): Promise<void> {
  await sleep(stage.times.service.leaseMs / 2);
  const frozen = stage.saboteur.strikes.frozenForLong();
  if (frozen.length === 0) return;
  await untilMovedOn(stage, frozen);
  await useTokens(stage, frozen);
  // For them only: to all others the next run comes when the repeat window is over.
  await enqueueNextRun(stage, frozen);
  await untilMovedOn(stage, frozen);
  await useTokens(stage, frozen);
  stage.saboteur.strikes.thawAll();
}

async function enqueueNextRun({ world }: RotationStage, subjects: readonly Subject[]): Promise<void> {
  const runStartedAt = Date.now();
  for (const { connection } of subjects) {
    const job = { kind: 'rotate-token', connection, run: 'next', runStartedAt, attempt: 0 } as const;
    await world.services.queues.enqueue(job);
  }
}

/** A few rotations without faults. */
export async function warmUp(stage: RotationStage, subjects: readonly Subject[]): Promise<void> {
  await enqueueNextRun(stage, subjects);
  await untilQuiet(stage);
}

/** Until every one of them has a later token set, or until it has had time enough for it. */
async function untilMovedOn(stage: RotationStage, subjects: readonly Subject[]): Promise<void> {
  const generations = () => Promise.all(subjects.map((subject) => progressOf(stage, subject)));
  const before = await generations();
  const deadline = performance.now() + stage.times.lastReplayMs;
  while (performance.now() < deadline) {
    const now = await generations();
    if (now.every(({ generation }, index) => generation !== before[index]?.generation)) return;
    await sleep(lookEveryMs);
  }
}

/**
 * The next run comes hours later: whoever has not saved the provider's answer by the end of its repeat window has
 * lost it. Where it was saved, apps use it, and that ends the window at once.
 */
async function untilNextRunMayCome(stage: RotationStage, subjects: readonly Subject[]): Promise<void> {
  await useTokens(stage, subjects);
  const verdicts = await judgeAll(stage, subjects);
  const ends = subjects
    .filter((_, index) => mayHeal(verdicts[index]!))
    .map(({ lastSpend }) => (lastSpend?.at ?? 0) + stage.times.repeatWindowMs);
  await sleep(Math.max(0, ...ends.map((end) => end - Date.now())));
}

/** Within the time that the last replay may still take. */
function untilQuiet(stage: RotationStage): Promise<void> {
  return batches.untilQuiet(stage, { aheadMs: stage.times.lastReplayMs, longestMs: 600_000 });
}

/** As the apps do between two runs: an access token in use ends the provider's repeat window. */
async function useTokens(
  { world: { services } }: RotationStage,
  subjects: readonly Subject[],
): Promise<void> {
  const provider = services.providers.get('fitbit')!;
  await Promise.all(
    subjects.map(async ({ connection }) => {
      const record = (await services.tables.connections.get(connectionKey(connection)))?.value;
      if (!record?.pointer || record.closedAt !== undefined) return;
      const { consent, secretVersion } = record.pointer;
      const current = await services.vault.readTokenSet({ id: connection }, consent, secretVersion);
      if (!current) return;
      await services.http({
        method: 'GET',
        url: provider.urls.api + provider.devices.path(),
        authorization: { bearer: current.set.accessToken },
        timeoutMs: services.policy.times.providerTimeoutMs,
      });
    }),
  );
}

async function progressOf({ world: { services, fitbit } }: RotationStage, { connection, wearer }: Subject) {
  const record = (await services.tables.connections.get(connectionKey(connection)))?.value;
  const { consent = 0, generation = 0 } = record?.pointer ?? {};
  return { consent, generation, refreshed: fitbit.refreshCount(wearer) };
}

/**
 * A day of very many connections, second by second. When each job begins is what the real code that hands out a run says; whether a token
 * has to be refreshed, the real decisions; and what a job asks for, the real code that has done one of each kind. In between are the
 * queues, the platform's instances and the limits, as their makers describe them.
 */
import { extensions } from '../../host.json';
import { decideRefresh, isExpiring } from '../../src/domain/rotation/decide-refresh';
import { connectionPartitions } from '../../src/domain/store/row-keys';
import type { ProviderId } from '../../src/model';
import { createWorker, handOut, share } from './day-workers';
import { deployedPolicy } from './deployed-policy';
import { createMeter, limits, type LimitName } from './documented-limits';
import { measureCheck, measureRotation, type JobCost } from './job-costs';
import { connectionOf, drawVaults, setOf, tokensOf } from './made-up-accounts';
import { hourMs } from './paced-ports';
import { playHousekeeping } from './play-housekeeping';
import { playSize } from './play-sizes';
import type { DaySetting, PlayedDay, Totals } from './played-day';
import { unwatched } from './watch-memory';

const daySeconds = 86_400;
const hourSeconds = 3_600;
/** Of four checks, how many find a tracker that has synced since, with another level. */
const newsOfFour = 3;
const decideEverySeconds = 10;
const { batchSize } = extensions.queues;
const limitNames = Object.keys(limits) as LimitName[];

export async function playDay(setting: DaySetting): Promise<PlayedDay> {
  const { connections, vaults, provider } = setting;
  const policy = deployedPolicy();
  const checkCosts = await measureChecks(provider);
  const rotationCost = await measureRotation(provider);
  const handOuts = {
    'check-battery': await handOut(setting, 'check-battery'),
    'rotate-token': await handOut(setting, 'rotate-token'),
  };
  const housekeeping = await housekeepingCalls(connections);
  const watchdog = await playSize('watchdog', connections, unwatched);
  const meters = Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => [name, createMeter(limit)]),
  ) as Record<LimitName, ReturnType<typeof createMeter>>;
  const perVault = Array.from({ length: vaults }, () => ({
    newSecrets: createMeter(limits.newSecrets),
    vaultReads: createMeter(limits.vaultReads),
  }));
  const perPartition = connectionPartitions.map(() => createMeter(limits.partition));
  const vaultOf = drawVaults(connections, vaults);
  const { life, rotates, isForChecks } = tokensOf(provider);
  const ofProvider = limitNames.filter((name) => limits[name].of === provider);
  const rotatedEveryMs = policy.times.rotationGapMs;

  /** The hour before, so that the day begins with the instances that it has left. */
  let isBefore = true;
  /** As the day before has left it. */
  const checkedAt = handOuts['check-battery'].begins.map((ms) => ms - hourMs);
  const rotatedAt = handOuts['rotate-token'].begins.map((ms) => ms - rotatedEveryMs);
  const checksOf = new Uint8Array(connections);
  const rotationsOf = new Uint8Array(connections);
  const totals: Totals = {
    ...{ executions: 0, tableReads: 0, tableWrites: 0, queueCalls: 0, vaultCalls: 0, apiCalls: 0 },
  };
  let [dropped, expired, longestBetweenChecksMs, longestBetweenRotationsMs] = [0, 0, 0, 0];

  const spend = (place: number, cost: JobCost, queue: 'checkQueue' | 'rotateQueue'): void => {
    if (isBefore) return;
    const vault = perVault[vaultOf[place]!]!;
    vault.newSecrets.add(cost.newSecrets);
    vault.vaultReads.add(cost.vaultReads);
    meters.allNewSecrets.add(cost.newSecrets);
    meters.allVaultReads.add(cost.vaultReads);
    const partition = Math.floor((place * connectionPartitions.length) / connections);
    perPartition[partition]!.add(cost.inPartition);
    // It is received in batches, and removed one by one.
    const messages = 1 + 1 / batchSize + cost.queueCalls;
    meters[queue].add(messages);
    meters.storage.add(cost.tableReads + cost.tableWrites + messages);
    for (const name of ofProvider) meters[name].add(cost.apiCalls);
    totals.executions += 1;
    totals.tableReads += cost.tableReads;
    totals.tableWrites += cost.tableWrites;
    totals.queueCalls += messages;
    totals.vaultCalls += cost.newSecrets + cost.vaultReads;
    totals.apiCalls += cost.apiCalls;
  };

  const noteRotation = (place: number, nowMs: number): void => {
    if (!isBefore) {
      longestBetweenRotationsMs = Math.max(longestBetweenRotationsMs, nowMs - rotatedAt[place]!);
      rotationsOf[place]! += 1;
    }
    rotatedAt[place] = nowMs;
  };
  const check = (place: number, nowMs: number, runMs: number): number => {
    if (nowMs >= runMs + hourMs) {
      dropped += 1;
      return 0;
    }
    const issuedAt = rotatedAt[place]!;
    const isExpired = isExpiring({ issuedAt, expiresAt: issuedAt + life }, undefined, { policy, now: nowMs });
    // Otherwise the next rotation should have come before.
    if (isExpired && !isForChecks) expired += 1;
    if (isExpired && isForChecks && rotates) noteRotation(place, nowMs);
    const hour = Math.floor(nowMs / hourMs);
    const cost = checkCosts({
      isExpired: isExpired && isForChecks,
      isNew: (place + hour) % 4 < newsOfFour,
      isNewDay: hour === 0,
    });
    if (!isBefore) longestBetweenChecksMs = Math.max(longestBetweenChecksMs, nowMs - checkedAt[place]!);
    checkedAt[place] = nowMs;
    if (!isBefore) checksOf[place]! += 1;
    spend(place, cost, 'checkQueue');
    return cost.ms;
  };
  const rotate = (place: number, nowMs: number, runMs: number): number => {
    const before = rotatedAt[place]!;
    const { refresh } = decideRefresh(
      { by: 'run', startedAt: runMs },
      connectionOf(provider, before),
      setOf(provider, before, life),
      { policy, now: nowMs },
    );
    if (!refresh) return 0;
    noteRotation(place, nowMs);
    spend(place, rotationCost, 'rotateQueue');
    return rotationCost.ms;
  };

  const workers = [
    createWorker(setting, handOuts['check-battery'], hourSeconds, check),
    createWorker(setting, handOuts['rotate-token'], rotatedEveryMs / 1_000, rotate),
  ];
  let [mostInstances, activeSeconds] = [0, 0];
  for (let second = -hourSeconds; second < daySeconds; second += 1) {
    isBefore = second < 0;
    if (second % decideEverySeconds === 0) share(workers, setting.instances, second);
    mostInstances = Math.max(mostInstances, workers[0]!.has() + workers[1]!.has());
    for (const [n, worker] of workers.entries()) {
      const active = worker.work(second);
      if (isBefore) continue;
      activeSeconds += active;
      const handed = worker.handedOutIn(second);
      meters[n === 0 ? 'checkQueue' : 'rotateQueue'].add(handed);
      // Each page of a listing has a thousand rows.
      meters.storage.add(handed * (1 + 1 / 1_000));
      totals.queueCalls += handed;
      totals.tableReads += handed / 1_000;
    }
    for (const meter of [
      ...Object.values(meters),
      ...perPartition,
      ...perVault.flatMap((vault) => Object.values(vault)),
    ])
      meter.next();
  }
  totals.tableReads += 24 * watchdog.calls + housekeeping.reads;
  totals.executions += 24 * 4;
  activeSeconds += housekeeping.seconds;

  const most = (name: LimitName): number => {
    if (name === 'newSecrets' || name === 'vaultReads')
      return Math.max(...perVault.map((vault) => vault[name].most()));
    return name === 'partition'
      ? Math.max(...perPartition.map((meter) => meter.most()))
      : meters[name].most();
  };
  const names = limitNames.filter((name) => [undefined, provider].includes(limits[name].of));
  const fewest = (counts: Uint8Array): number => counts.reduce((least, each) => Math.min(least, each), 255);
  return {
    checks: checksOf.reduce((sum, each) => sum + each, 0),
    rotations: rotationsOf.reduce((sum, each) => sum + each, 0),
    fewestChecks: fewest(checksOf),
    fewestRotations: fewest(rotationsOf),
    ...{ dropped, expired, longestBetweenChecksMs, longestBetweenRotationsMs },
    longestWaitMs: Math.max(...workers.map((worker) => worker.longestWaitMs())),
    handOutMs: Math.max(...Object.values(handOuts).map(({ tookMs }) => tookMs)),
    ...{ mostInstances, activeSeconds },
    loads: names.map((name) => ({ name, most: most(name), isExceeded: most(name) > limits[name].most })),
    totals,
  };
}

async function measureChecks(
  provider: ProviderId,
): Promise<(of: Parameters<typeof measureCheck>[1]) => JobCost> {
  const costs = new Map<string, JobCost>();
  const bools = [false, true];
  for (const isExpired of tokensOf(provider).isForChecks ? bools : [false]) {
    for (const isNew of bools) {
      for (const isNewDay of bools) {
        const checked = { isExpired, isNew, isNewDay };
        costs.set(nameOf(checked), await measureCheck(provider, checked));
      }
    }
  }
  return (checked) => costs.get(nameOf(checked))!;
}

function nameOf({ isExpired, isNew, isNewDay }: Parameters<typeof measureCheck>[1]): string {
  return `${isExpired} ${isNew} ${isNewDay}`;
}

/** Of connections that are half a year old, in proportion. */
async function housekeepingCalls(connections: number): Promise<{ reads: number; seconds: number }> {
  const few = 400;
  const { calls, tookMs } = await playHousekeeping(few, 200);
  return { reads: (calls / few) * connections, seconds: (tookMs / 1_000 / few) * connections };
}

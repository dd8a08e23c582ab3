/**
 * A day of very many connections, second by second. When each job begins is what the real code that hands out a run says; whether a token
 * has to be refreshed, the real decisions; and what a job asks for, the real code that has done one of each kind. In between are the
 * queues, the platform's instances and the limits, as their makers describe them.
 */
import { extensions } from '../../host.json';
import { decideRefresh, isExpiring } from '../../src/domain/rotation/decide-refresh';
import { connectionPartitions } from '../../src/domain/store/row-keys';
import { perProvider, type Connection, type ProviderId, type RunKind, type TokenSet } from '../../src/model';
import { createProviders } from '../../src/providers';
import { Secret } from '../../src/secret';
import { simulatedProviders } from '../simulators';
import { deployedPolicy } from './deployed-policy';
import { measureCheck, measureRotation, type JobCost } from './job-costs';
import { createMeter, limits, type LimitName } from './documented-limits';
import { hourMs } from './paced-ports';
import { playDispatch } from './play-dispatch';
import { playHousekeeping } from './play-housekeeping';
import { playSize } from './play-sizes';
import { unwatched } from './watch-memory';

export interface DaySetting {
  readonly connections: number;
  readonly vaults: number;
  readonly provider: ProviderId;
  /** The most that the platform may start: MAXIMUM_INSTANCES. */
  readonly instances: number;
  /** What the processor of an instance takes for a job. */
  readonly cpuMs: number;
}

export interface PlayedDay {
  readonly checks: number;
  readonly rotations: number;
  /** Checks and rotations of whoever had the fewest. */
  readonly fewestChecks: number;
  readonly fewestRotations: number;
  /** Checks that began when the next run had begun already. */
  readonly dropped: number;
  /** Access tokens that had run out and could not be refreshed on the way. */
  readonly expired: number;
  readonly longestBetweenChecksMs: number;
  readonly longestBetweenRotationsMs: number;
  /** From when a job becomes visible to when it begins. */
  readonly longestWaitMs: number;
  readonly handOutMs: number;
  readonly mostInstances: number;
  /** In which an instance was executing something. */
  readonly activeSeconds: number;
  readonly loads: readonly {
    readonly name: LimitName;
    readonly most: number;
    readonly isExceeded: boolean;
  }[];
  readonly totals: Totals;
}

export interface Totals {
  executions: number;
  tableReads: number;
  tableWrites: number;
  queueCalls: number;
  vaultCalls: number;
  apiCalls: number;
}

const daySeconds = 86_400;
const hourSeconds = 3_600;
const callMs = 10;
/** Of four checks, how many find a tracker that has synced since, with another level. */
const newsOfFour = 3;
/** https://learn.microsoft.com/azure/azure-functions/functions-target-based-scaling: four at once; how often is not said. */
const mostStarted = 4;
const decideEverySeconds = 10;
/** For how long an instance stays that is not needed any more; a guess. */
const staysSeconds = 300;
const { batchSize, newBatchThreshold } = extensions.queues;
const atOnce = batchSize + newBatchThreshold;
const providers = createProviders(perProvider(() => ({ optionalScopes: [] })));
const limitNames = Object.keys(limits) as LimitName[];

export async function playDay(setting: DaySetting): Promise<PlayedDay> {
  const { connections, vaults, provider } = setting;
  const policy = deployedPolicy();
  const checkCosts = await measureChecks(provider);
  const rotationCost = await measureRotation(provider);
  const handOuts = {
    'check-battery': await handOut(connections, 'check-battery'),
    'rotate-token': await handOut(connections, 'rotate-token'),
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
  const { life, rotates } = tokensOf(provider);
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

  const check = (place: number, nowMs: number, runMs: number): number => {
    if (nowMs >= runMs + hourMs) {
      dropped += 1;
      return 0;
    }
    const issuedAt = rotatedAt[place]!;
    const isExpired = isExpiring({ issuedAt, expiresAt: issuedAt + life }, undefined, { policy, now: nowMs });
    // Where refresh tokens rotate, the next rotation should have come before.
    if (isExpired && rotates) expired += 1;
    const hour = Math.floor(nowMs / hourMs);
    const cost = checkCosts({
      isExpired: isExpired && !rotates,
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
    longestBetweenRotationsMs = Math.max(longestBetweenRotationsMs, nowMs - before);
    rotatedAt[place] = nowMs;
    rotationsOf[place]! += 1;
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

/** What is wrong with the day; nothing, if it was a good one. */
export function judgeDay({ provider, instances }: DaySetting, day: PlayedDay): string[] {
  const runs = 24;
  const { life, rotates } = tokensOf(provider);
  return [
    ...day.loads
      .filter(({ isExceeded }) => isExceeded)
      .map(({ name, most }) => {
        const { what, most: limit, perSeconds } = limits[name];
        return `a limit is exceeded: ${what}, ${most} in ${perSeconds} s, and ${limit} are allowed`;
      }),
    ...(day.fewestChecks < runs || day.dropped > 0
      ? [
          `somebody is checked less than hourly: ${day.fewestChecks} times in the day, ${day.dropped} checks dropped`,
        ]
      : []),
    ...(day.fewestRotations < 4 ? [`somebody is rotated ${day.fewestRotations} times in the day`] : []),
    ...(day.expired > 0 ? [`${day.expired} access tokens ran out before their rotation`] : []),
    ...(rotates && day.longestBetweenRotationsMs > life ? ['a token was rotated after its end'] : []),
    ...(day.longestWaitMs > 10 * 60_000
      ? [`a job waited ${Math.round(day.longestWaitMs / 60_000)} minutes: ${instances} instances are too few`]
      : []),
  ];
}

interface HandedOut {
  /** When the job of each connection becomes visible, in ms after the start of its run. */
  readonly begins: Float64Array;
  /** The connections in that order. */
  readonly order: Uint32Array;
  /** How many jobs the queue takes in each second. */
  readonly perSecond: readonly number[];
  readonly tookMs: number;
}

/** By the real code, as if the run before had found as many. */
async function handOut(connections: number, kind: RunKind): Promise<HandedOut> {
  const begins = new Float64Array(connections);
  const perSecond: number[] = [];
  const { tookMs, without } = await playDispatch({
    ...{ connections, callMs, kind, isLater: true },
    onJob: (place, beginsMs, handedMs) => {
      begins[place] = beginsMs;
      const second = Math.floor(handedMs / 1_000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    },
  });
  if (without > 0) throw new Error(`${without} connections have got no job.`);
  const order = Uint32Array.from(begins.keys()).sort((a, b) => begins[a]! - begins[b]!);
  return { begins, order, perSecond, tookMs };
}

interface Worker {
  /** How many instances there are, and how many there should be. */
  has(): number;
  wants(second: number): number;
  scaleTo(instances: number): void;
  handedOutIn(second: number): number;
  /** @returns the seconds of instances that were executing something */
  work(second: number): number;
  longestWaitMs(): number;
}

/** One function on its queue; the platform scales each by itself. `begin` gives how long the job takes. */
function createWorker(
  { connections, cpuMs }: DaySetting,
  { begins, order, perSecond: handedOut }: HandedOut,
  everySeconds: number,
  begin: (place: number, nowMs: number, runMs: number) => number,
): Worker {
  let instances = 0;
  /** Since the platform last looked. */
  let hasWorked = false;
  /** When all of the instances were needed the last time. */
  let neededAt = -Infinity;
  /** Of the run at hand and, while its jobs wait, the one before. */
  const runs: { readonly startsAt: number; visible: number; begun: number }[] = [];
  let usualMs = 1_000;
  /** Jobs that there is time to begin. */
  let credit = 0;
  let longestWaitMs = 0;
  const waiting = (): number => runs.reduce((sum, { visible, begun }) => sum + visible - begun, 0);
  return {
    has: () => instances,
    // The length of a queue counts messages that are hidden too, once one can be seen.
    wants(second) {
      const left = runs.reduce((sum, { begun }) => sum + connections - begun, 0);
      const needed = waiting() > 0 || hasWorked ? Math.ceil(left / batchSize) : 0;
      hasWorked = false;
      if (needed >= instances) neededAt = second;
      return second - neededAt < staysSeconds ? Math.max(needed, instances) : needed;
    },
    scaleTo: (wanted) => void (instances = wanted),
    handedOutIn: (second) => handedOut[second % everySeconds] ?? 0,
    work(second) {
      if (second % everySeconds === 0) runs.push({ startsAt: second, visible: 0, begun: 0 });
      for (const run of runs) {
        const sinceMs = (second + 1 - run.startsAt) * 1_000;
        while (run.visible < connections && begins[order[run.visible]!]! < sinceMs) run.visible += 1;
      }
      const perSecond = instances * Math.min((atOnce * 1_000) / usualMs, 1_000 / cpuMs);
      credit = Math.min(credit, 1) + perSecond;
      let left = Math.floor(credit);
      let [begun, workMs] = [0, 0];
      for (const run of runs) {
        for (; left > 0 && run.begun < run.visible; run.begun += 1, left -= 1) {
          const place = order[run.begun]!;
          const visibleAt = run.startsAt * 1_000 + begins[place]!;
          const nowMs = Math.max(visibleAt, second * 1_000);
          if (second >= 0) longestWaitMs = Math.max(longestWaitMs, nowMs - visibleAt);
          workMs += begin(place, nowMs, run.startsAt * 1_000);
          begun += 1;
        }
      }
      credit -= begun;
      if (runs[0]?.begun === connections) runs.shift();
      if (begun === 0) return 0;
      hasWorked = true;
      usualMs = Math.max(1, workMs / begun);
      // An execution counts for a second at least, and jobs that come by chance overlap.
      return instances * (1 - Math.exp((-begun * Math.max(1, usualMs / 1_000)) / instances));
    },
    longestWaitMs: () => longestWaitMs,
  };
}

/** As many as each function wants, within what the app may have; no more than four more at once. */
function share(workers: readonly Worker[], most: number, second: number): void {
  const wants = workers.map((worker) => Math.min(worker.wants(second), worker.has() + mostStarted));
  const all = wants.reduce((sum, each) => sum + each, 0);
  for (const [n, worker] of workers.entries()) {
    const part = all <= most ? wants[n]! : Math.max(1, Math.floor((wants[n]! * most) / all));
    worker.scaleTo(wants[n] === 0 ? 0 : part);
  }
}

async function measureChecks(
  provider: ProviderId,
): Promise<(of: Parameters<typeof measureCheck>[1]) => JobCost> {
  const costs = new Map<string, JobCost>();
  const bools = [false, true];
  for (const isExpired of tokensOf(provider).rotates ? [false] : bools) {
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

/** Random ids, so that who is in which vault does not follow any order. Always the same. */
function drawVaults(connections: number, vaults: number): Uint8Array {
  const drawn = new Uint8Array(connections);
  let state = 1;
  for (let place = 0; place < connections; place += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    drawn[place] = Math.floor((state / 2 ** 32) * vaults);
  }
  return drawn;
}

/** For how long an access token is good, and whether its refresh token rotates. */
function tokensOf(provider: ProviderId): { readonly life: number; readonly rotates: boolean } {
  const { rotatesRefreshToken: rotates } = providers.get(provider)!;
  return { life: simulatedProviders[provider].accessTokenMs, rotates };
}

const secret = new Secret('s');

function connectionOf(provider: ProviderId, rotatedAt: number): Connection {
  const pointer = { consent: 1, generation: 1, secretVersion: 'v', expiresAt: 0, rotatedAt };
  return { id: 'c', provider, createdAt: 0, consentReserved: 1, missingScopes: [], pointer };
}

function setOf(provider: ProviderId, issuedAt: number, life: number): TokenSet {
  return {
    ...{ connection: 'c', provider, consent: 1, generation: 1, scopes: [], providerUserId: 'U' },
    ...{ accessToken: secret, refreshToken: secret, issuedAt, expiresAt: issuedAt + life },
  };
}

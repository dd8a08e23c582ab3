/**
 * One run that is handed out to very many connections, in virtual time: the timer, the shards and the queues. Jobs are only counted, so that the memory that is
 * used is that of the service and not that of the model.
 */
import { extensions } from '../../host.json';
import { systemRandom } from '../../src/adapters/system';
import { goOnDispatching, dispatchBatteryCheck, dispatchRotation } from '../../src/domain/operation/dispatch';
import { connectionPartitions, runKey } from '../../src/domain/store/row-keys';
import { perProvider, type OperateJob, type ProviderId, type Run, type RunKind } from '../../src/model';
import type { Log, Queues } from '../../src/ports';
import { createProviders } from '../../src/providers';
import { deployedPolicy } from './deployed-policy';
import type { createTable } from './late-stores';
import { createMadeUpTables, placeOf } from './made-up-tables';
import { watchMemory } from './watch-memory';
import { createVirtualTime } from './virtual-time';

export interface DispatchSetting {
  readonly connections: number;
  /** What one call of Tables or of a queue takes; a page of a listing takes ten times as long. */
  readonly callMs: number;
  /** The job of every shard is delivered a second time, so much later. */
  readonly againAfterMs?: number;
  /** The worker of shard 1 ends in the middle of its work, and its message comes back. */
  readonly dies?: boolean;
  /** Which run it is: checks unless told otherwise. */
  readonly kind?: RunKind;
  /** Google Health unless told otherwise. */
  readonly provider?: ProviderId;
  /** The run before had as many jobs, so that this one spreads them accordingly. */
  readonly isLater?: boolean;
  /** @param beginsMs when the job of this connection becomes visible, and when the queue has taken it: after the start of the run */
  readonly onJob?: (place: number, beginsMs: number, takenMs: number) => void;
}

export interface PlayedDispatch {
  readonly jobs: number;
  /** Of Tables and of queues. */
  readonly calls: number;
  /** Connections that got no job, and more than one. */
  readonly without: number;
  readonly twice: number;
  readonly isComplete: boolean;
  readonly tookMs: number;
  /** The most in one second: jobs that the queue took, and jobs that begin. */
  readonly mostTaken: number;
  readonly mostBegun: number;
  /** What was in use, above what was in use before, when it was most. */
  readonly memoryMb: number;
}

/** As long as a message is hidden whose worker says nothing. */
const hiddenMs = 30_000;
const diesAfterJobs = 700;
/** The platform starts one for every `batchSize` messages that wait. */
const instances = Math.ceil(connectionPartitions.length / extensions.queues.batchSize);
const lookEvery = 50_000;

export async function playDispatch(setting: DispatchSetting): Promise<PlayedDispatch> {
  const {
    connections,
    callMs,
    againAfterMs,
    kind = 'check-battery',
    provider = 'google-health',
    onJob,
  } = setting;
  const startMs = Date.parse('2026-11-21T06:00:00Z');
  const time = createVirtualTime(startMs);
  const memory = watchMemory();
  const got = new Uint8Array(connections);
  const taken = new Map<number, number>();
  const begun = new Map<number, number>();
  let jobs = 0;
  let lastAt = startMs;
  let mortals = setting.dies === true ? 1 : 0;

  let calls = 0;
  const counted = { ...time, sleep: (ms: number) => ((calls += 1), time.sleep(ms)) };
  const tables = await createMadeUpTables(counted, { connections, callMs, ageDays: 30, provider });
  if (setting.isLater) {
    const endedAt = startMs - 3_600_000;
    const before = { kind, id: 'before', startedAt: endedAt, completedAt: endedAt, count: connections };
    (tables.runs as ReturnType<typeof createTable<Run>>).put(runKey(kind), before);
  }
  const quiet: Log['info'] = () => undefined;
  const queues: Queues = {
    peek: () => time.sleep(callMs),
    async enqueue(job, delayMs = 0) {
      await counted.sleep(callMs);
      if (job.kind === 'operate') {
        time.at(time.now() + delayMs, () => deliver(job));
        if (againAfterMs !== undefined && delayMs === 0)
          time.at(time.now() + againAfterMs, () => deliver(job));
      } else if ('connection' in job) {
        const place = placeOf(job.connection);
        got[place] = Math.min(2, got[place]! + 1);
        jobs += 1;
        lastAt = time.now();
        onJob?.(place, lastAt + delayMs - startMs, lastAt - startMs);
        for (const [seconds, ms] of [[taken, lastAt] as const, [begun, lastAt + delayMs] as const]) {
          const second = Math.floor(ms / 1_000);
          seconds.set(second, (seconds.get(second) ?? 0) + 1);
        }
        if (jobs % lookEvery === 0) memory.look();
      }
      return () => Promise.resolve();
    },
  };
  const ports = {
    ...{ clock: time, random: systemRandom, tables, queues, policy: deployedPolicy() },
    providers: createProviders(perProvider(() => ({ clientId: 'client', optionalScopes: [] }))),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    keyedHash: { mac: () => Promise.resolve('') },
  };

  const waiting: OperateJob[] = [];
  let free = instances * (extensions.queues.batchSize + extensions.queues.newBatchThreshold);
  const deliver = (job: OperateJob): void => {
    waiting.push(job);
    takeNext();
  };
  const takeNext = (): void => {
    for (let job = free > 0 && waiting.shift(); job; job = free > 0 && waiting.shift()) {
      free -= 1;
      void work(job).finally(() => {
        free += 1;
        takeNext();
      });
    }
  };
  async function work(job: OperateJob): Promise<void> {
    const dies = job.shard === 1 && mortals-- > 0;
    const redeliver = (): void => void time.at(time.now() + hiddenMs, () => deliver(job));
    if (dies) redeliver();
    const own = dies ? { ...ports, queues: untilDeath(queues) } : ports;
    await goOnDispatching(own, kind, job.shard).catch(redeliver);
  }

  void (kind === 'check-battery' ? dispatchBatteryCheck(ports) : dispatchRotation(ports));
  await time.runUntil(startMs + 3_600_000);
  const run = tables.runs.get(runKey(kind));
  await time.runUntil(startMs + 3_700_000);
  return {
    ...{ jobs, calls },
    without: got.filter((times) => times === 0).length,
    twice: got.filter((times) => times === 2).length,
    isComplete: (await run)?.value.completedAt !== undefined,
    tookMs: lastAt - startMs,
    mostTaken: Math.max(0, ...taken.values()),
    mostBegun: Math.max(0, ...begun.values()),
    memoryMb: memory.mostMb(),
  };
}

/** The worker hears nothing any more and does nothing more. */
function untilDeath(queues: Queues): Queues {
  let left = diesAfterJobs;
  return {
    ...queues,
    enqueue: (job, delayMs) => (left-- > 0 ? queues.enqueue(job, delayMs) : new Promise(() => undefined)),
  };
}

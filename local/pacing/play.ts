/** A service with many connections and instances: timers, queues, workers, and what they did. */
import { extensions } from '../../host.json';
import { createRecentSecrets } from '../../src/adapters/recent-secrets';
import { systemRandom } from '../../src/adapters/system';
import { notePoisonedJob } from '../../src/domain/operation/poisoned-job';
import { runOperateJob } from '../../src/domain/operation/operate';
import { dispatchBatteryCheck, dispatchRotation } from '../../src/domain/operation/dispatch';
import { runCheckJob, runRotateJob } from '../../src/domain/operation/run-jobs';
import type { Job, ProviderId, Settings } from '../../src/model';
import type { Ports } from '../../src/ports';
import type { Load } from './late-stores';
import { createPacedPorts, hourMs } from './paced-ports';
import { createVirtualTime } from './virtual-time';

const queueMs = 10;
const { batchSize, newBatchThreshold, maxDequeueCount } = extensions.queues;
/** As long as a job that has thrown is hidden; see host.json. */
const hiddenMs = 30_000;

export interface Setting {
  readonly connections: number;
  readonly instances: number;
  readonly hours: number;
  readonly provider: ProviderId;
  /** False: every job at once, as it was before. */
  readonly spreads: boolean;
}

export interface Played {
  creates: Load;
  others: Load;
  rotated: number;
  lastRotatedMs: number;
  longestGapMs: number;
  checked: number;
  dropped: number;
  failed: number;
  dispatchMs: number;
  mostAtWork: number;
  thrown: number;
  poisoned: number;
}

export async function play({ connections, instances, hours, provider, spreads }: Setting): Promise<Played> {
  const startMs = Date.parse('2026-11-21T06:00:00Z');
  const time = createVirtualTime(startMs);
  const none = { most: 0, refused: 0, total: 0 };
  const played: Played = {
    ...{ creates: none, others: none, rotated: 0, lastRotatedMs: 0, longestGapMs: 0 },
    ...{ checked: 0, dropped: 0, failed: 0, dispatchMs: 0, mostAtWork: 0, thrown: 0, poisoned: 0 },
  };
  const rotatedAt = new Map<string, number>();
  let runAt = startMs;
  const note = (event: string, connection = ''): void => {
    if (event === 'battery.checked') played.checked += 1;
    if (event === 'battery.check_dropped') played.dropped += 1;
    if (event === 'battery.check_failed' || event === 'token.refresh_failed') played.failed += 1;
    if (event !== 'token.rotated') return;
    played.rotated += 1;
    played.lastRotatedMs = Math.max(played.lastRotatedMs, time.now() - runAt);
    played.longestGapMs = Math.max(played.longestGapMs, time.now() - rotatedAt.get(connection)!);
    rotatedAt.set(connection, time.now());
  };
  interface Message {
    readonly job: Job;
    dequeued: number;
  }
  const waiting: Record<string, Message[]> = {};
  const free: Record<string, number> = {};
  const deliver = (message: Message): void => {
    const { kind } = message.job;
    (waiting[kind] ??= []).push(message);
    free[kind] ??= instances * (batchSize + newBatchThreshold);
    takeNext(kind);
  };
  const takeNext = (kind: string): void => {
    while (free[kind]! > 0 && waiting[kind]!.length > 0) {
      free[kind]! -= 1;
      void work(waiting[kind]!.shift()!);
    }
  };
  const queues: Ports['queues'] = {
    peek: () => time.sleep(queueMs),
    async enqueue(job, delayMs = 0) {
      await time.sleep(queueMs);
      const isOfRun = job.kind === 'rotate-token' && job.replayOf === undefined && job.attempt === 0;
      const message = { job, dequeued: 0 };
      let isTakenBack = false;
      const hidden = !spreads && (isOfRun || job.kind === 'check-battery') ? 0 : delayMs;
      time.at(time.now() + hidden, () => isTakenBack || deliver(message));
      return async () => {
        await time.sleep(queueMs);
        isTakenBack = true;
      };
    },
  };
  const { ports: shared, vault, connect } = createPacedPorts(time, { provider, queues, note });
  played.creates = vault.creates;
  played.others = vault.others;
  const all = Array.from({ length: instances }, (): Ports & Settings => ({
    ...shared,
    recentSecrets: createRecentSecrets(),
  }));

  let atWork = 0;
  let turn = 0;
  async function work(message: Message): Promise<void> {
    const { job } = message;
    const ports = all[(turn += 1) % instances]!;
    played.mostAtWork = Math.max(played.mostAtWork, (atWork += 1));
    try {
      message.dequeued += 1;
      if (job.kind === 'rotate-token') await runRotateJob(ports, job);
      else if (job.kind === 'check-battery') await runCheckJob(ports, job);
      else if (job.kind === 'operate') await runOperateJob(ports, job);
    } catch {
      played.thrown += 1;
      if (message.dequeued < maxDequeueCount) time.at(time.now() + hiddenMs, () => deliver(message));
      else {
        played.poisoned += 1;
        await notePoisonedJob(ports, job.kind, 'connection' in job ? job.connection : undefined).catch(
          () => 0,
        );
      }
    } finally {
      atWork -= 1;
      free[job.kind]! += 1;
      takeNext(job.kind);
    }
  }

  for (let n = 0; n < connections; n += 1) rotatedAt.set(connect(systemRandom.id()).id, startMs);

  const begin = async (dispatch: typeof dispatchRotation): Promise<void> => {
    const begunAt = time.now();
    await dispatch(all[0]!).catch(() => (played.thrown += 1));
    played.dispatchMs = Math.max(played.dispatchMs, time.now() - begunAt);
  };
  for (let hour = 0; hour < hours; hour += 1) {
    time.at(startMs + hour * hourMs, () => {
      if (hour % 6 === 0) {
        runAt = time.now();
        void begin(dispatchRotation);
      }
      void begin(dispatchBatteryCheck);
    });
  }
  // The last run has the time that it takes.
  await time.runUntil(startMs + hours * hourMs + shared.policy.times.rotationSpreadMs);
  return played;
}

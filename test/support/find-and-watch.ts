/** What the watchdog says after a run has come past all connections. */
import { dispatchBatteryCheck, goOnDispatching } from '../../src/domain/operation/dispatch';
import { watch } from '../../src/domain/operation/watchdog';
import type { Settings } from '../../src/model';
import type { Ports } from '../../src/ports';

/** Nobody carries out the checks of the run; other jobs that it has queued are in the queue. */
export async function findAndWatch(ports: Ports & Settings): Promise<void> {
  await find(ports);
  await watch(ports);
}

export async function find(ports: Ports & Settings): Promise<void> {
  const shards: (number | undefined)[] = [];
  const nobody = Promise.resolve(() => Promise.resolve());
  const queues: Ports['queues'] = {
    ...ports.queues,
    enqueue: (job, delayMs) => {
      if (job.kind === 'operate') return (shards.push(job.shard), nobody);
      const isOfRun = job.kind === 'check-battery' && job.runStartedAt !== undefined;
      return isOfRun ? nobody : ports.queues.enqueue(job, delayMs);
    },
  };
  const own = { ...ports, queues };
  await dispatchBatteryCheck(own);
  for (const shard of shards) await goOnDispatching(own, 'check-battery', shard);
}

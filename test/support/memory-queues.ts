/** Queues in memory. The contract suite runs on them and on the real ones, which keeps them honest. */
import type { Job } from '../../src/model';
import type { Queues } from '../../src/ports';

/** Whom a job is about. */
export function connectionOf(job: Job): string | undefined {
  return 'connection' in job ? job.connection : undefined;
}

export interface MemoryQueues extends Queues {
  /** Those that were taken back are gone. */
  readonly jobs: { readonly job: Job; readonly delayMs: number }[];
}

export function createMemoryQueues(): MemoryQueues {
  const jobs: MemoryQueues['jobs'] = [];
  return {
    jobs,
    peek: () => Promise.resolve(),
    enqueue: (job, delayMs = 0) => {
      const entry = { job, delayMs };
      jobs.push(entry);
      return Promise.resolve(() => {
        const at = jobs.indexOf(entry);
        if (at >= 0) jobs.splice(at, 1);
        return Promise.resolve();
      });
    },
  };
}

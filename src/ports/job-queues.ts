/** The queues that bring jobs to workers. */
import type * as model from '../model';

export interface Queues {
  /** Looks at one queue, and takes nothing. @throws AppError `QUEUE_UNAVAILABLE` */
  peek(): Promise<void>;
  /** @returns what cancels the job; nothing happens when it has been delivered meanwhile */
  enqueue(job: model.Job, delayMs?: number): Promise<() => Promise<void>>;
}

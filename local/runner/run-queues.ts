/**
 * Runs the queue functions on real Azure Storage queues, with the rules of the host's listener: at least once, no
 * order, a lease that is renewed while a handler runs, a poison queue. A message whose process died stays hidden
 * until its lease runs out, as on the platform.
 */
import { QueueServiceClient, type QueueClient } from '@azure/storage-queue';
import { resolveSettings, type Settings } from './host-settings';
import { createQueueListener, type QueueRules } from './queue-listener';
import type { RecordedQueue } from './recording-app';

export interface QueueRunner {
  /** Begins to poll. */
  start(): void;
  /**
   * Processes what is visible, and what that makes visible, until the queues are empty or hold only hidden
   * messages. Does not wait for hidden ones.
   */
  drain(): Promise<void>;
  /** Takes no more messages and waits for the handlers that are running. */
  close(): Promise<void>;
}

export interface RunQueuesOptions extends QueueRules {
  readonly functions: readonly RecordedQueue[];
  readonly settings: Settings;
  readonly connectionString: string;
}

export const platformLeaseMs = 600_000;

/** Makes the queues that are missing. @throws Error that names the function whose queue name cannot be used */
export async function runQueues(options: RunQueuesOptions): Promise<QueueRunner> {
  const { functions, settings, connectionString } = options;
  if (functions.length === 0) return { start: () => {}, drain: async () => {}, close: async () => {} };

  const service = QueueServiceClient.fromConnectionString(connectionString, { retryOptions });
  const listeners = await Promise.all(
    functions.map(async (recorded) => {
      const queueName = resolveSettings(recorded.options.queueName, recorded.name, settings);
      const queue = service.getQueueClient(queueName);
      const poison = poisonOf(service, queueName);
      await queue.createIfNotExists();
      await poison?.createIfNotExists();
      return createQueueListener(recorded, { queue, poison }, options);
    }),
  );
  const countTaken = (): number => listeners.reduce((sum, { taken }) => sum + taken, 0);
  const areDone = async (): Promise<void> =>
    void (await Promise.all(listeners.map((listener) => listener.isDone())));
  const closing = new AbortController();
  const polls: Promise<void>[] = [];
  return {
    start: () => void polls.push(...listeners.map((listener) => listener.poll(closing.signal))),
    drain: async () => {
      for (;;) {
        // Polling may take messages meanwhile, and whatever is being handled may enqueue more.
        const wasIdle = listeners.every(({ isIdle }) => isIdle);
        const before = countTaken();
        await Promise.all(listeners.map((listener) => listener.empty()));
        await areDone();
        if (wasIdle && countTaken() === before) return;
      }
    },
    close: async () => {
      closing.abort();
      await Promise.all(polls);
      await areDone();
    },
  };
}

/** Polling tries again by itself, and closing has to wait for what is under way. */
const retryOptions = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 };

const poisonSuffix = '-poison';

/** A poison queue has none of its own. */
function poisonOf(service: QueueServiceClient, queueName: string): QueueClient | undefined {
  const name = `${queueName}${poisonSuffix}`;
  return queueName.endsWith(poisonSuffix) || name.length > 63 ? undefined : service.getQueueClient(name);
}

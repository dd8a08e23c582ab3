/** Jobs in Azure Storage queues, plain JSON (host.json: `messageEncoding` none), one queue per kind of job. */
import type { QueueClient } from '@azure/storage-queue';
import { AppError } from '../errors';
import type { Job } from '../model';
import type { Queues } from '../ports';
import { readAzureError } from './azure-error';
import { lazy } from '../lazy';
import type { StorageOptions } from './storage';

/** The platform hides a message for seven days at the most. */
const longestDelaySeconds = 7 * 24 * 3600 - 60;

export function connectQueues(storage: StorageOptions): Queues {
  const limit = limitEnqueue(storage);
  const queues: Record<Job['kind'], () => Promise<QueueClient>> = {
    'rotate-token': lazy(() => openQueue(storage, 'rotate-token')),
    'check-battery': lazy(() => openQueue(storage, 'check-battery')),
    'close-connection': lazy(() => openQueue(storage, 'close-connection')),
    'send-links': lazy(() => openQueue(storage, 'send-links')),
    'send-webhook': lazy(() => openQueue(storage, 'send-webhook')),
    operate: lazy(() => openQueue(storage, 'operate')),
  };
  return {
    async peek() {
      try {
        const queue = await queues['rotate-token']();
        await queue.peekMessages({ abortSignal: limit() });
      } catch (cause) {
        const given = readAzureError(cause);
        throw new AppError('QUEUE_UNAVAILABLE', 'The queues do not answer as expected.', { cause, given });
      }
    },
    async enqueue(job, delayMs = 0) {
      const visibilityTimeout = Math.min(Math.max(Math.ceil(delayMs / 1000), 0), longestDelaySeconds);
      try {
        const queue = await queues[job.kind]();
        const { messageId, popReceipt } = await queue.sendMessage(textOf(job), {
          visibilityTimeout,
          abortSignal: limit(),
        });
        return async () => {
          // Delivered or deleted already is as good: the job drops itself when there is nothing left to do.
          await queue.deleteMessage(messageId, popReceipt, { abortSignal: limit() }).catch(() => undefined);
        };
      } catch (cause) {
        throw new AppError('QUEUE_UNAVAILABLE', `The queue ${job.kind} did not take a job.`, {
          cause,
          given: readAzureError(cause),
        });
      }
    },
  };
}

/** An older release that runs beside this one finds the batch of a replay in `run`. */
function textOf(job: Job): string {
  return JSON.stringify(job.kind === 'rotate-token' ? { ...job, run: job.run ?? job.batch } : job);
}

/** One retry of the SDK's own fits inside. */
function limitEnqueue({ attemptMs }: StorageOptions): () => AbortSignal {
  return () => AbortSignal.timeout(2 * attemptMs);
}

async function openQueue(storage: StorageOptions, name: string): Promise<QueueClient> {
  const { QueueClient } = await import('./azure-stores');
  const queue =
    storage.kind === 'local'
      ? new QueueClient(storage.connectionString, name)
      : new QueueClient(`${storage.queueUrl}/${name}`, await storage.credentialFor(storage.queueUrl));
  await queue.createIfNotExists({ abortSignal: limitEnqueue(storage)() });
  return queue;
}

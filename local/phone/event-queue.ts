/** Stands in for Event Grid's way to a storage queue: one event a message, JSON in base64. */
import { QueueClient } from '@azure/storage-queue';
import { lazy } from '../../src/lazy';
import type { PhoneEvent } from './events';

const eventQueueName = 'sms-events';

/** Makes the queue with the first event, should it be missing. */
export function openEventQueue(connectionString: string): (event: PhoneEvent) => Promise<void> {
  const open = lazy(async () => {
    const queue = new QueueClient(connectionString, eventQueueName);
    await queue.createIfNotExists();
    return queue;
  });
  return async (event) => {
    const queue = await open();
    await queue.sendMessage(Buffer.from(JSON.stringify(event)).toString('base64'));
  };
}

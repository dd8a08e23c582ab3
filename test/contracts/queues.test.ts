import { QueueServiceClient } from '@azure/storage-queue';
import type { Azurite } from '../../local/azurite';
import { connectQueues } from '../../src/adapters/queues';
import { createMemoryQueues } from '../support/memory-queues';
import { queuesContract } from './queues.contract';
import { borrowAzurite } from '../support/shared-azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await borrowAzurite();
});

queuesContract('in memory', async () => {
  const queues = createMemoryQueues();
  const jobsOf = (kind: string) => queues.jobs.filter(({ job }) => job.kind === kind);
  return {
    queues,
    count: async (kind) => jobsOf(kind).length,
    visible: async (kind) =>
      jobsOf(kind)
        .filter(({ delayMs }) => delayMs <= 0)
        .map(({ job }) => JSON.stringify(job)),
  };
});

queuesContract('in Azure Storage', async () => {
  const { connectionString } = azurite;
  const service = QueueServiceClient.fromConnectionString(connectionString);
  for await (const { name } of service.listQueues()) await service.getQueueClient(name).clearMessages();
  return {
    queues: connectQueues({ kind: 'local', connectionString, attemptMs: 5_000 }),
    count: async (kind) =>
      (await service.getQueueClient(kind).getProperties()).approximateMessagesCount ?? -1,
    visible: async (kind) => {
      const peeked = await service.getQueueClient(kind).peekMessages({ numberOfMessages: 32 });
      return peeked.peekedMessageItems.map(({ messageText }) => messageText);
    },
  };
});

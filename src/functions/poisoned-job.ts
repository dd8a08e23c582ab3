/** Queues `…-poison`: jobs that failed as often as the platform allows. */
import { z } from 'zod';
import { notePoisonedJob } from '../domain/operation/poisoned-job';
import type { Services } from '../services';
import { onQueue } from './invocation';
import { connectionIdPattern } from './ops-request';

const job = z.object({
  kind: z.enum(['rotate-token', 'check-battery', 'close-connection', 'send-links']),
  connection: z.string().regex(connectionIdPattern).optional(),
});

export const poisonedJob = (services: Services) =>
  onQueue(services, job, ({ kind, connection }) => notePoisonedJob(services, kind, connection));

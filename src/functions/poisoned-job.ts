/** Queues `…-poison`: jobs that failed as often as the platform allows. */
import { z } from 'zod';
import { notePoisonedJob } from '../domain/operation/poisoned-job';
import { jobKinds } from '../model';
import type { Services } from '../services';
import { connectionIdPattern, onQueue } from './invocation';

const job = z.object({
  kind: z.enum(jobKinds),
  connection: z.string().regex(connectionIdPattern).optional(),
});

export const poisonedJob = (services: Services) =>
  onQueue(services, job, ({ kind, connection }) => notePoisonedJob(services, kind, connection));

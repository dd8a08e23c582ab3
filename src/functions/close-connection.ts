/** Queue `close-connection`: brings a disconnect to its end. */
import { z } from 'zod';
import { runCloseJob } from '../domain/wearer/close-connection';
import type { CloseJob } from '../model';
import type { Services } from '../services';
import { connectionIdPattern, onQueue } from './invocation';

const job: z.ZodType<CloseJob> = z.object({
  kind: z.literal('close-connection'),
  connection: z.string().regex(connectionIdPattern),
  attempt: z.int().nonnegative(),
});

export const closeConnectionJob = (services: Services) =>
  onQueue(services, job, (message) => runCloseJob(services, message));

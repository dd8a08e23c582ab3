/** Queue `operate`: work over all connections that the operator has begun, or that an invocation had no time for. */
import { z } from 'zod';
import { runOperateJob } from '../domain/operation/operate';
import { works, type OperateJob } from '../model';
import type { Services } from '../services';
import { onQueue } from './invocation';

const job: z.ZodType<OperateJob> = z.object({
  kind: z.literal('operate'),
  work: z.enum(works),
  goesOn: z.boolean(),
});

export const operateJob = (services: Services) =>
  onQueue(services, job, (message) => runOperateJob(services, message));

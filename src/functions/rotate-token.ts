/** Queue `rotate-token`: one connection's rotation. */
import { z } from 'zod';
import { runRotateJob } from '../domain/runs';
import type { RotateJob } from '../model';
import type { Services } from '../services';
import { onQueue } from './invocation';

const job: z.ZodType<RotateJob> = z.object({
  kind: z.literal('rotate-token'),
  connection: z.string().min(1),
  run: z.string().min(1),
  runStartedAt: z.number(),
  attempt: z.int().nonnegative(),
});

export const rotateTokenJob = (services: Services) =>
  onQueue(services, job, (message) => runRotateJob(services, message));

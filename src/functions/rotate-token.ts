/** Queue `rotate-token`: one connection's rotation. */
import { z } from 'zod';
import { runRotateJob } from '../domain/operation/runs';
import type { RotateJob } from '../model';
import type { Services } from '../services';
import { connectionIdPattern, onQueue } from './invocation';

const job: z.ZodType<RotateJob> = z.object({
  kind: z.literal('rotate-token'),
  connection: z.string().regex(connectionIdPattern),
  run: z.string().min(1),
  held: z.int().nonnegative().optional(),
  runStartedAt: z.number(),
  attempt: z.int().nonnegative(),
  replayOf: z.object({ consent: z.int().positive(), generation: z.int().positive() }).optional(),
  isLast: z.boolean().optional(),
  round: z.int().nonnegative().optional(),
});

export const rotateTokenJob = (services: Services) =>
  onQueue(services, job, (message) => runRotateJob(services, message));

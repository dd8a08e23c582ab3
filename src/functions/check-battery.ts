/** Queue `check-battery`: reads one connection's devices and texts the wearer when one is low. */
import { z } from 'zod';
import { runCheckJob } from '../domain/operation/runs';
import type { CheckJob } from '../model';
import type { Services } from '../services';
import { connectionIdPattern, onQueue } from './invocation';

const job: z.ZodType<CheckJob> = z.object({
  kind: z.literal('check-battery'),
  connection: z.string().regex(connectionIdPattern),
  run: z.string().min(1),
  runStartedAt: z.number().optional(),
  consentedAt: z.number().optional(),
  held: z.int().nonnegative().optional(),
});

export const checkBatteryJob = (services: Services) =>
  onQueue(services, job, (message) => runCheckJob(services, message));

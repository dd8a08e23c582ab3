/** Queue `send-links`: texts the personal links of a number to it, should there be any. */
import { z } from 'zod';
import { runLinkJob } from '../domain/wearer/send-links';
import type { LinkJob } from '../model';
import type { Services } from '../services';
import { onQueue } from './invocation';

const job: z.ZodType<LinkJob> = z.object({
  kind: z.literal('send-links'),
  number: z.string().regex(/^[\w-]{43}$/),
  request: z.string().regex(/^[\w-]{1,64}$/),
  client: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
});

export const sendLinksJob = (services: Services) =>
  onQueue(services, job, (message) => runLinkJob(services, message));

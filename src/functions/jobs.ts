/** The functions behind the queues, one job at a time. A job that cannot be read is an error, and ends in the poison queue. */
import { z } from 'zod';
import { runOperateJob } from '../domain/operation/operate';
import { notePoisonedJob } from '../domain/operation/poisoned-job';
import { runCheckJob, runRotateJob } from '../domain/operation/runs';
import { runCloseJob } from '../domain/wearer/close-connection';
import { runLinkJob } from '../domain/wearer/lost-links';
import {
  jobKinds,
  works,
  type CheckJob,
  type CloseJob,
  type LinkJob,
  type OperateJob,
  type RotateJob,
} from '../model';
import type { Services } from '../services';
import { connectionIdPattern, onQueue } from './invocation';

const connection = z.string().regex(connectionIdPattern);
const keyedHash = z.string().regex(/^[\w-]{43}$/);

/** A job of an older release says the batch of a replay in `run`. */
const rotateJob: z.ZodType<RotateJob> = z
  .object({
    kind: z.literal('rotate-token'),
    connection,
    run: z.string().min(1),
    held: z.int().nonnegative().optional(),
    runStartedAt: z.number(),
    attempt: z.int().nonnegative(),
    replayOf: z.object({ consent: z.int().positive(), generation: z.int().positive() }).optional(),
    batch: z.string().min(1).optional(),
    isLast: z.boolean().optional(),
    round: z.int().nonnegative().optional(),
  })
  .transform(({ run, batch, ...job }) => (job.replayOf ? { ...job, batch: batch ?? run } : { ...job, run }));

/** Queue `rotate-token`: one connection's rotation. */
export const rotateToken = (services: Services) =>
  onQueue(services, rotateJob, (job) => runRotateJob(services, job));

const checkJob: z.ZodType<CheckJob> = z.object({
  kind: z.literal('check-battery'),
  connection,
  run: z.string().min(1),
  runStartedAt: z.number().optional(),
  consentedAt: z.number().optional(),
  held: z.int().nonnegative().optional(),
});

/** Queue `check-battery`: reads one connection's devices and texts the wearer when one is low. */
export const checkBattery = (services: Services) =>
  onQueue(services, checkJob, (job) => runCheckJob(services, job));

const closeJob: z.ZodType<CloseJob> = z.object({
  kind: z.literal('close-connection'),
  connection,
  attempt: z.int().nonnegative(),
});

/** Queue `close-connection`: brings a disconnect to its end. */
export const closeConnection = (services: Services) =>
  onQueue(services, closeJob, (job) => runCloseJob(services, job));

const linkJob: z.ZodType<LinkJob> = z.object({
  kind: z.literal('send-links'),
  number: keyedHash,
  request: z.string().regex(/^[\w-]{1,64}$/),
  client: keyedHash.optional(),
});

/** Queue `send-links`: texts the personal links of a number to it, should there be any. */
export const sendLinks = (services: Services) =>
  onQueue(services, linkJob, (job) => runLinkJob(services, job));

const operateJob: z.ZodType<OperateJob> = z.object({
  kind: z.literal('operate'),
  work: z.enum(works),
  goesOn: z.boolean(),
});

/** Queue `operate`: work over all connections that the operator has begun, or that an invocation had no time for. */
export const operate = (services: Services) =>
  onQueue(services, operateJob, (job) => runOperateJob(services, job));

const poisonedShape = z.object({ kind: z.enum(jobKinds), connection: connection.optional() });

/** Queues `…-poison`: jobs that failed as often as the platform allows. */
export const poisonedJob = (services: Services) =>
  onQueue(services, poisonedShape, ({ kind, connection: id }) => notePoisonedJob(services, kind, id));

/** Jobs, as they travel through the queues: the shape of each is read on its way out of the queue, and is its type. */
import * as z from 'zod';
import { connectionEvent, type EventType } from './event';
import { count } from './stored-fields';
import { connectionId } from './ids';
import { positionShape } from './token-set';

const keyedHash = z.string().regex(/^[\w-]{43}$/);

/** One connection's rotation. Each job travels through a queue of the same name. */
const rotateShape = z.object({
  kind: z.literal('rotate-token'),
  connection: connectionId,
  /** The run that the job belongs to; a replay belongs to a batch instead. */
  run: z.string().min(1).optional(),
  runStartedAt: z.number(),
  /** How often this job has been put back because the provider was unavailable or its outcome unknown. */
  attempt: count,
  /** How often this job has met a held lease. */
  held: count.optional(),
  /** Asks again for the refresh that was begun at this position, in case its worker has died. */
  replayOf: positionShape.optional(),
  /** Names the three replays that were queued together; absent in any other job. */
  batch: z.string().min(1).optional(),
  /** Rotates nothing, and brings the published access token up to date. */
  publishes: z.boolean().optional(),
  /** No replay follows this one. */
  isLast: z.boolean().optional(),
  /** How many batches of replays were tried before this one. */
  round: count.optional(),
});
export type RotateJob = Readonly<z.output<typeof rotateShape>>;

/** A job of an older release says the batch of a replay in `run`. */
export const rotateJob: z.ZodType<RotateJob> = rotateShape
  .required({ run: true })
  .transform(({ run, batch, ...job }) => (job.replayOf ? { ...job, batch: batch ?? run } : { ...job, run }));

export const checkJob = z.object({
  kind: z.literal('check-battery'),
  connection: connectionId,
  run: z.string().min(1),
  /** Absent outside of a run. A check that is older than the next run drops itself. */
  runStartedAt: z.number().optional(),
  /** When the consent came that asks for this check. It drops itself if another check was faster. */
  consentedAt: z.number().optional(),
  /** How often this job has been put back because of a failure that passes; absent for never. */
  attempt: count.optional(),
  /** How often this job has met a held lease. */
  held: count.optional(),
});
export type CheckJob = Readonly<z.output<typeof checkJob>>;

/** Brings a disconnect to its end: revoke, delete, one last text, erase. */
export const closeJob = z.object({
  kind: z.literal('close-connection'),
  connection: connectionId,
  attempt: count,
});
export type CloseJob = Readonly<z.output<typeof closeJob>>;

/** Sends the personal links of a number or an e-mail address to it, should there be any. */
export const linkJob = z.object({
  kind: z.literal('send-links'),
  /** Keyed hash of the number or the address. */
  number: keyedHash,
  /** Names the request, so that a job that is delivered twice texts once. */
  request: z.string().regex(/^[\w-]{1,64}$/),
  /** Keyed hash of who asked: texts are limited by it. */
  client: keyedHash.optional(),
});
export type LinkJob = Readonly<z.output<typeof linkJob>>;

/**
 * Without a delivery: hands out the events that are noted on the connection, one job for each event and address. With one:
 * sends this event to this address.
 */
export const webhookJob = z.object({
  kind: z.literal('send-webhook'),
  connection: connectionId,
  delivery: z
    .object({
      /** Of a type that this release may not know: a newer one, which runs beside it, has noted it. */
      event: connectionEvent.extend({
        type: z.string().regex(/^[a-z]+\.[a-z_]+$/) as unknown as z.ZodType<EventType>,
      }),
      /** The id of the address: the address itself may hold what is nobody else's business. */
      address: z.string().regex(/^[\w-]{1,64}$/),
      attempt: count,
    })
    .optional(),
});
export type WebhookJob = Readonly<z.output<typeof webhookJob>>;

export const works = ['rotate-tokens', 'check-batteries', 'watchdog', 'housekeeping', 'campaigns'] as const;
export type Work = (typeof works)[number];

/** Work over all connections outside of a timer: the operator has begun it, or an invocation ran out of time. */
export const operateJob = z.object({
  kind: z.literal('operate'),
  work: z.enum(works),
  /** Goes on with what is unfinished and begins nothing. */
  goesOn: z.boolean(),
  /** Which of the ranges of partitions; absent for all of them. */
  shard: z.number().int().min(0).max(15).optional(),
});
export type OperateJob = Readonly<z.output<typeof operateJob>>;

export type Job = RotateJob | CheckJob | CloseJob | LinkJob | WebhookJob | OperateJob;

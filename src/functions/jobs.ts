/** The functions behind the queues, one job at a time. A job that cannot be read is logged as an error and dropped. */
import * as z from 'zod';
import { runOperateJob } from '../domain/operation/operate';
import { runPublication } from '../domain/operation/publication';
import { notePoisonedJob } from '../domain/operation/poisoned-job';
import { runCheckJob, runRotateJob } from '../domain/operation/run-jobs';
import { runCloseJob } from '../domain/wearer/close-connection';
import { putBackPoisoned, runWebhookJob } from '../domain/messages/send-webhook';
import { runLinkJob } from '../domain/wearer/lost-links';
import {
  checkJob,
  closeJob,
  connectionId,
  jobKinds,
  linkJob,
  operateJob,
  rotateJob,
  webhookJob,
} from '../model';
import type { Services } from '../services';
import { onQueue } from './invocation';

/** Queue `rotate-token`: one connection's rotation, and its published access token. */
export const rotateToken = (services: Services) =>
  onQueue(services, rotateJob, async (job) => {
    if (job.publishes !== true) await runRotateJob(services, job);
    await runPublication(services, job.connection);
  });

/** Queue `check-battery`: reads one connection's devices and texts the wearer when one is low. */
export const checkBattery = (services: Services) =>
  onQueue(services, checkJob, (job) => runCheckJob(services, job));

/** Queue `close-connection`: brings a disconnect to its end. */
export const closeConnection = (services: Services) =>
  onQueue(services, closeJob, (job) => runCloseJob(services, job));

/** Queue `send-links`: sends the personal links of a number or an e-mail address to it, if there are any. */
export const sendLinks = (services: Services) =>
  onQueue(services, linkJob, (job) => runLinkJob(services, job));

/** Queue `send-webhook`: tells the platform what has happened to a connection. */
export const sendWebhook = (services: Services) =>
  onQueue(services, webhookJob, (job) => runWebhookJob(services, job));

/** Queue `operate`: work over all connections that the operator has begun, or that an invocation had no time for. */
export const operate = (services: Services) =>
  onQueue(services, operateJob, (job) => runOperateJob(services, job));

const poisonedShape = z.object({ kind: z.enum(jobKinds), connection: connectionId.optional() });

/** Queue `send-webhook-poison`: an event is not lost with its job. */
export const poisonedWebhook = (services: Services) =>
  onQueue(services, webhookJob, async (job) => {
    try {
      await putBackPoisoned(services, job);
    } finally {
      await notePoisonedJob(services, job.kind, job.connection);
    }
  });

/** Queues `…-poison`: jobs that failed as often as the platform allows. */
export const poisonedJob = (services: Services) =>
  onQueue(services, poisonedShape, ({ kind, connection: id }) => notePoisonedJob(services, kind, id));

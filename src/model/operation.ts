/** What the service knows about its own work. */
import * as z from 'zod';
import { count, time, type RecordOf } from './stored-fields';

/** How often something was done on one day or in one month (UTC), `2026-11-21` or `2026-11`. */
export interface Counter extends RecordOf<typeof counterShape> {}
export const counterShape = z.object({
  count,
  window: z.string(),
});

/**
 * The last run of a kind; its absence is what the watchdog looks for. `delivery-report`: the first text without a report
 * begins it, and the next report completes it.
 */
export const runKinds = ['rotate-token', 'check-battery', 'delivery-report'] as const;

export type RunKind = (typeof runKinds)[number];

export interface Run extends RecordOf<typeof runShape> {}
export const runShape = z.object({
  kind: z.enum(runKinds),
  id: z.string(),
  startedAt: time,
  /** When every connection had a job; of `delivery-report`, when the next report came. */
  completedAt: time.optional(),
  count,
  /** How many jobs the last completed run gave: the next one is spread by it. */
  previousCount: count.optional(),
  /** When a run last found somebody; absent when there was nobody, or everybody has left of their own will. */
  somebodyAt: time.optional(),
  /** What the last complete run counted among the connections, and when it began; see domain/operation/findings.ts. */
  findings: z.object({ at: time, counts: z.record(z.string(), count) }).optional(),
});

export interface RowPosition extends RecordOf<typeof rowPositionShape> {}
export const rowPositionShape = z.object({
  partition: z.string(),
  row: z.string(),
});

/** How far a walk over all rows of a table has come; see domain/store/walk.ts. */
export interface Pass extends RecordOf<typeof passShape> {}
export const passShape = z.object({
  name: z.string(),
  id: z.string(),
  startedAt: time,
  /** When every row had been visited. */
  completedAt: time.optional(),
  /** By the first partition of each range: the last row that was visited, or that the range is finished. */
  positions: z.record(z.string(), z.union([z.literal('done'), rowPositionShape])),
  counts: z.record(z.string(), count),
  /** What is behind the first rows is left to shards, each of which has a row of its own, named `<name>:<shard>`. */
  isSharded: z.boolean().optional(),
  /** In the row of a shard: until when it belongs to the worker that wrote this. */
  heldUntil: time.optional(),
});

export const alarmNames = [
  'rotation run overdue',
  'battery run overdue',
  'connections overdue',
  'grants about to expire',
  'publishing status Testing suspected',
  'client refused',
  'project refused',
  'project not admitted to the API',
  'scopes refused',
  'vault behind the records',
  'vault not in the settings',
  'access tokens not published',
  'jobs poisoned',
  'many devices silent',
  'most checks fail',
  'sender not verified',
  'no delivery reports',
  'sms budget used up',
  'limit on texts nearly reached',
  'texts refused',
  'texts not delivered',
  'e-mails refused',
  'e-mails not delivered',
  'nobody readable',
  'provider switched off',
  'reply in doubt',
  'webhooks not delivered',
] as const;

export type AlarmName = (typeof alarmNames)[number];

/** What the doctor looks at, each by a code that stays the same. The settings are looked at before there is a service to ask. */
export const findingCodes = [
  'SETTINGS',
  'VAULT_READ',
  'VAULT_WRITE',
  'TABLES',
  'QUEUES',
  'TEXTS',
  'MAILS',
  'PROVIDER',
  'CLIENT',
  'REDIRECT',
  'SCHEDULES',
  'CLOCK',
  'SIGN_IN',
  'ADDRESS',
  'ALARMS',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** One alarm and its present or last episode, from when it began until it is over. */
export interface Alarm extends RecordOf<typeof alarmShape> {}
export const alarmShape = z.object({
  name: z.enum(alarmNames),
  since: time,
  /** Names the worker that wrote the beginning, which thereby recognises its own write when the answer was lost. */
  raisedBy: z.string().optional(),
  lastSeenAt: time,
  /** How many it concerns, as the operator was last told, and when that was more than the first time. */
  count: count.optional(),
  toldAt: time.optional(),
  endedAt: time.optional(),
  /** A keyed hash of the address that nothing arrives at. */
  about: z.string().optional(),
});

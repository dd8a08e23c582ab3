/** What the service knows about its own work. */

/** How often something was done on one day or in one month (UTC), `2026-11-21` or `2026-11`. */
export interface Counter {
  readonly count: number;
  readonly window: string;
}

/**
 * The last run of a kind; its absence is what the watchdog looks for. `delivery-report`: the first text without a report
 * begins it, and the next report completes it.
 */
export const runKinds = ['rotate-token', 'check-battery', 'delivery-report'] as const;

export type RunKind = (typeof runKinds)[number];

export interface Run {
  readonly kind: RunKind;
  readonly id: string;
  readonly startedAt: number;
  /** When every connection had a job; of `delivery-report`, when the next report came. */
  readonly completedAt?: number | undefined;
  readonly count: number;
  /** How many jobs the last completed run gave: the next one is spread by it. */
  readonly previousCount?: number | undefined;
  /** When a run last found somebody; absent when there was nobody, or everybody has left of their own will. */
  readonly somebodyAt?: number | undefined;
}

/** How far a walk over all rows of a table has come; see domain/store/walk.ts. */
export interface Pass {
  readonly name: string;
  readonly id: string;
  readonly startedAt: number;
  /** When every row had been visited. */
  readonly completedAt?: number | undefined;
  /** By the first partition of each range: the last row that was visited, or that the range is finished. */
  readonly positions: Readonly<Record<string, RowPosition | 'done'>>;
  readonly counts: Readonly<Record<string, number>>;
}

export interface RowPosition {
  readonly partition: string;
  readonly row: string;
}

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
  'jobs poisoned',
  'many devices silent',
  'most checks fail',
  'sender not verified',
  'no delivery reports',
  'sms budget used up',
  'limit on texts nearly reached',
  'texts refused',
  'nobody readable',
  'provider switched off',
  'reply in doubt',
  'webhooks not delivered',
] as const;

export type AlarmName = (typeof alarmNames)[number];

/** One alarm and its present or last episode, from when it began until it is over. */
export interface Alarm {
  readonly name: AlarmName;
  readonly since: number;
  /** Names the worker that wrote the beginning, which thereby recognises its own write when the answer was lost. */
  readonly raisedBy?: string | undefined;
  readonly lastSeenAt: number;
  /** How many it concerns, as the operator was last told, and when that was more than the first time. */
  readonly count?: number | undefined;
  readonly toldAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** Jobs, as they travel through the queues. */
import type { ConnectionId } from './ids';
import type { Position } from './token-set';

/** Work for one connection, as it travels through a queue of the same name. */
export interface RotateJob {
  readonly kind: 'rotate-token';
  readonly connection: ConnectionId;
  /** The run that the job belongs to; a replay belongs to a batch instead. */
  readonly run?: string | undefined;
  readonly runStartedAt: number;
  /** How often this job has been put back because the provider was unavailable or its outcome unknown. */
  readonly attempt: number;
  /** How often this job has met a held lease. */
  readonly held?: number | undefined;
  /** Asks again for the refresh that was begun at this position, in case its worker has died. */
  readonly replayOf?: Position | undefined;
  /** Names the three replays that were queued together; absent in any other job. */
  readonly batch?: string | undefined;
  /** No replay follows this one. */
  readonly isLast?: boolean | undefined;
  /** How many batches of replays were tried before this one. */
  readonly round?: number | undefined;
}

export interface CheckJob {
  readonly kind: 'check-battery';
  readonly connection: ConnectionId;
  readonly run: string;
  /** Absent outside of a run. A check that is older than the next run drops itself. */
  readonly runStartedAt?: number | undefined;
  /** When the consent came that asks for this check. It drops itself if another check was faster. */
  readonly consentedAt?: number | undefined;
  /** How often this job has met a held lease. */
  readonly held?: number | undefined;
}

/** Brings a disconnect to its end: revoke, delete, one last text, erase. */
export interface CloseJob {
  readonly kind: 'close-connection';
  readonly connection: ConnectionId;
  readonly attempt: number;
}

/** Texts the personal links of a number to it, should there be any. */
export interface LinkJob {
  readonly kind: 'send-links';
  /** Keyed hash of the number. */
  readonly number: string;
  /** Names the request, so that a job that is delivered twice texts once. */
  readonly request: string;
  /** Keyed hash of who asked: texts are limited by it. */
  readonly client?: string | undefined;
}

export const works = ['rotate-tokens', 'check-batteries', 'watchdog', 'housekeeping', 'campaigns'] as const;

export type Work = (typeof works)[number];

/** Work over all connections outside of a timer: the operator has begun it, or an invocation ran out of time. */
export interface OperateJob {
  readonly kind: 'operate';
  readonly work: Work;
  /** Goes on with what is unfinished and begins nothing. */
  readonly goesOn: boolean;
}

export type Job = RotateJob | CheckJob | CloseJob | LinkJob | OperateJob;

/** And of the queues that they travel through. */
export const jobKinds = [
  'rotate-token',
  'check-battery',
  'close-connection',
  'send-links',
  'operate',
] as const;

/** What a day of very many connections was like, and what is wrong with it. */
import type { ProviderId } from '../../src/model';
import { limits, type LimitName } from './documented-limits';
import { tokensOf } from './made-up-accounts';

export interface DaySetting {
  readonly connections: number;
  readonly vaults: number;
  readonly provider: ProviderId;
  /** The most that the platform may start: MAXIMUM_INSTANCES. */
  readonly instances: number;
  /** What the processor of an instance takes for a job. */
  readonly cpuMs: number;
}

export interface PlayedDay {
  readonly checks: number;
  readonly rotations: number;
  /** Checks and rotations of whoever had the fewest. */
  readonly fewestChecks: number;
  readonly fewestRotations: number;
  /** Checks that began when the next run had begun already. */
  readonly dropped: number;
  /** Access tokens that had run out and could not be refreshed on the way. */
  readonly expired: number;
  readonly longestBetweenChecksMs: number;
  readonly longestBetweenRotationsMs: number;
  /** From when a job becomes visible to when it begins. */
  readonly longestWaitMs: number;
  readonly handOutMs: number;
  readonly mostInstances: number;
  /** In which an instance was executing something. */
  readonly activeSeconds: number;
  readonly loads: readonly {
    readonly name: LimitName;
    readonly most: number;
    readonly isExceeded: boolean;
  }[];
  readonly totals: Totals;
}

export interface Totals {
  executions: number;
  tableReads: number;
  tableWrites: number;
  queueCalls: number;
  vaultCalls: number;
  apiCalls: number;
}

/** What is wrong with the day; nothing, if it was a good one. */
export function judgeDay({ provider, instances }: DaySetting, day: PlayedDay): string[] {
  const runs = 24;
  const { life, isForChecks } = tokensOf(provider);
  return [
    ...day.loads
      .filter(({ isExceeded }) => isExceeded)
      .map(({ name, most }) => {
        const { what, most: limit, perSeconds } = limits[name];
        return `a limit is exceeded: ${what}, ${most} in ${perSeconds} s, and ${limit} are allowed`;
      }),
    ...(day.fewestChecks < runs || day.dropped > 0
      ? [
          `somebody is checked less than hourly: ${day.fewestChecks} times in the day, ${day.dropped} checks dropped`,
        ]
      : []),
    ...(day.fewestRotations < 4 ? [`somebody is rotated ${day.fewestRotations} times in the day`] : []),
    ...(day.expired > 0 ? [`${day.expired} access tokens ran out before their rotation`] : []),
    ...(!isForChecks && day.longestBetweenRotationsMs > life ? ['a token was rotated after its end'] : []),
    ...(day.longestWaitMs > 10 * 60_000
      ? [`a job waited ${Math.round(day.longestWaitMs / 60_000)} minutes: ${instances} instances are too few`]
      : []),
  ];
}

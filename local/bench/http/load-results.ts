/** What the loads of all rounds come to. */
import { median, quantile } from '../compare';
import type { Answered } from './load';
import type { ServiceReport } from './loaded-service';
import { emptyFunction, type Route } from './routes-under-load';

/** `cpuMs` and `calls` are those of one request. */
export interface LoadResult extends Pick<
  ServiceReport,
  | 'cpuMs'
  | 'calls'
  | 'codes'
  | 'loopP99Ms'
  | 'loopMaxMs'
  | 'heapBefore'
  | 'heapPeak'
  | 'heapAfter'
  | 'rssPeak'
> {
  readonly name: string;
  readonly atOnce: number;
  /** Answers a second: the median of the rounds, and what 80 % of them lie between. */
  readonly perSecond: number;
  readonly spread: readonly [number, number];
  /** Medians over the rounds, divided by those of the empty function in the same round. */
  readonly ofEmpty: number;
  readonly cpuOfEmpty: number;
  /** Milliseconds from request to answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all rounds: 429, any other answer than the right one by its status, and connections that broke or timed out. */
  readonly limited: number;
  readonly wrong: Readonly<Record<string, number>>;
  readonly broken: number;
}

/** Everybody asks at once for the token of one connection, which has to be refreshed first. */
export interface CrowdResult {
  readonly askers: number;
  readonly refreshes: number;
  readonly answered: Readonly<Record<number, number>>;
  readonly p50Ms: number;
  readonly lastMs: number;
  readonly calls: number;
}

/** One load of one route. */
export interface Sample extends Answered, ServiceReport {
  readonly perSecond: number;
}

/** By `keyOf`, each in the order of the rounds. */
export type Samples = ReadonlyMap<string, Sample[]>;

export const keyOf = (atOnce: number, { name }: Pick<Route, 'name'>): string => `${atOnce} ${name}`;

export function resultsAt(atOnce: number, routes: readonly Route[], samples: Samples): LoadResult[] {
  const of = (name: string): Sample[] => samples.get(keyOf(atOnce, { name }))!;
  const empty = of(emptyFunction);
  const cpuOf = ({ cpuMs, handled }: Sample): number => cpuMs / handled;
  return routes.map(({ name, expected }) => {
    const own = of(name);
    const speeds = own.map(({ perSecond }) => perSecond);
    const middle = (read: (sample: Sample) => number): number => median(own.map(read));
    const counts = add(own.map(({ statuses }) => statuses));
    const wrong = Object.fromEntries(
      Object.entries(counts).filter(([status]) => ![expected, 429].includes(Number(status))),
    );
    return {
      ...{ name, atOnce, perSecond: median(speeds) },
      spread: [quantile(speeds, 0.1), quantile(speeds, 0.9)],
      ofEmpty: median(own.map(({ perSecond }, round) => perSecond / empty[round]!.perSecond)),
      cpuOfEmpty: median(own.map((sample, round) => cpuOf(sample) / cpuOf(empty[round]!))),
      p50Ms: middle(({ times }) => median(times)),
      p99Ms: middle(({ times }) => quantile(times, 0.99)),
      cpuMs: middle(cpuOf),
      calls: middle(({ calls, handled }) => calls / handled),
      loopP99Ms: middle(({ loopP99Ms }) => loopP99Ms),
      loopMaxMs: middle(({ loopMaxMs }) => loopMaxMs),
      heapBefore: middle(({ heapBefore }) => heapBefore),
      heapPeak: middle(({ heapPeak }) => heapPeak),
      heapAfter: middle(({ heapAfter }) => heapAfter),
      rssPeak: middle(({ rssPeak }) => rssPeak),
      limited: counts[429] ?? 0,
      wrong,
      broken: own.reduce((sum, { broken }) => sum + broken, 0),
      codes: add(own.map((sample) => sample.codes)),
    };
  });
}

function add(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of all.flatMap((counts) => Object.entries(counts))) {
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** What the heap kept from the first measured round to the last, whichever route it was. */
export function heapLeft(samples: Samples): { readonly megabytes: number; readonly requests: number } {
  const all = [...samples.values()];
  const after = (own: readonly Sample[], nth: number): number => own.at(nth)!.heapAfter;
  return {
    megabytes: median(all.map((own) => after(own, -1))) - median(all.map((own) => after(own, 0))),
    requests: all.flat().reduce((sum, { handled }) => sum + handled, 0),
  };
}

/** No more than one refresh for a crowd, and every answer the right one. */
export function hasFailed(result: LoadResult | CrowdResult): boolean {
  if ('askers' in result) return result.refreshes !== 1 || result.answered[200] !== result.askers;
  return result.broken > 0 || Object.keys(result.wrong).length > 0;
}

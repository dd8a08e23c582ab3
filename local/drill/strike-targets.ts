/** Whom a drill strikes, what it does to them, and the story of that. */
import type { Phase, Store } from './servers';
import type { Deployment } from './workers';

export type Strike =
  /** A waypoint: the next fault of the plan counts from here. */
  | { readonly do: 'nothing' }
  | { readonly do: 'kill' }
  | Freeze
  /** Goes on only when the drill says so. */
  | { readonly do: 'freeze for long' }
  /** A new release: every process is ended, and others begin. */
  | { readonly do: 'deploy'; readonly how: Deployment }
  /** Before: refused and nothing done. After: done, and answered as if it had failed. */
  | { readonly do: 'refuse' }
  /** The connection is cut. Before: the request never arrives. After: its answer is lost. */
  | { readonly do: 'cut' }
  /** Before: the request is applied late, when nobody waits any more. After: the answer comes late. */
  | { readonly do: 'delay'; readonly ms: number }
  /** This store refuses everything of this connection for a while. */
  | { readonly do: 'outage'; readonly store: Store; readonly ms: number };

/** `until`: what a process that is frozen for long waits for. */
export function describeStrike(strike: Strike, phase: Phase, until: string): string {
  switch (strike.do) {
    case 'nothing':
      return 'nothing';
    case 'kill':
      return `killed ${phase} a call was applied`;
    case 'freeze':
      return `frozen ${phase} a call was applied`;
    case 'freeze for long':
      return `frozen ${phase} a call was applied, past ${until}`;
    case 'deploy':
      return `deployed (${strike.how})`;
    case 'refuse':
      return phase === 'before' ? 'refused' : 'failed but done';
    case 'cut':
      return phase === 'before' ? 'request lost' : 'answer lost';
    case 'delay':
      return phase === 'before' ? 'request late' : 'answer late';
    case 'outage':
      return `outage of ${strike.store}`;
  }
}

/** Stops the process; what it has sent is held until it goes on. */
export interface Freeze {
  readonly do: 'freeze';
  readonly ms: number;
}

/** Strikes at the n-th call (or the n-th call of a step) of a connection, counted from the fault before it. */
export interface PlannedFault<Effect = unknown, Step extends string = string> {
  readonly nth: number;
  readonly step?: Step;
  readonly phase: Phase;
  readonly effect: Effect;
}

/** One connection that the drill follows. */
export interface Target<Fault extends PlannedFault = PlannedFault> {
  readonly connection: string;
  /** What is left of its plan. */
  left: Fault[];
  /** Kills and freezes of a process that was at work for it, planned for it or not. */
  readonly stops: { readonly at: number; readonly worker: string }[];
  /** When a fault struck that can spoil what was being done without stopping anybody. */
  readonly spoilt: number[];
  /** Waits that were nobody's intention: this machine was busy. */
  readonly slow: { readonly at: number; readonly ms: number }[];
  readonly story: string[];
  outages: { readonly store: Store; readonly until: number }[];
  sinceLastFault: { all: number; readonly steps: Map<string, number> };
}

/** What a subject is before its first plan. */
export function untouched(): Omit<Target<never>, 'connection'> {
  return { left: [], stops: [], spoilt: [], slow: [], story: [], outages: [], sinceLastFault: noCalls() };
}

/** Gives it the faults of a new plan, and a new story. */
export function rearm<F extends PlannedFault>(subject: Target<F>, faults: readonly F[]): void {
  subject.left = [...faults];
  subject.outages = [];
  subject.story.length = 0;
  subject.sinceLastFault = noCalls();
}

export function noCalls(): Target['sinceLastFault'] {
  return { all: 0, steps: new Map() };
}

/** A call of an idle machine takes a few milliseconds. */
export const slowMs = 150;

const longestStory = 2_000;

export function tell(subject: Pick<Target, 'story'> | undefined, what: string): void {
  if (!subject) return;
  subject.story.push(`${new Date().toISOString().slice(17, 23)} ${what}`);
  if (subject.story.length > longestStory) subject.story.splice(0, 100);
}

/** What a worker has logged, without what the story says anyway. */
export function shorten(line: string): string {
  return line.replace(/"(time|level|connection)":("[^"]*"|\d+),?/g, '').slice(0, 300);
}

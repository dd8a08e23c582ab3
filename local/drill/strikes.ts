/**
 * What both drills do to the service. Counts the calls of every connection, and where its plan says so stops the process
 * that made one, holds it, refuses it or loses it. What one drill does besides, and what it notes, is in its saboteur.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Verdict } from '../serve';
import { readTag, tagHeader, type Tag } from './orders';
import type { QueueLedger } from './queue-ledger';
import { queueServer, refusalOf, storeOf, type Phase, type Store } from './servers';
import type { Workers, Deployment } from './workers';

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

/** A call that a worker makes for a connection. */
export interface Caller<T> {
  readonly subject: T;
  readonly tag: Tag;
}

/** A call as it comes in, with the fault that strikes at it. */
export interface Arrival<T extends Target> extends Caller<T> {
  readonly step: StepOf<T>;
  readonly fault: T['left'][number] | undefined;
}

type StepOf<T extends Target> = NonNullable<T['left'][number]['step']>;

export interface Strikes<T extends Target> {
  /** By name, how often each fault has struck. */
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
  /** Calls, reports and deeds that are being held, without what is frozen for long. */
  readonly held: number;
  readonly subjects: ReadonlyMap<string, T>;
  follow(subject: T): T;
  /** Has to see every call. @returns undefined when nobody who is followed makes it */
  arrive(call: Call): Arrival<T> | undefined;
  /** For the statistics and for the story. */
  announce(caller: { readonly subject: T; readonly tag?: Tag }, name: string): void;
  strike(call: Call, caller: Caller<T>, phase: Phase, strike: Strike): Promise<Verdict>;
  isOut(subject: T, server: string): boolean;
  /** Has to see every answer. */
  noteQueues(call: Call, response: Response): Promise<void>;
  hold<R>(work: () => Promise<R>): Promise<R>;
  /** What somebody does meanwhile: nobody waits for it, but there is no quiet before it is done. */
  doMeanwhile(subject: T, name: string, deed: () => Promise<void>): void;
  /** No further fault strikes. */
  disarm(): void;
  /** Whose processes stand still until they are thawed. */
  frozenForLong(): readonly T[];
  thawAll(): void;
  isHandling(worker: string, connection: string, takenAt: number): boolean;
}

export function createStrikes<T extends Target>(
  ledger: QueueLedger,
  workers: () => Workers,
  stepOf: (call: Call) => StepOf<T>,
): Strikes<T> {
  const subjects = new Map<string, T>();
  const counts = new Map<string, number>();
  const inFlight = new Map<string, readonly string[]>();
  const untilThawed = new Map<T, () => void>();
  let total = 0;
  let held = 0;

  const hold = async <R>(work: () => Promise<R>): Promise<R> => {
    held += 1;
    try {
      return await work();
    } finally {
      held -= 1;
    }
  };

  const callerOf = ({ request, path }: Call): Caller<T> | undefined => {
    const tag = readTag(request.headers.get(tagHeader));
    if (!tag) return undefined;
    inFlight.set(tag.worker, tag.inFlight);
    const messageId = /\/messages\/([^/]+)$/.exec(path)?.[1];
    const subject = subjects.get(tag.connection || (messageId && ledger.connectionOf(messageId)) || '');
    return subject && { subject, tag };
  };

  const nextFault = (subject: T, step: StepOf<T>): T['left'][number] | undefined => {
    const { left, sinceLastFault } = subject;
    sinceLastFault.all += 1;
    sinceLastFault.steps.set(step, (sinceLastFault.steps.get(step) ?? 0) + 1);
    const [next] = left;
    if (!next || (next.step !== undefined && next.step !== step)) return undefined;
    const counted = next.step === undefined ? sinceLastFault.all : sinceLastFault.steps.get(step);
    if ((counted ?? 0) < next.nth) return undefined;
    left.shift();
    subject.sinceLastFault = noCalls();
    return next;
  };

  const noteStop = ({ subject, tag }: Caller<T>, how: 'killed' | 'frozen'): void => {
    for (const connection of new Set([...atWorkFor(tag.worker), subject.connection])) {
      noteStopOf(subjects.get(connection), tag.worker, how);
    }
  };

  /** What it has taken and not begun yet counts too. */
  const atWorkFor = (worker: string): readonly string[] => [
    ...(inFlight.get(worker) ?? []),
    ...ledger.heldBy(worker),
  ];

  const noteStopOf = (hit: T | undefined, worker: string, how: string): void => {
    hit?.stops.push({ at: Date.now(), worker });
    tell(hit, `its worker ${worker} was ${how}`);
  };

  const deploy = (how: Deployment): Verdict => {
    if (how === 'recreate') {
      const hits = new Map<string, string>();
      for (const worker of workers().atWork()) {
        for (const connection of atWorkFor(worker)) hits.set(connection, worker);
      }
      for (const [connection, worker] of hits) noteStopOf(subjects.get(connection), worker, 'ended by force');
    }
    workers().deploy(how);
    return how === 'recreate' ? 'drop' : 'go on';
  };

  const freeze = async (caller: Caller<T>, until: Promise<unknown>): Promise<void> => {
    noteStop(caller, 'frozen');
    workers().freeze(caller.tag.worker);
    await until;
    workers().thaw(caller.tag.worker);
    tell(caller.subject, `${caller.tag.worker} goes on`);
  };

  return {
    counts,
    get total() {
      return total;
    },
    get held() {
      return held;
    },
    subjects,
    follow(subject) {
      subjects.set(subject.connection, subject);
      return subject;
    },
    arrive(call) {
      const caller = callerOf(call);
      if (!caller) return undefined;
      const { subject, tag } = caller;
      const step = stepOf(call);
      tell(subject, `${tag.worker} ${step}: ${call.method} ${call.path.slice(-60)}`);
      return { ...caller, step, fault: nextFault(subject, step) };
    },
    announce({ subject, tag }, name) {
      total += 1;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      tell(subject, `*** ${name}${tag ? ` (${tag.worker})` : ''}`);
    },
    async strike(call, caller, phase, strike) {
      const { subject, tag } = caller;
      switch (strike.do) {
        case 'nothing':
          return 'go on';
        case 'kill':
          noteStop(caller, 'killed');
          workers().kill(tag.worker);
          return 'drop';
        case 'freeze':
          await hold(() => freeze(caller, sleep(strike.ms)));
          return 'go on';
        case 'freeze for long':
          await freeze(caller, new Promise<void>((resolve) => untilThawed.set(subject, resolve)));
          return 'go on';
        case 'deploy':
          return deploy(strike.how);
        case 'refuse':
          subject.spoilt.push(Date.now());
          return refusalOf(call.server, phase);
        case 'cut':
          subject.spoilt.push(Date.now());
          return 'drop';
        case 'delay':
          subject.spoilt.push(Date.now());
          await hold(() => sleep(strike.ms));
          return 'go on';
        case 'outage':
          subject.outages.push({ store: strike.store, until: Date.now() + strike.ms });
          // Long enough to spoil two tries.
          subject.spoilt.push(Date.now(), Date.now() + strike.ms);
          return 'go on';
      }
    },
    isOut: ({ outages }, server) =>
      outages.some(({ store, until }) => store === storeOf[server] && Date.now() < until),
    async noteQueues(call, response) {
      if (call.server !== queueServer) return;
      for (const { worker, connection, lateMs } of await ledger.note(call, response)) {
        tell(
          subjects.get(connection),
          `${worker} takes its job${lateMs > slowMs ? `, ${lateMs} ms late` : ''}`,
        );
      }
    },
    hold,
    doMeanwhile(subject, name, deed) {
      void hold(deed)
        .then(() => tell(subject, `${name}: done`))
        .catch((error: unknown) => tell(subject, `${name}: ${String(error)}`));
    },
    disarm() {
      for (const subject of subjects.values()) subject.left = [];
    },
    frozenForLong: () => [...untilThawed.keys()],
    thawAll() {
      for (const goOn of untilThawed.values()) goOn();
      untilThawed.clear();
    },
    isHandling(worker, connection, takenAt) {
      if (!workers().isRunning(worker)) return false;
      return Date.now() - takenAt < 1_000 || (inFlight.get(worker)?.includes(connection) ?? false);
    },
  };
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

function noCalls(): Target['sinceLastFault'] {
  return { all: 0, steps: new Map() };
}

/** A call of an idle machine takes a few milliseconds. */
export const slowMs = 150;

/** Worker and, in it, one piece of work for a connection. */
export function workOf({ worker, rotation }: Tag): string {
  return `${worker} ${rotation}`;
}

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

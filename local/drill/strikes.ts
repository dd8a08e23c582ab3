/**
 * What both drills do to the service. Counts the calls of every connection, and where its plan says so stops the process
 * that made one, holds it, refuses it or loses it. What one drill does besides, and what it notes, is in its saboteur.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Verdict } from '../serve';
import { readTag, tagHeader, type Tag } from './orders';
import type { QueueLedger } from './queue-ledger';
import { queueServer, refusalOf, storeOf, type Phase } from './servers';
import type { Workers, Deployment } from './workers';
import { type Strike, type Target, noCalls, slowMs, tell } from './strike-targets';

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

/** Worker and, in it, one piece of work for a connection. */
export function workOf({ worker, rotation }: Tag): string {
  return `${worker} ${rotation}`;
}

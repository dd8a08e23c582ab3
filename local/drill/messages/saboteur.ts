/**
 * The tap of the message drill: counts the calls of every connection, and when the plan says so stops the process that
 * made one, holds it, refuses it or loses it, before it is applied or after. It also notes every attempt to send.
 */
import type { PhoneEvent } from '../../phone/events';
import type { Call, Tap, Verdict } from '../../serve';
import { readTag, tagHeader, type Tag } from '../orders';
import type { QueueLedger } from '../queue-ledger';
import { phoneServer, queueServer, refusalOf } from '../servers';
import type { Workers } from '../workers';
import {
  describeFault,
  describeReportFault,
  stepOf,
  storeOf,
  type Plan,
  type PlannedFault,
  type ReportFault,
  type Store,
} from './faults';

/** One request to send a text, as the carrier's side of the wire saw it. */
export interface Attempt {
  readonly tag: string;
  readonly worker: string;
  /** When the worker got its last answer before it: where it decided to send. */
  readonly decidedAt: number;
  /** When the carrier carried it out; absent when it never arrived there. */
  appliedAt?: number;
  /** The text that the carrier says it is. A repeat that it recognises is the first one's. */
  textId?: string;
  /** The carrier took it for another text with the same id. */
  rejected?: boolean;
  /** The worker itself has said that it knows what became of it. */
  certain: boolean;
}

/** Everything the drill knows about one connection. */
export interface Subject {
  readonly connection: string;
  readonly wearer: string;
  readonly device: string;
  readonly phone: string;
  /** Of the battery: which alert is due. */
  cycle: number;
  plan: Plan | undefined;
  /** What is left of the plan. */
  left: PlannedFault[];
  reportsLeft: ReportFault[];
  /** When a process was killed or frozen that was handling it, planned for it or not. */
  readonly stops: { readonly at: number; readonly worker: string }[];
  /** Waits that were nobody's intention: this machine was busy. */
  readonly slow: { readonly at: number; readonly ms: number }[];
  readonly attempts: Attempt[];
  readonly lastAnswers: Map<string, number>;
  readonly story: string[];
  outages: { readonly store: Store; readonly until: number }[];
  sinceLastFault: { all: number; readonly steps: Map<string, number> };
}

export interface Saboteur {
  readonly tap: Tap;
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
  add(who: Pick<Subject, 'connection' | 'wearer' | 'device' | 'phone'>): Subject;
  arm(subject: Subject, plan: Plan): void;
  /** No further fault strikes. */
  disarm(): void;
  /** Those that stand still until the battery has been charged go on. */
  thawAll(): void;
  /** What a worker says about one of its connections. */
  noteLog(worker: string, connection: string, line: string): void;
  /** The carrier's way to the queue. */
  handOver(event: PhoneEvent, hand: () => Promise<void>): Promise<void>;
  /** Calls and reports that are being held, without those frozen past the charge; and deeds under way. */
  busy(): number;
  isHandling(worker: string, connection: string, takenAt: number): boolean;
}

export interface SaboteurOptions {
  readonly ledger: QueueLedger;
  readonly workers: () => Workers;
  readonly doubleTheJob: (subject: Subject, delayMs: number) => Promise<void>;
}

interface Result {
  readonly messageId?: string;
  readonly repeatabilityResult?: string;
}

interface Pending {
  readonly subject: Subject;
  readonly tag: Tag;
  readonly at: number;
  readonly fault: PlannedFault | undefined;
  readonly attempt: Attempt | undefined;
}

export function createSaboteur({ ledger, workers, doubleTheJob }: SaboteurOptions): Saboteur {
  const subjects = new Map<string, Subject>();
  const counts = new Map<string, number>();
  const seen = new Map<string, readonly string[]>();
  const pending = new WeakMap<Call, Pending>();
  const untilCharged = new Set<() => void>();
  let total = 0;
  let held = 0;

  const hold = async <T>(work: () => Promise<T>): Promise<T> => {
    held += 1;
    try {
      return await work();
    } finally {
      held -= 1;
    }
  };

  const count = (name: string): void => {
    total += 1;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };

  const noteStop = (tag: Tag, subject: Subject, how: 'killed' | 'frozen'): void => {
    for (const connection of new Set([...tag.inFlight, subject.connection])) {
      const hit = subjects.get(connection);
      if (!hit) continue;
      hit.stops.push({ at: Date.now(), worker: tag.worker });
      if (hit !== subject) tell(hit, `its worker ${tag.worker} was ${how}`);
    }
  };

  const freeze = async (tag: Tag, subject: Subject, until: Promise<unknown>): Promise<void> => {
    noteStop(tag, subject, 'frozen');
    workers().freeze(tag.worker);
    await until;
    workers().thaw(tag.worker);
    tell(subject, `${tag.worker} goes on`);
  };

  const carryOut = async (call: Call, { subject, tag }: Pending, fault: PlannedFault): Promise<Verdict> => {
    const { effect, phase } = fault;
    if (effect.do === 'nothing') return 'go on';
    const name = describeFault(fault);
    count(name);
    tell(subject, `*** ${name} (${tag.worker})`);
    switch (effect.do) {
      case 'kill':
        noteStop(tag, subject, 'killed');
        workers().kill(tag.worker);
        return 'drop';
      case 'freeze':
        await hold(() => freeze(tag, subject, sleep(effect.ms)));
        return 'go on';
      case 'freeze past the charge':
        await freeze(tag, subject, new Promise<void>((resolve) => untilCharged.add(resolve)));
        return 'go on';
      case 'refuse':
        return refusalOf(call.server, phase);
      case 'turn away':
        return Response.json({ error: { code: 'TooManyRequests', message: 'No.' } }, { status: 429 });
      case 'cut':
        return 'drop';
      case 'delay':
        await hold(() => sleep(effect.ms));
        return 'go on';
      case 'outage':
        subject.outages.push({ store: effect.store, until: Date.now() + effect.ms });
        return 'go on';
      case 'double the job':
        void hold(() => doubleTheJob(subject, effect.delayMs)).catch((error: unknown) =>
          tell(subject, `the job was not doubled: ${String(error)}`),
        );
        return 'go on';
    }
  };

  const isOut = ({ outages }: Subject, server: string): boolean =>
    outages.some(({ store, until }) => store === storeOf[server] && Date.now() < until);

  const before = async (call: Call): Promise<Verdict> => {
    const tag = readTag(call.request.headers.get(tagHeader));
    if (tag) seen.set(tag.worker, tag.inFlight);
    const messageId = /\/messages\/([^/]+)$/.exec(call.path)?.[1];
    const connection = tag?.connection || (messageId && ledger.connectionOf(messageId)) || '';
    const subject = tag && subjects.get(connection);
    if (!subject) return 'go on';
    const step = stepOf(call.server, call.method, call.path);
    const { sinceLastFault } = subject;
    sinceLastFault.all += 1;
    sinceLastFault.steps.set(step, (sinceLastFault.steps.get(step) ?? 0) + 1);
    tell(subject, `${tag.worker} ${step}: ${call.method} ${call.path.slice(-60)}`);
    const [next] = subject.left;
    const counted = next?.step === undefined ? sinceLastFault.all : sinceLastFault.steps.get(next.step);
    const isHere =
      next !== undefined &&
      (counted ?? 0) >= next.nth &&
      (next.step === undefined || next.step === step) &&
      // Only the carrier turns anybody away like that.
      (next.effect.do !== 'turn away' || step === 'send');
    if (isHere) {
      subject.left.shift();
      subject.sinceLastFault = { all: 0, steps: new Map() };
    }
    const attempt = call.server === phoneServer ? await noteAttempt(call, subject, tag) : undefined;
    const mine: Pending = { subject, tag, at: Date.now(), fault: isHere ? next : undefined, attempt };
    noteSlowness(mine);
    pending.set(call, mine);
    // What is held is read first: its sender may not be there any more when it is applied.
    if (isHere && next.phase === 'before') {
      await call.request.clone().text();
      const verdict = await carryOut(call, mine, next);
      if (verdict !== 'go on') return verdict;
    }
    return isOut(subject, call.server) ? refusalOf(call.server, 'before') : 'go on';
  };

  /** A worker that nobody has stopped, and that lets much time go by before its next call, gets none from the machine. */
  const noteSlowness = ({ subject, tag, at }: Pending): void => {
    const last = subject.lastAnswers.get(handlingOf(tag));
    if (last === undefined || at - last < slowMs || subject.stops.some((stop) => stop.at >= last)) return;
    subject.slow.push({ at, ms: at - last });
  };

  const noteAttempt = async (call: Call, subject: Subject, tag: Tag): Promise<Attempt> => {
    const { smsSendOptions } = JSON.parse(await call.request.clone().text()) as {
      smsSendOptions: { tag: string };
    };
    const attempt: Attempt = {
      tag: smsSendOptions.tag,
      worker: tag.worker,
      decidedAt: subject.lastAnswers.get(handlingOf(tag)) ?? Date.now(),
      certain: false,
    };
    subject.attempts.push(attempt);
    return attempt;
  };

  const after = async (call: Call, response: Response): Promise<Verdict> => {
    if (call.server === queueServer) await ledger.note(call, response);
    const mine = pending.get(call);
    if (!mine) return 'go on';
    const { subject, tag, at, fault, attempt } = mine;
    if (!fault && Date.now() - at > slowMs) subject.slow.push({ at: Date.now(), ms: Date.now() - at });
    if (!response.ok) tell(subject, `  answered ${response.status}`);
    if (attempt) await noteApplied(subject, attempt, response);
    const verdict = fault?.phase === 'after' ? await carryOut(call, mine, fault) : 'go on';
    subject.lastAnswers.set(handlingOf(tag), Date.now());
    return verdict;
  };

  const noteApplied = async (subject: Subject, attempt: Attempt, response: Response): Promise<void> => {
    attempt.appliedAt = Date.now();
    const { value } = (await response.clone().json()) as { value?: Result[] };
    const { messageId: textId, repeatabilityResult } = value?.[0] ?? {};
    if (repeatabilityResult === 'rejected') {
      attempt.rejected = true;
      tell(subject, 'THE CARRIER TAKES A REPEAT FOR ANOTHER TEXT');
    }
    if (textId === undefined) return;
    const isNew = !subject.attempts.some((other) => other.textId === textId);
    attempt.textId = textId;
    tell(subject, isNew ? 'THE PHONE HAS A TEXT' : 'the carrier recognises a repeat');
  };

  return {
    tap: { before, after },
    counts,
    get total() {
      return total;
    },
    add(who) {
      const subject: Subject = {
        ...who,
        cycle: 1,
        plan: undefined,
        left: [],
        reportsLeft: [],
        stops: [],
        slow: [],
        attempts: [],
        lastAnswers: new Map(),
        story: [],
        outages: [],
        sinceLastFault: { all: 0, steps: new Map() },
      };
      subjects.set(who.connection, subject);
      return subject;
    },
    arm(subject, plan) {
      Object.assign(subject, { plan, left: [...plan.faults], reportsLeft: [...plan.reports], outages: [] });
      subject.sinceLastFault = { all: 0, steps: new Map() };
      subject.lastAnswers.clear();
      subject.story.length = 0;
    },
    disarm() {
      for (const subject of subjects.values()) Object.assign(subject, { left: [], reportsLeft: [] });
    },
    thawAll() {
      for (const goOn of untilCharged) goOn();
      untilCharged.clear();
    },
    noteLog(worker, connection, line) {
      const subject = subjects.get(connection);
      tell(subject, `${worker} logs ${shorten(line)}`);
      const [, id] = /"message":"([\da-f-]+)"/.exec(line) ?? [];
      if (!subject || id === undefined || !line.includes('"event":"sms.send"')) return;
      const attempt = subject.attempts.findLast(({ tag, worker: by }) => by === worker && tag.endsWith(id));
      if (attempt) attempt.certain = !line.includes('"outcome":"unknown"');
    },
    async handOver(event, hand) {
      const tag = 'tag' in event.data ? (event.data.tag ?? '') : '';
      const subject = subjects.get(tag.split('.')[0] ?? '');
      const fault = subject?.reportsLeft.shift();
      if (!subject) return hand();
      if (!fault) {
        return hold(async () => {
          await sleep(subject.plan?.reportMs ?? 0);
          await hand();
        });
      }
      count(describeReportFault(fault));
      tell(subject, `*** ${describeReportFault(fault)}`);
      await hold(async () => {
        if (fault.delayMs > 0) await sleep(fault.delayMs);
        for (let copy = 0; copy < fault.copies; copy += 1) await hand();
      });
    },
    busy: () => held,
    isHandling(worker, connection, takenAt) {
      if (!workers().isRunning(worker)) return false;
      return Date.now() - takenAt < 1_000 || (seen.get(worker)?.includes(connection) ?? false);
    },
  };
}

function shorten(line: string): string {
  return line.replace(/"(time|level|connection)":("[^"]*"|\d+),?/g, '').slice(0, 300);
}

function handlingOf({ worker, rotation }: Tag): string {
  return `${worker} ${rotation}`;
}

/** A call of an idle machine takes a few milliseconds. */
const slowMs = 150;

const longestStory = 400;

export function tell(subject: Subject | undefined, what: string): void {
  if (!subject) return;
  subject.story.push(`${new Date().toISOString().slice(17, 23)} ${what}`);
  if (subject.story.length > longestStory) subject.story.splice(0, 100);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * The tap of the message drill: counts the calls of every connection, and when the plan says so stops the process that
 * made one, holds it, refuses it or loses it, before it is applied or after. It also notes every attempt to send.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mail } from '../../mailbox/mails';
import type { PhoneEvent } from '../../phone/events';
import type { Call, Tap, Verdict } from '../../serve';
import { messageTag } from '../../../src/domain/store/row-keys';
import type { Tag } from '../orders';
import type { QueueLedger } from '../queue-ledger';
import { phoneServer, refusalOf } from '../servers';
import { createStrikes, workOf, type Caller, type Strikes } from '../strikes';
import type { Workers } from '../workers';
import {
  describeFault,
  describeReportFault,
  stepOf,
  type Plan,
  type PlannedFault,
  type ReportFault,
} from './message-faults';
import { rearm, shorten, slowMs, tell, untouched, type Target } from '../strike-targets';

/** One request to send a text or an e-mail, as the carrier's side of the wire saw it. */
export interface Attempt {
  readonly tag: string;
  readonly worker: string;
  /** When the worker got its last answer before it: where it decided to send. */
  readonly decidedAt: number;
  /** When the carrier carried it out; absent when it never arrived there. */
  appliedAt?: number;
  /** The message that the carrier says it is. A repeat that it recognises is the first one's. */
  textId?: string;
  /** The carrier took it for another text with the same id. */
  rejected?: boolean;
  /** The worker itself has said that it knows what became of it. */
  certain: boolean;
}

/** Everything the drill knows about one connection. */
export interface Subject extends Target<PlannedFault> {
  readonly wearer: string;
  readonly device: string;
  /** A number or an e-mail address. */
  readonly to: string;
  /** Of the battery: which alert is due. */
  cycle: number;
  plan: Plan | undefined;
  reportsLeft: ReportFault[];
  readonly attempts: Attempt[];
  readonly lastAnswers: Map<string, number>;
}

export interface Saboteur {
  readonly tap: Tap;
  readonly strikes: Strikes<Subject>;
  add(who: Pick<Subject, 'connection' | 'wearer' | 'device' | 'to'>): Subject;
  arm(subject: Subject, plan: Plan): void;
  /** No further fault strikes. */
  disarm(): void;
  /** What a worker says about one of its connections. */
  noteLog(worker: string, connection: string, line: string): void;
  /** The carrier's way to the queue. */
  handOver(event: PhoneEvent, hand: () => Promise<void>): Promise<void>;
}

export interface SaboteurOptions {
  readonly ledger: QueueLedger;
  readonly workers: () => Workers;
  readonly doubleTheJob: (subject: Subject, delayMs: number) => Promise<void>;
  /** What has arrived in mailboxes, oldest first. */
  readonly mails: () => readonly Mail[];
}

interface Result {
  readonly messageId?: string;
  readonly repeatabilityResult?: string;
}

interface Pending extends Caller<Subject> {
  readonly at: number;
  readonly fault: PlannedFault | undefined;
  readonly attempt: Attempt | undefined;
}

/** Tells a mail from another one with the same id, which arrives once the first is forgotten. */
export function keyOfMail({ id, receivedAt }: Mail): string {
  return `${id} ${receivedAt}`;
}

export function createSaboteur({ ledger, workers, doubleTheJob, mails }: SaboteurOptions): Saboteur {
  const strikes = createStrikes<Subject>(ledger, workers, stepOf);
  const pending = new WeakMap<Call, Pending>();

  const carryOut = async (call: Call, mine: Pending, fault: PlannedFault): Promise<Verdict> => {
    const { effect, phase } = fault;
    const { subject } = mine;
    if (effect.do !== 'nothing') strikes.announce(mine, describeFault(fault));
    switch (effect.do) {
      case 'turn away':
        return Response.json({ error: { code: 'TooManyRequests', message: 'No.' } }, { status: 429 });
      case 'double the job':
        strikes.doMeanwhile(subject, effect.do, () => doubleTheJob(subject, effect.delayMs));
        return 'go on';
      default:
        return strikes.strike(call, mine, phase, effect);
    }
  };

  const before = async (call: Call): Promise<Verdict> => {
    const arrival = strikes.arrive(call);
    if (!arrival) return 'go on';
    const { subject, tag, fault } = arrival;
    const attempt = call.server === phoneServer ? await noteAttempt(call, subject, tag) : undefined;
    const mine: Pending = { ...arrival, at: Date.now(), attempt };
    noteSlowness(mine);
    pending.set(call, mine);
    // What is held is read first: its sender may not be there any more when it is applied.
    if (fault?.phase === 'before') {
      await call.request.clone().text();
      const verdict = await carryOut(call, mine, fault);
      if (verdict !== 'go on') return verdict;
    }
    return strikes.isOut(subject, call.server) ? refusalOf(call.server, 'before') : 'go on';
  };

  /** A worker that nobody has stopped, and that lets much time go by before its next call, gets none from the machine. */
  const noteSlowness = ({ subject, tag, at }: Pending): void => {
    const last = subject.lastAnswers.get(workOf(tag));
    if (last === undefined || at - last < slowMs || subject.stops.some((stop) => stop.at >= last)) return;
    subject.slow.push({ at, ms: at - last });
  };

  const noteAttempt = async (call: Call, subject: Subject, tag: Tag): Promise<Attempt> => {
    const attempt: Attempt = {
      tag: await tagOf(call, subject),
      worker: tag.worker,
      decidedAt: subject.lastAnswers.get(workOf(tag)) ?? Date.now(),
      certain: false,
    };
    subject.attempts.push(attempt);
    return attempt;
  };

  const after = async (call: Call, response: Response): Promise<Verdict> => {
    await strikes.noteQueues(call, response);
    const mine = pending.get(call);
    if (!mine) return 'go on';
    const { subject, tag, at, fault, attempt } = mine;
    if (!fault && Date.now() - at > slowMs) subject.slow.push({ at: Date.now(), ms: Date.now() - at });
    if (!response.ok) tell(subject, `  answered ${response.status}`);
    if (attempt) await noteApplied(call, subject, attempt, response);
    const verdict = fault?.phase === 'after' ? await carryOut(call, mine, fault) : 'go on';
    subject.lastAnswers.set(workOf(tag), Date.now());
    return verdict;
  };

  const noteApplied = async (
    call: Call,
    subject: Subject,
    attempt: Attempt,
    response: Response,
  ): Promise<void> => {
    attempt.appliedAt = Date.now();
    const isMail = operationOf(call) !== undefined;
    const { value } = (await response.clone().json()) as { value?: Result[] };
    const { messageId, repeatabilityResult } = value?.[0] ?? {};
    const mail = response.ok ? mails().findLast(({ id }) => id === operationOf(call)) : undefined;
    const textId = mail ? keyOfMail(mail) : messageId;
    if (repeatabilityResult === 'rejected' || (isMail && response.status === 400)) {
      attempt.rejected = true;
      tell(subject, 'THE CARRIER TAKES A REPEAT FOR ANOTHER TEXT');
    }
    if (textId === undefined) return;
    const isNew = !subject.attempts.some((other) => other.textId === textId);
    attempt.textId = textId;
    tell(subject, isNew ? 'THE PHONE HAS A TEXT' : 'the carrier recognises a repeat');
  };

  const subjectOf = ({ data }: PhoneEvent): Subject | undefined => {
    if ('recipient' in data) return [...strikes.subjects.values()].find(({ to }) => to === data.recipient);
    const tag = 'tag' in data ? (data.tag ?? '') : '';
    return strikes.subjects.get(tag.split('.')[0] ?? '');
  };

  return {
    tap: { before, after },
    strikes,
    add: (who) =>
      strikes.follow({
        ...untouched(),
        ...who,
        cycle: 1,
        plan: undefined,
        reportsLeft: [],
        attempts: [],
        lastAnswers: new Map(),
      }),
    arm(subject, plan) {
      rearm(subject, plan.faults);
      Object.assign(subject, { plan, reportsLeft: [...plan.reports] });
      subject.lastAnswers.clear();
    },
    disarm() {
      strikes.disarm();
      for (const subject of strikes.subjects.values()) subject.reportsLeft = [];
    },
    noteLog(worker, connection, line) {
      const subject = strikes.subjects.get(connection);
      tell(subject, `${worker} logs ${shorten(line)}`);
      const [, id] = /"message":"([\da-f-]+)"/.exec(line) ?? [];
      if (!subject || id === undefined || !/"event":"(sms|email)\.send"/.test(line)) return;
      const attempt = subject.attempts.findLast(({ tag, worker: by }) => by === worker && tag.endsWith(id));
      if (attempt) attempt.certain = !line.includes('"outcome":"unknown"');
    },
    async handOver(event, hand) {
      const subject = subjectOf(event);
      const fault = subject?.reportsLeft.shift();
      if (!subject) return hand();
      if (!fault) {
        return strikes.hold(async () => {
          await sleep(subject.plan?.reportMs ?? 0);
          await hand();
        });
      }
      strikes.announce({ subject }, describeReportFault(fault));
      await strikes.hold(async () => {
        if (fault.delayMs > 0) await sleep(fault.delayMs);
        for (let copy = 0; copy < fault.copies; copy += 1) await hand();
      });
    },
  };
}

/** The id of an e-mail on its way; a text has none. */
function operationOf({ request }: Call): string | undefined {
  return request.headers.get('operation-id') ?? undefined;
}

/** A text carries it; that of an e-mail is made of what it carries. */
async function tagOf(call: Call, { connection }: Subject): Promise<string> {
  const id = operationOf(call);
  if (id !== undefined) return messageTag(connection, id);
  const sent = JSON.parse(await call.request.clone().text()) as { smsSendOptions: { tag: string } };
  return sent.smsSendOptions.tag;
}

/**
 * The tap of the drill: counts the calls of every connection, and when the plan says so stops the process that made
 * one, holds it, refuses it or loses it, before it is applied or after.
 */
import { comparePositions } from '../../../src/domain/connection/position';
import type { Position } from '../../../src/model';
import type { Call, Tap, Verdict } from '../../serve';
import type { QueueLedger } from '../queue-ledger';
import { refusalOf } from '../servers';
import { createStrikes, workOf, type Caller, type Strikes } from '../strikes';
import type { Workers } from '../workers';
import {
  describeFault,
  stepOf,
  type Deed,
  type Effect,
  type Plan,
  type PlannedFault,
} from './rotation-faults';
import { rearm, slowMs, tell, untouched, type Target } from '../strike-targets';

/** Everything the drill knows about one connection. */
export interface Subject extends Target<PlannedFault> {
  readonly wearer: string;
  plan: Plan | undefined;
  /** When replays were enqueued: the beginning of a rotation. */
  begunAt: number;
  /** When the provider last carried out a refresh, and when the rotation that asked for it had begun. */
  lastSpend: { readonly at: number; readonly begunAt: number; readonly token: string } | undefined;
  /** The provider took a late request for theft and ended the chain; whether that was late on its way only. */
  endedByReuse: { readonly heldUp: boolean } | undefined;
  /** The greatest position that a write has moved the pointer to. */
  pointed: Position;
  /** A write that moved the pointer back: whoever reads it then gets a token set that is spent. */
  movedBack: string | undefined;
  outstanding: number;
  readonly lastHeard: Map<string, { readonly at: number; readonly stops: number; readonly well: boolean }>;
  /** What the wearer did in this batch. */
  readonly deeds: Set<Deed>;
  /** Consents of this batch. The provider can see two at once in another order than the service. */
  readonly consents: { readonly begunAt: number; endedAt: number }[];
}

export interface Saboteur {
  readonly tap: Tap;
  readonly strikes: Strikes<Subject>;
  add(connection: string, wearer: string): Subject;
  arm(subject: Subject, plan: Plan): void;
}

export interface SaboteurOptions {
  readonly ledger: QueueLedger;
  readonly workers: () => Workers;
  readonly refreshCount: (wearer: string) => number;
  readonly currentRefreshToken: (wearer: string) => string | undefined;
  readonly repeatWindowMs: number;
  readonly act: (subject: Subject, deed: Deed | 'double the job') => Promise<void>;
}

interface Pending extends Caller<Subject> {
  readonly at: number;
  readonly fault: PlannedFault | undefined;
  /** Only for requests that spend a refresh token. */
  readonly spending:
    { readonly refreshes: number; readonly token: string; readonly inTime: boolean } | undefined;
}

export function createSaboteur(options: SaboteurOptions): Saboteur {
  const { ledger, workers, refreshCount, currentRefreshToken, act } = options;
  const strikes = createStrikes<Subject>(ledger, workers, stepOf);
  const pending = new WeakMap<Call, Pending>();

  const carryOut = async (call: Call, mine: Pending, fault: PlannedFault): Promise<Verdict> => {
    const { effect, phase } = fault;
    const { subject } = mine;
    if (effect.do !== 'nothing') strikes.announce(mine, describeFault(fault));
    switch (effect.do) {
      case 'garble':
        return new Response('{"access_token":', { headers: { 'content-type': 'application/json' } });
      case 'ask to wait':
        return new Response('{}', { status: 503, headers: { 'retry-after': String(effect.seconds) } });
      case 'double the job':
      case 'consent again':
      case 'disconnect':
      case 'withdraw':
        if (effect.do !== 'double the job') subject.deeds.add(effect.do);
        strikes.doMeanwhile(subject, effect.do, () => actAndNote(subject, effect.do));
        return 'go on';
      default:
        return strikes.strike(call, mine, phase, effect);
    }
  };

  const actAndNote = async (subject: Subject, deed: Deed | 'double the job'): Promise<void> => {
    if (deed !== 'consent again') return act(subject, deed);
    const consent = { begunAt: Date.now(), endedAt: Infinity };
    subject.consents.push(consent);
    await act(subject, deed);
    consent.endedAt = Date.now();
  };

  const before = async (call: Call): Promise<Verdict> => {
    const arrival = strikes.arrive(call);
    if (!arrival) return 'go on';
    const { subject, tag, step, fault } = arrival;
    if (step === 'enqueue' && (await call.request.clone().text()).includes('replayOf')) {
      if (Date.now() - subject.begunAt > 1_000) subject.begunAt = Date.now();
    }
    const mine: Pending = {
      ...arrival,
      at: Date.now(),
      spending: step === 'token request' ? await examine(call, subject) : undefined,
    };
    pending.set(call, mine);
    noteSlowness(subject, workOf(tag));
    subject.outstanding += 1;
    const verdict =
      fault?.phase === 'before'
        ? await carryOut(call, mine, fault)
        : strikes.isOut(subject, call.server)
          ? refusalOf(call.server, 'before')
          : 'go on';
    if (verdict !== 'go on') noteAnswer(mine, false);
    return verdict;
  };

  const examine = async (call: Call, { wearer, lastSpend }: Subject): Promise<Pending['spending']> => {
    const token = new URLSearchParams(await call.request.clone().text()).get('refresh_token') ?? '';
    const isRepeat = token === lastSpend?.token && Date.now() - lastSpend.at < options.repeatWindowMs;
    const inTime = isRepeat || token === currentRefreshToken(wearer);
    return { refreshes: refreshCount(wearer), token, inTime };
  };

  /** A worker that is neither frozen nor waiting for an answer, and lets much time go by, gets none from the machine. */
  const noteSlowness = (subject: Subject, rotation: string): void => {
    const last = subject.lastHeard.get(rotation);
    if (
      rotation.endsWith(' ') ||
      subject.outstanding > 0 ||
      !last?.well ||
      last.stops !== subject.stops.length
    )
      return;
    const ms = Date.now() - last.at;
    if (ms > slowMs) noteSlow(subject, ms);
  };

  const noteSlow = (subject: Subject, ms: number): void => {
    subject.slow.push({ at: Date.now(), ms });
    tell(subject, `this machine was slow by ${ms} ms`);
  };

  const noteAnswer = ({ subject, tag, at, fault }: Pending, well: boolean): void => {
    subject.outstanding -= 1;
    subject.lastHeard.set(workOf(tag), { at: Date.now(), stops: subject.stops.length, well });
    const ms = Date.now() - at;
    if (!fault && ms > slowMs) noteSlow(subject, ms);
  };

  const after = async (call: Call, response: Response): Promise<Verdict> => {
    await strikes.noteQueues(call, response);
    const mine = pending.get(call);
    if (!mine) return 'go on';
    const { subject, fault, spending } = mine;
    if (spending) noteSpending(mine, spending, response);
    if (response.ok && stepOf(call) === 'record write') {
      notePointer(subject, await call.request.clone().text());
    }
    if (!response.ok) tell(subject, `  answered ${response.status}`);
    const verdict = fault?.phase === 'after' ? await carryOut(call, mine, fault) : 'go on';
    noteAnswer(mine, verdict === 'go on' && response.ok);
    return verdict;
  };

  const noteSpending = (
    { subject, fault }: Pending,
    { refreshes, token, inTime }: NonNullable<Pending['spending']>,
    response: Response,
  ): void => {
    const { wearer, begunAt } = subject;
    if (response.ok && token !== subject.lastSpend?.token && refreshCount(wearer) > refreshes) {
      subject.lastSpend = { at: Date.now(), begunAt, token };
      tell(subject, 'the provider has carried out a refresh');
    }
    if (!response.ok && currentRefreshToken(wearer) === undefined && !subject.deeds.has('withdraw')) {
      const heldUp = inTime && fault?.phase === 'before' && holds(fault.effect);
      subject.endedByReuse ??= { heldUp };
      tell(subject, `the provider accepts nothing more${heldUp ? '; the request was held up' : ''}`);
    }
  };

  return {
    tap: { before, after },
    strikes,
    add: (connection, wearer) =>
      strikes.follow({
        ...untouched(),
        connection,
        wearer,
        plan: undefined,
        begunAt: 0,
        lastSpend: undefined,
        endedByReuse: undefined,
        pointed: { consent: 0, generation: 0 },
        movedBack: undefined,
        outstanding: 0,
        lastHeard: new Map(),
        deeds: new Set(),
        consents: [],
      }),
    arm(subject, plan) {
      rearm(subject, plan.faults);
      Object.assign(subject, { plan, lastSpend: undefined, endedByReuse: undefined, movedBack: undefined });
      subject.deeds.clear();
      subject.consents.length = 0;
      subject.lastHeard.clear();
    },
  };
}

function notePointer(subject: Subject, entity: string): void {
  const { data } = JSON.parse(entity) as { data: string };
  const { pointer } = JSON.parse(data) as { pointer?: Position };
  if (!pointer) return;
  const { pointed } = subject;
  if (comparePositions(pointer, pointed) >= 0) {
    subject.pointed = { consent: pointer.consent, generation: pointer.generation };
    return;
  }
  subject.movedBack = `(${pointed.consent}, ${pointed.generation}) to (${pointer.consent}, ${pointer.generation})`;
  tell(subject, `the pointer was moved back from ${subject.movedBack}`);
}

function holds(effect: Effect): boolean {
  return effect.do === 'freeze' || effect.do === 'freeze for long' || effect.do === 'delay';
}

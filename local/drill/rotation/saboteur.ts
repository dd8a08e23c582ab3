/**
 * The tap of the drill: counts the calls of every connection, and when the plan says so stops the process that made
 * one, holds it, refuses it or loses it, before it is applied or after.
 */
import { comparePositions } from '../../../src/domain/rotation/position';
import type { Position } from '../../../src/model';
import type { Call, Tap, Verdict } from '../../serve';
import { describeFault, stepOf, type Effect, type Plan, type PlannedFault } from './faults';
import { readTag, tagHeader, type Tag } from '../orders';
import type { QueueLedger } from '../queue-ledger';
import { queueServer, refusalOf, tableServer, vaultServer } from '../servers';
import type { Workers } from '../workers';

export interface Stop {
  readonly at: number;
  readonly how: 'kill' | 'freeze';
}

/** Everything the drill knows about one connection. */
export interface Subject {
  readonly connection: string;
  readonly wearer: string;
  plan: Plan | undefined;
  /** What is left of the plan. */
  left: PlannedFault[];
  /** Kills and freezes of a process that was rotating it, planned for it or not. */
  readonly stops: Stop[];
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
  /** Waits that were nobody's intention: this machine was busy. */
  readonly slow: { readonly at: number; readonly ms: number }[];
  outstanding: number;
  readonly lastHeard: Map<string, { readonly at: number; readonly stops: number; readonly well: boolean }>;
  /** What the wearer did in this batch. */
  readonly deeds: Set<'consent again' | 'disconnect' | 'withdraw'>;
  /** Consents of this batch. The provider can see two at once in another order than the service. */
  readonly consents: { readonly begunAt: number; endedAt: number }[];
  readonly story: string[];
  outages: { readonly store: string; readonly until: number }[];
  sinceLastFault: { all: number; readonly steps: Map<string, number> };
}

export interface Saboteur {
  readonly tap: Tap;
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
  add(connection: string, wearer: string): Subject;
  remove(connection: string): void;
  arm(subject: Subject, plan: Plan): void;
  /** No further fault strikes. */
  disarm(): void;
  /** Whose processes stand still until a further run is over. */
  frozenPastNextRun(): readonly Subject[];
  thawAll(): void;
  /** Calls that are being held, without those frozen past the next run; and deeds under way. */
  busy(): number;
  isHandling(worker: string, connection: string, takenAt: number): boolean;
}

export interface SaboteurOptions {
  readonly ledger: QueueLedger;
  readonly workers: () => Workers;
  readonly refreshCount: (wearer: string) => number;
  readonly currentRefreshToken: (wearer: string) => string | undefined;
  readonly repeatWindowMs: number;
  readonly act: (subject: Subject, deed: Effect['do']) => Promise<void>;
}

interface Pending {
  readonly subject: Subject;
  readonly tag: Tag;
  readonly at: number;
  readonly fault: PlannedFault | undefined;
  /** Only for requests that spend a refresh token. */
  readonly spending:
    { readonly refreshes: number; readonly token: string; readonly inTime: boolean } | undefined;
}

export function createSaboteur(options: SaboteurOptions): Saboteur {
  const { ledger, workers, refreshCount, currentRefreshToken, act } = options;
  const subjects = new Map<string, Subject>();
  const counts = new Map<string, number>();
  const seen = new Map<string, { at: number; inFlight: readonly string[] }>();
  const pending = new WeakMap<Call, Pending>();
  const untilNextRun = new Map<Subject, () => void>();
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

  const noteStop = (tag: Tag, subject: Subject, how: Stop['how']): void => {
    for (const connection of new Set([...tag.inFlight, subject.connection])) {
      subjects.get(connection)?.stops.push({ at: Date.now(), how });
      if (connection !== subject.connection)
        tell(subjects.get(connection), `its worker ${tag.worker}: ${how}`);
    }
  };

  const freeze = async (tag: Tag, subject: Subject, until: Promise<unknown>): Promise<void> => {
    noteStop(tag, subject, 'freeze');
    workers().freeze(tag.worker);
    await until;
    workers().thaw(tag.worker);
    tell(subject, `${tag.worker} goes on`);
  };

  const carryOut = async (call: Call, { subject, tag }: Pending, fault: PlannedFault): Promise<Verdict> => {
    const { effect, phase } = fault;
    if (effect.do === 'nothing') return 'go on';
    const name = describeFault(fault);
    total += 1;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    tell(subject, `*** ${name} (${tag.worker})`);
    switch (effect.do) {
      case 'kill':
        noteStop(tag, subject, 'kill');
        workers().kill(tag.worker);
        return 'drop';
      case 'freeze':
        await hold(() => freeze(tag, subject, sleep(effect.ms)));
        return 'go on';
      case 'freeze past the next run':
        await freeze(tag, subject, new Promise<void>((resolve) => untilNextRun.set(subject, resolve)));
        return 'go on';
      case 'refuse':
        return refusalOf(call.server, phase);
      case 'cut':
        return 'drop';
      case 'delay':
        await hold(() => sleep(effect.ms));
        return 'go on';
      case 'garble':
        return new Response('{"access_token":', { headers: { 'content-type': 'application/json' } });
      case 'outage':
        subject.outages.push({ store: effect.store, until: Date.now() + effect.ms });
        return 'go on';
      case 'double the job':
      case 'consent again':
      case 'disconnect':
      case 'withdraw':
        if (effect.do !== 'double the job') subject.deeds.add(effect.do);
        void hold(() => actAndNote(subject, effect.do))
          .then(() => tell(subject, `${effect.do}: done`))
          .catch((error: unknown) => tell(subject, `${effect.do}: ${String(error)}`));
        return 'go on';
    }
  };

  const actAndNote = async (subject: Subject, deed: Effect['do']): Promise<void> => {
    if (deed !== 'consent again') return act(subject, deed);
    const consent = { begunAt: Date.now(), endedAt: Infinity };
    subject.consents.push(consent);
    await act(subject, deed);
    consent.endedAt = Date.now();
  };

  const before = async (call: Call): Promise<Verdict> => {
    const tag = readTag(call.request.headers.get(tagHeader));
    if (tag) seen.set(tag.worker, { at: Date.now(), inFlight: tag.inFlight });
    const messageId = /\/messages\/([^/]+)$/.exec(call.path)?.[1];
    const connection = tag?.connection || (messageId && ledger.connectionOf(messageId)) || '';
    const subject = tag && subjects.get(connection);
    if (!subject) return 'go on';
    const step = stepOf(call.server, call.method, call.path);
    const count = subject.sinceLastFault;
    count.all += 1;
    count.steps.set(step, (count.steps.get(step) ?? 0) + 1);
    tell(subject, `${tag.worker} ${step}: ${call.method} ${call.path.slice(-60)}`);
    if (step === 'enqueue' && (await call.request.clone().text()).includes('replayOf')) {
      if (Date.now() - subject.begunAt > 1_000) subject.begunAt = Date.now();
    }
    const [next] = subject.left;
    const strikes =
      next && (next.step === undefined ? count.all : (count.steps.get(next.step) ?? 0)) >= next.nth;
    const isHere = strikes && (next.step === undefined || next.step === step);
    if (isHere) {
      subject.left.shift();
      subject.sinceLastFault = { all: 0, steps: new Map() };
    }
    const mine: Pending = {
      subject,
      tag,
      at: Date.now(),
      fault: isHere ? next : undefined,
      spending: step === 'token request' ? await examine(call, subject) : undefined,
    };
    pending.set(call, mine);
    noteSlowness(subject, rotationOf(tag));
    subject.outstanding += 1;
    const verdict =
      isHere && next.phase === 'before'
        ? await carryOut(call, mine, next)
        : isOut(subject, call.server)
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
    subject.lastHeard.set(rotationOf(tag), { at: Date.now(), stops: subject.stops.length, well });
    const ms = Date.now() - at;
    if (!fault && ms > slowMs) noteSlow(subject, ms);
  };

  const after = async (call: Call, response: Response): Promise<Verdict> => {
    if (call.server === queueServer) await ledger.note(call, response);
    const mine = pending.get(call);
    if (!mine) return 'go on';
    const { subject, fault, spending } = mine;
    if (spending) noteSpending(mine, spending, response);
    if (response.ok && stepOf(call.server, call.method, call.path) === 'record write') {
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
    counts,
    get total() {
      return total;
    },
    add(connection, wearer) {
      const subject: Subject = {
        connection,
        wearer,
        plan: undefined,
        left: [],
        stops: [],
        begunAt: 0,
        lastSpend: undefined,
        endedByReuse: undefined,
        pointed: { consent: 0, generation: 0 },
        movedBack: undefined,
        slow: [],
        outstanding: 0,
        lastHeard: new Map(),
        deeds: new Set(),
        consents: [],
        story: [],
        outages: [],
        sinceLastFault: { all: 0, steps: new Map() },
      };
      subjects.set(connection, subject);
      return subject;
    },
    remove: (connection) => void subjects.delete(connection),
    arm(subject, plan) {
      subject.plan = plan;
      subject.left = [...plan.faults];
      subject.sinceLastFault = { all: 0, steps: new Map() };
      subject.deeds.clear();
      subject.consents.length = 0;
      subject.lastHeard.clear();
      subject.endedByReuse = undefined;
      subject.movedBack = undefined;
      subject.story.length = 0;
      subject.outages = [];
    },
    disarm() {
      for (const subject of subjects.values()) subject.left = [];
    },
    frozenPastNextRun: () => [...untilNextRun.keys()],
    thawAll() {
      for (const goOn of untilNextRun.values()) goOn();
      untilNextRun.clear();
    },
    busy: () => held,
    isHandling(worker, connection, takenAt) {
      if (!workers().isRunning(worker)) return false;
      const latest = seen.get(worker);
      return Date.now() - takenAt < 1_000 || (latest?.inFlight.includes(connection) ?? false);
    },
  };
}

function rotationOf({ worker, rotation }: Tag): string {
  return `${worker} ${rotation}`;
}

function isOut({ outages }: Subject, server: string): boolean {
  const stores: Record<string, string> = {
    [vaultServer]: 'vault',
    [tableServer]: 'tables',
    [queueServer]: 'queue',
  };
  return outages.some(({ store, until }) => store === stores[server] && Date.now() < until);
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
  return effect.do === 'freeze' || effect.do === 'freeze past the next run' || effect.do === 'delay';
}

const longestStory = 2_000;
/** A call of an idle machine takes a few milliseconds. */
const slowMs = 150;

export function tell(subject: Subject | undefined, what: string): void {
  if (!subject) return;
  subject.story.push(`${new Date().toISOString().slice(17, 23)} ${what}`);
  if (subject.story.length > longestStory) subject.story.splice(0, 100);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

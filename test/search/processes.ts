/**
 * The processes that workers run in: how one is started, is told what became of its calls, is killed, freezes and wakes up; and the tasks
 * that wait for one. It decides nothing: the scheduler does.
 */
import type { Call, Failure, Task, Worker } from './calls';
import type { Choices } from './explore';
import { digest, lineOf } from './fingerprint';

export interface Pending extends Call {
  readonly readyAt: number;
  readonly askedAt: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Applied, and its answer not seen yet. */
  answer?: Answer;
}
interface Answer {
  readonly line: string;
  readonly deliver: () => void;
}

type State = 'live' | 'frozen' | 'over';

export interface Process {
  readonly name: string;
  readonly task: Task;
  state: State;
  /** Everything it has been told since it was started: with it, it can only do one thing next. */
  history: string;
  readonly pending: Pending[];
  readonly timers: Set<{ nextAt: number; readonly everyMs: number; readonly call: () => void }>;
  thawsAt: number;
  /** What the queue delivers once more when it is frozen for too long. */
  again?: Task | undefined;
}

/** What time it is, and who is at work. */
export interface Moment {
  now: number;
  current: Process | undefined;
  /** When the call was asked for that goes on now. */
  heldSince: number;
  /** When a frozen process went on the last time. */
  lastThawAt: number;
}

export interface ProcessOptions {
  readonly choices: Choices;
  /** A frozen process goes on after this time at the earliest. */
  readonly freezeMs: number;
  readonly tell?: ((line: string) => void) | undefined;
}

export interface Processes {
  readonly moment: Moment;
  readonly processes: readonly Process[];
  readonly tasks: Task[];
  readonly say: (who: { readonly name: string }, words: () => string) => void;
  readonly start: (task: Task) => void;
  readonly forgetTask: (task: Task | undefined) => void;
  /** The call is made, and its answer seen. */
  readonly go: (process: Process, call: Pending) => Promise<void>;
  /** The same, with a failure in place of the answer. */
  readonly fail: (process: Process, call: Pending, failure: Failure) => Promise<void>;
  readonly kill: (process: Process, call: Pending) => Promise<void>;
  readonly freeze: (process: Process, call: Pending, when: 'before' | 'after') => Promise<void>;
  readonly thaw: (process: Process) => void;
  /** Calls the timers that are due. */
  readonly ring: () => void;
}

/** After how long the queue gives the message of a dead process to another, and that of a failed one. */
const deadMessageMs = 600_000;
const failedMessageMs = 30_000;
const mostDeliveries = 5;

export function createProcesses({ choices, freezeMs, tell }: ProcessOptions): Processes {
  const processes: Process[] = [];
  const tasks: Task[] = [];
  const moment: Moment = { now: 0, current: undefined, heldSince: 0, lastThawAt: 0 };
  let started = 0;

  const say = ({ name }: { readonly name: string }, words: () => string): void =>
    tell?.(`${at(moment.now)} ${name} ${words()}`);

  const redeliver = ({ task }: Process, dueAt: number): Task | undefined => {
    const { deliveries = 1 } = task;
    if (!task.isJob || deliveries >= mostDeliveries) return undefined;
    const again = { ...task, dueAt, deliveries: deliveries + 1 };
    tasks.push(again);
    return again;
  };
  const forgetTask = (task: Task | undefined): void => {
    const at = task ? tasks.indexOf(task) : -1;
    if (at >= 0) tasks.splice(at, 1);
  };

  const start = (task: Task): void => {
    forgetTask(task);
    started += 1;
    const name = nameOf(started);
    const process: Process = {
      name,
      task,
      state: 'live',
      history: digest(name, task.line, String(moment.now)),
      pending: [],
      timers: new Set(),
      thawsAt: 0,
    };
    processes.push(process);
    moment.current = process;
    say(process, () => `starts: ${task.name}`);
    let randoms = 0;
    const enqueue = (call: Call, delayMs = 0): Promise<unknown> =>
      new Promise((resolve, reject) => {
        process.pending.push({
          ...call,
          readyAt: moment.now + delayMs,
          askedAt: moment.now,
          resolve,
          reject,
        });
      });
    const worker: Worker = {
      name,
      call: (call) => enqueue(call),
      sleep: async (ms) => void (await enqueue(sleeping, ms)),
      every: (everyMs, call) => {
        const timer = { nextAt: moment.now + everyMs, everyMs, call };
        process.timers.add(timer);
        return () => process.timers.delete(timer);
      },
      random: (prefix) => `${prefix}-${name}-${(randoms += 1)}`,
    };
    const end = (words: string): void => {
      if (process.state === 'over') return;
      process.state = 'over';
      say(process, () => words);
    };
    task.run(worker).then(
      (result) => end(`is done${tell && result !== undefined ? ` (${resultOf(result)})` : ''}`),
      (error: unknown) => {
        if (process.state !== 'over') redeliver(process, moment.now + failedMessageMs);
        end(`fails (${lineOf(error)})`);
      },
    );
  };

  const answerOf = (process: Process, call: Pending, line: string, settle: () => void): Answer => ({
    line,
    deliver: () => {
      process.pending.splice(process.pending.indexOf(call), 1);
      process.history = choices.remember(() => digest(process.history, call.name, line, String(moment.now)));
      settle();
    },
  });

  const remembered = (told: unknown): string => choices.remember(() => lineOf(told));

  /** @returns what brings the answer to the caller */
  const apply = async (process: Process, call: Pending, outcome: () => Promise<unknown>): Promise<void> => {
    moment.heldSince = call.askedAt;
    call.answer = await outcome().then(
      (value) => answerOf(process, call, remembered(value), () => call.resolve(value)),
      (error: unknown) => answerOf(process, call, remembered(error), () => call.reject(error)),
    );
  };

  const go = async (process: Process, call: Pending): Promise<void> => {
    if (call.name !== 'sleep') say(process, call.words);
    if (!call.answer) await apply(process, call, call.apply);
    call.answer!.deliver();
  };

  const fail = async (process: Process, call: Pending, failure: Failure): Promise<void> => {
    say(process, () => `${call.words()}: ${failure.words}`);
    const before = failure.isApplied ? () => call.apply().catch(() => undefined) : nothing;
    await apply(process, call, async () => {
      await before();
      return failure.settle();
    });
    call.answer!.deliver();
  };

  const kill = async (process: Process, call: Pending): Promise<void> => {
    say(process, () => `${call.words()}, and is killed`);
    await apply(process, call, call.apply);
    process.state = 'over';
    redeliver(process, moment.now + deadMessageMs);
  };

  const freeze = async (process: Process, call: Pending, when: 'before' | 'after'): Promise<void> => {
    if (when === 'after') await apply(process, call, call.apply);
    say(process, () => `${when === 'after' ? call.words() : `is about to: ${call.words()}`}, and freezes`);
    process.state = 'frozen';
    process.thawsAt = moment.now + freezeMs;
    process.again = redeliver(process, moment.now + deadMessageMs);
  };

  const thaw = (process: Process): void => {
    say(process, () => 'wakes up');
    process.state = 'live';
    // While it is alive its message stays hidden.
    if (process.again && process.again.dueAt > moment.now) forgetTask(process.again);
    process.again = undefined;
    moment.lastThawAt = moment.now;
    moment.current = process;
    ring();
  };

  /** A process that was frozen finds one call of a timer waiting, however many it missed. */
  const ring = (): void => {
    for (const process of processes) {
      if (process.state !== 'live') continue;
      for (const timer of process.timers) {
        if (timer.nextAt > moment.now) continue;
        timer.nextAt = moment.now + timer.everyMs;
        timer.call();
      }
    }
  };

  return { moment, processes, tasks, say, start, forgetTask, go, fail, kill, freeze, thaw, ring };
}

const nothing = (): Promise<void> => Promise.resolve();

const sleeping: Call = {
  name: 'sleep',
  words: () => 'has slept',
  isRead: true,
  apply: nothing,
  failures: [],
};

function resultOf(result: unknown): string {
  const outcome = (result as { outcome?: unknown }).outcome;
  return typeof outcome === 'string' ? outcome : typeof result;
}

function nameOf(nth: number): string {
  return nth <= 26 ? String.fromCharCode(64 + nth) : `W${nth}`;
}

function at(ms: number): string {
  return `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 1).padStart(6)} s `;
}

/**
 * Decides who makes the next call, what becomes of it, and what time it is. Workers run the real code; every call of a port
 * stands still until it is told to go on. Nothing here waits for the wall clock.
 */
import type { Choices, Option } from './explore';
import { digest, lineOf } from './fingerprint';

/** What somebody is started for: a job of a queue, or a request that nobody repeats. */
export interface Task {
  readonly name: string;
  readonly dueAt: number;
  readonly isJob: boolean;
  /** Says in one line all that decides what it does. */
  readonly line: string;
  readonly run: (worker: Worker) => Promise<unknown>;
  readonly deliveries?: number;
}

/** What a caller sees instead of the answer. */
export interface Failure {
  readonly key: string;
  readonly words: string;
  readonly isApplied: boolean;
  readonly settle: () => Promise<unknown>;
}

export interface Call {
  /** The same for every call of its kind: what exactly it asks for follows from what its worker has been told. */
  readonly name: string;
  /** For the story. */
  readonly words: () => string;
  /** What reads only leaves nothing behind. */
  readonly isRead: boolean;
  readonly apply: () => Promise<unknown>;
  readonly failures: readonly Failure[];
}

interface Pending extends Call {
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

export interface Worker {
  readonly name: string;
  readonly call: (call: Call) => Promise<unknown>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly every: (ms: number, call: () => void) => () => void;
  readonly random: (prefix: string) => string;
}

type State = 'live' | 'frozen' | 'over';

interface Process {
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

export interface SchedulerOptions {
  readonly choices: Choices;
  /** How many processes there can be at once, frozen ones included. */
  readonly mostWorkers: number;
  /** A frozen process goes on after this time at the earliest. */
  readonly freezeMs: number;
  /** From then on nothing goes wrong any more. */
  readonly calmFrom: number;
  /** Nothing goes wrong but that processes are killed and freeze. */
  readonly stopsOnly?: boolean | undefined;
  /** Everything outside the workers that decides what can follow. */
  readonly line: () => string;
  /** Looks at the world after each step. @returns false when enough has been seen */
  readonly onStep: (held: { readonly askedAt: number }) => boolean;
  /** Everybody is done. @returns whether there is more to do */
  readonly onQuiet: () => boolean;
  readonly tell?: ((line: string) => void) | undefined;
}

export interface Scheduler {
  readonly now: () => number;
  readonly add: (task: Task) => void;
  readonly cancel: (task: Task) => void;
  /** When a frozen process went on the last time. */
  readonly lastThawAt: () => number;
  /** @returns false when it was given up as known */
  readonly run: () => Promise<boolean>;
}

/** After how long the queue gives the message of a dead process to another, and that of a failed one. */
export const deadMessageMs = 600_000;
const failedMessageMs = 30_000;
const mostDeliveries = 5;

type Move = Option & { readonly make: () => Promise<void> | void };

/** Node runs it when no promise has anything left to do: then everybody waits for a call. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { choices, mostWorkers, freezeMs, calmFrom, tell } = options;
  const processes: Process[] = [];
  const tasks: Task[] = [];
  let now = 0;
  let current: Process | undefined;
  let started = 0;
  let heldSince = 0;
  let lastThawAt = 0;

  const say = ({ name }: { readonly name: string }, words: () => string): void =>
    tell?.(`${at(now)} ${name} ${words()}`);

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
      history: digest(name, task.line, String(now)),
      pending: [],
      timers: new Set(),
      thawsAt: 0,
    };
    processes.push(process);
    current = process;
    say(process, () => `starts: ${task.name}`);
    let randoms = 0;
    const enqueue = (call: Call, delayMs = 0): Promise<unknown> =>
      new Promise((resolve, reject) => {
        process.pending.push({ ...call, readyAt: now + delayMs, askedAt: now, resolve, reject });
      });
    const worker: Worker = {
      name,
      call: (call) => enqueue(call),
      sleep: async (ms) => void (await enqueue(sleeping, ms)),
      every: (everyMs, call) => {
        const timer = { nextAt: now + everyMs, everyMs, call };
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
        if (process.state !== 'over') redeliver(process, now + failedMessageMs);
        end(`fails (${lineOf(error)})`);
      },
    );
  };

  const answerOf = (process: Process, call: Pending, line: string, settle: () => void): Answer => ({
    line,
    deliver: () => {
      process.pending.splice(process.pending.indexOf(call), 1);
      process.history = choices.remember(() => digest(process.history, call.name, line, String(now)));
      settle();
    },
  });

  const remembered = (told: unknown): string => choices.remember(() => lineOf(told));

  /** @returns what brings the answer to the caller */
  const apply = async (process: Process, call: Pending, outcome: () => Promise<unknown>): Promise<void> => {
    heldSince = call.askedAt;
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
    redeliver(process, now + deadMessageMs);
  };

  const freeze = async (process: Process, call: Pending, when: 'before' | 'after'): Promise<void> => {
    if (when === 'after') await apply(process, call, call.apply);
    say(process, () => `${when === 'after' ? call.words() : `is about to: ${call.words()}`}, and freezes`);
    process.state = 'frozen';
    process.thawsAt = now + freezeMs;
    process.again = redeliver(process, now + deadMessageMs);
  };

  const thaw = (process: Process): void => {
    say(process, () => 'wakes up');
    process.state = 'live';
    // While it is alive its message stays hidden.
    if (process.again && process.again.dueAt > now) forgetTask(process.again);
    process.again = undefined;
    lastThawAt = now;
    current = process;
    ring();
  };

  /** A process that was frozen finds one call of a timer waiting, however many it missed. */
  const ring = (): void => {
    for (const process of processes) {
      if (process.state !== 'live') continue;
      for (const timer of process.timers) {
        if (timer.nextAt > now) continue;
        timer.nextAt = now + timer.everyMs;
        timer.call();
      }
    }
  };

  const readyOf = ({ state, pending }: Process): Pending | undefined =>
    state === 'live' ? pending.find(({ readyAt }) => readyAt <= now) : undefined;
  const alive = (): Process[] => processes.filter(({ state }) => state !== 'over');
  const dueTasks = (): Task[] =>
    alive().length >= mostWorkers
      ? []
      : tasks.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
  const thawable = (): Process[] =>
    processes.filter(({ state, thawsAt }) => state === 'frozen' && thawsAt <= now);

  const nextTime = (): number | undefined => {
    const times = tasks.map(({ dueAt }) => dueAt);
    for (const { state, pending, timers, thawsAt } of processes) {
      if (state === 'frozen') times.push(thawsAt);
      if (state !== 'live') continue;
      // A timer alone keeps nobody at work.
      if (pending.length > 0) times.push(...[...timers].map(({ nextAt }) => nextAt));
      times.push(...pending.map(({ readyAt }) => readyAt));
    }
    const later = times.filter((time) => time > now);
    return later.length === 0 ? undefined : Math.min(...later);
  };

  const faultsAt = (process: Process, call: Pending): Move[] => {
    if (choices.left.faults < 1 || now >= calmFrom || call.answer || call.failures.length === 0) return [];
    const fault = (key: string, make: Move['make']): Move => ({ key, faults: 1, make });
    const failures = options.stopsOnly ? [] : call.failures;
    const moves = failures.map((failure) => fault(failure.key, () => fail(process, call, failure)));
    moves.push(fault('freeze after', () => freeze(process, call, 'after')));
    if (call.isRead) return moves;
    return [
      ...moves,
      fault('kill', () => kill(process, call)),
      fault('freeze before', () => freeze(process, call, 'before')),
    ];
  };

  const switches = (preemptions: number): Move[] => {
    const others = processes.filter((process) => process !== current && readyOf(process));
    const due = dueTasks();
    const moves: Move[] = others.map((process) => ({
      key: `go on ${process.name}`,
      make: () => {
        current = process;
        return go(process, readyOf(process)!);
      },
    }));
    const isFirst = (task: Task): boolean => due.find(({ line }) => line === task.line) === task;
    for (const task of due.filter(isFirst)) {
      moves.push({ key: `start ${tasks.indexOf(task)}`, make: () => start(task) });
    }
    for (const process of thawable()) {
      moves.push({ key: `wake ${process.name}`, make: () => thaw(process) });
    }
    return moves.map((move) => ({ ...move, preemptions }));
  };

  const doubles = (): Move[] => {
    if (choices.left.faults < 1 || now >= calmFrom || options.stopsOnly) return [];
    return dueTasks()
      .filter(({ isJob, deliveries = 1 }) => isJob && deliveries === 1)
      .map((task) => ({
        key: `double ${tasks.indexOf(task)}`,
        faults: 1,
        make: () => {
          say({ name: 'the queue' }, () => `delivers twice: ${task.name}`);
          tasks.push({ ...task, deliveries: 2 });
          start(task);
        },
      }));
  };

  const moves = (): Move[] => {
    const process = current;
    const call = process && readyOf(process);
    if (process && call) {
      const first: Move = { key: 'go', make: () => go(process, call) };
      if (choices.goesFirst) return [first];
      return [
        first,
        ...faultsAt(process, call),
        ...(choices.left.preemptions > 0 && now < calmFrom ? switches(1) : []),
      ];
    }
    const open = [...switches(0), ...doubles()];
    const onlyThawable = open.every(({ key }) => key.startsWith('wake'));
    const time = nextTime();
    if (time !== undefined && onlyThawable) {
      return [
        {
          key: 'wait',
          isJunction: true,
          make: () => {
            now = time;
            ring();
          },
        },
        ...open,
      ];
    }
    return open;
  };

  const line = (): string =>
    digest(
      String(now),
      current && readyOf(current) ? current.name : '',
      ...alive().map(({ name, state, history, pending, thawsAt }) =>
        [name, state, history, state === 'frozen' ? thawsAt : '', ...pending.map(pendingLine)].join(),
      ),
      ...tasks.map(({ line: task, dueAt, deliveries }) => [task, dueAt, deliveries].join()).sort(),
      options.line(),
    );

  return {
    now: () => now,
    add: (task) => void tasks.push(task),
    cancel: forgetTask,
    lastThawAt: () => lastThawAt,
    async run() {
      for (;;) {
        const open = moves();
        if (open.length === 0) {
          if (options.onQuiet()) continue;
          return true;
        }
        const move = choices.choose(open, line);
        if (!move) return false;
        heldSince = now;
        await move.make();
        await settled();
        if (!options.onStep({ askedAt: heldSince })) return true;
      }
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

const sleeping: Call = {
  name: 'sleep',
  words: () => 'has slept',
  isRead: true,
  apply: nothing,
  failures: [],
};

function pendingLine({ name, readyAt, answer }: Pending): string {
  return `${name}@${readyAt}${answer ? `=${answer.line}` : ''}`;
}

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

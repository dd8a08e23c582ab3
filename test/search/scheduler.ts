/**
 * Decides who makes the next call, what becomes of it, and what time it is. Workers run the real code; every call of a port
 * stands still until it is told to go on. Nothing here waits for the wall clock.
 */
import type { Task } from './calls';
import type { Choices, Option } from './explore';
import { digest } from './fingerprint';
import { createProcesses, type Pending, type Process } from './processes';

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

type Move = Option & { readonly make: () => Promise<void> | void };

/** Node runs it when no promise has anything left to do: then everybody waits for a call. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { choices, mostWorkers, calmFrom } = options;
  const held = createProcesses(options);
  const { moment, processes, tasks, say, start, go } = held;

  const readyOf = ({ state, pending }: Process): Pending | undefined =>
    state === 'live' ? pending.find(({ readyAt }) => readyAt <= moment.now) : undefined;
  const alive = (): Process[] => processes.filter(({ state }) => state !== 'over');
  const dueTasks = (): Task[] =>
    alive().length >= mostWorkers
      ? []
      : tasks.filter(({ dueAt }) => dueAt <= moment.now).sort((a, b) => a.dueAt - b.dueAt);
  const thawable = (): Process[] =>
    processes.filter(({ state, thawsAt }) => state === 'frozen' && thawsAt <= moment.now);

  const nextTime = (): number | undefined => {
    const times = tasks.map(({ dueAt }) => dueAt);
    for (const { state, pending, timers, thawsAt } of processes) {
      if (state === 'frozen') times.push(thawsAt);
      if (state !== 'live') continue;
      // A timer alone keeps nobody at work.
      if (pending.length > 0) times.push(...[...timers].map(({ nextAt }) => nextAt));
      times.push(...pending.map(({ readyAt }) => readyAt));
    }
    const later = times.filter((time) => time > moment.now);
    return later.length === 0 ? undefined : Math.min(...later);
  };

  const faultsAt = (process: Process, call: Pending): Move[] => {
    if (choices.left.faults < 1 || moment.now >= calmFrom || call.answer || call.failures.length === 0)
      return [];
    const fault = (key: string, make: Move['make']): Move => ({ key, faults: 1, make });
    const failures = options.stopsOnly ? [] : call.failures;
    const moves = failures.map((failure) => fault(failure.key, () => held.fail(process, call, failure)));
    moves.push(fault('freeze after', () => held.freeze(process, call, 'after')));
    if (call.isRead) return moves;
    return [
      ...moves,
      fault('kill', () => held.kill(process, call)),
      fault('freeze before', () => held.freeze(process, call, 'before')),
    ];
  };

  const switches = (preemptions: number): Move[] => {
    const others = processes.filter((process) => process !== moment.current && readyOf(process));
    const due = dueTasks();
    const moves: Move[] = others.map((process) => ({
      key: `go on ${process.name}`,
      make: () => {
        moment.current = process;
        return go(process, readyOf(process)!);
      },
    }));
    const isFirst = (task: Task): boolean => due.find(({ line }) => line === task.line) === task;
    for (const task of due.filter(isFirst)) {
      moves.push({ key: `start ${tasks.indexOf(task)}`, make: () => start(task) });
    }
    for (const process of thawable()) {
      moves.push({ key: `wake ${process.name}`, make: () => held.thaw(process) });
    }
    return moves.map((move) => ({ ...move, preemptions }));
  };

  const doubles = (): Move[] => {
    if (choices.left.faults < 1 || moment.now >= calmFrom || options.stopsOnly) return [];
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
    const process = moment.current;
    const call = process && readyOf(process);
    if (process && call) {
      const first: Move = { key: 'go', make: () => go(process, call) };
      if (choices.goesFirst) return [first];
      return [
        first,
        ...faultsAt(process, call),
        ...(choices.left.preemptions > 0 && moment.now < calmFrom ? switches(1) : []),
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
            moment.now = time;
            held.ring();
          },
        },
        ...open,
      ];
    }
    return open;
  };

  const line = (): string =>
    digest(
      String(moment.now),
      moment.current && readyOf(moment.current) ? moment.current.name : '',
      ...alive().map(({ name, state, history, pending, thawsAt }) =>
        [name, state, history, state === 'frozen' ? thawsAt : '', ...pending.map(pendingLine)].join(),
      ),
      ...tasks.map(({ line: task, dueAt, deliveries }) => [task, dueAt, deliveries].join()).sort(),
      options.line(),
    );

  return {
    now: () => moment.now,
    add: (task) => void tasks.push(task),
    cancel: held.forgetTask,
    lastThawAt: () => moment.lastThawAt,
    async run() {
      for (;;) {
        const open = moves();
        if (open.length === 0) {
          if (options.onQuiet()) continue;
          return true;
        }
        const move = choices.choose(open, line);
        if (!move) return false;
        moment.heldSince = moment.now;
        await move.make();
        await settled();
        if (!options.onStep({ askedAt: moment.heldSince })) return true;
      }
    },
  };
}

function pendingLine({ name, readyAt, answer }: Pending): string {
  return `${name}@${readyAt}${answer ? `=${answer.line}` : ''}`;
}

/**
 * Visits every schedule inside a bound, as CHESS does: a schedule is the list of its choices, and a run that has come to
 * its end is repeated with the last choice changed. Knows nothing of what is scheduled. A state that was visited with as
 * much left to spend is not visited again.
 */

/** What a schedule may still spend. A choice that costs nothing is always open. */
export interface Bounds {
  readonly faults: number;
  readonly preemptions: number;
}

export interface Option extends Partial<Bounds> {
  /** Names it among the options of its step, the same in every run. */
  readonly key: string;
  /** Many ways lead here: worth a look whether the state is known, though nothing is to be chosen. */
  readonly isJunction?: boolean;
}

/** The choices of a schedule that are not the first of their step, by the number of the step. */
export type Schedule = ReadonlyMap<number, string>;

export interface Choices {
  readonly left: Bounds;
  /** The next step was made before and goes its first way again: no others need to be thought of. */
  readonly goesFirst: boolean;
  /**
   * Works out what follows from the choices so far and from nothing else. While a schedule repeats the one before it, what was worked out then
   * is given again.
   */
  remember(workOut: () => string): string;
  /**
   * @param state describes all that decides what can follow
   * @returns `undefined` when nothing new can follow: the run is over
   */
  choose<T extends Option>(options: readonly T[], state: () => string): T | undefined;
}

/** @returns what the schedule has shown, or `undefined` where it was given up as known */
export type Run<T> = (choices: Choices) => Promise<T | undefined>;

export interface Explored {
  /** Those that were given up because they came to a known state are among them. */
  readonly schedules: number;
  readonly states: number;
  /** False: it was stopped before it had seen all. */
  readonly complete: boolean;
}

export interface ExploreOptions<T> {
  readonly bounds: Bounds;
  /** How many schedules at the most. */
  readonly most?: number | undefined;
  /** @returns true to stop */
  readonly onEnd: (shown: T, schedule: Schedule) => boolean;
  /** Told after every schedule how many there were. */
  readonly onProgress?: ((schedules: number) => void) | undefined;
}

interface Step {
  readonly options: readonly Option[];
  at: number;
  /** How much was remembered before it. */
  readonly remembered: number;
}

/** What one schedule after the other has worked out, in the order in which it did. */
interface Memory {
  readonly all: string[];
  next: number;
}

export async function explore<T>(
  run: Run<T>,
  { bounds, most, onEnd, onProgress }: ExploreOptions<T>,
): Promise<Explored> {
  const visited = createVisited(bounds);
  let path: Step[] = [];
  let schedules = 0;
  const memory: Memory = { all: [], next: 0 };
  for (;;) {
    const prefix = path;
    memory.all.length = path.at(-1)?.remembered ?? 0;
    memory.next = 0;
    const made: Step[] = [];
    const shown = await run(
      follow(
        bounds,
        () => prefix[made.length]?.at === 0,
        (options, state, left) => {
          const known = prefix[made.length];
          if (known) {
            if (options[known.at]?.key !== known.options[known.at]?.key) {
              throw new Error(`Step ${made.length} of a schedule is another than the last time.`);
            }
            made.push(known);
            return known.at;
          }
          const isJunction = options.length > 1 || options[0]?.isJunction === true;
          if (isJunction && !visited.isNew(state(), left)) return undefined;
          made.push({ options, at: 0, remembered: memory.next });
          return 0;
        },
        (workOut) => {
          const known = memory.all[memory.next];
          const line = known ?? workOut();
          if (known === undefined) memory.all.push(line);
          memory.next += 1;
          return line;
        },
      ),
    );
    schedules += 1;
    onProgress?.(schedules);
    path = made;
    if (shown !== undefined && onEnd(shown, scheduleOf(path))) break;
    while (path.length > 0 && path.at(-1)!.at + 1 >= path.at(-1)!.options.length) path.pop();
    if (path.length === 0) return { schedules, states: visited.count(), complete: true };
    if (most !== undefined && schedules >= most) break;
    path.at(-1)!.at += 1;
  }
  return { schedules, states: visited.count(), complete: false };
}

/** Runs one schedule. A choice that is not open at its step is passed over. */
export function replay<T>(run: Run<T>, schedule: Schedule): Promise<T | undefined> {
  let step = 0;
  return run(
    follow(
      { faults: 99, preemptions: 99 },
      () => false,
      (options) => {
        const wanted = schedule.get(step);
        step += 1;
        return Math.max(
          0,
          options.findIndex(({ key }) => key === wanted),
        );
      },
      (workOut) => workOut(),
    ),
  );
}

/** Leaves out every choice without which the run still shows the same. */
export async function shrink<T>(
  run: Run<T>,
  schedule: Schedule,
  isSame: (shown: T | undefined) => boolean,
): Promise<Schedule> {
  let shortest = schedule;
  for (const step of [...schedule.keys()].reverse()) {
    const without = new Map([...shortest].filter(([each]) => each !== step));
    if (isSame(await replay(run, without))) shortest = without;
  }
  return shortest;
}

function follow(
  bounds: Bounds,
  goesFirst: () => boolean,
  pick: (options: readonly Option[], state: () => string, left: Bounds) => number | undefined,
  remember: Choices['remember'],
): Choices {
  let left = bounds;
  return {
    get left() {
      return left;
    },
    get goesFirst() {
      return goesFirst();
    },
    remember,
    choose(options, state) {
      const at = pick(options, state, left);
      const option = at === undefined ? undefined : options[at];
      if (option) {
        const { faults = 0, preemptions = 0 } = option;
        left = { faults: left.faults - faults, preemptions: left.preemptions - preemptions };
      }
      return option;
    },
  };
}

/** The first option of a step is what happens when nothing is chosen. */
function scheduleOf(path: readonly Step[]): Schedule {
  const chosen = path.map(({ options, at }, step): [number, string] => [
    step,
    at === 0 ? '' : options[at]!.key,
  ]);
  return new Map(chosen.filter(([, key]) => key !== ''));
}

export function writeSchedule(schedule: Schedule): string {
  return [...schedule].map(([step, key]) => `${step}=${key}`).join(';');
}

/** @throws Error when it is not what `writeSchedule` has written */
export function readSchedule(text: string): Schedule {
  const parts = text.split(';').filter(Boolean);
  return new Map(
    parts.map((part) => {
      const [, step, key] = /^(\d+)=(.+)$/.exec(part.trim()) ?? [];
      if (step === undefined || key === undefined) throw new Error(`"${part}" is not a step of a schedule`);
      return [Number(step), key];
    }),
  );
}

interface Visited {
  /** False when the state was visited with at least as much left. */
  isNew(state: string, left: Bounds): boolean;
  count(): number;
}

function createVisited({ faults, preemptions }: Bounds): Visited {
  const bitOf = (f: number, p: number): number => 1 << (f * (preemptions + 1) + p);
  const withAtLeast = ({ faults: f, preemptions: p }: Bounds): number => {
    let mask = 0;
    for (let more = f; more <= faults; more += 1)
      for (let others = p; others <= preemptions; others += 1) mask |= bitOf(more, others);
    return mask;
  };
  const seen = new Map<string, number>();
  return {
    isNew(state, left) {
      const before = seen.get(state) ?? 0;
      if ((before & withAtLeast(left)) !== 0) return false;
      seen.set(state, before | bitOf(left.faults, left.preemptions));
      return true;
    },
    count: () => seen.size,
  };
}

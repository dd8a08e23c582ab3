/**
 * A drill from its first world to what it says at the end. Each drill only says what its world is, what is done in a
 * batch, which faults strike, and how the outcome is judged.
 */
import type { Way } from '../../src/model';
import { createChance, type Chance } from '../random';
import { eachSideBySide, runBatches, type Assigned, type BatchOutcome, type Tally } from './batches';
import type { Stage } from './stage';
import type { Target } from './strike-targets';
import type { FleetSize } from './workers';

export interface DrillOptions<Break extends string = string> extends FleetSize {
  /** It ends after the batch in which this many have struck. */
  readonly faults: number;
  readonly seed: number;
  /** Connections of one batch. */
  readonly connections: number;
  /** The shortcut to be noticed. */
  readonly broken?: Break | undefined;
  readonly print: (line: string) => void;
  readonly verbose: boolean;
  /** How wearers of the message drill get their messages, in turn; both unless said otherwise. */
  readonly ways?: readonly Way[] | undefined;
}

export interface Plans<P> {
  /** Each the counter-example to a shortcut. They come first; for a drill that looks for a shortcut, nothing else does. */
  readonly directed: readonly P[];
  /** After those, unless a shortcut is looked for. */
  readonly further: readonly P[];
  /** Every single kill and freeze; one of them now and then. */
  readonly singles: P[];
  mixed(): P;
}

/** What happens in one world. */
export interface Play<S, P> {
  /** Before the first batch. */
  prepare?(subjects: readonly S[]): Promise<void>;
  batch(assigned: readonly Assigned<S, P>[]): Promise<BatchOutcome<S>>;
  /** After the last batch. */
  end?(): Promise<void>;
}

export interface Scene<St, Sum> {
  readonly stage: St;
  readonly options: DrillOptions;
  readonly chance: Chance;
  /** Of all worlds. */
  readonly sum: Sum;
}

export interface Scenario<Break extends string, St extends Stage, S extends Target, P, Sum extends Tally> {
  readonly breakNames: readonly Break[];
  /** Unless told otherwise. */
  readonly size: { readonly connections: number; readonly atATime: number };
  /** A world is used for so many batches. */
  readonly perWorld: number;
  /** About as many faults strike; the last batch is no larger than it has to be. */
  readonly faultsPerConnection: number;
  readonly noFaults: P;
  readonly noSum: () => Omit<Sum, keyof Tally>;
  /** @throws Error when the order of times no longer holds at this factor */
  describeTimes(factor: number): string;
  plans(factor: number, chance: Chance): Plans<P>;
  /** @param nth of all worlds that there could be; the seed says which comes first */
  open(options: DrillOptions<Break>, nth: number): Promise<St>;
  /** Connects the n-th wearer, whom the drill then follows. */
  connect(stage: St, nth: number): Promise<S>;
  play(scene: Scene<St, Sum>): Play<S, P>;
  isBad(sum: Sum): boolean;
  describe(sum: Sum): readonly string[];
}

export interface Drill {
  readonly size: { readonly connections: number; readonly atATime: number };
  /** @returns whether anything was lost inside the promise */
  run(options: Omit<DrillOptions, 'broken'>, shortcut: string | undefined): Promise<boolean>;
}

export function createDrill<Break extends string, St extends Stage, S extends Target, P, Sum extends Tally>(
  scenario: Scenario<Break, St, S, P, Sum>,
): Drill {
  return {
    size: scenario.size,
    async run(given, shortcut) {
      const broken = shortcut === undefined ? undefined : choose('break', scenario.breakNames, shortcut);
      const { factor, seed, print } = given;
      print(`seed ${seed}; all times times ${factor}: ${scenario.describeTimes(factor)}`);
      const startedMs = performance.now();
      const sum = await runWorlds(scenario, { ...given, broken });
      print([...describeFaults(sum, performance.now() - startedMs), ...scenario.describe(sum)].join('\n'));
      return scenario.isBad(sum);
    },
  };
}

async function runWorlds<Break extends string, St extends Stage, S extends Target, P, Sum extends Tally>(
  scenario: Scenario<Break, St, S, P, Sum>,
  options: DrillOptions<Break>,
): Promise<Sum> {
  const { perWorld, faultsPerConnection, noFaults } = scenario;
  const chance = createChance(options.seed);
  const nextPlan = createPlanner(scenario.plans(options.factor, chance), options.broken !== undefined);
  const noTally: Tally = { total: 0, batches: 0, processes: 0, faults: new Map() };
  const sum = { ...noTally, ...scenario.noSum() } as Sum;
  const isFound = (): boolean => options.broken !== undefined && scenario.isBad(sum);

  for (let nth = options.seed; sum.total < options.faults && !isFound(); nth += 1) {
    const stage = await scenario.open(options, nth);
    try {
      const play = scenario.play({ stage, options, chance, sum });
      const subjects = await eachSideBySide(options.connections, (each) => scenario.connect(stage, each));
      await stage.workers.start();
      await play.prepare?.(subjects);
      await runBatches(stage, options, sum, subjects, {
        ...{ perWorld, faultsPerConnection, nextPlan, noFaults },
        run: (assigned) => play.batch(assigned),
      });
      await play.end?.();
    } finally {
      await stage.close();
    }
  }
  return sum;
}

/** @returns what gives every connection its plan */
function createPlanner<P>({ directed, further, singles, mixed }: Plans<P>, isBroken: boolean): () => P {
  const first = isBroken ? directed : [...directed, ...further];
  let planned = 0;
  return () => {
    planned += 1;
    // A shortcut is found by the directed faults, again and again if need be.
    if (isBroken || planned <= first.length) return first[(planned - 1) % first.length]!;
    return (planned % 4 === 0 ? singles.shift() : undefined) ?? mixed();
  };
}

/** How often each fault has struck, and what it cost. */
function describeFaults({ faults, total, batches, processes }: Readonly<Tally>, ms: number): string[] {
  const kinds = [...faults].sort(([, a], [, b]) => b - a);
  return [
    '',
    ...kinds.map(([name, count]) => `${String(count).padStart(6)}  ${name}`),
    `${String(total).padStart(6)}  faults in ${batches} batches, ${Math.round(ms / 1000)} s, ${processes} processes`,
    '',
  ];
}

export function choose<T extends string>(option: string, names: readonly T[], given: string): T {
  const name = names.find((each) => each === given);
  if (name === undefined) {
    throw new Error(`There is no ${option} "${given}". Choose one of ${names.join(', ')}.`);
  }
  return name;
}

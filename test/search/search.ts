/** Searches one scenario, first with few faults and then with more, and makes stories of what it has found. */
import { explore, replay, shrink, type Bounds, type Schedule } from './explore';
import type { Scenario, Shown } from './scenario';

/** What may go wrong in one pass over a scenario. */
export interface Level extends Bounds {
  readonly stopsOnly?: boolean;
}

/**
 * What is found is found with as few faults as it takes. Each fault after the first takes one preemption away: two faults
 * beside two preemptions would be too many schedules for an evening.
 */
export function levelsFor(faults: number, preemptions: number): Level[] {
  const at = (count: number): Level => ({
    faults: count,
    preemptions: Math.max(0, preemptions - Math.max(0, count - 1)),
  });
  return Array.from({ length: faults + 1 }, (_, count) => at(count)).flatMap((level) =>
    level.faults < 2 ? [level] : [{ ...level, stopsOnly: true }, level],
  );
}

export interface Finding {
  readonly kind: string;
  readonly why: string;
  readonly schedule: Schedule;
  readonly level: Level;
  readonly story: readonly string[];
}

export interface Searched {
  readonly scenario: string;
  readonly schedules: number;
  /** Of all passes together. */
  readonly states: number;
  readonly complete: boolean;
  /** By reason, of the last pass. */
  readonly outside: ReadonlyMap<string, number>;
  /** One of each kind. */
  readonly findings: readonly Finding[];
}

export interface SearchOptions {
  readonly levels: readonly Level[];
  readonly broken?: string | undefined;
  /** How many schedules at the most. */
  readonly most?: number | undefined;
  /** Ends when a rule of one of these kinds was found broken. */
  readonly until?: readonly string[];
  /** Told after every schedule. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** From 1 on: each level of faults is a pass. */
  readonly pass: number;
  /** Of all passes so far. */
  readonly schedules: number;
}

export async function search(scenario: Scenario, options: SearchOptions): Promise<Searched> {
  const { levels, broken, most = Infinity, until = [], onProgress } = options;
  const found = new Map<string, { why: string; schedule: Schedule; level: Level }>();
  let outside = new Map<string, number>();
  let schedules = 0;
  let states = 0;
  let complete = true;
  for (const [index, level] of levels.entries()) {
    outside = new Map();
    const explored = await explore<Shown>(scenario.play({ broken, stopsOnly: level.stopsOnly }), {
      bounds: level,
      most: most - schedules,
      onProgress: (count) => onProgress?.({ pass: index + 1, schedules: schedules + count }),
      onEnd: (shown, schedule) => {
        if (shown.outside !== undefined) outside.set(shown.outside, (outside.get(shown.outside) ?? 0) + 1);
        for (const { kind, why } of shown.violations) {
          if (!found.has(kind)) found.set(kind, { why, schedule, level });
        }
        return until.some((kind) => found.has(kind));
      },
    });
    schedules += explored.schedules;
    states += explored.states;
    ({ complete } = explored);
    if (!complete) break;
  }
  const findings: Finding[] = [];
  for (const [kind, finding] of found) {
    const isSame = (shown: Shown | undefined) =>
      shown?.violations.some((each) => each.kind === kind) === true;
    const schedule = await shrink(scenario.play({ broken }), finding.schedule, isSame);
    findings.push({ kind, ...finding, schedule, story: await tellStory(scenario, schedule, broken) });
  }
  return { scenario: scenario.name, schedules, states, complete, outside, findings };
}

export async function tellStory(scenario: Scenario, schedule: Schedule, broken?: string): Promise<string[]> {
  const story: string[] = [];
  const shown = await replay(scenario.play({ broken, tell: (line) => story.push(line) }), schedule);
  return [...story, ...(shown?.violations ?? []).map(({ why }) => `=> ${why}`)];
}

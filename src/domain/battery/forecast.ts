/**
 * How long a battery will last: the days since its last charge, lived once more. A pure function; it says nothing
 * rather than guess, and what it says has a range. `npm run forecast` prints how often the truth lies in it.
 */
import type { StoredReading } from '../../model';

/** Hours from now until it is flat. */
export interface Forecast {
  readonly hours: number;
  /** In about nine of ten cases the truth lies between these. */
  readonly from: number;
  readonly to: number;
}

const hourMs = 3_600_000;
/** How far back readings are worth giving to it. */
export const forecastFromMs = 14 * 24 * hourMs;

/** A level that rises by more was charged; by less, it jitters. */
const jitter = 6;
const fewestReadings = 5;
const shortestHours = 5;
const smallestDrop = 5;
/** A newest reading that is older says too little about now. */
const oldestMs = 24 * hourMs;
/** Within this of the highest level, a device may still have been on the charger. */
const topBand = 2;
/** Levels are cut to whole percents. */
const cutOff = 0.5;
/** What two levels are wrong by, taken together. */
const levelError = 1.2;
/** The future differs from the past, however steady the past looked. */
const steadiest = 0.12;
/** What a few hours that were seen leave open about the rest of the day and the night. */
const partOfDay = 0.25;
/** Nine in ten, of a normal distribution. */
const deviations = 1.65;
/** A range of which one end is so many times the other helps nobody. */
const widestRange = 6;
/** The stretches whose losses are compared. */
const blockHours = 6;
/** By how much they differ when there are less than two. */
const unknownUnsteadiness = 0.5;
/** How fast the battery went down lately is judged by these last hours; `patience` percent weigh against them. */
const recentHours = 8;
const patience = 6;

/** @param readings of one device, oldest first */
export function forecast(readings: readonly StoredReading[], now: number): Forecast | undefined {
  const levels = belowTop(smooth(lastDischarge(readings)));
  const first = levels[0];
  const last = levels.at(-1);
  if (!first || !last || levels.length < fewestReadings || now - last.at > oldestMs) return undefined;
  const past: Past = {
    hours: (last.at - first.at) / hourMs,
    lost: (fromHour, toHour) =>
      levelAt(levels, last.at + fromHour * hourMs) - levelAt(levels, last.at + toHour * hourMs),
  };
  const drop = first.percent - last.percent;
  if (past.hours < shortestHours || drop < smallestDrop) return undefined;

  const level = last.percent + cutOff;
  const total = hoursToLose(level, past) / haste(past);
  const error = Math.hypot(
    steadiest,
    past.hours < 24 ? partOfDay : 0,
    levelError / drop,
    cutOff / level,
    unsteadiness(past) * Math.sqrt(blockHours / past.hours + blockHours / Math.max(total, blockHours)),
  );
  const wide = Math.exp(deviations * error);
  const sinceLast = Math.max(0, now - last.at) / hourMs;
  const hours = total - sinceLast;
  // Also when nothing was lost in the last days, and neither is a number.
  if (!(wide ** 2 <= widestRange) || !(hours > 0 && hours < Infinity)) return undefined;
  return { hours, from: Math.max(0, total / wide - sinceLast), to: total * wide - sinceLast };
}

/** A discharge up to its newest reading: hours before that are negative. */
interface Past {
  readonly hours: number;
  /** Percent. */
  lost(fromHour: number, toHour: number): number;
}

/** Goes back from the newest reading to the first that is lower than what followed: there it was charged. */
function lastDischarge(readings: readonly StoredReading[]): readonly StoredReading[] {
  let highest = -Infinity;
  let begin = readings.length;
  while (begin > 0 && readings[begin - 1]!.percent >= highest - jitter) {
    begin -= 1;
    highest = Math.max(highest, readings[begin]!.percent);
  }
  return readings.slice(begin);
}

/** The levels that never rise and are nearest to those that were seen: neighbours that rise share their mean. */
function smooth(readings: readonly StoredReading[]): readonly StoredReading[] {
  const pools: Pool[] = [];
  for (const { at, percent } of readings) {
    let pool: Pool = { sum: percent, times: [at] };
    for (let before = pools.at(-1); before && meanOf(before) < meanOf(pool); before = pools.at(-1)) {
      pools.pop();
      pool = { sum: before.sum + pool.sum, times: [...before.times, ...pool.times] };
    }
    pools.push(pool);
  }
  return pools.flatMap((pool) => pool.times.map((at) => ({ at, percent: meanOf(pool) })));
}

/** From the last level at the top on: a device can stay there for hours on the charger, and then loses nothing. */
function belowTop(levels: readonly StoredReading[]): readonly StoredReading[] {
  const [first] = levels;
  return first
    ? levels.slice(levels.findLastIndex(({ percent }) => percent > first.percent - topBand))
    : levels;
}

interface Pool {
  readonly sum: number;
  readonly times: readonly number[];
}

function meanOf({ sum, times }: Pool): number {
  return sum / times.length;
}

function levelAt(levels: readonly StoredReading[], at: number): number {
  const after = levels.findIndex((level) => level.at >= at);
  const next = levels[after] ?? levels.at(-1)!;
  const before = levels[after - 1];
  if (!before || next.at === at) return next.percent;
  return before.percent + ((next.percent - before.percent) * (at - before.at)) / (next.at - before.at);
}

/**
 * Lives the last whole days once more, hour by hour and by the time of the day: nights and workouts come again. With
 * less than a day it only has a mean.
 */
function hoursToLose(level: number, past: Past): number {
  const days = Math.floor(past.hours / 24);
  if (days === 0) return (level * past.hours) / past.lost(-past.hours, 0);
  const perDay = past.lost(-24 * days, 0) / days;
  const wholeDays = Math.floor(level / perDay);
  let rest = level - wholeDays * perDay;
  for (let hour = 0; hour < 24; hour += 1) {
    const loss = onOtherDays(past, hour - 24 * days, days);
    if (loss > rest) return 24 * wholeDays + hour + rest / loss;
    rest -= loss;
  }
  return 24 * (wholeDays + 1);
}

/** What the mean day loses in the hour that begins at `fromHour` of the first. */
function onOtherDays(past: Past, fromHour: number, days: number, hours = 1): number {
  let lost = 0;
  for (let day = 0; day < days; day += 1) lost += past.lost(fromHour + 24 * day, fromHour + 24 * day + hours);
  return lost / days;
}

/**
 * Above 1 when more was lost lately than at the same time of the days before: an old battery sags. Less is no reason
 * for hope.
 */
function haste(past: Past): number {
  if (past.hours < 2 * recentHours) return 1;
  const daysBefore = Math.floor((past.hours - recentHours) / 24);
  const expected =
    daysBefore > 0
      ? onOtherDays(past, -24 * daysBefore - recentHours, daysBefore, recentHours)
      : (past.lost(-past.hours, 0) * recentHours) / past.hours;
  return Math.max(1, (past.lost(-recentHours, 0) + patience) / (expected + patience));
}

/** How much the losses of its stretches differ, as a share of their mean. */
function unsteadiness(past: Past): number {
  const blocks = Math.floor(past.hours / blockHours);
  if (blocks < 2) return unknownUnsteadiness;
  const losses = Array.from({ length: blocks }, (_, block) =>
    past.lost(-(block + 1) * blockHours, -block * blockHours),
  );
  const mean = past.lost(-blocks * blockHours, 0) / blocks;
  const squares = losses.map((loss) => (loss - mean) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square) / (blocks - 1)) / mean;
}

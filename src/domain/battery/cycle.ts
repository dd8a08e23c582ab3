/**
 * A cycle goes from one charge to the next. A charge shows in a level that has risen: by so much that nothing else can
 * explain it, or by less and for hours. A level that only stopped being low, because the threshold was lowered or a word
 * contradicted the percent, was not charged, and nobody is told that it was.
 */
import type { Device, Reading } from '../../model';
import { isDoubtful, isLow, hasRecovered, jitter, type LevelRules } from './level';
import { isFresh, isMissing, putAwayAfterMs } from './silence';

/**
 * `away`: it was charged, or may have been, while nobody could see it. `lowered`: it is not low by a threshold that the
 * wearer has lowered. `doubtful`: it was low by its word only, and is not any more.
 */
export type CycleEnd = 'charged' | 'away' | 'lowered' | 'doubtful';

const hourMs = 3_600_000;
/** A short charge lifts the level by this. It ends the cycle once the level has stayed above the threshold for `riseLastsMs`. */
const smallRise = 10;
const riseLastsMs = 6 * hourMs;
/** A word says no more than that the level has left the low range, and near its border it can change to and fro. */
const wordRiseLastsMs = 24 * hourMs;

export function whyCycleEnds(
  known: Device | undefined,
  seen: Device,
  rules: LevelRules,
  { now, isNew }: { readonly now: number; readonly isNew: boolean },
): CycleEnd | undefined {
  if (!known || !hasTold(seen)) return undefined;
  if (wasChargedAway(known, seen, now)) return 'away';
  const reading = believed(seen, rules);
  const isUp = isNew && hasRecovered(reading, rules);
  // Records from before it was kept do not say what the lowest level was.
  const lowest = seen.lowest ?? (seen.armed ? undefined : known.reading.percent);
  if (isUp && hasRisen(reading, lowest, jitter)) return 'charged';
  const lastsMs = reading.percent === undefined ? wordRiseLastsMs : riseLastsMs;
  if (known.risenAt !== undefined && now - known.risenAt >= lastsMs) return 'charged';
  if (seen.armed || !isFresh(seen, now) || isLow(reading, rules)) return undefined;
  if (isDoubtful(known.reading, rules)) return 'doubtful';
  return isUp || rules.threshold < (seen.toldLevel ?? 0) ? 'lowered' : undefined;
}

/** A cycle that goes on is kept up to date. */
export function beginNextCycle(
  device: Device,
  ended: CycleEnd | undefined,
  rules: LevelRules,
  now: number,
): Device {
  if (ended === undefined)
    return hasTold(device) && isFresh(device, now) ? noteRise(device, rules, now) : device;
  const next = beginAnew(device);
  if (ended === 'lowered') return { ...next, lowest: device.lowest, toldLevel: device.toldLevel };
  return ended === 'doubtful' ? { ...next, lowest: device.lowest, doubted: true } : next;
}

/** The next cycle, in which nothing has been told yet. */
export function beginAnew(device: Device): Device {
  const {
    toldAt,
    toldCriticalAt,
    reminders,
    silentAt,
    unseenAt,
    risenAt,
    toldLevel,
    lowest,
    doubted,
    lowEventAt,
    silentEventAt,
    ...lasting
  } = device;
  return { ...lasting, cycle: device.cycle + 1, armed: true };
}

/** How a device remembers that its level is told. */
export function markTold(
  { reading, toldLevel, lowest }: Device,
  rules: LevelRules,
  now: number,
): Partial<Device> {
  const { percent } = reading;
  const isWordOnly = percent === undefined || isDoubtful(reading, rules);
  return {
    toldAt: now,
    toldLevel: isWordOnly ? toldLevel : Math.min(toldLevel ?? Infinity, percent, rules.threshold),
    lowest: least(lowest, percent),
  };
}

/** A word that was wrong once is not believed against the percent until the next charge. */
export function believed({ reading, doubted }: Device, rules: LevelRules): Reading {
  return doubted && isDoubtful(reading, rules) ? { ...reading, word: undefined } : reading;
}

/** There is something that a charge would end. */
function hasTold({ armed, silentAt, unseenAt, lowest, lowEventAt, silentEventAt }: Device): boolean {
  const told = [silentAt, unseenAt, lowest, lowEventAt, silentEventAt];
  return !armed || told.some((each) => each !== undefined);
}

/** Missing from the list for a day, or not looked at for so long that it must have been charged. */
function wasChargedAway(known: Device, { reading: { percent } }: Device, now: number): boolean {
  if (now - known.checkedAt > putAwayAfterMs) return true;
  if (!isMissing(known, now)) return false;
  const before = known.lowest ?? known.reading.percent;
  return percent !== undefined && before !== undefined && percent - before > jitter;
}

function noteRise(device: Device, rules: LevelRules, now: number): Device {
  if (device.armed && device.lowest === undefined && device.lowEventAt === undefined) return device;
  const reading = believed(device, rules);
  const lowest = least(device.lowest, reading.percent);
  const isRise =
    reading.percent === undefined
      ? reading.word === 'medium' || reading.word === 'high'
      : hasRisen(reading, lowest, smallRise - 1);
  const isUp = !isLow(reading, rules) && (device.risenAt !== undefined || isRise);
  return { ...device, lowest, risenAt: isUp ? (device.risenAt ?? now) : undefined };
}

function hasRisen({ percent }: Reading, lowest: number | undefined, byMore: number): boolean {
  return percent === undefined || lowest === undefined || percent - lowest > byMore;
}

export function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

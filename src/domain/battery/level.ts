/** What one reading says about a level: low, critical, or enough. */
import type { Reading } from '../../model';

/** Percent; the part of the battery rules that levels are compared with. */
export interface LevelRules {
  readonly threshold: number;
  readonly criticalAt: number;
}

/** Charging lifts a level by far more than this; readings jitter by less. */
const recoveryBand = 15;
const highestRecovery = 95;
/** Above this no battery runs flat within the two days after which a silence is told. */
const highestLowish = 35;
/** Readings of one level differ by no more than this. */
export const jitter = 6;

/** The percent decides, except that Empty is always low; a word alone counts when there is no percent. */
export function isLow({ percent, word }: Reading, { threshold }: Pick<LevelRules, 'threshold'>): boolean {
  if (word === 'empty') return true;
  return percent === undefined ? word === 'low' : percent <= threshold;
}

/** Empty beside a percent that is not critical is doubtful: enough for low, not for more. */
export function isCritical({ percent, word }: Reading, { criticalAt }: LevelRules): boolean {
  return criticalAt > 0 && (percent === undefined ? word === 'empty' : percent <= criticalAt);
}

/** Only the word says that it is low, and the percent contradicts it. */
export function isDoubtful(
  { percent, word }: Reading,
  { threshold }: Pick<LevelRules, 'threshold'>,
): boolean {
  return word === 'empty' && percent !== undefined && percent > threshold;
}

/** So little that it can have run flat in the days of a silence. */
export function isLowish(reading: Reading, rules: LevelRules): boolean {
  const { percent } = reading;
  const below = Math.min(recoveryLevel(rules), highestLowish);
  return isLow(reading, rules) || (percent !== undefined && percent < below);
}

/** So much that it must have been charged. */
export function hasRecovered(reading: Reading, rules: LevelRules): boolean {
  if (isLow(reading, rules)) return false;
  return reading.percent === undefined ? reading.word === 'high' : reading.percent >= recoveryLevel(rules);
}

function recoveryLevel({ threshold }: LevelRules): number {
  return Math.min(threshold + recoveryBand, highestRecovery);
}

/**
 * When a battery deserves a text: a pure function of what was known, the reading, the policy and the time.
 * Unknown is never low, an old reading raises no alert, and a cycle (from one charge to the next) has one alert.
 */
import type { ConnectionId, Device, Policy, Reading } from '../model';

export interface Judgement {
  readonly device: Device;
  /** Someone should be told that this device is low. */
  readonly alert: boolean;
}

/** Charging lifts a level by far more than this; readings jitter by less. */
const recoveryBand = 15;
const highestRecovery = 95;
const staleAfterMs = 48 * 3_600_000;

export function judgeReading(
  known: Device | undefined,
  connection: ConnectionId,
  reading: Reading,
  policy: Policy,
  now: number,
): Judgement {
  // A worker that was held up brings what was true before: it must not undo what has been seen since.
  if (known && isOlder(reading, known.reading)) return { device: { ...known, checkedAt: now }, alert: false };
  const firstSeenAt = known && !isNewReading(known.reading, reading) ? known.firstSeenAt : now;
  const device: Device = {
    connection,
    reading,
    firstSeenAt,
    checkedAt: now,
    cycle: known?.cycle ?? 1,
    armed: known?.armed ?? true,
  };
  if (!device.armed) {
    return hasRecovered(reading, policy)
      ? { device: { ...device, armed: true, cycle: device.cycle + 1 }, alert: false }
      : { device, alert: false };
  }
  const takenAt = reading.syncedAt ?? reading.syncedBefore ?? firstSeenAt;
  const fresh = now - Math.min(takenAt, now) <= staleAfterMs;
  const alert = isWatched(reading, policy) && fresh && isLow(reading, policy);
  return { device: { ...device, armed: !alert }, alert };
}

function isOlder({ syncedAt: after }: Reading, { syncedAt: before }: Reading): boolean {
  return after !== undefined && before !== undefined && after < before;
}

/** Some answers lack the sync time; then a reading is new when what it says has changed. */
function isNewReading(before: Reading, after: Reading): boolean {
  return before.syncMark !== after.syncMark || before.percent !== after.percent || before.word !== after.word;
}

/** A phone has no battery of its own here, and is reported as Empty for ever. */
function isWatched({ kind }: Reading, { alertOnScales }: Policy): boolean {
  return kind !== 'phone' && (kind !== 'scale' || alertOnScales);
}

/** The percent decides, except that Empty is always low; a word alone counts when there is no percent. */
export function isLow({ percent, word }: Reading, { batteryThreshold }: Policy): boolean {
  if (word === 'empty') return true;
  return percent === undefined ? word === 'low' : percent <= batteryThreshold;
}

function hasRecovered({ percent, word }: Reading, { batteryThreshold }: Policy): boolean {
  if (percent === undefined) return word === 'high';
  return percent >= Math.min(batteryThreshold + recoveryBand, highestRecovery) && word !== 'empty';
}

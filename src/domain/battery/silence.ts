/**
 * A flat device cannot say so: its last reading is what the provider goes on reporting. So a reading speaks for 48
 * hours, and after that the silence does. When many connections fall silent at once, it is the provider that is silent.
 * Not being able to see is no silence: after a gap between good checks every phone gets a day to sync.
 */
import type { Alarm, Device, Hearing, Reading } from '../../model';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long a reading speaks for its device. */
export const freshForMs = 2 * dayMs;
/** A list that lacks a device for less than this was incomplete. */
const goneForMs = dayMs;
/** Some wearers sync once a week only. */
const unseenAfterMs = 7 * dayMs;
/** How long it is awaited after a reading that was old when it came, or after a gap between good checks. */
const awaitMs = dayMs;
/** Texts about silence wait for so long, so that the alarm about an outage can come first: checks have to count the silent, and the watchdog to judge the counts. */
const afterCountMs = 6 * hourMs;
/** A device that has been silent for longer was put away. */
export const putAwayAfterMs = 14 * dayMs;

/**
 * How old the reading is at least. A sync time counts no further than to when we first saw the reading: it may be
 * missing, lie in the future, or be only the latest time that a text without a zone can mean.
 */
export function ageOf(
  { reading, firstSeenAt }: Pick<Device, 'reading' | 'firstSeenAt'>,
  now: number,
): number {
  const { syncedAt, syncedBefore } = reading;
  return now - Math.min(syncedAt ?? syncedBefore ?? firstSeenAt, firstSeenAt, now);
}

export function isFresh(device: Pick<Device, 'reading' | 'firstSeenAt'>, now: number): boolean {
  return ageOf(device, now) <= freshForMs;
}

/**
 * Whether the reading says how the device is now. Without a sync time its age is unknown: a tracker in a drawer is listed with its last level
 * for ever. The first change of a level or of a word shows that the device is alive, and from then on its readings are believed.
 */
export function speaksForNow(device: Device, now: number): boolean {
  return isFresh(device, now) && (hasSyncTime(device.reading) || device.heard === true);
}

/** The provider has not listed it for so long that nothing can be said about it now. */
export function isMissing({ goneAt }: Device, now: number): boolean {
  return goneAt !== undefined && now - goneAt >= goneForMs;
}

export function hasSyncTime({ syncedAt, syncedBefore }: Reading): boolean {
  return syncedAt !== undefined || syncedBefore !== undefined;
}

/**
 * When a silent device was last heard of. A device is silent if its reading was more than two days old at its last good check: that time counts
 * and not the present one, because a device is not silent while the service cannot look. `undefined` for any other.
 */
export function silentSince(device: Device): number | undefined {
  const age = ageOf(device, device.checkedAt);
  return canFallSilent(device.reading) && age > freshForMs ? device.checkedAt - age : undefined;
}

/** It has been silent for so long, or ever since we know it, that it lies in a drawer. */
export function isPutAway(device: Device, now: number): boolean {
  return !device.heard || ageOf(device, now) > putAwayAfterMs;
}

/**
 * Scales are silent until somebody steps on them, and phones have no battery here. Without a sync time, a level that
 * does not change says nothing: a word stays the same for days.
 */
function canFallSilent(reading: Reading): boolean {
  return (reading.kind === 'tracker' || reading.kind === 'other') && hasSyncTime(reading);
}

/**
 * What the silence of a device means now. `lowish` says that its last reading was low enough for the device to have run flat since. A reading
 * that was old when it came was held up somewhere, perhaps by us, and a newer one may follow soon.
 */
export function judgeSilence(device: Device, lowish: boolean, now: number): 'silent' | 'unseen' | undefined {
  const age = ageOf(device, now);
  if (now - device.firstSeenAt < awaitMs || isGapRecent(device, now, awaitMs + afterCountMs))
    return undefined;
  if (!device.heard || !canFallSilent(device.reading) || age > putAwayAfterMs) return undefined;
  if (lowish) return age > freshForMs ? 'silent' : undefined;
  return age > unseenAfterMs ? 'unseen' : undefined;
}

/** Whether it is too early to take a silence for one: there was a gap in the checks. */
export function isGapRecent({ checkedSince }: Device, now: number, withinMs = awaitMs): boolean {
  return checkedSince !== undefined && now - checkedSince < withinMs;
}

/**
 * Returns `heard` if any device of the connection synced within the day before its last good check, and `quiet` if none did: they share a phone and
 * fall silent together. Returns `undefined` if no device can tell, because there is none, they were put away, or the checks had a gap in that day.
 */
export function hearingOf(devices: Iterable<Device>): Hearing | undefined {
  let hearing: Hearing | undefined;
  for (const device of devices) {
    const age = ageOf(device, device.checkedAt);
    if (!device.heard || device.goneAt !== undefined || !canFallSilent(device.reading)) continue;
    if (age > putAwayAfterMs) continue;
    // Half of the time after which a silence is told, so that an outage is known before its first text.
    if (age <= freshForMs / 2) return 'heard';
    if (!isGapRecent(device, device.checkedAt)) hearing = 'quiet';
  }
  return hearing;
}

/** How many connections there are of each. */
export type HearingCount = Readonly<Record<Hearing, number>>;

/** Two wearers can be camping; three of five are not. */
const fewestSilent = 3;

/**
 * Whether so many quiet connections mean an outage. To be called where all are in view: hourly in the watchdog, which turns the alarm
 * 'many devices silent' on by it. A check sees one connection only, and holds back what it would say about silence while that alarm is on;
 * see `holdsSilence`.
 */
export function isOutage({ heard, quiet }: HearingCount): boolean {
  return quiet >= fewestSilent && quiet >= heard;
}

/** Whether an outage is over. As long as nobody can be seen at all, it is not. */
export function isOutageOver(count: HearingCount): boolean {
  return count.heard > 0 && !isOutage(count);
}

/** After an outage every phone needs a while to sync. */
const settleMs = dayMs;

/** Whether alerts about silence have to wait; `alarm` is 'many devices silent'. */
export function holdsSilence(alarm: Pick<Alarm, 'endedAt'> | undefined, now: number): boolean {
  return alarm !== undefined && (alarm.endedAt === undefined || now - alarm.endedAt < settleMs);
}

/**
 * When a battery deserves a text: a pure function of what was known, the reading, the rules and the time. Unknown is
 * never low, an old reading raises no alert, and a cycle (from one charge to the next) has one alert of each kind,
 * reminders excepted. A silence is judged in silence.ts.
 */
import type { ConnectionId, Device, Message, Policy, Preferences, Reading } from '../../model';
import { ageOf, freshForMs, judgeSilence } from './silence';

export interface BatteryRules {
  /** Percent at or below which a battery is low. */
  readonly threshold: number;
  /** Percent at or below which it is critical; 0 for never. */
  readonly criticalAt: number;
  /** Absent for never. */
  readonly remindEveryMs?: number | undefined;
  readonly tellRecovered: boolean;
  /** False: nobody is to be told, or can be. What is due then stays due. */
  readonly watched: boolean;
  /** Alerts about silence have to wait. */
  readonly holdSilence?: boolean | undefined;
}

export type BatteryAlertKind = 'low' | 'critical' | 'reminder' | 'recovered' | 'silent' | 'unseen';

export interface BatteryAlert {
  readonly kind: BatteryAlertKind;
  /** The one that the device is in now; a battery that has recovered is in its next. */
  readonly cycle: number;
  /** Of a reminder: which one of its cycle, from 1. */
  readonly number?: number | undefined;
}

export interface Judgement {
  readonly device: Device;
  /** At most one, the most urgent: what a second one would say is settled by it. */
  readonly alerts: readonly BatteryAlert[];
  /** The reading says something that was not known. */
  readonly isNew: boolean;
}

const hourMs = 3_600_000;
export const defaultCriticalAt = 5;
/** Scales last for months and report in coarse steps, so their owners are not told earlier than this. */
const scaleThreshold = 10;
/** Charging lifts a level by far more than this; readings jitter by less. */
const recoveryBand = 15;
const highestRecovery = 95;
/** A list that lacks a device for less than this was incomplete; nobody unpairs and pairs so soon. */
const goneForMs = 24 * hourMs;

/**
 * What holds for one device. `row` is the row of its record, which is what wearers mute. A scale follows the wearer's
 * threshold only downwards: one that was chosen for a tracker would be reached months before a scale is flat.
 */
export function rulesFor(
  policy: Pick<Policy, 'batteryThreshold' | 'alertOnScales'>,
  preferences: Preferences | undefined,
  { kind }: Pick<Reading, 'kind'>,
  row: string,
): BatteryRules {
  const chosen = preferences?.threshold ?? policy.batteryThreshold;
  const threshold = kind === 'scale' ? Math.min(chosen, scaleThreshold) : chosen;
  const criticalAt = preferences?.criticalAt ?? defaultCriticalAt;
  const remindEveryHours = preferences?.remindEveryHours ?? 0;
  const muted = preferences?.mutedDevices?.includes(row) ?? false;
  // A phone has no battery of its own here, and is reported as Empty for ever.
  const meant = kind !== 'phone' && (kind !== 'scale' || policy.alertOnScales);
  return {
    threshold,
    // It is a second alert: at the same level as the first there is none.
    criticalAt: criticalAt < threshold ? criticalAt : 0,
    remindEveryMs: remindEveryHours > 0 ? remindEveryHours * hourMs : undefined,
    tellRecovered: preferences?.tellRecovered ?? false,
    watched: meant && !muted && !preferences?.paused,
  };
}

export function judgeReading(
  known: Device | undefined,
  connection: ConnectionId,
  reading: Reading,
  rules: BatteryRules,
  now: number,
): Judgement {
  // A worker that was held up brings what was true before: it must not undo what has been seen since.
  if (known && isOlder(reading, known)) {
    return { device: { ...known, checkedAt: now }, alerts: [], isNew: false };
  }
  const isNew = !known || isNewReading(known.reading, reading);
  const seen = see(known, connection, reading, isNew, now);
  const returned = known?.goneAt !== undefined && now - known.goneAt >= goneForMs;
  const recovered = isNew && isTold(seen) && hasRecovered(reading, rules);
  const device = returned || recovered ? nextCycle(seen) : seen;
  if (recovered && !returned && !seen.armed && rules.tellRecovered && rules.watched) {
    const charged = isFresh(device, now) && hasRisen(known?.reading, reading);
    if (charged) return { device, alerts: [{ kind: 'recovered', cycle: device.cycle }], isNew };
  }
  return { ...decide(device, rules, now), isNew };
}

/** Marks a device that the provider does not list any more. It is unpaired, so it is neither low nor silent. */
export function markGone(known: Device, now: number): Device | undefined {
  return known.goneAt === undefined ? { ...known, goneAt: now } : undefined;
}

/**
 * Whether a text that had to wait is still true, by the device as it is now. A device that does not know of the alert
 * yet is another matter: its check died, or is about to write it down.
 */
export function stillHolds(
  { kind, cycle = 0 }: Pick<Message, 'kind' | 'cycle'>,
  device: Device | undefined,
  now: number,
): boolean {
  if (!device) return true;
  const isGone = device.goneAt !== undefined && now - device.goneAt >= goneForMs;
  if (isGone || device.cycle > cycle) return false;
  switch (kind) {
    case 'silent':
      return device.firstSeenAt <= (device.silentAt ?? device.firstSeenAt);
    case 'unseen':
      return device.firstSeenAt <= (device.unseenAt ?? device.firstSeenAt);
    case 'recovered':
      // An older cycle: the check that saw the recovery has not written it down yet.
      return device.cycle < cycle || device.armed;
    default:
      return true;
  }
}

function see(
  known: Device | undefined,
  connection: ConnectionId,
  reading: Reading,
  isNew: boolean,
  now: number,
): Device {
  const firstSeenAt = known && !isNew ? known.firstSeenAt : now;
  const synced = reading.syncedAt !== undefined || reading.syncedBefore !== undefined;
  const alive =
    (known !== undefined && isNew) || (synced && ageOf({ reading, firstSeenAt }, now) <= freshForMs);
  return {
    cycle: 1,
    armed: true,
    ...known,
    connection,
    reading,
    firstSeenAt,
    checkedAt: now,
    // Records from before there were reminders do not say when their wearer was told.
    toldAt: known?.toldAt ?? (known?.armed === false ? now : undefined),
    heard: known?.heard || alive || undefined,
    goneAt: undefined,
  };
}

/** All that was told is told again. */
function nextCycle({ connection, reading, firstSeenAt, checkedAt, cycle, heard }: Device): Device {
  return { connection, reading, firstSeenAt, checkedAt, heard, cycle: cycle + 1, armed: true };
}

function decide(device: Device, rules: BatteryRules, now: number): Omit<Judgement, 'isNew'> {
  const told = findDue(device, rules, now);
  if (!told) return { device, alerts: [] };
  const { kind, ...state } = told;
  const next = { ...device, ...state };
  const number = kind === 'reminder' ? { number: next.reminders } : {};
  return { device: next, alerts: [{ kind, cycle: device.cycle, ...number }] };
}

type Told = { readonly kind: BatteryAlertKind } & Partial<Device>;

/** The most urgent alert that is due, and how the device remembers it. */
function findDue(device: Device, rules: BatteryRules, now: number): Told | undefined {
  const { reading, armed, criticalAt, toldAt, reminders = 0 } = device;
  if (!rules.watched) return undefined;
  if (!isFresh(device, now)) {
    const kind = rules.holdSilence ? undefined : judgeSilence(device, isLowish(reading, rules), now);
    if (kind === 'silent' && device.silentAt === undefined) return { kind, silentAt: now };
    if (kind === 'unseen' && device.unseenAt === undefined) return { kind, unseenAt: now };
    return undefined;
  }
  if (!isLow(reading, rules)) return undefined;
  if (criticalAt === undefined && isCritical(reading, rules)) {
    return { kind: 'critical', armed: false, toldAt: now, criticalAt: now };
  }
  if (armed) return { kind: 'low', armed: false, toldAt: now };
  const due = rules.remindEveryMs !== undefined && now - (toldAt ?? now) >= rules.remindEveryMs;
  return due ? { kind: 'reminder', toldAt: now, reminders: reminders + 1 } : undefined;
}

function isTold({ armed, silentAt, unseenAt }: Device): boolean {
  return !armed || silentAt !== undefined || unseenAt !== undefined;
}

function isFresh(device: Device, now: number): boolean {
  return ageOf(device, now) <= freshForMs;
}

/** A sync time in the future, by a clock that was wrong then, must not hold up everything that follows. */
function isOlder(
  { syncedAt: after }: Reading,
  { reading: { syncedAt: before }, firstSeenAt }: Device,
): boolean {
  return after !== undefined && before !== undefined && after < Math.min(before, firstSeenAt);
}

/** Some answers lack the sync time; then a reading is new when what it says has changed. */
function isNewReading(before: Reading, after: Reading): boolean {
  return before.syncMark !== after.syncMark || before.percent !== after.percent || before.word !== after.word;
}

/** How low a battery is now: `undefined` when it is not, or its reading is too old to say. */
export function levelNow(device: Device, rules: BatteryRules, now: number): 'low' | 'critical' | undefined {
  if (!isFresh(device, now) || !isLow(device.reading, rules)) return undefined;
  return isCritical(device.reading, rules) ? 'critical' : 'low';
}

/** The percent decides, except that Empty is always low; a word alone counts when there is no percent. */
export function isLow({ percent, word }: Reading, { threshold }: Pick<BatteryRules, 'threshold'>): boolean {
  if (word === 'empty') return true;
  return percent === undefined ? word === 'low' : percent <= threshold;
}

/** Empty beside a percent that is not critical is doubtful: enough for low, not for more. */
function isCritical({ percent, word }: Reading, { criticalAt }: BatteryRules): boolean {
  return criticalAt > 0 && (percent === undefined ? word === 'empty' : percent <= criticalAt);
}

/** So little that it can have run flat in the days of a silence. */
function isLowish(reading: Reading, rules: BatteryRules): boolean {
  const { percent } = reading;
  return isLow(reading, rules) || (percent !== undefined && percent < recoveryLevel(rules));
}

function hasRecovered(reading: Reading, rules: BatteryRules): boolean {
  if (isLow(reading, rules)) return false;
  return reading.percent === undefined ? reading.word === 'high' : reading.percent >= recoveryLevel(rules);
}

function recoveryLevel({ threshold }: BatteryRules): number {
  return Math.min(threshold + recoveryBand, highestRecovery);
}

/** A battery is also not low any more when the wearer has lowered the threshold; nobody charged it then. */
function hasRisen(before: Reading | undefined, after: Reading): boolean {
  if (before?.percent === undefined || after.percent === undefined) return true;
  return after.percent > before.percent;
}

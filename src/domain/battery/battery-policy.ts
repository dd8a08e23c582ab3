/**
 * When a battery deserves a text: a pure function of what was known, the reading, the rules and the time. Unknown is
 * never low, an old reading raises no alert about its level, and a cycle (from one charge to the next) has one alert of each kind,
 * reminders excepted. What a reading adds is in observe.ts, when a cycle ends in cycle.ts, a silence in silence.ts.
 */
import type { Device, Message, Policy, Preferences, Reading } from '../../model';
import { beginNextCycle, believed, markTold, whyCycleEnds } from './cycle';
import { isCritical, isLow, isLowish } from './level';
import { observe, type Look } from './observe';
import { isFresh, judgeSilence, putAwayAfterMs, speaksForNow } from './silence';

export { isLow } from './level';

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
  /** The number of a reminder in its cycle, from 1. */
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
/** Scales last for months and report in coarse steps, so their owners are not told earlier than this. */
const scaleThreshold = 10;

/** The settings that alerts about batteries depend on. */
export type AlertPolicy = Pick<Policy, 'batteryThreshold' | 'alertOnScales'>;

/** What a wearer can choose about alerts; the first two in percent. */
interface Choices {
  readonly threshold: number;
  readonly criticalAt: number;
  readonly remindEveryHours: number;
  readonly tellRecovered: boolean;
}

/** What a wearer has chosen, and where they have chosen nothing, what holds for everybody. */
export function choicesOf(
  { batteryThreshold }: Omit<AlertPolicy, 'alertOnScales'>,
  { threshold, criticalAt, remindEveryHours, tellRecovered }: Preferences = {},
): Choices {
  return {
    threshold: threshold ?? batteryThreshold,
    criticalAt: criticalAt ?? 5,
    remindEveryHours: remindEveryHours ?? 0,
    tellRecovered: tellRecovered ?? false,
  };
}

/**
 * What holds for one device. `row` is the row of its record, which is what wearers mute. A scale follows the wearer's
 * threshold only downwards: one that was chosen for a tracker would be reached months before a scale is flat.
 */
export function rulesFor(
  policy: AlertPolicy,
  preferences: Preferences | undefined,
  { kind }: Pick<Reading, 'kind'>,
  row: string,
): BatteryRules {
  const { criticalAt, remindEveryHours, tellRecovered, ...chosen } = choicesOf(policy, preferences);
  const threshold = kind === 'scale' ? Math.min(chosen.threshold, scaleThreshold) : chosen.threshold;
  const muted = preferences?.mutedDevices?.includes(row) ?? false;
  // A phone has no battery of its own here, and is reported as Empty for ever.
  const meant = kind !== 'phone' && (kind !== 'scale' || policy.alertOnScales);
  return {
    threshold,
    // It is a second alert: at the same level as the first there is none.
    criticalAt: criticalAt < threshold ? criticalAt : 0,
    remindEveryMs: remindEveryHours > 0 ? remindEveryHours * hourMs : undefined,
    tellRecovered,
    watched: meant && !muted && !preferences?.paused,
  };
}

export function judgeReading(
  known: Device | undefined,
  reading: Reading,
  rules: BatteryRules,
  look: Look,
): Judgement {
  const { now } = look;
  const { device: seen, isNew, isOlder } = observe(known, reading, look);
  // A worker that was held up brings what was true before: it must not undo what has been seen since.
  if (isOlder) return { device: seen, alerts: [], isNew };
  const ended = whyCycleEnds(known, seen, rules, { now, isNew });
  const device = beginNextCycle(seen, ended, rules, now);
  const mayTell = rules.tellRecovered && rules.watched && isFresh(device, now);
  if (ended === 'charged' && !seen.armed && mayTell && !isLow(believed(device, rules), rules)) {
    return { device, alerts: [{ kind: 'recovered', cycle: device.cycle }], isNew };
  }
  return { ...decideAlert(device, rules, now), isNew };
}

/** Marks a device that the provider does not list any more. It is unpaired, so it is neither low nor silent. */
export function markGone(known: Device, now: number): Device | undefined {
  return known.goneAt === undefined ? { ...known, goneAt: now } : undefined;
}

/**
 * Whether a text that had to wait is still true, by the device as it is now. If its record does not show the alert yet, the alert still holds: the
 * check that decided it died, or has not written the record yet.
 */
export function stillHolds(
  { kind, cycle = 0 }: Pick<Message, 'kind' | 'cycle'>,
  device: Device | undefined,
  now: number,
): boolean {
  if (!device) return true;
  const isGone = device.goneAt !== undefined && now - device.goneAt >= putAwayAfterMs;
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

function decideAlert(device: Device, rules: BatteryRules, now: number): Omit<Judgement, 'isNew'> {
  const told = findDue(device, rules, now);
  if (!told) return { device, alerts: [] };
  const { kind, ...state } = told;
  const isLevel = kind === 'low' || kind === 'critical' || kind === 'reminder';
  const next = { ...device, ...state, ...(isLevel ? markTold(device, rules, now) : {}) };
  const number = kind === 'reminder' ? { number: next.reminders } : {};
  return { device: next, alerts: [{ kind, cycle: device.cycle, ...number }] };
}

type Told = { readonly kind: BatteryAlertKind } & Partial<Device>;

/** The most urgent alert that is due, and how the device remembers it. */
function findDue(device: Device, rules: BatteryRules, now: number): Told | undefined {
  const { armed, toldCriticalAt, toldAt, toldLevel = Infinity, reminders = 0 } = device;
  const reading = believed(device, rules);
  if (!rules.watched) return undefined;
  if (!isFresh(device, now)) {
    const kind = rules.holdSilence ? undefined : judgeSilence(device, isLowish(reading, rules), now);
    if (kind === 'silent' && device.silentAt === undefined) return { kind, silentAt: now };
    if (kind === 'unseen' && device.unseenAt === undefined) return { kind, unseenAt: now };
    return undefined;
  }
  if (levelNow(device, rules, now) === undefined) return undefined;
  if (toldCriticalAt === undefined && isCritical(reading, rules)) {
    return { kind: 'critical', armed: false, toldCriticalAt: now };
  }
  // If a text has named a level since the last charge, another low text is due only when the wearer has chosen a threshold below that level.
  if (armed) return rules.threshold < toldLevel ? { kind: 'low', armed: false } : undefined;
  const due = rules.remindEveryMs !== undefined && now - (toldAt ?? now) >= rules.remindEveryMs;
  return due ? { kind: 'reminder', reminders: reminders + 1 } : undefined;
}

/** How low a battery is now: `undefined` when it is not, or its reading cannot say. */
export function levelNow(device: Device, rules: BatteryRules, now: number): 'low' | 'critical' | undefined {
  const reading = believed(device, rules);
  if (!speaksForNow(device, now) || !isLow(reading, rules)) return undefined;
  return isCritical(reading, rules) ? 'critical' : 'low';
}

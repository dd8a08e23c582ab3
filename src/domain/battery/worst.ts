/** Finds the devices of one connection that need attention: those that have to be charged, and those that are not heard of. Pure. */
import type { Device } from '../../model';
import { levelNow, type BatteryRules } from './battery-policy';
import { isFresh, isMissing, isPutAway, silentSince } from './silence';

export interface RuledDevice {
  /** The row of its record. */
  readonly row: string;
  readonly device: Device;
  /** `watched` as the wearer has chosen, whether or not texts are paused. */
  readonly rules: BatteryRules;
}

/** Those that the provider lists, but for a day's gap. */
export function presentDevices<T extends RuledDevice>(devices: readonly T[], now: number): readonly T[] {
  return devices.filter(({ device }) => !isMissing(device, now));
}

/** The first that fell silent lately. One that was put away is only news when nothing else is left. */
export function findSilent(
  devices: readonly RuledDevice[],
  now: number,
): { readonly row: string; readonly since: number } | undefined {
  const silent = devices.flatMap(({ row, device }) => {
    const since = silentSince(device);
    return since === undefined ? [] : [{ row, since, isAway: isPutAway(device, now) }];
  });
  const latestFirst = silent.toSorted((a, b) => b.since - a.since);
  const found =
    latestFirst.findLast(({ isAway }) => !isAway) ??
    (silent.length === devices.length ? latestFirst[0] : undefined);
  return found && { row: found.row, since: found.since };
}

/**
 * How badly a battery has to be charged now. What was told as low stays low until it has been charged. `undefined` also when the reading is
 * too old to say.
 */
export function needsCharge(
  device: Device,
  rules: BatteryRules,
  now: number,
): 'low' | 'critical' | undefined {
  const level = levelNow(device, rules, now);
  if (level !== undefined || device.armed) return level;
  return isFresh(device, now) ? 'low' : undefined;
}

/**
 * When the platform is told about a battery: once per cycle that it is low, and once that it has gone silent. A pure function of
 * the device as it is now. Texts are judged by themselves (battery-policy.ts), because the platform is told of wearers who want none too.
 */
import type { Device } from '../../model';
import { levelNow, type BatteryRules } from './battery-policy';
import { believed, least } from './cycle';
import { isLowish } from './level';
import { judgeSilence } from './silence';

export type BatteryEventType = 'battery.low' | 'battery.silent';

/** `watched` of the rules says whether the wearer wants to hear of the device at all. */
export function judgeEvent(device: Device, rules: BatteryRules, now: number): BatteryEventType | undefined {
  if (!rules.watched || device.goneAt !== undefined) return undefined;
  if (device.lowEventAt === undefined && levelNow(device, rules, now) !== undefined) return 'battery.low';
  if (device.silentEventAt !== undefined || rules.holdSilence) return undefined;
  const silence = judgeSilence(device, isLowish(believed(device, rules), rules), now);
  return silence && 'battery.silent';
}

/** How the device remembers it until its next charge. */
export function markEvent(device: Device, type: BatteryEventType, now: number): Device {
  if (type === 'battery.silent') return { ...device, silentEventAt: now };
  // From here on a rise shows that it was charged, also of a device that no text speaks of.
  return { ...device, lowEventAt: now, lowest: least(device.lowest, device.reading.percent) };
}

import { judgeEvent, markEvent } from '../../../src/domain/battery/battery-events';
import { judgeReading, type BatteryRules } from '../../../src/domain/battery/battery-policy';
import type { Device, Reading } from '../../../src/model';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse('2026-11-21T06:00:00Z');

const rules: BatteryRules = { threshold: 20, criticalAt: 5, tellRecovered: false, watched: true };
const reading = (percent: number, at = now): Reading => ({
  device: '1',
  kind: 'tracker',
  model: 'Charge 6',
  percent,
  syncedAt: at,
  syncMark: String(at),
});
const device = (percent: number, more: Partial<Device> = {}, at = now): Device => ({
  connection: 'wearer-1',
  reading: reading(percent, at),
  firstSeenAt: at,
  checkedAt: now,
  cycle: 1,
  armed: true,
  heard: true,
  ...more,
});

test.each<[string, Device, Partial<BatteryRules>, ReturnType<typeof judgeEvent>]>([
  ['a level at the threshold', device(20), {}, 'battery.low'],
  ['a level above it', device(21), {}, undefined],
  ['a critical level', device(3), {}, 'battery.low'],
  ['a low level that the wearer was texted about', device(17, { armed: false }), {}, 'battery.low'],
  ['a low level that was told before', device(17, { lowEventAt: now }), {}, undefined],
  ['a low level that nobody wants to hear of', device(17), { watched: false }, undefined],
  ['a low level of a device that is not listed any more', device(17, { goneAt: now }), {}, undefined],
  ['two days of silence after a low level', device(17, {}, now - 2 * day - 1), {}, 'battery.silent'],
  ['two days of silence after a good level', device(80, {}, now - 2 * day - 1), {}, undefined],
  ['a week of silence after a good level', device(80, {}, now - 7 * day - 1), {}, 'battery.silent'],
  ['a silence that was told before', device(80, { silentEventAt: now }, now - 7 * day - 1), {}, undefined],
  [
    'a silence while texts about silence wait',
    device(80, {}, now - 8 * day),
    { holdSilence: true },
    undefined,
  ],
])('of %s the platform is told what is new', (_, known, more, expected) => {
  expect(judgeEvent(known, { ...rules, ...more }, now)).toBe(expected);
});

test('after a charge the next low level is told again, although nobody could be texted', () => {
  let known: Device | undefined;
  const told: [number, number][] = [];
  const unreachable = { ...rules, watched: false };
  const short = Array.from({ length: 8 }, () => 31);
  [50, 20, 18, 25, 20, 90, 60, 19, 12, ...short, 19].forEach((percent, index) => {
    const at = now + index * hour;
    const look = { connection: 'wearer-1', now: at, overdueMs: 2 * hour };
    const { device: seen } = judgeReading(known, reading(percent, at), unreachable, look);
    const type = judgeEvent(seen, rules, at);
    if (type === 'battery.low') told.push([seen.cycle, percent]);
    known = type ? markEvent(seen, type, at) : seen;
  });
  expect(told).toEqual([
    [1, 20],
    [2, 19],
    // A charge that stays below the level of a full recovery ends the cycle too, after hours.
    [3, 19],
  ]);
});

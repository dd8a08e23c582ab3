import { isLow, judgeReading, type Judgement } from '../../src/domain/battery-policy';
import type { Device, Policy, Reading } from '../../src/model';
import { createTestWorld } from '../support/world';

const hour = 3_600_000;
const now = Date.parse('2026-11-21T06:00:00Z');
const { policy } = createTestWorld().ports;
const withThreshold = (batteryThreshold: number): Policy => ({ ...policy, batteryThreshold });
const withScales: Policy = { ...policy, alertOnScales: true };

const reading = (more: Partial<Reading> = {}): Reading => ({
  device: 'charge-6',
  kind: 'tracker',
  model: 'Charge 6',
  percent: 50,
  ...more,
});
const known = (before: Partial<Reading> = {}, more: Partial<Device> = {}): Device => ({
  connection: 'wearer-1',
  reading: reading(before),
  firstSeenAt: now - hour,
  checkedAt: now - hour,
  cycle: 1,
  armed: true,
  ...more,
});
const judge = (
  before: Device | undefined,
  next: Partial<Reading>,
  more: { policy?: Policy; at?: number } = {},
) => judgeReading(before, 'wearer-1', reading(next), more.policy ?? policy, more.at ?? now);

/** Judges readings one after the other, an hour apart, and says for each whether it alerts. */
function follow(
  levels: readonly Partial<Reading>[],
  rule = policy,
): { alerts: boolean[]; last: Judgement['device'] } {
  let device: Device | undefined;
  const alerts = levels.map((level, index) => {
    const judged = judge(device, level, { policy: rule, at: now + index * hour });
    device = judged.device;
    return judged.alert;
  });
  return { alerts, last: device! };
}
const percents = (...levels: number[]) => levels.map((percent) => ({ percent }));

describe('isLow', () => {
  test.each([
    ['one above the threshold', { percent: 21 }, 20, false],
    ['at the threshold', { percent: 20 }, 20, true],
    ['a fraction above the threshold', { percent: 20.5 }, 20, false],
    ['below the threshold', { percent: 1 }, 20, true],
    ['zero', { percent: 0 }, 20, true],
    ['at the lowest threshold', { percent: 5 }, 5, true],
    ['above the lowest threshold', { percent: 6 }, 5, false],
    ['at the highest threshold', { percent: 50 }, 50, true],
    ['full', { percent: 100 }, 50, false],
    ['well charged and called Low: the percent decides', { percent: 60, word: 'low' }, 20, false],
    ['flat and called High: the percent decides', { percent: 3, word: 'high' }, 20, true],
    ['well charged and called Empty: Empty is always low', { percent: 60, word: 'empty' }, 20, true],
    ['without a percent and called Empty', { percent: undefined, word: 'empty' }, 20, true],
    ['without a percent and called Low', { percent: undefined, word: 'low' }, 20, true],
    ['without a percent and called Low, at any threshold', { percent: undefined, word: 'low' }, 5, true],
    ['without a percent and called Medium', { percent: undefined, word: 'medium' }, 50, false],
    ['without a percent and called High', { percent: undefined, word: 'high' }, 50, false],
    ['without a percent and a word: unknown is not low', { percent: undefined }, 50, false],
  ] as const)('a battery %s: %j at threshold %i', (_, level, threshold, low) => {
    expect(isLow(reading(level), withThreshold(threshold))).toBe(low);
  });
});

describe('a device that is seen for the first time', () => {
  test('and is well charged is remembered, armed, in its first cycle', () => {
    expect(judge(undefined, { percent: 80 })).toEqual({
      alert: false,
      device: {
        connection: 'wearer-1',
        reading: reading({ percent: 80 }),
        firstSeenAt: now,
        checkedAt: now,
        cycle: 1,
        armed: true,
      },
    });
  });

  test('and is low alerts at once', () => {
    const { alert, device } = judge(undefined, { percent: 15 });
    expect(alert).toBe(true);
    expect(device).toMatchObject({ cycle: 1, armed: false, firstSeenAt: now });
  });

  test('and is low by a reading older than 48 hours does not alert and stays armed', () => {
    const { alert, device } = judge(undefined, { percent: 15, syncedAt: now - 48 * hour - 1 });
    expect(alert).toBe(false);
    expect(device.armed).toBe(true);
  });
});

describe('a cycle', () => {
  test('has one alert, however often the battery is read', () => {
    const { alerts, last } = follow(percents(25, 20, 19, 21, 18, 10, 3, 0));
    expect(alerts).toEqual([false, true, false, false, false, false, false, false]);
    expect(last).toMatchObject({ cycle: 1, armed: false });
  });

  test('ends by charging, and the next one has an alert of its own', () => {
    const { alerts, last } = follow(percents(20, 90, 60, 20, 10));
    expect(alerts).toEqual([true, false, false, true, false]);
    expect(last).toMatchObject({ cycle: 2, armed: false });
  });

  test('is not ended by a reading that jitters above the threshold', () => {
    const { alerts } = follow(percents(20, 25, 20, 34, 20));
    expect(alerts).toEqual([true, false, false, false, false]);
  });

  test('is not begun anew by charging a device that never was low', () => {
    const { last } = follow(percents(60, 100, 60, 100));
    expect(last).toMatchObject({ cycle: 1, armed: true });
  });

  test.each([
    ['threshold 5, just below', 5, { percent: 19 }, false],
    ['threshold 5', 5, { percent: 20 }, true],
    ['threshold 20, just below', 20, { percent: 34 }, false],
    ['threshold 20', 20, { percent: 35 }, true],
    ['threshold 50', 50, { percent: 65 }, true],
    ['threshold 79, just below', 79, { percent: 93 }, false],
    ['threshold 79', 79, { percent: 94 }, true],
    ['threshold 90: nothing has to charge above 95', 90, { percent: 95 }, true],
    ['threshold 90, just below 95', 90, { percent: 94 }, false],
    ['percent recovered and called Low: the percent decides', 20, { percent: 80, word: 'low' }, true],
    ['percent recovered and called Empty', 20, { percent: 80, word: 'empty' }, false],
    ['no percent and called High', 20, { percent: undefined, word: 'high' }, true],
    [
      'no percent and called Medium, which flaps next to Low',
      20,
      { percent: undefined, word: 'medium' },
      false,
    ],
    ['no percent and called Low', 20, { percent: undefined, word: 'low' }, false],
    ['nothing known', 20, { percent: undefined }, false],
  ] as const)('ends or goes on: %s', (_, threshold, level, ended) => {
    const alerted = known({ percent: 3 }, { armed: false, cycle: 4 });
    const { alert, device } = judge(alerted, level, { policy: withThreshold(threshold) });
    expect(alert).toBe(false);
    expect(device).toMatchObject(ended ? { armed: true, cycle: 5 } : { armed: false, cycle: 4 });
  });
});

describe('a device that reports words only', () => {
  const words = (...list: Reading['word'][]) => list.map((word) => ({ percent: undefined, word }));

  test('alerts at Low and not again at Empty', () => {
    expect(follow(words('high', 'medium', 'low', 'empty', 'empty')).alerts).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  test('alerts again after it was High, not after it was Medium', () => {
    expect(follow(words('low', 'medium', 'low', 'high', 'low')).alerts).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  test('alerts at Empty when the percent that proto3 leaves out at zero is missing', () => {
    expect(follow([{ percent: 12 }, { percent: undefined, word: 'empty' }], withThreshold(5)).alerts).toEqual(
      [false, true],
    );
  });

  test('never alerts while it says nothing', () => {
    const { alerts, last } = follow(words(undefined, undefined));
    expect(alerts).toEqual([false, false]);
    expect(last.armed).toBe(true);
  });
});

describe('an old reading', () => {
  test.each([
    ['exactly 48 hours old', 48 * hour, true],
    ['a millisecond older', 48 * hour + 1, false],
    ['a month old', 30 * 24 * hour, false],
    ['just synced', 0, true],
  ])('by its sync time: %s', (_, ageMs, alert) => {
    expect(judge(known(), { percent: 10, syncedAt: now - ageMs }).alert).toBe(alert);
  });

  test.each([
    ['first seen 48 hours ago', 48 * hour, true],
    ['first seen longer ago', 48 * hour + 1, false],
  ])('without a sync time, by when it was first seen: %s', (_, ageMs, alert) => {
    const before = known({ percent: 10 }, { firstSeenAt: now - ageMs });
    expect(judge(before, { percent: 10 }).alert).toBe(alert);
  });

  test('raises no alert and takes none away: the next fresh one alerts', () => {
    const stale = judge(known(), { percent: 10, syncedAt: now - 60 * hour });
    expect(stale).toMatchObject({ alert: false, device: { armed: true } });
    expect(judge(stale.device, { percent: 9, syncedAt: now }).alert).toBe(true);
  });

  test('can end a cycle: what it says was true once', () => {
    const alerted = known({ percent: 3 }, { armed: false });
    const { device } = judge(alerted, { percent: 90, syncedAt: now - 60 * hour });
    expect(device).toMatchObject({ armed: true, cycle: 2 });
  });

  test.each([
    ['the sync mark', { syncMark: 'b' }],
    ['the percent', { percent: 10 }],
    ['the percent, which is gone', { percent: undefined }],
    ['the word', { word: 'medium' }],
  ] as const)('is replaced by a new one when %s has changed', (_, change) => {
    const before = known({ percent: 11, word: 'low', syncMark: 'a' }, { firstSeenAt: now - 60 * hour });
    const { device } = judge(before, { percent: 11, word: 'low', syncMark: 'a', ...change });
    expect(device.firstSeenAt).toBe(now);
  });

  test('is the same one as long as it says the same, whatever the device is called now', () => {
    const before = known({ percent: 11, syncMark: 'a' }, { firstSeenAt: now - 60 * hour });
    const { device } = judge(before, { percent: 11, syncMark: 'a', model: 'Renamed' });
    expect(device).toMatchObject({
      firstSeenAt: now - 60 * hour,
      checkedAt: now,
      reading: { model: 'Renamed' },
    });
  });
});

describe('a reading that is older than the one that is known', () => {
  test('changes nothing but the time of the check', () => {
    const before = known({ percent: 90, syncedAt: now - hour }, { armed: true, cycle: 2 });
    const { alert, device } = judge(before, { percent: 5, syncedAt: now - 2 * hour });
    expect(alert).toBe(false);
    expect(device).toEqual({ ...before, checkedAt: now });
  });

  test.each([
    ['synced at the same time', now - hour, now - hour],
    ['synced later', now - 2 * hour, now - hour],
    ['without a sync time now', now - hour, undefined],
    ['without a sync time before', undefined, now - 2 * hour],
  ])('is not one that is %s', (_, before, after) => {
    expect(judge(known({ percent: 90, syncedAt: before }), { percent: 5, syncedAt: after }).alert).toBe(true);
  });
});

describe('clocks that disagree', () => {
  test("a sync in the future, by the provider's clock, counts as fresh", () => {
    expect(judge(known(), { percent: 10, syncedAt: now + 5 * hour }).alert).toBe(true);
  });

  test('a first sight in the future, after our clock was set back, counts as fresh', () => {
    const before = known({ percent: 10 }, { firstSeenAt: now + 5 * hour });
    expect(judge(before, { percent: 10 }).alert).toBe(true);
  });
});

describe('devices that are not watched', () => {
  test.each([
    ['a phone', 'phone', policy, false],
    ['a phone, with scales on', 'phone', withScales, false],
    ['a scale', 'scale', policy, false],
    ['a scale, with scales on', 'scale', withScales, true],
    ['a tracker', 'tracker', policy, true],
    ['a kind that came later', 'other', policy, true],
  ] as const)('%s that is empty', (_, kind, rule, alert) => {
    const judged = judge(undefined, { kind, percent: undefined, word: 'empty' }, { policy: rule });
    expect(judged.alert).toBe(alert);
    expect(judged.device).toMatchObject({ armed: !alert, cycle: 1, reading: { kind, word: 'empty' } });
  });

  test('a scale that is low alerts as soon as scales are switched on, once', () => {
    const off = judge(undefined, { kind: 'scale', percent: 10 });
    const on = judge(off.device, { kind: 'scale', percent: 10 }, { policy: withScales });
    const again = judge(on.device, { kind: 'scale', percent: 9 }, { policy: withScales });
    expect([off.alert, on.alert, again.alert]).toEqual([false, true, false]);
  });

  test('a scale that has alerted keeps its cycle while scales are switched off', () => {
    const alerted = known({ kind: 'scale', percent: 10 }, { armed: false, cycle: 3 });
    const off = judge(alerted, { kind: 'scale', percent: 10 });
    expect(off).toMatchObject({ alert: false, device: { armed: false, cycle: 3 } });
    expect(judge(off.device, { kind: 'scale', percent: 9 }, { policy: withScales }).alert).toBe(false);
  });
});

import fc from 'fast-check';
import {
  isLow,
  judgeReading,
  markGone,
  rulesFor,
  stillHolds,
  type BatteryAlert,
  type BatteryRules,
} from '../../../src/domain/battery/battery-policy';
import { deviceKey } from '../../../src/domain/store/row-keys';
import type { Device, Message, Policy, Preferences, Reading } from '../../../src/model';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse('2026-11-21T06:00:00Z');
const policy: Pick<Policy, 'batteryThreshold' | 'alertOnScales'> = {
  batteryThreshold: 20,
  alertOnScales: false,
};
const withScales = { ...policy, alertOnScales: true };
const rules: BatteryRules = { threshold: 20, criticalAt: 0, tellRecovered: false, watched: true };
const withThreshold = (threshold: number): BatteryRules => ({ ...rules, threshold });

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
  heard: true,
  ...more,
});
function judge(
  before: Device | undefined,
  next: Partial<Reading>,
  more: { rules?: Partial<BatteryRules>; at?: number; look?: { readonly overdueMs: number } } = {},
) {
  const rule = { ...rules, ...more.rules };
  const look = { connection: 'wearer-1', now: more.at ?? now, overdueMs: Infinity, ...more.look };
  const judged = judgeReading(before, reading(next), rule, look);
  return { ...judged, alert: judged.alerts.length > 0, kinds: judged.alerts.map(({ kind }) => kind) };
}

/** Judges readings one after the other, an hour apart and just synced, and says for each whether it alerts, and how. */
function follow(levels: readonly Partial<Reading>[], rule: Partial<BatteryRules> = {}) {
  let device: Device | undefined;
  const found = levels.map((level, index) => {
    const at = now + index * hour;
    const judged = judge(device, { syncedAt: at, ...level }, { rules: rule, at });
    device = judged.device;
    return judged.alerts[0];
  });
  return {
    alerts: found.map((alert) => alert !== undefined),
    kinds: found.map((alert) => alert?.kind ?? '-').join(' '),
    found,
    last: device!,
  };
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
    expect(judge(undefined, { percent: 80 })).toMatchObject({ alerts: [], isNew: true });
    expect(judge(undefined, { percent: 80 })).toMatchObject({
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
    const { alert, device } = judge(undefined, { percent: 15, syncedAt: now });
    expect(alert).toBe(true);
    expect(device).toMatchObject({ cycle: 1, armed: false, firstSeenAt: now });
  });

  test.each([
    ['its level changes', { percent: 14 }, true],
    ['a word takes the place of its level', { percent: undefined, word: 'low' }, true],
    ['a sync time says that it is in use', { percent: 15, syncMark: 'now', syncedAt: now }, true],
    ['nothing changes', { percent: 15 }, false],
    [
      'a sync time says that it lies in a drawer',
      { percent: 15, syncMark: 'old', syncedAt: now - 90 * day },
      false,
    ],
  ] as const)(
    'and is low, without a sync time, alerts only after it has shown that it is alive: %s',
    (_, then, alert) => {
      const first = judge(undefined, { percent: 15 });
      expect(first).toMatchObject({ alert: false, device: { armed: true } });
      const second = judge(first.device, then, { at: now + hour });
      expect(second.alert).toBe(alert);
      expect(second.device.heard).toBe(alert ? true : undefined);
    },
  );

  test.each<[string, Partial<Reading>, Partial<Reading>]>([
    ['a word joins its level', { percent: 15 }, { percent: 15, word: 'low' }],
    ['a level joins its word', { percent: undefined, word: 'low' }, { percent: 15, word: 'low' }],
    ['its word is left out', { percent: 15, word: 'low' }, { percent: 15 }],
    ['all is left out and comes back', { percent: 15 }, { percent: undefined }],
  ])('and is low, without a sync time, shows no life when %s', (_, one, other) => {
    let { device } = judge(undefined, one);
    for (const [index, said] of [other, one, other].entries()) {
      const judged = judge(device, said, { at: now + index * hour });
      expect(judged).toMatchObject({ alert: false, device: { heard: undefined } });
      ({ device } = judged);
    }
  });

  test('without a level or a word shows no life when one comes', () => {
    const { device } = judge(undefined, { percent: undefined });
    expect(judge(device, { percent: 4 }).alert).toBe(false);
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
    const { alert, device } = judge(alerted, level, { rules: withThreshold(threshold) });
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

  test('alerts again after a day of Medium, because a charge need not reach High', () => {
    const day = Array.from({ length: 25 }, () => 'medium' as const);
    const { alerts } = follow(words('low', ...day, 'low', 'medium', 'low'));
    expect(alerts.flatMap((alert, index) => (alert ? [index] : []))).toEqual([0, 26]);
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
  const ruleOf = (kind: Reading['kind'], chosen = policy) => rulesFor(chosen, undefined, { kind }, 'row');
  test.each([
    ['a phone', 'phone', policy, false],
    ['a phone, with scales on', 'phone', withScales, false],
    ['a scale', 'scale', policy, false],
    ['a scale, with scales on', 'scale', withScales, true],
    ['a tracker', 'tracker', policy, true],
    ['a kind that came later', 'other', policy, true],
  ] as const)('%s that is empty', (_, kind, chosen, alert) => {
    const empty = { kind, percent: undefined, word: 'empty', syncedAt: now } as const;
    const judged = judge(undefined, empty, { rules: ruleOf(kind, chosen) });
    expect(judged.alert).toBe(alert);
    expect(judged.device).toMatchObject({ armed: !alert, cycle: 1, reading: { kind, word: 'empty' } });
  });

  test('a scale that is low alerts as soon as scales are switched on, once', () => {
    const on = { rules: ruleOf('scale', withScales) };
    const first = judge(undefined, { kind: 'scale', percent: 10, syncedAt: now }, { rules: ruleOf('scale') });
    const second = judge(first.device, { kind: 'scale', percent: 10 }, on);
    const third = judge(second.device, { kind: 'scale', percent: 9 }, on);
    expect([first.alert, second.alert, third.alert]).toEqual([false, true, false]);
  });

  test('a scale that has alerted keeps its cycle while scales are switched off', () => {
    const alerted = known({ kind: 'scale', percent: 10 }, { armed: false, cycle: 3 });
    const off = judge(alerted, { kind: 'scale', percent: 10 }, { rules: ruleOf('scale') });
    expect(off).toMatchObject({ alert: false, device: { armed: false, cycle: 3 } });
    const on = judge(off.device, { kind: 'scale', percent: 9 }, { rules: ruleOf('scale', withScales) });
    expect(on.alert).toBe(false);
  });

  test.each<[string, Partial<Device>, Partial<Reading>, Partial<BatteryRules>, string]>([
    ['low', {}, { percent: 15 }, {}, 'low'],
    ['critical', { armed: false, toldAt: now - hour }, { percent: 4 }, { criticalAt: 5 }, 'critical'],
    ['a reminder', { armed: false, toldAt: now - day }, { percent: 15 }, { remindEveryMs: day }, 'reminder'],
    [
      'silent',
      { heard: true, firstSeenAt: now - 3 * day },
      { percent: 22, syncedAt: now - 3 * day },
      {},
      'silent',
    ],
    [
      'unseen',
      { heard: true, firstSeenAt: now - 8 * day },
      { percent: 80, syncedAt: now - 8 * day },
      {},
      'unseen',
    ],
  ])('what is due meanwhile (%s) is told when they are watched again', (_, state, level, more, kind) => {
    const before = known(level, state);
    const unwatched = judge(before, level, { rules: { ...more, watched: false } });
    expect(unwatched).toMatchObject({ alerts: [], device: { ...state, cycle: 1 } });
    expect(judge(unwatched.device, level, { rules: more }).kinds).toEqual([kind]);
  });

  test('end their cycles all the same, and nobody is told that they have recovered', () => {
    const before = known({ percent: 10 }, { armed: false });
    const judged = judge(before, { percent: 90 }, { rules: { tellRecovered: true, watched: false } });
    expect(judged).toMatchObject({ alerts: [], device: { armed: true, cycle: 2 } });
  });
});

describe('rulesFor', () => {
  const { row } = deviceKey('wearer-1', 'charge-6');
  const rulesOf = (preferences?: Preferences, kind: Reading['kind'] = 'tracker', chosen = policy) =>
    rulesFor(chosen, preferences, { kind }, row);

  test('without preferences are those of the service', () => {
    expect(rulesOf()).toEqual({
      threshold: 20,
      criticalAt: 5,
      remindEveryMs: undefined,
      tellRecovered: false,
      watched: true,
    });
  });

  test('are those that the wearer chose', () => {
    const chosen = { threshold: 30, criticalAt: 10, remindEveryHours: 12, tellRecovered: true };
    expect(rulesOf(chosen)).toEqual({
      threshold: 30,
      criticalAt: 10,
      remindEveryMs: 12 * hour,
      tellRecovered: true,
      watched: true,
    });
  });

  test.each<[string, Preferences, Partial<BatteryRules>]>([
    ['no second alert', { criticalAt: 0 }, { criticalAt: 0 }],
    ['a second alert at the first: none', { threshold: 10, criticalAt: 10 }, { criticalAt: 0 }],
    ['a second alert above the first: none', { threshold: 10, criticalAt: 15 }, { criticalAt: 0 }],
    ['the lowest threshold, at which the usual second alert is none', { threshold: 5 }, { criticalAt: 0 }],
    ['reminders every 0 hours: never', { remindEveryHours: 0 }, { remindEveryMs: undefined }],
    ['a pause', { paused: true }, { watched: false }],
    ['a muted device', { mutedDevices: ['another', row] }, { watched: false }],
    ['another device muted', { mutedDevices: ['another'] }, { watched: true }],
  ])('with %s', (_, preferences, expected) => {
    expect(rulesOf(preferences)).toMatchObject(expected);
  });

  test.each<[string, number | undefined, number]>([
    ['of the service is 10', undefined, 10],
    ['does not follow the wearer upwards', 50, 10],
    ['follows the wearer downwards', 8, 8],
  ])('for a scale: its threshold %s', (_, threshold, expected) => {
    expect(rulesOf({ threshold }, 'scale', withScales)).toMatchObject({ threshold: expected, watched: true });
  });
});

describe('a battery that is critical', () => {
  const critical = { criticalAt: 5 };
  test('alerts a second time, once', () => {
    expect(follow(percents(25, 20, 10, 5, 4, 6, 5, 0), critical).kinds).toBe('- low - critical - - - -');
  });

  test('at its first reading alerts once, and that settles the low alert', () => {
    const { kinds, last } = follow(percents(4, 3, 6, 18), critical);
    expect(kinds).toBe('critical - - -');
    expect(last).toMatchObject({ armed: false, toldAt: now, toldCriticalAt: now });
  });

  test('is not told about twice when it goes from high to critical', () => {
    expect(follow(percents(60, 5, 4), critical).kinds).toBe('- critical -');
  });

  test('alerts again in the next cycle', () => {
    expect(follow(percents(18, 4, 90, 18, 4), critical).kinds).toBe('low critical - low critical');
  });

  test.each<[string, Partial<Reading>, number, string]>([
    ['at the level', { percent: 5 }, 5, 'critical'],
    ['a fraction above it', { percent: 5.5 }, 5, 'low'],
    ['at zero, without such a level', { percent: 0 }, 0, 'low'],
    ['Empty without a percent', { percent: undefined, word: 'empty' }, 5, 'critical'],
    ['Empty, without such a level', { percent: undefined, word: 'empty' }, 0, 'low'],
    ['Empty at 60 %: doubtful', { percent: 60, word: 'empty' }, 5, 'low'],
    ['Low without a percent', { percent: undefined, word: 'low' }, 5, 'low'],
    ['High at 3 %: the percent decides', { percent: 3, word: 'high' }, 5, 'critical'],
  ])('or only low: %s', (_, level, criticalAt, kind) => {
    expect(judge(known(), level, { rules: { criticalAt } }).kinds).toEqual([kind]);
  });

  test('by an old reading does not alert', () => {
    const before = known({ percent: 18 }, { armed: false, toldAt: now - 3 * day });
    expect(judge(before, { percent: 3, syncedAt: now - 49 * hour }, { rules: critical }).kinds).toEqual([]);
  });
});

describe('reminders', () => {
  const everyThreeHours = { remindEveryMs: 3 * hour };
  test('come at the interval while the battery is low, and are counted', () => {
    const { kinds, found } = follow(percents(20, 19, 18, 17, 16, 15, 14, 13), everyThreeHours);
    expect(kinds).toBe('low - - reminder - - reminder -');
    expect(found.filter((alert) => alert?.kind === 'reminder')).toEqual([
      { kind: 'reminder', cycle: 1, number: 1 },
      { kind: 'reminder', cycle: 1, number: 2 },
    ]);
  });

  test('begin anew with the next cycle', () => {
    const { found } = follow(percents(20, 19, 19, 19, 90, 20, 19, 18, 17), everyThreeHours);
    expect(found.at(-1)).toEqual({ kind: 'reminder', cycle: 2, number: 1 });
  });

  test('count from the critical alert when that came in between', () => {
    const { kinds } = follow(percents(20, 19, 5, 5, 5, 5), { ...everyThreeHours, criticalAt: 5 });
    expect(kinds).toBe('low - critical - - reminder');
  });

  test('stop while the battery has been charged a little, and when it has recovered', () => {
    expect(follow(percents(20, 30, 30, 30, 30, 19), everyThreeHours).kinds).toBe('low - - - - reminder');
    expect(follow(percents(20, 90, 90, 90, 90), everyThreeHours).kinds).toBe('low - - - -');
  });

  test('stop when the reading gets old', () => {
    const before = known(
      { percent: 10 },
      { armed: false, toldAt: now - 3 * day, firstSeenAt: now - 48 * hour },
    );
    const more = { rules: everyThreeHours };
    expect(judge(before, { percent: 10 }, more).kinds).toEqual(['reminder']);
    expect(judge(before, { percent: 10 }, { ...more, at: now + 1 }).kinds).toEqual([]);
  });

  test('never come unless they were asked for', () => {
    const before = known({ percent: 10 }, { armed: false, toldAt: now - 30 * day });
    expect(judge(before, { percent: 9 }).kinds).toEqual([]);
  });

  test('after an alert from before there were reminders count from the first check since', () => {
    const first = judge(known({ percent: 10 }, { armed: false }), { percent: 9 }, { rules: everyThreeHours });
    const more = { rules: everyThreeHours, at: now + 3 * hour };
    expect(first).toMatchObject({ alerts: [], device: { toldAt: now } });
    expect(judge(first.device, { percent: 8 }, more).kinds).toEqual(['reminder']);
  });
});

describe('a battery that has recovered', () => {
  const tell = { tellRecovered: true };
  test('is told about once, when the wearer wants it, in the cycle that begins', () => {
    const { kinds, found } = follow(percents(20, 34, 35, 100, 100), tell);
    expect(kinds).toBe('low - recovered - -');
    expect(found[2]).toEqual({ kind: 'recovered', cycle: 2 });
    expect(follow(percents(20, 34, 35, 100)).kinds).toBe('low - - -');
  });

  test.each<[string, Device, Partial<Reading>, Partial<BatteryRules>]>([
    ['when it never was low', known({ percent: 50 }), { percent: 100 }, tell],
    [
      'by an old reading',
      known({ percent: 10 }, { armed: false }),
      { percent: 90, syncedAt: now - 3 * day },
      tell,
    ],
    [
      'when only the threshold was lowered',
      known({ percent: 45 }, { armed: false }),
      { percent: 44 },
      { ...tell, threshold: 20 },
    ],
    [
      'when it only was silent',
      known({ percent: 30 }, { silentAt: now - hour, heard: true }),
      { percent: 90, syncMark: 'b' },
      tell,
    ],
  ])('is not told about %s', (_, before, level, more) => {
    expect(judge(before, level, { rules: more }).kinds).toEqual([]);
  });

  test.each<[string, Reading['word'], Reading['word'], string]>([
    ['Low to High', 'low', 'high', 'recovered'],
    ['Low to Medium', 'low', 'medium', ''],
  ])('by its word: %s', (_, before, after, kind) => {
    const alerted = known({ percent: undefined, word: before }, { armed: false });
    expect(judge(alerted, { percent: undefined, word: after }, { rules: tell }).kinds.join()).toBe(kind);
  });
});

describe('a threshold that is changed within a cycle', () => {
  test('downwards ends the cycle of a battery that is well above it, with its next reading', () => {
    const before = known({ percent: 45, syncMark: 'a' }, { armed: false });
    expect(judge(before, { percent: 45, syncMark: 'a' }).device).toMatchObject({ armed: false, cycle: 1 });
    expect(judge(before, { percent: 45, syncMark: 'b' }).device).toMatchObject({ armed: true, cycle: 2 });
  });

  test('upwards alerts a battery that was not told about, and no other', () => {
    const higher = { rules: { threshold: 50 } };
    expect(judge(known({ percent: 45 }), { percent: 44 }, higher).kinds).toEqual(['low']);
    expect(judge(known({ percent: 18 }, { armed: false }), { percent: 44 }, higher).kinds).toEqual([]);
  });

  test('to one above 95 does not make a battery both low and recovered', () => {
    expect(follow(percents(99, 96, 95, 96, 95), { threshold: 97 }).kinds).toBe('- low - - -');
  });
});

describe('a device that has fallen silent', () => {
  const silentFor = (ms: number, percent: number | undefined, more: Partial<Device> = {}) =>
    judge(known({ percent, syncedAt: now - ms }, { heard: true, firstSeenAt: now - ms, ...more }), {
      percent,
      syncedAt: now - ms,
    });

  test.each<[string, number, number | undefined, string]>([
    ['that was low, after 48 hours', 48 * hour, 15, 'low'],
    ['that was low, later', 48 * hour + 1, 15, 'silent'],
    ['that was lowish, after 48 hours', 48 * hour, 34, ''],
    ['that was lowish, later', 48 * hour + 1, 34, 'silent'],
    ['that was not lowish', 7 * day, 35, ''],
    ['that was not lowish, after a week', 7 * day + 1, 35, 'unseen'],
    ['of which no level is known', 3 * day, undefined, ''],
    ['of which no level is known, after a week', 7 * day + 1, undefined, 'unseen'],
    ['for longer than two weeks: it was put away', 14 * day + 1, 15, ''],
  ])('%s', (_, ms, percent, kind) => {
    expect(silentFor(ms, percent).kinds.join()).toBe(kind);
  });

  const heardAgain = (percent: number, at = now) => ({ percent, syncedAt: at, syncMark: 'again' });

  test('is told about once', () => {
    const first = silentFor(49 * hour, 30);
    expect(first).toMatchObject({ kinds: ['silent'], device: { silentAt: now, armed: true, cycle: 1 } });
    expect(judge(first.device, first.device.reading, { at: now + 9 * day }).kinds).toEqual([]);
  });

  test('is told about although it was low before', () => {
    expect(silentFor(49 * hour, 12, { armed: false, toldAt: now - 3 * day }).kinds).toEqual(['silent']);
  });

  test('and is heard of again without a charge goes on in its cycle', () => {
    const back = judge(silentFor(49 * hour, 30).device, heardAgain(28), { at: now + hour });
    expect(back).toMatchObject({ kinds: [], device: { cycle: 1 } });
    expect(judge(back.device, back.device.reading, { at: now + 3 * day }).kinds).toEqual([]);
    const low = judge(back.device, heardAgain(19, now + 2 * hour), { at: now + 2 * hour });
    expect(low.kinds).toEqual(['low']);
  });

  test('and is heard of again after a charge has a new cycle', () => {
    const back = judge(silentFor(49 * hour, 30).device, heardAgain(100), { at: now + hour });
    expect(back.device).toMatchObject({ cycle: 2, armed: true });
    expect(back.device.silentAt).toBeUndefined();
  });

  test('at a high level has no new cycle as long as it is not heard of', () => {
    const told = silentFor(7 * day + 1, 80);
    const later = judge(told.device, told.device.reading, { at: now + hour });
    expect([told.kinds, later.kinds, later.device.cycle]).toEqual([['unseen'], [], 1]);
  });

  test('after it was heard of at a high level can be told about again', () => {
    const back = judge(silentFor(7 * day + 1, 80).device, heardAgain(70));
    expect(back.device.cycle).toBe(2);
    expect(judge(back.device, heardAgain(70), { at: now + 7 * day + 1 }).kinds).toEqual(['unseen']);
  });

  test.each<[string, number, Partial<BatteryRules>, string]>([
    ['low by a high threshold', 48, { threshold: 50 }, 'silent'],
    ['not low, and too full to be flat after two days', 64, { threshold: 50 }, ''],
    ['not low, and nearly', 34, { threshold: 20 }, 'silent'],
    ['not low, and more', 34, { threshold: 10 }, ''],
  ])('at a level that is %s', (_, percent, more, kind) => {
    const last = { percent, syncedAt: now - 49 * hour };
    const before = known(last, { heard: true, firstSeenAt: now - 49 * hour, armed: false });
    expect(judge(before, last, { rules: more }).kinds.join()).toBe(kind);
  });

  test('after a gap in the checks is told about when it was awaited for a day and more', () => {
    const last = { percent: 30, syncedAt: now - 60 * hour };
    const before = known(last, { heard: true, firstSeenAt: now - 60 * hour, checkedAt: now - 50 * hour });
    const look = { overdueMs: 2 * hour };
    const first = judge(before, last, { look });
    expect(first).toMatchObject({ kinds: [], device: { checkedSince: now } });
    let { device } = first;
    const told = Array.from({ length: 36 }, (_, index) => {
      const judged = judge(device, last, { look, at: now + (index + 1) * hour });
      ({ device } = judged);
      return judged.kinds;
    }).findIndex((kinds) => kinds.includes('silent'));
    expect(told + 1).toBeGreaterThanOrEqual(24);
    expect(told + 1).toBeLessThanOrEqual(32);
  });

  test('by a reading that was old when it came is told about a day later: it was held up, perhaps by us', () => {
    const late = { percent: 30, syncedAt: now - 3 * day };
    const came = judge(known(), late);
    const before = judge(came.device, late, { at: now + day - 1 });
    const after = judge(before.device, late, { at: now + day });
    expect([came.kinds, before.kinds, after.kinds]).toEqual([[], [], ['silent']]);
  });

  test('is not told about while that is held back, and is told about afterwards', () => {
    const last = { percent: 30, syncedAt: now - 3 * day };
    const before = known(last, { heard: true, firstSeenAt: now - 3 * day });
    const held = judge(before, last, { rules: { holdSilence: true } });
    expect(held).toMatchObject({ kinds: [], device: { cycle: 1 } });
    expect(judge(held.device, last).kinds).toEqual(['silent']);
  });

  test('holding that back holds back no low alert', () => {
    expect(judge(known(), { percent: 15 }, { rules: { holdSilence: true } }).kinds).toEqual(['low']);
  });

  test.each<[string, Partial<Reading>, Partial<Reading>, boolean]>([
    ['with a fresh sync when it was first seen', { syncedAt: now - hour }, {}, true],
    ['with a sync long ago', { syncedAt: now - 30 * day }, {}, false],
    ['without a sync time', {}, {}, false],
    ['without a sync time, and has changed since: nobody knows when', {}, { percent: 29 }, false],
    ['with a sync time', { syncedAt: now - hour }, { syncedAt: now }, true],
    ['without a zone, perhaps fresh', { syncedBefore: now - 47 * hour }, {}, true],
    ['without a zone, certainly old', { syncedBefore: now - 49 * hour }, {}, false],
  ])('has to have been alive since we know it: %s', (_, first, second, alive) => {
    const level = { percent: 30, ...first };
    const started = judge(undefined, level);
    const later = judge(started.device, { ...level, ...second }, { at: now + hour });
    const last = judge(later.device, { ...level, ...second }, { at: now + 3 * day });
    expect(last.kinds).toEqual(alive ? ['silent'] : []);
  });

  test('is not told about when it is a scale: scales are silent until somebody steps on them', () => {
    const before = known({ kind: 'scale', percent: 12 }, { heard: true, firstSeenAt: now - 8 * day });
    expect(judge(before, { kind: 'scale', percent: 12 }, { rules: { threshold: 10 } }).kinds).toEqual([]);
  });
});

describe('a device that is not listed any more', () => {
  const gone = (ms: number, more: Partial<Device> = {}) =>
    markGone(known({ percent: 15 }, { armed: false, cycle: 3, ...more }), now - ms)!;

  test('is marked once', () => {
    expect(gone(0)).toEqual({ ...known({ percent: 15 }, { armed: false, cycle: 3 }), goneAt: now });
    expect(markGone(gone(hour), now)).toBeUndefined();
  });

  test.each<[string, number, number, Partial<Device>]>([
    ['a day later and no higher', day, 14, { cycle: 3, armed: false }],
    ['30 hours later and a little higher: readings jitter', 30 * hour, 19, { cycle: 3, armed: false }],
    ['a day later and charged, but still low', day, 40, { cycle: 4, armed: false }],
    ['a day later and charged', day, 60, { cycle: 4, armed: true }],
  ])('and comes back %s', (_, ms, percent, expected) => {
    const back = judge(gone(ms), { percent }, { rules: { threshold: 40 } });
    expect(back.device).toMatchObject({ ...expected, goneAt: undefined });
  });

  test('and comes back after more than two weeks may have been charged', () => {
    const back = judge(gone(15 * day, { checkedAt: now - 15 * day }), { percent: 14 });
    expect(back.alerts).toEqual([{ kind: 'low', cycle: 4 }]);
  });

  test('and comes back within a day goes on in its cycle: the list was incomplete', () => {
    const back = judge(gone(day - 1), { percent: 14 });
    expect(back).toMatchObject({ kinds: [], device: { cycle: 3, armed: false, goneAt: undefined } });
  });

  test('and comes back charged is not told about as recovered', () => {
    const back = judge(gone(day), { percent: 90 }, { rules: { tellRecovered: true } });
    expect(back).toMatchObject({ kinds: [], device: { cycle: 4, armed: true } });
  });
});

describe('a level that is told', () => {
  /** Judges the steps an hour apart, each with the rules of then. */
  function follow2(steps: readonly (readonly [Partial<Reading>, Partial<BatteryRules>?])[]): string {
    let device: Device | undefined;
    return steps
      .map(([level, more], index) => {
        const at = now + index * hour;
        const judged = judge(
          device,
          { syncedAt: at, ...level },
          { at, rules: { tellRecovered: true, ...more } },
        );
        ({ device } = judged);
        return judged.kinds.join() || '-';
      })
      .join(' ');
  }
  const at = (threshold: number, ...levels: number[]) =>
    levels.map((percent) => [{ percent }, { threshold }] as const);
  const [empty, high] = (['empty', 'high'] as const).map((word) => [{ percent: 60, word }] as const);

  test.each<[string, string, Parameters<typeof follow2>[0]]>([
    ['is told again at a lower threshold', 'low - - low', [...at(20, 20), ...at(10, 19, 15, 10)]],
    [
      'is not told again at a threshold below it when it is below that too',
      'low - - -',
      [...at(20, 8), ...at(10, 8, 11, 10)],
    ],
    [
      'is not told again when the threshold comes back',
      'low - - -',
      [...at(20, 20), ...at(10, 19), ...at(20, 19, 18)],
    ],
    [
      'is told again when it comes back and was charged between',
      'low - - - low',
      [...at(20, 20), ...at(10, 19, 90), ...at(20, 60, 20)],
    ],
    ['is not "charged again" by a lower threshold', 'low - - -', [...at(40, 38), ...at(15, 39, 38, 39)]],
    ['is not "charged again" by a lower threshold at once', 'low - -', [...at(40, 38), ...at(15, 38, 40)]],
    ['by a word that flaps is told once', 'low - - - -', [empty!, high!, empty!, high!, empty!]],
    ['by a word that flaps is told when it is so', 'low - - low', [empty!, high!, empty!, ...at(20, 20)]],
    [
      'by a word that flaps is believed again after a charge',
      'low - - - low',
      [empty!, high!, ...at(20, 59, 100), empty!],
    ],
  ])('%s', (_, kinds, steps) => {
    expect(follow2(steps)).toBe(kinds);
  });

  test('by a high threshold is told once for each charge, though none is a full one', () => {
    const days = Array.from({ length: 5 }, () =>
      at(50, ...Array.from({ length: 16 }, (_, h) => 60 - h)),
    ).flat();
    expect(follow2(days).match(/low/g)).toHaveLength(5);
  });

  test('after a short charge is told again when that has lasted for hours', () => {
    expect(follow2(at(20, 20, 30, 29, 20))).toBe('low - - -');
    expect(follow2(at(20, 20, 30, 29, 28, 27, 26, 25, 24, 20))).toBe('low - - - - - - recovered low');
  });
});

describe('an answer without a sync time', () => {
  const drawer = { percent: 4, syncMark: 'long ago', syncedAt: now - 90 * day };
  test.each<[string, Partial<Reading>]>([
    ['the same level', { percent: 4 }],
    ['no level', { percent: undefined }],
    ['a word', { percent: 4, word: 'empty' }],
    ['a word and no level', { percent: undefined, word: 'empty' }],
  ])('wakes no tracker that lies in a drawer: %s', (_, said) => {
    let { device } = judge(undefined, drawer);
    for (const [index, next] of [said, drawer, said, drawer].entries()) {
      const judged = judge(device, next, { at: now + index * hour, rules: { criticalAt: 5 } });
      expect(judged.kinds).toEqual([]);
      ({ device } = judged);
    }
  });

  test('adds the level that the last one lacked, as of the sync of then', () => {
    const fresh = judge(undefined, { percent: undefined, syncedAt: now - hour });
    expect(judge(fresh.device, { percent: 3 }).kinds).toEqual(['low']);
    const stale = judge(undefined, { percent: undefined, syncedAt: now - 90 * day });
    const added = judge(stale.device, { percent: 3 });
    expect(added).toMatchObject({ kinds: [], device: { reading: { percent: 3, syncedAt: now - 90 * day } } });
    expect(added.device.heard).toBeUndefined();
  });

  test('but with another level is a sign of life', () => {
    const { device } = judge(undefined, { percent: 30, syncedAt: now - hour });
    expect(judge(device, { percent: 19 }).kinds).toEqual(['low']);
  });

  test('is no silence, however long the word stays the same', () => {
    let device: Device | undefined;
    const words = Array.from({ length: 20 * 24 }, (_, h) => {
      const judged = judge(device, { percent: undefined, word: 'medium' }, { at: now + h * hour });
      ({ device } = judged);
      return judged.kinds.join();
    });
    expect(words.join('')).toBe('');
  });
});

describe('stillHolds', () => {
  const silent = { heard: true, firstSeenAt: now - 3 * day, silentAt: now };
  test.each<[string, Message['kind'], number, Device | undefined, boolean]>([
    ['a low battery of this cycle', 'low', 1, known({}, { armed: false }), true],
    ['a low battery that was charged meanwhile', 'low', 1, known({}, { cycle: 2 }), false],
    ['a low battery of which the device does not know yet', 'low', 2, known(), true],
    ['a device that is not written down yet', 'low', 1, undefined, true],
    ['a device that was unpaired two weeks ago', 'low', 1, known({}, { goneAt: now - 14 * day }), false],
    ['a device that lists have left out since', 'low', 1, known({}, { goneAt: now - 14 * day + 1 }), true],
    [
      'a recovery that the device does not know of yet',
      'recovered',
      3,
      known({}, { cycle: 2, armed: false }),
      true,
    ],
    ['a silence that goes on', 'silent', 1, known({}, silent), true],
    ['a silence that was broken', 'silent', 1, known({}, { ...silent, firstSeenAt: now + 1 }), false],
    ['a silence of which the device does not know yet', 'silent', 1, known(), true],
    ['a long silence that goes on', 'unseen', 1, known({}, { unseenAt: now }), true],
    ['a long silence that was broken', 'unseen', 1, known({}, { unseenAt: now - 2 * hour }), false],
    ['a long silence of which the device does not know yet', 'unseen', 1, known(), true],
    ['a battery that is still charged', 'recovered', 2, known({}, { cycle: 2 }), true],
    [
      'a battery that was charged and is low again',
      'recovered',
      2,
      known({}, { cycle: 2, armed: false }),
      false,
    ],
  ])('%s', (_, kind, cycle, device, holds) => {
    expect(stillHolds({ kind, cycle }, device, now)).toBe(holds);
  });
});

describe('a sync time that cannot be', () => {
  test('in the far future does not hold up the readings that follow', () => {
    const wrong = judge(known(), { percent: 40, syncedAt: now + 4_000 * day, syncMark: 'x' });
    const next = { percent: 12, syncedAt: now + hour, syncMark: 'y' };
    expect(judge(wrong.device, next, { at: now + 2 * hour })).toMatchObject({ kinds: ['low'], isNew: true });
  });

  test('in the future gets old from when it was first seen', () => {
    const wrong = judge(known(), { percent: 40, syncedAt: now + 4_000 * day, syncMark: 'x' });
    const same = { percent: 15, syncedAt: now + 4_000 * day, syncMark: 'x' };
    const before = { ...wrong.device, reading: reading(same) };
    expect(judge(before, same, { at: now + 48 * hour }).kinds).toEqual(['low']);
    expect(judge(before, same, { at: now + 48 * hour + 1 }).kinds).toEqual(['silent']);
  });
});

describe('whatever devices report', () => {
  interface Step {
    readonly afterMs: number;
    readonly reading: Partial<Reading>;
    readonly syncAgeMs: number | undefined;
    readonly rules: Partial<BatteryRules>;
    /** The provider has nothing new, or does not list it. */
    readonly becomes: 'heard' | 'silent' | 'gone';
  }
  const level = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined, freq: 8 });
  const word = fc.constantFrom(undefined, undefined, 'high', 'medium', 'low', 'empty');
  const step: fc.Arbitrary<Step> = fc.record({
    afterMs: fc.oneof(
      fc.integer({ min: 0, max: 3 * hour }),
      fc.integer({ min: 0, max: 4 * day }),
      fc.constant(day),
    ),
    reading: fc.record({ percent: level, word, syncMark: fc.constantFrom(undefined, 'a', 'b', 'c') }),
    syncAgeMs: fc.oneof(
      fc.constant(undefined),
      fc.integer({ min: 0, max: 3 * hour }),
      fc.integer({ min: -5 * day, max: 20 * day }),
    ),
    rules: fc.record({
      watched: fc.constantFrom(true, true, true, false),
      holdSilence: fc.constantFrom(undefined, true, false),
      threshold: fc.constantFrom(20, 20, 20, 5, 50, 97),
    }),
    becomes: fc.constantFrom('heard', 'heard', 'heard', 'silent', 'silent', 'silent', 'gone'),
  });
  const always = fc.record({
    criticalAt: fc.constantFrom(0, 5, 10, 60),
    remindEveryMs: fc.constantFrom(undefined, hour, 12 * hour, 3 * day),
    tellRecovered: fc.boolean(),
  });
  interface Told extends BatteryAlert {
    readonly at: number;
    readonly device: Device;
  }
  function live(steps: readonly Step[], rule: Partial<BatteryRules>): Told[] {
    let device: Device | undefined;
    let at = now;
    return steps.flatMap(({ afterMs, syncAgeMs, becomes, ...each }) => {
      at += afterMs;
      if (becomes === 'gone') {
        device = device && (markGone(device, at) ?? device);
        return [];
      }
      const syncedAt = syncAgeMs === undefined ? undefined : at - syncAgeMs;
      const next = becomes === 'silent' && device ? device.reading : { ...each.reading, syncedAt };
      const judged = judge(device, next, { rules: { ...rule, ...each.rules }, at });
      if (judged.alerts.length > (each.rules.watched ? 1 : 0)) throw new Error('There are too many alerts.');
      if (judged.device.cycle < (device?.cycle ?? 1)) throw new Error('The cycle went back.');
      device = judged.device;
      return judged.alerts.map((alert) => ({ ...alert, at, device: judged.device }));
    });
  }
  const forAllLives = (check: (told: readonly Told[], rule: Partial<BatteryRules>) => void) =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), always, (steps, rule) => check(live(steps, rule), rule)),
      { numRuns: 500, seed: 21 },
    );

  test('every kind of alert comes up in such lives', () => {
    const kinds = new Set<string>();
    forAllLives((told) => told.forEach(({ kind }) => kinds.add(kind)));
    expect([...kinds].sort()).toEqual(['critical', 'low', 'recovered', 'reminder', 'silent', 'unseen']);
  });

  test('there is at most one alert of a kind in a cycle, reminders excepted', () => {
    forAllLives((told) => {
      const names = told.map(({ kind, cycle, number }) => `${kind} ${cycle} ${number ?? ''}`);
      expect(new Set(names).size).toBe(names.length);
    });
  });

  test('reminders keep their interval from each other and from the alert they repeat', () => {
    forAllLives((told, { remindEveryMs }) => {
      for (const { at, kind, cycle } of told) {
        if (kind !== 'reminder') continue;
        const earlier = told.filter(
          (other) => other.at < at && other.cycle === cycle && /low|critical|reminder/.test(other.kind),
        );
        expect(earlier.length).toBeGreaterThan(0);
        expect(at - earlier.at(-1)!.at).toBeGreaterThanOrEqual(remindEveryMs!);
      }
    });
  });

  test('no alert comes from an old or an unknown level, and none about silence from a fresh one', () => {
    forAllLives((told) => {
      for (const { kind, at, device } of told) {
        const { percent, word: said, syncedAt } = device.reading;
        const age = at - Math.min(syncedAt ?? at, device.firstSeenAt);
        if (kind === 'silent' || kind === 'unseen') expect(age).toBeGreaterThan(48 * hour);
        else expect(age).toBeLessThanOrEqual(48 * hour);
        if (kind !== 'unseen') expect(percent ?? said).toBeDefined();
      }
    });
  });

  test('every discharge past the threshold alerts at its first fresh reading, and never again as low', () => {
    const between = fc.array(
      fc.constantFrom<Partial<Reading>>(
        { percent: undefined },
        { percent: 3, syncedAt: now - 30 * day },
        { percent: 3, syncedAt: undefined, syncMark: 'old', syncedBefore: now - 30 * day },
      ),
      { maxLength: 2 },
    );
    const discharge = fc.record({
      threshold: fc.integer({ min: 5, max: 50 }),
      high: fc.integer({ min: 0, max: 1_000 }),
      falls: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 }),
      noise: between,
      stepMs: fc.integer({ min: 1, max: 12 * hour }),
    });
    fc.assert(
      fc.property(fc.array(discharge, { minLength: 1, maxLength: 5 }), (discharges) => {
        const threshold = discharges[0]!.threshold;
        const rule = { ...withThreshold(threshold), criticalAt: 5 < threshold ? 5 : 0 };
        let device: Device | undefined;
        let at = now;
        const [told, wanted]: [string[], string[]] = [[], []];
        for (const { high, falls, noise, stepMs } of discharges) {
          const recovery = Math.min(threshold + 15, 95);
          const levels = [recovery + (high % (101 - recovery))];
          for (const fall of falls) levels.push(Math.max(0, levels.at(-1)! - fall));
          let isTold = false;
          for (const percent of levels) {
            for (const odd of noise) {
              const judged = judge(device, odd, { rules: rule, at });
              told.push(judged.kinds.filter((kind) => kind !== 'silent' && kind !== 'unseen').join());
              wanted.push('');
              device = judged.device;
            }
            at += stepMs;
            const judged = judge(device, { percent, syncedAt: at, syncMark: `${at}` }, { rules: rule, at });
            device = judged.device;
            const due: boolean = percent <= threshold && !isTold;
            const urgent = judged.kinds.filter((kind) => kind === 'low' || kind === 'critical');
            told.push(urgent.filter((kind) => due || kind === 'low').join());
            const isCritical = rule.criticalAt > 0 && percent <= rule.criticalAt;
            wanted.push(due ? (isCritical ? 'critical' : 'low') : '');
            isTold ||= due;
          }
        }
        expect(told).toEqual(wanted);
      }),
      { numRuns: 500, seed: 21 },
    );
  });
});

/** A day of many connections against the documented limits, at sizes that take seconds: `npm run day` plays a million. */
import { playDay } from '../../local/pacing/play-day';
import { judgeDay, type DaySetting } from '../../local/pacing/played-day';
import { billOf } from '../../local/pacing/prices';

jest.setTimeout(60_000);

const setting: DaySetting = {
  connections: 2_000,
  vaults: 2,
  provider: 'google-health',
  instances: 40,
  cpuMs: 30,
};

test.each(['google-health', 'fitbit'] as const)(
  '2,000 connections at %s have a good day',
  async (provider) => {
    const day = await playDay({ ...setting, provider });
    expect(judgeDay({ ...setting, provider }, day)).toEqual([]);
    expect(day).toMatchObject({ checks: 48_000, rotations: 8_000, fewestChecks: 24, fewestRotations: 4 });
    expect(day).toMatchObject({ dropped: 0, expired: 0 });
    // They begin ten in a second, from two vaults.
    const loads = new Map(day.loads.map(({ name, most }) => [name, most]));
    expect(loads.get('allNewSecrets')).toBeGreaterThanOrEqual(100);
    expect(loads.get('newSecrets')).toBeLessThan(loads.get('allNewSecrets')! * 0.8);
  },
);

const atWithings = { ...setting, provider: 'withings', vaults: 1 } as const;

test.each([60, 1_500])(
  '%i connections at Withings have a good day with a margin, and checks refresh what runs out between two runs',
  async (connections) => {
    const day = await playDay({ ...atWithings, connections });
    expect(judgeDay(atWithings, day)).toEqual([]);
    expect(day.loads.find(({ name }) => name === 'withingsPerMinute')!.most).toBeLessThanOrEqual(100);
    expect(day.longestBetweenRotationsMs).toBeLessThan(4.5 * 3_600_000);
    expect(day.fewestRotations).toBeGreaterThanOrEqual(5);
  },
);

test('2,500 connections at Withings ask it too often, and the day says so', async () => {
  const many = { ...atWithings, connections: 2_500 };
  expect(judgeDay(many, await playDay(many))).toEqual([
    expect.stringMatching(
      /^a limit is exceeded: calls of Withings by one client, \d{3} in 60 s, and 120 are allowed$/,
    ),
  ]);
});

test('instances that are too few let checks be dropped, and the day says so', async () => {
  const few = { ...setting, instances: 2, cpuMs: 4_000 };
  const day = await playDay(few);
  expect(day.dropped).toBeGreaterThan(0);
  expect(judgeDay(few, day)).toContainEqual(expect.stringContaining('somebody is checked less than hourly'));
});

test('a limit that is exceeded is named, with how often and how much is allowed', async () => {
  const day = await playDay({ ...setting, connections: 20 });
  const loads = [{ name: 'newSecrets', most: 301, isExceeded: true }] as const;
  expect(judgeDay(setting, { ...day, loads })).toEqual([
    'a limit is exceeded: new secrets of the busiest vault, 301 in 10 s, and 300 are allowed',
  ]);
});

test('a month costs nothing of what is free, and is the sum of its lines', async () => {
  const day = await playDay({ ...setting, connections: 20 });
  const { lines, dollars } = billOf(day);
  const costOf = (unit: string) => lines.find(({ what }) => what === unit)!.dollars;
  expect([costOf('GB-s'), costOf('executions'), costOf('GB of logs')]).toEqual([0, 0, 0]);
  // A read by each check and by each rotation, and a write by each rotation: 32 a day.
  expect(costOf('operations of Key Vault')).toBeCloseTo(((20 * 32 * 30) / 10_000) * 0.03, 5);
  expect(lines.reduce((sum, line) => sum + line.dollars, 0)).toBeCloseTo(dollars, 10);
});

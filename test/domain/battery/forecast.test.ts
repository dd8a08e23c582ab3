import fc from 'fast-check';
import { evaluate, measure } from '../../../local/forecast/evaluate';
import { forecast } from '../../../src/domain/battery/forecast';
import type { StoredReading } from '../../../src/model';

const hour = 3_600_000;
const now = Date.parse('2026-11-21T06:00:00Z');

/** Levels an hour apart, the last of them now. */
const hourly = (...levels: readonly number[]): StoredReading[] =>
  levels.map((percent, index) => ({ at: now - (levels.length - 1 - index) * hour, percent }));
/** From a level down to another, losing so much an hour; whole percents, rounded down. */
const falling = (from: number, to: number, perHour: number): number[] =>
  Array.from({ length: Math.floor((from - to) / perHour) + 1 }, (_, index) =>
    Math.floor(from - index * perHour),
  );
const hoursOf = (readings: readonly StoredReading[], at = now) => forecast(readings, at)?.hours;

describe('the forecast', () => {
  test.each([
    ['a percent an hour, for a day', falling(60, 30, 1), 30],
    ['a percent an hour, for three days', falling(95, 20, 1), 20],
    ['half a percent an hour', falling(80, 40, 0.5), 80],
    ['three percent an hour, of which less than a day was seen', falling(80, 20, 3), 7],
  ])('carries on what was lost: %s', (_, levels, hours) => {
    const answer = forecast(hourly(...levels), now)!;
    expect(Math.abs(answer.hours - hours)).toBeLessThan(0.05 * hours);
    expect(answer.from).toBeLessThan(hours);
    expect(answer.to).toBeGreaterThan(hours);
  });

  test('counts from now, not from the newest reading', () => {
    const readings = hourly(...falling(95, 20, 1));
    const [atOnce, later] = [forecast(readings, now)!, forecast(readings, now + 6 * hour)!];
    expect(later.hours).toBeCloseTo(atOnce.hours - 6);
    expect(later.from).toBeCloseTo(atOnce.from - 6);
    expect(later.to).toBeCloseTo(atOnce.to - 6);
  });

  test('never says less than nothing', () => {
    const readings = hourly(...falling(95, 4, 1));
    expect(forecast(readings, now + 4 * hour)).toMatchObject({ from: 0 });
    expect(forecast(readings, now + 5 * hour)).toBeUndefined();
  });

  test('begins at the last charge', () => {
    const before = hourly(...falling(95, 5, 3)).map(({ at, percent }) => ({ at: at - 61 * hour, percent }));
    const since = hourly(...falling(90, 30, 1));
    expect(hoursOf([...before, ...since])).toBe(hoursOf(since));
    expect(hoursOf(since)).toBeCloseTo(30.5);
  });

  test.each<[string, readonly number[], number]>([
    ['ten hours', Array.from({ length: 10 }, () => 100), 100],
    ['ten hours, with jitter', [100, 99, 100, 100, 99, 100, 98, 100, 100, 99], 100],
    ['a day', Array.from({ length: 24 }, () => 100), 100],
    ['a night, at a level that it does not exceed', Array.from({ length: 8 }, () => 80), 80],
  ])('leaves out what it spends on the charger: %s', (_, plateau, top) => {
    // A watch that lasts for two days.
    const perHour = 100 / 48;
    const answer = forecast(hourly(...plateau, ...falling(top, 20, perHour), 20), now)!;
    expect(Math.abs(answer.hours - 20.5 / perHour)).toBeLessThan(0.5);
    expect(answer.to).toBeLessThan(13);
  });

  test('does not take jitter for a charge', () => {
    const levels = falling(95, 20, 1).map((level, index) => level + [0, 3, -3, 1, -2, 2, 0][index % 7]!);
    expect(Math.abs(hoursOf(hourly(...levels))! - 20)).toBeLessThan(2);
  });

  test('does not mind gaps', () => {
    const readings = hourly(...falling(95, 20, 1));
    const some = readings.filter((_, index) => index % 19 === 0 || index === readings.length - 1);
    expect(some).toHaveLength(5);
    expect(Math.abs(hoursOf(some)! - 20.5)).toBeLessThan(0.5);
  });

  test('knows that nights come again', () => {
    // From seven in the morning: 16 hours at 2 % and 8 hours of sleep at nothing; it is eleven in the evening.
    const levels = [98];
    for (let index = 0; index < 40; index += 1) levels.push(levels.at(-1)! - (index % 24 < 16 ? 2 : 0));
    expect(levels.at(-1)).toBe(34);
    // The night, the day, the next night, and one more hour.
    expect(Math.abs(hoursOf(hourly(...levels))! - (8 + 16 + 8 + 1))).toBeLessThan(0.5);
  });

  test('says less when an old battery begins to sag, and no more when it was used less', () => {
    const steady = hoursOf(hourly(...falling(80, 32, 1), 31, 30, 29, 28, 27, 26, 25, 24))!;
    const sagging = hoursOf(hourly(...falling(96, 40, 1), 38, 36, 34, 32, 30, 28, 26, 24))!;
    const resting = hoursOf(hourly(...falling(72, 24, 1), 24, 24, 24, 24, 24, 24, 24, 24))!;
    expect(steady).toBeCloseTo(24.5);
    expect(sagging).toBeLessThan(0.8 * steady);
    expect(resting).toBeGreaterThanOrEqual(steady);
    expect(resting).toBeLessThan(1.5 * steady);
  });

  test('has a wider range the less it has seen', () => {
    const widths = [falling(95, 40, 1), falling(60, 40, 1), falling(54, 40, 1)].map((levels) => {
      const { from, to, hours } = forecast(hourly(...levels), now)!;
      return (to - from) / hours;
    });
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
  });
});

describe('the forecast says nothing', () => {
  test.each<[string, StoredReading[], number?]>([
    ['without readings', []],
    ['from one reading', hourly(50)],
    ['from four readings', hourly(60, 55, 50, 45)],
    ['from less than five hours', hourly(60, 55, 50, 45, 40)],
    ['from less than five percent', hourly(...falling(60, 56, 0.2))],
    [
      'of a battery that loses nothing',
      hourly(...falling(60, 60, 1), ...Array.from({ length: 40 }, () => 60)),
    ],
    [
      'of a battery that has rested for days',
      hourly(...falling(90, 60, 5), ...Array.from({ length: 60 }, () => 60)),
    ],
    ['right after a charge', hourly(...falling(60, 20, 1), 80, 79)],
    ['from a newest reading that is older than a day', hourly(...falling(95, 40, 1)), now + 24 * hour + 1],
    ['when it should be flat by now', hourly(...falling(95, 10, 1)), now + 12 * hour],
    ['when the losses differ too much', hourly(90, 90, 90, 90, 90, 90, 90, 60, 60, 60, 60, 60, 60, 60)],
  ])('%s', (_, readings, at = now) => {
    expect(forecast(readings, at)).toBeUndefined();
  });

  test('unless it can say something that makes sense, whatever the readings are', () => {
    const step = fc.record({
      gapMs: fc.oneof(fc.integer({ min: 0, max: 2 * hour }), {
        arbitrary: fc.integer({ min: 0, max: 30 * hour }),
        weight: 1,
      }),
      loss: fc.oneof(
        { arbitrary: fc.integer({ min: -3, max: 6 }), weight: 30 },
        { arbitrary: fc.integer({ min: -90, max: 30 }), weight: 1 },
      ),
    });
    const readings = fc.array(step, { minLength: 3, maxLength: 60 }).map((steps) => {
      const all: StoredReading[] = [];
      let at = now;
      for (const { gapMs, loss } of steps) {
        const after: number = all[0]?.percent ?? 10;
        all.unshift({ at, percent: Math.min(100, Math.max(0, after + loss)) });
        at -= gapMs;
      }
      return all;
    });
    let said = 0;
    fc.assert(
      fc.property(readings, (all) => {
        const answer = forecast(all, now);
        if (!answer) return;
        said += 1;
        expect(answer.from).toBeGreaterThanOrEqual(0);
        expect(answer.hours).toBeGreaterThanOrEqual(answer.from);
        expect(answer.to).toBeGreaterThanOrEqual(answer.hours);
        expect(answer.to).toBeLessThan(Infinity);
      }),
      { numRuns: 1_000, seed: 21 },
    );
    expect(said).toBeGreaterThan(100);
  });

  test('unless it was steady: then the truth lies in its range', () => {
    const discharge = fc.record({
      perHour: fc.double({ min: 0.3, max: 4, noNaN: true }),
      from: fc.integer({ min: 50, max: 100 }),
      share: fc.double({ min: 0.3, max: 0.9, noNaN: true }),
    });
    fc.assert(
      fc.property(discharge, ({ perHour, from, share }) => {
        const levels = falling(from, from * (1 - share), perHour);
        const left = (from - (levels.length - 1) * perHour) / perHour;
        const answer = forecast(hourly(...levels), now);
        if (!answer) return;
        expect(answer.from).toBeLessThanOrEqual(left);
        expect(answer.to).toBeGreaterThanOrEqual(left);
      }),
      { numRuns: 500, seed: 21 },
    );
  });
});

describe('the forecast of discharges that are made up by a seed', () => {
  const { looks, texts } = evaluate(7, 20, 5);
  test('is within a fifth, in half of the cases, where a text is due', () => {
    const { errorShare, silent, inRange } = measure(texts);
    expect(errorShare).toBeLessThan(0.2);
    expect(silent).toBeLessThan(0.1);
    expect(inRange).toBeGreaterThan(0.8);
  });

  test('holds the truth in its range, at any time, in most cases', () => {
    expect(measure(looks).inRange).toBeGreaterThan(0.8);
    expect(measure(looks).errorShare).toBeLessThan(0.2);
  });
});

import {
  batteryDrawing,
  historyChart,
  type HistoryChart,
  type Point,
} from '../../../src/pages/personal-page/chart';
import { elementsOf, textOf } from '../read-page';
import { frame, hourMs, now, render } from '../samples';

const chart = (history: readonly Point[], more: Partial<HistoryChart> = {}) =>
  render(
    historyChart({
      words: frame.words,
      ...{ id: 'history', history, days: 30, threshold: 20, now, timeZone: 'America/New_York' },
      ...more,
    }),
  );

const pathOf = (page: string, kind: string): string | undefined =>
  elementsOf(page).find(({ attributes }) => attributes['class'] === kind)?.attributes['d'];

test('without readings there is a sentence instead of a drawing', async () => {
  expect(await chart([])).toBe('<p class="quiet">No battery history yet.</p>');
  expect(await chart([{ at: now - 31 * 24 * hourMs, percent: 50 }])).toContain('No battery history yet.');
});

test('one reading is a dot', async () => {
  const page = await chart([{ at: now - 6 * hourMs, percent: 9 }]);
  expect(pathOf(page, 'dot')).toBe('M450.0 91.0h0');
  expect(pathOf(page, 'line')).toBeUndefined();
  expect(textOf(page)).toContain('Battery since today: 9%. Dotted: low, at 20%.');
});

test('readings are a line in order of time, with the axes, the threshold and the same in words', async () => {
  const page = await chart([
    { at: now, percent: 40 },
    { at: now - 4 * 24 * hourMs, percent: 100 },
    { at: now - 2 * 24 * hourMs, percent: 12.5 },
  ]);
  expect(pathOf(page, 'line')).toBe('M0.0 0.0L300.0 87.5L600.0 60.0');
  expect(pathOf(page, 'limit')).toBe('M0 80H600');
  expect(textOf(page)).toBe(
    '100% 50% 0% Tue Wed Thu Fri Sat Battery since Nov 10: between 12% and 100%, last 40%. Charged today. Dotted: low, at 20%.',
  );
  const drawing = elementsOf(page).find(({ tag }) => tag === 'svg');
  expect(drawing?.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'history' });
});

test('2000 readings are thinned out, and neither the lowest nor the highest is lost', async () => {
  const history = Array.from({ length: 2000 }, (_, index) => ({
    at: now - (2000 - index) * 20 * 60_000,
    percent: index === 777 ? 3 : index === 1444 ? 100 : 50 + (index % 7),
  }));
  const points = pathOf(await chart(history), 'line')?.split('L') ?? [];
  expect(points.length).toBeGreaterThan(200);
  expect(points.length).toBeLessThanOrEqual(4 * 121);
  expect(points.some((point) => point.endsWith(' 97.0'))).toBe(true);
  expect(points.some((point) => point.endsWith(' 0.0'))).toBe(true);
});

test('a level outside of 0 to 100 stays inside the drawing', async () => {
  const page = await chart([
    { at: now - hourMs, percent: 130 },
    { at: now, percent: -5 },
  ]);
  expect(pathOf(page, 'line')).toBe('M575.0 0.0L600.0 100.0');
});

test('a battery is drawn as full as it is', async () => {
  const widths = async (percent?: number) =>
    elementsOf(await render(batteryDrawing(percent)))
      .filter(({ tag }) => tag === 'rect')
      .map(({ attributes }) => attributes['width']);
  expect(await widths(50)).toEqual(['30', '13.0']);
  expect(await widths(0)).toEqual(['30']);
  expect(await widths()).toEqual(['30']);
});

const day = 24 * hourMs;
const allOf = (page: string, kind: string) =>
  elementsOf(page).flatMap(({ attributes }) => (attributes['class'] === kind ? [attributes['d']] : []));

test('what is to come is a dashed line from the last level to the moment when it is empty', async () => {
  const history = [
    { at: now - 4 * day, percent: 90 },
    { at: now - 2 * day, percent: 70 },
    { at: now, percent: 50 },
  ];
  const page = await chart(history, { emptyAt: now + day });
  expect(pathOf(page, 'line')).toBe('M0.0 10.0L240.0 30.0L480.0 50.0');
  expect(pathOf(page, 'ahead')).toBe('M480.0 50.0L600.0 100.0');
  expect(pathOf(page, 'now')).toBe('M480 0V100');
  expect(textOf(page)).toContain('Dashed: the forecast.');
});

test('a forecast further away than there is room is cut, and goes on to fall there', async () => {
  const history = [
    { at: now - 10 * day, percent: 100 },
    { at: now, percent: 80 },
  ];
  const page = await chart(history, { emptyAt: now + 8 * day });
  expect(pathOf(page, 'ahead')).toBe('M428.6 20.0L600.0 60.0');
});

test('a silence is hatched up to now, and has no forecast', async () => {
  const history = [
    { at: now - 4 * day, percent: 30 },
    { at: now - 3 * day, percent: 20 },
  ];
  const page = await chart(history, { silentSince: now - 3 * day, emptyAt: now + day });
  expect(pathOf(page, 'ahead')).toBeUndefined();
  const hatches =
    pathOf(page, 'gap')
      ?.match(/[\d.]+(?= )/g)
      ?.map(Number) ?? [];
  expect([Math.min(...hatches), Math.max(...hatches)]).toEqual([150, 600]);
  expect(textOf(page)).toContain('Hatched: no data since Nov 11.');
});

test('days without a reading are hatched as well, with a line of their own before and after', async () => {
  const page = await chart([
    { at: now - 6 * day, percent: 90 },
    { at: now - 5 * day, percent: 80 },
    { at: now - 2 * day, percent: 40 },
    { at: now, percent: 30 },
  ]);
  expect(allOf(page, 'line')).toEqual(['M0.0 10.0L100.0 20.0', 'M400.0 60.0L600.0 70.0']);
  expect(allOf(page, 'gap')).toHaveLength(1);
});

test.each<[string, readonly number[], string]>([
  ['none', [60, 50, 40], 'last 40%. Dotted'],
  ['jitter', [60, 50, 55, 50], 'last 50%. Dotted'],
  ['one in three steps', [60, 20, 50, 90, 95, 94, 80], 'Charged yesterday. Dotted'],
  ['one that goes on', [60, 20, 50], 'Charged today. Dotted'],
  ['two on different days', [60, 20, 90, 30, 80, 70], 'Charged yesterday and today. Dotted'],
  ['more than three', [20, 90, 20, 90, 20, 90, 20, 90], 'Charged 4 times, last today. Dotted'],
])('a charge is marked at its top: %s', async (_, levels, words) => {
  const history = levels.map((percent, index) => ({
    at: now - (levels.length - 1 - index) * 12 * hourMs,
    percent,
  }));
  const page = await chart(history);
  expect(textOf(page)).toContain(words);
});

test('each day has a tick at its midnight there, and a name', async () => {
  const page = await chart([
    { at: now - 36 * hourMs, percent: 90 },
    { at: now, percent: 50 },
  ]);
  // 17:05 UTC is 12:05 in New York: midnights are 12 h 5 min and 36 h 5 min ago.
  expect(allOf(page, 'tick')).toEqual(['M398.6 0V100']);
  expect(textOf(page)).toMatch(/^100% 50% 0% Fri Sat Battery/);
});

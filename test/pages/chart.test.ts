import { batteryDrawing, historyChart, type Point } from '../../src/pages/chart';
import { elementsOf, textOf } from './read-page';
import { hourMs, now, render } from './samples';

const chart = (history: readonly Point[]) =>
  render(
    historyChart({ id: 'history', history, days: 30, threshold: 20, now, timeZone: 'America/New_York' }),
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
  expect(textOf(page)).toContain('Battery since today: 9%. Dashed: low, from 20% down.');
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
    '100% 50% 0% Nov 10 today Battery since Nov 10: between 12% and 100%, last 40%. Dashed: low, from 20% down.',
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

/** A battery over two weeks, as small as a word. What it shows is also its label. */
import { html, raw } from 'hono/html';
import type { BoardBattery } from '../../model';
import type { Html } from '../html';

const halfDayMs = 12 * 3_600_000;
const places = 28;
const width = 96;
const height = 28;
/** Between levels that are further apart nothing is known: a device that is worn syncs every day or two. */
const longestGap = 4;

export function sparkline({ levels, lastHalfDay }: BoardBattery, now: number): Html | string {
  const offset = places - levels.length - (Math.floor(now / halfDayMs) - lastHalfDay);
  const points = levels.flatMap((level, index) =>
    level === null || index + offset < 0 ? [] : [{ place: index + offset, level }],
  );
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  const xy = ({ place, level }: { place: number; level: number }) =>
    `${((place / (places - 1)) * width).toFixed(1)} ${(height - (level / 100) * height).toFixed(1)}`;
  const path = points
    .map((point, index) => {
      const before = points[index - 1];
      return `${before && point.place - before.place <= longestGap ? 'L' : 'M'}${xy(point)}`;
    })
    .join('');
  const lowest = Math.min(...points.map(({ level }) => level));
  const highest = Math.max(...points.map(({ level }) => level));
  return html`<svg
    class="spark"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="Two weeks: between ${lowest}% and ${highest}%, last ${last.level}%"
  >
    ${raw(`<path class="base" d="M0 ${height}H${width}"/><path d="${path}"/><path class="end" d="M${xy(last)}h0"/>`)}
  </svg>`;
}

/** Batteries as drawings. Everything they show is also said in words. */
import { html, raw } from 'hono/html';
import type { Html } from './layout';
import { dayMs, sayDay } from './when';

/** `percent` is absent when the level is not known. */
export function batteryDrawing(percent: number | undefined): Html {
  const width = ((percent ?? 0) / 100) * 26;
  return html`<svg viewBox="0 0 36 16" aria-hidden="true">
    <rect x="1" y="1" width="30" height="14" rx="4" fill="none" stroke="currentColor" stroke-width="2" />
    <path d="M34.5 6v4" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
    ${width > 0 ? html`<rect x="3" y="3" width="${width.toFixed(1)}" height="10" rx="2" fill="currentColor" />` : ''}
  </svg>`;
}

export interface Point {
  readonly at: number;
  readonly percent: number;
}

export interface HistoryChart {
  /** Unique on the page. */
  readonly id: string;
  readonly history: readonly Point[];
  readonly days: number;
  readonly threshold: number;
  readonly now: number;
  readonly timeZone: string;
}

/** Axis labels are HTML beside the drawing, because the drawing is stretched and letters must not be. */
export function historyChart({ id, history, days, threshold, now, timeZone }: HistoryChart): Html {
  const points = history
    .filter(({ at }) => at > now - days * dayMs && at <= now)
    .map(({ at, percent }) => ({ at, percent: Math.min(Math.max(percent, 0), 100) }))
    .sort((a, b) => a.at - b.at);
  const [first] = points;
  if (!first) return html`<p class="quiet">No battery history yet.</p>`;
  const from = Math.min(first.at, now - dayMs);
  const percents = points.map(({ percent }) => Math.floor(percent));
  const lowest = Math.min(...percents);
  const highest = Math.max(...percents);
  const since = sayDay(first.at, now, timeZone);
  return html`<figure>
    <div class="plot">
      <div class="scale" aria-hidden="true"><span>100%</span><span>50%</span><span>0%</span></div>
      <svg viewBox="0 0 ${chartWidth} 100" preserveAspectRatio="none" role="img" aria-labelledby="${id}">
        ${drawing(points, from, now)} ${level('limit', 100 - threshold)}
      </svg>
      <div class="days" aria-hidden="true"><span>${sayDay(from, now, timeZone)}</span><span>today</span></div>
    </div>
    <figcaption id="${id}">
      ${
        lowest === highest
          ? `Battery since ${since}: ${lowest}%.`
          : `Battery since ${since}: between ${lowest}% and ${highest}%, last ${percents.at(-1)}%.`
      }
      Dashed: low, from ${threshold}% down.
    </figcaption>
  </figure>`;
}

const chartWidth = 600;
const mostColumns = 120;

function drawing(points: readonly Point[], from: number, to: number): Html {
  const x = (at: number) => (((at - from) / (to - from)) * chartWidth).toFixed(1);
  const thin = thinOut(points, from, to);
  const line = thin.map(({ at, percent }) => `${x(at)} ${(100 - percent).toFixed(1)}`).join('L');
  const [start, end] = [thin[0]?.at ?? from, thin.at(-1)?.at ?? to];
  const shape =
    thin.length === 1
      ? html`<path class="dot" d="M${line}h0" vector-effect="non-scaling-stroke" />`
      : html`<path class="line" d="M${line}" vector-effect="non-scaling-stroke" />`;
  return html`<path class="area" d="M${x(start)} 100L${line}L${x(end)} 100Z" />
    ${level('grid', 0)}${level('grid', 50)}${level('grid', 100)} ${shape}`;
}

function level(kind: 'grid' | 'limit', y: number): Html {
  return raw(`<path class="${kind}" d="M0 ${y}H${chartWidth}" vector-effect="non-scaling-stroke" />`);
}

/** Keeps the lowest and the highest of each column: a charge or a flat battery must not fall through. */
function thinOut(points: readonly Point[], from: number, to: number): readonly Point[] {
  if (points.length <= 2 * mostColumns) return points;
  const columns = Map.groupBy(points, ({ at }) => Math.floor(((at - from) / (to - from)) * mostColumns));
  return [...columns.values()].flatMap((column) => {
    const byPercent = column.toSorted((a, b) => a.percent - b.percent);
    const kept = new Set([column[0], byPercent[0], byPercent.at(-1), column.at(-1)]);
    return column.filter((point) => kept.has(point));
  });
}

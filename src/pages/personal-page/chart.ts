/** Batteries as drawings. Everything they show is also said in words. */
import { html, raw } from 'hono/html';
import { dayStarts } from '../days';
import type { Html } from '../layout';
import { dayMs, sayDay, sayTick } from '../when';
import { sayAll, sayPercent } from '../say';
import type { Words } from '../words/catalogue';

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
  readonly words: Words;
  /** Unique on the page. */
  readonly id: string;
  readonly history: readonly Point[];
  readonly days: number;
  readonly threshold: number;
  /** When the forecast has it empty. */
  readonly emptyAt?: number | undefined;
  /** Nothing has been heard of the device since. */
  readonly silentSince?: number | undefined;
  readonly now: number;
  readonly timeZone: string;
}

/**
 * The lines are stretched to the width that there is. What must not be, such as letters, stands outside of them, at percents of that width.
 */
export function historyChart(chart: HistoryChart): Html {
  const { words, id, history, days, now, timeZone, silentSince } = chart;
  const points = history
    .filter(({ at }) => at > now - days * dayMs && at <= now)
    .map(({ at, percent }) => ({ at, percent: Math.min(Math.max(percent, 0), 100) }))
    .sort((a, b) => a.at - b.at);
  const [first] = points;
  if (!first) return html`<p class="quiet">${words.personalPage.chart.none}</p>`;
  const from = Math.min(first.at, now - dayMs);
  const emptyAt = silentSince === undefined ? chart.emptyAt : undefined;
  const span: Span = { from, to: Math.max(now, Math.min(emptyAt ?? now, now + (now - from) * mostFuture)) };
  const charges = findCharges(points);
  return html`<figure class="${silentSince === undefined ? '' : 'silent'}">
    <div class="plot">
      <div class="scale" aria-hidden="true">
        ${[100, 50, 0].map((level) => html`<span>${sayPercent(words, level)}</span>`)}
      </div>
      <svg role="img" aria-labelledby="${id}">
        <svg viewBox="0 0 ${chartWidth} 100" preserveAspectRatio="none" width="100%" height="${plotHeight}">
          ${level('grid', 0)}${level('grid', 50)}${level('grid', 100)}
          ${dayStarts(span.from, span.to, timeZone).map((at) => upright('tick', at, span))}
          ${history.length === 0 ? '' : curves(points, span)} ${ahead(points, emptyAt, span)}
          ${silentSince === undefined ? '' : hatching(silentSince, now, span)}
          ${level('limit', 100 - chart.threshold)} ${span.to > now ? upright('now', now, span) : ''}
        </svg>
        ${charges.map((peak) => chargeMark(peak, span))} ${dayLabels(span, timeZone, words)}
      </svg>
    </div>
    <figcaption id="${id}">${sayChart(chart, points, charges, emptyAt)}</figcaption>
  </figure>`;
}

function sayChart(
  { words, now, timeZone, threshold, silentSince }: HistoryChart,
  points: readonly Point[],
  charges: readonly Point[],
  emptyAt: number | undefined,
): string {
  const says = words.personalPage.chart;
  const percent = (level: number) => sayPercent(words, level);
  const percents = points.map(({ percent }) => Math.floor(percent));
  const [lowest, highest] = [Math.min(...percents), Math.max(...percents)];
  const since = sayDay(points[0]?.at ?? now, now, timeZone, words);
  const charged = [...new Set(charges.map(({ at }) => sayDay(at, now, timeZone, words)))];
  const lastCharged = charged.at(-1);
  return [
    lowest === highest
      ? says.steady(since, percent(lowest))
      : says.between(since, percent(lowest), percent(highest), percent(percents.at(-1) ?? 0)),
    ...(lastCharged === undefined
      ? []
      : [
          charges.length > mostNamed
            ? says.chargedOften(charges.length, lastCharged)
            : says.charged(sayAll(words, charged)),
        ]),
    ...(silentSince === undefined ? [] : [says.hatched(sayDay(silentSince, now, timeZone, words))]),
    ...(emptyAt === undefined ? [] : [says.dashed]),
    says.dotted(percent(threshold)),
  ].join(' ');
}

/** More charges than that are counted. */
const mostNamed = 3;
const chartWidth = 600;
const plotHeight = 112;
/** How much longer than the past that is shown the future may be. */
const mostFuture = 0.4;
const mostColumns = 120;
/** A level that rises by more was charged; by less, it jitters. */
const jitter = 6;
/** Between readings that are further apart nothing is known. */
const longestStep = 2 * dayMs;

interface Span {
  readonly from: number;
  readonly to: number;
}

function shareOf(at: number, { from, to }: Span): number {
  return (at - from) / (to - from);
}

function xOf(at: number, span: Span): number {
  return Number((shareOf(at, span) * chartWidth).toFixed(1));
}

function place({ at, percent }: Point, span: Span): string {
  return `${xOf(at, span).toFixed(1)} ${(100 - percent).toFixed(1)}`;
}

/** One line for each stretch without a gap, and hatching between them. */
function curves(points: readonly Point[], span: Span): Html {
  const stretches: Point[][] = [];
  for (const point of points) {
    const current = stretches.at(-1);
    const before = current?.at(-1);
    if (current && before && point.at - before.at <= longestStep) current.push(point);
    else stretches.push([point]);
  }
  return html`${stretches.map((stretch, index) => {
    const next = stretches[index + 1]?.[0];
    return html`${curve(thinOut(stretch, span), span)}${next ? hatching(stretch.at(-1)!.at, next.at, span) : ''}`;
  })}`;
}

function curve(points: readonly Point[], span: Span): Html {
  const line = points.map((point) => place(point, span)).join('L');
  if (points.length === 1) return drawn('dot', `M${line}h0`);
  const [start, end] = [points[0]!, points.at(-1)!];
  const area = `M${xOf(start.at, span)} 100L${line}L${xOf(end.at, span)} 100Z`;
  return html`${drawn('area', area)}${drawn('line', `M${line}`)}`;
}

/** From the last level to the moment when it is empty, as far as there is room. */
function ahead(points: readonly Point[], emptyAt: number | undefined, span: Span): Html | string {
  const last = points.at(-1);
  if (!last || emptyAt === undefined || emptyAt <= last.at) return '';
  const until = Math.min(emptyAt, span.to);
  const left = last.percent * (1 - (until - last.at) / (emptyAt - last.at));
  return drawn('ahead', `M${place(last, span)}L${place({ at: until, percent: left }, span)}`);
}

const hatchStep = 12;
const hatchSlope = 60;

/** Slanting lines, cut at both ends: a pattern would have to be referred to by a URL. */
function hatching(from: number, to: number, span: Span): Html {
  const [left, right] = [xOf(from, span), xOf(to, span)];
  const lines: string[] = [];
  for (let foot = left - hatchSlope + hatchStep; foot < right; foot += hatchStep) {
    const [begin, end] = [Math.max(foot, left), Math.min(foot + hatchSlope, right)];
    const yAt = (x: number) => (100 - ((x - foot) / hatchSlope) * 100).toFixed(1);
    lines.push(`M${begin.toFixed(1)} ${yAt(begin)}L${end.toFixed(1)} ${yAt(end)}`);
  }
  return drawn('gap', lines.join(''));
}

function drawn(kind: string, path: string): Html {
  return raw(`<path class="${kind}" d="${path}" vector-effect="non-scaling-stroke" />`);
}

function level(kind: 'grid' | 'limit', y: number): Html {
  return drawn(kind, `M0 ${y}H${chartWidth}`);
}

function upright(kind: 'tick' | 'now', at: number, span: Span): Html {
  return drawn(kind, `M${xOf(at, span)} 0V100`);
}

/** The tops of what rises by more than jitter. */
function findCharges(points: readonly Point[]): Point[] {
  const charges: Point[] = [];
  let lowest: Point | undefined;
  let top: Point | undefined;
  for (const point of points) {
    if (top && point.percent > top.percent) top = point;
    else if (top && point.percent < top.percent) {
      charges.push(top);
      [top, lowest] = [undefined, point];
    } else if (top) continue;
    else if (lowest && point.percent - lowest.percent > jitter) top = point;
    else if (!lowest || point.percent < lowest.percent) lowest = point;
  }
  return top ? [...charges, top] : charges;
}

/** A bolt above the top of a charge. */
function chargeMark(peak: Point, span: Span): Html {
  const y = ((100 - peak.percent) / 100) * plotHeight;
  return raw(
    `<svg x="${percentOf(peak.at, span)}" y="${y.toFixed(1)}" overflow="visible"><path class="charge" d="M1-14-4-6h3l-2 5 6-8h-3l2-5z" /></svg>`,
  );
}

function percentOf(at: number, span: Span): string {
  return `${(shareOf(at, span) * 100).toFixed(1)}%`;
}

const daysInWeek = 7;
const mostLabels = 4;
/** Nearer to an edge, half a label would stand outside. */
const edge = 0.06;

/** Weekdays under the middle of a day where there is room for each of them; else dates where a day begins. */
function dayLabels(span: Span, timeZone: string, words: Words): Html {
  const starts = dayStarts(span.from, span.to, timeZone);
  const isShort = starts.length <= daysInWeek;
  const wanted = isShort
    ? [span.from, ...starts].map((start, index) => (start + (starts[index] ?? span.to)) / 2)
    : starts.filter((_, index) => index % Math.ceil(starts.length / mostLabels) === 0);
  return html`${wanted
    .filter((at) => shareOf(at, span) > edge && shareOf(at, span) < 1 - edge)
    .map(
      (at) =>
        html`<text x="${percentOf(at, span)}" y="${plotHeight + 18}" aria-hidden="true">
          ${sayTick(at, timeZone, isShort, words)}
        </text>`,
    )}`;
}

/** Keeps the lowest and the highest of each column: a charge or a flat battery must not fall through. */
function thinOut(points: readonly Point[], span: Span): readonly Point[] {
  if (points.length <= 2 * mostColumns) return points;
  const columns = Map.groupBy(points, ({ at }) => Math.floor(shareOf(at, span) * mostColumns));
  return [...columns.values()].flatMap((column) => {
    const byPercent = column.toSorted((a, b) => a.percent - b.percent);
    const kept = new Set([column[0], byPercent[0], byPercent.at(-1), column.at(-1)]);
    return column.filter((point) => kept.has(point));
  });
}

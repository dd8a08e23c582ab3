/**
 * Schedules in the grammar of the Functions host, which reads them with the library NCrontab: six fields, each a list of
 * `*`, values, ranges and steps; names for months and weekdays. A schedule that the host cannot read disables its timer
 * and nothing else, so nobody would notice: it is refused when the settings are read.
 */

/** The values of each field that fit, in ascending order. */
export type Schedule = readonly (readonly number[])[];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** In full; the host takes any beginning of a name. */
  readonly names?: readonly string[];
}

const months = 'january february march april may june july august september october november december';
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday';

const fields: readonly Field[] = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: months.split(' ') },
  { name: 'weekday', least: 0, most: 6, names: weekdays.split(' ') },
];

/** February has 29 days in some years. */
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** @throws SyntaxError whose message completes "The schedule …" and repeats nothing of the text */
export function readSchedule(text: string): Schedule {
  // The host separates fields by blanks only: a tab is part of a field.
  const parts = text.split(' ').filter((part) => part !== '');
  if (parts.length !== fields.length) {
    throw new SyntaxError(
      'must be an NCRONTAB expression of six fields (second minute hour day month weekday)',
    );
  }
  const schedule = parts.map((part, index) => readField(part, fields[index]!));
  const [, , , days = [], monthsThatFit = []] = schedule;
  if (!monthsThatFit.some((month) => days[0]! <= longestMonths[month - 1]!)) {
    throw new SyntaxError('names days that no month has, so it would never run');
  }
  return schedule;
}

/** How far apart two runs that follow one another can be. */
export interface Gaps {
  readonly shortestMs: number;
  readonly longestMs: number;
}

const dayMs = 24 * 3_600_000;
/** Each date has fallen on each weekday by then, February 29 too. */
const daysOfCalendar = 28 * 366;

/**
 * Between two runs one field goes on to its next value, or to its first one of the next day, and the smaller fields
 * from their last value to their first.
 */
export function readGaps([seconds = [], minutes = [], hours = [], ...dates]: Schedule): Gaps {
  const steps = [
    [seconds, 1_000],
    [minutes, 60_000],
    [hours, 3_600_000],
    [readDays(dates), dayMs],
  ] as const;
  let back = 0;
  let [shortestMs, longestMs] = [Infinity, 0];
  for (const [values, unitMs] of steps) {
    for (let next = 1; next < values.length; next += 1) {
      const gapMs = (values[next]! - values[next - 1]!) * unitMs - back;
      shortestMs = Math.min(shortestMs, gapMs);
      longestMs = Math.max(longestMs, gapMs);
    }
    back += (values.at(-1)! - values[0]!) * unitMs;
  }
  return { shortestMs, longestMs };
}

/** The days on which a run comes, counted from one. Where every day is one, two of them say it: a start has no time for 28 years. */
function readDays([days = [], monthsThatFit = [], weekdaysThatFit = []]: Schedule): number[] {
  if (days.length === 31 && monthsThatFit.length === 12 && weekdaysThatFit.length >= 7) return [0, 1];
  const fits = (date: Date): boolean =>
    days.includes(date.getUTCDate()) &&
    monthsThatFit.includes(date.getUTCMonth() + 1) &&
    weekdaysThatFit.includes(date.getUTCDay());
  return Array.from({ length: daysOfCalendar }, (_, day) => day).filter((day) => fits(new Date(day * dayMs)));
}

function readField(text: string, field: Field): readonly number[] {
  const values = new Set(text.split(',').flatMap((item) => readItem(item, field)));
  return [...values].sort((a, b) => a - b);
}

function readItem(item: string, field: Field): number[] {
  const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d{1,9}))?$/.exec(item) ?? refuse(field);
  const [first, last] = readRange(range, item.includes('/'), field);
  if (first < field.least || last > field.most) refuse(field);
  const values: number[] = [];
  for (let value = first; value <= last; value += Math.max(Number(step), 1)) values.push(value);
  return values;
}

function readRange(range: string, hasStep: boolean, field: Field): readonly [number, number] {
  if (range === '*') return [field.least, field.most];
  const [from, to] = [...range.split(/-(.*)/s, 2)].map((value) => readValue(value, field));
  if (from === undefined) return refuse(field);
  // One value with a step means "from there on".
  if (to === undefined) return [from, hasStep ? field.most : from];
  // The host swaps the ends of a range that runs backwards.
  return [Math.min(from, to), Math.max(from, to)];
}

function readValue(text: string, field: Field): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const index =
    text === '' ? -1 : (field.names ?? []).findIndex((name) => name.startsWith(text.toLowerCase()));
  return index === -1 ? refuse(field) : field.least + index;
}

function refuse({ name, least, most, names }: Field): never {
  const range = `${least} to ${most}`;
  throw new SyntaxError(
    `has a field for the ${name} that Azure does not read (${names ? `${range}, or names such as ${names[1]!.slice(0, 3)}` : range}; *, ranges, lists and steps)`,
  );
}

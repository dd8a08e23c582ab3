/** Times as people say them, in the wearer's time zone and language. */
import { dayStart } from './days';
import { formats } from './say';
import { wordsIn } from './words';
import type { Words } from './words/catalogue';

type In = Pick<Words, 'locale'>;

const english = wordsIn('en');

const asDate = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const asDay = { month: 'short', day: 'numeric' } as const;
const asYear = { year: 'numeric' } as const;
const asWeekday = { weekday: 'short' } as const;
const asTime = { hour: 'numeric', minute: '2-digit' } as const;

const relatives = formats((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));

/** A page has one time zone and one language. */
let made = { timeZone: '', locale: '', formats: new Map<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>() };

function format(at: number, timeZone: string, { locale }: In, options: Intl.DateTimeFormatOptions): string {
  if (made.timeZone !== timeZone || made.locale !== locale) made = { timeZone, locale, formats: new Map() };
  let known = made.formats.get(options);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    made.formats.set(options, known);
  }
  return known.format(at);
}

export const dayMs = 24 * 3_600_000;

/** "today", "yesterday", "Mar 3"; with the year when it is another one. */
export function sayDay(at: number, now: number, timeZone: string, words: In = english): string {
  const day = sayDate(at, timeZone, words);
  const relative = relatives(words.locale);
  if (day === sayDate(now, timeZone, words)) return relative.format(0, 'day');
  // Not 24 hours ago: on the day after clocks change that can be another day.
  if (day === sayDate(dayStart(now, timeZone) - 1, timeZone, words)) return relative.format(-1, 'day');
  const year = (time: number) => format(time, timeZone, words, asYear);
  return year(at) === year(now) ? format(at, timeZone, words, asDay) : day;
}

/** "Tue" or "Mar 3" */
export function sayTick(at: number, timeZone: string, isWeekday: boolean, words: In): string {
  return format(at, timeZone, words, isWeekday ? asWeekday : asDay);
}

/** "Mar 3, 2026" */
export function sayDate(at: number, timeZone: string, words: In = english): string {
  return format(at, timeZone, words, asDate);
}

/** "today, 2:05 PM" */
export function sayTime(at: number, now: number, timeZone: string, words: In = english): string {
  const time = format(at, timeZone, words, asTime);
  return `${sayDay(at, now, timeZone, words)}, ${time}`;
}

/** "America/New York" */
export function sayZone(timeZone: string): string {
  if (/^[+-]/.test(timeZone)) return `UTC${timeZone}`;
  return timeZone.replaceAll('_', ' ');
}

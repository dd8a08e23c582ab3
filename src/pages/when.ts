/** Times as people say them, in the wearer's time zone and language. */
import { dayStart } from './days';
import { wordsIn } from './words';
import type { Words } from './words/catalogue';

type In = Pick<Words, 'locale'>;

const english = wordsIn('en');

const format = (at: number, timeZone: string, { locale }: In, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);

export const dayMs = 24 * 3_600_000;

/** "today", "yesterday", "Mar 3"; with the year when it is another one. */
export function sayDay(at: number, now: number, timeZone: string, words: In = english): string {
  const day = sayDate(at, timeZone, words);
  const relative = new Intl.RelativeTimeFormat(words.locale, { numeric: 'auto' });
  if (day === sayDate(now, timeZone, words)) return relative.format(0, 'day');
  // Not 24 hours ago: on the day after clocks change that can be another day.
  if (day === sayDate(dayStart(now, timeZone) - 1, timeZone, words)) return relative.format(-1, 'day');
  const year = (time: number) => format(time, timeZone, words, { year: 'numeric' });
  return year(at) === year(now) ? format(at, timeZone, words, { month: 'short', day: 'numeric' }) : day;
}

/** "Tue" or "Mar 3" */
export function sayTick(at: number, timeZone: string, isWeekday: boolean, words: In): string {
  return format(at, timeZone, words, isWeekday ? { weekday: 'short' } : { month: 'short', day: 'numeric' });
}

/** "Mar 3, 2026" */
export function sayDate(at: number, timeZone: string, words: In = english): string {
  return format(at, timeZone, words, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** "today, 2:05 PM" */
export function sayTime(at: number, now: number, timeZone: string, words: In = english): string {
  const time = format(at, timeZone, words, { hour: 'numeric', minute: '2-digit' });
  return `${sayDay(at, now, timeZone, words)}, ${time}`;
}

/** "America/New York" */
export function sayZone(timeZone: string): string {
  if (/^[+-]/.test(timeZone)) return `UTC${timeZone}`;
  return timeZone.replaceAll('_', ' ');
}

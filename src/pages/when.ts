/** Times as people say them, in the wearer's time zone. */
const format = (at: number, timeZone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(at);

export const dayMs = 24 * 3_600_000;

/** "today", "yesterday", "Mar 3"; with the year when it is another one. */
export function sayDay(at: number, now: number, timeZone: string): string {
  const day = sayDate(at, timeZone);
  if (day === sayDate(now, timeZone)) return 'today';
  if (day === sayDate(now - dayMs, timeZone)) return 'yesterday';
  const year = (time: number) => format(time, timeZone, { year: 'numeric' });
  return year(at) === year(now) ? format(at, timeZone, { month: 'short', day: 'numeric' }) : day;
}

/** "Mar 3, 2026" */
export function sayDate(at: number, timeZone: string): string {
  return format(at, timeZone, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** "today, 2:05 PM" */
export function sayTime(at: number, now: number, timeZone: string): string {
  const time = format(at, timeZone, { hour: 'numeric', minute: '2-digit' });
  return `${sayDay(at, now, timeZone)}, ${time}`;
}

/** "America/New York" */
export function sayZone(timeZone: string): string {
  if (/^[+-]/.test(timeZone)) return `UTC${timeZone}`;
  return timeZone.replaceAll('_', ' ');
}

/**
 * Wall-clock time in a wearer's time zone. Fitbit writes times that way, without saying which zone they are in.
 */

/** `2026-10-28T07:41:12.000`: local time, no offset, milliseconds always zero. */
export function localTime(at: number, timeZone: string): string {
  const seconds = Math.floor(at / 1000) * 1000;
  return new Date(seconds + utcOffsetMs(at, timeZone)).toISOString().slice(0, -1);
}

/** What the zone's clocks are ahead of UTC at that moment. */
export function utcOffsetMs(at: number, timeZone: string): number {
  const seconds = Math.floor(at / 1000) * 1000;
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
      .formatToParts(seconds)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
}

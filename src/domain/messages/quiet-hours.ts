/** Whether a wearer wants to sleep now. Local time decides, so a change of daylight saving time moves it along. */
import type { Connection, QuietHours } from '../../model';
import { zoneOf } from '../contact/time-zone';

export function isQuietNow(
  { preferences, timeZone }: Pick<Connection, 'preferences' | 'timeZone'>,
  now: number,
): boolean {
  const quietHours = preferences?.quietHours;
  return (
    quietHours !== undefined && isWithin(quietHours, minuteOfDay(zoneOf({ preferences, timeZone }), now))
  );
}

const minuteMs = 60_000;
const minutesOfDay = 24 * 60;

/** When the quiet hours that it is in end; on a night when clocks change, up to an hour off. */
export function quietEndsAt(
  { preferences, timeZone }: Pick<Connection, 'preferences' | 'timeZone'>,
  now: number,
): number {
  const to = preferences?.quietHours?.to ?? 0;
  const minutes = (to - minuteOfDay(zoneOf({ preferences, timeZone }), now) + minutesOfDay) % minutesOfDay;
  return now - (now % minuteMs) + minutes * minuteMs;
}

/** From `from` on and before `to`; over midnight when `from` is later. The same twice is never. */
function isWithin({ from, to }: QuietHours, minute: number): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

function minuteOfDay(timeZone: string, now: number): number {
  const parts = formatFor(timeZone).formatToParts(now);
  const read = (type: 'hour' | 'minute') => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return read('hour') * 60 + read('minute');
}

let last: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

/** Making one takes far longer than using it, and a wearer's texts have one time zone. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  if (last?.timeZone !== timeZone) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    last = { timeZone, format };
  }
  return last.format;
}

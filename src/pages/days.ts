/** Calendar days of the wearer's time zone, which are 23 to 25 hours long. */

const dayMs = 24 * 3_600_000;

/** When the day of `at` began there: at midnight, or an hour later where summer time takes midnight away. */
export function dayStart(at: number, timeZone: string): number {
  const offset = offsetAt(at, timeZone);
  const midnight = Math.floor((at + offset) / dayMs) * dayMs;
  // Midnight can have another offset than what came after it.
  return midnight - offsetAt(midnight - offset, timeZone);
}

/** The beginnings of the days that begin after `from` and not after `to`. */
export function dayStarts(from: number, to: number, timeZone: string): number[] {
  const starts: number[] = [];
  // Noon of the next day is in the next day, however long this one is.
  for (let start = dayStart(from, timeZone); start <= to; start = dayStart(start + 1.5 * dayMs, timeZone)) {
    if (start > from) starts.push(start);
  }
  return starts;
}

/** What has to be added to UTC. */
function offsetAt(at: number, timeZone: string): number {
  const parts = formatFor(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(at / 1000) * 1000;
}

let last: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

/** Making one takes far longer than using it, and a page has one time zone. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  last =
    last?.timeZone === timeZone
      ? last
      : {
          timeZone,
          format: new Intl.DateTimeFormat('en-US', {
            timeZone,
            hourCycle: 'h23',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
          }),
        };
  return last.format;
}

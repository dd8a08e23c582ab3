/** The grammar of NCrontab, the library with which the Functions host reads schedules, row by row from its source. */
import { readGaps, readSchedule } from '../src/ncrontab';

const all = (least: number, most: number): number[] =>
  Array.from({ length: most - least + 1 }, (_, index) => least + index);

test.each<[string, Record<number, number[]>]>([
  ['0 0 */6 * * *', { 0: [0], 1: [0], 2: [0, 6, 12, 18], 3: all(1, 31), 4: all(1, 12), 5: all(0, 6) }],
  ['*/20 * * * * *', { 0: [0, 20, 40] }],
  ['0 5,35 * * * *', { 1: [5, 35] }],
  ['0 0 9-17/4 * * *', { 2: [9, 13, 17] }],
  ['0 0 9 * * MON-FRI', { 5: [1, 2, 3, 4, 5] }],
  ['0 0 9 * jan,DEC su', { 4: [1, 12], 5: [0] }],
  ['0 0 9 * JANUARY Wednes', { 4: [1], 5: [3] }],
  ['5/15 0 0 * * *', { 0: [5, 20, 35, 50] }],
  ['0 59/5 0 * * *', { 1: [59] }],
  ['0 0 22-6 * * *', { 2: all(6, 22) }],
  ['0 */0 * * * *', { 1: all(0, 59) }],
  ['0 007 * * * *', { 1: [7] }],
  ['0  0 0   29 2 *', { 3: [29], 4: [2] }],
  ['0 0 0 1,31 2 *', { 3: [1, 31] }],
])('the host reads "%s"', (text, expected) => {
  const schedule = readSchedule(text);
  expect(schedule).toHaveLength(6);
  for (const [field, values] of Object.entries(expected)) expect(schedule[Number(field)]).toEqual(values);
});

test.each([
  ['', 'six fields'],
  ['0 */6 * * *', 'six fields'],
  ['0 0 0 1 1 * 2027', 'six fields'],
  ['06:00:00', 'six fields'],
  ['@daily', 'six fields'],
  ['0\t0 0 * * *', 'six fields'],
  ['60 * * * * *', 'second'],
  ['0 60 * * * *', 'minute'],
  ['0 0 25 * * *', 'hour'],
  ['0 0 24 * * *', 'hour'],
  ['0 0 0 0 * *', 'day'],
  ['0 0 0 0/5 * *', 'day'],
  ['0 0 0 32 * *', 'day'],
  ['0 0 0 1-32 * *', 'day'],
  ['0 0 9 ? * *', 'day'],
  ['0 0 0 L * *', 'day'],
  ['0 0 0 15W * *', 'day'],
  ['0 0 0 * 13 *', 'month'],
  ['0 0 0 * 0 *', 'month'],
  ['0 0 0 * feb-feb-mar *', 'month'],
  ['0 0 0 * * 7', 'weekday'],
  ['0 0 0 * * 5#2', 'weekday'],
  ['0 0 0 * * FRIDAYS', 'weekday'],
  ['0 0 0 * * 5L', 'weekday'],
  ['0 MON 0 * * *', 'minute'],
  ['0 5, * * * *', 'minute'],
  ['0 ,5 * * * *', 'minute'],
  ['0 5- * * * *', 'minute'],
  ['0 -5 * * * *', 'minute'],
  ['0 *-5 * * * *', 'minute'],
  ['0 */x * * * *', 'minute'],
  ['0 */ * * * *', 'minute'],
  ['0 /5 * * * *', 'minute'],
  ['0 1/2/3 * * * *', 'minute'],
  ['0 1.5 * * * *', 'minute'],
  ['0 ** * * * *', 'minute'],
  ['0 0 0 * * *\n', 'weekday'],
  ['0 0 0 31 2 *', 'never run'],
  ['0 0 0 31 4,6,9,11 *', 'never run'],
])('"%s" is refused, with what is wrong about it: %s', (text, part) => {
  expect(() => readSchedule(text)).toThrow(part);
});

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
test.each([
  ['* * * * * *', second, second],
  ['*/5 * * * * *', 5 * second, 5 * second],
  ['10,50 5,10 1,23 * * *', 40 * second, 22 * hour - 340 * second],
  ['0 */15 * * * *', 15 * minute, 15 * minute],
  ['0 */25 * * * *', 10 * minute, 25 * minute],
  ['0 0 * * * *', hour, hour],
  ['30 20 */7 * * *', 3 * hour, 7 * hour],
  ['0 0 6 * * *', 24 * hour, 24 * hour],
  ['0 0 6,18 * * 1-5', 12 * hour, 60 * hour],
  ['0 0 0 1 * *', 28 * 24 * hour, 31 * 24 * hour],
  ['0 0 0 29 2 *', 1_461 * 24 * hour, 1_461 * 24 * hour],
])('%s comes every %i to %i ms', (text, shortestMs, longestMs) => {
  expect(readGaps(readSchedule(text))).toEqual({ shortestMs, longestMs });
});

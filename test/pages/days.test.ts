import { dayStart, dayStarts } from '../../src/pages/days';
import { sayDate, sayDay } from '../../src/pages/when';
import { wordsIn } from '../../src/pages/words';

const at = (text: string) => Date.parse(text);

test.each([
  ['2026-11-14T17:05:00Z', 'UTC', '2026-11-14T00:00:00Z'],
  ['2026-11-14T17:05:00Z', 'America/New_York', '2026-11-14T05:00:00Z'],
  ['2026-11-14T03:05:00Z', 'America/New_York', '2026-11-13T05:00:00Z'],
  ['2026-11-14T17:05:00Z', 'Asia/Kathmandu', '2026-11-13T18:15:00Z'],
  // Clocks were set at two in the morning of these days.
  ['2026-03-08T12:00:00Z', 'America/New_York', '2026-03-08T05:00:00Z'],
  ['2026-11-01T12:00:00Z', 'America/New_York', '2026-11-01T04:00:00Z'],
  // Here at midnight, which that day does not have.
  ['2026-04-24T12:00:00Z', 'Africa/Cairo', '2026-04-23T22:00:00Z'],
  ['2026-11-14T17:05:00Z', '+05:30', '2026-11-13T18:30:00Z'],
])('the day of %s in %s began at %s', (time, timeZone, start) => {
  expect(new Date(dayStart(at(time), timeZone)).toISOString()).toBe(new Date(at(start)).toISOString());
});

test('days are as long as they are: each of them begins once', () => {
  const starts = dayStarts(at('2026-10-30T12:00:00Z'), at('2026-11-03T05:00:00Z'), 'America/New_York');
  expect(starts.map((start) => new Date(start).toISOString().slice(5, 16))).toEqual([
    '10-31T04:00',
    '11-01T04:00',
    '11-02T05:00',
    '11-03T05:00',
  ]);
});

test('yesterday is the day before, also when that had 25 hours', () => {
  const now = at('2026-11-02T04:30:00Z');
  expect(sayDay(at('2026-11-01T03:59:00Z'), now, 'America/New_York')).toBe('yesterday');
  expect(sayDay(at('2026-11-01T04:01:00Z'), now, 'America/New_York')).toBe('today');
  const after = at('2026-11-02T05:30:00Z');
  expect(sayDay(at('2026-11-01T04:30:00Z'), after, 'America/New_York')).toBe('yesterday');
  expect(sayDay(at('2026-10-31T12:00:00Z'), after, 'America/New_York')).toBe('Oct 31');
});

test('a time is said in the time zone and the language that are asked for, whichever was asked for before', () => {
  const at = Date.UTC(2026, 10, 14, 23, 30);
  const say = (timeZone: string, language: 'en' | 'de') => sayDate(at, timeZone, wordsIn(language));
  const asked = [say('Europe/Berlin', 'en'), say('UTC', 'en'), say('UTC', 'de'), say('Europe/Berlin', 'en')];
  expect(asked).toEqual(['Nov 15, 2026', 'Nov 14, 2026', '14. Nov. 2026', 'Nov 15, 2026']);
});

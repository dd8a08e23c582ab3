import { languages } from '../../src/model';
import { sayCountries, sayEither, sayMonth, sayPercent } from '../../src/pages/say';
import { sayDate, sayDay, sayTime } from '../../src/pages/when';
import { wordsIn } from '../../src/pages/words';

/** With ordinary spaces for those that keep a number and its unit together. */
const each = (say: (words: ReturnType<typeof wordsIn>) => string) =>
  languages.map((language) => say(wordsIn(language)).replace(/[\u00a0\u202f]/g, ' '));

const now = Date.UTC(2026, 10, 28, 13, 5);
const zone = 'Europe/Berlin';
const hourMs = 3_600_000;

test('percents', () => {
  expect(each((words) => sayPercent(words, 20))).toEqual(['20%', '20 %', '20 %', '20 %']);
  expect(sayPercent(wordsIn('en'), 29.9)).toBe('29%');
});

test('one or the other', () => {
  expect(each((words) => sayEither(words, ['Google Health', 'Fitbit']))).toEqual([
    'Google Health or Fitbit',
    'Google Health oder Fitbit',
    'Google Health o Fitbit',
    'Google Health ou Fitbit',
  ]);
});

test('months', () => {
  expect(each((words) => sayMonth(words, now))).toEqual([
    'November 2026',
    'November 2026',
    'noviembre de 2026',
    'novembre 2026',
  ]);
});

test('countries, and codes that nobody knows as they are', () => {
  expect(each((words) => sayCountries(words, ['DE', 'US', 'ZQ']))).toEqual([
    'Germany, United States, ZQ',
    'Deutschland, Vereinigte Staaten, ZQ',
    'Alemania, Estados Unidos, ZQ',
    'Allemagne, États-Unis, ZQ',
  ]);
});

test('days', () => {
  expect(each((words) => sayDay(now, now, zone, words))).toEqual(['today', 'heute', 'hoy', 'aujourd’hui']);
  expect(each((words) => sayDay(now - 24 * hourMs, now, zone, words))).toEqual([
    'yesterday',
    'gestern',
    'ayer',
    'hier',
  ]);
  expect(each((words) => sayDay(Date.UTC(2026, 2, 3), now, zone, words))).toEqual([
    'Mar 3',
    '3. März',
    '3 mar',
    '3 mars',
  ]);
  expect(each((words) => sayDate(Date.UTC(2025, 2, 3), zone, words))).toEqual([
    'Mar 3, 2025',
    '3. März 2025',
    '3 mar 2025',
    '3 mars 2025',
  ]);
});

test('times', () => {
  expect(each((words) => sayTime(now, now, zone, words))).toEqual([
    'today, 2:05 PM',
    'heute, 14:05',
    'hoy, 14:05',
    'aujourd’hui, 14:05',
  ]);
});

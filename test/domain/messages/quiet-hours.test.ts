import { isQuietNow, quietEndsAt } from '../../../src/domain/messages/quiet-hours';
import type { QuietHours } from '../../../src/model';
import { isTimeZone, zoneOf } from '../../../src/domain/contact/time-zone';

const minute = 60_000;
/** Minutes since midnight of `HH:MM`. */
const at = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const hours = (from: string, to: string): QuietHours => ({ from: at(from), to: at(to) });
const isQuiet = (quietHours: QuietHours, utc: string, timeZone = 'UTC') =>
  isQuietNow({ preferences: { quietHours }, timeZone }, Date.parse(utc));

describe('quiet hours', () => {
  test.each<[string, string, string, boolean]>([
    ['22:00', '07:00', '21:59', false],
    ['22:00', '07:00', '22:00', true],
    ['22:00', '07:00', '23:59', true],
    ['22:00', '07:00', '00:00', true],
    ['22:00', '07:00', '06:59', true],
    ['22:00', '07:00', '07:00', false],
    ['22:00', '07:00', '12:00', false],
    ['13:00', '15:00', '12:59', false],
    ['13:00', '15:00', '13:00', true],
    ['13:00', '15:00', '14:59', true],
    ['13:00', '15:00', '15:00', false],
    ['13:00', '15:00', '00:00', false],
    ['00:00', '06:00', '00:00', true],
    ['00:00', '06:00', '23:59', false],
    ['18:00', '00:00', '23:59', true],
    ['18:00', '00:00', '00:00', false],
    ['00:00', '00:00', '00:00', false],
    ['08:00', '08:00', '08:00', false],
    ['08:00', '08:00', '20:00', false],
  ])('from %s to %s, at %s', (from, to, now, quiet) => {
    expect(isQuiet(hours(from, to), `2026-11-21T${now}:00Z`)).toBe(quiet);
    expect(isQuiet(hours(from, to), `2026-11-21T${now}:59.999Z`)).toBe(quiet);
  });

  test('that nobody has set are none', () => {
    expect(isQuietNow({}, 0)).toBe(false);
    expect(isQuietNow({ preferences: { paused: true }, timeZone: 'Europe/Berlin' }, 0)).toBe(false);
  });

  test.each<[string, string, boolean]>([
    ['Europe/Berlin', '2026-11-21T20:59:00Z', false],
    ['Europe/Berlin', '2026-11-21T21:00:00Z', true],
    ['America/New_York', '2026-11-21T21:00:00Z', false],
    ['America/New_York', '2026-11-22T03:00:00Z', true],
    ['Asia/Kolkata', '2026-11-21T16:29:00Z', false],
    ['Asia/Kolkata', '2026-11-21T16:30:00Z', true],
    ['Pacific/Kiritimati', '2026-11-21T08:00:00Z', true],
    ['Pacific/Kiritimati', '2026-11-21T17:00:00Z', false],
  ])('follow the clock on the wall in %s', (timeZone, utc, quiet) => {
    expect(isQuiet(hours('22:00', '07:00'), utc, timeZone)).toBe(quiet);
  });
});

describe('a change of daylight saving time', () => {
  /** The minutes of a UTC day at which quiet begins or ends. */
  function changesOf(quietHours: QuietHours, timeZone: string, from: string, minutes = 24 * 60): string[] {
    const start = Date.parse(from);
    const quietAt = (n: number) => isQuietNow({ preferences: { quietHours }, timeZone }, start + n * minute);
    const changes: string[] = [];
    for (let n = 1; n <= minutes; n += 1) {
      if (quietAt(n) === quietAt(n - 1)) continue;
      changes.push(
        `${new Date(start + n * minute).toISOString().slice(5, 16)} ${quietAt(n) ? 'quiet' : 'awake'}`,
      );
    }
    return changes;
  }

  test.each<[string, string, string, string[]]>([
    // 2026-03-29, 02:00 becomes 03:00: the night is an hour shorter.
    [
      'Europe/Berlin forward',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['03-28T21:00 quiet', '03-29T05:00 awake'],
    ],
    // 2026-10-25, 03:00 becomes 02:00: the night is an hour longer.
    ['Europe/Berlin back', 'Europe/Berlin', '2026-10-24T12:00Z', ['10-24T20:00 quiet', '10-25T06:00 awake']],
    // 2026-03-08, 02:00 becomes 03:00.
    [
      'America/New_York forward',
      'America/New_York',
      '2026-03-07T18:00Z',
      ['03-08T03:00 quiet', '03-08T11:00 awake'],
    ],
    // 2026-11-01, 02:00 becomes 01:00.
    [
      'America/New_York back',
      'America/New_York',
      '2026-10-31T18:00Z',
      ['11-01T02:00 quiet', '11-01T12:00 awake'],
    ],
  ])('%s moves the night from ten to seven along', (_, timeZone, from, changes) => {
    expect(changesOf(hours('22:00', '07:00'), timeZone, from)).toEqual(changes);
  });

  test.each<[string, string, string, string[]]>([
    ['is skipped', 'Europe/Berlin', '2026-03-29T00:00Z', []],
    [
      'comes twice',
      'Europe/Berlin',
      '2026-10-24T23:00Z',
      ['10-25T00:00 quiet', '10-25T00:30 awake', '10-25T01:00 quiet', '10-25T01:30 awake'],
    ],
    ['is skipped', 'America/New_York', '2026-03-08T05:00Z', []],
  ])('whose hour %s in %s skips or repeats quiet hours that lie in it', (_, timeZone, from, changes) => {
    expect(changesOf(hours('02:00', '02:30'), timeZone, from, 6 * 60)).toEqual(changes);
  });

  test('that skips the end of quiet hours ends them with the jump', () => {
    expect(changesOf(hours('01:00', '02:30'), 'Europe/Berlin', '2026-03-28T20:00Z', 12 * 60)).toEqual([
      '03-29T00:00 quiet',
      '03-29T01:00 awake',
    ]);
  });
});

describe('the zone', () => {
  test.each<[string, Parameters<typeof zoneOf>[0], string]>([
    [
      'the wearer’s choice',
      { preferences: { timeZone: 'Asia/Tokyo' }, timeZone: 'Europe/Berlin' },
      'Asia/Tokyo',
    ],
    ['the provider’s, without a choice', { preferences: {}, timeZone: 'Europe/Berlin' }, 'Europe/Berlin'],
    ['the provider’s, without preferences', { timeZone: 'Europe/Berlin' }, 'Europe/Berlin'],
    [
      'the provider’s, when the choice is not known here',
      { preferences: { timeZone: 'Europe/Atlantis' }, timeZone: 'Europe/Berlin' },
      'Europe/Berlin',
    ],
    ['UTC, when neither is known here', { preferences: { timeZone: '' }, timeZone: 'Mars/Olympus' }, 'UTC'],
    ['UTC, without either', {}, 'UTC'],
  ])('is %s', (_, wearer, zone) => {
    expect(zoneOf(wearer)).toBe(zone);
  });

  test('that is unknown does not keep the quiet hours from being kept', () => {
    expect(isQuiet(hours('22:00', '07:00'), '2026-11-21T22:30:00Z', 'Mars/Olympus')).toBe(true);
  });

  test.each([
    ['Europe/Berlin', true],
    ['america/new_york', true],
    ['UTC', true],
    ['', false],
    ['Berlin', false],
    ['Europe/Atlantis', false],
    ['Europe/Berlin; DROP', false],
  ])('named %j is one: %s', (name, known) => {
    expect(isTimeZone(name)).toBe(known);
  });
});

test.each([
  ['22:00', '07:00', '2026-11-21T23:30:15Z', 'UTC', '2026-11-22T07:00:00Z'],
  ['22:00', '07:00', '2026-11-22T06:59:59Z', 'UTC', '2026-11-22T07:00:00Z'],
  ['13:00', '15:00', '2026-11-21T13:00:00Z', 'UTC', '2026-11-21T15:00:00Z'],
  ['22:00', '07:00', '2026-11-21T06:00:00Z', 'America/New_York', '2026-11-21T12:00:00Z'],
])('quiet hours from %s to %s at %s (%s) end at %s', (from, to, now, timeZone, end) => {
  const quietHours = hours(from, to);
  expect(quietEndsAt({ preferences: { quietHours }, timeZone }, Date.parse(now))).toBe(Date.parse(end));
});

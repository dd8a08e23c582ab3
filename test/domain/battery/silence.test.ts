import {
  ageOf,
  hearingOf,
  holdsSilence,
  isOutage,
  isOutageOver,
  judgeSilence,
} from '../../../src/domain/battery/silence';
import type { Device, Hearing, Reading } from '../../../src/model';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse('2026-11-21T06:00:00Z');

const device = (more: Partial<Device> = {}, reading: Partial<Reading> = {}): Device => ({
  connection: 'wearer-1',
  reading: { device: '1', kind: 'tracker', model: 'Charge 6', percent: 30, ...reading },
  firstSeenAt: now,
  checkedAt: now,
  cycle: 1,
  armed: true,
  heard: true,
  ...more,
});
const heardOf = (ms: number, more: Partial<Device> = {}, reading: Partial<Reading> = {}): Device =>
  device({ firstSeenAt: now - ms, ...more }, { syncedAt: now - ms, ...reading });

describe('ageOf', () => {
  test.each<[string, Partial<Device>, Partial<Reading>, number]>([
    ['by its sync time', {}, { syncedAt: now - 5 * hour }, 5 * hour],
    ['by the latest time that its sync can mean', {}, { syncedBefore: now - 5 * hour }, 5 * hour],
    ['by its first sight, when that was earlier', { firstSeenAt: now - hour }, { syncedBefore: now }, hour],
    ['by its first sight without a sync time', { firstSeenAt: now - hour }, {}, hour],
    [
      'by its first sight when the sync lies in the future',
      { firstSeenAt: now - 2 },
      { syncedAt: now + 9 },
      2,
    ],
    ['never below zero, after our clock was set back', { firstSeenAt: now + hour }, {}, 0],
  ])('is the age of a reading %s', (_, more, reading, age) => {
    expect(ageOf(device(more, reading), now)).toBe(age);
  });
});

describe('judgeSilence', () => {
  test.each<[string, Device, boolean, ReturnType<typeof judgeSilence>]>([
    ['nothing after 48 hours', heardOf(2 * day), true, undefined],
    ['that it may be flat after more, when it was lowish', heardOf(2 * day + 1), true, 'silent'],
    ['nothing when it was not lowish', heardOf(2 * day + 1), false, undefined],
    ['nothing after a week', heardOf(7 * day), false, undefined],
    ['that it is not seen after more than a week', heardOf(7 * day + 1), false, 'unseen'],
    ['that it may be flat, also later', heardOf(14 * day), true, 'silent'],
    ['nothing after more than two weeks', heardOf(14 * day + 1), true, undefined],
    ['nothing of one that was never alive', heardOf(3 * day, { heard: undefined }), true, undefined],
    ['nothing of one without a sync time', heardOf(8 * day, {}, { syncedAt: undefined }), true, undefined],
    [
      'the same of one with a sync time without a zone',
      heardOf(3 * day, {}, { syncedAt: undefined, syncedBefore: now - 3 * day }),
      true,
      'silent',
    ],
    [
      'nothing within a day of a gap in the checks',
      heardOf(3 * day, { checkedSince: now - day }),
      true,
      undefined,
    ],
    [
      'that it may be flat, well after a gap',
      heardOf(3 * day, { checkedSince: now - 30 * hour }),
      true,
      'silent',
    ],
    ['nothing of a scale', heardOf(3 * day, {}, { kind: 'scale' }), true, undefined],
    ['nothing of a phone', heardOf(3 * day, {}, { kind: 'phone' }), true, undefined],
    ['the same of a kind that came later', heardOf(3 * day, {}, { kind: 'other' }), true, 'silent'],
    ['nothing at once of a late reading', heardOf(day - 1, {}, { syncedAt: now - 3 * day }), true, undefined],
    [
      'a day later, of a late reading, the same',
      heardOf(day, {}, { syncedAt: now - 3 * day }),
      true,
      'silent',
    ],
  ])('says %s', (_, silent, lowish, expected) => {
    expect(judgeSilence(silent, lowish, now)).toBe(expected);
  });
});

describe('hearingOf', () => {
  const aged = (ms: number) => hearingOf([heardOf(ms)]);

  test('says whether anything was heard of for a day, within two weeks', () => {
    expect([hour, day, day + 1, 14 * day, 14 * day + 1].map(aged)).toEqual([
      'heard',
      'heard',
      'quiet',
      'quiet',
      undefined,
    ]);
  });

  test.each<[string, Device[], Hearing | undefined]>([
    ['no device', [], undefined],
    ['a full one', [heardOf(day + 1, {}, { percent: 90 })], 'quiet'],
    ['several of which one is heard of', [heardOf(3 * day), heardOf(hour), heardOf(3 * day)], 'heard'],
    ['a quiet one and one that was put away', [heardOf(3 * day), heardOf(15 * day)], 'quiet'],
    ['a scale', [heardOf(3 * day, {}, { kind: 'scale' })], undefined],
    ['a phone', [heardOf(3 * day, {}, { kind: 'phone' })], undefined],
    ['one that was never alive', [heardOf(3 * day, { heard: undefined })], undefined],
    ['one that is not listed any more', [heardOf(3 * day, { goneAt: now })], undefined],
    ['one without a sync time', [heardOf(3 * day, {}, { syncedAt: undefined })], undefined],
    [
      'a silence within a day of a gap in the checks',
      [heardOf(3 * day, { checkedSince: now - day + 1 })],
      undefined,
    ],
    ['a silence a day after a gap', [heardOf(3 * day, { checkedSince: now - day })], 'quiet'],
    ['a device that is heard of after a gap', [heardOf(hour, { checkedSince: now - hour })], 'heard'],
  ])('of %s', (_, devices, hearing) => {
    expect(hearingOf(devices)).toBe(hearing);
  });

  test.each<[string, Partial<Device>]>([
    ['when all of them fall silent', { firstSeenAt: now - 25 * hour }],
    [
      'when all of them are silent after a gap',
      { firstSeenAt: now - 9 * day, checkedSince: now - 25 * hour },
    ],
  ])('knows of a silence before its first text: %s', (_, more) => {
    const silent = heardOf(25 * hour, more);
    expect([hearingOf([silent]), judgeSilence(silent, true, now)]).toEqual(['quiet', undefined]);
  });
});

describe('isOutage', () => {
  test.each([
    [0, 0, false],
    [1, 1, false],
    [2, 2, false],
    [2, 3, false],
    [3, 3, true],
    [3, 6, true],
    [3, 7, false],
    [24, 50, false],
    [25, 50, true],
    [50, 50, true],
  ])('%i quiet of %i: %s', (quiet, all, outage) => {
    expect(isOutage({ quiet, heard: all - quiet })).toBe(outage);
  });
});

describe('isOutageOver', () => {
  test.each([
    ['nobody can be seen', 0, 0, false],
    ['one can be seen, and is quiet', 1, 1, false],
    ['one can be seen, and is heard of', 0, 1, true],
    ['most are heard of', 1, 3, true],
    ['half are quiet', 3, 6, false],
  ])('when %s', (_, quiet, all, over) => {
    expect(isOutageOver({ quiet, heard: all - quiet })).toBe(over);
  });
});

describe('holdsSilence', () => {
  test.each<[string, { endedAt?: number } | undefined, boolean]>([
    ['without such an alarm', undefined, false],
    ['while the alarm is on', {}, true],
    ['right after it', { endedAt: now }, true],
    ['nearly a day after it', { endedAt: now - day + 1 }, true],
    ['a day after it', { endedAt: now - day }, false],
  ])('%s', (_, alarm, holds) => {
    expect(holdsSilence(alarm, now)).toBe(holds);
  });
});

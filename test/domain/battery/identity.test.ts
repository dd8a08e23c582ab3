import { recognise } from '../../../src/domain/battery/identity';
import type { Device, Reading } from '../../../src/model';

const day = 24 * 3_600_000;
const now = Date.parse('2026-11-21T06:00:00Z');
const reading = (device: string, percent?: number, more: Partial<Reading> = {}): Reading => ({
  device,
  kind: 'tracker',
  model: 'Charge 6',
  percent,
  ...more,
});
const known = (device: string, percent?: number, more: Partial<Device> = {}): Device => ({
  connection: 'wearer-1',
  reading: reading(device, percent),
  firstSeenAt: now,
  checkedAt: now,
  cycle: 1,
  armed: true,
  ...more,
});
/** The id that each reading gets, with a + where it was charged. */
const idsOf = (devices: readonly Device[], readings: readonly Reading[]) =>
  recognise(devices, readings, now).map(
    ({ reading: { device }, isCharged }) => device + (isCharged ? '+' : ''),
  );

test.each<[string, Device[], Reading[], string[]]>([
  ['nothing is known', [], [reading('1', 50)], ['1']],
  [
    'ids are as they were',
    [known('1', 50), known('2', 50)],
    [reading('2', 40), reading('1', 60)],
    ['2', '1'],
  ],
  ['one id has changed', [known('1', 50), known('2', 50)], [reading('2', 50), reading('3', 50)], ['2', '1']],
  [
    'one id has changed, at a higher level',
    [known('1', 50), known('2', 50)],
    [reading('2', 50), reading('3', 51)],
    ['2', '3'],
  ],
  [
    'all ids have changed',
    [known('1', 50), known('2', 20)],
    [reading('3', 19), reading('4', 50)],
    ['2', '1'],
  ],
  [
    'all ids have changed, one at a higher level',
    [known('1', 50), known('2', 20)],
    [reading('3', 18), reading('4', 90)],
    ['2', '1+'],
  ],
  ['another model', [known('1', 50)], [reading('2', 40, { model: 'Sense 2' })], ['2']],
  ['another kind', [known('1', 50)], [reading('2', 40, { kind: 'scale' })], ['2']],
  ['the same model, written otherwise', [known('1', 50)], [reading('2', 40, { model: 'charge 6 ' })], ['1']],
  ['one that went a fortnight ago', [known('1', 50, { goneAt: now - 14 * day })], [reading('2', 40)], ['1']],
  ['one that went before that', [known('1', 50, { goneAt: now - 14 * day - 1 })], [reading('2', 40)], ['2']],
  ['an id that changed before', [known('1', 50, { knownAs: '2' })], [reading('2', 40)], ['1']],
  [
    'an id that changed before, at a higher level',
    [known('1', 50, { knownAs: '2' })],
    [reading('2', 90)],
    ['1'],
  ],
  ['an id that changed before, and again', [known('1', 50, { knownAs: '2' })], [reading('3', 40)], ['1']],
  [
    'an id that changed, and both are listed',
    [known('1', 50, { knownAs: '2' })],
    [reading('2', 40), reading('1', 50)],
    ['2', '1'],
  ],
  ['more devices than were known', [known('1', 50)], [reading('2', 20), reading('3', 49)], ['2', '1']],
  [
    'words, which have fallen',
    [known('1', undefined, { reading: reading('1', undefined, { word: 'medium' }) }), known('2')],
    [reading('2'), reading('3', undefined, { word: 'low' })],
    ['2', '1'],
  ],
  [
    'words, which have risen',
    [known('1', undefined, { reading: reading('1', undefined, { word: 'low' }) }), known('2')],
    [reading('2'), reading('3', undefined, { word: 'high' })],
    ['2', '3'],
  ],
])('when it is about %s', (_, devices, readings, ids) => {
  expect(idsOf(devices, readings)).toEqual(ids);
});

test('a device is known under the id of now, and no other', () => {
  expect(recognise([known('1', 50)], [reading('2', 40)], now)[0]).toMatchObject({ knownAs: '2' });
  expect(recognise([known('1', 50, { knownAs: '2' })], [reading('1', 40)], now)[0]?.knownAs).toBeUndefined();
});

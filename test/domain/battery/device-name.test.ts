import { nameOf, numberAlike, titleOf } from '../../../src/domain/battery/device-name';

const reading = { device: '1', kind: 'tracker', model: 'Charge 6' } as const;

test.each([
  ['its model', undefined, undefined, 'Charge 6'],
  ['what the wearer calls it', 'Left wrist', undefined, 'Left wrist'],
  ['its model and number', undefined, 2, 'Charge 6 (2)'],
])('a device is called by %s', (_, chosen, number, title) => {
  const preferences = { deviceNames: chosen === undefined ? {} : { row: chosen } };
  expect(titleOf(preferences, 'row', { reading, number })).toBe(title);
  expect(nameOf(preferences, 'row', reading)).toBe(chosen ?? 'Charge 6');
});

describe('numberAlike', () => {
  type Given = readonly [row: string, name: string, number?: number];
  const numbers = (devices: readonly Given[]) =>
    Object.fromEntries(numberAlike(devices.map(([row, name, number]) => ({ row, name, number }))));

  test.each<[string, Given[], Record<string, number>]>([
    [
      'none where every name is its own',
      [
        ['a', 'Charge 6', 1],
        ['b', 'Sense 2'],
      ],
      {},
    ],
    [
      'one each by the order of rows',
      [
        ['b', 'Charge 6'],
        ['a', 'charge 6 '],
      ],
      { a: 1, b: 2 },
    ],
    [
      'what they have had',
      [
        ['a', 'X', 2],
        ['b', 'X'],
        ['c', 'X', 3],
      ],
      { a: 2, b: 1, c: 3 },
    ],
    [
      'another than the other has',
      [
        ['a', 'X', 1],
        ['b', 'X', 1],
      ],
      { a: 1, b: 2 },
    ],
  ])('gives %s', (_, devices, expected) => {
    expect(numbers(devices)).toEqual(expected);
  });
});

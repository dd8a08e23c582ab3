import { readingKey, readingRows } from '../../../src/domain/store/row-keys';

const at = (text: string) => Date.parse(text);

describe('readingKey', () => {
  test('names the connection, the device and the time, with nothing that a key may not hold', () => {
    expect(readingKey('wearer-1', 'c0ffee', at('2026-11-21T06:07:08.009Z'))).toEqual({
      partition: 'wearer-1',
      row: 'c0ffee-20261121T060708009Z',
    });
  });

  test('sorts by time', () => {
    const times = [
      '1970-01-01T00:00:00Z',
      '2026-11-21T06:00:00.001Z',
      '2026-11-21T06:00:00.010Z',
      '2027-01-01',
    ];
    const rows = times.map((time) => readingKey('wearer-1', 'c0ffee', at(time)).row);
    expect([...rows].sort()).toEqual(rows);
  });
});

describe('readingRows', () => {
  const { from, before } = readingRows('c0ffee', at('2026-11-20T06:00:00Z'), at('2026-11-21T06:00:00Z'));
  test.each([
    ['at its beginning', 'c0ffee', '2026-11-20T06:00:00Z', true],
    ['just before its end', 'c0ffee', '2026-11-21T05:59:59.999Z', true],
    ['at its end', 'c0ffee', '2026-11-21T06:00:00Z', false],
    ['earlier', 'c0ffee', '2026-11-20T05:59:59.999Z', false],
    ['of another device', 'c0ffef', '2026-11-20T12:00:00Z', false],
  ])('holds a reading %s or not', (_, device, time, held) => {
    const { row } = readingKey('wearer-1', device, at(time));
    expect(row >= from && row < before).toBe(held);
  });
});

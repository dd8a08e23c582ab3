import { change } from '../../../src/domain/store/compare-and-swap';
import { AppError } from '../../../src/errors';
import { createMemoryTable } from '../../support/memory-tables';

const key = { partition: 'p', row: 'r' };
const counterAt = async (value: number) => {
  const table = createMemoryTable<number>();
  await table.insert(key, value);
  return table;
};

describe('change', () => {
  test('writes what was decided and returns it', async () => {
    const table = await counterAt(1);
    await expect(change(table, key, (value) => value + 1)).resolves.toBe(2);
    expect(table.values()).toEqual([2]);
  });

  test('leaves the record as it is when nothing was decided, and returns it', async () => {
    const table = await counterAt(1);
    const before = await table.get(key);
    await expect(change(table, key, () => undefined)).resolves.toBe(1);
    expect(await table.get(key)).toEqual(before);
  });

  test('decides nothing about a record that does not exist', async () => {
    const decide = jest.fn();
    await expect(change(createMemoryTable<number>(), key, decide)).resolves.toBeUndefined();
    expect(decide).not.toHaveBeenCalled();
  });

  test('decides again, on what it finds then, when somebody else was faster', async () => {
    const table = await counterAt(1);
    const seen: number[] = [];
    const others = [10, 20];
    const get = table.get;
    table.get = async (wanted) => {
      const row = await get(wanted);
      const other = others.shift();
      if (row && other !== undefined) await table.replace(row, other);
      return row;
    };
    const result = await change(table, key, (value) => {
      seen.push(value);
      return value + 1;
    });
    expect({ result, seen, stored: table.values() }).toEqual({ result: 21, seen: [1, 10, 20], stored: [21] });
  });

  test('of a counter by ten at once loses none', async () => {
    const table = await counterAt(0);
    await Promise.all(Array.from({ length: 10 }, () => change(table, key, (value) => value + 1)));
    expect(table.values()).toEqual([10]);
  });

  test('ends without a record when it was removed in between', async () => {
    const table = await counterAt(1);
    const { replace } = table;
    table.replace = async (row, value) => {
      await table.remove(row);
      return replace(row, value);
    };
    await expect(change(table, key, (value) => value + 1)).resolves.toBeUndefined();
    expect(table.values()).toEqual([]);
  });

  test('passes on that the table is unavailable, without another attempt', async () => {
    const table = await counterAt(1);
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    table.replace = jest.fn(() => Promise.reject(unavailable));
    await expect(change(table, key, (value) => value + 1)).rejects.toBe(unavailable);
    expect(table.replace).toHaveBeenCalledTimes(1);
    expect(table.values()).toEqual([1]);
  });
});

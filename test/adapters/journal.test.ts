/** How a journal row looks at rest, and what becomes of one that somebody has touched; the rest is in test/contracts. */
import { createJournal } from '../../src/adapters/journal';
import { sealedFormat, type SealedTokenSet } from '../../src/adapters/records';
import { AppError } from '../../src/errors';
import type { TokenSet } from '../../src/model';
import type { Journal, Row } from '../../src/ports';
import { Secret } from '../../src/secret';
import { createMemoryTable, type MemoryTable } from '../support/memory-tables';
import { secretsIn } from '../support/revealed';
import { tokenSets } from '../support/sample-records';

const current: TokenSet = {
  ...tokenSets.full,
  connection: 'wearer-1',
  journalKey: new Secret('A'.repeat(43)),
};
const next: TokenSet = { ...current, generation: 18, journalKey: new Secret('B'.repeat(43)) };

let table: MemoryTable<SealedTokenSet>;
let journal: Journal;
beforeEach(() => {
  table = createMemoryTable();
  journal = createJournal(table);
});

async function onlyRow(): Promise<Row<SealedTokenSet>> {
  const rows: Row<SealedTokenSet>[] = [];
  for await (const row of table.list()) rows.push(row);
  expect(rows).toHaveLength(1);
  return rows[0]!;
}
const unavailable = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'The table is down.'));

describe('a row at rest', () => {
  test('names the connection and the position, and nothing else can be read', async () => {
    await journal.write(current, next);
    const { key, value } = await onlyRow();
    expect(key).toEqual({ partition: 'wearer-1', row: '00000002-00000018' });
    expect(Object.keys(value).sort()).toEqual(['consent', 'generation', 'sealed']);
    expect(value).toMatchObject({ consent: 2, generation: 18 });

    const stored = sealedFormat.encode(value);
    const readable = [stored, Buffer.from(value.sealed, 'base64').toString('latin1')].join();
    for (const secret of [...secretsIn(current), ...secretsIn(next)]) expect(readable).not.toContain(secret);
    expect(readable).not.toContain(next.providerUserId);
    expect(readable).not.toMatch(/accessToken|refreshToken|settings/);
  });

  test('of the same set looks different each time: no initialization vector is used twice', async () => {
    const sealed = new Set<string>();
    for (let generation = 1; generation <= 20; generation += 1) {
      await journal.write(current, { ...next, generation });
    }
    for (const value of table.values()) sealed.add(value.sealed.slice(0, 16));
    expect(sealed.size).toBe(20);
  });

  test('is in the order of its positions', async () => {
    await journal.write(current, { ...next, consent: 10, generation: 9 });
    await journal.write(current, { ...next, consent: 9, generation: 10 });
    const keys: string[] = [];
    for await (const { key } of table.list()) keys.push(key.row);
    expect(keys.sort()).toEqual(['00000009-00000010', '00000010-00000009']);
  });
});

describe('a row that somebody has touched opens nothing', () => {
  test('when it was moved to another connection', async () => {
    await journal.write(current, next);
    const { value } = await onlyRow();
    await table.insert({ partition: 'wearer-2', row: '00000002-00000018' }, value);
    expect(await journal.read({ ...current, connection: 'wearer-2' })).toEqual([]);
  });

  test.each([
    ['consent', { consent: 3 }],
    ['generation', { generation: 19 }],
  ])('when it was moved to another %s', async (_, place) => {
    await journal.write(current, next);
    const row = await onlyRow();
    await table.replace(row, { ...row.value, ...place });
    expect(await journal.read(current)).toEqual([]);
  });

  test.each([
    ['initialization vector', 0],
    ['tag', 12],
    ['text', 28],
  ])('when one bit of its %s has changed', async (_, at) => {
    await journal.write(current, next);
    const row = await onlyRow();
    const bytes = Buffer.from(row.value.sealed, 'base64');
    bytes[at]! ^= 1;
    await table.replace(row, { ...row.value, sealed: bytes.toString('base64') });
    expect(await journal.read(current)).toEqual([]);
  });

  test.each([
    ['nothing', 0],
    ['less than a vector', 11],
    ['less than a tag', 20],
    ['no text', 28],
  ])('when %s is left of it', async (_, bytes) => {
    await journal.write(current, next);
    const row = await onlyRow();
    const sealed = Buffer.from(row.value.sealed, 'base64').subarray(0, bytes).toString('base64');
    await table.replace(row, { ...row.value, sealed });
    expect(await journal.read(current)).toEqual([]);
  });

  test('and hides none of the others', async () => {
    await journal.write(current, next);
    const row = await onlyRow();
    await table.replace(row, { ...row.value, sealed: 'AAAA' });
    await journal.write(current, { ...next, generation: 19 });
    expect((await journal.read(current)).map(({ generation }) => generation)).toEqual([19]);
  });

  test('nor does one whose key is no key', async () => {
    await journal.write(current, next);
    for (const key of ['', 'A', 'A'.repeat(64)]) {
      expect(await journal.read({ ...current, journalKey: new Secret(key) })).toEqual([]);
    }
  });
});

describe('a table that does not answer', () => {
  test('is an error when a set is written', async () => {
    table.insert = unavailable;
    await expect(journal.write(current, next)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  });

  test('is an error when rows are removed, and they stay', async () => {
    await journal.write(current, next);
    const { remove } = table;
    table.remove = unavailable;
    await expect(journal.remove('wearer-1')).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    table.remove = remove;
    expect(await journal.read(current)).toHaveLength(1);
  });
});

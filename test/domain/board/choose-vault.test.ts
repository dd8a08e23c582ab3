import { keepingBoard } from '../../../src/domain/board/keep-board';
import { readBoardCounts } from '../../../src/domain/board/read-board';
import { chooseVault, countByVault } from '../../../src/domain/board/choose-vault';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { AppError } from '../../../src/errors';
import type { Connection } from '../../../src/model';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});

/** As many connections as given, each noted on the board as a change of its record is. */
async function fill(vault: string | undefined, count: number): Promise<Connection[]> {
  const made = [];
  for (let n = 0; n < count; n += 1) {
    const { connection } = await connectWearer(world, 'fitbit', { vault, site: 'Leeds' });
    await write(connection, { label: `label-${connection.id}` });
    made.push(connection);
  }
  return made;
}

async function write({ id }: Connection, more: Partial<Connection>): Promise<void> {
  const table = keepingBoard(world.ports, world.tables.connections);
  await change(table, connectionKey(id), (before) => ({ ...before, ...more }));
}

const counts = async () => Object.fromEntries(await countByVault(world.ports));

test('with one vault nothing is read to choose it', async () => {
  const get = jest.spyOn(world.tables.board, 'get');
  await fill(undefined, 3);
  get.mockClear();
  await expect(chooseVault(world.ports)).resolves.toBeUndefined();
  expect(get).not.toHaveBeenCalled();
});

test('the counts say who is where, also after somebody has left', async () => {
  await fill(undefined, 2);
  const [gone] = await fill('second', 3);
  await expect(counts()).resolves.toEqual({ undefined: 2, second: 3 });
  await write(gone!, { closedAt: world.clock.now() });
  await expect(counts()).resolves.toEqual({ undefined: 2, second: 2 });
  expect((await readBoardCounts(world.ports)).sites).toMatchObject([{ name: 'Leeds', all: 4 }]);
});

test.each([
  ['a vault that was just added', { undefined: 3, second: 1 }, 'third'],
  ['the first one, if it holds as few as the others', { undefined: 1, second: 1, third: 1 }, undefined],
  ['the one with the fewest', { undefined: 3, second: 2, third: 4 }, 'second'],
  ['the first one, if it holds the fewest', { undefined: 1, second: 2, third: 2 }, undefined],
])('a new connection goes to %s', async (_, held, chosen) => {
  world.vault.further.push('second', 'third');
  for (const [vault, count] of Object.entries(held))
    await fill(vault === 'undefined' ? undefined : vault, count);
  await expect(chooseVault(world.ports)).resolves.toBe(chosen);
});

test('a vault that cannot be used gets nobody, and is looked at again a moment after it failed', async () => {
  world.vault.further.push('second');
  await fill(undefined, 3);
  const readTokenSet = jest
    .spyOn(world.vault, 'readTokenSet')
    .mockRejectedValue(new AppError('VAULT_REFUSED', 'No.'));
  for (let n = 0; n < 3; n += 1) await expect(chooseVault(world.ports)).resolves.toBeUndefined();
  expect(readTokenSet.mock.calls).toEqual([[{ id: 'doctor', vault: 'second' }, 1]]);
  readTokenSet.mockRestore();
  world.clock.advance(10_000);
  await expect(chooseVault(world.ports)).resolves.toBe('second');
});

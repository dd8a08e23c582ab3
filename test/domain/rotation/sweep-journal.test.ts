import { sweepJournal } from '../../../src/domain/rotation/sweep-journal';
import type { Connection } from '../../../src/model';
import { connectWearer, createTestWorld } from '../../support/world';

test.each<[string, Partial<Connection> | undefined, number[]]>([
  ['rows that the pointer has passed', {}, [4]],
  ['rows of a wearer who is leaving that the pointer has passed', { closedAt: 1 }, [4]],
  ['all rows of a wearer who has left', { closedAt: 1, pointer: undefined }, []],
  ['no row of a wearer whose first consent is on its way', { pointer: undefined }, [2, 3, 4]],
  ['rows of nobody', undefined, []],
])('sweeps %s', async (_, more, left) => {
  const world = createTestWorld();
  const { set } = await connectWearer(more === undefined ? createTestWorld() : world, 'fitbit', {
    ...more,
    set: { generation: 3 },
  });
  for (const generation of [2, 3, 4]) await world.ports.journal.write(set, { ...set, generation });
  expect(await sweepJournal(world.ports)).toBe(3 - left.length);
  expect(world.journal.values().map(({ generation }) => generation)).toEqual(left);
});

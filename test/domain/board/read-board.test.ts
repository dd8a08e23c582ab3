import { noteConnection } from '../../../src/domain/board/keep-board';
import { readBoardCounts, readBoardPage, type BoardFilter } from '../../../src/domain/board/read-board';
import { createTestWorld, connectWearer, recordOf } from '../../support/world';
import { keptBoard } from '../../support/kept-board';

const world = createTestWorld();
const ports = keptBoard(world);
const sites = ['Leeds', 'York', undefined];
const dead = world.clock.now() - 1_000_000;

/** Sixty wearers; every third has a number that does not exist, the later ones for longer. */
beforeAll(async () => {
  for (let i = 0; i < 60; i += 1) {
    const id = `w${i}`;
    await connectWearer(world, 'google-health', {
      id,
      label: `P-${String(i).padStart(3, '0')}`,
      outsideId: `out/${i % 10}-${i}`,
      site: sites[i % 3]!,
      createdAt: dead + i,
      ...(i % 3 === 0 && { numberDeadSince: dead - i }),
    });
    await noteConnection(ports, recordOf(world, id));
  }
});

async function labelsOf(filter: BoardFilter, limit = 7): Promise<string[]> {
  const labels: string[] = [];
  let after: string | undefined;
  do {
    const page = await readBoardPage(ports, filter, { limit, after });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    labels.push(...page.entries.map(({ label }) => label!));
    after = page.next;
  } while (after !== undefined);
  return labels;
}
const numbers = (count: number, of: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => `P-${String(of(i)).padStart(3, '0')}`);

const unreachable = numbers(20, (i) => 57 - 3 * i);
const fine = numbers(60, (i) => i).filter((label) => !unreachable.includes(label));

test('everybody comes once, whoever needs attention first, those who have waited longest before others', async () => {
  expect(await labelsOf({})).toEqual([...unreachable, ...fine]);
  expect(await labelsOf({}, 1)).toEqual([...unreachable, ...fine]);
  expect(await labelsOf({}, 100)).toEqual([...unreachable, ...fine]);
});

test.each<[string, BoardFilter, string[]]>([
  ['a rank', { ranks: ['unreachable'] }, unreachable],
  ['all that need attention', { ranks: ['disconnected', 'silent', 'low', 'unreachable'] }, unreachable],
  ['a rank that nobody has', { ranks: ['low'] }, []],
  ['a site', { site: 'York' }, numbers(20, (i) => 3 * i + 1)],
  ['a site that there is not', { site: 'Hull' }, []],
  ['a rank and a site', { ranks: ['unreachable'], site: 'Leeds' }, unreachable],
  ['the sites that somebody is limited to', { sites: ['York'] }, numbers(20, (i) => 3 * i + 1)],
  [
    'two sites that somebody is limited to',
    { sites: ['York', 'Leeds'] },
    [...unreachable, ...numbers(20, (i) => 3 * i + 1)],
  ],
  [
    'one site that is written in two ways',
    { sites: ['York', 'york', 'York'] },
    numbers(20, (i) => 3 * i + 1),
  ],
  ['another site than theirs', { sites: ['York'], site: 'Leeds' }, []],
  ['no site that somebody may see', { sites: [] }, []],
  ['the beginning of labels', { search: 'p-05' }, numbers(10, (i) => 50 + i)],
  ['the beginning of outside ids', { search: 'OUT/7-' }, [...numbers(5, (i) => 10 * i + 17), 'P-007']],
  ['what nobody has', { search: 'nobody' }, []],
  ['labels within a site', { search: 'P-', site: 'York' }, numbers(20, (i) => 3 * i + 1)],
  [
    'labels within the sites that somebody is limited to',
    { search: 'P-00', sites: ['York'] },
    numbers(3, (i) => 3 * i + 1),
  ],
])('a list by %s has those and no others', async (_, filter, labels) => {
  expect(await labelsOf(filter, 4)).toEqual(labels);
});

test('whoever is found by both names comes once', async () => {
  await connectWearer(world, 'fitbit', { id: 'both', label: 'same-1', outsideId: 'same-2' });
  await noteConnection(ports, recordOf(world, 'both'));
  expect(await labelsOf({ search: 'same' }, 1)).toEqual(['same-1']);
  expect(await labelsOf({ search: 'same-2' }, 1)).toEqual(['same-1']);
});

test('a page reads no more rows than it needs', async () => {
  const list = jest.spyOn(world.tables.board, 'list');
  await readBoardPage(ports, {}, { limit: 10 });
  expect(list).toHaveBeenCalledTimes(16);
  expect(new Set(list.mock.calls.map(([, , atOnce]) => atOnce))).toEqual(new Set([4]));
  // Those who are fine are read when those who need attention leave room.
  await readBoardPage(ports, {}, { limit: 50 });
  expect(list).toHaveBeenCalledTimes(16 + 32);
});

test('a cursor that is none begins at the first row', async () => {
  const page = await readBoardPage(ports, {}, { limit: 1, after: '%%%' });
  expect(page.entries[0]!.label).toBe('P-057');
});

test('counts are those of everybody, of a site, or of the sites that somebody may see', async () => {
  const all = await readBoardCounts(ports);
  expect(all.ranks).toEqual({ disconnected: 0, silent: 0, low: 0, unreachable: 20, fine: 41 });
  expect(all.sites).toEqual([
    { name: 'Leeds', all: 20, needing: 20 },
    { name: 'York', all: 20, needing: 0 },
  ]);
  expect((await readBoardCounts(ports, { site: 'York' })).ranks).toMatchObject({ unreachable: 0, fine: 20 });
  const limited = await readBoardCounts(ports, { sites: ['York'] });
  expect(limited.ranks).toMatchObject({ unreachable: 0, fine: 20 });
  expect(limited.sites).toEqual([{ name: 'York', all: 20, needing: 0 }]);
});

import { deriveLink } from '../../../src/domain/wearer/derived';
import { connectionKey, linkKey } from '../../../src/domain/keys';
import { findByLink, forgetLink, linkOf, replaceLink } from '../../../src/domain/wearer/manage-links';
import { AppError } from '../../../src/errors';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

let world: TestWorld;
const find = (link: string) => findByLink(world.ports, link).then((found) => found?.id);
const link = () => linkOf(world.ports, recordOf(world));
const replace = () => replaceLink(world.ports, recordOf(world));
const version = (n: number) => deriveLink(world.ports, 'wearer-1', n);

beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world);
});
afterEach(() => {
  expectDiscreet(world);
  const seen = JSON.stringify([
    world.log.entries,
    ...Object.values(world.tables).map((table) => table.values()),
  ]);
  expect(seen).not.toMatch(/"[\w-]{22}"/);
});

describe('a link', () => {
  test('leads to its connection, and the table knows no more of it than its hash', async () => {
    const mine = await link();
    expect(mine).toMatch(/^[\w-]{22}$/);
    expect(await find(mine)).toBe('wearer-1');
    expect(world.tables.links.values()).toEqual([{ connection: 'wearer-1', linkVersion: 1 }]);
    expect(JSON.stringify(linkKey(mine))).not.toContain(mine);
  });

  test('is the same however often it is asked for, and one row', async () => {
    const links = [await link(), await link(), ...(await Promise.all([link(), link()]))];
    expect(new Set(links).size).toBe(1);
    expect(world.tables.links.values()).toHaveLength(1);
  });

  test('of one wearer does not lead to another', async () => {
    const other = await connectWearer(world, 'fitbit', { id: 'wearer-2' });
    expect(await find(await linkOf(world.ports, other.connection))).toBe('wearer-2');
    expect(await find(await link())).toBe('wearer-1');
  });

  test.each([
    ['nothing', ''],
    ['21 characters', 'a'.repeat(21)],
    ['23 characters', 'a'.repeat(23)],
    ['a slash', `${'a'.repeat(21)}/`],
    ['a line break at its end', `${'a'.repeat(22)}\n`],
    ['a quote', `'${'a'.repeat(21)}`],
    ['many characters', 'a'.repeat(100_000)],
    ['what nobody was given', 'a'.repeat(22)],
  ])('made up of %s leads nowhere', async (_, text) => {
    const get = jest.spyOn(world.tables.links, 'get');
    expect(await find(text)).toBeUndefined();
    // What cannot be a link is not even looked up.
    expect(get).toHaveBeenCalledTimes(text === 'a'.repeat(22) ? 1 : 0);
  });

  test('with one character changed leads nowhere', async () => {
    const mine = await link();
    const changed = (mine.startsWith('A') ? 'B' : 'A') + mine.slice(1);
    expect(await find(changed)).toBeUndefined();
    expect(await find(mine.toLowerCase())).toBeUndefined();
  });

  test('to a connection that is closed, or gone, leads nowhere', async () => {
    const mine = await link();
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const closed = await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
    expect(await find(mine)).toBeUndefined();
    await world.tables.connections.remove(closed);
    expect(await find(mine)).toBeUndefined();
  });
});

describe('a link that is replaced', () => {
  test('leads nowhere from then on, and the new one does', async () => {
    const before = await link();
    const after = await replace();
    expect(after).toBe(await version(2));
    expect([await find(before), await find(after)]).toEqual([undefined, 'wearer-1']);
    expect(recordOf(world).linkVersion).toBe(2);
    expect(await link()).toBe(after);
  });

  test('again and again leads only from the last', async () => {
    const links = [await link(), await replace(), await replace(), await replace()];
    expect(await Promise.all(links.map(find))).toEqual([undefined, undefined, undefined, 'wearer-1']);
  });

  test('twice from the same page, as by a double click, is one new link', async () => {
    await link();
    const page = recordOf(world);
    const [one, other] = await Promise.all([replaceLink(world.ports, page), replaceLink(world.ports, page)]);
    expect(one).toBe(other);
    expect(recordOf(world).linkVersion).toBe(2);
    expect(await find(one)).toBe('wearer-1');
  });

  test('from an old page after another was made leads to the newest', async () => {
    const old = recordOf(world);
    await replace();
    await replace();
    const after = await replaceLink(world.ports, old);
    expect(after).toBe(await version(3));
    expect(await find(after)).toBe('wearer-1');
  });

  test('whose connection is gone meanwhile leads nowhere', async () => {
    const old = recordOf(world);
    await world.tables.connections.remove((await world.tables.connections.get(connectionKey('wearer-1')))!);
    expect(await find(await replaceLink(world.ports, old))).toBeUndefined();
  });

  test('and whose row could not be written leads there once somebody asks for it', async () => {
    await link();
    const { insert } = world.tables.links;
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.links.insert = () => Promise.reject(unavailable);
    await expect(replace()).rejects.toBe(unavailable);
    world.tables.links.insert = insert;
    expect(await find(await version(1))).toBeUndefined();
    expect(await find(await link())).toBe('wearer-1');
  });
});

test('forgetLink leaves no link, whoever has been replaced before, and those of others alone', async () => {
  const other = await connectWearer(world, 'fitbit', { id: 'wearer-2' });
  await linkOf(world.ports, other.connection);
  await link();
  await replace();
  await replace();
  await forgetLink(world.ports, recordOf(world));
  expect(world.tables.links.values()).toEqual([{ connection: 'wearer-2', linkVersion: 1 }]);
  await forgetLink(world.ports, recordOf(world));
  expect(world.tables.links.values()).toHaveLength(1);
});

import { closeConnection } from '../../../src/domain/wearer/close-connection';
import { deriveLink, macOfAddress } from '../../../src/domain/contact/keyed-values';
import { connectionKey, personalLinkKey, numberKey } from '../../../src/domain/store/row-keys';
import { endSharing, savePreferences } from '../../../src/domain/wearer/personal-page';
import {
  expireLink,
  findByLink,
  findFormerHolder,
  forgetLink,
  heldByLink,
  linkOf,
  markPage,
  replaceLink,
} from '../../../src/domain/contact/personal-link';
import { connectionsOf, setAddress } from '../../../src/domain/contact/addresses';
import { AppError } from '../../../src/errors';
import type { Connection, PersonalLink, Settings } from '../../../src/model';
import type { Ports, Row } from '../../../src/ports';
import { Secret } from '../../../src/secret';
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
    expect(world.tables.links.values()).toEqual([
      { connection: 'wearer-1', linkVersion: 1, usedAt: world.clock.now() },
    ]);
    expect(JSON.stringify(personalLinkKey(mine))).not.toContain(mine);
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

const close = async (row: Row<Connection>): Promise<void> => {
  await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
};
const codeOf = (error: unknown) => (error as AppError).code;

describe('somebody who came by a link that has been replaced since', () => {
  const phone = new Secret('+14255550123');
  const actions: Record<string, (ports: Ports & Settings, connection: Connection) => Promise<unknown>> = {
    'saves no preferences': (ports, { id }) => savePreferences(ports, id, () => ({ paused: true })),
    'mutes no device': (ports, { id }) => savePreferences(ports, id, () => ({ mutedDevices: ['a'] })),
    'ends no sharing': (ports, { id }) => endSharing(ports, id),
    'removes no number': (ports, { id }) => setAddress(ports, id, undefined),
    'gives no number': (ports, { id }) =>
      setAddress(ports, id, {
        phone: new Secret('+14255550177'),
        textConsent: { at: 1, wording: '2026-11' },
      }),
    'makes no other link': (ports, connection) => replaceLink(ports, connection),
    'disconnects nobody': (ports, { id }) => closeConnection(ports, id),
  };

  beforeEach(async () => {
    await setAddress(world.ports, 'wearer-1', { phone, textConsent: { at: 1, wording: '2026-11' } });
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, sharedWith: 'the study' });
  });

  test.each(Object.entries(actions))('%s', async (_, act) => {
    const holder = recordOf(world);
    await replace();
    const before = [recordOf(world), world.tables.numbers.values()];
    await expect(act(heldByLink(world.ports, holder), holder)).rejects.toMatchObject({
      code: 'LINK_REPLACED',
    });
    expect([recordOf(world), world.tables.numbers.values()]).toEqual(before);
    const number = await macOfAddress(world.ports, { way: 'sms', to: phone });
    expect((await connectionsOf(world.ports, number)).map(({ id }) => id)).toEqual(['wearer-1']);
    expect(await world.tables.numbers.get(numberKey(number, 'wearer-1'))).toBeDefined();
  });

  test.each(Object.entries(actions))('at the very moment of the write %s', async (_, act) => {
    const holder = recordOf(world);
    const { replace: write } = world.tables.connections;
    world.tables.connections.replace = async (row, value) => {
      world.tables.connections.replace = write;
      await replace();
      return write(row, value);
    };
    await expect(act(heldByLink(world.ports, holder), holder)).rejects.toMatchObject({
      code: 'LINK_REPLACED',
    });
    expect(recordOf(world)).toMatchObject({ linkVersion: 2, phone, sharedWith: 'the study' });
    expect(recordOf(world).closedAt).toBeUndefined();
    expect(recordOf(world).preferences).toBeUndefined();
    expect(
      (await connectionsOf(world.ports, await macOfAddress(world.ports, { way: 'sms', to: phone }))).length,
    ).toBe(1);
  });

  test('does as before while it counts, and to other connections what others may', async () => {
    const holder = recordOf(world);
    const other = await connectWearer(world, 'fitbit', { id: 'wearer-2', linkVersion: 7 });
    const ports = heldByLink(world.ports, holder);
    await savePreferences(ports, 'wearer-1', () => ({ paused: true }));
    await savePreferences(ports, other.connection.id, () => ({ threshold: 30 }));
    expect(recordOf(world).preferences).toEqual({ paused: true });
    expect(recordOf(world, 'wearer-2').preferences).toEqual({ threshold: 30 });
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

  test.each([
    ['two pages, as by a stranger who has seen it', ['wearer-1.page-1', 'wearer-1.page-2']],
    ['two pages without a mark', ['', '']],
  ])('at once from %s is new for one of them only', async (_, marks) => {
    const before = await link();
    const page = recordOf(world);
    const results = await Promise.allSettled(marks.map((mark) => replaceLink(world.ports, page, mark)));
    expect(results.map((each) => (each.status === 'fulfilled' ? each.value : codeOf(each.reason)))).toEqual([
      await version(2),
      'LINK_REPLACED',
    ]);
    expect(recordOf(world).linkVersion).toBe(2);
    expect([await find(before), await find(await version(2))]).toEqual([undefined, 'wearer-1']);
  });

  test('from an old page after another was made is refused, and the newest stays', async () => {
    const old = recordOf(world);
    await replace();
    const newest = await replace();
    await expect(replaceLink(world.ports, old)).rejects.toMatchObject({ code: 'LINK_REPLACED' });
    expect(recordOf(world).linkVersion).toBe(3);
    expect(await find(newest)).toBe('wearer-1');
  });

  test.each([
    ['is gone', (row: Row<Connection>) => world.tables.connections.remove(row)],
    ['is closed', (row: Row<Connection>) => close(row)],
  ])('is refused when its connection %s meanwhile', async (_, end) => {
    const old = recordOf(world);
    await end((await world.tables.connections.get(connectionKey('wearer-1')))!);
    await expect(replaceLink(world.ports, old)).rejects.toMatchObject({ code: 'LINK_REPLACED' });
    expect(await find(await version(2))).toBeUndefined();
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

describe('the form that replaces a link', () => {
  const mark = 'wearer-1.page-1';
  const minute = 60_000;
  let before: string;
  let page: Connection;
  beforeEach(async () => {
    before = await link();
    page = recordOf(world);
  });
  const send = (with_ = mark) => replaceLink(world.ports, page, with_);
  /** As it comes when the link that it is sent to leads nowhere any more. */
  const sendAgain = async (with_ = mark, to = before) => {
    const former = await findFormerHolder(world.ports, to, with_);
    return former && replaceLink(world.ports, former, with_);
  };

  test('sent twice tells the new link twice, one after the other and at once', async () => {
    const both = await Promise.all([send(), send()]);
    expect(both).toEqual([await version(2), await version(2)]);
    expect(await sendAgain()).toBe(await version(2));
    expect([await find(before), await find(await version(2))]).toEqual([undefined, 'wearer-1']);
    expect(recordOf(world)).toMatchObject({ linkVersion: 2, linkReplaced: { at: world.clock.now() } });
    expect(world.tables.links.values()).toHaveLength(1);
  });

  test('is kept as a hash, by which nobody can send it', async () => {
    await send();
    const { by } = recordOf(world).linkReplaced!;
    expect(by).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(recordOf(world))).not.toContain('page-1');
    await expect(sendAgain(`wearer-1.${by}`)).rejects.toMatchObject({ code: 'LINK_REPLACED' });
  });

  test('carries another mark each time that the page is shown', () => {
    const marks = [markPage(world.ports, page), markPage(world.ports, page)];
    expect(new Set(marks).size).toBe(2);
    for (const each of marks) expect(each).toMatch(/^wearer-1\.id-\d+$/);
  });

  test.each(['wearer-1.page-2', 'wearer-1.', 'wearer-1', 'wearer-1.page-1.page-1'])(
    'of another page (%s) learns nothing, whatever it has seen of the old link',
    async (other) => {
      await send();
      await expect(sendAgain(other)).rejects.toMatchObject({ code: 'LINK_REPLACED' });
      await expect(send(other)).rejects.toMatchObject({ code: 'LINK_REPLACED' });
    },
  );

  test.each(['', '.page-1', 'nobody.page-1', 'wearer-1/.page-1', '__proto__.page-1', 'x'.repeat(100)])(
    'with the mark %j finds nobody',
    async (other) => {
      await send();
      expect(await sendAgain(other)).toBeUndefined();
    },
  );

  test('sent to another link than the one that it replaced finds nobody', async () => {
    await send();
    const other = await connectWearer(world, 'fitbit', { id: 'wearer-2' });
    const others = [await linkOf(world.ports, other.connection), await version(2), 'a'.repeat(22), ''];
    for (const to of others) expect(await sendAgain(mark, to)).toBeUndefined();
    expect(await sendAgain('wearer-2.page-1')).toBeUndefined();
  });

  test('sent again after ten minutes learns nothing', async () => {
    await send();
    world.clock.advance(10 * minute - 1);
    expect(await sendAgain()).toBe(await version(2));
    world.clock.advance(1);
    await expect(sendAgain()).rejects.toMatchObject({ code: 'LINK_REPLACED' });
  });

  test('sent again after the link was replaced once more learns nothing, and ends no link', async () => {
    await send();
    const newest = await replace();
    expect(await sendAgain()).toBeUndefined();
    await expect(send()).rejects.toMatchObject({ code: 'LINK_REPLACED' });
    expect(await find(newest)).toBe('wearer-1');
  });

  test('sent again after the wearer has left learns nothing', async () => {
    await send();
    await close((await world.tables.connections.get(connectionKey('wearer-1')))!);
    expect(await sendAgain()).toBeUndefined();
    await expect(send()).rejects.toMatchObject({ code: 'LINK_REPLACED' });
  });

  test('whose worker died between the change and the new link does the rest when it is sent again', async () => {
    const { insert } = world.tables.links;
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.links.insert = () => Promise.reject(unavailable);
    await expect(send()).rejects.toBe(unavailable);
    world.tables.links.insert = insert;
    expect(await sendAgain()).toBe(await version(2));
    expect(await find(await version(2))).toBe('wearer-1');
    expect(world.tables.links.values()).toHaveLength(1);
  });
});

describe('a link that nobody uses', () => {
  // A younger connection has no link that is older.
  beforeEach(async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, createdAt: 0 });
  });
  const day = 24 * 3_600_000;
  const visitDaily = async (days: number) => {
    for (let n = 0; n < days; n += 1) {
      world.clock.advance(day);
      await expireLink(world.ports, recordOf(world));
    }
  };

  test('for a year is replaced, and the next text has the new one', async () => {
    const mine = await link();
    await visitDaily(364);
    expect(recordOf(world).linkVersion).toBeUndefined();
    await visitDaily(1);
    expect(recordOf(world).linkVersion).toBe(2);
    expect(await find(mine)).toBeUndefined();
    expect(world.tables.links.values()).toEqual([]);
    expect(await find(await link())).toBe('wearer-1');
  });

  test.each([
    ['opened', (mine: string) => find(mine)],
    ['texted', () => link()],
  ])('but is %s within the year stays', async (_, use) => {
    const mine = await link();
    await visitDaily(300);
    await use(mine);
    await visitDaily(364);
    expect(await find(mine)).toBe('wearer-1');
  });

  test('is written down once a day at the most, and from the first visit on where it never was', async () => {
    const mine = await link();
    const row = (await world.tables.links.get(personalLinkKey(mine)))!;
    await world.tables.links.replace(row, { connection: 'wearer-1', linkVersion: 1 });
    await visitDaily(1);
    const replace = jest.spyOn(world.tables.links, 'replace');
    for (let n = 0; n < 5; n += 1) await find(mine);
    expect(replace).not.toHaveBeenCalled();
    await visitDaily(364);
    expect(await find(mine)).toBe('wearer-1');
  });

  test('leads there although its use cannot be written down', async () => {
    const mine = await link();
    world.clock.advance(2 * day);
    world.tables.links.replace = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.'));
    expect(await find(mine)).toBe('wearer-1');
  });
});

test('forgetLink leaves no link, whoever has been replaced before, and those of others alone', async () => {
  const other = await connectWearer(world, 'fitbit', { id: 'wearer-2' });
  await linkOf(world.ports, other.connection);
  await link();
  await replace();
  await replace();
  await forgetLink(world.ports, recordOf(world));
  expect(world.tables.links.values()).toMatchObject([{ connection: 'wearer-2', linkVersion: 1 }]);
  await forgetLink(world.ports, recordOf(world));
  expect(world.tables.links.values()).toHaveLength(1);
});

test.each<[string, (row: Row<PersonalLink>) => Promise<unknown>]>([
  ['opens it', (row) => world.tables.links.replace(row, { ...row.value, usedAt: 1 })],
  ['replaces it too', (row) => world.tables.links.remove(row)],
])('forgetLink leaves no link when somebody %s at that moment', async (_, meanwhile) => {
  await link();
  const { get } = world.tables.links;
  world.tables.links.get = async (key) => {
    world.tables.links.get = get;
    const row = await get(key);
    await meanwhile(row!);
    return row;
  };
  await forgetLink(world.ports, recordOf(world));
  expect(world.tables.links.values()).toEqual([]);
});

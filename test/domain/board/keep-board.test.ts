import { noteChecked, noteConnection, noteText, noteTextState } from '../../../src/domain/board/keep-board';
import { mendBoard } from '../../../src/domain/board/mend-board';
import { closeConnection } from '../../../src/domain/wearer/close-connection';
import { setLabel } from '../../../src/domain/connection/labels';
import { savePreferences } from '../../../src/domain/wearer/personal-page';
import { change } from '../../../src/domain/store/compare-and-swap';
import { beginTurn } from '../../../src/domain/store/turn';
import { connectionKey, readingKey } from '../../../src/domain/store/row-keys';
import type { BoardEntry, Connection, Device, LastText, Message } from '../../../src/model';
import { AppError } from '../../../src/errors';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { countsOf, entryOf, keptBoard } from '../../support/kept-board';
import * as samples from '../../support/sample-records';

const hourMs = 3_600_000;
const row = '0123456789abcdef0123456789abcdef';
let world: TestWorld;
let ports: ReturnType<typeof keptBoard>;
const now = () => world.clock.now();

beforeEach(async () => {
  world = createTestWorld();
  ports = keptBoard(world);
  await connectWearer(world, 'google-health', { label: 'P-17', site: 'Leeds' });
});

function device(
  percent: number,
  { hoursAgo = 0, ...more }: Partial<Device> & { hoursAgo?: number } = {},
): Device {
  const at = now() - hoursAgo * hourMs;
  return {
    connection: 'wearer-1',
    reading: { device: '1', kind: 'tracker', model: 'Charge 6', percent, syncedAt: at },
    firstSeenAt: at,
    checkedAt: now(),
    cycle: 1,
    armed: true,
    heard: true,
    ...more,
  };
}

const checked = (
  seen: Device | undefined,
  more: { texts?: BoardEntry['texts']; lastText?: LastText } = {},
): Promise<void> =>
  noteChecked(ports, recordOf(world), {
    devices: new Map(seen ? [[row, seen]] : []),
    texts: 'on',
    lastText: undefined,
    ...more,
  });
const write = (decide: (before: Connection) => Connection) =>
  change(ports.tables.connections, connectionKey('wearer-1'), decide);
const rankOf = (id?: string) => entryOf(world, id)?.rank;

describe('the rank of a connection', () => {
  test('is fine since it was connected, when nothing is wrong', async () => {
    await checked(device(80));
    expect(entryOf(world)).toMatchObject({ rank: 'fine', since: recordOf(world).createdAt, label: 'P-17' });
    expect(countsOf(world)).toEqual({ fine: 1, 'fine Leeds': 1, 'devices heard': 1 });
  });

  test('is disconnected since the refusal, as soon as that is confirmed', async () => {
    await checked(device(15));
    const firstAt = now() - hourMs;
    await write((before) => ({
      ...before,
      refusal: { consent: 1, generation: 1, firstAt, confirmedAt: now() },
    }));
    expect(entryOf(world)).toMatchObject({
      rank: 'disconnected',
      since: firstAt,
      state: 'reconnect required',
    });
    expect(countsOf(world)).toEqual({ disconnected: 1, 'disconnected Leeds': 1 });
  });

  test('is disconnected when only the wearer can make the batteries readable', async () => {
    await checked(device(80));
    const failing = {
      since: now(),
      code: 'SCOPE_MISSING',
      codeSince: now(),
      count: 1,
      lastAt: now(),
    } as const;
    await write((before) => ({ ...before, failingCheck: failing }));
    expect(rankOf()).toBe('disconnected');
  });

  test('is silent when checks have failed for more than two days, whoever is to blame', async () => {
    await checked(device(80));
    const since = now();
    const failing = (count: number) =>
      ({ since, code: 'PROVIDER_UNAVAILABLE', codeSince: since, count }) as const;
    await write((before) => ({ ...before, failingCheck: { ...failing(1), lastAt: now() } }));
    expect(rankOf()).toBe('fine');
    world.clock.advance(48 * hourMs + 1);
    await write((before) => ({ ...before, failingCheck: { ...failing(2), lastAt: now() } }));
    expect(entryOf(world)).toMatchObject({ rank: 'silent', since });
  });

  test('is silent since the last sync when that is more than two days ago', async () => {
    await checked(device(80, { hoursAgo: 48 }));
    expect(rankOf()).toBe('fine');
    await checked(device(80, { hoursAgo: 49 }));
    expect(entryOf(world)).toMatchObject({ rank: 'silent', since: now() - 49 * hourMs });
  });

  test('is low from the first low level on until the battery is charged', async () => {
    await checked(device(20, { hoursAgo: 1 }));
    const since = now() - hourMs;
    expect(entryOf(world)).toMatchObject({ rank: 'low', since, lowSince: since });
    world.clock.advance(5 * hourMs);
    await checked(device(12));
    expect(entryOf(world)).toMatchObject({ rank: 'low', since });
    await checked(device(90));
    expect(entryOf(world)).toMatchObject({ rank: 'fine', since: now() });
  });

  test('is not low for a device that the wearer has muted', async () => {
    await savePreferences(ports, 'wearer-1', () => ({ mutedDevices: [row] }));
    await checked(device(5));
    expect(entryOf(world)).toMatchObject({ rank: 'fine', battery: { percent: 5 } });
  });

  test.each<[string, BoardEntry['texts'], Message['state'] | undefined, string]>([
    ['there is no number', 'none', undefined, 'unreachable'],
    ['the number has said STOP', 'stopped', 'delivered', 'unreachable'],
    ['the number does not exist', 'dead', 'failed', 'unreachable'],
    ['the last text failed', 'on', 'failed', 'unreachable'],
    ['the last text was refused', 'on', 'refused', 'unreachable'],
    ['the last text is on its way', 'on', 'sent', 'fine'],
    ['the wearer has paused texts', 'paused', 'delivered', 'fine'],
    ['the service cannot send yet', 'not set up', undefined, 'fine'],
  ])('when %s', async (_, texts, state, rank) => {
    const lastText = state && { id: 'm1', kind: 'low' as const, at: now(), state };
    await checked(device(80), { texts, ...(lastText && { lastText }) });
    expect(rankOf()).toBe(rank);
  });

  test('names the most urgent of several', async () => {
    await checked(device(5), { texts: 'none' });
    expect(rankOf()).toBe('low');
    await checked(device(5, { hoursAgo: 72 }), { texts: 'none' });
    expect(rankOf()).toBe('silent');
  });
});

describe('the rows of a connection', () => {
  test('follow label, site and outside id wherever these change, and the counts with them', async () => {
    await checked(device(80));
    await setLabel(ports, 'wearer-1', 'P-18');
    await write((before) => ({ ...before, site: 'York', outsideId: '4711/B' }));
    expect(entryOf(world)).toMatchObject({ label: 'P-18', site: 'York', outsideId: '4711/B' });
    expect(countsOf(world)).toEqual({ fine: 1, 'fine York': 1, 'devices heard': 1 });
  });

  test('are there as soon as somebody is connected', async () => {
    await connectWearer(world, 'fitbit', { id: 'wearer-2', phone: undefined });
    await noteConnection(ports, recordOf(world, 'wearer-2'));
    expect(entryOf(world, 'wearer-2')).toMatchObject({ rank: 'unreachable', texts: 'none' });
  });

  test('go when the wearer disconnects', async () => {
    await checked(device(80));
    world.http.script({ answered: true, status: 200, headers: {}, body: new Uint8Array() } as never);
    await closeConnection(ports, 'wearer-1');
    expect(world.tables.board.rows().filter(({ value }) => value.entry)).toEqual([]);
    expect(countsOf(world)).toEqual({});
  });

  test('are not written again when nothing is new', async () => {
    await checked(device(80, { hoursAgo: 1, firstSeenAt: 1 }));
    const writing = jest.spyOn(world.tables.board, 'writeTogether');
    const same = device(80, { hoursAgo: 1, firstSeenAt: 1 });
    world.clock.advance(hourMs / 4);
    await checked({ ...same, checkedAt: now() });
    await noteConnection(ports, recordOf(world));
    await write((before) => ({ ...before, lease: { owner: 'w', until: now() } }));
    expect(writing).not.toHaveBeenCalled();
    world.clock.advance(3 * hourMs);
    await checked({ ...same, checkedAt: now() });
    expect(writing).toHaveBeenCalledTimes(1);
    expect(entryOf(world)?.checkedAt).toBe(now());
  });

  test('a writer who lost the race writes what both have learned', async () => {
    await checked(device(80));
    const { board } = world.tables;
    const real = board.writeTogether;
    const racing = jest.spyOn(board, 'writeTogether').mockImplementationOnce(async (changes) => {
      await noteTextState(ports, 'wearer-1', 'stopped');
      return real(changes);
    });
    await setLabel(ports, 'wearer-1', 'P-19');
    expect(racing).toHaveBeenCalledTimes(3);
    expect(entryOf(world)).toMatchObject({ label: 'P-19' });
  });

  test('a row that somebody removed by hand does not keep the others from moving', async () => {
    await checked(device(80));
    const listed = world.tables.board.rows().find(({ key }) => key.row.startsWith('all:'))!;
    await world.tables.board.remove(listed);
    await checked(device(10));
    expect(rankOf()).toBe('low');
  });

  test("a board that does not answer ends nobody's work and is said in the log", async () => {
    jest
      .spyOn(world.tables.board, 'get')
      .mockRejectedValue(new AppError('TABLE_UNAVAILABLE', 'Azure Tables did not answer.'));
    await checked(device(80));
    expect(await setLabel(ports, 'wearer-1', 'P-20')).toEqual({ ok: true, value: undefined });
    expect(world.log.entries).toContainEqual({
      level: 'warn',
      event: 'board.not_kept',
      fields: expect.objectContaining({ connection: 'wearer-1', code: 'TABLE_UNAVAILABLE' }) as unknown,
    });
  });
});

describe('what stands in an entry', () => {
  test('is the level of each half day of two weeks and when the battery will be flat', async () => {
    const start = now();
    for (let hours = 0; hours < 15 * 24; hours += 2) {
      const at = start - 15 * 24 * hourMs + hours * hourMs;
      await world.tables.readings.insert(readingKey('wearer-1', row, at), {
        at,
        percent: 100 - ((hours / 3) % 80),
      });
    }
    await checked(device(60));
    const { battery } = entryOf(world)!;
    expect(battery).toMatchObject({ name: 'Charge 6', percent: 60, at: start });
    expect(battery!.levels).toHaveLength(28);
    expect(battery!.levels.slice(-4)).toEqual([71, 67, 63, 61]);
    expect(battery!.flatAt).toBeGreaterThan(start);
  });

  test('is the emptiest of the devices that are watched, by the name that the wearer gave it', async () => {
    await savePreferences(ports, 'wearer-1', () => ({ deviceNames: { [row]: 'Left wrist' } }));
    const phone = device(0);
    const devices = new Map([
      [row, device(40)],
      ['b'.repeat(32), device(70)],
      ['c'.repeat(32), { ...phone, reading: { ...phone.reading, kind: 'phone' as const } }],
    ]);
    await noteChecked(ports, recordOf(world), { devices, texts: 'on', lastText: undefined });
    expect(entryOf(world)!.battery).toMatchObject({ name: 'Left wrist', percent: 40 });
  });

  test('is what became of the last text, and a report about an older one changes nothing', async () => {
    const message: Message = {
      ...samples.messages.minimal,
      connection: 'wearer-1',
      createdAt: now(),
      state: 'sent',
    };
    await checked(device(80), { lastText: { id: 'm1', kind: 'low', at: now(), state: 'sent' } });
    await noteText(ports, { ...message, state: 'delivered' });
    expect(entryOf(world)!.lastText).toEqual({ id: 'm1', kind: 'low', at: now(), state: 'delivered' });
    await noteText(ports, { ...message, id: 'm0', createdAt: now() - 1, state: 'failed' });
    expect(entryOf(world)!.lastText!.state).toBe('delivered');
    await checked(device(80));
    expect(entryOf(world)!.lastText!.state).toBe('delivered');
  });
});

describe('housekeeping', () => {
  test('makes rows for a connection that has none, corrects those that differ, and removes those without a connection', async () => {
    await world.tables.devices.insert({ partition: 'wearer-1', row }, device(10));
    await connectWearer(world, 'fitbit', { id: 'wearer-2', closedAt: now() });
    await noteConnection(ports, { ...recordOf(world, 'wearer-2'), closedAt: undefined });
    expect(rankOf('wearer-2')).toBe('fine');
    await mendBoard(ports, beginTurn(ports));
    expect(entryOf(world)).toMatchObject({ rank: 'low', label: 'P-17', battery: { percent: 10 } });
    expect(entryOf(world, 'wearer-2')).toBeUndefined();
    expect(countsOf(world)).toEqual({ low: 1, 'low Leeds': 1, 'devices heard': 1 });
    const entry = world.tables.board.rows().find(({ key }) => key.row === 'id:wearer-1')!;
    const stray = { ...entry.key, row: 'all:0:000000000000000:wearer-1' };
    await world.tables.board.insert(stray, entry.value);
    world.clock.advance(24 * hourMs);
    await mendBoard(ports, beginTurn(ports));
    expect(await world.tables.board.get(stray)).toBeUndefined();
    expect(rankOf()).toBe('low');
  });

  test('counts anew what an older release has not counted as it changed the entry', async () => {
    await world.tables.devices.insert({ partition: 'wearer-1', row }, device(80));
    await checked(device(80));
    for (const { key, value } of world.tables.board.rows().filter(({ value }) => value.entry)) {
      await world.tables.board.remove((await world.tables.board.get(key))!);
      await world.tables.board.insert(key, { entry: { ...value.entry!, hearing: undefined } });
    }
    await checked(device(80));
    expect(countsOf(world)['devices heard']).toBe(2);
    await mendBoard(ports, beginTurn(ports));
    expect(countsOf(world)).toEqual({ fine: 1, 'fine Leeds': 1, 'devices heard': 1 });
  });

  test('leaves counts that change while it counts', async () => {
    await checked(device(80));
    const { board } = world.tables;
    const key = board.rows().find(({ key }) => key.row === 'counts')!.key;
    await board.replace((await board.get(key))!, {
      counts: { fine: 7, 'fine Leeds': 7, 'devices heard': 7 },
    });
    ports = { ...ports, tables: { ...ports.tables, board: { ...board, list: listAfterACheck } } };
    async function* listAfterACheck(...given: Parameters<typeof board.list>) {
      if (given[1]) await checked(device(80));
      yield* board.list(...given);
    }
    await mendBoard(ports, beginTurn(ports));
    expect(countsOf(world)).toEqual({ fine: 7, 'fine Leeds': 7, 'devices heard': 7 });
  });

  test('takes no device for quiet because the next check is a day away', async () => {
    const times = { ...ports.policy.times, batteryOverdueMs: 25 * hourMs };
    ports = { ...ports, policy: { ...ports.policy, times } };
    const seen = device(80, { hoursAgo: 10 });
    await world.tables.devices.insert({ partition: 'wearer-1', row }, seen);
    await checked(seen);
    expect(entryOf(world)!.hearing).toBe('heard');
    world.clock.advance(23 * hourMs);
    await mendBoard(ports, beginTurn(ports));
    expect(entryOf(world)!.hearing).toBe('heard');
  });

  test('says nothing about the devices of a wearer who has to reconnect', async () => {
    await world.tables.devices.insert({ partition: 'wearer-1', row }, device(80));
    await checked(device(80));
    const refusal = { consent: 1, generation: 1, firstAt: now(), confirmedAt: now() };
    await write((before) => ({ ...before, refusal }));
    expect(countsOf(world)).toEqual({ disconnected: 1, 'disconnected Leeds': 1 });
    await mendBoard(ports, beginTurn(ports));
    expect(countsOf(world)).toEqual({ disconnected: 1, 'disconnected Leeds': 1 });
  });
});

import { noteChecked } from '../../../src/domain/board/keep-board';
import { readHearingCount } from '../../../src/domain/board/read-board';
import { raiseAlarm } from '../../../src/domain/messages/alarms';
import { deriveLink } from '../../../src/domain/contact/keyed-values';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../../src/domain/store/row-keys';
import {
  dispatchBatteryCheck,
  dispatchRotation,
  goOnDispatching,
} from '../../../src/domain/operation/dispatch';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { watch } from '../../../src/domain/operation/watchdog';
import { AppError } from '../../../src/errors';
import type { AlarmName, CheckJob, Connection, Device, OperateJob } from '../../../src/model';
import type { Key, Row, Table } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { keptBoard } from '../../support/kept-board';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { find, findAndWatch } from '../../support/find-and-watch';
import { sendToOperator } from '../../../src/domain/operation/tell-operator';

const hour = 3_600_000;
const day = 24 * hour;

const recordOf = ({ tables }: TestWorld, id: string): Connection =>
  tables.connections.values().find((record) => record.id === id)!;

const on = ({ tables }: TestWorld): AlarmName[] =>
  tables.alarms
    .values()
    .filter(({ endedAt }) => endedAt === undefined)
    .map(({ name }) => name);

async function runBoth({ ports }: TestWorld): Promise<void> {
  await dispatchRotation(ports);
  await dispatchBatteryCheck(ports);
}

test('a service that has just been deployed is not overdue; one that never ran is, after a while', async () => {
  const world = createTestWorld();
  await watch(world.ports);
  expect(on(world)).toEqual([]);
  world.clock.advance(2 * hour + 1);
  await watch(world.ports);
  expect(on(world)).toEqual(['battery run overdue']);
  world.clock.advance(5 * hour);
  await watch(world.ports);
  expect(on(world)).toEqual(['battery run overdue', 'rotation run overdue']);
});

test('a queue that takes nothing keeps no alarm from being raised, and its texts are sent later', async () => {
  const world = createTestWorld({ operatorPhone: new Secret('+14255550100') });
  await watch(world.ports);
  const { enqueue } = world.queues;
  world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'No answer.'));
  world.clock.advance(8 * hour);
  await expect(watch(world.ports)).rejects.toThrow('No answer.');
  expect(on(world)).toEqual(['rotation run overdue', 'battery run overdue']);
  world.queues.enqueue = enqueue;
  await watch(world.ports);
  await sendToOperator(world.ports);
  expect(world.sms.sent.map(({ body }) => body).sort()).toEqual([
    expect.stringContaining('battery run overdue'),
    expect.stringContaining('rotation run overdue'),
  ]);
});

test('a run that completes ends the alarm', async () => {
  const world = createTestWorld();
  await watch(world.ports);
  world.clock.advance(8 * hour);
  await watch(world.ports);
  expect(on(world)).toHaveLength(2);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual([]);
  expect(world.log.entries.filter(({ event }) => event === 'alarm.over')).toHaveLength(2);
});

test('a run that fails each time does not count as one', async () => {
  const world = createTestWorld();
  await runBoth(world);
  await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() + 6 * hour } });
  world.queues.enqueue = () => Promise.reject(new Error('down'));
  world.clock.advance(6 * hour);
  await expect(dispatchRotation(world.ports)).rejects.toThrow('down');
  world.clock.advance(2 * hour);
  await watch(world.ports);
  expect(on(world)).toContain('rotation run overdue');
});

test('a connection that was not rotated in time is one alarm with the count', async () => {
  const world = createTestWorld();
  for (const provider of ['fitbit', 'google-health'] as const) {
    await connectWearer(world, provider, { set: { issuedAt: world.clock.now() - 7 * hour - 1 } });
  }
  await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() - 7 * hour } });
  await findAndWatch(world.ports);
  expect(on(world)).toEqual(['connections overdue']);
  expect(world.log.entries).toContainEqual({
    level: 'error',
    event: 'alarm.raised',
    fields: { alarm: 'connections overdue', count: 2 },
  });
});

test('closed, retired and never connected ones are not overdue', async () => {
  const world = createTestWorld();
  const old = { issuedAt: world.clock.now() - 30 * day };
  await connectWearer(world, 'fitbit', { set: old, closedAt: 1 });
  await connectWearer(world, 'fitbit', { set: old, retirement: { firstAt: 0, confirmedAt: 1 } });
  await connectWearer(world, 'fitbit', { set: old, pointer: undefined });
  await findAndWatch(world.ports);
  expect(on(world)).toEqual(['provider switched off']);
});

test.each([
  [
    'access that was granted for a limited time and ends in less than three days',
    { refreshExpiresAt: 3 * day - 1 },
    true,
  ],
  ['access that lasts three days', { refreshExpiresAt: 3 * day }, false],
])('%s', async (_, { refreshExpiresAt }, expected) => {
  const world = createTestWorld();
  const now = world.clock.now();
  await connectWearer(world, 'google-health', {
    pointer: {
      consent: 1,
      generation: 1,
      secretVersion: 'version-1',
      expiresAt: now,
      rotatedAt: now,
      refreshExpiresAt: now + refreshExpiresAt,
    },
  });
  await findAndWatch(world.ports);
  expect(on(world).includes('grants about to expire')).toBe(expected);
});

test('a provider that has been switched off is an alarm until it serves somebody again', async () => {
  const world = createTestWorld();
  const retirement = { firstAt: 0, confirmedAt: 1 };
  await connectWearer(world, 'fitbit', { retirement });
  await connectWearer(world, 'fitbit');
  await connectWearer(world, 'google-health');
  await findAndWatch(world.ports);
  expect(on(world)).not.toContain('provider switched off');
  const [, second] = ['wearer-1', 'wearer-2'].map((id) => connectionKey(id));
  await change(world.tables.connections, second!, (record) => ({ ...record, retirement }));
  await findAndWatch(world.ports);
  expect(on(world)).toContain('provider switched off');
  // Both have moved on.
  for (const id of ['wearer-1', 'wearer-2'])
    await change(world.tables.connections, connectionKey(id), (record) => ({
      ...record,
      provider: 'google-health' as const,
      retirement: undefined,
    }));
  await findAndWatch(world.ports);
  expect(on(world)).toContain('provider switched off');
  await connectWearer(world, 'fitbit');
  await findAndWatch(world.ports);
  expect(on(world)).not.toContain('provider switched off');
});

test('a Google grant that nobody has used for five months is about to expire', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'google-health', { set: { issuedAt: world.clock.now() - 154 * day } });
  await findAndWatch(world.ports);
  expect(on(world)).toEqual(['connections overdue', 'grants about to expire']);
});

describe('grants that die at the age at which an unpublished client loses them', () => {
  /** Of the ones that died, after so many days; and of those that live. */
  async function connectAged(
    world: TestWorld,
    days: readonly number[],
    alive: readonly number[] = [],
    ago = 0,
  ): Promise<void> {
    const at = world.clock.now() - ago * day;
    const position = { consent: 1, generation: 1 };
    const pointer = { ...position, secretVersion: 'v', expiresAt: at, rotatedAt: world.clock.now() };
    for (const each of days) {
      await connectWearer(world, 'google-health', {
        phone: undefined,
        refusal: { ...position, firstAt: at, confirmedAt: at },
        pointer: { ...pointer, rotatedAt: at, consentedAt: at - each * day },
      });
    }
    for (const each of alive) {
      const consentedAt = world.clock.now() - each * day;
      await connectWearer(world, 'google-health', { phone: undefined, pointer: { ...pointer, consentedAt } });
    }
  }

  test.each<[string, number[], number[], number, boolean]>([
    ['two', [7, 7], [], 0, true],
    ['two, and others who are new', [7, 6.6], [1, 2, 3, 4], 0, true],
    ['one, who may have taken the access back', [7], [], 0, false],
    ['one of many', [7], [30, 300], 0, false],
    ['two of many whose grants got older than that', [7, 7], [30, 300], 0, false],
    ['two, too early', [6.4, 6.4], [], 0, false],
    ['two, too late', [30, 30], [], 0, false],
    ['two, long ago', [7, 7], [], 31, false],
  ])('%s: unpublished client suspected or not', async (_, died, alive, ago, expected) => {
    const world = createTestWorld();
    await connectAged(world, died, alive, ago);
    await findAndWatch(world.ports);
    expect(on(world).includes('publishing status Testing suspected')).toBe(expected);
  });
});

test('a wearer who has to reconnect and was not told yet is told, once', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', {
    refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
  });
  await connectWearer(world, 'fitbit', { retirement: { firstAt: 0, confirmedAt: 1 } });
  await findAndWatch(world.ports);
  expect(world.sms.sent).toEqual([]);
  const jobs = world.queues.jobs.splice(0).map(({ job }) => job as CheckJob);
  expect(jobs.map(({ connection }) => connection).sort()).toEqual(['wearer-1', 'wearer-2']);
  for (const job of jobs) await runCheckJob(world.ports, job);
  await findAndWatch(world.ports);
  expect(world.queues.jobs).toEqual([]);
  const links = await Promise.all(['wearer-1', 'wearer-2'].map((id) => deriveLink(world.ports, id, 1)));
  expect(world.sms.sent.map(({ body }) => body).sort()).toEqual(
    links
      .map(
        (link) =>
          `Fitbit Token Service: Fitbit has disconnected. Reconnect: https://tokens.example.com/m/${link} STOP to end`,
      )
      .sort(),
  );
});

test('an alarm that is on because of one does not hide that all others follow', async () => {
  const world = createTestWorld({ operatorPhone: new Secret('+14255550100') });
  await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() - 30 * day } });
  for (let n = 0; n < 99; n += 1) await connectWearer(world, 'fitbit');
  for (let hours = 0; hours < 12; hours += 1) {
    if (hours % 6 === 0) await dispatchRotation(world.ports);
    await findAndWatch(world.ports);
    await sendToOperator(world.ports);
    world.clock.advance(hour);
  }
  expect(
    world.log.entries.filter(({ event }) => event === 'alarm.raised').map(({ fields }) => fields),
  ).toEqual([
    { alarm: 'connections overdue', count: 1 },
    { alarm: 'connections overdue', count: 100 },
  ]);
  expect(world.sms.sent.map(({ body }) => body)).toEqual([
    'Fitbit Token Service: ALARM: connections overdue (1). See docs/operations.md.',
    'Fitbit Token Service: ALARM: connections overdue (100). See docs/operations.md.',
  ]);
});

test.each(['CLIENT_REFUSED', 'JOB_POISONED'] as const)(
  'how many connections %s concerns is said',
  async (code) => {
    const world = createTestWorld();
    const now = world.clock.now();
    for (let n = 0; n < 12; n += 1)
      await connectWearer(world, 'fitbit', { failedAttempt: { at: now, code } });
    await findAndWatch(world.ports);
    expect(world.log.entries.filter(({ event }) => event !== 'run.dispatched')).toEqual([
      {
        level: 'error',
        event: 'alarm.raised',
        fields: { alarm: code === 'JOB_POISONED' ? 'jobs poisoned' : 'client refused', count: 12 },
      },
    ]);
  },
);

test('records that nobody can read any more are an alarm, though every run comes to its end', async () => {
  const world = createTestWorld();
  await connectWearer(world);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual([]);
  const { list } = world.tables.connections;
  // A record of a shape that is unknown here is passed over.
  world.tables.connections.list = async function* () {};
  world.clock.advance(hour);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual(['nobody readable']);
  world.tables.connections.list = list;
  world.clock.advance(hour);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual([]);
});

test('a text to reconnect that cannot be queued keeps nobody from a job, and no alarm from being raised', async () => {
  const world = createTestWorld();
  await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() - day } });
  await connectWearer(world, 'fitbit', {
    refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
  });
  const { enqueue } = world.queues;
  world.queues.enqueue = (job, delayMs) =>
    'connection' in job && job.connection === 'wearer-2'
      ? Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'down'))
      : enqueue(job, delayMs);
  await expect(dispatchBatteryCheck(world.ports)).resolves.toMatchObject({ count: 1, complete: true });
  expect(world.log.entries).toContainEqual({
    level: 'warn',
    event: 'text.not_sent',
    fields: { connection: 'wearer-2', kind: 'reconnect', code: 'QUEUE_UNAVAILABLE' },
  });
  await watch(world.ports);
  expect(on(world)).toEqual(['connections overdue']);
});

describe('what a run has found', () => {
  const lateOnes = async (world: TestWorld, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      await connectWearer(world, 'fitbit', { set: { issuedAt: world.clock.now() - day } });
  };
  const counted = (world: TestWorld) =>
    world.tables.runs.values().find(({ kind }) => kind === 'check-battery')?.findings?.counts[
      'connections overdue'
    ];

  test('is judged when it has come past all connections, and then says how many there are', async () => {
    const world = createTestWorld();
    await lateOnes(world, 100);
    const { policy } = world.ports;
    const ports = { ...world.ports, policy: { ...policy, times: { ...policy.times, workMs: 10_000 } } };
    const { enqueue } = world.queues;
    const orders: OperateJob[] = [];
    // Every job takes a second.
    world.queues.enqueue = (job, delayMs) => {
      if (job.kind === 'operate') orders.push(job);
      world.clock.advance(1_000);
      return enqueue(job, delayMs);
    };
    await dispatchBatteryCheck(ports);
    let turns = 1;
    for (; orders.length > 0; turns += 1) {
      await watch(ports);
      expect(on(world)).toEqual([]);
      expect(orders.splice(0)).toEqual([{ kind: 'operate', work: 'check-batteries', goesOn: true }]);
      await goOnDispatching(ports, 'check-battery');
    }
    expect(turns).toBeGreaterThan(1);
    await watch(ports);
    expect(world.log.entries.at(-1)?.fields).toEqual({ alarm: 'connections overdue', count: 100 });
  });

  test('by shards counts each connection once, though every shard is delivered twice and one dies midway', async () => {
    const world = createTestWorld();
    await lateOnes(world, 1_300);
    const { enqueue } = world.queues;
    const orders: OperateJob[] = [];
    let given = 0;
    let isDead = false;
    const seen = new Set([counted(world)]);
    world.queues.enqueue = (job, delayMs) => {
      if (job.kind === 'operate') {
        orders.push(job, job);
        return enqueue(job, delayMs);
      }
      given += 1;
      isDead ||= given === 1_050;
      return isDead ? Promise.reject(new Error('killed')) : Promise.resolve(() => Promise.resolve());
    };
    await dispatchBatteryCheck(world.ports);
    expect(orders.length).toBeGreaterThan(4);
    for (let job = orders.shift(); job; job = orders.shift()) {
      await goOnDispatching(world.ports, 'check-battery', job.shard).catch(() => {
        isDead = false;
        orders.push(job);
      });
      seen.add(counted(world));
      world.clock.advance(61_000);
    }
    expect(given).toBeGreaterThan(1_300);
    expect([...seen]).toEqual([undefined, 1_300]);
    await watch(world.ports);
    expect(world.log.entries.at(-1)?.fields).toEqual({ alarm: 'connections overdue', count: 1_300 });
  });

  test('stays in force while the next run is on its way', async () => {
    const world = createTestWorld();
    await lateOnes(world, 1);
    await findAndWatch(world.ports);
    world.clock.advance(hour);
    world.queues.enqueue = () => Promise.reject(new Error('down'));
    await expect(dispatchBatteryCheck(world.ports)).rejects.toThrow('down');
    await watch(world.ports);
    expect(on(world)).toEqual(['connections overdue']);
    expect(counted(world)).toBe(1);
  });

  test('raises and ends nothing when no run has come to its end for hours: the alarm about the run says so', async () => {
    const world = createTestWorld();
    await lateOnes(world, 1);
    await findAndWatch(world.ports);
    await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
      ...record,
      pointer: { ...record.pointer!, rotatedAt: world.clock.now() },
    }));
    world.clock.advance(2 * hour + 1);
    world.log.entries.length = 0;
    await watch(world.ports);
    expect(on(world)).toEqual(['connections overdue', 'battery run overdue']);
    expect(world.log.entries).toContainEqual({
      level: 'warn',
      event: 'watchdog.findings_too_old',
      fields: { run: expect.any(String) as string, job: 'check-battery' },
    });
    await findAndWatch(world.ports);
    expect(on(world)).toEqual([]);
  });

  test('is that of rotations where these came last', async () => {
    const world = createTestWorld();
    await lateOnes(world, 1);
    await dispatchRotation(world.ports);
    await watch(world.ports);
    expect(on(world)).toEqual(['connections overdue']);
  });

  test('does not end what was seen after it began', async () => {
    const world = createTestWorld();
    await connectWearer(world);
    await find(world.ports);
    world.clock.advance(1);
    await raiseAlarm(world.ports, 'access tokens not published');
    await watch(world.ports);
    expect(on(world)).toEqual(['access tokens not published']);
    world.clock.advance(hour);
    await findAndWatch(world.ports);
    expect(on(world)).toEqual([]);
  });
});

test('the watchdog makes as many calls for a thousand connections as for ten', async () => {
  const callsFor = async (connections: number): Promise<number> => {
    const world = createTestWorld();
    for (let n = 0; n < connections; n += 1) {
      const { connection } = await connectWearer(world, 'fitbit', {
        set: { issuedAt: world.clock.now() - day },
      });
      await noteChecked(world.ports, connection, {
        devices: new Map(),
        texts: 'on',
        lastText: undefined,
      });
    }
    await find(world.ports);
    let calls = 0;
    for (const table of Object.values(world.tables) as Table<unknown>[]) {
      const { get, list, insert, replace } = table;
      Object.assign(table, {
        get: (key: Key) => ((calls += 1), get(key)),
        insert: (key: Key, value: unknown) => ((calls += 1), insert(key, value)),
        replace: (row: Row<unknown>, value: unknown) => ((calls += 1), replace(row, value)),
        async *list(...where: Parameters<typeof list>) {
          calls += 1;
          for await (const row of list(...where)) {
            // A row costs a share of a page.
            calls += 1 / 1_000;
            yield row;
          }
        },
      });
    }
    await watch(world.ports);
    expect(on(world)).toEqual(['connections overdue']);
    return calls;
  };
  const few = await callsFor(10);
  expect(few).toBeLessThan(70);
  expect(await callsFor(1_000)).toBe(few);
});

test('an alarm that others raised is over when it was not seen for a whole schedule', async () => {
  const world = createTestWorld();
  await raiseAlarm(world.ports, 'client refused');
  world.clock.advance(7 * hour);
  await runBoth(world);
  await watch(world.ports);
  expect(on(world)).toEqual(['client refused']);
  world.clock.advance(1);
  await watch(world.ports);
  expect(on(world)).toEqual([]);
});

describe('devices that fall silent', () => {
  /** A check of each connection, whose one tracker was heard of so many hours ago. */
  async function listen(world: TestWorld, ...hoursAgo: number[]): Promise<void> {
    for (const [n, hours] of hoursAgo.entries()) {
      const id = `wearer-${n + 1}`;
      if (!world.tables.connections.values().some((record) => record.id === id)) await connectWearer(world);
      const syncedAt = world.clock.now() - hours * hour;
      const device: Device = {
        connection: id,
        reading: { device: 'tracker', kind: 'tracker', model: 'Charge 6', percent: 50, syncedAt },
        firstSeenAt: syncedAt,
        checkedAt: world.clock.now(),
        cycle: 1,
        armed: true,
        heard: true,
      };
      const devices = new Map([['tracker', device]]);
      await noteChecked(world.ports, recordOf(world, id), { devices, texts: 'on', lastText: undefined });
    }
  }

  test.each<[string, number[], boolean]>([
    ['three of five', [25, 25, 25, 1, 1], true],
    ['three of six', [25, 25, 25, 1, 1, 1], true],
    ['three of seven', [25, 25, 25, 1, 1, 1, 1], false],
    ['two of two, who can be camping', [25, 25], false],
    ['none', [1, 1, 1], false],
    ['three that were put away', [15 * 24, 15 * 24, 15 * 24], false],
  ])('at once, %s, are an outage or not', async (_, hoursAgo, outage) => {
    const world = createTestWorld();
    await listen(world, ...hoursAgo);
    await watch(world.ports);
    expect(on(world)).toEqual(outage ? ['many devices silent'] : []);
  });

  test('are one alarm with the count of the silent, which ends when they speak again', async () => {
    const world = createTestWorld();
    await listen(world, 25, 25, 25, 1);
    await watch(world.ports);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'alarm.raised', fields: { alarm: 'many devices silent', count: 3 } },
    ]);
    await listen(world, 0, 0, 0, 0);
    await watch(world.ports);
    expect(on(world)).toEqual([]);
  });

  test('are not counted while no check can see them', async () => {
    const world = createTestWorld();
    const { tables } = keptBoard(world);
    const changeEach = async (more: Partial<Connection>) => {
      for (const id of ['wearer-1', 'wearer-2', 'wearer-3'])
        await change(tables.connections, connectionKey(id), (record) => ({ ...record, ...more }));
    };
    await listen(world, 25, 25, 25, 1);
    const now = world.clock.now();
    const failing = { since: now, code: 'PROVIDER_UNAVAILABLE', codeSince: now, count: 2 } as const;
    await changeEach({ failingCheck: { ...failing, lastAt: now + 2 * hour } });
    expect(await readHearingCount(world.ports)).toEqual({ heard: 1, quiet: 3 });
    await changeEach({ failingCheck: { ...failing, lastAt: now + 2 * hour + 1 } });
    expect(await readHearingCount(world.ports)).toEqual({ heard: 1, quiet: 0 });
    await changeEach({ failingCheck: undefined });
    await listen(world, 25, 25, 25, 1);
    expect(await readHearingCount(world.ports)).toEqual({ heard: 1, quiet: 3 });
    await changeEach({ retirement: { firstAt: 0, confirmedAt: 1 } });
    expect(await readHearingCount(world.ports)).toEqual({ heard: 1, quiet: 0 });
    await watch(world.ports);
    expect(on(world)).toEqual([]);
  });

  test('change no alarm while no check runs', async () => {
    const world = createTestWorld();
    await watch(world.ports);
    await listen(world, 25, 25, 25, 1);
    world.clock.advance(2 * hour + 1);
    await watch(world.ports);
    expect(on(world)).toEqual(['battery run overdue']);
  });
});

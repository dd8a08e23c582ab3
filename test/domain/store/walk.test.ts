import { beginTurn, endTurn, type Walked } from '../../../src/domain/store/turn';
import { walk } from '../../../src/domain/store/walk';
import { firstRows, sideBySide } from '../../../src/domain/store/walk-course';
import type { Walk } from '../../../src/domain/store/walk-options';
import { connectionPartitions, passKey } from '../../../src/domain/store/row-keys';
import { AppError } from '../../../src/errors';
import type { Identity } from '../../../src/model';
import { createTestWorld, type TestWorld } from '../../support/world';

const second = 1_000;

let world: TestWorld;
let visited: string[];
beforeEach(() => {
  world = createTestWorld();
  visited = [];
});

const nameOf = (partition: string, n: number): string => `${partition}-${String(n).padStart(3, '0')}`;
const allNames = (each: number): string[] =>
  connectionPartitions.flatMap((partition) => Array.from({ length: each }, (_, n) => nameOf(partition, n)));

/** So many rows in each of the 16 partitions. */
async function fill(each: number): Promise<void> {
  for (const row of allNames(each)) {
    await world.tables.identities.insert({ partition: row.slice(0, 1), row }, { connection: row });
  }
}

/** A visit takes a second of the invocation's time, as if there was one lane. */
async function go(
  {
    workMs = 3_600 * second,
    goesOn = false,
    shard,
  }: { workMs?: number; goesOn?: boolean; shard?: number } = {},
  more: Partial<Walk<Identity>> = {},
): Promise<Walked> {
  const walked = await walk(world.ports, beginTurn(world.ports, { workMs, goesOn, shard }), {
    name: 'identities',
    table: world.tables.identities,
    visit: ({ value }, { count }) => {
      visited.push(value.connection);
      count('rows');
      world.clock.advance(second);
    },
    ...more,
  });
  await endTurn(world.ports, 'housekeeping', [walked]);
  return walked;
}
const goOn = { kind: 'operate', work: 'housekeeping', goesOn: true };
const jobs = () => world.queues.jobs.map(({ job }) => job);

/** Reads fail from the given row on. */
function breakListsAt(row: string): () => void {
  const { list } = world.tables.identities;
  world.tables.identities.list = async function* (...where) {
    for await (const each of list(...where)) {
      if (each.key.row === row) throw new AppError('TABLE_UNAVAILABLE', 'No answer.');
      yield each;
    }
  };
  return () => void (world.tables.identities.list = list);
}

test('an empty table is done at once', async () => {
  await expect(go()).resolves.toMatchObject({ isDone: true, counts: {} });
  expect(jobs()).toEqual([]);
});

test.each([1, 62, 63, 70])(
  '%i rows in each partition are visited once, in one listing or side by side',
  async (each) => {
    await fill(each);
    const listings: unknown[] = [];
    const { list } = world.tables.identities;
    world.tables.identities.list = (...where) => {
      listings.push(where[0]);
      return list(...where);
    };
    await expect(go()).resolves.toMatchObject({ isDone: true, counts: { rows: 16 * each } });
    expect(visited.sort()).toEqual(allNames(each));
    // Up to the first thousand there is one question to the table.
    expect(listings.length === 1).toBe(16 * each < firstRows);
  },
);

test.each([20, 70])(
  'what is left of 16 times %i rows when the time is up, a job goes on with',
  async (each) => {
    await fill(each);
    let rounds = 0;
    let walked = await go({ workMs: 50 * second });
    for (; !walked.isDone; rounds += 1) {
      expect(walked.isUnfinished).toBe(true);
      expect(jobs().splice(0)).toEqual([goOn]);
      world.queues.jobs.length = 0;
      walked = await go({ workMs: 50 * second, goesOn: true });
    }
    expect(jobs()).toEqual([]);
    expect(rounds).toBeGreaterThan((16 * each) / 50 / 2);
    expect(walked.counts).toEqual({ rows: 16 * each });
    expect(visited.sort()).toEqual(allNames(each));
  },
);

test('a visit is made in each round, however little time there is', async () => {
  await fill(1);
  for (let round = 0; round < 2; round += 1) await go({ workMs: 0, goesOn: round > 0 });
  expect(new Set(visited).size).toBe(16);
});

test.each([20, 70])(
  'when a page of 16 times %i rows cannot be read, whoever was read was visited, and the next turn goes on there',
  async (each) => {
    await fill(each);
    const mend = breakListsAt(nameOf('3', 18));
    await expect(go()).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(visited).toContain(nameOf('3', 17));
    expect(visited).not.toContain(nameOf('3', 18));
    mend();
    await expect(go()).resolves.toMatchObject({ isDone: true, counts: { rows: 16 * each } });
    expect(visited.sort()).toEqual(allNames(each));
  },
);

test.each([1, 70])(
  'of 16 times %i rows one that fails keeps no other from its visit, and the next pass comes by',
  async (each) => {
    await fill(each);
    const down = new AppError('QUEUE_UNAVAILABLE', 'No answer.');
    const visit: Walk<Identity>['visit'] = ({ value }) => {
      visited.push(value.connection);
      if (value.connection === nameOf('3', 0)) throw down;
    };
    await expect(go({}, { visit })).rejects.toBe(down);
    expect(visited.splice(0).sort()).toEqual(allNames(each));
    await go({ goesOn: true }, { visit });
    expect(visited).toEqual([]);
  },
);

test.each([1, 70])(
  'of 16 times %i rows one that failed is visited again where that is wanted',
  async (each) => {
    await fill(each);
    const down = new AppError('QUEUE_UNAVAILABLE', 'No answer.');
    let isDown = true;
    const visit: Walk<Identity>['visit'] = ({ value }) => {
      visited.push(value.connection);
      if (isDown && value.connection === nameOf('3', 0)) throw down;
    };
    await expect(go({}, { visit, repeatsFailed: true })).rejects.toBe(down);
    expect(visited.splice(0).sort()).toEqual(allNames(each));
    isDown = false;
    await expect(go({ goesOn: true }, { visit, repeatsFailed: true })).resolves.toMatchObject({
      isDone: true,
    });
    expect(visited).toContain(nameOf('3', 0));
    expect(visited).not.toContain(nameOf('2', 0));
  },
);

test.each([1, 70])(
  'of 16 times %i rows each counts once, though one failed and those behind it are visited again',
  async (each) => {
    await fill(each);
    let isDown = true;
    const visit: Walk<Identity>['visit'] = ({ value }, { count }) => {
      visited.push(value.connection);
      count('seen');
      if (isDown && value.connection === nameOf('3', 0))
        throw new AppError('QUEUE_UNAVAILABLE', 'No answer.');
      count('rows');
    };
    await expect(go({}, { visit, repeatsFailed: true })).rejects.toThrow('No answer.');
    isDown = false;
    const { counts } = await go({ goesOn: true }, { visit, repeatsFailed: true });
    expect(visited.length).toBeGreaterThan(16 * each);
    expect(counts).toEqual({ seen: 16 * each, rows: 16 * each });
    expect((await world.tables.passes.get(passKey('identities')))?.value.counts).toEqual(counts);
  },
);

test('no more than 64 rows are visited at the same time', async () => {
  await fill(70);
  let open = 0;
  let most = 0;
  const visit = async (): Promise<void> => {
    most = Math.max(most, (open += 1));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    open -= 1;
  };
  await go({}, { visit });
  expect({ most, open, sideBySide }).toEqual({ most: 64, open: 0, sideBySide: 64 });
});

test('a worker that dies leaves at most what it did in twenty seconds', async () => {
  await fill(70);
  const dies = new Error('killed');
  const { replace, insert } = world.tables.passes;
  const visit: Walk<Identity>['visit'] = ({ value }, { count }) => {
    visited.push(value.connection);
    count('rows');
    world.clock.advance(second);
    if (visited.length < 1_060) return;
    // From now on nothing of it reaches a table.
    world.tables.passes.replace = world.tables.passes.insert = () => Promise.reject(dies);
  };
  await expect(go({}, { visit })).rejects.toBe(dies);
  Object.assign(world.tables.passes, { replace, insert });
  const before = new Set(visited.splice(0, 1_060));
  await expect(go()).resolves.toMatchObject({ isDone: true, counts: { rows: 16 * 70 } });
  expect(visited.filter((name) => before.has(name)).length).toBeLessThanOrEqual(40);
  expect(new Set([...before, ...visited]).size).toBe(16 * 70);
});

test('of two that go on with the same pass one stops, and only the other one goes on', async () => {
  await fill(70);
  await go({ workMs: 0 });
  world.queues.jobs.length = 0;
  const both = await Promise.all([
    go({ workMs: 100 * second, goesOn: true }),
    go({ workMs: 100 * second, goesOn: true }),
  ]);
  expect(both.filter(({ isUnfinished }) => isUnfinished)).toHaveLength(1);
  expect(jobs()).toEqual([goOn]);
});

test('a pass that is done begins anew with the next timer, and not with a job that goes on', async () => {
  await fill(1);
  await go();
  await expect(go({ goesOn: true })).resolves.toMatchObject({ isDone: true, counts: { rows: 16 } });
  expect(visited).toHaveLength(16);
  await expect(go()).resolves.toMatchObject({ counts: { rows: 16 } });
  expect(visited).toHaveLength(32);
});

test('a pass that is due once a day is not repeated sooner', async () => {
  await fill(1);
  const day = 24 * 3_600 * second;
  await go({}, { everyMs: day });
  world.clock.advance(day - 17 * second);
  await go({}, { everyMs: day });
  expect(visited).toHaveLength(16);
  world.clock.advance(second);
  await go({}, { everyMs: day });
  expect(visited).toHaveLength(32);
});

test('a pass for something else is not gone on with', async () => {
  await fill(2);
  await go({ workMs: 0 }, { id: 'run-1' });
  visited.length = 0;
  await expect(go({}, { id: 'run-2' })).resolves.toMatchObject({ isDone: true, counts: { rows: 32 } });
  expect((await world.tables.passes.get(passKey('identities')))?.value).toMatchObject({ id: 'run-2' });
});

test('a pass for the same thing is made once, though whoever has completed it died before saying so', async () => {
  await fill(2);
  await go({}, { id: 'run-1' });
  await expect(go({}, { id: 'run-1' })).resolves.toMatchObject({ isDone: true, counts: { rows: 32 } });
  expect(visited).toHaveLength(32);
});

describe('a walk with shards', () => {
  const minute = 60 * second;
  const options = { id: 'run-1', hasShards: true } as const;
  const shardOf = ({ job }: { job: object }): number | undefined =>
    'shard' in job ? (job.shard as number) : -1;
  /** Takes the jobs that are due, each in an invocation of its own. */
  async function deliver(
    of: { workMs?: number } = {},
    more: Partial<Walk<Identity>> = {},
  ): Promise<Walked[]> {
    const due = world.queues.jobs.splice(0);
    const walked: Walked[] = [];
    for (const job of due) {
      walked.push(await go({ ...of, goesOn: true, shard: shardOf(job) as number }, { ...options, ...more }));
    }
    return walked;
  }

  test('of up to a thousand rows is done at once', async () => {
    await fill(62);
    await expect(go({}, options)).resolves.toMatchObject({ isDone: true, counts: { rows: 992 } });
    expect(jobs()).toEqual([]);
  });

  test('leaves what is behind the first thousand to one job for each range, and the last one completes it', async () => {
    await fill(100);
    await expect(go({}, options)).resolves.toMatchObject({ isDone: false, counts: { rows: 1_000 } });
    expect(visited).toHaveLength(1_000);
    expect(jobs()).toEqual([9, 10, 11, 12, 13, 14, 15].map((shard) => ({ ...goOn, shard })));
    const walked = await deliver();
    expect(walked.map(({ isDone }) => isDone)).toEqual([...Array<boolean>(6).fill(false), true]);
    expect(walked.at(-1)!.counts).toEqual({ rows: 1_600 });
    expect(visited.sort()).toEqual(allNames(100));
    expect((await world.tables.passes.get(passKey('identities')))!.value).toMatchObject({
      ...{ id: 'run-1', counts: { rows: 1_600 }, positions: {}, completedAt: world.clock.now() },
    });
    expect(jobs()).toEqual([]);
  });

  test('of which all shards come to their end at the same moment is completed by one of them', async () => {
    await fill(100);
    await go({}, options);
    const due = world.queues.jobs.splice(0);
    const walked = await Promise.all(
      due.map((job) => go({ goesOn: true, shard: shardOf(job) as number }, options)),
    );
    expect(walked.filter(({ isDone }) => isDone)).toHaveLength(1);
    expect(visited.sort()).toEqual(allNames(100));
  });

  test('does nothing again when the job of a shard is delivered once more, nor when its timer comes again', async () => {
    await fill(100);
    await go({}, options);
    const twice = [...world.queues.jobs];
    await go({}, options);
    expect(world.queues.jobs).toHaveLength(14);
    await deliver();
    world.queues.jobs.push(...twice);
    const walked = await deliver();
    expect(walked.map(({ isDone, counts }) => [isDone, counts['rows']])).toEqual(
      Array.from({ length: 7 }, () => [true, 1_600]),
    );
    expect(visited.sort()).toEqual(allNames(100));
  });

  test('lets one worker have a shard: another one puts its job back for as long as the first may take to say that it lives', async () => {
    await fill(100);
    await go({}, options);
    world.queues.jobs.length = 0;
    let others: Promise<Walked>[] = [];
    await go(
      { goesOn: true, shard: 12 },
      {
        ...options,
        visit: ({ value }) => {
          visited.push(value.connection);
          if (others.length === 0) others = [go({ goesOn: true, shard: 12 }, options)];
        },
      },
    );
    await Promise.all(others);
    expect(visited.sort()).toEqual([...allNames(100).slice(0, 1_000), ...allNames(100).slice(1_200, 1_300)]);
    expect(world.queues.jobs).toEqual([{ job: { ...goOn, shard: 12 }, delayMs: minute }]);
    world.queues.jobs.length = 0;
    await expect(go({ goesOn: true, shard: 12 }, options)).resolves.toMatchObject({ isDone: false });
    expect(visited).toHaveLength(1_100);
    expect(jobs()).toEqual([]);
  });

  test('goes on with a shard whose worker died, a minute after its last sign of life', async () => {
    await fill(100);
    await go({}, options);
    world.queues.jobs.length = 0;
    const dies = new Error('killed');
    const { replace } = world.tables.passes;
    const visit: Walk<Identity>['visit'] = ({ value }, { count }) => {
      visited.push(value.connection);
      count('rows');
      if (value.connection === nameOf('c', 49)) world.tables.passes.replace = () => Promise.reject(dies);
    };
    await expect(go({ goesOn: true, shard: 12 }, { ...options, visit })).rejects.toBe(dies);
    world.tables.passes.replace = replace;
    visited.length = 0;
    await go({ goesOn: true, shard: 12 }, options);
    expect(visited).toEqual([]);
    const delayMs = world.queues.jobs.splice(0)[0]?.delayMs ?? 0;
    expect(delayMs).toBe(minute);
    world.clock.advance(delayMs);
    await go({ goesOn: true, shard: 12 }, options);
    expect(visited).toEqual(allNames(100).slice(1_200, 1_300));
    expect((await world.tables.passes.get(passKey('identities:12')))?.value.counts).toEqual({ rows: 100 });
  });

  test('goes on with a shard for which there was no time, in as many jobs as it takes', async () => {
    await fill(100);
    await go({}, options);
    let rounds = 0;
    for (; world.queues.jobs.length > 0; rounds += 1) await deliver({ workMs: 10 * second });
    expect(rounds).toBeGreaterThan(5);
    expect(visited.sort()).toEqual(allNames(100));
    expect((await world.tables.passes.get(passKey('identities')))!.value.counts).toEqual({ rows: 1_600 });
  });

  test('stops where a row failed, throws, and visits it again with the next delivery', async () => {
    await fill(100);
    await go({}, options);
    world.queues.jobs.length = 0;
    const down = new AppError('QUEUE_UNAVAILABLE', 'No answer.');
    let isDown = true;
    const visit: Walk<Identity>['visit'] = ({ value }, { count }) => {
      if (isDown && value.connection === nameOf('c', 49)) throw down;
      visited.push(value.connection);
      count('rows');
    };
    const again = { ...options, visit, repeatsFailed: true };
    await expect(go({ goesOn: true, shard: 12 }, again)).rejects.toBe(down);
    isDown = false;
    await go({ goesOn: true, shard: 12 }, again);
    expect(new Set(visited).size).toBe(1_100);
    expect(visited).not.toHaveLength(1_100);
    expect((await world.tables.passes.get(passKey('identities:12')))?.value.counts).toEqual({ rows: 100 });
  });

  test('leaves the shards of an earlier run alone', async () => {
    await fill(100);
    await go({}, options);
    visited.length = 0;
    await go({}, { ...options, id: 'run-2' });
    await expect(go({ goesOn: true, shard: 12 }, options)).resolves.toMatchObject({
      isDone: false,
      counts: {},
    });
    expect(visited).toHaveLength(1_000);
  });

  test('counts as if its shards took turns, so that what they hand out is spread evenly and without gaps', async () => {
    await fill(100);
    const places: number[] = [];
    const visit: Walk<Identity>['visit'] = (_, { count }) => void places.push(count('rows'));
    await go({}, { ...options, visit });
    await deliver({}, { visit });
    expect(places.slice(0, 1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
    expect(places.slice(1_000, 1_004)).toEqual([1_001, 1_008, 1_015, 1_022]);
    expect(Math.max(...places)).toBe(1_699);
    expect(new Set(places).size).toBe(1_600);
  });
});

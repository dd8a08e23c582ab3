/** What a vault has to bear, in virtual time: see `npm run pacing` for more connections. */
import { play, type Setting } from '../../local/pacing/play';
import { playDispatch } from '../../local/pacing/play-dispatch';
import { playHousekeeping } from '../../local/pacing/play-housekeeping';
import { playSize } from '../../local/pacing/play-sizes';
import { unwatched, watchMemory } from '../../local/pacing/watch-memory';
import { vaultLimits } from '../../local/pacing/late-stores';

jest.setTimeout(60_000);

const setting: Setting = { connections: 600, instances: 40, hours: 1, provider: 'fitbit', spreads: true };

test('the jobs of 600 connections stay far below the limits of a vault, and every one is done', async () => {
  const played = await play(setting);
  expect(played.creates.most).toBeLessThanOrEqual(vaultLimits.creates / 2);
  expect(played.others.most).toBeLessThanOrEqual(vaultLimits.others / 2);
  expect(played).toMatchObject({
    rotated: 600,
    checked: 600,
    dropped: 0,
    failed: 0,
    thrown: 0,
    poisoned: 0,
  });
});

test('all at once they would not: the vault refuses new secrets', async () => {
  const played = await play({ ...setting, spreads: false });
  expect(played.creates.most).toBeGreaterThan(vaultLimits.creates);
  expect(played.creates.refused).toBeGreaterThan(0);
});

describe('a run over 20,000 connections', () => {
  const run = { connections: 20_000, callMs: 10 };

  test('is handed out by shards: everybody gets one job, and memory is not in proportion', async () => {
    const [few, many] = [await playDispatch({ ...run, connections: 1_000 }), await playDispatch(run)];
    expect(many).toMatchObject({ jobs: 20_000, without: 0, twice: 0, isComplete: true });
    // Sixteen shards, 1,188 rows in each behind the first thousand, and no more than 85 of them in a second.
    expect(many.tookMs).toBeGreaterThan(14_000);
    expect(many.tookMs).toBeLessThan(17_000);
    // What a queue of Azure takes.
    expect(many.mostTaken).toBeLessThan(1_600);
    expect(many.mostBegun).toBeLessThanOrEqual(17);
    expect(many.memoryMb - few.memoryMb).toBeLessThan(50);
  });

  test('gives nobody two jobs when every shard is delivered twice', async () => {
    await expect(playDispatch({ ...run, connections: 5_000, againAfterMs: 1_000 })).resolves.toMatchObject({
      ...{ jobs: 5_000, without: 0, twice: 0, isComplete: true },
    });
  });

  test('leaves nobody out when a worker dies, and begins no more than a thousand jobs twice', async () => {
    const died = await playDispatch({ ...run, dies: true });
    expect(died).toMatchObject({ without: 0, twice: 700, isComplete: true });
    // The shard belongs to the dead worker for a minute.
    expect(died.tookMs).toBeGreaterThan(60_000);
    expect(died.tookMs).toBeLessThan(120_000);
  });
});

describe('10,000 connections', () => {
  test('cost the watchdog as much as a thousand', async () => {
    const [few, many] = [
      await playSize('watchdog', 1_000, unwatched),
      await playSize('watchdog', 10_000, unwatched),
    ];
    expect(many).toEqual(few);
    expect(many.calls).toBeLessThan(60);
  });

  test.each(['status', 'board'] as const)('cost a page of %s no more than its rows', async (work) => {
    const { calls } = await playSize(work, 10_000, unwatched);
    expect(calls).toBeLessThan(60);
  });

  test('cost housekeeping ten times as many calls as a thousand, and no more memory', async () => {
    const few = await playSize('housekeeping', 1_000, watchMemory());
    const many = await playSize('housekeeping', 10_000, watchMemory());
    expect(many.calls / few.calls).toBeGreaterThan(9.5);
    expect(many.calls / few.calls).toBeLessThan(10.5);
    expect(many.memoryMb - few.memoryMb).toBeLessThan(10);
  });
});

test('housekeeping looks at connections side by side, and a young one costs it fewer calls than an old one', async () => {
  const [young, old, oneByOne] = [
    await playHousekeeping(400, 30),
    await playHousekeeping(400, 400),
    await playHousekeeping(400, 30, { oneByOne: true }),
  ];
  // The link, devices, readings and messages are not read.
  expect(old.calls - young.calls).toBe(4 * 400);
  expect(oneByOne.tookMs / young.tookMs).toBeGreaterThan(9.5);
});

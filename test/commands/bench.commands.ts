import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ColdResult, RotationResult } from '../../local/bench/cold';
import type { Result } from '../../local/bench/compare';
import type { CrowdResult, LoadResult } from '../../local/bench/http/load-results';
import type { ThroughputResult } from '../../local/bench/rotation/bench-rotation';

const run = promisify(execFile);

test('npm run bench -- client measures all of them in one run', async () => {
  const { stdout } = await run(process.execPath, ['build/local/bench.js', 'client', '--rounds', '2']);
  const { results } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { results: Result[] };
  expect(results.map(({ name }) => name)).toEqual([
    'axios',
    'client',
    'simple-oauth2 + axios',
    'fitbit-node',
  ]);
  for (const { ms, spread, cpuMs } of results) {
    expect([ms > 0, cpuMs > 0, spread[0] <= ms, ms <= spread[1]]).toEqual(Array(4).fill(true));
  }
  expect(results[0]).toMatchObject({ ratio: 1, cpuRatio: 1 });
});

test('npm run bench -- cold starts the built app beside an empty one and an empty bundle', async () => {
  const { stdout } = await run(process.execPath, ['build/local/bench.js', 'cold', '--rounds', '1']);
  const { results, rotations, packages, zipKb } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    results: ColdResult[];
    rotations: RotationResult[];
    packages: [string, number][];
    zipKb: number;
  };
  expect(results.map(({ name }) => name)).toEqual(['empty bundle', 'empty app', 'dist']);
  for (const { spawnMs, loadMs } of results) expect(spawnMs).toBeGreaterThan(loadMs);
  expect([results[0]!.aboveEmptyBundleMs, results[1]!.ofEmptyApp]).toEqual([0, 1]);
  expect(rotations).toEqual([
    { name: 'dist', listedMs: expect.any(Number) as number, rotatedMs: expect.any(Number) as number },
  ]);
  expect(rotations[0]!.rotatedMs).toBeGreaterThan(rotations[0]!.listedMs);
  expect(zipKb).toBeGreaterThan(100);
  // What does not fit any more is to be left out by build.mjs, or read on first use and shared.
  expect(zipKb).toBeLessThanOrEqual(640);
  const names = packages.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['the service', '@azure/functions']));
  // Everything else is read at its first use.
  const cookie = ['cookie', '@azure/functions-extensions-base'];
  expect(names.filter((name) => !['the service', '@azure/functions', ...cookie].includes(name))).toEqual([]);
}, 180_000);

test('npm run bench -- rotation makes as many calls for a rotation as the floor, and has all contenders', async () => {
  const { stdout } = await run(process.execPath, [
    ...['build/local/bench.js', 'rotation', '--rounds', '1', '--connections', '2', '--late', '5'],
  ]);
  const { results } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { results: ThroughputResult[] };
  expect(results).toHaveLength(5 * results.filter(({ name }) => name === 'predecessors').length);
  expect([...new Set(results.map(({ work, lateMs }) => `${work} ${lateMs}`))]).toEqual([
    ...['rotation 5', 'check 5'],
  ]);
  const callsOf = (contender: string, work: string): Set<number> =>
    new Set(
      results.filter((each) => each.contender === contender && each.work === work).map(({ calls }) => calls),
    );
  // A job that is repeated adds to the calls, and a check that finds nothing new leaves some out.
  const least = (contender: string, work: string): number =>
    Math.floor(Math.min(...callsOf(contender, work)));
  expect([least('service', 'rotation'), least('floor', 'rotation')]).toEqual([13, 13]);
  expect(least('service', 'check')).toBeLessThanOrEqual(9);
  expect(least('floor', 'check')).toBe(8);
  for (const { perSecond, ofFloor, ofPredecessors, cpuMs } of results)
    expect([perSecond > 0, ofFloor > 0, ofPredecessors > 0, cpuMs > 0]).toEqual(Array(4).fill(true));
}, 180_000);

test('npm run bench -- http gets the right answer from every route under load, with no call too many', async () => {
  // Ends with 1 if there was any other answer.
  const { stdout } = await run(process.execPath, [
    ...['build/local/bench.js', 'http', '--rounds', '1', '--seconds', '0.2', '--at-once', '10'],
    ...['--connections', '60'],
  ]);
  const { results, crowds } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    results: LoadResult[];
    crowds: CrowdResult[];
  };
  const calls = Object.fromEntries(results.map((result) => [result.name, Math.round(result.calls)]));
  expect(calls).toMatchObject({
    'an empty function': 0,
    'sign-up page': 0,
    'privacy page': 0,
    'no sign-in': 0,
    'tokens of many': 3,
    'one token': 3,
    'provider API': 4,
  });
  // Ten who come together are counted together.
  expect(calls['a form with mistakes']).toBeLessThanOrEqual(1);
  expect(results.filter(({ limited }) => limited > 0).map(({ name }) => name)).toEqual(['a form too many']);
  for (const { perSecond, p50Ms, p99Ms, cpuMs, heapPeak, rssPeak } of results) {
    expect([perSecond > 0, p50Ms <= p99Ms, cpuMs > 0, rssPeak > heapPeak]).toEqual(Array(4).fill(true));
  }
  expect(results[0]).toMatchObject({ ofEmpty: 1, cpuOfEmpty: 1 });
  expect(crowds).toMatchObject([{ askers: 100, refreshes: 1, answered: { 200: 100 } }]);
}, 300_000);

test('npm run bench without a name says which there are', async () => {
  const failed = await run(process.execPath, ['build/local/bench.js', 'speed']).catch(
    (error: object) => error,
  );
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Usage: .*<client/) as string });
});

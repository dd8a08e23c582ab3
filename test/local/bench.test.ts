/** That the figures are figures of what they say; how large they are is for nobody to assert. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { readAtStart, zipBytes } from '../../local/bench/cold';
import { compare, quantile } from '../../local/bench/compare';
import { hasFailed, type CrowdResult, type LoadResult } from '../../local/bench/http/load-results';
import { send } from '../../local/bench/http/load';
import { startLocalServer } from '../support/local-server';

test.each([
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 2, 3], 0.5, 2.5],
  [[0, 10], 0.1, 1],
  [[7], 0.9, 7],
])('quantile(%j, %d) is %d', (values, part, expected) => {
  expect(quantile(values, part)).toBeCloseTo(expected);
});

test('contenders take turns, each as often as the others, and nobody always comes first', async () => {
  const order: string[] = [];
  const contender = (name: string) => () => Promise.resolve(void order.push(name));
  const contenders = { a: contender('a'), b: contender('b'), c: contender('c') };
  const results = await compare(contenders, { base: 'a', rounds: 8, repetitions: 1 });
  const rounds = Array.from({ length: order.length / 3 }, (_, round) =>
    order.slice(round * 3, round * 3 + 3),
  );
  expect(rounds.map((round) => [...round].sort())).toEqual(rounds.map(() => ['a', 'b', 'c']));
  expect(new Set(rounds.map(([first]) => first)).size).toBe(3);
  expect(results.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(results[0]!.ratio).toBe(1);
});

test('what a start reads is the first file and what it imports at once, by package', () => {
  const output = (inputs: Record<string, number>, imports: [string, string][]) => ({
    ...{ bytes: 0, exports: [] },
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, bytesInOutput]) => [name, { bytesInOutput }]),
    ),
    imports: imports.map(([kind, path]) => ({ kind: kind as 'import-statement', path })),
  });
  const outputs = {
    'dist/main.mjs': output({ 'src/main.ts': 10, 'node_modules/zod/a.js': 20 }, [
      ['import-statement', 'dist/shared.mjs'],
      ['dynamic-import', 'dist/sdk.mjs'],
    ]),
    'dist/shared.mjs': output({ 'node_modules/zod/b.js': 30, 'node_modules/@azure/functions/c.js': 5 }, [
      ['import-statement', 'dist/main.mjs'],
    ]),
    'dist/sdk.mjs': output({ 'node_modules/axios/d.js': 1_000 }, []),
  };
  expect(readAtStart({ inputs: {}, outputs }, 'dist/main.mjs')).toEqual([
    ['zod', 50],
    ['the service', 10],
    ['@azure/functions', 5],
  ]);
});

test('the size of a zip is that of its deflated files and their headers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  writeFileSync(join(folder, 'a.js'), 'a'.repeat(10_000));
  expect(zipBytes(folder)).toBe(deflateRawSync('a'.repeat(10_000)).length + 76 + 8);
  rmSync(folder, { recursive: true });
});

test.each([
  ['answers', 'none', 0],
  ['connections that are reset', 'reset', 3],
  ['connections that are closed without an answer', 'close', 3],
])('a load counts %s', async (_, fault, broken) => {
  const statuses = [200, 429, 500];
  let asked = 0;
  const server = await startLocalServer((response, { path }) => {
    asked += 1;
    if (path !== '/cut') return void response.writeHead(statuses[asked % 3]!).end();
    if (fault === 'reset') return void response.socket?.resetAndDestroy();
    return void response.socket?.end();
  });
  try {
    const requests = [{ path: '/a' }, { path: '/b' }, { path: '/c' }];
    const found = await send({ url: server.url, requests, connections: 3, seconds: 0.2 });
    expect(Object.keys(found.statuses)).toEqual(['200', '429', '500']);
    expect(Object.values(found.statuses).reduce((sum, count) => sum + count)).toBe(found.times.length);
    expect(found.broken).toBe(0);
    if (fault === 'none') return;
    const cut = await send({
      url: server.url,
      requests: [{ path: '/cut' }],
      connections: 3,
      seconds: 'once',
    });
    expect(cut).toMatchObject({ statuses: {}, times: [], broken });
  } finally {
    await server.close();
  }
});

test('a load has failed by one wrong answer, one broken connection or one refresh too many', () => {
  const good = { wrong: {}, broken: 0 } as LoadResult;
  expect(hasFailed(good)).toBe(false);
  expect(hasFailed({ ...good, wrong: { 503: 1 } })).toBe(true);
  expect(hasFailed({ ...good, broken: 1 })).toBe(true);
  const crowd = { askers: 2, refreshes: 1, answered: { 200: 2 } } as unknown as CrowdResult;
  expect(hasFailed(crowd)).toBe(false);
  expect(hasFailed({ ...crowd, refreshes: 2 })).toBe(true);
  expect(hasFailed({ ...crowd, answered: { 200: 1 } })).toBe(true);
});

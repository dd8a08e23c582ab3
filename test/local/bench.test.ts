/** That the figures are figures of what they say; how large they are is for nobody to assert. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { readAtStart, zipBytes } from '../../local/bench/cold';
import { compare, quantile } from '../../local/bench/compare';

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

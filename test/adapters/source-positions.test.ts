/** Positions in the built file become positions in the sources. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { createSourcePositions } from '../../src/adapters/source-positions';

const folder = mkdtempSync(join(tmpdir(), 'source-positions-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A built file, and a line of a stack that points at its `new Error()`. Jest maps the stacks of what it runs by itself. */
async function bundle(name: string): Promise<{ readonly file: string; readonly frame: string }> {
  const source = join(folder, `${name}.ts`);
  writeFileSync(source, 'interface Unused { a: 1 }\n\nexport function fail() {\n  throw new Error();\n}\n');
  const file = join(folder, 'dist', `${name}.js`);
  await build({ entryPoints: [source], outfile: file, format: 'cjs', sourcemap: true, bundle: true });
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes('new Error()'));
  return { file, frame: `    at fail (${file}:${index + 1}:${lines[index]!.indexOf('new') + 1})` };
}

test('a line of a stack names the source, its line and its column', async () => {
  const { file, frame } = await bundle('one');
  expect(frame).not.toContain(':4:9)');
  expect(createSourcePositions(dirname(file))(frame)).toBe('    at fail (one.ts:4:9)');
});

test('several lines are changed one by one, and those of other files stay as they are', async () => {
  const { file, frame } = await bundle('two');
  const others = '    at other (/elsewhere/main.js:1:1)\n    at node:events:514:28';
  expect(createSourcePositions(dirname(file))(`${frame}\n${others}\n${frame}`)).toBe(
    `    at fail (two.ts:4:9)\n${others}\n    at fail (two.ts:4:9)`,
  );
});

test('without a map nothing changes', () => {
  const file = join(folder, 'nothing.js');
  expect(existsSync(`${file}.map`)).toBe(false);
  const frame = `    at f (${file}:1:2)`;
  expect(createSourcePositions(dirname(file))(frame)).toBe(frame);
});

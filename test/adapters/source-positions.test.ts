/** Positions in the built file become positions in the sources. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

test('a line of a stack names the source and its line', async () => {
  const { file, frame } = await bundle('one');
  expect(frame).not.toContain(':4:');
  expect(createSourcePositions(dirname(file))(frame)).toBe('    at fail (one.ts:4)');
});

test('several lines are changed one by one, and those of other files stay as they are', async () => {
  const { file, frame } = await bundle('two');
  const others = '    at other (/elsewhere/main.js:1:1)\n    at node:events:514:28';
  expect(createSourcePositions(dirname(file))(`${frame}\n${others}\n${frame}`)).toBe(
    `    at fail (two.ts:4)\n${others}\n    at fail (two.ts:4)`,
  );
});

test('without a map nothing changes', () => {
  const file = join(folder, 'nothing.js');
  expect(existsSync(`${file}.map`)).toBe(false);
  const frame = `    at f (${file}:1:2)`;
  expect(createSourcePositions(dirname(file))(frame)).toBe(frame);
});

/** Two sources in one line of a minified file: ours, which fails in lines 2 and 4, and one of a package. */
async function bundleWithPackage(): Promise<{ readonly file: string; readonly stack: () => string }> {
  const inPackage = join(folder, 'node_modules', 'other', 'index.js');
  mkdirSync(dirname(inPackage), { recursive: true });
  writeFileSync(inPackage, 'export function other(then) {\n  return then();\n}\n');
  writeFileSync(
    join(folder, 'ours.ts'),
    `import { other } from 'other';
const first = (): string => new Error('1').stack + '\\n';
export function fail(): string {
  return first() + other(() => new Error('2').stack);
}
console.log(fail());
`,
  );
  const file = join(folder, 'dist', 'ours.mjs');
  await build({
    ...{ entryPoints: [join(folder, 'ours.ts')], outfile: file, format: 'esm', bundle: true },
    ...{ sourcemap: true, minify: true },
  });
  return { file, stack: () => execFileSync(process.execPath, [file], { encoding: 'utf8' }) };
}

test('the slim map that is deployed leads to the same lines of ours, and to the files of packages', async () => {
  const { file, stack } = await bundleWithPackage();
  const places = (): (string | undefined)[] =>
    [
      ...createSourcePositions(dirname(file))(stack()).matchAll(
        /[\w/.]*(?:ours|index)\.\w+(?::\d+)?(?=\)|$)/gm,
      ),
    ].map(([place]) => place);
  const before = readFileSync(`${file}.map`, 'utf8');
  const whole = places();
  const script = `import { slimMap } from ${JSON.stringify(pathToFileURL(join(__dirname, '../../infra/slim-map.mjs')).href)};
    process.stdout.write(JSON.stringify(slimMap(JSON.parse(process.argv[1]))));`;
  const slim = execFileSync(process.execPath, ['--input-type=module', '-e', script, before], {
    encoding: 'utf8',
  });
  writeFileSync(`${file}.map`, slim);
  expect(whole).toEqual([
    'ours.ts:2',
    'ours.ts:4',
    'ours.ts:6',
    'ours.ts:4',
    'node_modules/other/index.js',
    'ours.ts:4',
    'ours.ts:6',
  ]);
  expect(places()).toEqual(whole);
  expect(JSON.parse(slim)).toMatchObject({ version: 3, names: [] });
  expect(slim.length).toBeLessThan(before.length);
});

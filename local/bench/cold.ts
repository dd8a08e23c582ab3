/**
 * How long a process takes until the built app is loaded, beside an app with one empty function and beside a bundle with nothing in
 * it. Each start is a process of its own; the contenders take turns.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { deployedSettings } from '../pacing/deployed-policy';
import { median, quantile, turned } from './compare';
import { measureFirstRotations } from './first-rotation';

const goals = { ofEmptyApp: 1.15, aboveEmptyBundleMs: 25, zipKb: 600 };

/** What the Functions worker does: it puts `@azure/functions-core` in the way of `require`, and imports the file. */
const child = `
  const Module = require('node:module');
  const { _load } = Module;
  class Disposable { dispose() {} }
  const core = { version: '3.0.0', hostVersion: '4', Disposable, log() {}, registerFunction: () => new Disposable(),
    registerHook: () => new Disposable(), setProgrammingModel() {}, getProgrammingModel: () => ({ name: '', version: '' }) };
  Module._load = (name, ...more) => (name === '@azure/functions-core' ? core : _load(name, ...more));
  const begun = performance.now();
  import(process.argv[1]).then(() => process.stdout.write(String(performance.now() - begun)));
`;

interface Start {
  /** From the start of the process until it says that all is loaded; and of that, loading the file. */
  readonly spawnMs: number;
  readonly loadMs: number;
}

async function start(file: string): Promise<Start> {
  const begun = performance.now();
  const env = { ...deployedSettings, PATH: process.env['PATH'] };
  const started = spawn(process.execPath, ['-e', child, pathToFileURL(file).href], {
    ...{ env, stdio: ['ignore', 'pipe', 'inherit'] as const },
  });
  const [loaded] = (await once(started.stdout!, 'data')) as [Buffer];
  const spawnMs = performance.now() - begun;
  started.kill('SIGKILL');
  await once(started, 'close');
  return { spawnMs, loadMs: Number(loaded.toString()) };
}

export interface ColdResult {
  readonly name: string;
  readonly spawnMs: number;
  readonly loadMs: number;
  /** What 80 % of the starts lie between. */
  readonly spread: readonly [number, number];
  /** Medians over the rounds, against the empty app and the empty bundle of the same round. */
  readonly ofEmptyApp: number;
  readonly aboveEmptyBundleMs: number;
}

export interface RotationResult {
  readonly name: string;
  /** Medians, from the start of the process. */
  readonly listedMs: number;
  readonly rotatedMs: number;
  /** Median over the rounds of the time to the end of the rotation, divided by that of `beside` in the same round. */
  readonly ofBeside?: number;
}

/** @param beside the `dist` of another build, to be measured in the same run */
export async function benchCold(rounds = 21, beside?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  try {
    const files: Record<string, string> = {
      ...(await writeContenders(folder)),
      ...(beside !== undefined && { beside: resolve(beside, 'main.mjs') }),
    };
    const names = Object.keys(files);
    const starts = new Map<string, Start[]>(names.map((name) => [name, []]));
    for (let round = -2; round < rounds; round += 1) {
      for (const name of turned(names, round + 2)) {
        const started = await start(files[name]!);
        if (round >= 0) starts.get(name)!.push(started);
      }
    }
    const [bundle, app] = [starts.get('empty bundle')!, starts.get('empty app')!];
    const results = names.map((name): ColdResult => {
      const own = starts.get(name)!;
      const spawns = own.map(({ spawnMs }) => spawnMs);
      return {
        name,
        spawnMs: median(spawns),
        loadMs: median(own.map(({ loadMs }) => loadMs)),
        spread: [quantile(spawns, 0.1), quantile(spawns, 0.9)],
        ofEmptyApp: median(own.map(({ spawnMs }, round) => spawnMs / app[round]!.spawnMs)),
        aboveEmptyBundleMs: median(own.map(({ loadMs }, round) => loadMs - bundle[round]!.loadMs)),
      };
    });
    const { dist, beside: other } = files;
    const apps = { dist: dist!, ...(other !== undefined && { beside: other }) };
    printStarts(results, await firstRotations(apps, rounds), zipBytes('dist') / 1_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstRotations(
  apps: Readonly<Record<string, string>>,
  rounds: number,
): Promise<RotationResult[]> {
  const found = await measureFirstRotations(apps, rounds);
  const besides = found.get('beside');
  return [...found].map(([name, own]) => ({
    name,
    listedMs: median(own.map(({ listedMs }) => listedMs)),
    rotatedMs: median(own.map(({ rotatedMs }) => rotatedMs)),
    ...(besides && {
      ofBeside: median(own.map(({ rotatedMs }, round) => rotatedMs / besides[round]!.rotatedMs)),
    }),
  }));
}

async function writeContenders(folder: string): Promise<Record<string, string>> {
  const emptyBundle = join(folder, 'empty.mjs');
  writeFileSync(emptyBundle, 'export {};\n');
  const emptyApp = join(folder, 'app.cjs');
  const contents = `import { app } from '@azure/functions';
    app.http('empty', { authLevel: 'anonymous', handler: () => ({ status: 204 }) });`;
  await build({
    stdin: { contents, resolveDir: process.cwd() },
    ...{ outfile: emptyApp, bundle: true, platform: 'node', format: 'cjs', minify: true },
    external: ['@azure/functions-core'],
  });
  return {
    'empty bundle': emptyBundle,
    'empty app': emptyApp,
    dist: join(process.cwd(), 'dist', 'main.mjs'),
  };
}

/** As large as a zip of the folder: each file deflated, and its two headers. */
export function zipBytes(folder: string): number {
  return readdirSync(folder)
    .map((name) => deflateRawSync(readFileSync(join(folder, name))).length + 76 + 2 * name.length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** What a start reads, by package: the first file and what it imports at once. */
export function readAtStart({ outputs }: Metafile, first: string): [string, number][] {
  const bytes = new Map<string, number>();
  const seen = new Set<string>();
  const read = (path: string): void => {
    const output = outputs[path];
    if (!output || seen.has(path)) return;
    seen.add(path);
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'the service';
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
    for (const { kind, path: imported } of output.imports) if (kind === 'import-statement') read(imported);
  };
  read(first);
  return [...bytes].sort(([, a], [, b]) => b - a);
}

function printStarts(
  results: readonly ColdResult[],
  rotations: readonly RotationResult[],
  zipKb: number,
): void {
  console.log(
    `From the start of a process to the loaded app; the median, and what 80 % of the starts lie between\n`,
  );
  for (const { name, spawnMs, loadMs, spread, ofEmptyApp, aboveEmptyBundleMs } of results) {
    const between = spread.map((ms) => ms.toFixed(0)).join(' to ');
    console.log(
      [
        name.padEnd(14),
        `${spawnMs.toFixed(1)} ms`.padStart(9),
        `(${between})`.padEnd(14),
        `${ofEmptyApp.toFixed(2)} of an empty app;`,
        `loading ${loadMs.toFixed(1)} ms, ${aboveEmptyBundleMs.toFixed(1)} ms above an empty bundle`,
      ].join(' '),
    );
  }
  console.log(
    `\nFrom the start of a process to the end of its first rotation, under an imitation of the worker\n`,
  );
  for (const { name, listedMs, rotatedMs, ofBeside } of rotations) {
    const ratio = ofBeside === undefined ? '' : `, ${ofBeside.toFixed(2)} of the build beside it`;
    console.log(
      `${name.padEnd(14)} ${rotatedMs.toFixed(0)} ms${ratio}; its functions are listed after ${listedMs.toFixed(0)} ms`,
    );
  }
  const { ofEmptyApp, aboveEmptyBundleMs } = results.find(({ name }) => name === 'dist')!;
  const say = (is: boolean): string => (is ? 'reached' : 'not reached');
  console.log(
    [
      `\nat most ${goals.ofEmptyApp} of an empty app: ${say(ofEmptyApp <= goals.ofEmptyApp)}`,
      `loading at most ${goals.aboveEmptyBundleMs} ms above an empty bundle: ${say(aboveEmptyBundleMs <= goals.aboveEmptyBundleMs)}`,
      `a zip of at most ${goals.zipKb} KB: ${say(zipKb <= goals.zipKb)}, ${zipKb.toFixed(0)} KB of dist with its source maps`,
      '\nWhat a start reads, in KB:',
    ].join('\n'),
  );
  const metafile = JSON.parse(readFileSync(join('build', 'metafile.json'), 'utf8')) as Metafile;
  const packages = readAtStart(metafile, 'dist/main.mjs');
  for (const [name, bytes] of packages.slice(0, 8)) {
    console.log(`${(bytes / 1_000).toFixed(0).padStart(5)}  ${name}`);
  }
  console.log(`\n${JSON.stringify({ what: 'cold start', results, rotations, zipKb, packages })}`);
}

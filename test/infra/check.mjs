// What the Bicep compiler says about infra/. It must say nothing: it ends with 0 on warnings, and nearly every mistake about a
// resource is a warning.
//   npm run check     lints, compares the format and the snapshots
//   npm run format    formats, and writes the snapshots anew
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { restoreCompiler } from './compiler.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deployments = ['first', 'isolated'];
const nobody = (digit) => `00000000-0000-0000-0000-00000000000${digit}`;

const compiler = restoreCompiler();
const isCi = ['true', '1'].includes(process.env.CI ?? '');
if (!compiler) {
  console.log('Bicep skipped: no dotnet');
  process.exit(isCi ? 1 : 0);
}

const write = process.argv.includes('--write');
if (write) await bicep('format', '--pattern', 'infra/**/*.bicep');
const problems = (
  await Promise.all([lint(), ...(write ? [] : [compareFormat()]), ...deployments.map(snapshot)])
).flat();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('The Bicep compiler has nothing to say.');

async function lint() {
  const { output } = await bicep('lint', 'infra/main.bicep');
  return output === '' ? [] : [output];
}

/**
 * What Azure would be asked for, without Azure: the whole of it, so that a change shows as a difference. The compiler compares by itself, but not
 * the outputs, and writes what is the same in another order each time.
 */
function snapshot(name) {
  return inCopy(['infra', 'test/infra'], async (copy) => {
    const { failed, output } = await bicep(
      ...['snapshot', join(copy, `test/infra/${name}.bicepparam`), '--mode', 'overwrite'],
      ...['--tenant-id', nobody(1), '--subscription-id', nobody(2)],
      ...['--location', 'westus2', '--deployment-name', 'gate'],
    );
    if (failed) return [`${name}: ${output}`];
    const file = `test/infra/${name}.snapshot.json`;
    const made = await readFile(join(copy, file), 'utf8');
    const [now, before] = [JSON.parse(made), JSON.parse(await readFile(join(root, file), 'utf8'))];
    const differences = differencesOf(before, now);
    if (differences.length === 0) return [];
    if (write) await writeFile(join(root, file), made);
    return write
      ? []
      : [`${file} is not what infra/ says:`, ...differences, 'If that is meant: npm run format'];
  });
}

function differencesOf(before, now, path = '') {
  if (isDeepStrictEqual(before, now)) return [];
  const isBranch = (value) => typeof value === 'object' && value !== null;
  if (!isBranch(before) || !isBranch(now)) {
    return [`  ${path}: ${JSON.stringify(before)} is now ${JSON.stringify(now)}`];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => differencesOf(before[name], now[name], `${path}/${name}`));
}

function compareFormat() {
  return inCopy(['infra'], async (copy) => {
    await bicep('format', '--pattern', `${copy}/infra/**/*.bicep`);
    const files = (await readdir(join(root, 'infra'), { recursive: true })).filter((file) =>
      file.endsWith('.bicep'),
    );
    const texts = await Promise.all(
      files.map((file) =>
        Promise.all([copy, root].map((folder) => readFile(join(folder, 'infra', file), 'utf8'))),
      ),
    );
    return files
      .filter((_, i) => texts[i][0] !== texts[i][1])
      .map((file) => `infra/${file} is not formatted: npm run format`);
  });
}

/** For the compiler to write into. */
async function inCopy(folders, work) {
  const copy = await mkdtemp(join(tmpdir(), 'bicep-'));
  try {
    for (const folder of folders) await cp(join(root, folder), join(copy, folder), { recursive: true });
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true });
  }
}

function bicep(...args) {
  return new Promise((resolve) => {
    execFile(compiler, args, { cwd: root, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: `${stdout}${stderr}`.trim() }),
    );
  });
}

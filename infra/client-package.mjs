// Lays out the client as a package of its own in build/client: one bundle, its types, a package.json. `npm pack ./build/client` makes
// of it what another program installs. Axios and zod stay outside the bundle, as its dependencies.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const entry = 'src/client/index.ts';
const target = process.argv[2] ?? join('build', 'client');

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const manifest = JSON.parse(await readFile('package.json', 'utf8'));

const { metafile } = await build({
  entryPoints: [entry],
  outfile: join(target, 'index.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  packages: 'external',
  metafile: true,
  logLevel: 'warning',
});
const [bundle] = Object.values(metafile.outputs);
const packages = [...new Set(bundle.imports.map(({ path }) => path))].filter((path) => !isBuiltin(path));

await writeTypes(entry);
await cp('LICENSE', join(target, 'LICENSE'));
await cp('docs/client.md', join(target, 'README.md'));
await writeFile(
  join(target, 'package.json'),
  `${JSON.stringify(
    {
      name: 'fitbit-token-service-client',
      version: manifest.version,
      description:
        'OAuth and calls at Google Health and Fitbit, with refresh, typed errors and no token lost.',
      license: manifest.license,
      type: 'commonjs',
      main: './index.js',
      types: './types/client/index.d.ts',
      exports: { '.': { types: './types/client/index.d.ts', default: './index.js' } },
      engines: { node: '>=20' },
      dependencies: Object.fromEntries(
        packages.sort().map((name) => [name, `^${manifest.dependencies[name]}`]),
      ),
    },
    null,
    2,
  )}\n`,
);
console.log(`Ready to pack: ${target}`);

/** The declarations of a file, and of every file of ours that they name. */
async function writeTypes(file, written = new Set()) {
  if (written.has(file)) return;
  written.add(file);
  const { outputText, diagnostics } = ts.transpileDeclaration(await readFile(file, 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { isolatedDeclarations: true, target: ts.ScriptTarget.ES2022 },
  });
  if (diagnostics.length > 0)
    throw new Error(
      diagnostics
        .map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
        .join('\n'),
    );
  const declarations = join(target, 'types', relative('src', file).replace(/\.ts$/, '.d.ts'));
  await mkdir(dirname(declarations), { recursive: true });
  await writeFile(declarations, outputText);
  for (const [, named] of outputText.matchAll(/from '(\.[^']+)'/g))
    await writeTypes(`${join(dirname(file), named)}.ts`, written);
}

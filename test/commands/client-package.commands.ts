/** The client as another program installs it: packed, unpacked where a program looks for packages, imported and compiled. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { dependencies } from '../../package.json';
import { blocks } from '../client/document';
import { devicesOf, openStage, redirectUri, registered, type Stage } from '../client/stage';

const run = promisify(execFile);
const name = 'fitbit-token-service-client';

let folder: string;
let files: string[];
let stage: Stage;
const at = (...path: string[]): string => join(folder, ...path);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  await run(process.execPath, ['infra/client-package.mjs', at('laid-out')]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, at('laid-out')]);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  files = packed!.files.map(({ path }) => path);
  const installed = at('program', 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', at(packed!.filename), '-C', installed, '--strip-components=1']);
  for (const dependency of ['axios', 'zod'])
    symlinkSync(resolve('node_modules', dependency), at('program', 'node_modules', dependency));
  stage = await openStage('fitbit');
}, 60_000);
afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true });
});

test('holds the client and nothing of the service', () => {
  expect([...files].sort()).toEqual([
    'LICENSE',
    'README.md',
    'index.js',
    'package.json',
    'types/client/client-error.d.ts',
    'types/client/create-client.d.ts',
    'types/client/index.d.ts',
    'types/client/types.d.ts',
    'types/error-codes.d.ts',
    'types/errors.d.ts',
    'types/model/provider-table.d.ts',
  ]);
  const code = readFileSync(at('laid-out', 'index.js'), 'utf8');
  expect(code).not.toMatch(/@azure|keyvault|Endpoint=/i);
});

test('needs the two packages that it imports, in the versions of the service', () => {
  const manifest = JSON.parse(readFileSync(at('laid-out', 'package.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({
    name,
    license: 'MIT',
    engines: { node: '>=20' },
    dependencies: { axios: `^${dependencies.axios}`, zod: `^${dependencies.zod}` },
  });
  expect(Object.keys((manifest as { dependencies: object }).dependencies)).toEqual(['axios', 'zod']);
});

const program = (load: string): string => `
${load}
const [options, tokens, path] = JSON.parse(process.argv[2]);
async function main() {
  const client = createClient(options);
  const kept = [];
  const user = client.forUser({ ...tokens, accessToken: 'not-the-token' }, { onTokens: (next) => void kept.push(next) });
  const { status } = await user.get(path);
  const refused = await user.get('/1/nothing').catch((error) => [error instanceof ClientError, error.code]);
  console.log(JSON.stringify({ status, refused, kept: kept.length, tokens: user.tokens }));
}
void main();
`;

test.each([
  ['an ESM program', 'program.mjs', `import { createClient, ClientError } from '${name}';`],
  ['a CommonJS program', 'program.cjs', `const { createClient, ClientError } = require('${name}');`],
])('works in %s', async (_, file, load) => {
  writeFileSync(at('program', file), program(load));
  const tokens = await stage.connect();
  const options = { provider: 'fitbit', ...registered, redirectUri, simulatorUrl: stage.simulator.url };
  const { stdout } = await run(process.execPath, [
    at('program', file),
    JSON.stringify([options, tokens, devicesOf('fitbit')]),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 200,
    refused: [true, 'NOT_FOUND'],
    kept: 1,
    tokens: { refreshToken: stage.simulator.currentRefreshToken('ada'), scopes: ['settings'] },
  });
});

const typed = `
import { createClient, ClientError, type Client, type Tokens } from '${name}';
const client: Client = createClient({
  provider: 'google-health', clientId: 'a', clientSecret: 'b', redirectUri: 'http://127.0.0.1/', scopes: ['sleep.readonly'],
});
export async function read(tokens: Tokens, save: (tokens: Tokens) => Promise<void>): Promise<unknown> {
  try {
    const { body, status } = await client.forUser(tokens, { onTokens: save }).get('/v4/users/me/pairedDevices', { query: { pageSize: 100 } });
    const ok: number = status;
    return [ok, body];
  } catch (error) {
    if (error instanceof ClientError && error.code === 'RATE_LIMITED') return new Date(error.retryAt ?? 0);
    // @ts-expect-error no code of the client
    if (error instanceof ClientError && error.code === 'LEASE_HELD') return undefined;
    throw error;
  }
}
// @ts-expect-error no provider
createClient({ provider: 'garmin', clientId: 'a', clientSecret: 'b', redirectUri: 'c' });
`;

const documented = [
  'declare const request: { readonly url: string };',
  'declare function save(tokens: Tokens): Promise<void>;',
  `import type { Tokens } from '${name}';`,
  ...blocks,
].join('\n');

test.each([
  ['program.mts', typed, []],
  ['program.cts', typed, []],
  ['document.mts', documented, ['node']],
])('is typed for %s', async (file, code, types) => {
  writeFileSync(at('program', file), code);
  writeFileSync(
    at('program', 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{
          module: 'nodenext',
          target: 'es2022',
          lib: ['es2022'],
          types,
          typeRoots: [resolve('node_modules/@types')],
        },
        ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
      },
      files: [file],
    }),
  );
  const compiler = resolve('node_modules/typescript/bin/tsc');
  const compiled = await run(process.execPath, [compiler, '--project', at('program')]).catch(
    (error: { stdout: string }) => error,
  );
  expect(compiled.stdout).toBe('');
});

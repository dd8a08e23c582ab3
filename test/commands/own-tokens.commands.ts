/** `npm run connect` and `npm run token`, as processes, against the simulators: a first token without Azure. */
import { spawn } from 'node:child_process';
import { mkdtempSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionFormat } from '../../src/adapters/records';
import { connectionKey } from '../../src/domain/store/row-keys';
import { providerIds } from '../../src/model';
import { findFreePort } from '../../local/free-port';
import { startKeyVault } from '../../local/key-vault/emulator';
import { ada, people } from '../../local/people';
import { readLabel, readPlace, readProvider, Told } from '../../local/own-tokens/options';
import { openTokenFile } from '../../local/own-tokens/token-file';
import { localClient } from '../../local/simulators/clients';
import { startFitbit } from '../../local/simulators/fitbit-simulator';
import { giveConsent } from '../../local/simulators/give-consent';
import { startGoogleHealth } from '../../local/simulators/google-health-simulator';
import { createWearers } from '../../local/simulators/wearers';

const grace = { id: 'grace' };
const wearers = createWearers({ now: Date.now });
for (const person of people(Date.now())) wearers.add(person);

let googleHealth: Awaited<ReturnType<typeof startGoogleHealth>>;
let fitbit: Awaited<ReturnType<typeof startFitbit>>;
let file: string;

beforeAll(async () => {
  googleHealth = await startGoogleHealth({ port: 0, wearers, now: Date.now });
  fitbit = await startFitbit({ port: 0, wearers, now: Date.now });
});
afterAll(() => Promise.all([googleHealth.close(), fitbit.close()]));
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'own-tokens-')), 'deeper', 'tokens.sqlite');
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  /** Waits until it has said this on standard error. */
  said(words: RegExp): Promise<RegExpExecArray>;
  type(line: string): void;
}

function run(program: 'connect' | 'token', options: readonly string[], secret?: string): Running {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(__dirname, `../../build/local/${program}.js`), ...options],
    {
      env: {
        PATH: process.env.PATH,
        GOOGLE_HEALTH_SIMULATOR_URL: googleHealth.url,
        FITBIT_SIMULATOR_URL: fitbit.url,
        ...(secret !== undefined && { CLIENT_SECRET: secret }),
      },
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return {
    ended,
    type: (line) => child.stdin.end(`${line}\n`),
    said: (words) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = words.exec(err);
          if (found) resolve(found);
        };
        child.stderr.on('data', look);
        void ended.then(() => reject(new Error(`It ended and said: ${err}`)));
        look();
      }),
  };
}

interface Connect {
  readonly provider?: 'google-health' | 'fitbit';
  readonly label?: string;
  readonly wearer?: string;
  readonly decision?: 'allow' | 'cancel';
  readonly place?: readonly string[];
}

async function connect({
  provider = 'google-health',
  label = 'me',
  wearer = ada.id,
  decision,
  place = [],
}: Connect = {}) {
  const options = ['--provider', provider, '--client-id', localClient.clientId, '--label', label];
  const running = run(
    'connect',
    [...options, ...place, '--file', file, '--port', String(await findFreePort()), '--headless'],
    localClient.clientSecret,
  );
  const [, address = ''] = await running.said(/(http:\/\/127\.0\.0\.1:\S+)/);
  const back = await giveConsent(address, { wearer, ...(decision && { decision }) });
  const page = await fetch(back);
  return { ...(await running.ended), page: { status: page.status, text: await page.text() } };
}

const askFor = (label: string, ...more: string[]) => run('token', [label, '--file', file, ...more]).ended;

/** As if the access token had run out. */
async function outlive(label: string): Promise<void> {
  const opened = openTokenFile(file);
  const connections = opened.table('connections', connectionFormat);
  for await (const row of connections.list()) {
    const { pointer, id } = row.value;
    if (row.value.label !== label || !pointer) continue;
    const saved = await opened.vault.readTokenSet({ id }, pointer.consent, pointer.secretVersion);
    const secretVersion = await opened.vault.saveTokenSet({ ...saved!.set, expiresAt: Date.now() - 1 });
    await connections.replace((await connections.get(connectionKey(id)))!, {
      ...row.value,
      pointer: { ...pointer, secretVersion },
    });
  }
  opened.close();
}

test('a first token is there after one consent, and works at the API', async () => {
  const { code, out, page } = await connect();
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('You are connected') as string });
  expect(code).toBe(0);
  expect(out).toMatch(/^Connected as me\.\n\n {2}Connection +[0-9a-f]{32}\n {2}Access token until +20/);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const token = await askFor('me');
  expect(token).toMatchObject({ code: 0, err: '' });
  // The call that was printed, with the token in place of the command.
  const [, address = ''] = /curl .* '(\S+)'/.exec(out) ?? [];
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token.out.trim()}` } });
  expect(answer.status).toBe(200);

  const json = await askFor('me', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ access_token: token.out.trim(), token_type: 'Bearer' });
  expect(json.out).not.toContain('refresh_token"');
});

test('programs that ask at once for a token that has run out refresh it once', async () => {
  await connect({ provider: 'fitbit' });
  await outlive('me');
  const answers = await Promise.all(Array.from({ length: 3 }, () => askFor('me')));
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(new Set(answers.map(({ out }) => out)).size).toBe(1);
  expect(fitbit.refreshCount(ada.id)).toBe(1);
});

test('the same label again is a reconnect, and never takes another account', async () => {
  const first = await connect();
  const again = await connect();
  const idIn = (out: string) => /Connection +(\w+)/.exec(out)?.[1];
  expect(again.code).toBe(0);
  expect(idIn(again.out)).toBe(idIn(first.out));

  const other = await connect({ wearer: grace.id });
  expect(other).toMatchObject({ code: 1, page: { status: 400 } });
  expect(other.err).toContain('That was another account than the one that is connected.');
  expect((await connect({ wearer: grace.id, label: 'grace' })).code).toBe(0);
  expect((await askFor('grace')).out).not.toBe((await askFor('me')).out);
});

test('a consent that is declined ends with a sentence, and stores nothing', async () => {
  const { code, err, out, page } = await connect({ decision: 'cancel' });
  expect({ code, out, status: page.status }).toEqual({ code: 1, out: '', status: 400 });
  expect(err).toContain('The consent was declined on the page of the provider.');
  expect(err).not.toContain('    at ');
  expect((await askFor('me')).err).toBe('There is no connection "me" here. Make one with: npm run connect\n');
});

test('the client secret is asked for when it is not in the environment, and is not shown', async () => {
  const options = [
    '--client-id',
    localClient.clientId,
    '--file',
    file,
    '--port',
    String(await findFreePort()),
    '--headless',
  ];
  const running = run('connect', options);
  await running.said(/Client secret \(not shown\): /);
  running.type(localClient.clientSecret);
  const [, address = ''] = await running.said(/(http:\/\/127\.0\.0\.1:\S+)/);
  await fetch(await giveConsent(address, { wearer: ada.id }));
  const { code, err, out } = await running.ended;
  expect(code).toBe(0);
  expect(err + out).not.toContain(localClient.clientSecret);
});

test('in a Key Vault, the token sets are there and not in the file', async () => {
  const keyVault = await startKeyVault({ port: 0 });
  try {
    const missing = await run('connect', ['--client-id', 'a', '--file', file, '--vault', keyVault.url]).ended;
    expect(missing.err).toContain('The Key Vault has no secret "google-health-client-secret".');

    keyVault.setSecret('google-health-client-secret', localClient.clientSecret);
    const { code } = await connect({ place: ['--vault', keyVault.url] });
    expect(code).toBe(0);
    expect(keyVault.secretNames()).toContainEqual(expect.stringMatching(/^token-set-[0-9a-f]{32}-1$/));
    expect((await askFor('me', '--vault', keyVault.url)).out).toMatch(/^\S{20,}\n$/);
    // Without the vault there is nothing to be had from the file.
    expect((await askFor('me')).code).toBe(1);
  } finally {
    await keyVault.close();
  }
});

test('a consent that has ended is named, with what to do', async () => {
  await connect({ provider: 'fitbit', wearer: grace.id });
  fitbit.revokeGrant(grace.id);
  await outlive('me');
  const { code, err, out } = await askFor('me');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('npm run connect -- --label me');
});

test.each([
  ['a label with a blank', () => readLabel('a b'), 'A label has 1 to 64 letters'],
  ['a label that looks like an option', () => readLabel('-x'), 'A label has 1 to 64 letters'],
  ['a label that is too long', () => readLabel('x'.repeat(65)), 'A label has 1 to 64 letters'],
  ['an unknown provider', () => readProvider('nokia'), `Choose one of: ${providerIds.join(', ')}.`],
  ['tables without a vault', () => readPlace({ storage: 'account' }), 'needs --vault'],
  [
    'a vault that is no address',
    () => readPlace({ vault: 'mine' }),
    '--vault has to be the URL of a Key Vault',
  ],
])('%s is refused with a sentence', (_, reading, sentence) => {
  expect(reading).toThrow(Told);
  expect(reading).toThrow(sentence);
});

test.each([
  [['connect'], /^--client-id is missing\./],
  [['token', 'me', '--frob'], /^Unknown option '--frob'/],
] as const)('%j ends with a sentence and without a stack', async ([program, ...options], sentence) => {
  const { code, err, out } = await run(program, [...options, '--file', file]).ended;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(sentence);
  expect(err).not.toContain('    at ');
});

test('a file that others can read is refused', async () => {
  openTokenFile(file).close();
  chmodSync(file, 0o644);
  const { code, err } = await askFor('me');
  expect(code).toBe(1);
  expect(err).toContain(`Run: chmod 600 ${file}`);
});

/**
 * The commands of the documents, run as they stand. `npm run test:commands` wants the ports that `npm start` wants, so it is
 * no part of `npm test`. What cannot be run here says where else it is run, or that it needs Azure.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBrowser } from '../../local/browser';
import { providerIds } from '../../src/model';
import { documents } from '../support/documents';

/** In shell blocks a line each, with its continuations and without its comment; in a sentence between backticks. */
function commandsIn(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const lines = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .flatMap(([, language, block = '']) => (language === '' && !block.startsWith('src/') ? [block] : []))
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/\s{2,}#.*$/, '').trim());
  const inline = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => code.replaceAll('\n', ' '))
    .filter((code) => /^(npm|node|npx|bash|curl|func|azd|az) [^.]/.test(code));
  return [...lines, ...inline].filter(Boolean);
}

/** Goes to the real provider; the test asks the simulator the same. */
const callWithOwnToken =
  'curl -H "Authorization: Bearer $(npm run -s token -- me)" https://health.googleapis.com/v4/users/me/pairedDevices';

/** What is run elsewhere, and the file that does it. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm ci && npm test': '.ci/run',
  'npm test': '.ci/run',
  'npm run check': '.ci/run',
  'npm run format': 'test/infra/house.mjs',
  'npm run test:browser': '.ci/run',
  'npm run test:commands': '.ci/run',
  'npm run test:drill': '.ci/run',
  'bash .ci/run': '.github/workflows/ci.yml',
  'npm run drill': 'test/support/run-drill.ts',
  'npm run drill -- --faults N --seed S': 'test/support/run-drill.ts',
  'npm run drill -- --only messages': 'test/support/run-drill.ts',
  'npm ci && npm run connect -- --client-id <client id> --label me': 'test/commands/own-tokens.commands.ts',
  'npm run connect -- --client-id <client id> --label me': 'test/commands/own-tokens.commands.ts',
  'npm run connect': 'test/commands/own-tokens.commands.ts',
  'npm run token': 'test/commands/own-tokens.commands.ts',
  'npm run -s token -- me': 'test/commands/own-tokens.commands.ts',
  [callWithOwnToken]: 'test/commands/own-tokens.commands.ts',
  'npm run test:search': '.ci/run',
  'npm run doctor': 'test/commands/doctor.commands.ts',
  'npm run doctor --   --url https://<app>/api': 'test/commands/doctor.commands.ts',
  'OPS_KEY=$(key opsDoctor) npm run doctor -- --url "$APP"': 'test/commands/doctor.commands.ts',
  'npm run fuzz': 'test/drill/fuzz.drill.ts',
  'npm run fuzz -- --callers entra': 'test/drill/fuzz.drill.ts',
  'npm run search': 'test/search/search.test.ts',
  'npm run bench -- cold': 'test/commands/bench.commands.ts',
  'npm run pacing -- --housekeeping --connections 2000': 'test/local/pacing.commands.ts',
  'npm run bench -- client': 'test/commands/bench.commands.ts',
  'npm run bench -- rotation': 'test/commands/bench.commands.ts',
  'npm run bench -- http': 'test/commands/bench.commands.ts',
  'npm run pacing -- --connections 5000': 'test/local/pacing.commands.ts',
  'npm run pacing': 'test/local/pacing.commands.ts',
  'npm run pacing -- --connections 100000': 'test/local/pacing.commands.ts',
  'npm run pacing -- --housekeeping': 'test/local/pacing.commands.ts',
  'npm run pacing -- --dispatch --connections 100000': 'test/local/pacing.commands.ts',
  'npm run pacing -- --sizes': 'test/local/pacing.commands.ts',
  'npm run day': 'test/local/day.commands.ts',
  'npm run day -- --connections 1000000': 'test/local/day.commands.ts',
  'npm run day -- --provider withings': 'test/local/day.commands.ts',
  'npm run day -- --provider withings --connections 1000': 'test/local/day.commands.ts',
};

const needsAzure =
  /^(az|azd) |^(key|assign)\(\) \{ az |^assign |^npm run after-deploy$|^read -rs SECRET$|^(KEY|APP|STORAGE|ME|CLIENT_ID|SP|TOKEN|FORGED)=/;
const needsCoreTools = /func start$|^cp local\.settings\.sample\.json/;

/** Run below, in a test of its own each. */
const programs = [
  'npm ci && npm start',
  'npm start',
  'npm start -- --identity',
  'npm start -- --keep',
  'npm run emulators',
  'npm run demo:study',
  'npm run smoke -- --url http://127.0.0.1:7071',
];
const quick = [
  'npm run demo',
  'npm run demo -- --provider fitbit',
  'npm run forecast',
  'npm run build',
  'npm run package:client',
  'npm run jest -- test/domain/rotation/lease.test.ts',
  `node -p 'encodeURIComponent("Köln Nord")'`,
];

const all = documents.flatMap((path) => commandsIn(path).map((command) => ({ path, command })));
const curls = [
  ...new Set(
    all
      .map(({ command }) => command)
      .filter((command) => command.startsWith('curl ') && !(command in elsewhere)),
  ),
];

test.each(documents)('every command of %s is run somewhere, or says why not', (path) => {
  const unknown = commandsIn(path).filter(
    (command) =>
      !(command in elsewhere) &&
      !needsAzure.test(command) &&
      !needsCoreTools.test(command) &&
      ![...programs, ...quick, ...curls].includes(command),
  );
  expect(unknown).toEqual([]);
});

test.each(Object.entries(elsewhere))('%s is run by %s', (command, file) => {
  const [program = ''] = command.split(/ --(?: |$)/);
  const words = program
    .replace('npm ci && ', '')
    .replace(/^npm run (?:-s )?(connect|token)$/, "'$1'")
    .replace(callWithOwnToken.split(' -- ')[0] ?? '', 'authorization: `Bearer ${token.out.trim()}`')
    .replace('OPS_KEY=$(key opsDoctor) ', '')
    .replace('npm run doctor', 'build/local/doctor.js')
    .replace('npm run drill', 'build/local/drill.js')
    .replace('npm run bench', 'build/local/bench.js')
    .replace('npm run fuzz', 'local/fuzz/run-fuzz')
    .replace('npm run search', './search')
    .replace('npm run pacing', 'local/pacing')
    .replace('npm run day', 'local/pacing/play-day');
  expect(readFileSync(file, 'utf8')).toContain(words);
});

interface Shell {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves when the output matches. @throws Error with the output when the program ends without it */
  until(pattern: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
}

/** In a process group of its own, as in a terminal. */
function run(command: string, env: NodeJS.ProcessEnv = {}): Shell {
  const child = spawn('bash', ['-c', command], { detached: true, env: { ...process.env, ...env } });
  let output = '';
  const looks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of looks) look();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    output: () => output,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(output)) resolve();
        };
        looks.add(look);
        look();
        void ended.then(() => reject(new Error(`"${command}" ended without ${String(pattern)}:\n${output}`)));
      }),
  };
}

/** Ctrl-C in its terminal. */
async function interrupt({ child, ended }: Shell): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT');
  await ended;
}

test.each(quick)(
  '%s does what it says',
  async (command) => {
    const shell = run(command);
    expect(`${await shell.ended}\n${shell.output()}`).toMatch(/^0\n/);
  },
  120_000,
);

test('npm run demo:study prints a link that opens the board once, with 200 wearers', async () => {
  const study = run('npm run demo:study');
  try {
    await study.until(/link=[\w-]{43}[\s\S]*link=/);
    const [link = ''] = /http\S+\?link=\S+/.exec(study.output()) ?? [];
    const board = await createBrowser().open(link);
    expect(board.status).toBe(200);
    expect(board.text.includes('<strong>200</strong> All')).toBe(true);
    expect((await createBrowser().open(link)).status).toBe(401);
    const [mailbox = ''] = /http\S+\/mailbox/.exec(study.output()) ?? [];
    await study.until(/(A morning digest was sent[^]*){2}/);
    const mails = (await createBrowser().open(mailbox)).text;
    expect(mails).toContain('33 people are on the list of those who need attention');
    expect(mails).toContain('9 people are on the list of those who need attention');
  } finally {
    await interrupt(study);
  }
}, 120_000);

describe('npm start', () => {
  let service: Shell;
  let connection = '';
  beforeAll(async () => {
    service = run('npm start');
    // Without a click: connected, rotated, read, texted.
    await service.until(/token\.rotated /);
    await service.until(/sms\.delivered .*kind=low/);
  }, 120_000);
  afterAll(() => interrupt(service));

  test('prints where to click, and every address answers', async () => {
    // Phone, mailbox, sign-up, three providers, the board, a platform's webhooks, health.
    const lines = service.output().matchAll(/^ {2}[A-Z].* {2,}(http:\/\/127\.0\.0\.1:\d+\S*)/gm);
    const urls = [...lines].map(([, url]) => url!);
    expect(urls).toHaveLength(6 + providerIds.length);
    const statuses = await Promise.all(
      urls.map(async (url) => [url, (await createBrowser().open(url)).status]),
    );
    expect(statuses).toEqual(urls.map((url) => [url, 200]));
  });

  test('the low-battery text has arrived on the phone page', async () => {
    const page = await (await fetch('http://127.0.0.1:7183')).text();
    expect(page).toMatch(/Charge 6[^<]* (20|1\d)%/);
  });

  const local = {
    HEALTH_URL: 'http://127.0.0.1:7071/api/health',
    APP: 'http://127.0.0.1:7071/api',
    KEY: 'not needed locally',
  };

  /** As it stands, but for what stands between angle brackets; `azd` says the address of this service. */
  async function curl(command: string): Promise<Record<string, unknown>> {
    const filled = command
      .replace('https://<app>', 'http://127.0.0.1:7071')
      .replace('<key>', 'none')
      .replace('<id>', connection);
    const shell = run(
      `azd() { echo "$HEALTH_URL"; }\nkey() { echo "$KEY"; }\n${filled.replace('curl', 'curl -sS --fail')}`,
      local,
    );
    const code = await shell.ended;
    expect([code, shell.output()]).toEqual([0, expect.stringMatching(/^\{/)]);
    return JSON.parse(shell.output()) as Record<string, unknown>;
  }

  test.each(curls.filter((command) => /health|HEALTH/.test(command)))('%s', async (command) => {
    expect(await curl(command)).toMatchObject({ status: 'up', configured: true });
  });

  test.each(curls.filter((command) => command.includes('status')))('%s', async (command) => {
    const { connections } = (await curl(command)) as { connections: { connection: string }[] };
    expect(connections).toHaveLength(1);
    connection = connections[0]!.connection;
  });

  test.each(curls.filter((command) => command.includes('"<id>"')))('%s', async (command) => {
    expect(await curl(command)).toMatchObject({ outcome: 'rotated' });
  });

  test.each(curls.filter((command) => command.includes('/connections/<id>/')))('%s', async (command) => {
    const expected = command.includes('access-token')
      ? { token_type: 'Bearer' }
      : { pairedDevices: expect.any(Array) as [] };
    expect(await curl(command)).toMatchObject(expected);
  });

  test.each(curls.filter((command) => command.includes('"all"')))('%s', async (command) => {
    expect(await curl(command)).toMatchObject({ run: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
  });

  test('npm run smoke signs somebody up, from the form to the text on the phone', async () => {
    const shell = run('npm run smoke -- --url http://127.0.0.1:7071');
    expect([await shell.ended, shell.output()]).toEqual([
      0,
      expect.stringMatching(/^ok {2}sign-up to text: .*alerts on/m),
    ]);
  }, 90_000);

  test('npm run smoke fails where nothing answers', async () => {
    const shell = run('npm run smoke -- --url http://127.0.0.1:9');
    expect([await shell.ended, shell.output()]).toEqual([1, expect.stringContaining('FAILED  health: ')]);
  }, 60_000);

  test('Ctrl-C ends everything', async () => {
    await interrupt(service);
    expect(service.output()).toContain('Stopping');
    await expect(fetch('http://127.0.0.1:7183')).rejects.toThrow('fetch failed');
    await expect(fetch(local.HEALTH_URL)).rejects.toThrow('fetch failed');
  });
});

test('npm start -- --identity does the same without a key, and says where identities can be taken away', async () => {
  const shell = run('npm start -- --identity');
  try {
    await shell.until(/Managed identity +http/);
    await shell.until(/sms\.delivered .*kind=low/);
    expect((await fetch('http://127.0.0.1:7184')).status).toBe(200);
    expect((await fetch('http://127.0.0.1:7071/api/health')).status).toBe(200);
  } finally {
    await interrupt(shell);
  }
}, 120_000);

test('npm start -- --keep has its connection again after a kill, and after Ctrl-C', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  let shell: Shell | undefined;
  const connectionsOnceRotated = async (): Promise<string[]> => {
    shell = run(`npm start -- --keep=${folder}`);
    await shell.until(/token\.rotated /);
    const answer = await fetch('http://127.0.0.1:7071/api/ops/status');
    const { connections } = (await answer.json()) as { connections: { connection: string; state: string }[] };
    return connections.map(({ connection, state }) => `${connection} ${state}`);
  };
  try {
    const [first, ...others] = await connectionsOnceRotated();
    expect([first, others]).toEqual([expect.stringMatching(/^[0-9a-f]{32} connected$/), []]);
    process.kill(-shell!.child.pid!, 'SIGKILL');
    await shell!.ended;
    expect(await connectionsOnceRotated()).toEqual([first]);
    await interrupt(shell!);
    expect(await connectionsOnceRotated()).toEqual([first]);
    expect(shell!.output()).toContain(`Kept in                     ${folder}`);
  } finally {
    if (shell) await interrupt(shell);
    rmSync(folder, { recursive: true, force: true });
  }
}, 400_000);

test('npm start says which settings are wrong, and ends', async () => {
  const shell = run('npm start', { BATTERY_THRESHOLD: 'seventeen' });
  expect([await shell.ended, shell.output()]).toEqual([
    1,
    expect.stringMatching(
      /^The settings have problems:\n- BATTERY_THRESHOLD must be a whole number from 5 to 50 \(percent\)$/m,
    ),
  ]);
}, 60_000);

test('npm start with a client of its own says which provider is real', async () => {
  const shell = run('npm start', {
    GOOGLE_HEALTH_CLIENT_ID: 'mine',
    GOOGLE_HEALTH_CLIENT_SECRET: 'not printed',
  });
  await shell.until(/Google Health +the real one, with your client/);
  await shell.until(/Fitbit simulator +http/);
  await shell.until(/number\.confirmed /);
  await interrupt(shell);
  expect(shell.output()).toContain('http://127.0.0.1:7071/api/oauth/callback');
  expect(shell.output()).not.toContain('not printed');
}, 120_000);

test('npm run emulators says what to do next, and ends with Ctrl-C', async () => {
  const shell = run('npm run emulators');
  await shell.until(/Ctrl-C ends the emulators/);
  for (const [, url = ''] of shell.output().matchAll(/(?:Phone|simulator).*(http:\S+)/g)) {
    expect((await fetch(url)).status).toBe(200);
  }
  await interrupt(shell);
  await expect(fetch('http://127.0.0.1:7183')).rejects.toThrow('fetch failed');
}, 60_000);

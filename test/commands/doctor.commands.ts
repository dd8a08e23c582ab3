/** `npm run doctor`, as an operator runs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { service, useLocalService, world } from '../support/local-service';

useLocalService();

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** In a folder of its own, whose settings are those of nobody. */
function doctor(
  args: readonly string[],
  environment: Record<string, string | undefined> = {},
): Promise<Ended> {
  const program = resolve('build/local/doctor.js');
  const { PATH, HOME } = process.env;
  return new Promise((done) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: folder, env: { PATH, HOME, ...environment } },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, output: out + err }),
    );
  });
}

test('asks a service that runs, and ends well where everything is good', async () => {
  const { code, output } = await doctor(['--url', `${service.url}/api`]);
  expect(output).toContain('ok  VAULT_WRITE              Key Vault lets the service write.');
  expect(output).toContain('ok  CLIENT withings          Withings knows the client and its secret.');
  expect([code, output.match(/^BAD/gm)]).toEqual([0, null]);
});

test('examines what the settings describe, with what to do below what is bad', async () => {
  const settings = { ...service.settings, BATTERY_SCHEDULE: '0 0 6 * * *' };
  writeFileSync(join(folder, 'local.settings.json'), JSON.stringify({ Values: settings }));
  const { code, output } = await doctor([]);
  expect(output).toContain('ok  SETTINGS                 Every setting can be read.');
  expect(output).toMatch(/^ok {2}TEXTS +Communication Services would take a text/m);
  expect(output).toMatch(
    /^BAD SCHEDULES +Batteries are read only every 24 hours\. .*\n {29}Set BATTERY_SCHEDULE to at least twice a day/m,
  );
  expect(output.match(/^BAD/gm)).toHaveLength(1);
  expect(code).toBe(1);
});

test('names a malformed setting, and shows no value', async () => {
  const settings = {
    ...world.settings,
    PUBLIC_URL: 'http://127.0.0.1:7071',
    BATTERY_THRESHOLD: 'ninety-nine',
  };
  writeFileSync(join(folder, 'local.settings.json'), JSON.stringify({ Values: settings }));
  const { code, output } = await doctor([]);
  expect(output).toMatch(
    /^BAD SETTINGS +BATTERY_THRESHOLD must be a whole number from 5 to 50 \(percent\)\.\n/,
  );
  expect(output).not.toContain('ninety-nine');
  expect(code).toBe(1);
});

test.each([
  [['--url', 'http://127.0.0.1:1/api'], 'Nothing answers at http://127.0.0.1:1/api/ops/doctor.'],
  [['--url', 'nowhere'], '--url must be an address such as https://my-app.azurewebsites.net/api'],
  [['--key', 'x'], "Unknown option '--key'"],
])('says what is wrong with %j', async (args, sentence) => {
  const { code, output } = await doctor(args);
  expect(output).toContain(sentence);
  expect(output).not.toMatch(/ at .*\.js:\d/);
  expect(code).toBe(1);
});

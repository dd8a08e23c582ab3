/** Malformed settings in the local world: the runner serves what Azure's host would. */
import { startRunner } from '../local/runner/runner';
import { registerApp } from '../src/app';
import sample from '../local.settings.sample.json';

test('with a malformed setting nothing answers but health, by 503 and the names, and the log has an error', async () => {
  const settings = { ...sample.Values, WATCHDOG_SCHEDULE: '0 60 * * * *', SMS_FROM: 'hunter2-hunter2' };
  const lines: string[] = [];
  const write = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
  const sink = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const runner = await startRunner({
    register: (app) => registerApp(app, settings, sink),
    settings,
    port: 0,
    storageConnectionString: settings.AzureWebJobsStorage,
    onLog: ({ level, message }) => write(level)(message),
  });
  try {
    expect(runner.functions.map(({ name }) => name)).toEqual(['health']);
    const health = await fetch(`${runner.url}/api/health`);
    expect([health.status, await health.json()]).toEqual([
      503,
      { status: 'misconfigured', settings: ['WATCHDOG_SCHEDULE', 'SMS_FROM'] },
    ]);
    expect((await fetch(`${runner.url}/signup`)).status).toBe(404);
  } finally {
    await runner.close();
  }
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatch(/^error .*"event":"config\.invalid"/);
    expect(line).toMatch(
      /"reason":"WATCHDOG_SCHEDULE has a field for the minute .*; SMS_FROM must be a number/,
    );
    expect(line).not.toContain('hunter2');
  }
});

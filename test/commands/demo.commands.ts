import { runDemo, StepFailed } from '../../local/run-demo';
import { ada } from '../../local/people';
import type { LogEntry } from '../../local/runner/run-invocation';
import { withingsUserId } from '../../local/simulators/withings-grants';
import { perProvider, providerIds, type ProviderId } from '../../src/model';

interface DemoRun {
  readonly transcript: string[];
  readonly logs: LogEntry[];
  /** Everything that may stand in no log and no transcript. */
  readonly secrets: string[];
  readonly texts: readonly { to: string; body: string }[];
}

async function demo(provider: ProviderId): Promise<DemoRun> {
  const transcript: string[] = [];
  const logs: LogEntry[] = [];
  let secrets: string[] = [];
  let texts: DemoRun['texts'] = [];
  await runDemo({
    provider,
    print: (line) => transcript.push(line),
    onLog: (entry) => logs.push(entry),
    inspect: (world) => {
      texts = world.phone.texts();
      secrets = [
        ...Object.values(world.simulators).flatMap((simulator) => simulator.issuedSecrets()),
        ada.phone,
        ada.phone.replace('+', ''),
        '4255550123',
        ...world.wearers.all().flatMap(({ healthUserId, legacyUserId }) => [healthUserId, legacyUserId]),
        ...world.wearers.all().map(({ id }) => `${withingsUserId(id)}`),
      ];
    },
  });
  return { transcript, logs, secrets, texts };
}

/** Withings has no percent, and calls everything up to 30 % low: also the 22 that Ada begins with. */
const alert = {
  ...perProvider(() => ({ text: /Charge 6 is at 17%.*…/, inFirstCheck: false })),
  withings: { text: /Charge 6 is low on battery.*…/, inFirstCheck: true },
};

describe.each([...providerIds])('the demo with %s', (provider) => {
  const { text, inFirstCheck } = alert[provider];
  let run: DemoRun;
  beforeAll(async () => {
    run = await demo(provider);
  }, 60_000);

  test('goes from consent to one SMS', () => {
    expect(run.transcript.map((line) => line.split(' ')[0])).toEqual([
      'Provider:',
      'Signed',
      'Confirmed',
      'Rotated',
      'Read',
      'Read',
      'Texted',
      'Checked',
    ]);
    expect(run.transcript[1]).toMatch(/Consent 1, generation 1, access token until 2\d{3}-/);
    expect(run.transcript[3]).toMatch(/Consent 1, generation 2, access token until 2\d{3}-/);
    const link = /http:\/\/127\.0\.0\.1:\d+\/m\/[\w-]{22}/;
    expect(run.texts.map(({ to, body }) => [to, body.replace(/\d{6}/, '…').replace(link, '…')])).toEqual([
      [ada.phone, expect.stringMatching(/^Fitbit Token Service: your code is …\./)],
      [ada.phone, expect.stringContaining(': …')],
      [ada.phone, expect.stringMatching(text)],
    ]);
    expect(run.transcript.join()).not.toMatch(link);
  });

  test('logs what happened, with the level of each line', () => {
    const events = run.logs.map(({ message }) => (JSON.parse(message) as { event: string }).event);
    // Delivery reports come when they come.
    expect(events.filter((event) => event === 'sms.delivered')).toHaveLength(3);
    expect(events.filter((event) => event !== 'sms.delivered')).toEqual([
      'sms.send',
      'connection.connected',
      'number.confirmed',
      'sms.send',
      'run.dispatched',
      'token.refresh_begun',
      'token.rotated',
      // Of the consent.
      ...(inFirstCheck ? ['sms.send'] : []),
      'battery.checked',
      'run.dispatched',
      ...(inFirstCheck ? [] : ['sms.send']),
      'battery.checked',
      'run.dispatched',
      'battery.checked',
    ]);
    expect(new Set(run.logs.map(({ level }) => level))).toEqual(new Set(['information']));
    expect(run.logs.map(({ functionName }) => functionName)).toContain('rotateToken');
  });

  test('puts no token, code, client secret, phone number or user id into a log or the transcript', () => {
    expect(run.secrets.length).toBeGreaterThan(8);
    const written = JSON.stringify([run.logs, run.transcript]);
    for (const secret of run.secrets) expect(written).not.toContain(secret);
  });
});

test('a demo whose step fails names the step', async () => {
  const failing = runDemo({
    provider: 'fitbit',
    print: (line) => {
      if (line.startsWith('Signed')) throw new Error('paper jam');
    },
  });
  await expect(failing).rejects.toThrow('paper jam');
  expect(new StepFailed('Send the SMS', new Error('no text has arrived')).message).toBe(
    'Send the SMS: no text has arrived',
  );
}, 60_000);

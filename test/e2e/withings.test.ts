/** A wearer of Withings from sign-up to goodbye: tokens that rotate, a battery without a percent, a revocation that is signed. */
import { createBrowser } from '../../local/browser';
import { asAda, connectWearer, linkOnPhone } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { faultThatMeans } from '../../local/simulators/documented-faults';
import { withingsUserId } from '../../local/simulators/withings-grants';
import { languages, type Connection } from '../../src/model';
import { logs, service, useLocalService, world } from '../support/local-service';

useLocalService({
  settings: { SERVICE_NAME: 'Battery Watch', GOOGLE_HEALTH_CLIENT_ID: '', FITBIT_CLIENT_ID: '' },
});

const withings = () => world.simulators.withings;

async function record(): Promise<Connection> {
  for await (const { value } of service.services.tables.connections.list()) return value;
  throw new Error('There is no connection.');
}

async function run(timer: 'rotateTokens' | 'checkBatteries'): Promise<void> {
  await service.invokeTimer(timer);
  await service.drainQueues();
}

beforeAll(async () => {
  world.wearers.setBattery('2233445566', { percent: 60 });
  // Withings asks so before it takes the address for a callback URL.
  expect((await fetch(`${service.url}/api/oauth/callback`, { method: 'HEAD' })).status).toBe(200);
  await connectWearer(asAda(service, world, 'withings'));
  await service.drainQueues();
});

test('reads the name of Withings, and of no other provider, on her page in every language', async () => {
  await run('checkBatteries');
  const link = linkOnPhone(world.phone, ada.phone);
  for (const language of languages) {
    const { text } = await createBrowser().open(`${link}?language=${language}`);
    const privacy = await createBrowser().open(`${service.url}/privacy?language=${language}`);
    const signUp = await createBrowser().open(`${service.url}/signup?language=${language}`);
    for (const shown of [text, privacy.text, signUp.text]) expect(shown).toContain('Withings');
    expect(text).not.toMatch(/Google|Fitbit/);
    expect([privacy.text, signUp.text].filter((shown) => shown.includes('Fitbit'))).toEqual([]);
    expect(signUp.text).not.toContain('Google Health');
  }
});

test('is refreshed once when the API says 401 under HTTP 200', async () => {
  const refreshes = withings().refreshCount(ada.id);
  withings().faults.add(ada.id, faultThatMeans('withings', 'ACCESS_TOKEN_REFUSED'));
  await run('checkBatteries');
  expect(withings().refreshCount(ada.id)).toBe(refreshes + 1);
  expect((await record()).failingCheck).toBeUndefined();
});

test('goes from sign-up over rotation and text to goodbye', async () => {
  expect((await record()).timeZone).toBe('Europe/London');

  const before = withings().currentRefreshToken(ada.id);
  const { generation } = (await record()).pointer!;
  await run('rotateTokens');
  const { id, pointer } = await record();
  expect(pointer?.generation).toBe(generation + 1);
  const stored = await service.services.vault.readTokenSet({ id }, 1, pointer!.secretVersion);
  expect(stored?.set.refreshToken.reveal()).toBe(withings().currentRefreshToken(ada.id));
  expect(stored?.set.refreshToken.reveal()).not.toBe(before);
  expect(stored?.set.expiresAt).toBe(stored!.set.issuedAt + 10_800_000);

  await run('checkBatteries');
  const alerts = () => world.phone.texts().filter(({ body }) => body.includes('low on battery'));
  expect(alerts()).toEqual([]);
  world.wearers.setBattery('2233445566', { percent: 30 });
  await run('checkBatteries');
  await run('checkBatteries');
  expect(alerts().map(({ to, body }) => [to, body.replace(/http\S+/, '…')])).toEqual([
    [ada.phone, 'Battery Watch: Your Charge 6 is low on battery. Time to charge. … STOP to end'],
  ]);

  const browser = createBrowser();
  const page = await browser.open(linkOnPhone(world.phone, ada.phone));
  const gone = await browser.submit(page, { action: 'disconnect', sure: 'yes' });
  expect(gone.text).toContain('Withings has confirmed that we no longer have access to your account.');
  expect([withings().currentRefreshToken(ada.id), withings().liveAccessTokens(ada.id)]).toEqual([
    undefined,
    [],
  ]);
  expect((await record()).pointer).toBeUndefined();

  const secrets = [...withings().issuedSecrets(), `${withingsUserId(ada.id)}`];
  expect(secrets.length).toBeGreaterThan(6);
  const written = logs.map(({ message }) => message).join('\n');
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
});

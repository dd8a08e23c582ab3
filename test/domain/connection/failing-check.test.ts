import { checkBattery } from '../../../src/domain/operation/check-battery';
import { afterFailure } from '../../../src/domain/connection/failing-check';
import { readStatus } from '../../../src/domain/operation/status';
import { AppError } from '../../../src/errors';
import { answer, type Reply } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const hour = 3_600_000;
let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});

async function check(...replies: Reply[]) {
  world.http.script(...replies);
  return checkBattery(world.ports, 'wearer-1');
}

const forbidden = answer(403, { error: { code: 403, status: 'PERMISSION_DENIED' } });
const good = answer(200, {});

test('is stored with its code, since when and how often, and shown in ops/status', async () => {
  await connectWearer(world, 'google-health');
  const since = world.clock.now();
  for (let n = 0; n < 3; n += 1) {
    await check(forbidden);
    world.clock.advance(hour);
  }
  expect(recordOf(world).failingCheck).toEqual({
    since,
    code: 'ACCESS_FORBIDDEN',
    codeSince: since,
    count: 3,
    lastAt: since + 2 * hour,
  });
  expect((await readStatus(world.ports)).connections[0]).toMatchObject({
    state: 'check failing',
    failingCheck: { code: 'ACCESS_FORBIDDEN', since: new Date(since).toISOString(), count: 3 },
  });
});

test('ends by itself with the first good check', async () => {
  await connectWearer(world, 'google-health');
  await check(forbidden);
  world.clock.advance(hour);
  await expect(check(good)).resolves.toMatchObject({ ok: true });
  expect(recordOf(world).failingCheck).toBeUndefined();
  expect((await readStatus(world.ports)).connections[0]).toMatchObject({ state: 'connected' });
});

test('is also one that a store made fail', async () => {
  await connectWearer(world, 'google-health');
  world.vault.readTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'down'));
  await expect(check()).rejects.toThrow('down');
  expect(recordOf(world).failingCheck).toMatchObject({ code: 'VAULT_UNAVAILABLE', count: 1 });
});

test('is not one that only found somebody else at work, or nobody at all', async () => {
  const { connection } = await connectWearer(world, 'fitbit', {
    set: { expiresAt: 0 },
    lease: { owner: 'somebody else', until: world.clock.now() + hour },
  });
  await expect(check()).resolves.toMatchObject({ ok: false, code: 'LEASE_HELD' });
  expect(recordOf(world, connection.id).failingCheck).toBeUndefined();
  await expect(checkBattery(world.ports, 'nobody')).resolves.toMatchObject({ ok: false });
});

test('keeps a lasting reason when a passing one comes between, and begins the count of a new one', () => {
  const first = afterFailure(undefined, 'ACCESS_FORBIDDEN', 0);
  const between = afterFailure(first, 'PROVIDER_UNAVAILABLE', hour);
  expect(between).toEqual({ since: 0, code: 'ACCESS_FORBIDDEN', codeSince: 0, count: 2, lastAt: hour });
  expect(afterFailure(between, 'SCOPE_MISSING', 2 * hour)).toEqual({
    since: 0,
    code: 'SCOPE_MISSING',
    codeSince: 2 * hour,
    count: 3,
    lastAt: 2 * hour,
  });
});

test('the time zone follows a wearer who travels and has chosen none', async () => {
  const devices = (percent: number) =>
    answer(200, {
      pairedDevices: [{ name: 'users/me/pairedDevices/1', deviceType: 'TRACKER', batteryLevel: percent }],
    });
  await connectWearer(world, 'google-health', { set: { expiresAt: world.clock.now() + 96 * hour } });
  await check(devices(90));
  world.clock.advance(24 * hour);
  await check(devices(89), answer(200, { timeZone: 'Asia/Tokyo' }));
  expect(recordOf(world).timeZone).toBe('Asia/Tokyo');
  world.clock.advance(hour);
  await check(devices(88));
  world.clock.advance(24 * hour);
  await check(devices(87), answer(200, { utcOffset: '19800s' }));
  expect(recordOf(world).timeZone).toBe('+05:30');
});

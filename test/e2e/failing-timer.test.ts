/** A timer that fails is run again by its retry policy. What its first try has begun is then begun twice. */
import { asAda, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { service, useLocalService, world } from '../support/local-service';

useLocalService();

beforeAll(async () => {
  const page = await signUpAs(asAda(service, world, 'fitbit'));
  expect(page.status).toBe(200);
  await service.drainQueues();
});

test('every timer has five retries, a minute apart', () => {
  const policies = service.functions.flatMap(({ name, kind, options }) =>
    kind === 'timer' ? [[name, options.retry]] : [],
  );
  const policy = { strategy: 'fixedDelay', maxRetryCount: 5, delayInterval: { seconds: 60 } };
  expect(policies).toEqual([
    ['rotateTokens', policy],
    ['publishTokens', policy],
    ['checkBatteries', policy],
    ['morningDigest', policy],
    ['watchdog', policy],
    ['housekeeping', policy],
  ]);
});

test('jobs that were dispatched twice rotate once, and the token set still works', async () => {
  const before = world.simulators.fitbit.refreshCount(ada.id);
  await service.invokeTimer('rotateTokens');
  await service.invokeTimer('rotateTokens');
  await service.drainQueues();
  expect(world.simulators.fitbit.refreshCount(ada.id)).toBe(before + 1);

  // The first try may have been worked off before the second begins: then there are two rotations, and none is lost.
  await service.invokeTimer('rotateTokens');
  await service.drainQueues();
  expect(world.simulators.fitbit.refreshCount(ada.id)).toBe(before + 2);
  const health = await fetch(`${service.url}/api/ops/status`);
  expect(await health.json()).toMatchObject({
    connections: [{ state: 'connected', generation: before + 3 }],
  });
});

test('battery checks that were dispatched twice text once', async () => {
  world.wearers.setBattery('2233445566', { percent: 12, drainPerHour: 0 });
  const before = world.phone.texts().length;
  await service.invokeTimer('checkBatteries');
  await service.invokeTimer('checkBatteries');
  await service.drainQueues();
  await service.invokeTimer('checkBatteries');
  await service.drainQueues();
  const texts = world.phone.texts().slice(before);
  expect(texts.map(({ body }) => body)).toEqual([expect.stringMatching(/Charge 6.* 12%/)]);
});

test('the watchdog and the housekeeping can run twice in a row', async () => {
  const before = world.phone.texts().length;
  for (const timer of ['watchdog', 'housekeeping'] as const) {
    await service.invokeTimer(timer);
    await service.invokeTimer(timer);
  }
  await service.drainQueues();
  expect(world.phone.texts()).toHaveLength(before);
});

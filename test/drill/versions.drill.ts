/** A hundred days of rotations of one connection against the real SecretClient: no secret gets near 500 versions. */
import { startKeyVault } from '../../local/key-vault/emulator';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { connectKeyVault } from '../../src/adapters/key-vault';
import { change } from '../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../src/domain/store/row-keys';
import { rotateToken } from '../../src/domain/rotation/rotate-token';
import { Secret } from '../../src/secret';
import { createFakeFitbit } from '../support/fake-fitbit';
import { connectWearer, createTestWorld, recordOf } from '../support/world';

test('405 rotations stay within what a vault can back up, and leave one secret', async () => {
  const world = createTestWorld();
  const emulator = await startKeyVault({ port: 0, now: () => world.clock.now() });
  const vault = connectKeyVault({
    uri: emulator.url,
    credentialFor: createCredentialFor({ kind: 'developer' }),
    attemptMs: 5_000,
  });
  vault.readSecret = () => Promise.resolve(new Secret('fitbit-secret'));
  const fitbit = createFakeFitbit(world.clock, ['wearer-1']);
  const ports = { ...world.ports, vault, http: fitbit.http };
  const { set } = await connectWearer(world, 'fitbit', {
    set: { refreshToken: new Secret(fitbit.live('wearer-1')) },
  });
  const secretVersion = await vault.saveTokenSet(set);
  await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
    ...record,
    pointer: { ...record.pointer!, secretVersion },
  }));

  let most = 0;
  for (let rotation = 1; rotation <= 405; rotation += 1) {
    world.clock.advance(6 * 3_600_000);
    const result = await rotateToken(ports, 'wearer-1', { by: 'run', startedAt: world.clock.now() });
    expect(result).toMatchObject({ ok: true, value: { outcome: 'rotated' } });
    if (rotation % 5 === 4) {
      const versions = emulator.snapshot().secrets.map((secret) => secret.versions.length);
      most = Math.max(most, ...versions);
    }
  }

  expect(fitbit.refreshes()).toBe(405);
  expect(most).toBe(400);
  expect(recordOf(world).pointer).toMatchObject({ consent: 2, generation: 6 });
  expect(emulator.secretNames()).toEqual(['token-set-wearer-1-2']);
  const current = await vault.readTokenSet({ id: 'wearer-1' }, 2);
  expect(current?.set.refreshToken.reveal()).toBe(fitbit.live('wearer-1'));
  await emulator.close();
}, 120_000);

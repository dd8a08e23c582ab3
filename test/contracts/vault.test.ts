import { startKeyVault, type KeyVaultEmulator } from '../../local/key-vault/emulator';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { connectKeyVault } from '../../src/adapters/key-vault';
import { Secret } from '../../src/secret';
import { createFakeClock } from '../support/memory-runtime';
import { createMemoryVault } from '../support/memory-vault';
import { vaultContract } from './vault.contract';

const running: KeyVaultEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

const days7 = 7 * 24 * 3_600_000;
const deletionMs = 13_000;

vaultContract('in memory', async ({ protects = false } = {}) => {
  const clock = createFakeClock();
  const vault = createMemoryVault(clock);
  vault.deletionMs = deletionMs;
  if (protects) vault.forgetsAt = clock.now() + days7;
  return {
    vault,
    clock,
    deletionMs,
    setSecret: (name, value) => void vault.secrets.set(name, new Secret(value)),
  };
});

vaultContract('in Key Vault', async ({ protects: purgeProtection = false } = {}) => {
  const clock = createFakeClock();
  const emulator = await startKeyVault({ port: 0, now: clock.now, purgeProtection, deletionMs });
  running.push(emulator);
  const credentialFor = createCredentialFor({ kind: 'developer' });
  return {
    vault: connectKeyVault({ uri: emulator.url, credentialFor, attemptMs: 5_000 }),
    clock,
    deletionMs,
    setSecret: emulator.setSecret,
  };
});

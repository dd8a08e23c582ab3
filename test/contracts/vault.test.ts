import { startKeyVault, type KeyVaultEmulator } from '../../local/key-vault/emulator';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { connectKeyVault } from '../../src/adapters/key-vault';
import { Secret } from '../../src/secret';
import { createFakeClock, createMemoryVault } from '../support/memory';
import { vaultContract } from './vault.contract';

const running: KeyVaultEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

vaultContract('in memory', async () => {
  const clock = createFakeClock();
  const vault = createMemoryVault(clock);
  return { vault, clock, setSecret: (name, value) => void vault.secrets.set(name, new Secret(value)) };
});

vaultContract('in Key Vault', async () => {
  const clock = createFakeClock();
  const emulator = await startKeyVault({ port: 0, now: clock.now });
  running.push(emulator);
  const credentialFor = createCredentialFor({ kind: 'developer' });
  return {
    vault: connectKeyVault({ uri: emulator.url, credentialFor, attemptMs: 5_000 }),
    clock,
    setSecret: emulator.setSecret,
  };
});

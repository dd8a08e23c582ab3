/** Which credential goes to which address. Nothing here reaches a network: no token is asked for in Azure. */
import * as identity from '@azure/identity';
import { createCredentialFor } from '../../src/adapters/azure-credential';

const vaultUrl = 'https://vault.example.com';
const clientId = '11111111-2222-4333-8444-555555555555';

test.each(['https://127.0.0.1:7180', 'http://localhost:10002', 'http://[::1]:1', 'http://127.8.9.10/'])(
  'the loopback address %s gets the fixed token, which expires later than now',
  async (url) => {
    const credential = await createCredentialFor({ kind: 'managed identity', clientId })(url);
    const token = await credential.getToken('https://vault.azure.net/.default');
    expect(token?.token).toBe('local');
    expect(token?.expiresOnTimestamp).toBeGreaterThan(Date.now() + 60_000);
  },
);

test('a loopback address never asks Azure', async () => {
  const asked = [
    jest.spyOn(identity.ManagedIdentityCredential.prototype, 'getToken'),
    jest.spyOn(identity.AzureCliCredential.prototype, 'getToken'),
  ];
  for (const kind of ['managed identity', 'developer'] as const) {
    const credential = await createCredentialFor({ kind })('https://127.0.0.1:7180');
    await credential.getToken('https://vault.azure.net/.default');
  }
  for (const getToken of asked) expect(getToken).not.toHaveBeenCalled();
});

test('in Azure the managed identity with the client id is used', async () => {
  const credential = await createCredentialFor({ kind: 'managed identity', clientId })(vaultUrl);
  expect(credential.constructor.name).toBe('ManagedIdentityCredential');
  // Not public, and the only place where the id shows without a call to Azure.
  expect(credential).toMatchObject({ clientId });
});

test('without a client id it is the identity that belongs to the app itself', async () => {
  const credential = await createCredentialFor({ kind: 'managed identity' })(vaultUrl);
  expect(credential.constructor.name).toBe('ManagedIdentityCredential');
  expect((credential as { clientId?: string }).clientId).toBeUndefined();
});

test('on a developer’s machine the Azure CLI’s own login is used', async () => {
  const credential = await createCredentialFor({ kind: 'developer', clientId })(vaultUrl);
  expect(credential.constructor.name).toBe('AzureCliCredential');
});

test('one credential is shared by every address in Azure, and by calls at the same time', async () => {
  const credentialFor = createCredentialFor({ kind: 'managed identity', clientId });
  const credentials = await Promise.all([
    credentialFor(vaultUrl),
    credentialFor('https://account.table.core.windows.net'),
    credentialFor('https://account.queue.core.windows.net'),
  ]);
  expect(new Set(credentials).size).toBe(1);
});

test.each([
  'http://vault.example.com',
  'http://10.0.0.1',
  'http://0.0.0.0',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://127.0.0.1@vault.example.com/',
  'http://vault.example.com/127.0.0.1',
  'http://vault.example.com#@localhost',
  'no address at all',
])('%s is not loopback and never gets the fixed token', async (url) => {
  const credential = await createCredentialFor({ kind: 'developer' })(url);
  expect(credential.constructor.name).toBe('AzureCliCredential');
});

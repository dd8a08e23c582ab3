/** Which credential goes to which address. Nothing here reaches a network: no token is asked for in Azure. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import * as identity from '@azure/identity';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { withoutPauses } from '../support/without-pauses';

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

describe('a token that is asked for in Azure', () => {
  const scope = 'https://vault.azure.net/.default';
  const credentialFor = createCredentialFor({ kind: 'managed identity', clientId });
  const answering = (getToken: () => Promise<identity.AccessToken>) =>
    jest.spyOn(identity.ManagedIdentityCredential.prototype, 'getToken').mockImplementation(getToken);

  test('comes from the credential, with the scopes and options as they were given', async () => {
    const token = { token: 'a-token', expiresOnTimestamp: 7 };
    const getToken = answering(() => Promise.resolve(token));
    const credential = await credentialFor(vaultUrl);
    await expect(credential.getToken(scope, { tenantId: 'tenant' })).resolves.toBe(token);
    expect(getToken.mock.calls).toEqual([[scope, { tenantId: 'tenant' }]]);
  });

  test('fails as the credential fails', async () => {
    const refused = new Error('no identity');
    answering(() => Promise.reject(refused));
    await expect((await credentialFor(vaultUrl)).getToken(scope)).rejects.toBe(refused);
  });

  test('and never comes is given up after 15 seconds, and asked for again at the next call', async () => {
    const getToken = answering(() => new Promise(() => undefined));
    const credential = await credentialFor(vaultUrl);
    const { result, passedMs } = await withoutPauses(() =>
      credential.getToken(scope).then(
        () => 'a token',
        (error: Error) => error.message,
      ),
    );
    expect(result).toBe('Azure did not give a token in time.');
    expect(passedMs).toBeGreaterThanOrEqual(15_000);
    expect(passedMs).toBeLessThan(16_000);

    getToken.mockResolvedValue({ token: 'a-token', expiresOnTimestamp: 7 });
    await expect(credential.getToken(scope)).resolves.toMatchObject({ token: 'a-token' });
  });

  test('leaves no timer behind when it has come', async () => {
    answering(() => Promise.resolve({ token: 'a-token', expiresOnTimestamp: 7 }));
    const credential = await credentialFor(vaultUrl);
    jest.useFakeTimers();
    try {
      await credential.getToken(scope);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('from an endpoint that accepts and never answers is given up, and the connection to it is closed', async () => {
    const endpoint = createServer().listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    const sockets: Socket[] = [];
    endpoint.on('connection', (socket) => {
      sockets.push(socket);
      socket.resume();
    });
    process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/msi/token`;
    process.env.IDENTITY_HEADER = 'header';
    try {
      const credential = await createCredentialFor({ kind: 'managed identity', clientId })(vaultUrl);
      const { result, passedMs } = await withoutPauses(async () => {
        const refused = await credential.getToken(scope).catch((error: Error) => error.name);
        while (sockets.some(({ destroyed }) => !destroyed)) await new Promise(setImmediate);
        return refused;
      });
      expect(result).toBe('CredentialUnavailableError');
      expect(sockets).toHaveLength(1);
      expect(passedMs).toBeGreaterThanOrEqual(15_000);
    } finally {
      delete process.env.IDENTITY_ENDPOINT;
      delete process.env.IDENTITY_HEADER;
      endpoint.close();
    }
  });
});

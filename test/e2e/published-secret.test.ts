/** A published access token, written by the service into the local vault and read by another program with the real client. */
import { SecretClient } from '@azure/keyvault-secrets';
import { connectWearer } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import type { LogEntry } from '../../local/runner/run-invocation';
import { startService, type Service } from '../../local/service';
import { startWorld, type World } from '../../local/world';
import { endSharing } from '../../src/domain/wearer/personal-page';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { setLabel } from '../../src/domain/connection/labels';
import { borrowAzurite } from '../support/shared-azurite';

let world: World;
let service: Service;
let client: SecretClient;
const logs: LogEntry[] = [];
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;
const name = 'access-token-participant-17';

beforeAll(async () => {
  world = await startWorld({ now, startStorage: borrowAzurite });
  service = await startService({
    world,
    port: 0,
    unattended: false,
    onLog: (entry) => logs.push(entry),
    settings: { SHARED_WITH: 'a sleep study', PUBLISH_ACCESS_TOKENS: 'true' },
    adaptServices: (services) => ({
      ...services,
      clock: { ...services.clock, now, sleep: () => Promise.resolve(void (aheadMs += 10_000)) },
    }),
  });
  const credential = await createCredentialFor({ kind: 'developer' })(world.keyVault.url);
  client = new SecretClient(world.keyVault.url, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: world.keyVault.certificate },
  });
}, 60_000);
afterAll(async () => {
  await service.close();
  await world.close();
});

async function look(): Promise<void> {
  await service.invokeTimer('publishTokens');
  await service.drainQueues();
}

async function connection() {
  for await (const { value } of service.services.tables.connections.list()) if (value.pointer) return value;
  throw new Error('Nobody is connected.');
}

test('it stands there until its end, is renewed before that, and goes with the sharing', async () => {
  const { phone, simulators } = world;
  await connectWearer({
    serviceUrl: service.url,
    provider: 'google-health',
    number: ada.phone,
    phone,
    wearer: ada.id,
  });
  const { id, pointer } = await connection();
  await setLabel(service.services, id, 'participant-17');
  await look();
  const { value, properties } = await client.getSecret(name);
  expect(simulators['google-health'].liveAccessTokens(ada.id)).toContain(value);
  expect(properties).toMatchObject({
    contentType: 'text/plain',
    expiresOn: new Date(Math.floor(pointer!.expiresAt / 1_000) * 1_000),
    tags: {
      connection: id,
      provider: 'google-health',
      scopes: expect.stringContaining('googlehealth.settings') as string,
    },
  });

  await look();
  expect((await client.getSecret(name)).properties.version).toBe(properties.version);

  aheadMs += 21 * 60_000;
  await look();
  const later = await client.getSecret(name);
  expect(later.value).not.toBe(value);
  expect(later.properties.expiresOn!.getTime() - now()).toBeGreaterThan(59 * 60_000);

  // Somebody has written there by hand.
  await client.setSecret(name, 'something else');
  await look();
  expect((await client.getSecret(name)).value).toBe(later.value);

  await endSharing(service.services, id);
  await expect(client.getSecret(name)).rejects.toMatchObject({ statusCode: 404 });
  expect(world.keyVault.snapshot().secrets.find((each) => each.name === name)?.deletedAt).toBeDefined();

  // Shared anew: the vault brings the name back, once its deletion is over.
  const { tables } = service.services;
  for await (const row of tables.connections.list()) {
    if (row.value.id === id)
      await tables.connections.replace(row, { ...row.value, sharedWith: 'a sleep study' });
  }
  await look();
  expect((await client.getSecret(name)).value).toBe(later.value);

  const written = JSON.stringify(logs);
  for (const secret of simulators['google-health'].issuedSecrets()) expect(written).not.toContain(secret);
  expect(written).toContain('access_token.published');
}, 60_000);

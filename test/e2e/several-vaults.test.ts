/** A second vault beside the first, through the real client: who is where, and that nobody moves. */
import { connectWearer, linkOnPhone } from '../../local/connect-wearer';
import { startKeyVault, type KeyVaultEmulator } from '../../local/key-vault/emulator';
import { ada } from '../../local/people';
import { startService, type Service } from '../../local/service';
import { startWorld, type World } from '../../local/world';
import { examine } from '../../src/domain/operation/doctor/examine';
import { rotateToken } from '../../src/domain/rotation/rotate-token';
import { closeConnection } from '../../src/domain/wearer/close-connection';
import type { Connection } from '../../src/model';
import { appErrorOf } from '../support/error-of';
import { borrowAzurite } from '../support/shared-azurite';

let world: World;
let second: KeyVaultEmulator;
let service: Service;

const grace = { id: 'grace', phone: '+14255550177' } as const;

async function restart(settings: Readonly<Record<string, string>>): Promise<void> {
  await service?.close();
  service = await startService({
    world,
    port: 0,
    unattended: false,
    onLog: () => undefined,
    settings: { SHARED_WITH: 'a sleep study', PUBLISH_ACCESS_TOKENS: 'true', ...settings },
  });
}

beforeAll(async () => {
  world = await startWorld({ startStorage: borrowAzurite });
  second = await startKeyVault({ port: 0, now: Date.now });
  await restart({});
}, 60_000);
afterAll(async () => {
  await service.close();
  await second.close();
  await world.close();
});

async function connect({ id, phone }: typeof ada | typeof grace): Promise<Connection> {
  const known = (await connections()).map((each) => each.id);
  await connectWearer({
    serviceUrl: service.url,
    provider: 'fitbit',
    number: phone,
    phone: world.phone,
    wearer: id,
  });
  return (await connections()).find((each) => !known.includes(each.id) && each.pointer)!;
}

async function connections(): Promise<Connection[]> {
  const found = [];
  for await (const { value } of service.services.tables.connections.list()) found.push(value);
  return found;
}

const again = async ({ id }: Connection) => (await connections()).find((each) => each.id === id)!;

/** Secrets that are not token sets are the operator's and the service's own. */
const secretsOf = (vault: KeyVaultEmulator, ...kinds: string[]) =>
  vault.secretNames().filter((name) => kinds.some((kind) => name.startsWith(kind)));

async function rotate({ id }: Connection): Promise<string> {
  const response = await fetch(`${service.url}/api/ops/rotate`, {
    method: 'POST',
    body: JSON.stringify({ connection: id }),
  });
  return `${response.status} ${await response.text()}`;
}

async function problems(): Promise<string[]> {
  const findings = await examine(service.services);
  return findings.filter(({ state }) => state === 'bad').map(({ what }) => what);
}

test('a vault that is added takes who comes, moves nobody, and keeps its own to the end', async () => {
  const first = await connect(ada);
  await restart({ KEY_VAULT_URIS: second.url });
  const other = await connect(grace);
  expect([first.vault, other.vault]).toEqual([undefined, new URL(second.url).host]);

  await rotate(first);
  await rotate(other);
  expect((await again(first)).pointer?.generation).toBe(2);
  expect((await again(other)).pointer?.generation).toBe(2);
  await service.invokeTimer('publishTokens');
  await service.drainQueues();
  const kinds = ['token-set-', 'access-token-'];
  expect(secretsOf(world.keyVault, ...kinds)).toEqual(
    expect.arrayContaining([`token-set-${first.id}-1`, `access-token-${first.id}`]),
  );
  expect(secretsOf(world.keyVault, ...kinds)).toHaveLength(2);
  expect(second.secretNames().sort()).toEqual([`access-token-${other.id}`, `token-set-${other.id}-1`]);

  // The device of the second one is read with the tokens of the second vault, and her page says what the vault knows of her.
  await service.drainQueues();
  const page = await fetch(`${linkOnPhone(world.phone, grace.phone)}/export`);
  expect(await page.text()).toContain('"account"');
  expect((await problems()).filter((what) => /vault/i.test(what))).toEqual([]);

  await closeConnection(service.services, other.id);
  expect(second.secretNames()).toEqual([expect.stringContaining('doctor')]);
  expect(secretsOf(world.keyVault, ...kinds)).toHaveLength(2);
}, 60_000);

test('a vault that is taken out while it holds somebody is missed, and nothing of theirs is touched', async () => {
  await restart({ KEY_VAULT_URIS: second.url });
  const other = await connect(grace);
  const host = new URL(second.url).host;

  await restart({});
  expect(await problems()).toContainEqual(
    `KEY_VAULT_URIS does not name every vault that holds tokens: ${host} holds the tokens of 1. Nothing can be done for these connections.`,
  );
  const error = await appErrorOf(rotateToken(service.services, other.id, { by: 'operator' }));
  expect(error).toMatchObject({ code: 'VAULT_MISSING' });
  expect(await rotate(other)).toMatch(/^503 .*"code":"VAULT_MISSING"/);
  expect(await rotate(other)).toContain('The settings do not name the vault');
  expect(await again(other)).toMatchObject({ pointer: { generation: 1 }, vault: host });

  await restart({ KEY_VAULT_URIS: `${world.keyVault.url}, ${second.url}` });
  expect(await problems()).not.toContainEqual(expect.stringContaining('KEY_VAULT_URIS'));
  expect(await rotate(other)).toContain('rotated');
}, 60_000);

/** What a Key Vault that was restored from a backup can and cannot bring back, in the local world. */
import { asAda, connectWearer } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { startService, type Service } from '../../local/service';
import { startWorld, type World } from '../../local/world';
import type { Connection, ProviderId } from '../../src/model';
import { borrowAzurite } from '../support/shared-azurite';

let world: World;
let service: Service;
beforeEach(async () => {
  world = await startWorld({ startStorage: borrowAzurite });
  service = await startService({ world, port: 0, unattended: false, onLog: () => undefined });
}, 60_000);
afterEach(async () => {
  await service.close();
  await world.close();
});

async function record(): Promise<Connection> {
  for await (const { value } of service.services.tables.connections.list()) return value;
  throw new Error('There is no connection.');
}

const connect = (provider: ProviderId) => connectWearer(asAda(service, world, provider));

async function rotate(): Promise<{ status: number; text: string }> {
  const { id } = await record();
  const response = await fetch(`${service.url}/api/ops/rotate`, {
    method: 'POST',
    body: JSON.stringify({ connection: id }),
  });
  return { status: response.status, text: await response.text() };
}

async function openPage(): Promise<number> {
  const [link = ''] = /http\S+\/m\/[\w-]{22}/.exec(world.phone.texts().at(-1)?.body ?? '') ?? [];
  return (await fetch(link)).status;
}

/** A backup is taken, two rotations later the vault is lost, and the backup is put in its place. */
async function loseAndRestore(): Promise<void> {
  const backup = world.keyVault.snapshot();
  expect((await rotate()).status).toBe(200);
  expect((await rotate()).status).toBe(200);
  world.keyVault.restore(backup);
}

test("Google's connections go on by themselves", async () => {
  await connect('google-health');
  await loseAndRestore();
  const before = (await record()).pointer!;
  expect(await rotate()).toMatchObject({ status: 200, text: expect.stringContaining('rotated') as string });
  const after = (await record()).pointer!;
  expect(after.generation).toBe(before.generation + 1);
  const stored = await service.services.vault.readTokenSet(
    await record(),
    after.consent,
    after.secretVersion,
  );
  expect(stored?.set.refreshToken.reveal()).toBe(
    world.simulators['google-health'].currentRefreshToken(ada.id),
  );
  expect(await openPage()).toBe(200);
}, 60_000);

test("Fitbit's are refused and alarmed, and a new consent heals them with everything they had", async () => {
  await connect('fitbit');
  await loseAndRestore();
  const spent = world.simulators.fitbit.refreshCount(ada.id);
  expect((await rotate()).status).toBe(409);
  await service.invokeTimer('rotateTokens');
  await service.drainQueues().catch(() => undefined);
  expect(world.simulators.fitbit.refreshCount(ada.id)).toBe(spent);
  const { id } = await record();

  await connect('fitbit');
  expect((await record()).id).toBe(id);
  expect((await rotate()).status).toBe(200);
  expect(await openPage()).toBe(200);
}, 60_000);

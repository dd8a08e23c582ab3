/** A world that is kept: stopped and started again, with the real adapters, at other addresses. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBrowser } from '../../local/browser';
import { connectWearer, linkOnPhone } from '../../local/connect-wearer';
import { openKeptFolder } from '../../local/kept';
import { ada } from '../../local/people';
import { runStart } from '../../local/run-start';
import { startTogether } from '../../local/running';
import { startService, type Service } from '../../local/service';
import { chooseStartSettings } from '../../local/start-settings';
import { startWorld, type World } from '../../local/world';
import { readStatus } from '../../src/domain/operation/status';
import { perProvider } from '../../src/model';

jest.setTimeout(120_000);

let path: string;
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), 'kept-world-'));
});
afterAll(() => rm(path, { recursive: true, force: true }));

/** Starts everything, works in it, and stops it. */
async function during<T>(work: (world: World, service: Service) => Promise<T>): Promise<T> {
  return startTogether(async ({ start, close }) => {
    const folder = openKeptFolder(path);
    await start(Promise.resolve(folder));
    const world = await start(startWorld({ folder }));
    const service = await start(startService({ world, port: 0, unattended: false, onLog: () => undefined }));
    const result = await work(world, service);
    await close();
    return result;
  });
}

async function rotate(service: Service): Promise<number[]> {
  await service.invokeTimer('rotateTokens');
  await service.drainQueues();
  const { connections } = await readStatus(service.services);
  expect(connections.map(({ state }) => state)).toEqual(connections.map(() => 'connected'));
  const generations = [];
  for await (const { value } of service.services.tables.connections.list()) {
    if (value.pointer) generations.push(value.pointer.generation);
  }
  return generations;
}

test('connections of both providers, their tokens, the phone and the personal link are there after a stop', async () => {
  const before = await during(async (world, service) => {
    const { phone } = world;
    const serviceUrl = service.url;
    await connectWearer({ serviceUrl, provider: 'google-health', number: ada.phone, phone, wearer: ada.id });
    await connectWearer({ serviceUrl, provider: 'fitbit', number: '+14255550124', phone, wearer: 'grace' });
    const generations = await rotate(service);
    await phone.settle();
    return {
      texts: phone.texts(),
      link: new URL(linkOnPhone(phone, ada.phone)).pathname,
      generations,
      fitbit: world.simulators.fitbit.currentRefreshToken('grace'),
    };
  });
  expect(before.generations).toEqual([2, 2]);

  await during(async (world, service) => {
    expect(world.phone.texts()).toEqual(before.texts);
    expect(world.simulators.fitbit.currentRefreshToken('grace')).toBe(before.fitbit);
    expect(await rotate(service)).toEqual([3, 3]);
    expect(world.simulators.fitbit.currentRefreshToken('grace')).not.toBe(before.fitbit);
    const page = await createBrowser().open(`${service.url}${before.link}`);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Charge 6')]);
  });
});

test('a folder of simulated providers is not used with a real one', async () => {
  const chosen = chooseStartSettings({}, { FITBIT_CLIENT_ID: 'MINE', FITBIT_CLIENT_SECRET: 'secret' });
  const begin = async (each: typeof chosen) => {
    const folder = openKeptFolder(join(path, 'other'));
    try {
      const started = await runStart({ servicePort: 0, chosen: each, folder, print: () => undefined });
      const secrets = started.world.keyVault
        .snapshot()
        .secrets.map(({ name, versions }) => [name, versions.at(-1)!.value]);
      const clients = [...started.service.services.providers.values()].map(({ id, clientId, urls }) => [
        id,
        clientId,
        new URL(urls.api).hostname,
      ]);
      await started.close();
      return { secrets: Object.fromEntries(secrets) as Record<string, string>, clients };
    } finally {
      await folder.close();
    }
  };
  const { secrets, clients } = await begin(chosen);
  expect(secrets).toMatchObject({
    'fitbit-client-secret': 'secret',
    'google-health-client-secret': 'local-client-secret',
  });
  expect(clients).toEqual(
    Object.entries({
      ...perProvider(() => ['local-client', '127.0.0.1']),
      fitbit: ['MINE', 'api.fitbit.com'],
    }).map(([id, client]) => [id, ...client]),
  );
  await expect(begin(chooseStartSettings({}, {}))).rejects.toThrow(
    /keeps connections of the real Fitbit, and this start is for the simulated one\. Name another folder/,
  );
});

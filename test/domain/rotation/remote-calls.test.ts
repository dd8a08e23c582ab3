/** How many remote calls a rotation and a check make: each costs money, time and a share of the vault's limits. */
import { keepingBoard } from '../../../src/domain/board/keep-board';
import { tellToReconnect } from '../../../src/domain/messages/reconnect';
import { checkBattery } from '../../../src/domain/operation/check-battery';
import { shareAccessToken } from '../../../src/domain/rotation/share-access';
import { rotateToken } from '../../../src/domain/rotation/rotate-token';
import type { ProviderId, Settings } from '../../../src/model';
import type { Ports } from '../../../src/ports';
import { find } from '../../support/find-and-watch';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, tokens, type TestWorld } from '../../support/world';

/** Ports that write down every remote call, such as `connections.get` or `http POST /oauth2/token`. */
function counting(world: TestWorld): { readonly ports: Ports & Settings; readonly calls: string[] } {
  const calls: string[] = [];
  const counted = <T extends object>(name: string, port: T): T =>
    new Proxy(port, {
      get: (target, method, receiver) => {
        const value: unknown = Reflect.get(target, method, receiver);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          calls.push(`${name}.${String(method)}`);
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  const { ports } = world;
  const tables = Object.fromEntries(
    Object.entries(ports.tables).map(([name, table]) => [name, counted(name, table as object)]),
  ) as unknown as Ports['tables'];
  const connections = keepingBoard({ ...ports, tables }, tables.connections);
  return {
    calls,
    ports: {
      ...ports,
      tables: { ...tables, connections },
      vault: counted('vault', ports.vault),
      journal: counted('journal', ports.journal),
      queues: {
        ...ports.queues,
        enqueue: async (...args) => {
          calls.push('queues.enqueue');
          const remove = await ports.queues.enqueue(...args);
          return () => {
            calls.push('queues.remove');
            return remove();
          };
        },
      },
      http: (request) => {
        calls.push(`http ${request.method} ${new URL(request.url).pathname}`);
        return ports.http(request);
      },
    },
  };
}

async function connected(provider: ProviderId, more: Parameters<typeof connectWearer>[2] = {}) {
  const world = createTestWorld();
  await connectWearer(world, provider, more);
  // The client secret is remembered for a minute, so one of many rotations reads it.
  const name = `${provider}-client-secret`;
  world.ports.recentSecrets.keep(name, world.vault.secrets.get(name)!, world.clock.now() + 60_000);
  return { world, ...counting(world) };
}

async function rotate({ clock }: TestWorld, ports: Ports & Settings): Promise<void> {
  const asker = { by: 'run', startedAt: clock.now() } as const;
  expect(await rotateToken(ports, 'wearer-1', asker)).toMatchObject({ value: { outcome: 'rotated' } });
}

test('a rotation at a provider whose refresh token stays makes six remote calls', async () => {
  const { world, ports, calls } = await connected('google-health');
  world.http.script(answer(200, { access_token: 'access-2', expires_in: 3599 }));
  await rotate(world, ports);
  expect(calls).toEqual([
    'connections.get',
    'connections.replace',
    'vault.readTokenSet',
    'http POST /token',
    'vault.saveTokenSet',
    'connections.replace',
  ]);
});

test('a rotation at a provider that rotates refresh tokens makes thirteen remote calls', async () => {
  const { world, ports, calls } = await connected('fitbit');
  world.http.script(answer(200, tokens(2)));
  await rotate(world, ports);
  expect(calls).toEqual([
    'connections.get',
    'connections.replace',
    'vault.readTokenSet',
    ...Array<string>(3).fill('queues.enqueue'),
    'connections.replace',
    'http POST /oauth2/token',
    'vault.saveTokenSet',
    'connections.replace',
    ...Array<string>(3).fill('queues.remove'),
  ]);
});

const devicesAt = (batteryLevel: number, lastSyncTime: string) =>
  answer(200, {
    pairedDevices: [
      {
        name: 'users/me/pairedDevices/1',
        deviceType: 'TRACKER',
        batteryLevel,
        lastSyncTime,
        deviceVersion: 'Charge 6',
      },
    ],
  });
const devices = devicesAt(80, '2026-11-21T05:55:00Z');

test('a check with a good access token reads the vault once and calls the API once', async () => {
  const { world, ports, calls } = await connected('google-health', {
    preferences: { timeZone: 'Europe/London' },
  });
  world.http.script(devices);
  expect(await checkBattery(ports, 'wearer-1')).toMatchObject({ ok: true });
  calls.length = 0;
  world.clock.advance(60_000);
  world.http.script(devices);
  expect(await checkBattery(ports, 'wearer-1')).toMatchObject({ ok: true });
  expect(calls.filter((call) => /^(vault|http|journal|queues)/.test(call))).toEqual([
    'vault.readTokenSet',
    'http GET /v4/users/me/pairedDevices',
  ]);
  expect(calls.filter((call) => call === 'connections.get').length).toBeLessThanOrEqual(3);
  expect(calls.length).toBeLessThanOrEqual(11);
  expect(calls.filter((call) => call.startsWith('board'))).toEqual(['board.get']);
});

test('an access token that is good costs three calls, the last of which sees that it is shared still', async () => {
  const sharedWith = 'a sleep study';
  const { ports, calls } = await connected('google-health', { sharedWith });
  const policy = { ...ports.policy, sharedWith };
  expect(await shareAccessToken({ ...ports, policy }, 'wearer-1')).toMatchObject({ ok: true });
  expect(calls).toEqual(['connections.get', 'vault.readTokenSet', 'connections.get']);
});

test('a check that has read another level writes the board at once, with the history that it draws', async () => {
  const { world, ports, calls } = await connected('google-health', {
    preferences: { timeZone: 'Europe/London' },
  });
  world.http.script(devices);
  await checkBattery(ports, 'wearer-1');
  calls.length = 0;
  world.clock.advance(3_600_000);
  world.http.script(devicesAt(79, '2026-11-21T06:55:00Z'));
  expect(await checkBattery(ports, 'wearer-1')).toMatchObject({ ok: true });
  const first = calls.indexOf('board.get');
  expect(calls.slice(first)).toEqual(['board.get', 'readings.list', 'board.writeTogether']);
});

/** As most hourly checks: the access token has run out, and no device says anything new but its sync. */
async function checkHourLater(
  { world, ports, calls }: Awaited<ReturnType<typeof connected>>,
  refresh: Record<string, unknown> = { access_token: 'access-2', expires_in: 3599 },
): Promise<void> {
  world.http.script(answer(200, { access_token: 'access-1', expires_in: 3599 }), devices);
  expect(await checkBattery(ports, 'wearer-1')).toMatchObject({ ok: true });
  calls.length = 0;
  world.clock.advance(3_600_000);
  const name = 'google-health-client-secret';
  world.ports.recentSecrets.keep(name, world.vault.secrets.get(name)!, world.clock.now() + 60_000);
  world.http.script(answer(200, refresh), devices);
  expect(await checkBattery(ports, 'wearer-1')).toMatchObject({ ok: true });
}

test('an hourly check at Google refreshes on the way, stores nothing of it and makes ten remote calls', async () => {
  const stage = await connected('google-health', { set: { expiresAt: 0 } });
  await checkHourLater(stage);
  expect(stage.calls).toEqual([
    'connections.get',
    'vault.readTokenSet',
    'http POST /token',
    'devices.list',
    'http GET /v4/users/me/pairedDevices',
    'optOuts.get',
    'devices.replace',
    'connections.get',
    'messages.list',
    'board.get',
  ]);
});

test('a refresh token that Google gives on the way to a check is stored in the vault before the check goes on', async () => {
  const stage = await connected('google-health', { set: { expiresAt: 0 } });
  await checkHourLater(stage, { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 3599 });
  expect(stage.calls.slice(0, stage.calls.indexOf('devices.list'))).toEqual([
    'connections.get',
    'vault.readTokenSet',
    'http POST /token',
    'connections.get',
    'connections.replace',
    'vault.readTokenSet',
    'vault.saveTokenSet',
    'connections.replace',
  ]);
});

test('a run reads one message of a wearer who was asked to reconnect, and the reminder too from a week on until a month', async () => {
  const day = 24 * 3_600_000;
  const { world, ports, calls } = await connected('google-health', {
    refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
  });
  const readBy = async (ms: number): Promise<string[]> => {
    world.clock.advance(ms);
    calls.length = 0;
    await find(ports);
    return calls.filter((call) => /^(messages|optOuts|queues)/.test(call));
  };
  await tellToReconnect(ports, 'wearer-1');
  expect(await readBy(7 * day - 1)).toEqual(['messages.get']);
  expect(await readBy(1)).toEqual(['messages.get', 'messages.get', 'optOuts.get', 'queues.enqueue']);
  await tellToReconnect(ports, 'wearer-1');
  expect(await readBy(day)).toEqual(['messages.get', 'messages.get']);
  expect(await readBy(22 * day)).toEqual(['messages.get']);
});

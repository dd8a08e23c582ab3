/**
 * A worker is killed at every call of a port between the cause of an event and its delivery, before the call is applied and after.
 * Whatever has happened is then told, to both addresses and under one id; what has not happened is not.
 */
import { runWebhookJob } from '../../src/domain/messages/send-webhook';
import { checkBattery } from '../../src/domain/operation/check-battery';
import { findAndWatch } from '../support/find-and-watch';
import { closeConnection, runCloseJob } from '../../src/domain/wearer/close-connection';
import { endSharing } from '../../src/domain/wearer/personal-page';
import type { Connection, EventType, Settings } from '../../src/model';
import type { Http, Ports } from '../../src/ports';
import { createWorldWithPlatform, notingTables, platform } from '../support/webhooks';
import { connectWearer, recordOf, type TestWorld } from '../support/world';

const hour = 3_600_000;

class Killed extends Error {}

/** The ports of a worker that is killed at the nth call; `wasKilled` says whether it came to that. */
function createVictim(ports: Ports & Settings, nth: number, when: 'before' | 'after') {
  let calls = 0;
  const call = async (apply: () => unknown): Promise<unknown> => {
    calls += 1;
    if (calls > nth || (calls === nth && when === 'before')) throw new Killed();
    const result = await apply();
    if (calls >= nth) throw new Killed();
    return result;
  };
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function' || name === 'list') return member;
        return (...given: unknown[]) => call(() => Reflect.apply(member, target, given));
      },
    });
  const tables = Object.fromEntries(
    Object.entries(ports.tables).map(([name, table]) => [name, wrap(table as object)]),
  ) as unknown as Ports['tables'];
  const wrapped: Ports & Settings = {
    ...ports,
    tables,
    queues: wrap(ports.queues),
    webhooks: wrap(ports.webhooks),
  };
  return {
    ports: { ...wrapped, tables: notingTables(wrapped) },
    wasKilled: () => calls >= nth,
  };
}

/** Delivers jobs as a queue does: one whose worker is killed stays. */
async function drain(world: TestWorld, ports: Ports & Settings): Promise<void> {
  const { jobs } = world.queues;
  for (;;) {
    const at = jobs.findIndex(({ job: { kind } }) => kind === 'send-webhook' || kind === 'close-connection');
    if (at < 0) return;
    const taken = jobs[at]!;
    const { job } = taken;
    if (job.kind === 'send-webhook') await runWebhookJob(ports, job);
    if (job.kind === 'close-connection') await runCloseJob(ports, job);
    jobs.splice(jobs.indexOf(taken), 1);
  }
}

/** Every provider revokes, and knows one tracker with an empty battery. */
const http =
  (world: TestWorld): Http =>
  ({ url }) => {
    const lastSyncTime = new Date(world.clock.now()).toISOString();
    const tracker = { name: 'users/me/pairedDevices/1', deviceType: 'TRACKER', deviceVersion: 'Charge 6' };
    const body = url.includes('pairedDevices')
      ? { pairedDevices: [{ ...tracker, batteryLevel: 17, lastSyncTime }] }
      : {};
    return Promise.resolve({ answered: true, status: 200, headers: {}, body, content: new Uint8Array() });
  };

interface Scenario {
  readonly type: EventType;
  readonly cause: (ports: Ports & Settings) => Promise<unknown>;
  /** What comes by itself after a while. */
  readonly later?: (ports: Ports & Settings) => Promise<unknown>;
  readonly hasHappened: (record: Connection, world: TestWorld) => boolean;
}

const scenarios: Scenario[] = [
  {
    type: 'connection.sharing_ended',
    cause: (ports) => endSharing(ports, 'wearer-1'),
    hasHappened: ({ sharedWith }) => sharedWith === undefined,
  },
  {
    type: 'connection.closed',
    cause: (ports) => closeConnection(ports, 'wearer-1'),
    hasHappened: ({ closedAt }) => closedAt !== undefined,
  },
  {
    type: 'battery.low',
    cause: (ports) => checkBattery(ports, 'wearer-1'),
    later: (ports) => checkBattery(ports, 'wearer-1'),
    hasHappened: () => true,
  },
];

async function play(
  { type, cause, later, hasHappened }: Scenario,
  nth: number,
  when: 'before' | 'after',
): Promise<{ readonly wasKilled: boolean }> {
  const world = createWorldWithPlatform();
  const plain = { ...world.ports, tables: world.tables, http: http(world) };
  const ports = { ...plain, tables: notingTables(plain) };
  await connectWearer(world, 'google-health', {
    sharedWith: platform,
    label: 'participant-17',
    phone: undefined,
    set: { expiresAt: world.clock.now() + 1_000 * hour },
  });
  const victim = createVictim(plain, nth, when);
  try {
    await cause(victim.ports);
    await drain(world, victim.ports);
  } catch (error) {
    if (!victim.wasKilled()) throw error;
  }
  world.clock.advance(hour);
  await later?.(ports);
  await findAndWatch(ports);
  await drain(world, ports);
  const sent = world.webhooks.sent.map(({ address, id, body }) => ({
    address,
    id,
    ...(JSON.parse(body) as { readonly type: string; readonly data: object }),
  }));
  const seen = {
    addresses: [...new Set(sent.map(({ address }) => address))].sort(),
    ids: new Set(sent.map(({ id }) => id)).size,
    types: [...new Set(sent.map((each) => each.type))],
  };
  const record = recordOf(world);
  expect([nth, seen]).toEqual([
    nth,
    hasHappened(record, world)
      ? {
          addresses: ['https://first.example.org', 'https://second.example.org'],
          ids: 1,
          types: [type],
        }
      : { addresses: [], ids: 0, types: [] },
  ]);
  expect(record.events).toBeUndefined();
  for (const { data } of sent) expect(data).toMatchObject({ label: 'participant-17' });
  return { wasKilled: victim.wasKilled() };
}

test.each(
  scenarios.flatMap((scenario) =>
    (['before', 'after'] as const).map((when) => [scenario.type, when, scenario] as const),
  ),
)('%s is told, whichever call its worker was killed %s', async (_, when, scenario) => {
  let nth = 1;
  while ((await play(scenario, nth, when)).wasKilled) nth += 1;
  // The worker got to its end: the last number was beyond its calls.
  expect(nth).toBeGreaterThan(8);
});

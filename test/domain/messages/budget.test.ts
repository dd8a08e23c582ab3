import { raiseAlarm } from '../../../src/domain/operation/alarms';
import { recordMessage, sendWaiting } from '../../../src/domain/messages/outbox';
import type { MessageKind, Policy } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

const dayMs = 24 * 3_600_000;

function worldWith(limits: Partial<Policy['limits']>, more: Partial<Policy> = {}): TestWorld {
  const { policy } = createTestWorld().ports;
  return createTestWorld({
    policy: { ...policy, ...more, limits: { ...policy.limits, ...limits } },
    operatorPhone: new Secret('+14255550100'),
  });
}

async function alert(world: TestWorld, cycle: number, kind: MessageKind = 'low') {
  const connection = world.tables.connections.values()[0]!;
  await recordMessage(world.ports, connection.id, kind, [String(cycle)], {
    // One each: of two texts about one battery only the later is sent.
    device: `tracker-${cycle}`,
    cycle,
    facts: { model: 'Charge 6', percent: 17 },
  });
  return sendWaiting(world.ports, connection);
}

const toWearer = (world: TestWorld) => world.sms.sent.filter(({ to }) => to.reveal() === '+14255550123');

test('a wearer gets so many battery texts a day, and the next one the day after', async () => {
  const world = worldWith({ perWearer: 2 });
  await connectWearer(world);
  for (let cycle = 1; cycle <= 4; cycle += 1) await alert(world, cycle);
  expect(toWearer(world)).toHaveLength(2);
  world.clock.advance(dayMs);
  await sendWaiting(world.ports, world.tables.connections.values()[0]!);
  expect(toWearer(world)).toHaveLength(4);
  expectDiscreet(world);
});

test.each([
  ['daily', { budgetPerDay: 2 }],
  ['monthly', { budgetPerMonth: 2 }],
])('a %s budget that is used up stops texts, and tells whoever runs the service once', async (_, limits) => {
  const world = worldWith(limits);
  await connectWearer(world);
  for (let cycle = 1; cycle <= 5; cycle += 1) await alert(world, cycle);
  expect(toWearer(world)).toHaveLength(2);
  expect(world.sms.sent.filter(({ body }) => body.includes('ALARM: sms budget used up'))).toHaveLength(1);
  expect(world.tables.messages.values().filter(({ state }) => state === 'pending')).toHaveLength(3);
});

test('a new month opens the monthly budget again', async () => {
  const world = worldWith({ budgetPerMonth: 1 });
  await connectWearer(world);
  for (let cycle = 1; cycle <= 2; cycle += 1) await alert(world, cycle);
  world.clock.advance(5 * dayMs);
  await sendWaiting(world.ports, world.tables.connections.values()[0]!);
  expect(toWearer(world)).toHaveLength(1);
  world.clock.advance(6 * dayMs);
  await sendWaiting(world.ports, world.tables.connections.values()[0]!);
  expect(toWearer(world)).toHaveLength(2);
});

test('alarms to whoever runs the service are never held back by a budget', async () => {
  const world = worldWith({ budgetPerDay: 1 });
  await connectWearer(world);
  await alert(world, 1);
  await raiseAlarm(world.ports, 'client refused');
  expect(world.sms.sent.at(-1)?.body).toContain('client refused');
});

test('in a dry run an alert goes to the log instead, once, without a number', async () => {
  const world = worldWith({}, { dryRun: true });
  await connectWearer(world);
  await alert(world, 1);
  await alert(world, 1);
  expect(world.sms.sent).toEqual([]);
  expect(world.log.entries.filter(({ event }) => event === 'sms.dry_run')).toMatchObject([
    { level: 'info', fields: { kind: 'low', body: expect.stringContaining('Charge 6 is at 17%') as string } },
  ]);
  expect(world.tables.messages.values()).toMatchObject([{ state: 'logged' }]);
  expectDiscreet(world);
});

test('what somebody waits for at a page is sent in a dry run too', async () => {
  const world = worldWith({}, { dryRun: true });
  const { connection } = await connectWearer(world);
  await recordMessage(world.ports, connection.id, 'test', ['1'], { facts: {} });
  await sendWaiting(world.ports, connection);
  expect(world.sms.sent).toHaveLength(1);
});

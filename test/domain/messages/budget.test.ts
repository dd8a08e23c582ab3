import { raiseAlarm } from '../../../src/domain/messages/alarms';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import type { MessageKind, Policy } from '../../../src/model';
import { mayTextCode } from '../../../src/domain/messages/limits';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, textOperator, type TestWorld } from '../../support/world';
import { recordMessage } from '../../../src/domain/messages/record-message';

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
  await recordMessage(world.ports, connection.id, {
    kind,
    cause: [String(cycle)], // One each: of two texts about one battery only the later is sent.
    device: `tracker-${cycle}`,
    cycle,
    facts: { model: 'Charge 6', percent: 17 },
  });
  const sent = await sendWaiting(world.ports, connection);
  await textOperator(world);
  return sent;
}

/** Texts that follow from what somebody does at a page, one after the other. */
async function provoke(world: TestWorld, kind: MessageKind, count: number, phone = '+14255550123') {
  const recipient = { id: 'provoked', phone: new Secret(phone) };
  const before = world.sms.sent.length;
  for (let each = 1; each <= count; each += 1) {
    const facts = { provider: 'Fitbit', codeNumber: each };
    await recordMessage(world.ports, recipient.id, { kind, cause: [String(each), phone], facts });
    await sendWaiting(world.ports, recipient);
    await textOperator(world);
  }
  return world.sms.sent.slice(before).filter(({ to }) => to.reveal() === phone).length;
}

const toOperator = (world: TestWorld) =>
  world.sms.sent.filter(({ to }) => to.reveal() === '+14255550100').map(({ body }) => body);
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
])('a %s budget that is used up stops texts, and tells the operator once', async (_, limits) => {
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

test('alarms to the operator are never held back by a budget', async () => {
  const world = worldWith({ budgetPerDay: 1 });
  await connectWearer(world);
  await alert(world, 1);
  await raiseAlarm(world.ports, 'client refused');
  await textOperator(world);
  expect(world.sms.sent.at(-1)?.body).toContain('client refused');
});

test('in a dry run an alert goes to the log instead, once, without a number or the name of a device', async () => {
  const world = worldWith({}, { dryRun: true });
  await connectWearer(world);
  await alert(world, 1);
  await alert(world, 1);
  expect(world.sms.sent).toEqual([]);
  expect(world.log.entries.filter(({ event }) => event === 'sms.dry_run')).toMatchObject([
    {
      level: 'info',
      fields: { kind: 'low', body: expect.stringContaining('tracker is at 17%') as string },
    },
  ]);
  expect(JSON.stringify(world.log.entries)).not.toContain('Charge 6');
  expect(world.tables.messages.values()).toMatchObject([{ state: 'logged' }]);
  expectDiscreet(world);
});

test('what somebody waits for at a page is sent in a dry run too', async () => {
  const world = worldWith({}, { dryRun: true });
  const { connection } = await connectWearer(world);
  await recordMessage(world.ports, connection.id, { kind: 'test', cause: ['1'], facts: {} });
  await sendWaiting(world.ports, connection);
  expect(world.sms.sent).toHaveLength(1);
});

describe('of a budget', () => {
  const unlimited = { perNumber: 9_999, perPrefix: 9_999, perClient: 9_999, perDay: 9_999 };

  test.each<[MessageKind, number]>([
    ['code', 30],
    ['welcome', 30],
    ['goodbye', 30],
    ['link', 20],
    ['test', 20],
  ])('texts such as a %s get no more than their part, a day and a month', async (kind, part) => {
    for (const limits of [{ budgetPerDay: 100 }, { budgetPerMonth: 100 }]) {
      const world = worldWith({ ...unlimited, ...limits });
      await expect(provoke(world, kind, 35)).resolves.toBe(part);
      expect(toOperator(world)).toEqual([expect.stringContaining('ALARM: limit on texts nearly reached')]);
    }
  });

  test('strangers and wearers cannot use up the part of each other, nor that of alerts', async () => {
    const world = worldWith({ ...unlimited, perWearer: 9_999, budgetPerDay: 100 });
    await connectWearer(world);
    await expect(provoke(world, 'code', 50)).resolves.toBe(30);
    await expect(provoke(world, 'link', 50)).resolves.toBe(20);
    const before = toWearer(world).length;
    for (let cycle = 1; cycle <= 50; cycle += 1) await alert(world, cycle);
    // The alarm to the operator counts too, and the last twentieth of the budget is for others like it.
    expect(toWearer(world).length - before).toBe(44);
    expect(toOperator(world)).toEqual([
      expect.stringContaining('ALARM: limit on texts nearly reached'),
      expect.stringContaining('ALARM: sms budget used up'),
    ]);
  });

  test('a stranger who signs up, confirms and disconnects in rounds for a month silences no alert', async () => {
    // The default settings, a tenth of them each.
    const limits = { perDay: 20, budgetPerDay: 100, budgetPerMonth: 1_000 };
    const world = worldWith({ ...unlimited, ...limits });
    const { connection } = await connectWearer(world);
    world.clock.advance(Date.parse('2026-12-01T06:00:00Z') - world.clock.now());
    let provoked = 0;
    for (let day = 1; day <= 31; day += 1, world.clock.advance(dayMs)) {
      for (let round = 1; round <= 12; round += 1) {
        const phone = `+1425555${day + 10}${round + 10}`;
        const id = `attacker-${day}-${round}`;
        if (!(await mayTextCode(world.ports, { connection: id, phone: new Secret(phone) }, id))) continue;
        for (const kind of ['code', 'welcome', 'goodbye'] as const) {
          const facts = { provider: 'Fitbit', codeNumber: 1 };
          await recordMessage(world.ports, id, { kind, cause: [], facts });
          provoked += (await sendWaiting(world.ports, { id, phone: new Secret(phone) })).sent;
          await textOperator(world);
        }
      }
    }
    world.clock.advance(-dayMs);
    expect(provoked).toBe(300);
    await recordMessage(world.ports, connection.id, {
      kind: 'low',
      cause: ['1'],
      facts: { model: 'Charge 6', percent: 8 },
    });
    await sendWaiting(world.ports, connection);
    expect(toWearer(world).at(-1)?.body).toContain('8%');
    expect(toOperator(world)).toContainEqual(expect.stringContaining('ALARM: limit on texts nearly reached'));
  });

  test('welcome and goodbye count against the limits of strangers, and are left out beyond them', async () => {
    const world = worldWith({ perNumber: 2 });
    await expect(provoke(world, 'welcome', 3)).resolves.toBe(2);
    await expect(provoke(world, 'goodbye', 1)).resolves.toBe(0);
    await expect(provoke(world, 'goodbye', 1, '+14255550199')).resolves.toBe(1);
    expect(world.tables.messages.values().map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'welcome sent',
      'welcome sent',
      'welcome dropped',
      'goodbye dropped',
      'goodbye sent',
    ]);
  });
});

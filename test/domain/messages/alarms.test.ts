import * as alarms from '../../../src/domain/messages/alarms';
import { Secret } from '../../../src/secret';
import { createTestWorld, textOperator, type TestWorld } from '../../support/world';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { messageTag } from '../../../src/domain/store/row-keys';
import { repeatAlarms, sendToOperator } from '../../../src/domain/operation/tell-operator';

const operatorPhone = new Secret('+14255550100');
type Rest<F> = F extends (ports: never, ...rest: infer R) => unknown ? R : never;

async function raiseAlarm(world: TestWorld, ...alarm: Rest<typeof alarms.raiseAlarm>): Promise<void> {
  await alarms.raiseAlarm(world.ports, ...alarm);
  await textOperator(world);
}

async function endAlarm(world: TestWorld, ...alarm: Rest<typeof alarms.endAlarm>): Promise<void> {
  await alarms.endAlarm(world.ports, ...alarm);
  await textOperator(world);
}

const texts = ({ sms }: TestWorld) => sms.sent.map(({ to, body }) => [to.reveal(), body]);

test('an alarm is one error in the log and one text, however often it is raised', async () => {
  const world = createTestWorld({ operatorPhone });
  await raiseAlarm(world, 'client refused', { code: 'CLIENT_REFUSED' });
  await Promise.all(Array.from({ length: 50 }, () => raiseAlarm(world, 'client refused')));
  expect(world.log.entries.filter(({ event }) => event === 'alarm.raised')).toEqual([
    { level: 'error', event: 'alarm.raised', fields: { alarm: 'client refused', code: 'CLIENT_REFUSED' } },
  ]);
  expect(texts(world)).toEqual([
    ['+14255550100', 'Fitbit Token Service: ALARM: client refused. See docs/operations.md.'],
  ]);
});

test('fifty workers that meet the same trouble at once raise one alarm', async () => {
  const world = createTestWorld({ operatorPhone });
  await Promise.all(Array.from({ length: 50 }, () => raiseAlarm(world, 'jobs poisoned')));
  expect(world.log.events().filter((event) => event === 'alarm.raised')).toHaveLength(1);
  expect(world.sms.sent).toHaveLength(1);
});

test('when it is over there is one more text, and the next time it is a new episode', async () => {
  const world = createTestWorld({ operatorPhone });
  await raiseAlarm(world, 'connections overdue');
  world.clock.advance(3_600_000);
  await endAlarm(world, 'connections overdue');
  await endAlarm(world, 'connections overdue');
  world.clock.advance(3_600_000);
  await raiseAlarm(world, 'connections overdue');
  expect(texts(world).map(([, body]) => body)).toEqual([
    'Fitbit Token Service: ALARM: connections overdue. See docs/operations.md.',
    'Fitbit Token Service: the alarm "connections overdue" is over.',
    'Fitbit Token Service: ALARM: connections overdue. See docs/operations.md.',
  ]);
});

test('an alarm that goes on is noted as seen, not more often than every ten minutes', async () => {
  const world = createTestWorld();
  const since = world.clock.now();
  await raiseAlarm(world, 'client refused');
  world.clock.advance(599_999);
  await raiseAlarm(world, 'client refused');
  expect(world.tables.alarms.values()).toMatchObject([{ name: 'client refused', since, lastSeenAt: since }]);
  world.clock.advance(1);
  await raiseAlarm(world, 'client refused');
  expect(world.tables.alarms.values()).toMatchObject([
    { name: 'client refused', since, lastSeenAt: since + 600_000 },
  ]);
});

describe('an alarm with a count', () => {
  const counts = async (...all: number[]): Promise<unknown[]> => {
    const world = createTestWorld({ operatorPhone });
    for (const count of all) {
      world.clock.advance(3_600_000);
      await raiseAlarm(world, 'connections overdue', { count });
    }
    const raised = world.log.entries.filter(({ event }) => event === 'alarm.raised');
    const logged = raised.map(({ fields }) => fields.count);
    const said = texts(world).map(([, body]) => Number(/overdue \((\d+)\)/.exec(body ?? '')?.[1]));
    expect(said).toEqual(logged);
    return logged;
  };

  test.each([
    ['that stays as it is', [3, 3, 3], [3]],
    ['that grows slowly', [1, 2, 5, 9], [1]],
    ['ten times as high', [1, 9, 10, 11, 99, 100], [1, 10, 100]],
    ['that swings around ten times as many', [1, 10, 9, 10, 9, 10], [1, 10]],
    ['that falls to a tenth and comes back', [1, 100, 1, 100], [1, 100, 100]],
  ])('%s is told when it is an order of magnitude more', async (_, all, told) => {
    await expect(counts(...all)).resolves.toEqual(told);
  });

  test('and was raised by somebody who did not know it, is told when it is ten times what it was first', async () => {
    const world = createTestWorld({ operatorPhone });
    await raiseAlarm(world, 'client refused', { code: 'CLIENT_REFUSED' });
    for (const count of [4, 39, 40]) await raiseAlarm(world, 'client refused', { count });
    expect(texts(world).map(([, body]) => body)).toEqual([
      'Fitbit Token Service: ALARM: client refused. See docs/operations.md.',
      'Fitbit Token Service: ALARM: client refused (40). See docs/operations.md.',
    ]);
  });

  test('is told once, though a worker died before it could', async () => {
    const world = createTestWorld({ operatorPhone });
    await raiseAlarm(world, 'connections overdue', { count: 1 });
    const { insert } = world.tables.messages;
    world.tables.messages.insert = () => Promise.reject(new Error('killed'));
    await expect(raiseAlarm(world, 'connections overdue', { count: 10 })).rejects.toThrow('killed');
    world.tables.messages.insert = insert;
    await repeatAlarms(world.ports);
    await repeatAlarms(world.ports);
    expect(world.queues.jobs.map(({ job }) => job)).toContainEqual({
      kind: 'check-battery',
      connection: 'operator',
      run: 'recheck',
    });
    await sendToOperator(world.ports);
    expect(texts(world).map(([, body]) => body)).toEqual([
      'Fitbit Token Service: ALARM: connections overdue (1). See docs/operations.md.',
      'Fitbit Token Service: ALARM: connections overdue (10). See docs/operations.md.',
    ]);
  });
});

test('without the number of the operator the log is all there is', async () => {
  const world = createTestWorld();
  await raiseAlarm(world, 'client refused');
  expect(world.log.events()).toEqual(['alarm.raised']);
  expect(world.sms.sent).toEqual([]);
});

test('an alarm that was never raised has nothing to end', async () => {
  const world = createTestWorld({ operatorPhone });
  await endAlarm(world, 'client refused');
  expect(world.log.entries).toEqual([]);
});

test('a table that does not answer is an error, not an alarm', async () => {
  const world = createTestWorld();
  world.tables.alarms.insert = () => Promise.reject(new Error('down'));
  await expect(raiseAlarm(world, 'client refused')).rejects.toThrow('down');
});

test('alarms that came and went while no text could leave are not told, and one that goes on is', async () => {
  const world = createTestWorld({ operatorPhone });
  const hour = 3_600_000;
  const { send } = world.sms;
  // As long as there is no number.
  world.sms.send = () => Promise.resolve({ kind: 'unavailable' });
  for (let day = 1; day <= 3; day += 1) {
    await raiseAlarm(world, 'battery run overdue');
    world.clock.advance(2 * hour);
    await endAlarm(world, 'battery run overdue');
    world.clock.advance(22 * hour);
  }
  await raiseAlarm(world, 'connections overdue');
  world.clock.advance(24 * hour);
  world.sms.send = send;
  await repeatAlarms(world.ports);
  await textOperator(world);
  world.clock.advance(hour);
  await endAlarm(world, 'connections overdue');
  expect(texts(world).map(([, body]) => body)).toEqual([
    'Fitbit Token Service: ALARM: connections overdue. See docs/operations.md.',
    'Fitbit Token Service: the alarm "connections overdue" is over.',
  ]);
  expect(world.tables.messages.values().map(({ state }) => state)).toEqual([
    ...Array.from({ length: 6 }, () => 'dropped'),
    'sent',
    'sent',
  ]);
});

test('an alarm that could not be told for some minutes is told with its end', async () => {
  const world = createTestWorld({ operatorPhone });
  world.sms.answers.push({ kind: 'unavailable', status: 429 });
  await raiseAlarm(world, 'jobs poisoned');
  world.clock.advance(10 * 60_000);
  await endAlarm(world, 'jobs poisoned');
  expect(
    texts(world)
      .slice(1)
      .map(([, body]) => body),
  ).toEqual([
    'Fitbit Token Service: ALARM: jobs poisoned. See docs/operations.md.',
    'Fitbit Token Service: the alarm "jobs poisoned" is over.',
  ]);
});

test('an alarm whose text did not reach the phone is texted again by the next watchdog, twice at the most', async () => {
  const world = createTestWorld({ operatorPhone });
  const report = (nth: number): Promise<void> =>
    handleSmsEvent(world.ports, {
      kind: 'report',
      tag: messageTag('operator', world.sms.sent[nth]!.id),
      delivered: false,
      details: "ErrorCode: 4006. ErrorMessage: The Destination/To number isn't reachable",
      at: world.clock.now(),
    });
  await raiseAlarm(world, 'battery run overdue');
  for (let nth = 0; nth < 3; nth += 1) {
    await report(nth);
    await report(nth);
    world.clock.advance(3_600_000);
    await repeatAlarms(world.ports);
    await textOperator(world);
  }
  // That none of the three arrived is an alarm of its own.
  const told = [...Array.from({ length: 3 }, () => 'battery run overdue'), 'texts not delivered'];
  expect(texts(world)).toEqual(
    told.map((name) => ['+14255550100', `Fitbit Token Service: ALARM: ${name}. See docs/operations.md.`]),
  );
});

test('an alarm whose text did not reach the phone is not texted again when it is over', async () => {
  const world = createTestWorld({ operatorPhone });
  await raiseAlarm(world, 'battery run overdue');
  const { id } = world.sms.sent[0]!;
  world.clock.advance(2 * 3_600_000);
  await endAlarm(world, 'battery run overdue');
  await handleSmsEvent(world.ports, {
    kind: 'report',
    tag: messageTag('operator', id),
    delivered: false,
    details: "ErrorCode: 4006. ErrorMessage: The Destination/To number isn't reachable",
    at: world.clock.now(),
  });
  await repeatAlarms(world.ports);
  await textOperator(world);
  expect(texts(world).map(([, body]) => body)).toEqual([
    'Fitbit Token Service: ALARM: battery run overdue. See docs/operations.md.',
    'Fitbit Token Service: the alarm "battery run overdue" is over.',
  ]);
});

import { endAlarm, raiseAlarm } from '../../../src/domain/operation/alarms';
import { Secret } from '../../../src/secret';
import { createTestWorld, type TestWorld } from '../../support/world';

const operatorPhone = new Secret('+14255550100');
const texts = ({ sms }: TestWorld) => sms.sent.map(({ to, body }) => [to.reveal(), body]);

test('an alarm is one error in the log and one text, however often it is raised', async () => {
  const world = createTestWorld({ operatorPhone });
  await raiseAlarm(world.ports, 'client refused', { code: 'CLIENT_REFUSED' });
  await Promise.all(Array.from({ length: 50 }, () => raiseAlarm(world.ports, 'client refused')));
  expect(world.log.entries.filter(({ event }) => event === 'alarm.raised')).toEqual([
    { level: 'error', event: 'alarm.raised', fields: { alarm: 'client refused', code: 'CLIENT_REFUSED' } },
  ]);
  expect(texts(world)).toEqual([
    ['+14255550100', 'Fitbit Token Service: ALARM: client refused. See docs/operations.md.'],
  ]);
});

test('fifty workers that meet the same trouble at once raise one alarm', async () => {
  const world = createTestWorld({ operatorPhone });
  await Promise.all(Array.from({ length: 50 }, () => raiseAlarm(world.ports, 'jobs poisoned')));
  expect(world.log.events().filter((event) => event === 'alarm.raised')).toHaveLength(1);
  expect(world.sms.sent).toHaveLength(1);
});

test('when it is over there is one more text, and the next time it is a new episode', async () => {
  const world = createTestWorld({ operatorPhone });
  await raiseAlarm(world.ports, 'connections overdue');
  world.clock.advance(3_600_000);
  await endAlarm(world.ports, 'connections overdue');
  await endAlarm(world.ports, 'connections overdue');
  world.clock.advance(3_600_000);
  await raiseAlarm(world.ports, 'connections overdue');
  expect(texts(world).map(([, body]) => body)).toEqual([
    'Fitbit Token Service: ALARM: connections overdue. See docs/operations.md.',
    'Fitbit Token Service: the alarm "connections overdue" is over.',
    'Fitbit Token Service: ALARM: connections overdue. See docs/operations.md.',
  ]);
});

test('an alarm that goes on is noted as seen, not more often than every ten minutes', async () => {
  const world = createTestWorld();
  const since = world.clock.now();
  await raiseAlarm(world.ports, 'client refused');
  world.clock.advance(599_999);
  await raiseAlarm(world.ports, 'client refused');
  expect(world.tables.alarms.values()).toMatchObject([{ name: 'client refused', since, lastSeenAt: since }]);
  world.clock.advance(1);
  await raiseAlarm(world.ports, 'client refused');
  expect(world.tables.alarms.values()).toMatchObject([
    { name: 'client refused', since, lastSeenAt: since + 600_000 },
  ]);
});

test('without the number of whoever runs the service the log is all there is', async () => {
  const world = createTestWorld();
  await raiseAlarm(world.ports, 'client refused');
  expect(world.log.events()).toEqual(['alarm.raised']);
  expect(world.sms.sent).toEqual([]);
});

test('an alarm that was never raised has nothing to end', async () => {
  const world = createTestWorld({ operatorPhone });
  await endAlarm(world.ports, 'client refused');
  expect(world.log.entries).toEqual([]);
});

test('a table that does not answer is an error, not an alarm', async () => {
  const world = createTestWorld();
  world.tables.alarms.insert = () => Promise.reject(new Error('down'));
  await expect(raiseAlarm(world.ports, 'client refused')).rejects.toThrow('down');
});

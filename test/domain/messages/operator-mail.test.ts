/** Alarms of the operator by e-mail: recorded once by their cause, claimed like a text, and never sent twice. */
import { endAlarm, raiseAlarm } from '../../../src/domain/messages/alarms';
import { repeatAlarms } from '../../../src/domain/operation/tell-operator';
import type { EmailAnswer } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { createTestWorld, textOperator, type TestWorld } from '../../support/world';

const operatorEmail = new Secret('operator@example.com');
const mails = ({ email }: TestWorld) => email.sent.map(({ to, subject }) => [to.reveal(), subject]);
const stateOf = ({ tables }: TestWorld) => tables.messages.values().map(({ way, state }) => [way, state]);

test('an alarm is one mail when it begins and one when it is over, without a phone', async () => {
  const world = createTestWorld({ operatorEmail });
  await Promise.all(Array.from({ length: 20 }, () => raiseAlarm(world.ports, 'jobs poisoned', { count: 3 })));
  await textOperator(world);
  world.clock.advance(3_600_000);
  await endAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  expect(world.sms.sent).toEqual([]);
  expect(mails(world)).toEqual([
    ['operator@example.com', 'Fitbit Token Service: ALARM: jobs poisoned (3)'],
    ['operator@example.com', 'Fitbit Token Service: over: jobs poisoned'],
  ]);
  expect(world.email.sent[0]?.body).toBe(
    'The service has raised an alarm: jobs poisoned (3).\n\n' +
      'What it means and what to do: docs/operations.md, "Alarms". GET /api/ops/status shows which alarms are on.\n' +
      'Another mail follows when it is over.\n\n' +
      'Fitbit Token Service, https://tokens.example.com\n' +
      'You get this mail because OPERATOR_EMAIL names your address.\n',
  );
});

test('with a phone too, both are told once each, and the mail takes nothing from the budget for texts', async () => {
  const world = createTestWorld({ operatorEmail, operatorPhone: new Secret('+14255550100') });
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  await repeatAlarms(world.ports);
  await textOperator(world);
  expect(world.sms.sent).toHaveLength(1);
  expect(world.email.sent).toHaveLength(1);
  expect(stateOf(world)).toEqual(
    expect.arrayContaining([
      ['email', 'sent'],
      [undefined, 'sent'],
    ]),
  );
  const budgets = world.tables.counters.values().filter(({ count }) => count > 0);
  expect(budgets.map(({ count }) => count)).toEqual([1, 1]);
});

test.each<EmailAnswer['kind']>(['unknown', 'unavailable'])(
  'a mail whose send is %s is repeated with the same id, and after that never again',
  async (kind) => {
    const world = createTestWorld({ operatorEmail });
    world.email.answers.push({ kind } as EmailAnswer);
    await raiseAlarm(world.ports, 'jobs poisoned');
    await textOperator(world);
    for (let minute = 0; minute < 10; minute += 1) {
      world.clock.advance(60_000);
      await repeatAlarms(world.ports);
      await textOperator(world);
    }
    expect(world.email.sent).toHaveLength(2);
    expect(new Set(world.email.sent.map(({ id, subject, body }) => `${id} ${subject} ${body}`)).size).toBe(1);
    expect(stateOf(world)).toEqual([['email', 'sent']]);
  },
);

test('a mail whose outcome stays unknown is given up after four minutes, because one too few is better than two', async () => {
  const world = createTestWorld({ operatorEmail });
  world.email.answers.push(...Array.from({ length: 20 }, (): EmailAnswer => ({ kind: 'unknown' })));
  await raiseAlarm(world.ports, 'jobs poisoned');
  for (let minute = 0; minute < 10; minute += 1) {
    await textOperator(world);
    world.clock.advance(60_000);
    await repeatAlarms(world.ports);
  }
  expect(stateOf(world)).toEqual([['email', 'unknown']]);
  expect(world.email.sent.length).toBeLessThanOrEqual(5);
  expect(world.log.events()).toContain('email.unknown');
});

test('mails that are refused are an alarm of their own, which the phone hears of and the next mail ends', async () => {
  const world = createTestWorld({ operatorEmail, operatorPhone: new Secret('+14255550100') });
  world.email.answers.push({ kind: 'unavailable', status: 404 });
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  await textOperator(world);
  expect(world.sms.sent.map(({ body }) => body)).toContain(
    'Fitbit Token Service: ALARM: e-mails refused. See docs/operations.md.',
  );
  expect(
    world.log.entries.filter(({ event }) => event === 'alarm.raised').map(({ fields }) => fields),
  ).toEqual([{ alarm: 'jobs poisoned' }, { alarm: 'e-mails refused', status: 404 }]);
  expect(world.log.events()).toContain('alarm.over');
});

test('the log says that a mail was sent, and knows no address', async () => {
  const world = createTestWorld({ operatorEmail });
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  expect(world.log.entries.filter(({ event }) => event === 'email.send')).toEqual([
    {
      level: 'info',
      event: 'email.send',
      fields: {
        connection: 'operator',
        message: expect.stringMatching(/^[0-9a-f-]{36}$/),
        kind: 'alarm',
        outcome: 'accepted',
      },
    },
  ]);
  expect(JSON.stringify(world.log.entries)).not.toContain('@');
});

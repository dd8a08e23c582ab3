/** What Event Grid tells about e-mails, as the local mailbox raises it and as Microsoft's samples write it. */
import { reportMail, type MailStatus } from '../../local/phone/events';
import { raiseAlarm } from '../../src/domain/messages/alarms';
import { beginDigest } from '../../src/domain/operation/morning-digest';
import { smsEvents } from '../../src/functions/event-grid';
import { runCheckJob } from '../../src/domain/operation/runs';
import type { CheckJob } from '../../src/model';
import { Secret } from '../../src/secret';
import type { Services } from '../../src/services';
import { createTestWorld, textOperator, type TestWorld } from '../support/world';

const operatorEmail = new Secret('operator@example.com');
const at = Date.parse('2026-11-21T06:00:03Z');

function eventOf(world: TestWorld, status: MailStatus, nth = 0) {
  const { id, to, subject, body } = world.email.sent[nth]!;
  const mail = {
    id,
    from: 'alerts@example.com',
    to: to.reveal(),
    subject,
    body,
    headers: {},
    receivedAt: at,
  };
  return reportMail(mail, status);
}

async function handle({ ports }: TestWorld, event: unknown): Promise<void> {
  const services = {
    ...ports,
    inInvocation: (_: unknown, work: () => unknown) => work(),
  } as unknown as Services;
  const context = { functionName: 'smsEvents', triggerMetadata: {} };
  await smsEvents(services)(Buffer.from(JSON.stringify(event)).toString('base64'), context as never);
}

async function withMail(): Promise<TestWorld> {
  const world = createTestWorld({ operatorEmail });
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  return world;
}
const stateOf = ({ tables }: TestWorld) =>
  tables.messages.values().map(({ state, failure, reportedAt }) => ({ state, failure, reportedAt }));
const isOn = ({ tables }: TestWorld) =>
  tables.alarms
    .values()
    .some(({ name, endedAt }) => name === 'e-mails not delivered' && endedAt === undefined);

test('a mail that was delivered is known as delivered', async () => {
  const world = await withMail();
  await handle(world, eventOf(world, 'Delivered'));
  await handle(world, eventOf(world, 'Bounced'));
  expect(stateOf(world)).toEqual([{ state: 'delivered', failure: undefined, reportedAt: at }]);
  expect(world.log.events().filter((event) => event.startsWith('email.'))).toEqual([
    'email.send',
    'email.delivered',
  ]);
});

test.each<[string, string]>([
  ['Bounced', 'BOUNCED'],
  ['Suppressed', 'SUPPRESSED'],
  ['Quarantined', 'TAKEN_FOR_SPAM'],
  ['FilteredSpam', 'TAKEN_FOR_SPAM'],
  ['Failed', 'OTHER'],
])(
  'a mail that is %s is an alarm, whose reason the log knows, and the next that arrives ends it',
  async (status, failure) => {
    const world = await withMail();
    await handle(world, eventOf(world, status as MailStatus));
    await handle(world, eventOf(world, status as MailStatus));
    expect(stateOf(world)[0]).toEqual({ state: 'failed', failure, reportedAt: at });
    expect(
      world.log.entries.filter(({ event }) => event === 'email.failed').map(({ fields }) => fields),
    ).toEqual([{ connection: 'operator', message: world.email.sent[0]!.id, kind: 'alarm', code: failure }]);
    expect(isOn(world)).toBe(true);
    await textOperator(world);
    await handle(world, eventOf(world, 'Delivered', 1));
    expect(isOn(world)).toBe(false);
    expect(JSON.stringify(world.log.entries)).not.toContain('@');
  },
);

test('a digest that bounces is found by its id, although the records know no address', async () => {
  const world = createTestWorld({ digestTo: [{ address: new Secret('lead@example.org') }] });
  await beginDigest(world.ports);
  for (const { job } of world.queues.jobs.splice(0)) await runCheckJob(world.ports, job as CheckJob);
  await handle(world, eventOf(world, 'Bounced'));
  expect(stateOf(world)).toEqual([{ state: 'failed', failure: 'BOUNCED', reportedAt: at }]);
  expect(isOn(world)).toBe(true);
});

test.each<[string, (event: ReturnType<typeof reportMail>) => unknown]>([
  [
    'of a mail that is not ours',
    (event) => ({ ...event, data: { ...event.data, messageId: '9d2b7c11-6f0e-4a5b-9c3d-2e1f0a9b8c7d' } }),
  ],
  [
    'with a status that is not the end of it',
    (event) => ({ ...event, data: { ...event.data, status: 'Expanded' } }),
  ],
])('a report %s changes nothing', async (_, alter) => {
  const world = await withMail();
  await handle(world, alter(eventOf(world, 'Bounced')));
  expect(stateOf(world)[0]?.state).toBe('sent');
  expect(isOn(world)).toBe(false);
});

test('a report without an id is said to be unreadable', async () => {
  const world = await withMail();
  const event = eventOf(world, 'Bounced');
  await handle(world, { ...event, data: { ...event.data, messageId: null } });
  expect(world.log.events()).toContain('event.unreadable');
});

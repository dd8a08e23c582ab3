/** What Event Grid tells about e-mails, as the local mailbox raises it and as Microsoft's samples write it. */
import { reportMail, type MailStatus } from '../../local/phone/events';
import { raiseAlarm } from '../../src/domain/messages/alarms';
import { beginDigest } from '../../src/domain/operation/morning-digest';
import { setAddress } from '../../src/domain/contact/addresses';
import {
  beginConfirmation,
  confirmByLink,
  readConfirmation,
  whereIsCode,
} from '../../src/domain/wearer/confirm-address';
import { sendWaiting } from '../../src/domain/messages/outbox';
import { recordMessage } from '../../src/domain/messages/record-message';
import { change } from '../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../src/domain/store/row-keys';
import { smsEvents } from '../../src/functions/event-grid';
import { runCheckJob } from '../../src/domain/operation/run-jobs';
import type { CheckJob, MessageKind } from '../../src/model';
import { Secret } from '../../src/secret';
import type { Services } from '../../src/services';
import { connectWearer, createTestWorld, recordOf, textOperator, type TestWorld } from '../support/world';

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

describe('a mail to a wearer', () => {
  const email = new Secret('Ada@example.org');
  const confirm = (world: TestWorld, contact: { email: Secret } | { phone: Secret } = { email }) =>
    setAddress(world.ports, 'wearer-1', {
      ...contact,
      textConsent: { at: world.clock.now(), wording: '2026-11' },
    });
  /** A mail a minute later. */
  async function mail(world: TestWorld, kind: MessageKind = 'new link'): Promise<void> {
    world.clock.advance(60_000);
    const cause = [String(world.clock.now())];
    await recordMessage(world.ports, 'wearer-1', { kind, cause, facts: { provider: 'Fitbit' } });
    await sendWaiting(world.ports, recordOf(world));
  }
  async function withWearer(): Promise<TestWorld> {
    const world = createTestWorld({ operatorEmail });
    await connectWearer(world, 'fitbit', { phone: undefined });
    await confirm(world);
    await mail(world);
    return world;
  }
  const deadSince = (world: TestWorld) => recordOf(world).emailDeadSince;

  test('is found by its address, in whatever letters the event has it, and raises no alarm', async () => {
    const world = await withWearer();
    const event = eventOf(world, 'Delivered');
    await handle(world, { ...event, data: { ...event.data, recipient: 'ADA@EXAMPLE.ORG' } });
    expect(stateOf(world)).toEqual([{ state: 'delivered', failure: undefined, reportedAt: at }]);
    expect(deadSince(world)).toBeUndefined();
    expect(JSON.stringify(world.log.entries)).not.toMatch(/@/);
  });

  test.each<[MailStatus, boolean, number]>([
    ['Bounced', true, 1],
    ['Suppressed', true, 1],
    ['Quarantined' as MailStatus, false, 2],
    ['FilteredSpam' as MailStatus, false, 2],
    // The notice that has failed is sent again beside the next one.
    ['Failed' as MailStatus, false, 3],
  ])('that is %s means that there is no such address: %s', async (status, isDead, sent) => {
    const world = await withWearer();
    const now = world.clock.now();
    await handle(world, eventOf(world, status));
    await handle(world, eventOf(world, status));
    expect(deadSince(world)).toBe(isDead ? now : undefined);
    expect(isOn(world)).toBe(false);
    expect(world.log.events().filter((event) => event === 'email.dead')).toHaveLength(isDead ? 1 : 0);
    await mail(world);
    expect(world.email.sent).toHaveLength(sent);
  });

  test('that bounced stops the mails until the address is confirmed again', async () => {
    const world = await withWearer();
    await handle(world, eventOf(world, 'Bounced'));
    world.clock.advance(60_000);
    await confirm(world);
    await handle(world, eventOf(world, 'Bounced'));
    expect(deadSince(world)).toBeUndefined();
    await mail(world);
    expect(world.email.sent.length).toBeGreaterThan(1);
  });

  test('that bounced says nothing about a number that has taken the place of the address', async () => {
    const world = await withWearer();
    const event = eventOf(world, 'Bounced');
    await confirm(world, { phone: new Secret('+14255550123') });
    await handle(world, event);
    expect(recordOf(world)).not.toMatchObject({ emailDeadSince: expect.anything() });
    expect(recordOf(world)).not.toMatchObject({ numberDeadSince: expect.anything() });
  });

  test('that arrives after one that bounced says that there is the address', async () => {
    const world = await withWearer();
    await mail(world);
    await handle(world, eventOf(world, 'Bounced', 0));
    expect(deadSince(world)).toBeDefined();
    await handle(world, eventOf(world, 'Delivered', 1));
    expect(deadSince(world)).toBeUndefined();
    expect(world.log.events()).toContain('email.alive');
  });

  test('that was to confirm an address and bounced is known to whoever entered the address', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { phone: undefined });
    const entered = { connection: 'wearer-1', email, textConsent: { at: 0, wording: '2026-11' } };
    const { ticket } = await beginConfirmation(world.ports, entered, undefined);
    const event = eventOf(world, 'Bounced');
    await handle(world, { ...event, data: { ...event.data, recipient: 'ada@EXAMPLE.org' } });
    const confirmation = await readConfirmation(world.ports, ticket);
    expect(await whereIsCode(world.ports, confirmation!)).toBe('undeliverable');
    expect(deadSince(world)).toBeUndefined();
  });

  test.each<MailStatus>(['Bounced', 'Suppressed'])(
    'that is %s is sent to the address that the wearer confirms then, with the welcome',
    async (status) => {
      const world = await withWearer();
      await change(world.tables.connections, connectionKey('wearer-1'), (before) => ({
        ...before,
        retirement: { firstAt: 0, confirmedAt: 1 },
      }));
      await mail(world, 'reconnect');
      await handle(world, eventOf(world, status, 1));
      await handle(world, eventOf(world, status, 1));
      await sendWaiting(world.ports, recordOf(world));
      expect(world.email.sent).toHaveLength(2);
      world.clock.advance(60_000);
      const entered = {
        connection: 'wearer-1',
        email: new Secret('ada@example.net'),
        textConsent: { at: world.clock.now(), wording: '2026-11' },
      };
      await beginConfirmation(world.ports, entered, undefined);
      const [, link = ''] = /\/confirm-email\/([\w-]+)/.exec(world.email.sent[2]!.body) ?? [];
      await confirmByLink(world.ports, link);
      expect(
        world.email.sent.slice(3).map(({ to, subject }) => [to.reveal(), subject.split(': ')[1]]),
      ).toEqual([
        ['ada@example.net', 'Fitbit has disconnected'],
        ['ada@example.net', 'your alerts are on'],
      ]);
    },
  );

  test('that failed for another reason is sent again at the next check where a text would be', async () => {
    const world = await withWearer();
    await change(world.tables.connections, connectionKey('wearer-1'), (before) => ({
      ...before,
      retirement: { firstAt: 0, confirmedAt: 1 },
    }));
    await mail(world, 'reconnect');
    await handle(world, eventOf(world, 'Failed' as MailStatus, 1));
    await handle(world, eventOf(world, 'Failed' as MailStatus, 1));
    await sendWaiting(world.ports, recordOf(world));
    expect(world.email.sent.map(({ subject }) => subject.split(': ')[1])).toEqual([
      'your new link',
      'Fitbit has disconnected',
      'Fitbit has disconnected',
    ]);
    expect(new Set(world.email.sent.map(({ id }) => id)).size).toBe(3);
  });
});

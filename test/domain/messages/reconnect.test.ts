/** The request to reconnect and its one reminder: when they leave, and what keeps them from leaving. */
import { carrierFailures } from '../../../local/phone/events';
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey, messageTag } from '../../../src/domain/store/row-keys';
import type { CheckJob, Connection, Message } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { find } from '../../support/find-and-watch';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;
const phone = new Secret('+14255550123');
const email = new Secret('ada@example.org');
const ofPhone = { way: 'sms', to: phone } as const;

/** The grant was refused for good. */
const refused = { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 };

let world: TestWorld;
async function begin(more: Partial<Connection> = {}): Promise<void> {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { phone, timeZone: 'UTC', refusal: refused, ...more });
}
beforeEach(() => begin());
afterEach(() => expectDiscreet(world));

/** A run comes past, and its jobs are done. */
async function run(): Promise<void> {
  await find(world.ports);
  for (const { job } of world.queues.jobs.splice(0)) await runCheckJob(world.ports, job as CheckJob);
}
/** The time goes by, and then a run comes. */
async function pass(ms: number): Promise<void> {
  world.clock.advance(ms);
  await run();
}
const edit = (more: Partial<Connection>) =>
  change(world.tables.connections, connectionKey('wearer-1'), (record) => ({ ...record, ...more }));
const setDryRun = (dryRun: boolean) => {
  world = { ...world, ports: { ...world.ports, policy: { ...world.ports.policy, dryRun } } };
};
const quietUntil = (hours: number) => ({ quietHours: { from: 0, to: hours * 60 } });
const sayStop = (stopped: boolean) => setStopped(world.ports, ofPhone, { at: world.clock.now(), stopped });
const messages = () => world.tables.messages.values().sort((a, b) => a.createdAt - b.createdAt);
const states = () => messages().map(({ state }) => state);
const report = (message: Message | undefined, details?: string) =>
  handleSmsEvent(world.ports, {
    kind: 'report',
    tag: messageTag('wearer-1', message?.id ?? ''),
    delivered: details === undefined,
    details: details ?? 'No error.',
    at: world.clock.now(),
  });

const sent = () => world.sms.sent.length;

describe('a wearer who still has to reconnect a week after the request', () => {
  test('is reminded then, in the same words, and not a third time', async () => {
    await run();
    await pass(week - 1);
    expect(sent()).toBe(1);
    await pass(1);
    expect(sent()).toBe(2);
    for (let days = 0; days < 60; days += 1) await pass(day);
    expect(sent()).toBe(2);
    const [first, second] = world.sms.sent;
    expect(second?.body).toMatch(/^Fitbit Token Service: Fitbit has disconnected\. Reconnect: https/);
    expect(second?.body).toBe(first?.body);
    expect(second?.id).not.toBe(first?.id);
  });

  test.each<[string, (first: Message | undefined) => Promise<unknown>]>([
    ['that was sent', () => Promise.resolve()],
    ['that was delivered', (first) => report(first)],
    ['that did not arrive', (first) => report(first, carrierFailures['no such number'])],
  ])('is reminded of a request %s', async (_, settle) => {
    await run();
    await settle(messages()[0]);
    await pass(week);
    expect(sent()).toBe(2);
  });

  test('is reminded of a request that was perhaps never received', async () => {
    world.sms.answers.push({ kind: 'unknown' }, { kind: 'unknown' });
    await run();
    await pass(hour);
    expect(states()).toEqual(['unknown']);
    // It was first sent an hour ago.
    await pass(week - hour - 1);
    expect(states()).toEqual(['unknown']);
    await pass(1);
    expect(states()).toEqual(['unknown', 'sent']);
  });

  test('is not sent a reminder again whose outcome is unknown', async () => {
    await run();
    world.sms.answers.push({ kind: 'unknown' }, { kind: 'unknown' });
    await pass(week);
    const attempts = sent();
    for (let days = 0; days < 30; days += 1) await pass(day);
    expect([sent(), states()]).toEqual([attempts, ['sent', 'unknown']]);
  });

  test('whom the first text did not reach is reminded a week after the one that took its place', async () => {
    await run();
    await report(messages()[0], carrierFailures.unreachable);
    await pass(2 * day);
    expect(sent()).toBe(2);
    await pass(week - 1);
    expect(sent()).toBe(2);
    await pass(1);
    await pass(week);
    expect(sent()).toBe(3);
  });

  test('is reminded once by jobs that come twice and by workers side by side', async () => {
    await run();
    world.clock.advance(week);
    await find(world.ports);
    await find(world.ports);
    const jobs = world.queues.jobs.splice(0).map(({ job }) => job as CheckJob);
    expect(jobs).toHaveLength(2);
    await Promise.all([...jobs, ...jobs].map((job) => runCheckJob(world.ports, job)));
    await run();
    expect(sent()).toBe(2);
  });

  test('is reminded by the next run when a worker died before it sent the reminder', async () => {
    await run();
    const { send } = world.sms;
    world.sms.send = () => Promise.reject(new Error('died'));
    await expect(pass(week)).rejects.toThrow('died');
    world.sms.send = send;
    world.queues.jobs.length = 0;
    await pass(60_000);
    await run();
    expect(states()).toEqual(['sent', 'sent']);
    expect(sent()).toBe(2);
  });

  test('is reminded of a provider that was switched off', async () => {
    await begin({ refusal: undefined, retirement: { firstAt: 1, confirmedAt: 2 } });
    await run();
    await pass(week);
    await pass(week);
    expect(sent()).toBe(2);
  });

  test('is mailed the reminder where e-mails were chosen', async () => {
    await begin({ phone: undefined });
    await setAddress(world.ports, 'wearer-1', { email, textConsent: { at: 0, wording: '2026-11' } });
    await run();
    await pass(week - 1);
    expect(world.email.sent).toHaveLength(1);
    await pass(1);
    await pass(week);
    expect(world.email.sent.map(({ to, subject }) => `${to.reveal()}: ${subject}`)).toEqual(
      Array(2).fill('ada@example.org: Fitbit Token Service: Fitbit has disconnected'),
    );
    expect(sent()).toBe(0);
  });
});

/** What ends the need for it. */
const endings: Readonly<Record<string, () => Promise<unknown>>> = {
  'has reconnected': () => edit({ pointer: afterConsent() }),
  'has moved to the successor': () => edit({ provider: 'google-health', pointer: afterConsent() }),
  'has disconnected': () => edit({ closedAt: world.clock.now() }),
};
const afterConsent = () => ({ ...recordOf(world).pointer!, consent: 2, generation: 1 });

describe('no reminder goes to a wearer who', () => {
  test.each(Object.entries(endings))('%s within the week', async (_, end) => {
    await run();
    await end();
    world.clock.advance(week);
    await find(world.ports);
    expect(world.queues.jobs).toEqual([]);
    expect([sent(), states()]).toEqual([1, ['sent']]);
  });

  test.each(Object.entries(endings).slice(0, 2))('%s while it waited for the morning', async (_, end) => {
    await run();
    await edit({ preferences: quietUntil(8) });
    await pass(week);
    expect(states()).toEqual(['sent', 'pending']);
    await end();
    world.clock.advance(2 * hour);
    await sendWaiting(world.ports, recordOf(world));
    expect([sent(), states()]).toEqual([1, ['sent', 'dropped']]);
  });

  test('has no address any more, until there is one', async () => {
    await run();
    await setAddress(world.ports, 'wearer-1', undefined);
    await pass(week);
    expect(sent()).toBe(1);
    await setAddress(world.ports, 'wearer-1', { phone, textConsent: { at: 0, wording: '2026-11' } });
    await run();
    expect(sent()).toBe(2);
  });

  test('has an address that is dead', async () => {
    await run();
    await edit({ numberDeadSince: world.clock.now() });
    await pass(week);
    expect([sent(), states()]).toEqual([1, ['sent']]);
  });

  test('was asked a month ago, such as before the first release that reminds', async () => {
    await run();
    await pass(30 * day);
    expect([sent(), states()]).toEqual([1, ['sent']]);
  });
});

test('until just before a month has gone by, a wearer is reminded', async () => {
  await run();
  await pass(30 * day - 1);
  expect(sent()).toBe(2);
});

test('the next end of the grant brings a request and a reminder of its own', async () => {
  await run();
  await pass(week);
  const pointer = afterConsent();
  const secretVersion = await world.vault.saveTokenSet({ ...world.vault.saved[0]!.set, consent: 2 }, {});
  await edit({ pointer: { ...pointer, secretVersion }, refusal: { ...refused, consent: 2 } });
  await pass(hour);
  expect(sent()).toBe(3);
  await pass(week - 1);
  expect(sent()).toBe(3);
  await pass(1);
  await pass(week);
  expect(sent()).toBe(4);
});

describe('like the first request, the reminder', () => {
  test('waits for the morning', async () => {
    await run();
    await edit({ preferences: quietUntil(8) });
    await pass(week);
    expect(sent()).toBe(1);
    await pass(2 * hour - 1);
    expect(sent()).toBe(1);
    await pass(1);
    expect(sent()).toBe(2);
  });

  test('waits for START when the wearer has said STOP', async () => {
    await run();
    await sayStop(true);
    await pass(week);
    expect(states()).toEqual(['sent']);
    await sayStop(false);
    await pass(day);
    expect(sent()).toBe(2);
  });

  test('waits for START when STOP came after it was recorded', async () => {
    await run();
    await edit({ preferences: quietUntil(8) });
    await pass(week);
    await sayStop(true);
    await pass(2 * hour);
    await sendWaiting(world.ports, recordOf(world));
    expect([sent(), states()]).toEqual([1, ['sent', 'pending']]);
    await sayStop(false);
    await pass(day);
    await pass(day);
    expect(sent()).toBe(2);
  });

  test('goes out although battery texts are paused', async () => {
    await edit({ preferences: { paused: true } });
    await run();
    await pass(week);
    expect(sent()).toBe(2);
  });

  test('is only logged in a dry run, and leaves when that is over', async () => {
    await run();
    setDryRun(true);
    await pass(week);
    await find(world.ports);
    expect(world.queues.jobs).toEqual([]);
    expect([sent(), states()]).toEqual([1, ['sent', 'logged']]);
    setDryRun(false);
    await pass(hour);
    await pass(hour);
    expect([sent(), states()]).toEqual([2, ['sent', 'sent']]);
  });

  test('follows no request that was only logged', async () => {
    setDryRun(true);
    await run();
    await pass(week);
    expect([sent(), states()]).toEqual([0, ['logged']]);
  });

  test('waits until the budget of texts allows it', async () => {
    await run();
    const { limits } = world.ports.policy;
    const policy = { ...world.ports.policy, limits: { ...limits, budgetPerDay: 0 } };
    const rich = world;
    world = { ...world, ports: { ...world.ports, policy } };
    await pass(week);
    expect([sent(), states()]).toEqual([1, ['sent', 'pending']]);
    world = rich;
    await pass(hour);
    expect(sent()).toBe(2);
  });

  test('is in the language of the wearer', async () => {
    await edit({ preferences: { language: 'de' } });
    await run();
    await pass(week);
    expect(world.sms.sent[1]?.body).toContain('Verbindung zu Fitbit getrennt. Erneuern:');
  });
});

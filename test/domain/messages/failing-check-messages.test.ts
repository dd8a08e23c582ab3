/** Histories of checks that fail, hour by hour, and who hears of it: rows of a table. */
import { connectionKey } from '../../../src/domain/store/row-keys';
import { setStopped } from '../../../src/domain/contact/addresses';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { readStatus } from '../../../src/domain/operation/status';
import { findAndWatch } from '../../support/find-and-watch';
import type { Preferences } from '../../../src/model';
import type { HttpAnswer } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { recheckOf } from '../../../src/domain/messages/record-message';

const hour = 3_600_000;
const operator = new Secret('+14255550999');

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld({ operatorPhone: operator });
});
afterEach(() => expectDiscreet(world));

const google = (status: number, reason?: string): HttpAnswer =>
  answer(status, {
    error: {
      code: status,
      status: status === 400 ? 'FAILED_PRECONDITION' : 'PERMISSION_DENIED',
      details: reason && [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
    },
  });
const good = answer(200, {});
const forbidden = google(403);
const noScope = google(403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT');
const suspended = google(403, 'CONSUMER_SUSPENDED');
const notLinked = google(400);
const unreadable = answer(200, { pairedDevices: 'renamed' });
const down = answer(503, {});
const busy = answer(429, {});

/** How many wearers there are, who are called `wearer-1` and so on. */
async function connect(count: number, preferences?: Preferences): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const expiresAt = world.clock.now() + 30 * 24 * hour;
    const phone = new Secret(`+1425555010${n}`);
    await connectWearer(world, 'google-health', { phone, timeZone: 'UTC', preferences, set: { expiresAt } });
  }
}

/** A check every hour, with its answers of the wearers in turn, and the watchdog after it. */
async function hours(count: number, ...answers: readonly HttpAnswer[]): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    for (const [index, reply] of answers.entries()) {
      world.http.script(reply);
      await runCheckJob(world.ports, recheckOf(`wearer-${index + 1}`));
    }
    await findAndWatch(world.ports);
    for (const { job } of world.queues.jobs.splice(0)) {
      if (job.kind === 'check-battery' && job.connection === 'operator') await runCheckJob(world.ports, job);
    }
    world.clock.advance(hour);
  }
}

/** What the first wearer answers. */
const say = (said: { readonly at: number; readonly stopped: boolean }) =>
  setStopped(world.ports, { way: 'sms', to: new Secret('+14255550101') }, said);

const plain = (body: string) => body.replace('Fitbit Token Service: ', '').replace(/ (https|See docs).*/, '');
const sentTo = (isOperator: boolean) =>
  world.sms.sent.filter(({ to }) => to.equals(operator) === isOperator).map(({ body }) => plain(body));
const alarms = () =>
  world.tables.alarms
    .values()
    .filter(({ endedAt }) => endedAt === undefined)
    .map(({ name }) => name);

const removeAccess = "can't read your battery. Remove our access, reconnect:";
const permission = "can't read your battery: permission missing. Reconnect:";
const worksAgain = 'your battery is watched again.';

interface Heard {
  readonly wearer?: readonly string[];
  readonly operator?: readonly string[];
}

/** What one wearer among four hears, and the operator. */
const one = (reply: HttpAnswer) => [reply, good, good, good];
const all = (reply: HttpAnswer) => [reply, reply, reply, reply];
const histories: Readonly<Record<string, [play: () => Promise<void>, heard: Heard, wearers?: number]>> = {
  'fails for five hours': [() => hours(5, ...one(forbidden)), {}],
  'fails for five hours, then good': [
    async () => {
      await hours(5, ...one(forbidden));
      await hours(3, ...one(good));
    },
    {},
  ],
  'fails for seven hours': [() => hours(7, ...one(forbidden)), { wearer: [removeAccess] }],
  'fails for three days': [() => hours(72, ...one(forbidden)), { wearer: [removeAccess] }],
  'fails for three days, then good': [
    async () => {
      await hours(72, ...one(forbidden));
      await hours(3, ...one(good));
    },
    { wearer: [removeAccess, worksAgain] },
  ],
  'fails, is good, and fails again: each episode is told': [
    async () => {
      await hours(8, ...one(forbidden));
      await hours(1, ...one(good));
      await hours(8, ...one(noScope));
      await hours(1, ...one(good));
    },
    { wearer: [removeAccess, worksAgain, permission, worksAgain] },
  ],
  'fails for another reason after it was told: still one episode': [
    async () => {
      await hours(8, ...one(noScope));
      await hours(8, ...one(forbidden));
    },
    { wearer: [permission] },
  ],
  'fails for seven hours after a STOP, and goes on after START': [
    async () => {
      await say({ at: 1, stopped: true });
      await hours(7, ...one(forbidden));
      await say({ at: 2, stopped: false });
      await hours(1, ...one(forbidden));
    },
    { wearer: [removeAccess] },
  ],
  'fails for seven hours after a STOP, and is good before START': [
    async () => {
      await say({ at: 1, stopped: true });
      await hours(7, ...one(forbidden));
      await hours(1, ...one(good));
      await say({ at: 2, stopped: false });
      await hours(1, ...one(good));
    },
    {},
  ],
  'fails for a reason that began late': [
    async () => {
      await hours(5, ...one(down));
      await hours(5, ...one(forbidden));
    },
    {},
  ],
  'a passing outage between does not hide the lasting reason': [
    async () => {
      await hours(3, ...one(forbidden));
      await hours(2, ...one(down));
      await hours(2, ...one(forbidden));
    },
    { wearer: [removeAccess] },
  ],
  'an account without a profile': [
    () => hours(7, ...one(notLinked)),
    { wearer: ["can't read your battery: no Google Health profile. See:"] },
  ],
  'a provider that is down for one wearer is nobody’s to mend': [() => hours(72, ...one(down)), {}],
  'a provider that has too many requests for one wearer, too': [() => hours(72, ...one(busy)), {}],
  'what the operator has to mend, the operator hears, and no wearer': [
    () => hours(9, ...one(suspended)),
    { operator: ['ALARM: project refused.'] },
  ],
  'most fail: an alarm, and no wearer hears': [
    () => hours(9, ...all(forbidden)),
    { operator: ['ALARM: most checks fail (4).'] },
  ],
  'most fail with an answer that cannot be read': [
    () => hours(9, ...all(unreadable)),
    { operator: ['ALARM: most checks fail (4).'] },
  ],
  'most fail, and all are good again before anybody was told': [
    async () => {
      await hours(9, ...all(forbidden));
      await hours(2, ...all(good));
    },
    { operator: ['ALARM: most checks fail (4).', 'the alarm "most checks fail" is over.'] },
  ],
  'most fail, and one goes on failing when the others are good again': [
    async () => {
      await hours(9, ...all(forbidden));
      await hours(2, ...one(forbidden));
    },
    {
      wearer: [removeAccess],
      operator: ['ALARM: most checks fail (4).', 'the alarm "most checks fail" is over.'],
    },
  ],
  'half of them is not most': [
    () => hours(8, forbidden, forbidden, good, good),
    { wearer: [removeAccess, removeAccess] },
  ],
  'the only wearer is not most, when it is theirs to mend': [
    () => hours(8, forbidden),
    { wearer: [removeAccess] },
    1,
  ],
  'the only wearer is, when it is nobody’s': [
    () => hours(8, unreadable),
    { operator: ['ALARM: most checks fail (1).'] },
    1,
  ],
};

test.each(Object.entries(histories))(
  '%s',
  async (_, [play, { wearer = [], operator: heard = [] }, wearers = 4]) => {
    await connect(wearers);
    await play();
    expect(sentTo(false)).toEqual(wearer);
    // Nothing is rotated here, no run is begun, and nobody reports what became of a text.
    expect(sentTo(true).filter((text) => /checks|project/.test(text))).toEqual(heard);
  },
);

test('nobody is woken by it, and what is good by the morning is not said', async () => {
  // The world begins at six in the morning (UTC): the seventh check is at noon.
  await connect(4, { quietHours: { from: 11 * 60, to: 20 * 60 } });
  await hours(9, ...one(forbidden));
  expect(sentTo(false)).toEqual([]);
  await hours(7, ...one(good));
  expect(sentTo(false)).toEqual([]);
  const messages = world.tables.messages.values().filter(({ connection }) => connection === 'wearer-1');
  expect(messages.map(({ kind, state }) => [kind, state])).toEqual([
    ['check failing', 'dropped'],
    ['works again', 'dropped'],
  ]);
});

test('what is still so by the morning is said then, as it is then', async () => {
  await connect(4, { quietHours: { from: 11 * 60, to: 20 * 60 } });
  await hours(9, ...one(forbidden));
  await hours(7, ...one(noScope));
  expect(sentTo(false)).toEqual([permission]);
});

test('a wearer who must reconnect by the morning is told that, and not this', async () => {
  await connect(4, { quietHours: { from: 11 * 60, to: 20 * 60 } });
  await hours(9, ...one(forbidden));
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  const refusal = { consent: 1, generation: 1, firstAt: 0, confirmedAt: 1 };
  await world.tables.connections.replace(row, { ...row.value, refusal });
  world.clock.advance(7 * hour);
  await runCheckJob(world.ports, recheckOf('wearer-1'));
  expect(sentTo(false)).toEqual(['Google Health has disconnected. Reconnect:']);
});

test('checks of five wearers that fail for days, by different codes in turn, are an alarm with their number', async () => {
  await connect(5);
  for (let n = 0; n < 3 * 24; n += 1) {
    const reply = n % 2 ? forbidden : unreadable;
    await hours(1, reply, reply, reply, reply, reply);
  }
  expect(alarms()).toContain('most checks fail');
  expect((await readStatus(world.ports)).alarms).toContainEqual(
    expect.objectContaining({ name: 'most checks fail', count: 5 }),
  );
  expect(sentTo(false)).toEqual([]);
});

/** Histories of texts that had to wait, and what goes out: rows of a table, each from the recording to the end. */
import { change } from '../../../src/domain/store/compare-and-swap';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { findAndWatch } from '../../support/find-and-watch';
import { connectionKey, deviceKey, messageId, messageTag } from '../../../src/domain/store/row-keys';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { tellToReconnect } from '../../../src/domain/messages/reconnect';
import { setStopped } from '../../../src/domain/contact/addresses';
import type { CheckJob, Device, MessageKind, Preferences } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { recordMessage } from '../../../src/domain/messages/record-message';

const hour = 3_600_000;
const phone = new Secret('+14255550123');
/** The world begins at six in the morning (UTC), in the middle of them. */
const quietUntil = (hours: number): Preferences => ({ quietHours: { from: 22 * 60, to: hours * 60 } });

let world: TestWorld;
beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { timeZone: 'UTC' });
});
afterEach(() => expectDiscreet(world));

const bodies = () =>
  world.sms.sent.map(({ body }) => body.replace('Fitbit Token Service: ', '').replace(/ https.*/, ''));
const states = () =>
  Object.fromEntries(world.tables.messages.values().map(({ kind, state }) => [kind, state]));
const prefer = async (preferences: Preferences) => {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, preferences });
};
const send = () => sendWaiting(world.ports, recordOf(world));

/** What the check has seen last. */
async function see(percent: number, more: Partial<Device> = {}): Promise<void> {
  const key = deviceKey('wearer-1', 'charge-6');
  const now = world.clock.now();
  const row = await world.tables.devices.get(key);
  const device: Device = {
    connection: 'wearer-1',
    cycle: 1,
    armed: false,
    heard: true,
    ...row?.value,
    reading: { device: 'charge-6', kind: 'tracker', model: 'Charge 6', percent },
    firstSeenAt: now,
    checkedAt: now,
    ...more,
  };
  await (row ? world.tables.devices.replace(row, device) : world.tables.devices.insert(key, device));
}
const record = (kind: MessageKind, percent: number, cycle = 1, more: object = {}) =>
  recordMessage(world.ports, 'wearer-1', {
    kind,
    cause: ['charge-6', String(cycle)],
    device: 'charge-6',
    cycle,
    facts: { model: 'Charge 6', percent, ...more },
  });
async function low(percent: number): Promise<void> {
  await see(percent);
  await record('low', percent);
  await send();
}
const pass = async (hours: number): Promise<void> => {
  world.clock.advance(hours * hour);
  await send();
};
const idOf = (kind: MessageKind) => messageId('wearer-1', kind, 'charge-6', '1');
/** About the message itself, or the one that has taken its place for the nth time. */
const report = (kind: MessageKind, details: string, nth = 0) =>
  handleSmsEvent(world.ports, {
    kind: 'report',
    tag: messageTag(
      'wearer-1',
      nth === 0 ? idOf(kind) : messageId('wearer-1', kind, idOf(kind), 'again', String(nth)),
    ),
    to: phone,
    delivered: false,
    details,
    at: world.clock.now(),
  });
const unreachable = "ErrorCode: 4006. ErrorMessage: The destination isn't reachable.";

const lowText = (percent: number) => `Your Charge 6 is at ${percent}%. Time to charge.`;

const histories: Readonly<Record<string, [play: () => Promise<void>, sent: unknown[]]>> = {
  '18 % in quiet hours, 34 % when they end': [
    async () => {
      await prefer(quietUntil(14));
      await low(18);
      await see(34);
      await pass(9);
    },
    [],
  ],
  '18 % in quiet hours, 34 % when they end, then 15 % without a charge: it was still due': [
    async () => {
      await prefer(quietUntil(14));
      await low(18);
      await see(34);
      await pass(9);
      await see(15);
      await pass(1);
    },
    [lowText(15)],
  ],
  '20 % when decided, 7 % when the quiet hours end': [
    async () => {
      await prefer(quietUntil(8));
      await low(20);
      await see(7);
      await pass(3);
    },
    [lowText(7)],
  ],
  'the hours that were left at another level are left out': [
    async () => {
      await prefer(quietUntil(7));
      await see(20);
      await record('low', 20, 1, { hoursLeft: 30 });
      await see(12);
      await pass(1.5);
    },
    [lowText(12)],
  ],
  'the budget is used up for days, and the device silent since': [
    async () => {
      world.sms.answers.push(
        ...Array.from({ length: 2 }, () => ({ kind: 'unavailable', status: 429 }) as const),
      );
      await low(18);
      await pass(1);
      world.sms.sent.length = 0;
      world.clock.advance(60 * hour);
      const key = deviceKey('wearer-1', 'charge-6');
      const row = (await world.tables.devices.get(key))!;
      await world.tables.devices.replace(row, { ...row.value, silentAt: world.clock.now() });
      await record('silent', 18, 1, { silentDays: 2 });
      await send();
    },
    [expect.stringMatching(/silent/)],
  ],
  'paused for days, and the device silent since': [
    async () => {
      await prefer({ paused: true });
      await low(18);
      world.clock.advance(60 * hour);
      await prefer({});
      await send();
    },
    [],
  ],
  'the threshold is lowered to 10 while the text waits at 20 %': [
    async () => {
      await prefer(quietUntil(8));
      await low(20);
      await prefer({ ...quietUntil(8), threshold: 10 });
      await pass(3);
    },
    [],
  ],
  'the threshold is lowered to 10 while the text waits at 20 %, which then falls to 10 %': [
    async () => {
      await prefer(quietUntil(8));
      await low(20);
      await prefer({ ...quietUntil(8), threshold: 10 });
      await pass(3);
      await see(10);
      await pass(1);
    },
    [lowText(10)],
  ],
  'low waits and is charged meanwhile: nobody knew that it was low': [
    async () => {
      await prefer(quietUntil(8));
      await low(18);
      await see(50, { cycle: 2, armed: true });
      await record('recovered', 50, 2);
      await pass(3);
    },
    [],
  ],
  'low was told and is charged: that is told': [
    async () => {
      await low(18);
      await see(50, { cycle: 2, armed: true });
      await record('recovered', 50, 2);
      await pass(3);
    },
    [lowText(18), expect.stringMatching(/50%/)],
  ],
  'the wearer names the device while the text waits': [
    async () => {
      await prefer(quietUntil(8));
      await low(18);
      await prefer({ ...quietUntil(8), deviceNames: { [deviceKey('wearer-1', 'charge-6').row]: 'Left' } });
      await pass(3);
    },
    ['Left is at 18%. Time to charge.'],
  ],
  'a reminder overtakes the low text': [
    async () => {
      await prefer(quietUntil(8));
      await low(18);
      world.clock.advance(1);
      await see(15);
      await record('reminder', 15);
      await pass(3);
    },
    [lowText(15)],
  ],
  'a reminder follows what was told': [
    async () => {
      await low(18);
      await see(15);
      await record('reminder', 15);
      await pass(3);
    },
    [lowText(18), expect.stringMatching(/still at 15%/)],
  ],
  'a reminder follows nothing: the low text did not arrive': [
    async () => {
      await low(18);
      await report('low', 'ErrorCode: 4005. ErrorMessage: The carrier blocked the message.');
      await see(15);
      await record('reminder', 15);
      await pass(3);
    },
    [lowText(18)],
  ],
  'low and critical wait together: the one that is true goes out, once': [
    async () => {
      await prefer(quietUntil(8));
      await low(18);
      await see(4, { toldCriticalAt: world.clock.now() });
      await record('critical', 4);
      await pass(3);
      await pass(1);
    },
    [expect.stringMatching(/at 4%. Charge it now!/)],
  ],
  'critical waits, and a little charge makes it only low: the low text goes out': [
    async () => {
      await prefer(quietUntil(8));
      await low(18);
      await see(4, { toldCriticalAt: world.clock.now() });
      await record('critical', 4);
      await see(12);
      await pass(3);
      await pass(1);
    },
    [lowText(12)],
  ],
  'low waits, STOP, START': [
    async () => {
      await prefer(quietUntil(7));
      await low(18);
      await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
      await pass(2);
      await setStopped(world.ports, { way: 'sms', to: phone }, { at: 2, stopped: false });
      await see(16);
      await pass(1);
    },
    [lowText(16)],
  ],
  'low waits, STOP, charged, START': [
    async () => {
      await prefer(quietUntil(7));
      await low(18);
      await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
      await pass(2);
      await see(90, { cycle: 2, armed: true });
      await setStopped(world.ports, { way: 'sms', to: phone }, { at: 2, stopped: false });
      await pass(1);
    },
    [],
  ],
  'the report says "failed, not reachable now", twice: once more with each next check, then no more': [
    async () => {
      await low(18);
      await report('low', unreachable);
      await report('low', unreachable);
      await see(16);
      await pass(1);
      await report('low', unreachable, 1);
      await pass(1);
      await report('low', unreachable, 2);
      await pass(1);
    },
    [lowText(18), lowText(16), lowText(16)],
  ],
  'the report says "not reachable now", and the battery is charged meanwhile': [
    async () => {
      await low(18);
      await report('low', unreachable);
      await see(90, { cycle: 2, armed: true });
      await pass(1);
    },
    [lowText(18)],
  ],
  'the report says that the text arrived after all, before it is sent again': [
    async () => {
      await low(18);
      await report('low', unreachable);
      await handleSmsEvent(world.ports, {
        kind: 'report',
        tag: messageTag('wearer-1', messageId('wearer-1', 'low', 'charge-6', '1')),
        delivered: true,
        details: 'No error.',
        at: world.clock.now(),
      });
      await pass(1);
    },
    [lowText(18)],
  ],
  'the report about a silence says "not reachable now"': [
    async () => {
      await see(30, { silentAt: world.clock.now() });
      await record('silent', 30);
      await send();
      await report('silent', unreachable);
      await pass(1);
      await pass(1);
    },
    [expect.stringMatching(/silent/), expect.stringMatching(/silent/)],
  ],
  'the report says that the number does not exist: no more of it': [
    async () => {
      await low(18);
      await report('low', 'ErrorCode: 4004. ErrorMessage: The phone number does not exist.');
      await pass(1);
    },
    [lowText(18)],
  ],
  'a timeout in words alone is not certain: rather one text too few than two': [
    async () => {
      await low(18);
      await report('low', 'Message Delivery Timeout');
      await pass(1);
    },
    [lowText(18)],
  ],
  'a grant dies inside quiet hours': [
    async () => {
      await prefer(quietUntil(8));
      const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
      await world.tables.connections.replace(row, {
        ...row.value,
        retirement: { firstAt: 1, confirmedAt: 2 },
      });
      await tellToReconnect(world.ports, 'wearer-1');
      expect(bodies()).toEqual([]);
      await pass(1.9);
      expect(bodies()).toEqual([]);
      await pass(0.2);
    },
    [expect.stringMatching(/Fitbit/)],
  ],
};

test.each(Object.entries(histories))('%s', async (_, [play, sent]) => {
  await play();
  expect(bodies()).toEqual(sent);
});

test('a text that waits for what it says to be so again is dropped by the charge', async () => {
  await prefer({ threshold: 10 });
  await low(20);
  expect(states()).toEqual({ low: 'pending' });
  await see(90, { cycle: 2, armed: true });
  await send();
  expect(states()).toEqual({ low: 'dropped' });
});

test('who has to reconnect and could not be reached is told again, by the next run and once', async () => {
  const retirement = { firstAt: 1, confirmedAt: 2 };
  await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({ ...record, retirement }));
  await tellToReconnect(world.ports, 'wearer-1');
  const id = messageId('wearer-1', 'reconnect', '1', '1');
  const tell = async () => {
    await findAndWatch(world.ports);
    for (const { job } of world.queues.jobs.splice(0)) await runCheckJob(world.ports, job as CheckJob);
  };
  await tell();
  expect(bodies()).toHaveLength(1);
  const about = { tag: messageTag('wearer-1', id), at: world.clock.now() };
  await handleSmsEvent(world.ports, { kind: 'report', delivered: false, details: unreachable, ...about });
  await tell();
  await tell();
  expect(bodies()).toEqual([expect.stringMatching(/Fitbit/), expect.stringMatching(/Fitbit/)]);
});

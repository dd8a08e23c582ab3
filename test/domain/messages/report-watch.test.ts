import { messageId, messageTag } from '../../../src/domain/store/row-keys';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { watch } from '../../../src/domain/operation/watchdog';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { recordMessage } from '../../../src/domain/messages/record-message';

const hour = 3_600_000;
let world: TestWorld;
let count = 0;
beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit');
});

async function text(): Promise<string> {
  const cause = String((count += 1));
  await recordMessage(world.ports, 'wearer-1', { kind: 'test', cause: [cause], facts: {} });
  await sendWaiting(world.ports, recordOf(world));
  return messageTag('wearer-1', messageId('wearer-1', 'test', cause));
}
const report = (tag?: string, details?: string) =>
  handleSmsEvent(world.ports, {
    kind: 'report',
    tag,
    delivered: details === undefined,
    details: details ?? 'No error.',
    at: world.clock.now(),
  });
async function isAlarmOn(): Promise<boolean> {
  await watch(world.ports);
  return world.tables.alarms
    .values()
    .some(({ name, endedAt }) => name === 'no delivery reports' && endedAt === undefined);
}
const pass = (hours: number) => world.clock.advance(hours * hour);

test.each<[string, () => Promise<unknown>, boolean]>([
  ['no text', () => Promise.resolve(pass(48)), false],
  [
    'two texts, and no report for a day',
    async () => {
      await text();
      await text();
      pass(25);
    },
    true,
  ],
  [
    'two texts, and no report for most of a day',
    async () => {
      await text();
      await text();
      pass(23);
    },
    false,
  ],
  [
    'one text: its report can have got lost',
    async () => {
      await text();
      pass(48);
    },
    false,
  ],
  [
    'texts all day, and no report',
    async () => {
      for (let n = 0; n < 25; n += 1) {
        await text();
        pass(1);
      }
      pass(0.1);
    },
    true,
  ],
  [
    'reports of failure are reports',
    async () => {
      await text();
      await report(await text(), "ErrorCode: 4004. ErrorMessage: The phone number doesn't exist.");
      pass(48);
    },
    false,
  ],
  [
    'so is one that says that the carrier sends none',
    async () => {
      await text();
      await report(await text(), 'ErrorCode: 5002. ErrorMessage: Message Delivery Timeout');
      pass(48);
    },
    false,
  ],
  [
    'and one about a text that nobody knows',
    async () => {
      await text();
      await text();
      await report();
      pass(48);
    },
    false,
  ],
  [
    'reports that came until yesterday',
    async () => {
      await report(await text());
      pass(1);
      await text();
      await text();
      pass(25);
    },
    true,
  ],
  [
    'a text that Communication Services did not take',
    async () => {
      world.sms.answers.push({ kind: 'refused', status: 400 }, { kind: 'refused', status: 400 });
      await text();
      await text();
      pass(48);
    },
    false,
  ],
])('%s: an alarm or not', async (_, play, expected) => {
  await play();
  expect(await isAlarmOn()).toBe(expected);
});

test('the alarm is over with the next report', async () => {
  await text();
  const tag = await text();
  pass(25);
  expect(await isAlarmOn()).toBe(true);
  await report(tag);
  expect(await isAlarmOn()).toBe(false);
});

test('a text counts as sent, also where that cannot be noted', async () => {
  world.tables.runs.get = () => Promise.reject(new Error('down'));
  await text();
  expect(world.tables.messages.values()).toMatchObject([{ state: 'sent' }]);
});

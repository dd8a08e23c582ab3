/** The link that staff send to a wearer: one for a press, and why none was sent. */
import { sendStaffLink } from '../../../src/domain/wearer/send-asked-for';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const minute = 60_000;

let world: TestWorld;
beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world);
});
const send = () => sendStaffLink(world.ports, recordOf(world));

test('a second press within a minute sends no second link, and a later one does', async () => {
  await expect(send()).resolves.toBe('sent');
  world.clock.advance(minute - 1);
  await expect(send()).resolves.toBe('just sent');
  expect(world.sms.sent).toHaveLength(1);
  world.clock.advance(1);
  await expect(send()).resolves.toBe('sent');
  expect(world.sms.sent).toHaveLength(2);
});

test('two presses at once send one link', async () => {
  await Promise.all([send(), send()]);
  expect(world.sms.sent).toHaveLength(1);
});

test('a link that was not taken can be sent again when it is taken', async () => {
  world.sms.answers.push({ kind: 'unavailable', status: 429 });
  await expect(send()).resolves.toBe('not sent');
  world.clock.advance(2 * minute);
  await expect(send()).resolves.toBe('sent');
  expect(world.sms.sent.map(({ id }) => id)).toEqual([world.sms.sent[0]?.id, world.sms.sent[0]?.id]);
  expect(world.tables.messages.values()).toHaveLength(1);
});

test('a link that has waited for an hour is not waited for any more', async () => {
  world.sms.answers.push({ kind: 'unavailable', status: 429 });
  await expect(send()).resolves.toBe('not sent');
  world.clock.advance(60 * minute);
  await expect(send()).resolves.toBe('sent');
  expect(world.sms.sent).toHaveLength(2);
});

test('beyond the limit of the day none is sent, and where there is no address none can be', async () => {
  const { perNumber } = world.ports.policy.limits;
  for (let nth = 0; nth < perNumber; nth += 1) {
    await expect(send()).resolves.toBe('sent');
    world.clock.advance(minute);
  }
  await expect(send()).resolves.toBe('limited');
  const nowhere = { ...recordOf(world), phone: undefined };
  await expect(sendStaffLink(world.ports, nowhere)).resolves.toBe('nothing goes');
});

/** Whether messages reach the operator: an alarm says so when they do not, in the log, in `ops/status`, and by the other way. */
import { raiseAlarm } from '../../../src/domain/messages/alarms';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { setStopped } from '../../../src/domain/contact/addresses';
import { readStatus } from '../../../src/domain/operation/status';
import { watch } from '../../../src/domain/operation/watchdog';
import { messageTag } from '../../../src/domain/store/row-keys';
import { noteStaffReach } from '../../../src/domain/messages/staff-reach';
import type { Message } from '../../../src/model';
import { AppError } from '../../../src/errors';
import { Secret } from '../../../src/secret';
import { createTestWorld, textOperator, type TestWorld } from '../../support/world';

const operatorPhone = new Secret('+14255550100');
const operatorEmail = new Secret('operator@example.com');
const noSuchNumber = "ErrorCode: 4004. ErrorMessage: Message couldn't be delivered, no such number.";

const sampleDigest: Message = {
  id: '',
  connection: 'digest',
  kind: 'digest',
  way: 'email',
  createdAt: 0,
  state: 'pending',
  facts: {},
};

const onNow = async ({ ports }: TestWorld) => (await readStatus(ports)).alarms.map(({ name }) => name).sort();

async function report(world: TestWorld, nth: number, details?: string): Promise<void> {
  const { id, to } = world.sms.sent[nth]!;
  await handleSmsEvent(world.ports, {
    kind: 'report',
    ...{ tag: messageTag('operator', id), to, at: world.clock.now() },
    ...{ delivered: details === undefined, details: details ?? 'No error.' },
  });
}

async function withAlarm(): Promise<TestWorld> {
  const world = createTestWorld({ operatorPhone, operatorEmail });
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  return world;
}

test('a number that does not exist is an alarm, which ops/status shows and an e-mail tells', async () => {
  const world = await withAlarm();
  await report(world, 0, noSuchNumber);
  await report(world, 0, noSuchNumber);
  await textOperator(world);
  expect(await onNow(world)).toEqual(['jobs poisoned', 'texts not delivered']);
  expect(world.email.sent.map(({ subject }) => subject)).toEqual([
    'Fitbit Token Service: ALARM: jobs poisoned',
    'Fitbit Token Service: ALARM: texts not delivered',
  ]);
  // The text about it does not arrive either, and is no news.
  await report(world, 1, noSuchNumber);
  await textOperator(world);
  expect([world.sms.sent.length, world.email.sent.length]).toEqual([2, 2]);
  const said = JSON.stringify([
    world.log.entries,
    await readStatus(world.ports),
    world.tables.alarms.values(),
  ]);
  expect(said).not.toMatch(/4255550100|operator@/);
});

test('a report that comes again, or late, changes nothing', async () => {
  const world = await withAlarm();
  await report(world, 0, noSuchNumber);
  world.clock.advance(1_000);
  await textOperator(world);
  await report(world, 1);
  expect(await onNow(world)).toEqual(['jobs poisoned']);
  world.clock.advance(1_000);
  await report(world, 0, noSuchNumber);
  expect(await onNow(world)).toEqual(['jobs poisoned']);
});

test('START from the operator ends it', async () => {
  const world = createTestWorld({ operatorPhone });
  const reply = (text: string) =>
    handleSmsEvent(world.ports, { kind: 'reply', from: operatorPhone, text, at: world.clock.now() });
  await reply('STOP');
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  expect(await onNow(world)).toContain('texts not delivered');
  world.clock.advance(1_000);
  await reply('START');
  expect(await onNow(world)).not.toContain('texts not delivered');
});

test('an e-mail to somebody else does not end it', async () => {
  const world = createTestWorld({ operatorEmail });
  const coordinator = new Secret('anna@example.org');
  const digest = (to: Secret, state: Message['state'], sentAt = world.clock.now()) =>
    noteStaffReach(world.ports, { ...sampleDigest, state, firstSentAt: sentAt }, to);
  await digest(coordinator, 'failed');
  world.clock.advance(1_000);
  await digest(operatorEmail, 'delivered');
  expect(await onNow(world)).toEqual(['e-mails not delivered']);
  await digest(coordinator, 'delivered');
  expect(await onNow(world)).toEqual([]);
});

test('the next text that arrives ends it', async () => {
  const world = await withAlarm();
  await report(world, 0, noSuchNumber);
  await textOperator(world);
  await report(world, 1);
  expect(await onNow(world)).toEqual(['jobs poisoned']);
});

test.each([
  ['refused by Communication Services', ['texts not delivered']],
  ['dropped because the operator has said STOP', ['texts not delivered']],
  ['blocked because the sender is not verified', ['sender not verified']],
  ['without any report, because the carrier sends none', []],
])('a text that is %s raises %j', async (what, raised) => {
  const world = createTestWorld({ operatorPhone });
  if (what.startsWith('refused')) world.sms.answers.push({ kind: 'refused', status: 400 });
  if (what.startsWith('dropped')) {
    const address = { way: 'sms', to: operatorPhone } as const;
    await setStopped(world.ports, address, { at: world.clock.now(), stopped: true });
  }
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  if (what.startsWith('blocked')) await report(world, 0, 'ErrorCode: 4010. ErrorMessage: Not verified.');
  if (what.startsWith('without')) await report(world, 0, 'ErrorCode: 5002. ErrorMessage: Timeout.');
  expect(await onNow(world)).toEqual(['jobs poisoned', ...raised]);
});

test('a phone that is off for a while is no alarm: the text is repeated first', async () => {
  const world = await withAlarm();
  await report(world, 0, "ErrorCode: 4006. ErrorMessage: The destination isn't reachable.");
  expect(await onNow(world)).toEqual(['jobs poisoned']);
});

test('an e-mail that is refused when it is sent is an alarm too', async () => {
  const world = createTestWorld({ operatorEmail });
  world.email.answers.push({ kind: 'refused', status: 400 });
  await raiseAlarm(world.ports, 'jobs poisoned');
  await textOperator(world);
  expect(await onNow(world)).toEqual(['e-mails not delivered', 'jobs poisoned']);
});

test('a number that was corrected ends the alarm, and gets a text that says so', async () => {
  const world = await withAlarm();
  await report(world, 0, noSuchNumber);
  await textOperator(world);
  await watch(world.ports);
  expect(await onNow(world)).toContain('texts not delivered');

  const corrected = { ...world, ports: { ...world.ports, operatorPhone: new Secret('+14255550199') } };
  await watch(corrected.ports);
  await textOperator(corrected);
  expect(await onNow(world)).not.toContain('texts not delivered');
  const { to, body } = world.sms.sent.at(-1)!;
  expect([to.reveal(), body]).toEqual([
    '+14255550199',
    'Fitbit Token Service: the alarm "texts not delivered" is over.',
  ]);
  await report(corrected, world.sms.sent.length - 1, noSuchNumber);
  expect(await onNow(world)).toContain('texts not delivered');
});

test('a vault that is down keeps the watchdog from nothing else', async () => {
  const world = await withAlarm();
  await report(world, 0, noSuchNumber);
  world.queues.jobs.length = 0;
  const mac = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Down.'));
  await expect(watch({ ...world.ports, keyedHash: { mac } })).rejects.toThrow('Down.');
  expect(world.queues.jobs.map(({ job }) => job)).toEqual([
    expect.objectContaining({ connection: 'operator' }),
  ]);
});

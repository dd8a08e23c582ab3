import { messageId, messageKey, messageTag, readMessageTag } from '../../../src/domain/store/row-keys';
import { isStopped, readTextState, setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { sendMessage } from '../../../src/domain/messages/send-message';
import {
  handleSmsEvent,
  notePoisonedEvent,
  readFailure,
  type DeliveryReport,
  type Reply,
} from '../../../src/domain/messages/sms-events';
import type { Connection, Message, MessageState } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { recordMessage } from '../../../src/domain/messages/record-message';

const second = 1000;
const hour = 3600 * second;
const phone = new Secret('+14255550123');
const service = new Secret('+18005550100');
const id = messageId('wearer-1', 'low', 'charge-6', '1');

let world: TestWorld;
let startedAt: number;

beforeEach(() => {
  world = createTestWorld({ operatorContact: 'ops@example.com' });
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

const stored = () => world.tables.messages.values().find((message) => message.id === id);
const bodies = () => world.sms.sent.map(({ body }) => body);

async function message(more: Partial<Message> = {}): Promise<Message> {
  const made: Message = {
    id,
    connection: 'wearer-1',
    kind: 'low',
    device: 'charge-6',
    cycle: 1,
    createdAt: startedAt,
    state: 'sent',
    body: 'words',
    firstSentAt: startedAt,
    smsId: 'sms-1',
    facts: { model: 'Charge 6', percent: 17 },
    ...more,
  };
  await world.tables.messages.insert(messageKey('wearer-1', id), made);
  return made;
}

function report(more: Partial<DeliveryReport> = {}): Promise<void> {
  return handleSmsEvent(world.ports, {
    kind: 'report',
    tag: messageTag('wearer-1', id),
    to: phone,
    smsId: 'sms-1',
    delivered: true,
    details: 'No error.',
    at: startedAt + 3 * second,
    ...more,
  });
}
const delivered = () => report();
const failed = (details = 'Message Delivery Timeout', more: Partial<DeliveryReport> = {}) =>
  report({ delivered: false, details, ...more });
const blocked = () => failed('Sender blocked for given recipient.');

describe('the tag', () => {
  test('leads to the row and says nothing about a person', () => {
    const tag = messageTag('wearer-1', id);
    expect(tag).toBe(`wearer-1.${id}`);
    expect(readMessageTag(tag)).toEqual(messageKey('wearer-1', id));
  });

  test('goes along with every text', async () => {
    await message({ state: 'pending' });
    await sendMessage(world.ports, { id: 'wearer-1', phone }, { id, kind: 'low' });
    expect(world.sms.sent.map(({ tag }) => tag)).toEqual([`wearer-1.${id}`]);
  });

  test.each([
    '',
    id,
    `.${id}`,
    `wearer-1.${id}x`,
    `wearer-1.${id.toUpperCase()}`,
    `a/b.${id}`,
    `wearer-1.${id}\n`,
    `${'x'.repeat(65)}.${id}`,
    'wearer-1.message-1',
    "x' or PartitionKey ne '.3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00",
  ])('%j was never ours, and is ignored', async (tag) => {
    expect(readMessageTag(tag)).toBeUndefined();
    const made = await message();
    await report({ tag });
    expect(stored()).toEqual(made);
    expect(world.log.entries).toEqual([]);
  });
});

describe('a delivery report', () => {
  test('of success makes the message delivered, and is logged', async () => {
    const made = await message();
    await delivered();
    expect(stored()).toEqual({ ...made, state: 'delivered', reportedAt: startedAt + 3 * second });
    expect(world.log.entries).toEqual([
      {
        level: 'info',
        event: 'sms.delivered',
        fields: { connection: 'wearer-1', message: id, kind: 'low' },
      },
    ]);
  });

  test('of failure makes it failed, with a reason of ours in the record and in the log', async () => {
    const made = await message();
    await failed('4006: The number (425) 555-0123 <is> not reachable “now”\n');
    expect(stored()).toEqual({
      ...made,
      state: 'failed',
      failure: 'UNREACHABLE',
      carrierSaid: '4006: The number ( is not reachable now',
      reportedAt: startedAt + 3 * second,
    });
    expect(world.log.entries).toEqual([
      {
        level: 'info',
        event: 'sms.failed',
        fields: { connection: 'wearer-1', message: id, kind: 'low', code: 'UNREACHABLE' },
      },
    ]);
  });

  test('keeps a hundred characters of what the carrier said, and none of it in the log', async () => {
    await message();
    await failed(`sorry +1 425-555-0123 and 14255550123 ${'x'.repeat(300)}`);
    expect(stored()).toMatchObject({ failure: 'OTHER' });
    expect(stored()?.carrierSaid).toMatch(/^sorry and x+$/);
    expect(stored()?.carrierSaid).toHaveLength(100);
    expect(JSON.stringify(world.log.entries)).not.toMatch(/sorry|xxx/);
  });

  const after: [MessageState, MessageState, MessageState][] = [
    // before, after success, after failure
    ['sent', 'delivered', 'failed'],
    ['claimed', 'delivered', 'failed'],
    ['unknown', 'delivered', 'failed'],
    ['refused', 'delivered', 'failed'],
    ['failed', 'delivered', 'failed'],
    ['delivered', 'delivered', 'delivered'],
    ['pending', 'delivered', 'pending'],
    ['dropped', 'delivered', 'dropped'],
  ];
  test.each(after)('turns %s into %s, or into %s when it is bad', async (state, good, bad) => {
    await message({ state });
    await failed();
    expect(stored()?.state).toBe(bad);
    await delivered();
    expect(stored()?.state).toBe(good);
    await failed();
    expect(stored()?.state).toBe(good);
  });

  test('that comes twice changes nothing and is logged once', async () => {
    await message();
    await delivered();
    const once = stored();
    world.clock.advance(hour);
    await delivered();
    await failed();
    expect(stored()).toEqual(once);
    expect(world.log.events()).toEqual(['sms.delivered']);
  });

  test('of success after failure leaves nothing of the failure', async () => {
    await message();
    await failed();
    await delivered();
    expect(stored()).toMatchObject({ state: 'delivered', failure: undefined, carrierSaid: undefined });
  });

  test('that overtakes the answer to the send is not undone by it', async () => {
    await message({ state: 'pending', smsId: undefined });
    const { send } = world.sms;
    world.sms.send = async (text) => {
      await report({ smsId: 'Outgoing_1' });
      return send(text);
    };
    await expect(sendWaiting(world.ports, { id: 'wearer-1', phone })).resolves.toMatchObject({
      sent: 1,
      unsettled: 0,
    });
    expect(stored()).toMatchObject({ state: 'delivered', smsId: 'Outgoing_1', claimedUntil: undefined });
  });

  test('heals a text whose outcome nobody knew, which is then not sent again', async () => {
    await message({ state: 'pending', smsId: undefined });
    world.sms.answers.push({ kind: 'unknown' });
    await sendWaiting(world.ports, { id: 'wearer-1', phone });
    expect(stored()?.state).toBe('claimed');
    await delivered();
    world.clock.advance(61 * second);
    await sendWaiting(world.ports, { id: 'wearer-1', phone });
    world.clock.advance(hour);
    await sendWaiting(world.ports, { id: 'wearer-1', phone });
    expect(world.sms.sent).toHaveLength(1);
    expect(stored()?.state).toBe('delivered');
  });

  test.each<[MessageState, MessageState]>([
    ['sent', 'sent'],
    ['claimed', 'sent'],
    ['unknown', 'sent'],
    ['pending', 'pending'],
    ['delivered', 'delivered'],
    ['failed', 'failed'],
    ['dropped', 'dropped'],
  ])(
    'that a carrier sends no reports (5002) is no failure: a text that is %s is %s',
    async (before, after) => {
      await message({ state: before });
      await failed('ErrorCode: 5002. ErrorMessage: Message Delivery Timeout');
      expect(stored()).toMatchObject({ state: after });
      expect(stored()).not.toHaveProperty('failure');
      expect(world.log.events()).toEqual(before === after ? [] : ['sms.no_report']);
      expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(false);
    },
  );

  test('about a row that is gone is nothing', async () => {
    await delivered();
    await failed();
    expect(world.tables.messages.values()).toEqual([]);
    expect(world.log.entries).toEqual([]);
  });

  test.each([
    ['Sender blocked for given recipient.', 'OPTED_OUT'],
    ['4007: The number has opted out from receiving messages from you', 'OPTED_OUT'],
    ['4007', 'OPTED_OUT'],
    ['Message was blocked due to the toll-free number not being verified (4010)', 'SENDER_NOT_VERIFIED'],
    ['4010', 'SENDER_NOT_VERIFIED'],
    ['Destination number does not exist', 'NO_SUCH_NUMBER'],
    ['Invalid To phone number format.', 'NO_SUCH_NUMBER'],
    ['The Destination number is not reachable', 'UNREACHABLE'],
    [
      "ErrorCode: 4003. ErrorMessage: Message couldn't be delivered due to an unsupported destination.",
      'REFUSED_BY_CARRIER',
    ],
    [
      "ErrorCode: 4004. ErrorMessage: Message couldn't be delivered because the phone number doesn't exist.",
      'NO_SUCH_NUMBER',
    ],
    ['ErrorCode: 4005. ErrorMessage: The carrier blocked the message.', 'REFUSED_BY_CARRIER'],
    ["ErrorCode: 4006. ErrorMessage: The destination isn't reachable.", 'UNREACHABLE'],
    ['ErrorCode: 4007. ErrorMessage: The destination number has opted out.', 'OPTED_OUT'],
    [
      'ErrorCode: 4020. ErrorMessage: Message was rejected by the carrier due to a volumetric violation.',
      'TOO_MANY',
    ],
    ['ErrorCode: 5001. ErrorMessage: System error', 'TRY_LATER'],
    ['errorcode:4020', 'TOO_MANY'],
    ['The destination number doesn’t exist', 'NO_SUCH_NUMBER'],
    ["The destination isn't reachable", 'UNREACHABLE'],
    ['ErrorCode: 4999. ErrorMessage: The message was filtered', 'REFUSED_BY_CARRIER'],
    ['You have exceeded the maximum number of messages', 'TOO_MANY'],
    ['4005: Message is blocked by Destination carrier', 'REFUSED_BY_CARRIER'],
    ['Rejected: spam', 'REFUSED_BY_CARRIER'],
    ['9999', 'OTHER'],
    ['', 'OTHER'],
  ])('that says %j means %s', (details, failure) => {
    expect(readFailure(details)).toBe(failure);
  });
});

describe('a number that the carrier has blocked', () => {
  test('is stopped, so that nothing is sent in vain', async () => {
    await message();
    await blocked();
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
    expect(await readTextState(world.ports, { phone })).toBe('stopped');
    expect(stored()).toMatchObject({
      failure: 'OPTED_OUT',
      carrierSaid: 'Sender blocked for given recipient.',
    });
    await recordMessage(world.ports, 'wearer-1', { kind: 'critical', cause: ['next'], facts: {} });
    await sendWaiting(world.ports, { id: 'wearer-1', phone });
    expect(world.sms.sent).toEqual([]);
  });

  test('is stopped even when the text is not known any more', async () => {
    await blocked();
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
  });

  test('stays open when START was said after the text that was blocked', async () => {
    await message();
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: startedAt + second, stopped: false });
    await blocked();
    await blocked();
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(false);
  });

  test('is stopped when START was said before the text that was blocked', async () => {
    await message();
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: startedAt - second, stopped: false });
    await blocked();
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
  });

  test('cannot be stopped when nobody says which it is', async () => {
    await message();
    await failed('Sender blocked for given recipient.', { to: undefined });
    expect(stored()?.state).toBe('failed');
    expect(world.tables.optOuts.values()).toEqual([]);
  });

  test('is the only kind of failure that stops a number', async () => {
    await message();
    await failed('Message is blocked by Destination carrier');
    expect(world.tables.optOuts.values()).toEqual([]);
  });
});

async function wearer(more: Partial<Connection> = {}): Promise<Connection> {
  const { connection } = await connectWearer(world, 'fitbit', more);
  const consent = { at: startedAt, wording: '2026-11' };
  await setAddress(world.ports, connection.id, { phone: connection.phone!, textConsent: consent });
  return recordOf(world, connection.id);
}

function reply(text: string, more: Partial<Reply> = {}): Promise<void> {
  return handleSmsEvent(world.ports, {
    kind: 'reply',
    from: phone,
    to: service,
    text,
    at: startedAt,
    ...more,
  });
}

describe('STOP', () => {
  test('pauses the alerts of the number and shows it; START ends that, and neither is answered', async () => {
    const connection = await wearer();
    await reply('Stop.');
    expect(await readTextState(world.ports, connection)).toBe('stopped');
    await recordMessage(world.ports, 'wearer-1', { kind: 'test', cause: ['1'], facts: {} });
    await sendWaiting(world.ports, connection);
    expect(world.sms.sent).toEqual([]);
    await reply('START', { at: startedAt + second });
    expect(await readTextState(world.ports, connection)).toBe('on');
    expect(world.sms.sent).toEqual([]);
    await recordMessage(world.ports, 'wearer-1', { kind: 'test', cause: ['2'], facts: {} });
    await sendWaiting(world.ports, connection);
    expect(world.sms.sent).toHaveLength(1);
    expect(world.log.entries.slice(0, 2)).toEqual([
      { level: 'info', event: 'sms.reply', fields: { kind: 'stop', count: 1 } },
      { level: 'info', event: 'sms.reply', fields: { kind: 'start', count: 1 } },
    ]);
  });

  test.each([
    ['stop, start', true],
    ['start, stop', true],
    ['stop, start, stop', true],
    ['start, stop, start', true],
  ])('and START are obeyed by when they were said, in whatever order they come: %s', async (order) => {
    await wearer();
    for (const word of order.split(', ')) {
      await reply(word, { at: word === 'stop' ? startedAt + second : startedAt });
    }
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
    await reply('start', { at: startedAt + 2 * second });
    await reply('stop', { at: startedAt + second });
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(false);
  });

  test('counts from a number that has only been sent a code', async () => {
    await reply('STOP');
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
  });

  test('counts for every connection of the number', async () => {
    const first = await wearer();
    const second = await wearer({ id: 'wearer-2' });
    await reply('arrêt');
    expect(await readTextState(world.ports, first)).toBe('stopped');
    expect(await readTextState(world.ports, second)).toBe('stopped');
    expect(world.log.entries).toMatchObject([{ fields: { kind: 'stop', count: 2 } }]);
  });

  test('to another number of the resource counts too; START and HELP to it do not', async () => {
    await wearer();
    const to = new Secret('+18005550199');
    await reply('STOP', { to });
    await reply('START', { to, at: startedAt + second });
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
    await reply('STOP', { at: startedAt + 2 * second });
    await reply('START', { at: startedAt + 3 * second });
    await reply('HELP', { to });
    expect(world.sms.sent).toEqual([]);
  });

  test('is obeyed where nobody knows the own number', async () => {
    world.sms.from = undefined;
    await wearer();
    await reply('STOP');
    await reply('START', { at: startedAt + second });
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(false);
  });

  test('is written down even when the connections cannot be read just now', async () => {
    world.tables.numbers.list = () => {
      throw new Error('no answer');
    };
    await expect(reply('STOP')).rejects.toThrow('no answer');
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
  });
});

describe('HELP', () => {
  test('is answered with who this is, whom to ask and the way to the page', async () => {
    await wearer();
    await reply('Help?');
    expect(bodies()).toEqual([
      expect.stringMatching(
        /^Fitbit Token Service: battery alerts\. Contact: ops@example\.com https:\/\/tokens\.example\.com\/m\/[\w-]{22} STOP to end$/,
      ),
    ]);
    expect(world.tables.messages.values()).toMatchObject([
      { connection: 'wearer-1', kind: 'help', state: 'sent' },
    ]);
  });

  test('is answered without a contact where the operator gave none', async () => {
    world = createTestWorld();
    await wearer();
    await reply('HELP');
    expect(bodies()).toEqual([expect.stringMatching(/^Fitbit Token Service: battery alerts\. https:/)]);
  });

  test('is answered every time, and once however often the event is delivered', async () => {
    await wearer();
    for (const minutes of [0, 0, 0, 5, 5, 300])
      await reply('HELP', { at: startedAt + minutes * 60 * second });
    expect(bodies()).toHaveLength(3);
  });

  test('by a machine that answers every text of ours is answered once a minute and five times a day', async () => {
    await wearer();
    for (let seconds = 0; seconds < 3_600; seconds += 20)
      await reply('HELP', { at: startedAt + seconds * second });
    expect(bodies()).toHaveLength(5);
    world.clock.advance(24 * hour);
    await reply('HELP', { at: startedAt + 24 * hour });
    expect(bodies()).toHaveLength(6);
  });

  test('of a number with two accounts is answered once, without a link to either', async () => {
    world.clock.advance(hour);
    await wearer({ id: 'b' });
    await wearer({ id: 'c', createdAt: startedAt });
    await wearer({ id: 'a', createdAt: startedAt });
    await reply('HELP');
    expect(bodies()).toEqual(['Fitbit Token Service: battery alerts. Contact: ops@example.com STOP to end']);
    expect(world.tables.messages.values()).toMatchObject([{ connection: 'a' }]);
  });

  test('of a number that belongs to nobody, or no longer, is not answered', async () => {
    await reply('HELP');
    await wearer({ closedAt: startedAt, id: 'wearer-2' });
    await reply('HELP');
    expect(world.sms.sent).toEqual([]);
    expect(world.tables.messages.values()).toEqual([]);
  });

  test('of a number that said STOP is not answered: the carrier would block it', async () => {
    await wearer();
    await reply('STOP');
    await reply('HELP');
    expect(world.sms.sent).toEqual([]);
  });
});

test('anything else that somebody writes is nothing, and stands nowhere', async () => {
  await wearer();
  await reply('I charged it, thanks');
  expect(world.tables.optOuts.values()).toEqual([]);
  expect(world.sms.sent).toEqual([]);
  expect(world.log.entries).toEqual([]);
});

test('a reply that may mean STOP is an alarm that names the connection, and stops nothing', async () => {
  await reply('please stop by at 5');
  expect(world.log.entries).toEqual([]);
  await wearer();
  await reply('please stop by at 5');
  expect(world.tables.optOuts.values()).toEqual([]);
  expect(world.log.entries).toMatchObject([
    { level: 'warn', event: 'sms.reply', fields: { kind: 'in doubt', connection: 'wearer-1' } },
    { level: 'error', event: 'alarm.raised', fields: { alarm: 'reply in doubt', connection: 'wearer-1' } },
  ]);
  expect(JSON.stringify(world.log.entries)).not.toContain('by at 5');
});

test.each(['Stop texting me please', 'Keine SMS mehr', 'No más mensajes', 'Arrêtez les SMS'])(
  'a reply that plainly asks for it stops the texts: %s',
  async (text) => {
    await wearer();
    await reply(text);
    expect(await isStopped(world.ports, { way: 'sms', to: phone })).toBe(true);
  },
);

test('an event that failed for good is an alarm', async () => {
  await notePoisonedEvent(world.ports);
  expect(world.log.entries).toMatchObject([
    { level: 'error', event: 'job.poisoned', fields: { job: 'sms-events' } },
    { level: 'error', event: 'alarm.raised', fields: { alarm: 'jobs poisoned', job: 'sms-events' } },
  ]);
});

/** What Event Grid may write into the queue, and what becomes of everything else. */
import type { InvocationContext } from '@azure/functions';
import { messageId, messageKey } from '../../src/domain/store/row-keys';
import { isStopped } from '../../src/domain/contact/addresses';
import { poisonedSmsEvents, smsEvents } from '../../src/functions/event-grid';
import type { MessageState } from '../../src/model';
import { Secret } from '../../src/secret';
import type { Services } from '../../src/services';
import { createTestWorld, type TestWorld } from '../support/world';

const id = messageId('wearer-1', 'low');
const tag = `wearer-1.${id}`;
const reportType = 'Microsoft.Communication.SMSDeliveryReportReceived';
const replyType = 'Microsoft.Communication.SMSReceived';
const phone = new Secret('+14255550123');

let world: TestWorld;
let services: Services;

beforeEach(async () => {
  world = createTestWorld();
  services = { ...world.ports, inInvocation: (_, work) => work(), about: () => undefined };
  await world.tables.messages.insert(messageKey('wearer-1', id), {
    id,
    connection: 'wearer-1',
    kind: 'low',
    createdAt: 0,
    state: 'sent',
    facts: {},
  });
});

const context = { functionName: 'smsEvents' } as unknown as InvocationContext;
const handle = (message: unknown) => smsEvents(services)(message, context);
const state = (): MessageState | undefined => world.tables.messages.values()[0]?.state;
const stopped = () => isStopped(world.ports, { way: 'sms', to: phone });
const events = () => world.log.events();
const base64 = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64');

const reportData = {
  messageId: 'Outgoing_20261121060000a1',
  from: '18005550100',
  to: '14255550123',
  deliveryStatus: 'Delivered',
  deliveryStatusDetails: 'No error.',
  receivedTimestamp: '2026-11-21T06:00:03.2855749Z',
  deliveryAttempts: [{ timestamp: '2026-11-21T06:00:02Z', segmentsSucceeded: 1, segmentsFailed: 0 }],
  tag,
};
const report = (data: object = {}) => ({
  id: 'event-1',
  topic: '/subscriptions/s/providers/microsoft.communication/communicationservices/c',
  subject: '/phonenumber/18005550100',
  eventType: reportType,
  eventTime: '2026-11-21T06:00:04Z',
  dataVersion: '1.0',
  metadataVersion: '1',
  data: { ...reportData, ...data },
});
const replyData = {
  messageId: 'Incoming_20261121060000a1',
  from: '14255550123',
  to: '18005550100',
  message: 'STOP',
  receivedTimestamp: '2026-11-21T06:00:03.2855749Z',
};
const reply = (data: object = {}, more: object = {}) => ({
  ...report(),
  eventType: replyType,
  data: { ...replyData, ...data },
  ...more,
});

describe('an event is read from', () => {
  const { tag: _, ...untagged } = reportData;
  test.each<[string, unknown]>([
    ['JSON that the platform has parsed', report()],
    ['base64 of JSON', base64(report())],
    ['JSON text', JSON.stringify(report())],
    ['JSON text after a byte order mark', `\uFEFF${JSON.stringify(report())}`],
    ['an array of one', [report()]],
    ['base64 of an array', base64([report()])],
    [
      'a dead letter, which an operator has put back as it was',
      JSON.stringify([
        {
          ...report(),
          deadLetterReason: 'MaxDeliveryAttemptsExceeded',
          deliveryAttempts: 30,
          lastDeliveryOutcome: 'NotFound',
          publishTime: '2026-11-21T06:00:04Z',
          lastDeliveryAttemptTime: '2026-11-22T06:00:04Z',
        },
      ]),
    ],
    [
      'a CloudEvent',
      { specversion: '1.0', type: reportType, source: '/s', id: '1', time: 'x', data: reportData },
    ],
    ['one that writes Tag', { ...report(), data: { ...untagged, Tag: tag } }],
    [
      'one that writes every name with a capital',
      {
        ...report(),
        data: Object.fromEntries(
          Object.entries(reportData).map(([name, value]) => [
            name.charAt(0).toUpperCase() + name.slice(1),
            value,
          ]),
        ),
      },
    ],
    ['one whose details are missing', report({ deliveryStatusDetails: null, messageId: null, to: null })],
    ['one whose recipient is no number', report({ to: 'CONTOSO' })],
  ])('%s', async (_name, message) => {
    await handle(message);
    expect(state()).toBe('delivered');
    expect(events()).toEqual(['sms.delivered']);
  });
});

test('a failed report is kept with its reason, its id and its time', async () => {
  await handle(
    base64(
      report({ deliveryStatus: 'Failed', deliveryStatusDetails: 'Sender blocked for given recipient.' }),
    ),
  );
  expect(world.tables.messages.values()).toMatchObject([
    {
      state: 'failed',
      failure: 'OPTED_OUT',
      smsId: 'Outgoing_20261121060000a1',
      reportedAt: Date.parse('2026-11-21T06:00:03.285Z'),
    },
  ]);
  expect(await stopped()).toBe(true);
});

test.each([
  ['the time it was received', reply(), '2026-11-21T06:00:03.285Z'],
  ['the time of the event', reply({ receivedTimestamp: undefined }), '2026-11-21T06:00:04.000Z'],
  [
    'the time of the CloudEvent',
    reply({ receivedTimestamp: 'soon' }, { eventTime: undefined, time: '2026-11-21T06:00:05Z' }),
    '2026-11-21T06:00:05.000Z',
  ],
  [
    'now, when nobody says',
    reply({ receivedTimestamp: null }, { eventTime: null }),
    '2026-11-21T06:00:00.000Z',
  ],
])('a reply counts from %s', async (_, event, at) => {
  await handle(event);
  expect(world.tables.optOuts.values()).toEqual([{ stopped: true, at: Date.parse(at) }]);
});

test.each([
  ['without a plus', { from: '14255550123', to: '18005550100' }],
  ['with a plus', { from: '+14255550123', to: '+18005550100' }],
])('numbers are understood %s', async (_, numbers) => {
  await handle(reply(numbers));
  expect(await stopped()).toBe(true);
  await handle(reply({ ...numbers, message: 'START', receivedTimestamp: '2026-11-21T06:00:09Z' }));
  expect(await stopped()).toBe(false);
});

describe('what is ignored', () => {
  test.each<[string, unknown]>([
    ['an event of another type', { ...report(), eventType: 'Microsoft.Communication.CallStarted' }],
    ['a type of tomorrow without data', { type: 'Microsoft.Communication.SMSMoved' }],
    ['a report that is not the last', report({ deliveryStatus: 'Enqueued' })],
    ['a report without a tag', report({ tag: null })],
    ['a reply from a short code', reply({ from: '26378' })],
    ['a reply from a name', reply({ from: 'CONTOSO' })],
    ['no events at all', []],
  ])('%s', async (_, message) => {
    await handle(message);
    expect(state()).toBe('sent');
    expect(world.tables.optOuts.values()).toEqual([]);
    expect(world.log.entries).toEqual([]);
  });
});

describe('what cannot be read is logged without its content, and never tried again', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['text', 'STOP'],
    ['base64 of text', Buffer.from('the-secret').toString('base64')],
    ['bytes that are no text', '////'],
    ['an object that is no event', { message: 'STOP' }],
    ['an event without data', { ...report(), data: undefined }],
    ['an event whose data is text', { ...report(), data: 'the-secret' }],
    ['a report without a status', report({ deliveryStatus: undefined })],
    ['a reply without a text', reply({ message: undefined })],
    ['a reply without a sender', reply({ from: undefined })],
    ['a list in a list', [[report()]]],
  ])('%s', async (_, message) => {
    await handle(message);
    expect(state()).toBe('sent');
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'event.unreadable', fields: { function: 'smsEvents' } },
    ]);
  });
});

test('an event that cannot be read does not lose the others', async () => {
  await handle(base64([{ eventType: reportType }, report(), null, reply()]));
  expect(state()).toBe('delivered');
  expect(await stopped()).toBe(true);
  expect(events()).toEqual(['event.unreadable', 'sms.delivered', 'event.unreadable', 'sms.reply']);
});

test('an event that cannot be handled just now does not lose the others, and all of them come back', async () => {
  const { get } = world.tables.messages;
  world.tables.messages.get = () => Promise.reject(new Error('no answer'));
  await expect(handle([report(), reply()])).rejects.toThrow('smsEvents failed: UNEXPECTED');
  expect(await stopped()).toBe(true);
  world.tables.messages.get = get;
  await handle([report(), reply()]);
  expect(state()).toBe('delivered');
  expect(await stopped()).toBe(true);
});

test('events that failed five times are an alarm, and tried again: a STOP may be among them', async () => {
  await poisonedSmsEvents(services)(base64(reply()), context);
  expect(world.tables.alarms.values()).toMatchObject([{ name: 'jobs poisoned' }]);
  expect(events().slice(0, 2)).toEqual(['job.poisoned', 'alarm.raised']);
  expect(await stopped()).toBe(true);
});

test('events that still cannot be handled stay in the queue', async () => {
  world.tables.optOuts.get = () => Promise.reject(new Error('down'));
  world.tables.optOuts.insert = () => Promise.reject(new Error('down'));
  await expect(poisonedSmsEvents(services)(base64(reply()), context)).rejects.toThrow('UNEXPECTED');
});

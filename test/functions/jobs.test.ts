/** What a queue may hold, and what becomes of everything else. */
import type { InvocationContext } from '@azure/functions';
import { macOfAddress } from '../../src/domain/contact/keyed-values';
import { setAddress } from '../../src/domain/contact/addresses';
import { createLog } from '../../src/adapters/log';
import * as jobs from '../../src/functions/jobs';
import type { Services } from '../../src/services';
import { Secret } from '../../src/secret';
import { answer } from '../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../support/world';

let world: TestWorld;
let services: Services;
beforeEach(() => {
  world = createTestWorld();
  services = { ...world.ports, inInvocation: (_, work) => work(), about: () => undefined };
});

const context = { functionName: 'a-queue' } as unknown as InvocationContext;
const rotate = (message: unknown) => jobs.rotateToken(services)(message, context);
const check = (message: unknown) => jobs.checkBattery(services)(message, context);

const rotateJob = {
  kind: 'rotate-token',
  connection: 'wearer-1',
  run: 'run-1',
  runStartedAt: Date.parse('2026-11-21T06:00:00Z'),
  attempt: 0,
};
const checkJob = { kind: 'check-battery', connection: 'wearer-1', run: 'run-1' };

const badConnections: [string, unknown][] = [
  ['no connection', undefined],
  ['an empty connection', ''],
  ['a connection that is too long', 'x'.repeat(65)],
  ['a connection with a slash', 'a/b'],
  ['a connection with a quote', "a'b"],
  ['a connection with a line break', 'wearer-1\n'],
  ['a connection that is a number', 7],
];

describe('the queue rotate-token', () => {
  test('rotates the connection of its job', async () => {
    await connectWearer(world);
    world.http.script(answer(200, tokens(2)));
    await rotate(rotateJob);
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('takes a replay, which asks nothing when the refresh is finished', async () => {
    await connectWearer(world, 'fitbit', { set: { generation: 2 } });
    await rotate({ ...rotateJob, replayOf: { consent: 1, generation: 1 } });
    expect(world.log.entries).toMatchObject([
      { event: 'token.kept', fields: { reason: 'the earlier refresh is finished' } },
    ]);
  });

  test.each([
    ['this release, which names its batch', { run: 'batch-1', batch: 'batch-1' }],
    ['an older release, whose run is the batch', { run: 'batch-1' }],
  ])('takes a replay of %s', async (_, names) => {
    const position = { consent: 1, generation: 1 };
    await connectWearer(world, 'fitbit', { replaysFor: { ...position, batch: 'batch-1' } });
    world.http.script(answer(200, tokens(2)));
    await rotate({ ...rotateJob, ...names, replayOf: position });
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test.each(['a', 'x'.repeat(64), '0123456789abcdef0123456789abcdef', 'wearer_1-A'])(
    'takes the connection id %s',
    async (connection) => {
      await rotate({ ...rotateJob, connection });
      expect(world.log.entries).toMatchObject([
        { event: 'token.not_rotated', fields: { connection, code: 'CONNECTION_UNKNOWN' } },
      ]);
    },
  );

  test.each<[string, unknown]>([
    ...badConnections.map(([name, connection]): [string, unknown] => [name, { ...rotateJob, connection }]),
    ['another kind', { ...rotateJob, kind: 'check-battery' }],
    ['no run', { ...rotateJob, run: '' }],
    ['a start that is text', { ...rotateJob, runStartedAt: '2026-11-21T06:00:00Z' }],
    ['a negative attempt', { ...rotateJob, attempt: -1 }],
    ['half an attempt', { ...rotateJob, attempt: 0.5 }],
    ['a replay of nothing', { ...rotateJob, replayOf: {} }],
    ['a replay of generation 0', { ...rotateJob, replayOf: { consent: 1, generation: 0 } }],
    ['a replay of consent 0', { ...rotateJob, replayOf: { consent: 0, generation: 1 } }],
    ['text', 'the-secret'],
    ['nothing', undefined],
  ])('logs and drops a message with %s, without its content', async (_, message) => {
    await connectWearer(world);
    await rotate(message);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'job.unreadable', fields: { function: 'a-queue' } },
    ]);
    expect(world.http.requests).toEqual([]);
  });
});

describe('the queue check-battery', () => {
  test('checks the connection of its job', async () => {
    await connectWearer(world);
    world.http.script(answer(200, []));
    await check(checkJob);
    expect(world.log.entries).toMatchObject([{ event: 'battery.checked', fields: { count: 0 } }]);
  });

  test('drops the check of a consent that another one was faster than', async () => {
    await connectWearer(world);
    world.http.script(answer(200, [{ id: '1', type: 'TRACKER', batteryLevel: 80 }]));
    const consented = { ...checkJob, run: 'consent', consentedAt: world.clock.now() };
    await check(consented);
    await check(consented);
    expect(world.log.events()).toEqual(['battery.checked', 'battery.check_dropped']);
  });

  test.each<[string, unknown]>([
    ...badConnections.map(([name, connection]): [string, unknown] => [name, { ...checkJob, connection }]),
    ['another kind', { ...checkJob, kind: 'rotate-token' }],
    ['no run', { ...checkJob, run: undefined }],
  ])('logs and drops a message with %s', async (_, message) => {
    await check(message);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'job.unreadable', fields: { function: 'a-queue' } },
    ]);
  });
});

const unreadable = { level: 'error', event: 'job.unreadable', fields: { function: 'a-queue' } };

describe('the queue close-connection', () => {
  const close = (message: unknown) => jobs.closeConnection(services)(message, context);
  const closeJob = { kind: 'close-connection', connection: 'wearer-1', attempt: 0 };

  test('brings a goodbye to its end', async () => {
    await connectWearer(world, 'fitbit', { closedAt: world.clock.now() });
    world.http.script(answer(200));
    await close(closeJob);
    expect(recordOf(world)).toMatchObject({ closedAt: world.clock.now(), missingScopes: [] });
    expect([recordOf(world).pointer, recordOf(world).phone]).toEqual([undefined, undefined]);
    expect(world.sms.sent).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ...badConnections.map(([name, connection]): [string, unknown] => [name, { ...closeJob, connection }]),
    ['another kind', { ...closeJob, kind: 'check-battery' }],
    ['no attempt', { ...closeJob, attempt: undefined }],
    ['a negative attempt', { ...closeJob, attempt: -1 }],
    ['half an attempt', { ...closeJob, attempt: 0.5 }],
    ['text', 'wearer-1'],
  ])('logs and drops a message with %s, and closes nothing', async (_, message) => {
    const { connection } = await connectWearer(world);
    await close(message);
    expect(world.log.entries).toEqual([unreadable]);
    expect(recordOf(world)).toEqual(connection);
  });

  test('fails without a word of the cause, so that the platform delivers the job again', async () => {
    await connectWearer(world, 'fitbit', { closedAt: world.clock.now() });
    world.vault.readTokenSet = () => Promise.reject(new Error('the-secret'));
    await expect(close(closeJob)).rejects.toThrow('a-queue failed: UNEXPECTED');
    expect(JSON.stringify(world.log.entries)).not.toContain('the-secret');
  });
});

describe('the queue send-links', () => {
  const send = (message: unknown) => jobs.sendLinks(services)(message, context);
  const linkJob = { kind: 'send-links', number: 'a'.repeat(43), request: 'request-1' };
  const phone = new Secret('+14255550123');

  test('texts the links of its number', async () => {
    await connectWearer(world, 'fitbit', { phone: undefined });
    await setAddress(world.ports, 'wearer-1', { phone, textConsent: { at: 1, wording: '2026-11' } });
    await send({ ...linkJob, number: await macOfAddress(world.ports, { way: 'sms', to: phone }) });
    expect(world.sms.sent.map(({ to }) => to.reveal())).toEqual(['+14255550123']);
  });

  test('texts nobody for a number that it does not know', async () => {
    await send(linkJob);
    expect([world.sms.sent, world.log.entries]).toEqual([[], []]);
  });

  test.each<[string, unknown]>([
    ['a number in clear', { ...linkJob, number: '+14255550123' }],
    ['a hash that is too short', { ...linkJob, number: 'a'.repeat(42) }],
    ['a hash that is too long', { ...linkJob, number: 'a'.repeat(44) }],
    ['a hash with a line break', { ...linkJob, number: `${'a'.repeat(43)}\n` }],
    ['no request', { ...linkJob, request: '' }],
    ['a request that is too long', { ...linkJob, request: 'a'.repeat(65) }],
    ['a request with a slash', { ...linkJob, request: 'a/b' }],
    ['another kind', { ...linkJob, kind: 'close-connection' }],
    ['nothing', undefined],
  ])('logs and drops a message with %s, without its content', async (_, message) => {
    await send(message);
    expect(world.log.entries).toEqual([unreadable]);
  });
});

describe('the queue send-webhook', () => {
  const send = (message: unknown) => jobs.sendWebhook(services)(message, context);
  const data = { connection: 'wearer-1', label: null, outsideId: null, provider: 'fitbit' };
  const event = { id: 'event-1', type: 'connection.closed', at: 1, data };
  const job = { kind: 'send-webhook', connection: 'wearer-1' };
  const delivery = { event, address: 'first', attempt: 0 };

  test('tells an address of an event', async () => {
    world.webhooks.addresses = [{ id: 'first', origin: 'https://first.example.org' }];
    await send({ ...job, delivery });
    expect(world.webhooks.sent).toMatchObject([{ address: 'https://first.example.org', id: 'event-1' }]);
  });

  test.each<[string, unknown]>([
    ['another kind', { ...job, kind: 'send-links' }],
    ['no connection', { kind: 'send-webhook', delivery }],
    ['an event of another type', { ...job, delivery: { ...delivery, event: { ...event, type: 'coffee' } } }],
    ['an id with a dot', { ...job, delivery: { ...delivery, event: { ...event, id: 'a.b' } } }],
    ['an address instead of its id', { ...job, delivery: { ...delivery, address: 'https://example.org' } }],
    ['an attempt below zero', { ...job, delivery: { ...delivery, attempt: -1 } }],
  ])('logs and drops a message with %s', async (_, message) => {
    await send(message);
    expect(world.log.entries).toEqual([unreadable]);
  });
});

describe('the queue operate', () => {
  const operate = (message: unknown) => jobs.operate(services)(message, context);
  const job = { kind: 'operate', work: 'rotate-tokens', goesOn: false };

  test.each([
    ['rotate-tokens', 'run.dispatched'],
    ['check-batteries', 'run.dispatched'],
    ['housekeeping', 'housekeeping.done'],
  ])('does the work %s, and begins nothing where it goes on', async (work, event) => {
    await connectWearer(world);
    await operate({ ...job, work });
    expect(world.log.events()).toEqual([event]);
    const jobs = world.queues.jobs.length;
    await operate({ ...job, work, goesOn: true });
    expect(world.queues.jobs).toHaveLength(jobs);
  });

  test.each(['watchdog', 'campaigns'])('does the work %s', async (work) => {
    await operate({ ...job, work });
    expect(world.log.entries).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['work that there is not', { ...job, work: 'coffee' }],
    ['another kind', { ...job, kind: 'send-links' }],
    ['nothing', undefined],
  ])('logs and drops a message with %s', async (_, message) => {
    await operate(message);
    expect(world.log.entries).toEqual([unreadable]);
  });
});

describe('a queue of poisoned jobs', () => {
  const note = (message: unknown) => jobs.poisonedJob(services)(message, context);

  test.each([
    [{ ...rotateJob }, { job: 'rotate-token', connection: 'wearer-1' }],
    [{ ...checkJob }, { job: 'check-battery', connection: 'wearer-1' }],
    [
      { kind: 'close-connection', connection: 'wearer-1', attempt: 3 },
      { job: 'close-connection', connection: 'wearer-1' },
    ],
    [{ kind: 'send-links', number: 'a'.repeat(43), request: 'request-1' }, { job: 'send-links' }],
    [{ kind: 'operate', work: 'housekeeping', goesOn: true }, { job: 'operate' }],
  ])('raises one alarm for %j, and says whom it was about', async (message, fields) => {
    await note(message);
    await note(message);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'job.poisoned', fields },
      { level: 'error', event: 'alarm.raised', fields: { alarm: 'jobs poisoned', job: fields.job } },
      { level: 'error', event: 'job.poisoned', fields },
    ]);
  });

  test.each<[string, unknown]>([
    ['another kind', { kind: 'make-coffee', connection: 'wearer-1' }],
    ['a connection that is none', { ...rotateJob, connection: 'a/b' }],
    ['text', 'the-secret'],
  ])('logs and drops a message with %s, without its content', async (_, message) => {
    await note(message);
    expect(world.log.entries).toEqual([unreadable]);
  });
});

describe('the queue of poisoned webhooks', () => {
  const note = (message: unknown) => jobs.poisonedWebhook(services)(message, context);
  const data = { connection: 'wearer-1', label: null, outsideId: null, provider: 'fitbit' };
  const event = { id: 'event-1', type: 'connection.closed', at: 1, data };
  const job = { kind: 'send-webhook', connection: 'wearer-1' };
  const alarms = () => world.tables.alarms.values().map(({ name }) => name);
  beforeEach(() => {
    world.webhooks.addresses = [{ id: 'first', origin: 'https://first.example.org' }];
  });

  test('puts an event back as after any other attempt, and raises the alarm', async () => {
    const delivery = { event, address: 'first', attempt: 1 };
    await note({ ...job, delivery });
    expect(world.queues.jobs).toEqual([
      { job: { ...job, delivery: { ...delivery, attempt: 2 } }, delayMs: 300_000 },
    ]);
    expect(alarms()).toEqual(['jobs poisoned']);
  });

  test('gives an event up after the last attempt', async () => {
    await note({ ...job, delivery: { event, address: 'first', attempt: 15 } });
    expect(world.queues.jobs).toEqual([]);
    expect(world.tables.undelivered.values()).toMatchObject([{ event: 'event-1', attempts: 16 }]);
    expect(alarms()).toEqual(['webhooks not delivered', 'jobs poisoned']);
  });

  test('leaves what was not handed out to the watchdog', async () => {
    await note(job);
    expect(world.queues.jobs).toEqual([]);
    expect(alarms()).toEqual(['jobs poisoned']);
  });
});

test('a job that fails says in every line which connection and which run it was about', async () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logged = { functionName: 'rotateToken', debug: write, info: write, warn: write, error: write };
  services = { ...world.ports, ...createLog('info') };
  await connectWearer(world);
  world.vault.saved.length = 0;
  await expect(jobs.rotateToken(services)(rotateJob, logged as unknown as InvocationContext)).rejects.toThrow(
    'rotateToken failed: VAULT_BEHIND',
  );
  const about = { run: 'run-1', connection: 'wearer-1' };
  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ event: 'function.failed', code: 'VAULT_BEHIND', ...about }),
  );
  for (const line of lines) expect(JSON.parse(line)).toMatchObject(about);
});

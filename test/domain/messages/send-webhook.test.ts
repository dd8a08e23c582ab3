import { runWebhookJob } from '../../../src/domain/messages/send-webhook';
import { endSharing } from '../../../src/domain/wearer/personal-page';
import { AppError } from '../../../src/errors';
import { defaultTimes, type Connection, type ConnectionEvent, type WebhookJob } from '../../../src/model';
import type { WebhookAnswer } from '../../../src/ports';
import { createWorldWithPlatform, platform } from '../../support/webhooks';
import { connectWearer, recordOf, type TestWorld } from '../../support/world';

let world: TestWorld;
beforeEach(() => {
  world = createWorldWithPlatform();
});

const event: ConnectionEvent = {
  id: 'event-1',
  type: 'connection.reconnect_required',
  at: Date.parse('2026-11-21T05:00:00Z'),
  data: {
    connection: 'wearer-1',
    label: 'participant-17',
    outsideId: null,
    provider: 'fitbit',
    state: 'reconnect required',
  },
};
const connect = (more: Partial<Connection> = {}) =>
  connectWearer(world, 'fitbit', { sharedWith: platform, ...more });
const job: WebhookJob = { kind: 'send-webhook', connection: 'wearer-1' };
const deliveryOf = (more: Partial<NonNullable<WebhookJob['delivery']>> = {}): WebhookJob => ({
  ...job,
  delivery: { event, address: 'first', attempt: 0, ...more },
});
const run = (one: WebhookJob) => runWebhookJob(world.ports, one);
const queued = () => world.queues.jobs.filter(({ job: { kind } }) => kind === 'send-webhook');
const alarms = () => world.tables.alarms.values().map(({ name }) => name);
const logged = (name: string) =>
  world.log.entries.filter((entry) => entry.event === name).map(({ fields }) => fields);

describe('what is noted on a connection', () => {
  test('is handed out in one job for each event and address, and then gone from the record', async () => {
    const second = { ...event, id: 'event-2', type: 'connection.restored' } as const;
    await connect({ events: [event, second] });
    await run(job);
    expect(queued()).toEqual(
      [event, second].flatMap((each) =>
        ['first', 'second'].map((address) => ({
          job: deliveryOf({ event: each, address }),
          delayMs: 0,
        })),
      ),
    );
    expect(recordOf(world).events).toBeUndefined();
  });

  test('stays when a queue refuses, and is handed out again with the same id', async () => {
    await connect({ events: [event] });
    const { enqueue } = world.queues;
    let left = 1;
    world.queues.enqueue = (...given) =>
      (left -= 1) < 0 ? Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'no')) : enqueue(...given);
    await expect(run(job)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(recordOf(world).events).toEqual([event]);
    world.queues.enqueue = enqueue;
    await run(job);
    const deliveries = queued().map(({ job: each }) => (each as WebhookJob).delivery!);
    expect(deliveries.map(({ event: { id }, address }) => [id, address])).toEqual([
      ['event-1', 'first'],
      ['event-1', 'first'],
      ['event-1', 'second'],
    ]);
  });

  test('is forgotten when no address is set any more', async () => {
    await connect({ events: [event] });
    world.webhooks.addresses = [];
    await run(job);
    expect([queued(), recordOf(world).events]).toEqual([[], undefined]);
  });

  test('of a connection that is gone is nothing', async () => {
    await run(job);
    expect(queued()).toEqual([]);
  });
});

describe('a delivery', () => {
  test('carries the id of the event, the time of the attempt, and the event as JSON', async () => {
    await connect();
    await run(deliveryOf());
    expect(world.webhooks.sent).toEqual([
      {
        address: 'https://first.example.org',
        id: 'event-1',
        at: world.clock.now(),
        body: JSON.stringify({
          type: 'connection.reconnect_required',
          timestamp: '2026-11-21T05:00:00.000Z',
          data: event.data,
        }),
      },
    ]);
    expect([queued(), alarms()]).toEqual([[], []]);
    expect(logged('webhook.sent')).toEqual([
      {
        connection: 'wearer-1',
        message: 'event-1',
        kind: 'connection.reconnect_required',
        address: 'https://first.example.org',
        attempt: 0,
      },
    ]);
  });

  test.each<[string, WebhookAnswer | AppError, object]>([
    ['is answered with 500', { kind: 'answered', status: 500 }, { outcome: 'refused', status: 500 }],
    ['is answered with a redirect', { kind: 'answered', status: 302 }, { outcome: 'refused', status: 302 }],
    ['is not answered', { kind: 'no answer' }, { outcome: 'no answer' }],
    ['would go to a private address', { kind: 'not public' }, { outcome: 'not public' }],
    [
      'cannot be signed',
      new AppError('VAULT_UNAVAILABLE', 'no', { given: { status: 503 } }),
      { outcome: 'not signed', code: 'VAULT_UNAVAILABLE', status: 503 },
    ],
  ])('that %s is put back, and the log says why', async (_, answer, said) => {
    await connect();
    world.webhooks.answers.push(answer);
    await run(deliveryOf());
    expect(queued()).toEqual([{ job: deliveryOf({ attempt: 1 }), delayMs: 5_000 }]);
    expect(logged('webhook.failed')).toMatchObject([said]);
    expect(alarms()).toEqual([]);
  });

  test('that fails is tried for almost three days, and the operator is told after half an hour', async () => {
    await connect();
    const waits: number[] = [];
    let next: WebhookJob | undefined = deliveryOf();
    while (next) {
      world.webhooks.answers.push({ kind: 'answered', status: 503 });
      await run(next);
      if (waits.length === 2) expect(alarms()).toEqual([]);
      const [after] = queued();
      world.queues.jobs.splice(0);
      next = after?.job as WebhookJob | undefined;
      if (after) waits.push(after.delayMs);
      if (waits.length === 4) expect(alarms()).toEqual(['webhooks not delivered']);
    }
    expect(waits).toEqual(defaultTimes.webhookRetryMs);
    expect(Math.round(waits.reduce((sum, ms) => sum + ms) / 3_600_000)).toBe(68);
    expect(world.webhooks.sent.map(({ id }) => id)).toEqual(Array(16).fill('event-1'));
    expect(world.tables.undelivered.values()).toEqual([
      {
        event: 'event-1',
        type: 'connection.reconnect_required',
        at: event.at,
        connection: 'wearer-1',
        address: 'https://first.example.org',
        attempts: 16,
        outcome: 'refused',
        status: 503,
        givenUpAt: world.clock.now(),
      },
    ]);
  });

  test('that is answered with 410 is not tried again, and is an alarm at once', async () => {
    await connect();
    world.webhooks.answers.push({ kind: 'answered', status: 410 });
    await run(deliveryOf());
    expect([queued(), alarms()]).toEqual([[], ['webhooks not delivered']]);
    expect(world.tables.undelivered.values()).toMatchObject([{ attempts: 1, status: 410 }]);
  });

  test('that is given up twice, because its job came twice, is listed once', async () => {
    await connect();
    for (const _ of [1, 2]) {
      world.webhooks.answers.push({ kind: 'answered', status: 410 });
      await run(deliveryOf());
      world.clock.advance(1_000);
    }
    expect(world.tables.undelivered.values()).toHaveLength(1);
  });

  test('to an address that is not set any more is dropped', async () => {
    await connect();
    await run(deliveryOf({ address: 'third' }));
    expect([world.webhooks.sent, queued()]).toEqual([[], []]);
    expect(logged('webhook.dropped')).toMatchObject([{ reason: 'address not set any more' }]);
  });
});

describe('after the wearer has ended the sharing', () => {
  test('what was still on its way is dropped', async () => {
    await connect();
    await endSharing(world.ports, 'wearer-1');
    await run(deliveryOf());
    expect(world.webhooks.sent).toEqual([]);
    expect(logged('webhook.dropped')).toMatchObject([{ reason: 'not shared any more' }]);
  });

  test.each(['connection.sharing_ended', 'connection.closed'] as const)('%s is delivered', async (type) => {
    await connect({ sharedWith: undefined, closedAt: 1 });
    await run(deliveryOf({ event: { ...event, type } }));
    expect(world.webhooks.sent).toHaveLength(1);
  });
});

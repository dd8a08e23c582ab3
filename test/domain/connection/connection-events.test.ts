import { commitTokenSet } from '../../../src/domain/rotation/store-token-set';
import { hold } from '../../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { noteEvent, notingEvents } from '../../../src/domain/connection/connection-events';
import { findAndWatch } from '../../support/find-and-watch';
import { closeConnection } from '../../../src/domain/wearer/close-connection';
import { endSharing } from '../../../src/domain/wearer/personal-page';
import { AppError } from '../../../src/errors';
import type { Connection, ConnectionEvent } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { answer } from '../../support/scripted-http';
import { createWorldWithPlatform, platform } from '../../support/webhooks';
import { connectWearer, recordOf, type TestWorld } from '../../support/world';

let world: TestWorld;
let at: number;
beforeEach(() => {
  world = createWorldWithPlatform();
  at = world.clock.now();
});

const connect = (more: Partial<Connection> = {}) =>
  connectWearer(world, 'fitbit', { sharedWith: platform, label: 'participant-17', ...more });
const change = async (to: (before: Connection) => Connection) => {
  const record = await hold(world.ports.tables.connections, connectionKey('wearer-1'));
  await record!.change(to);
};
const noted = () => (recordOf(world).events ?? []).map(({ type }) => type);
const jobs = () => world.queues.jobs.filter(({ job }) => job.kind === 'send-webhook').map(({ job }) => job);

const refused = { consent: 1, generation: 1, firstAt: 0, confirmedAt: 1 };
const about = { connection: 'wearer-1', label: 'participant-17', outsideId: null, provider: 'fitbit' };

describe('a connection that is shared', () => {
  test('is created when its first token set becomes current, and the job to tell of it is queued', async () => {
    const { set } = await connect({ pointer: undefined });
    const record = await hold(world.ports.tables.connections, connectionKey('wearer-1'));
    await commitTokenSet(world.ports, record!, { set, version: 'version-1' });
    expect(recordOf(world).events).toEqual([
      { id: 'id-1', type: 'connection.created', at, data: { ...about, state: 'connected' } },
    ]);
    expect(jobs()).toEqual([{ kind: 'send-webhook', connection: 'wearer-1' }]);
  });

  test('needs a reconnect once, and is restored once', async () => {
    await connect();
    await change((before) => ({ ...before, refusal: { ...refused, confirmedAt: undefined } }));
    expect(noted()).toEqual([]);
    await change((before) => ({ ...before, refusal: refused }));
    await change((before) => ({ ...before, failingSince: at }));
    await change((before) => ({ ...before, refusal: undefined }));
    expect(recordOf(world).events).toMatchObject([
      { id: 'id-1', type: 'connection.reconnect_required', data: { ...about, state: 'reconnect required' } },
      { id: 'id-2', type: 'connection.restored', data: { ...about, state: 'connected' } },
    ]);
  });

  test('needs a reconnect when its provider is switched off', async () => {
    await connect();
    await change((before) => ({ ...before, retirement: { firstAt: at, confirmedAt: at } }));
    expect(recordOf(world).events).toMatchObject([
      { type: 'connection.reconnect_required', data: { state: 'provider retired' } },
    ]);
  });

  test('is closed, and whose it was is still known when everything personal is erased', async () => {
    await connect();
    world.http.script(answer(200), answer(200));
    await closeConnection(world.ports, 'wearer-1');
    expect(recordOf(world)).toMatchObject({
      erasedAt: at,
      events: [{ type: 'connection.closed', data: { ...about, state: 'closed' } }],
    });
    expect(recordOf(world).label).toBeUndefined();
  });

  test('stops being shared', async () => {
    await connect({ outsideId: '4711' });
    await endSharing(world.ports, 'wearer-1');
    expect(recordOf(world).events).toMatchObject([
      { type: 'connection.sharing_ended', data: { ...about, outsideId: '4711' } },
    ]);
  });

  test('says nothing of what changes besides', async () => {
    await connect();
    await change((before) => ({ ...before, failingSince: at, phone: new Secret('+14255550199') }));
    expect([noted(), jobs()]).toEqual([[], []]);
  });

  test('holds no number and no token in an event', async () => {
    await connect();
    await change((before) => ({ ...before, refusal: refused }));
    const text = JSON.stringify(recordOf(world).events);
    for (const secret of ['4255550123', 'access-1', 'refresh-1']) expect(text).not.toContain(secret);
  });
});

describe('a connection that is not shared', () => {
  test.each([
    ['was never shared', undefined],
    ['is shared with somebody else', 'another study'],
  ])('because it %s has no events', async (_, sharedWith) => {
    await connect({ sharedWith });
    await change((before) => ({ ...before, refusal: refused }));
    await change((before) => ({ ...before, closedAt: at }));
    expect([noted(), jobs()]).toEqual([[], []]);
  });

  test('has none when it is closed after its wearer has ended the sharing', async () => {
    await connect();
    await endSharing(world.ports, 'wearer-1');
    await change((before) => ({ ...before, closedAt: at }));
    expect(noted()).toEqual(['connection.sharing_ended']);
  });

  test('is created for the platform when it begins to be shared', async () => {
    await connect({ sharedWith: undefined });
    await change((before) => ({ ...before, sharedWith: platform }));
    expect(noted()).toEqual(['connection.created']);
  });
});

describe('an event whose job cannot be queued', () => {
  test('stays on the record, does not stop the change, and the next run queues it', async () => {
    await connect();
    const { enqueue } = world.queues;
    world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'no'));
    await endSharing(world.ports, 'wearer-1');
    world.queues.enqueue = enqueue;
    expect([noted(), jobs()]).toEqual([['connection.sharing_ended'], []]);
    expect(world.log.entries).toContainEqual({
      level: 'warn',
      event: 'webhook.not_queued',
      fields: { connection: 'wearer-1', code: 'QUEUE_UNAVAILABLE' },
    });
    world.clock.advance(14_999);
    await findAndWatch(world.ports);
    // A job could still be on its way, and the platform would be told twice.
    expect(jobs()).toEqual([]);
    world.clock.advance(1);
    await findAndWatch(world.ports);
    expect(jobs()).toEqual([{ kind: 'send-webhook', connection: 'wearer-1' }]);
  });

  test('is queued by the next run although its connection is closed', async () => {
    await connect();
    await change((before) => ({ ...before, closedAt: at }));
    world.queues.jobs.splice(0);
    world.clock.advance(15_000);
    await findAndWatch(world.ports);
    expect(jobs()).toEqual([{ kind: 'send-webhook', connection: 'wearer-1' }]);
  });
});

test('a write that somebody else was faster than notes nothing', async () => {
  await connect();
  const key = connectionKey('wearer-1');
  const stale = (await world.tables.connections.get(key))!;
  await change((before) => ({ ...before, failingSince: at }));
  const table = notingEvents(world.ports, world.tables.connections);
  await expect(table.replace(stale, { ...stale.value, closedAt: at })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect([noted(), jobs()]).toEqual([[], []]);
});

test('a record keeps the last twenty events, and the same one once', () => {
  const event = (id: string): ConnectionEvent => ({ id, type: 'battery.low', at, data: about });
  const ids = Array.from({ length: 25 }, (_, index) => `event-${index + 1}`);
  const full = ids.reduce((record, id) => noteEvent(record, event(id)), {} as Connection);
  expect(full.events!.map(({ id }) => id)).toEqual(ids.slice(5));
  expect(noteEvent(full, event('event-10')).events).toHaveLength(20);
});

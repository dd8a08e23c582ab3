import { closeConnection, runCloseJob } from '../../../src/domain/wearer/close-connection';
import {
  confirmationKey,
  connectionKey,
  deviceKey,
  identityKey,
  readingKey,
} from '../../../src/domain/store/row-keys';
import { linkOf, replaceLink } from '../../../src/domain/contact/personal-link';
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { AppError } from '../../../src/errors';
import { type CloseJob, type Connection, type Job, type Message, providerIds } from '../../../src/model';
import type { Row } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer, connectionRefused } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { recordMessage } from '../../../src/domain/messages/record-message';

const second = 1000;
const phone = new Secret('+14255550123');
const textConsent = { at: Date.parse('2026-10-01T06:00:00Z'), wording: '2026-11' };
const goodbye =
  'Fitbit Token Service: we do not use your Fitbit account any more and are deleting your data. This is the last text.';

let world: TestWorld;
let startedAt: number;

const close = () => closeConnection(world.ports, 'wearer-1');
const texts = () => world.sms.sent.map(({ to, body }) => [to.reveal(), body]);
const jobs = () => world.queues.jobs.filter(({ job }) => job.kind === 'close-connection');
const unavailable = new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.');

/** Takes the jobs out of the queue in the order of their delays, until there are none. */
async function runJobs({ most = 20 } = {}): Promise<number> {
  let ran = 0;
  for (; jobs().length > 0 && ran < most; ran += 1) {
    const next = jobs().reduce((a, b) => (b.delayMs < a.delayMs ? b : a));
    world.queues.jobs.splice(world.queues.jobs.indexOf(next), 1);
    world.clock.advance(next.delayMs);
    await runCloseJob(world.ports, next.job as CloseJob);
  }
  return ran;
}

/** Everything that a service knows of a wearer after some weeks. */
async function furnish(id: string, more: Partial<Connection> = {}): Promise<void> {
  const { ports, tables } = world;
  const identities = providerIds.map((each) => identityKey(each, `user-of-${id}`));
  const noted = { identities: identities.map(({ row }) => row) };
  await connectWearer(world, 'fitbit', {
    id,
    phone: undefined,
    timeZone: 'Europe/Berlin',
    ...noted,
    ...more,
  });
  await setAddress(ports, id, { phone, textConsent });
  await linkOf(ports, recordOf(world, id));
  await replaceLink(ports, recordOf(world, id), `${id}.page-1`);
  for (const key of identities) await tables.identities.insert(key, { connection: id });
  const key = deviceKey(id, 'charge-6');
  await tables.devices.insert(key, {
    connection: id,
    reading: { device: 'charge-6', kind: 'tracker', model: 'Charge 6', percent: 17 },
    firstSeenAt: startedAt,
    checkedAt: startedAt,
    cycle: 1,
    armed: false,
  });
  for (const hours of [1, 2, 3]) {
    const at = startedAt - hours * 3600 * second;
    await tables.readings.insert(readingKey(id, key.row, at), { at, percent: 17 + hours });
  }
  await recordMessage(ports, id, {
    kind: 'low',
    cause: ['charge-6', '1'],
    device: 'charge-6',
    cycle: 1,
    facts: {},
  });
  // Another number, that they have not confirmed yet.
  await tables.confirmations.insert(confirmationKey(`ticket-of-${id}`), {
    ...{ id: `confirmation-of-${id}`, connection: id, phone: new Secret('+14255550199'), textConsent },
    ...{ expiresAt: startedAt + 1, codeNumber: 1, codeExpiresAt: startedAt + 1, triesLeft: 5 },
  });
  await recordMessage(ports, `confirmation-of-${id}`, {
    kind: 'code',
    cause: ['1'],
    facts: { codeNumber: 1 },
  });
}

const tombstone = (more: Partial<Connection> = {}) => ({
  id: 'wearer-1',
  provider: 'fitbit',
  createdAt: startedAt,
  consentReserved: 1,
  missingScopes: [],
  linkVersion: 2,
  closedAt: startedAt,
  revocation: { consent: 1, generation: 1, revoked: true },
  erasedAt: expect.any(Number) as number,
  ...more,
});
const done = { revoked: true, erased: true, left: 'nothing' };
const closing = { revoked: false, erased: false, left: 'being deleted' };

/** How many rows are about a connection, by table, besides its own record and the message row of the goodbye. */
async function leftOf(id: string): Promise<Record<string, number>> {
  // Proof of a consent stays, without the number.
  const { connections: _, consents: __, ...others } = world.tables;
  const left: Record<string, number> = {};
  for (const [name, table] of Object.entries(others)) {
    for await (const { key, value } of table.list() as AsyncIterable<Row<Partial<Message>>>) {
      if (value.kind === 'goodbye') continue;
      if ([key.partition, key.row, value.connection].includes(id)) left[name] = (left[name] ?? 0) + 1;
    }
  }
  return left;
}

beforeEach(async () => {
  world = createTestWorld();
  startedAt = world.clock.now();
  await furnish('wearer-1');
});
afterEach(() => expectDiscreet(world));

describe('a wearer who says goodbye', () => {
  test('has the grant revoked, one last text, and everything erased but the tombstone', async () => {
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual(done);
    expect(texts()).toEqual([['+14255550123', goodbye]]);
    expect(revealed(recordOf(world))).toEqual(tombstone());
    expect(await leftOf('wearer-1')).toEqual({});
    expect(world.vault.saved).toEqual([]);
    expect(world.log.events()).toEqual(['connection.closed', 'sms.send', 'connection.erased']);
  });

  test('leaves no job behind: all of it is done', async () => {
    world.http.script(answer(200));
    await close();
    expect(world.queues.jobs).toEqual([]);
  });

  test('has a job for the case that this worker dies, before anything is changed', async () => {
    const seen: unknown[] = [];
    const { replace } = world.tables.connections;
    world.tables.connections.replace = (row, value) => {
      if (seen.length === 0) seen.push(...world.queues.jobs);
      return replace(row, value);
    };
    world.http.script(answer(200));
    await close();
    const job: Job = { kind: 'close-connection', connection: 'wearer-1', attempt: 0 };
    expect(seen).toEqual([{ job, delayMs: 60 * second }]);
  });

  test('is not closed when that job cannot be enqueued: the page says so, and nothing has happened', async () => {
    const down = new AppError('QUEUE_UNAVAILABLE', 'No answer.');
    world.queues.enqueue = () => Promise.reject(down);
    await expect(close()).rejects.toBe(down);
    expect(recordOf(world).closedAt).toBeUndefined();
    expect(world.vault.saved).toHaveLength(1);
  });

  test('leaves everything of everybody else alone, also those who share the number', async () => {
    await furnish('wearer-2');
    const before = [await leftOf('wearer-2'), revealed(recordOf(world, 'wearer-2'))];
    world.http.script(answer(200));
    await close();
    expect([await leftOf('wearer-2'), revealed(recordOf(world, 'wearer-2'))]).toEqual(before);
    const rows = {
      identities: providerIds.length,
      links: 1,
      numbers: 1,
      devices: 1,
      readings: 3,
      messages: 1,
    };
    expect(before[0]).toEqual({ ...rows, confirmations: 1 });
    expect(world.vault.saved.map(({ set }) => set.connection)).toEqual(['wearer-2']);
  });

  test('gets no alert that was waiting, before or after the last text', async () => {
    const during: string[] = [];
    const { send } = world.sms;
    world.sms.send = (text) => {
      const mine = world.tables.messages.values().filter(({ connection }) => connection === 'wearer-1');
      during.push(...mine.map(({ kind, state }) => `${kind} ${state}`));
      return send(text);
    };
    world.http.script(answer(200));
    await close();
    expect(during).toEqual(['low dropped', 'goodbye claimed']);
    expect(texts()).toHaveLength(1);
  });

  test('without a number gets no text and is erased', async () => {
    await setAddress(world.ports, 'wearer-1', undefined);
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual(done);
    expect(texts()).toEqual([]);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('and had said STOP gets no text and is erased', async () => {
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual(done);
    expect(texts()).toEqual([]);
    expect(await leftOf('wearer-1')).toEqual({});
    // What the number said is about the number, and still holds.
    expect(world.tables.optOuts.values()).toEqual([{ at: 1, stopped: true }]);
  });

  test('in their quiet hours is told at once: they are awake', async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const preferences = { quietHours: { from: 0, to: 24 * 60 } };
    await world.tables.connections.replace(row, { ...row.value, preferences });
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual(done);
    expect(texts()).toHaveLength(1);
  });

  test('is told when the vault forgets the tokens, where it protects what was deleted', async () => {
    const goneAt = startedAt + 90 * 24 * 3600 * second;
    world.vault.forgetsAt = goneAt;
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ ...done, left: { goneAt } });
    expect(world.queues.jobs).toEqual([]);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('while the provider is down is closed at once, and revoked and erased when it is up again', async () => {
    world.http.script(connectionRefused);
    await expect(close()).resolves.toEqual(closing);
    expect(recordOf(world).closedAt).toBe(startedAt);
    expect([texts(), world.vault.saved.length]).toEqual([[], 1]);
    world.http.script(answer(200));
    await runCloseJob(world.ports, jobs()[0]!.job as CloseJob);
    expect(texts()).toEqual([['+14255550123', goodbye]]);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('while the provider stays down for half a day is erased all the same', async () => {
    const job: CloseJob = { kind: 'close-connection', connection: 'wearer-1', attempt: 23 };
    world.http.script(connectionRefused, connectionRefused, connectionRefused);
    await expect(close()).resolves.toEqual(closing);
    world.clock.advance(12 * 3600 * second - 1);
    await runCloseJob(world.ports, job);
    expect(world.vault.saved).toHaveLength(1);
    world.clock.advance(1);
    await runCloseJob(world.ports, job);
    expect(texts()).toEqual([['+14255550123', goodbye]]);
    expect(await leftOf('wearer-1')).toEqual({});
    expect(world.vault.saved).toEqual([]);
  });

  test('twice is closed twice and gets one text', async () => {
    world.http.script(answer(200));
    await close();
    world.clock.advance(second);
    await expect(close()).resolves.toEqual(done);
    expect(texts()).toHaveLength(1);
    expect(revealed(recordOf(world))).toEqual(tombstone());
  });

  test('who does not exist leaves a job that finds nothing', async () => {
    await expect(closeConnection(world.ports, 'nobody')).resolves.toEqual(closing);
    expect(await runJobs()).toBe(1);
    expect(world.tables.connections.values()).toHaveLength(1);
  });
});

describe('a goodbye that cannot be finished at once', () => {
  test('because a rotation holds the lease is finished by the job', async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const lease = { owner: 'somebody else', until: startedAt + 70 * second };
    await world.tables.connections.replace(row, { ...row.value, lease });
    await expect(close()).resolves.toEqual(closing);
    expect(recordOf(world).closedAt).toBe(startedAt);
    expect([texts(), world.vault.saved.length]).toEqual([[], 1]);

    world.http.script(answer(200));
    // The first one, after 60 s, is too early.
    expect(await runJobs()).toBe(2);
    expect(texts()).toEqual([['+14255550123', goodbye]]);
    expect(revealed(recordOf(world))).toEqual(tombstone());
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('because the vault is down is finished by the job when it is up again', async () => {
    const { deleteTokenSets } = world.vault;
    world.vault.deleteTokenSets = () => Promise.reject(unavailable);
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ ...closing, revoked: true });
    expect(world.log.entries.at(-1)).toEqual({
      level: 'warn',
      event: 'connection.closing',
      fields: { connection: 'wearer-1', error: 'AppError', code: 'VAULT_UNAVAILABLE' },
    });
    expect(await leftOf('wearer-1')).toMatchObject({ devices: 1, readings: 3 });

    // The queue delivers it again.
    const job = jobs()[0]!.job as CloseJob;
    await expect(runCloseJob(world.ports, job)).rejects.toBe(unavailable);
    world.vault.deleteTokenSets = deleteTokenSets;
    await runCloseJob(world.ports, job);
    expect(texts()).toHaveLength(1);
    expect(revealed(recordOf(world))).toEqual(tombstone());
  });

  test('because the vault cannot be read is finished by the job', async () => {
    const { readTokenSet } = world.vault;
    world.vault.readTokenSet = () => Promise.reject(unavailable);
    await expect(close()).resolves.toEqual(closing);
    world.vault.readTokenSet = readTokenSet;
    world.http.script(answer(200));
    await runJobs();
    expect(texts()).toHaveLength(1);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('because the vault is still deleting is erased at once, said to be so, and purged by the job', async () => {
    world.vault.deletionMs = 13 * second;
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ ...done, left: 'being deleted' });
    expect([texts().length, await leftOf('wearer-1'), world.vault.deleted.size]).toEqual([1, {}, 1]);
    expect(await runJobs()).toBe(1);
    expect(world.vault.deleted.size).toBe(0);
    expect(texts()).toHaveLength(1);
    expect(revealed(recordOf(world))).toEqual(tombstone());
  });

  test('in a further vault has the tokens purged there, also after the tables have forgotten everything', async () => {
    await furnish('wearer-3', { vault: 'second' });
    world.vault.deletionMs = 13 * second;
    world.http.script(answer(200));
    await expect(closeConnection(world.ports, 'wearer-3')).resolves.toMatchObject({ left: 'being deleted' });
    expect([...world.vault.deleted.keys()]).toEqual(['second wearer-3 1']);
    expect(recordOf(world, 'wearer-3')).toMatchObject({
      vault: 'second',
      erasedAt: expect.any(Number) as number,
    });
    await runJobs();
    expect(world.vault.deleted.size).toBe(0);
  });

  test('because the vault does not purge goes on until it does', async () => {
    const { purgeTokenSets } = world.vault;
    world.vault.purgeTokenSets = () => Promise.reject(unavailable);
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ ...done, left: 'being deleted' });
    expect(await runJobs({ most: 5 })).toBe(5);
    expect(jobs()).toHaveLength(1);
    world.vault.purgeTokenSets = purgeTokenSets;
    expect(await runJobs()).toBe(1);
    expect(world.vault.deleted.size).toBe(0);
  });

  test.each(['messages', 'devices', 'readings', 'links', 'identities', 'numbers'] as const)(
    'because the %s do not go is finished by the job, with one text',
    async (name) => {
      const { remove } = world.tables[name];
      world.tables[name].remove = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.'));
      world.http.script(answer(200));
      await expect(close()).resolves.toEqual({ ...closing, revoked: true });
      expect(recordOf(world).pointer).toBeDefined();
      Object.assign(world.tables[name], { remove });
      await runJobs();
      expect(texts()).toHaveLength(1);
      expect(revealed(recordOf(world))).toEqual(tombstone());
      expect(await leftOf('wearer-1')).toEqual({});
    },
  );

  test('because the outcome of the last text is unknown keeps the number until it is known', async () => {
    world.sms.answers.push({ kind: 'unknown' });
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ ...done, erased: false });
    expect(revealed(recordOf(world).phone)).toBe('+14255550123');
    expect(jobs()).toHaveLength(1);
    expect(await runJobs()).toBe(1);
    // The repeat that Communication Services recognises.
    expect(new Set(world.sms.sent.map(({ id, firstSentAt }) => `${id} ${firstSentAt}`)).size).toBe(1);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('because texts are not taken gives up after three hours, and erases', async () => {
    const none = Array.from({ length: 20 }, () => ({ kind: 'unavailable' }) as const);
    world.sms.answers.push(...none);
    world.http.script(answer(200));
    await close();
    expect(recordOf(world).phone).toBeDefined();
    expect(await runJobs()).toBe(11);
    expect(world.sms.sent).toHaveLength(12);
    expect(revealed(recordOf(world))).toEqual(tombstone());
    expect(await leftOf('wearer-1')).toEqual({});
    expect(world.clock.now() - startedAt).toBeLessThan(4 * 3600 * second);
  });

  test('because the last text is refused is finished without it', async () => {
    world.sms.answers.push({ kind: 'refused', status: 400 });
    world.http.script(answer(200));
    await close();
    expect(await leftOf('wearer-1')).toEqual({});
    expect(world.queues.jobs).toEqual([]);
  });
});

describe('the job close-connection', () => {
  const job: CloseJob = { kind: 'close-connection', connection: 'wearer-1', attempt: 0 };

  test('for a connection that its wearer has not closed closes nothing', async () => {
    const before = recordOf(world);
    await runCloseJob(world.ports, job);
    expect(recordOf(world)).toBe(before);
    expect([texts(), world.http.requests, world.queues.jobs, world.vault.saved.length]).toEqual([
      [],
      [],
      [],
      1,
    ]);
    expect(world.log.entries).toEqual([
      { level: 'warn', event: 'connection.not_closed', fields: { connection: 'wearer-1' } },
    ]);
  });
});

describe('the job close-connection of a wearer who has disconnected', () => {
  const job: CloseJob = { kind: 'close-connection', connection: 'wearer-1', attempt: 0 };

  beforeEach(async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: startedAt });
  });

  test('goes on until the vault has forgotten the tokens, and texts once', async () => {
    world.vault.deletionMs = 45_000;
    world.http.script(answer(200));
    await runCloseJob(world.ports, job);
    expect(await leftOf('wearer-1')).toEqual({});
    expect(jobs().map(({ delayMs }) => delayMs)).toEqual([20 * second]);
    const erased = recordOf(world);
    expect(await runJobs()).toBe(2);
    expect(world.vault.deleted.size).toBe(0);
    expect(texts()).toHaveLength(1);
    expect(recordOf(world)).toEqual(erased);
  });

  test('delivered twice, one after the other, texts once', async () => {
    world.http.script(answer(200));
    await runCloseJob(world.ports, job);
    await runCloseJob(world.ports, job);
    expect(texts()).toHaveLength(1);
    expect(world.queues.jobs).toEqual([]);
  });

  test('delivered twice at the same time texts once, and the other one finds nothing left to do', async () => {
    world.http.script(answer(200));
    await Promise.all([runCloseJob(world.ports, job), runCloseJob(world.ports, job)]);
    await runJobs();
    expect(texts()).toHaveLength(1);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('that stood still before the text, while another one did everything, does not text again', async () => {
    world.http.script(answer(200));
    // The last thing it reads before the goodbye is the record with the number.
    const { list } = world.tables.messages;
    let stoodStill = false;
    world.tables.messages.list = async function* (...where) {
      if (!stoodStill) {
        stoodStill = true;
        await runCloseJob(world.ports, job);
        expect(texts()).toHaveLength(1);
        world.clock.advance(600 * second);
      }
      yield* list(...where);
    };
    await runCloseJob(world.ports, job);
    expect(stoodStill).toBe(true);
    expect(texts()).toHaveLength(1);
    const kept = world.tables.messages.values();
    expect(kept.map(({ kind, state }) => [kind, state])).toEqual([['goodbye', 'sent']]);
    expect(JSON.stringify(revealed(kept))).not.toContain('4255550');
  });

  test('delivered after everything was done does nothing', async () => {
    world.http.script(answer(200));
    await close();
    const record = recordOf(world);
    await runCloseJob(world.ports, job);
    expect(revealed(recordOf(world))).toEqual(revealed(record));
    expect(texts()).toHaveLength(1);
  });

  test('for a connection that is gone does nothing', async () => {
    await runCloseJob(world.ports, { ...job, connection: 'nobody' });
    expect(world.queues.jobs).toEqual([]);
    expect(world.log.entries).toEqual([]);
  });

  test.each([
    [0, 20],
    [1, 25],
    [2, 25],
    [3, 300],
    [4, 1_800],
    [5, 1_800],
    [9, 1_800],
  ])('that is held at attempt %i comes back after %i s', async (attempt, seconds) => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    const lease = { owner: 'somebody else', until: startedAt + 1 };
    await world.tables.connections.replace(row, { ...row.value, lease });
    await runCloseJob(world.ports, { ...job, attempt });
    expect(world.queues.jobs).toEqual([{ job: { ...job, attempt: attempt + 1 }, delayMs: seconds * second }]);
  });

  test('finishes a text that another worker began and did not live to see through', async () => {
    world.http.script(answer(200));
    const { send } = world.sms;
    world.sms.send = () => Promise.reject(new Error('killed'));
    await expect(runCloseJob(world.ports, job)).rejects.toThrow('killed');
    world.sms.send = send;
    await runCloseJob(world.ports, job);
    // Its claim still lasts.
    expect(texts()).toEqual([]);
    expect(await runJobs()).toBeGreaterThan(1);
    expect(texts()).toHaveLength(1);
    expect(await leftOf('wearer-1')).toEqual({});
  });

  test('leaves a message that somebody else settles just now as it is', async () => {
    const states: Message['state'][] = [];
    const { replace } = world.tables.messages;
    world.tables.messages.replace = async (row, value) => {
      if (value.kind === 'low' && value.state === 'dropped') {
        world.tables.messages.replace = replace;
        const sent = await replace(row, { ...row.value, state: 'sent' });
        states.push(sent.value.state);
        throw new AppError('CONFLICT', 'Somebody else was faster.');
      }
      return replace(row, value);
    };
    const { remove } = world.tables.messages;
    world.tables.messages.remove = (row) => {
      if (row.value.kind === 'low') states.push(row.value.state);
      return remove(row);
    };
    world.http.script(answer(200));
    await runCloseJob(world.ports, job);
    expect(states).toEqual(['sent', 'sent']);
  });
});

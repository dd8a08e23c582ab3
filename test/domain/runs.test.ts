import * as runs from '../../src/domain/runs';
import { AppError } from '../../src/errors';
import type { CheckJob, Connection, RotateJob } from '../../src/model';
import { expectDiscreet } from '../support/discretion';
import { answer, answerLost, connectionRefused, type Reply } from '../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../support/world';

const second = 1000;
const minute = 60 * second;

let world: TestWorld;
let startedAt: number;
const dead = (confirmedAt: number | undefined): Partial<Connection> => ({
  refusal: { consent: 1, generation: 1, firstAt: startedAt, confirmedAt },
});
const connect = (id: string, more: Partial<Connection> = {}) =>
  connectWearer(world, 'fitbit', { id, ...more });

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('dispatchRotation', () => {
  test('gives every connection a job that carries the run and its start', async () => {
    await connect('ada');
    await connect('bob');
    await expect(runs.dispatchRotation(world.ports)).resolves.toEqual({ run: 'id-1', count: 2 });
    const job = { kind: 'rotate-token', run: 'id-1', runStartedAt: startedAt, attempt: 0 };
    expect(world.queues.jobs).toEqual([
      { job: { ...job, connection: 'ada' }, delayMs: 0 },
      { job: { ...job, connection: 'bob' }, delayMs: 0 },
    ]);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 2, job: 'rotate-token' } },
    ]);
    expect(world.http.requests).toEqual([]);
  });

  test('without connections dispatches nothing and says so', async () => {
    await expect(runs.dispatchRotation(world.ports)).resolves.toEqual({ run: 'id-1', count: 0 });
    expect(world.queues.jobs).toEqual([]);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 0 } },
    ]);
  });

  test('leaves out who never finished a consent and who has to reconnect', async () => {
    await connect('ada');
    await connect('unfinished', { pointer: undefined });
    await connect('dead', dead(startedAt));
    await connect('refused-once', dead(undefined));
    await connect('healed', { refusal: { consent: 1, generation: 0, firstAt: 0, confirmedAt: 0 } });
    await expect(runs.dispatchRotation(world.ports)).resolves.toMatchObject({ count: 3 });
    expect(world.queues.jobs.map(({ job }) => job.connection)).toEqual(['ada', 'refused-once', 'healed']);
  });

  test.each([15, 16, 17, 40])('reaches each of %i connections once', async (many) => {
    const ids = Array.from({ length: many }, (_, index) => `wearer-${index}`);
    for (const id of ids) await connect(id);
    await expect(runs.dispatchRotation(world.ports)).resolves.toMatchObject({ count: many });
    expect(world.queues.jobs.map(({ job }) => job.connection)).toEqual(ids);
  });

  test('puts no more than 16 jobs into the queue side by side', async () => {
    for (let index = 0; index < 40; index += 1) await connect(`wearer-${index}`);
    let open = 0;
    let most = 0;
    world.queues.enqueue = async () => {
      most = Math.max(most, (open += 1));
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      open -= 1;
    };
    await runs.dispatchRotation(world.ports);
    expect({ most, open }).toEqual({ most: 16, open: 0 });
  });

  test('fails when the queue does not answer, and does not say that it has dispatched', async () => {
    await connect('ada');
    const unavailable = new AppError('QUEUE_UNAVAILABLE', 'No answer.');
    world.queues.enqueue = () => Promise.reject(unavailable);
    await expect(runs.dispatchRotation(world.ports)).rejects.toBe(unavailable);
    expect(world.log.entries).toEqual([]);
  });
});

describe('dispatchBatteryCheck', () => {
  test('gives every connection that can be read a job', async () => {
    await connect('ada');
    await connect('dead', dead(startedAt));
    await expect(runs.dispatchBatteryCheck(world.ports)).resolves.toEqual({ run: 'id-1', count: 1 });
    expect(world.queues.jobs).toEqual([
      { job: { kind: 'check-battery', connection: 'ada', run: 'id-1' }, delayMs: 0 },
    ]);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'run.dispatched', fields: { run: 'id-1', count: 1, job: 'check-battery' } },
    ]);
  });
});

describe('runRotateJob', () => {
  const job = (more: Partial<RotateJob> = {}): RotateJob => ({
    kind: 'rotate-token',
    connection: 'wearer-1',
    run: 'run-1',
    runStartedAt: startedAt,
    attempt: 0,
    ...more,
  });
  const run = (reply: Reply, more: Partial<RotateJob> = {}) => {
    // An unknown outcome is asked three times within one attempt.
    world.http.script(...(reply === answerLost ? [reply, reply, reply] : [reply]));
    return runs.runRotateJob(world.ports, job(more));
  };
  const grantRefused = answer(400, { errors: [{ errorType: 'invalid_grant', message: 'refresh-1' }] });

  test('rotates, and puts nothing back', async () => {
    await connectWearer(world);
    await expect(run(answer(200, tokens(2)))).resolves.toMatchObject({
      outcome: 'rotated',
      reason: 'scheduled run',
    });
    expect(recordOf(world).pointer?.generation).toBe(2);
    expect(world.queues.jobs).toEqual([]);
  });

  test('for a connection that was rotated since the run began asks nothing', async () => {
    await connectWearer(world, 'fitbit', { set: { issuedAt: startedAt } });
    await expect(runs.runRotateJob(world.ports, job())).resolves.toMatchObject({
      outcome: 'kept',
      reason: 'already rotated in this run',
    });
    expect(world.queues.jobs).toEqual([]);
  });

  test('for a connection that is gone does nothing', async () => {
    await expect(runs.runRotateJob(world.ports, job())).resolves.toEqual({ outcome: 'unknown connection' });
    expect(world.queues.jobs).toEqual([]);
  });

  test('puts the same job back while another worker holds the lease', async () => {
    await connectWearer(world, 'fitbit', { lease: { owner: 'somebody else', until: startedAt + 1 } });
    await expect(runs.runRotateJob(world.ports, job({ attempt: 2 }))).resolves.toEqual({ outcome: 'held' });
    expect(world.queues.jobs).toEqual([{ job: job({ attempt: 2 }), delayMs: 20 * second }]);
  });

  test.each([
    [0, 20 * second],
    [1, 25 * second],
    [2, 25 * second],
    [3, 5 * minute],
    [4, 30 * minute],
  ])('after attempt %i, to no avail, puts the next one back in %i ms', async (attempt, delayMs) => {
    await connectWearer(world);
    await run(connectionRefused, { attempt });
    expect(world.queues.jobs).toEqual([{ job: job({ attempt: attempt + 1 }), delayMs }]);
  });

  test('gives up after the sixth attempt: the next run comes anyway', async () => {
    await connectWearer(world);
    await run(connectionRefused, { attempt: 5 });
    expect(world.queues.jobs).toEqual([]);
  });

  test.each<[string, Reply, string]>([
    ['the provider is not reached', connectionRefused, 'PROVIDER_UNAVAILABLE'],
    ['the outcome is unknown', answerLost, 'OUTCOME_UNKNOWN'],
    ['there are too many requests', answer(429), 'RATE_LIMITED'],
    ['somebody else refreshes', answer(409), 'CONCURRENT_REFRESH'],
  ])('tries again soon when %s', async (_, reply, code) => {
    await connectWearer(world);
    await expect(run(reply)).resolves.toMatchObject({ outcome: 'failed', code });
    expect(world.queues.jobs).toEqual([{ job: job({ attempt: 1 }), delayMs: 20 * second }]);
    expect(recordOf(world).failedAttempt?.code).toBe(code);
  });

  test.each<[string, Reply, string]>([
    ['the client is refused', answer(401), 'CLIENT_REFUSED'],
    ['the request is refused', answer(400), 'REQUEST_REFUSED'],
    ['the provider is retired', answer(410), 'PROVIDER_RETIRED'],
  ])('does not try again when %s: somebody has to do something', async (_, reply, code) => {
    await connectWearer(world);
    await expect(run(reply)).resolves.toMatchObject({ outcome: 'failed', code });
    expect(world.queues.jobs).toEqual([]);
    expect(world.vault.saved).toHaveLength(1);
  });

  test.each([
    ['later than its own delay', '300', 300 * second],
    ['sooner than its own delay', '5', 20 * second],
  ])('waits when the provider says so, %s', async (_, retryAfter, delayMs) => {
    await connectWearer(world);
    await run(answer(429, undefined, { 'retry-after': retryAfter }));
    expect(world.queues.jobs).toEqual([{ job: job({ attempt: 1 }), delayMs }]);
  });

  test('looks at a refused grant again in 15 minutes, and then no more', async () => {
    await connectWearer(world);
    await expect(run(grantRefused)).resolves.toMatchObject({ outcome: 'failed', code: 'GRANT_REFUSED' });
    expect(world.queues.jobs).toEqual([{ job: job(), delayMs: 15 * minute }]);

    world.clock.advance(15 * minute);
    await expect(run(grantRefused)).resolves.toMatchObject({ outcome: 'failed', code: 'RECONNECT_REQUIRED' });
    expect(world.queues.jobs).toHaveLength(1);
    expect(world.log.events()).toEqual(['token.refresh_failed', 'token.reconnect_required']);

    await expect(runs.runRotateJob(world.ports, job())).resolves.toMatchObject({
      outcome: 'kept',
      reason: 'reconnect required',
    });
    await expect(runs.dispatchRotation(world.ports)).resolves.toMatchObject({ count: 0 });
    expect(world.queues.jobs).toHaveLength(1);
  });
});

describe('runCheckJob', () => {
  const job: CheckJob = { kind: 'check-battery', connection: 'wearer-1', run: 'run-1' };

  test('checks, and puts nothing back', async () => {
    await connectWearer(world);
    world.http.script(answer(200, []));
    await expect(runs.runCheckJob(world.ports, job)).resolves.toEqual({
      ok: true,
      devices: 0,
      alerts: 0,
      sent: 0,
    });
    expect(world.queues.jobs).toEqual([]);
  });

  test('puts the job back while another worker refreshes the connection', async () => {
    await connectWearer(world, 'fitbit', {
      set: { expiresAt: startedAt },
      lease: { owner: 'somebody else', until: startedAt + 1 },
    });
    await expect(runs.runCheckJob(world.ports, job)).resolves.toMatchObject({
      ok: false,
      code: 'LEASE_HELD',
    });
    expect(world.queues.jobs).toEqual([{ job, delayMs: 20 * second }]);
  });

  test.each<[string, Reply, string]>([
    ['is not reached', connectionRefused, 'PROVIDER_UNAVAILABLE'],
    ['is retired', answer(410), 'PROVIDER_RETIRED'],
    ['forbids it', answer(403), 'ACCESS_FORBIDDEN'],
  ])('leaves a provider that %s to the next check', async (_, reply, code) => {
    await connectWearer(world);
    world.http.script(reply);
    await expect(runs.runCheckJob(world.ports, job)).resolves.toMatchObject({ ok: false, code });
    expect(world.queues.jobs).toEqual([]);
  });
});

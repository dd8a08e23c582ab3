import { deriveLink } from '../../../src/domain/contact/keyed-values';
import { setStopped } from '../../../src/domain/contact/addresses';
import { dispatchBatteryCheck, dispatchRotation } from '../../../src/domain/operation/dispatch';
import * as real from '../../../src/domain/operation/run-jobs';
import { recheckOf } from '../../../src/domain/messages/record-message';
import { AppError } from '../../../src/errors';
import type { CheckJob, Connection, ProviderId, RotateJob } from '../../../src/model';
import { expectDiscreet } from '../../support/discretion';
import { answer, answerLost, connectionRefused, type Reply } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../../support/world';
import { settled } from '../../support/settled';

const runRotateJob = async (...given: Parameters<typeof real.runRotateJob>) =>
  settled(await real.runRotateJob(...given));
const runCheckJob = async (...given: Parameters<typeof real.runCheckJob>) =>
  settled(await real.runCheckJob(...given));

const second = 1000;
const minute = 60 * second;
const retiredAnswer = answer(410);
const tooManyAtWithings = answer(200, { status: 601, body: {}, error: 'Too Many Requests' });
const began = createTestWorld().clock.now();

let world: TestWorld;
let startedAt: number;
beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

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
    return runRotateJob(world.ports, job(more));
  };
  const replayOf = { consent: 1, generation: 1 };
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
    await expect(runRotateJob(world.ports, job())).resolves.toMatchObject({
      outcome: 'kept',
      reason: 'already rotated in this run',
    });
    expect(world.queues.jobs).toEqual([]);
  });

  test('for a connection that is gone does nothing', async () => {
    await expect(runRotateJob(world.ports, job())).resolves.toEqual({
      ok: false,
      code: 'CONNECTION_UNKNOWN',
    });
    expect(world.queues.jobs).toEqual([]);
  });

  test('puts the same job back while another worker holds the lease', async () => {
    await connectWearer(world, 'fitbit', { lease: { owner: 'somebody else', until: startedAt + 1 } });
    await expect(runRotateJob(world.ports, job({ attempt: 2 }))).resolves.toEqual({
      ok: false,
      code: 'LEASE_HELD',
    });
    expect(world.queues.jobs).toEqual([{ job: job({ attempt: 2, held: 1 }), delayMs: 5 * second }]);
  });

  test('looks 24 times, longer than any lease that a dead worker can leave, and then no more', async () => {
    await connectWearer(world, 'fitbit', { lease: { owner: 'somebody else', until: Infinity } });
    await runRotateJob(world.ports, job({ held: 23 }));
    expect(world.queues.jobs).toEqual([{ job: job({ held: 24 }), delayMs: 5 * second }]);
    await runRotateJob(world.ports, job({ held: 24 }));
    expect(world.queues.jobs).toHaveLength(1);
    expect(24 * world.ports.policy.times.leaseRetryMs).toBeGreaterThan(world.ports.policy.times.leaseMs);
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
    ['the provider may be switched off', retiredAnswer, 'PROVIDER_UNAVAILABLE'],
    ['there are too many requests', answer(429), 'RATE_LIMITED'],
    ['somebody else refreshes', answer(409), 'CONCURRENT_REFRESH'],
  ])('tries again soon when %s', async (_, reply, code) => {
    await connectWearer(world);
    await expect(run(reply)).resolves.toMatchObject({ ok: false, code });
    expect(world.queues.jobs).toEqual([{ job: job({ attempt: 1 }), delayMs: 20 * second }]);
    expect(recordOf(world).failedAttempt?.code).toBe(reply === retiredAnswer ? 'PROVIDER_RETIRED' : code);
  });

  test.each<[string, Reply, string]>([
    ['the client is refused', answer(401), 'CLIENT_REFUSED'],
    ['the request is refused', answer(400), 'REQUEST_REFUSED'],
  ])('does not try again when %s: somebody has to do something', async (_, reply, code) => {
    await connectWearer(world);
    await expect(run(reply)).resolves.toMatchObject({ ok: false, code });
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

  const replay = (more: Partial<RotateJob> = {}) =>
    job({ run: undefined, batch: 'batch-1', replayOf, ...more });
  /** What was put back, without the replays of a refresh that may have been applied. */
  const putBack = () => world.queues.jobs.filter((each) => !('replayOf' in each.job));

  test.each([
    [0, 5 * minute],
    [1, 5 * minute],
    [2, 5 * minute],
    [3, 5 * minute],
    [4, 30 * minute],
  ])(
    'after attempt %i with an unknown outcome waits %i ms: the replays are under way',
    async (attempt, delayMs) => {
      await connectWearer(world);
      await expect(run(answerLost, { attempt })).resolves.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(putBack()).toEqual([{ job: job({ attempt: attempt + 1 }), delayMs }]);
      expect(world.queues.jobs).toHaveLength(4);
      expect(recordOf(world).failedAttempt).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryAt: undefined });
    },
  );

  test('gives up after the sixth attempt with an unknown outcome, but for the replays', async () => {
    await connectWearer(world);
    await run(answerLost, { attempt: 5 });
    expect(putBack()).toEqual([]);
    expect(world.queues.jobs).toHaveLength(3);
  });

  test('puts a replay that meets a held lease back as it is', async () => {
    await connectWearer(world, 'fitbit', { lease: { owner: 'somebody else', until: startedAt + 1 } });
    await runRotateJob(world.ports, replay());
    expect(world.queues.jobs).toEqual([{ job: { ...replay(), held: 1 }, delayMs: 5 * second }]);
  });

  test.each([
    ['a run', () => job()],
    ['a replay', () => replay()],
  ])('puts %s that the provider asked to wait back for when the wait is over', async (_, make) => {
    const retryAt = startedAt + 7 * second;
    await connectWearer(world, 'fitbit', {
      failedAttempt: { at: startedAt, code: 'RATE_LIMITED', retryAt },
      replaysFor: { consent: 1, generation: 1, batch: 'batch-1' },
    });
    await expect(runRotateJob(world.ports, make())).resolves.toMatchObject({
      outcome: 'kept',
      reason: 'provider asked to wait',
    });
    expect(world.queues.jobs).toEqual([{ job: { ...make(), attempt: 1 }, delayMs: 7 * second }]);
  });

  test.each<[string, Partial<Connection>]>([
    [
      'failing for days, tried once a day',
      { failingSince: 1, failedAttempt: { at: 0, code: 'CLIENT_REFUSED' } },
    ],
    [
      'provider retired',
      {
        failedAttempt: { at: 1, code: 'PROVIDER_RETIRED' },
        retirement: { firstAt: 0, confirmedAt: began },
      },
    ],
  ])('puts nothing back for: %s', async (reason, more) => {
    const failedAttempt = more.failedAttempt && { ...more.failedAttempt, at: startedAt };
    await connectWearer(world, 'fitbit', { ...more, failedAttempt });
    await expect(runRotateJob(world.ports, job())).resolves.toMatchObject({ outcome: 'kept', reason });
    expect(world.queues.jobs).toEqual([]);
  });

  test('looks at a refused grant again in 15 minutes, and then no more', async () => {
    await connectWearer(world);
    await expect(run(grantRefused)).resolves.toMatchObject({ ok: false, code: 'GRANT_REFUSED' });
    expect(world.queues.jobs).toEqual([{ job: job(), delayMs: 15 * minute }]);

    world.clock.advance(15 * minute);
    await expect(run(grantRefused)).resolves.toMatchObject({ ok: false, code: 'RECONNECT_REQUIRED' });
    expect(world.queues.jobs).toHaveLength(1);
    expect(world.log.events()).toEqual([
      ...['token.refresh_begun', 'token.refresh_failed'],
      ...['token.refresh_begun', 'token.reconnect_required'],
      'sms.send',
    ]);

    await expect(runRotateJob(world.ports, job())).resolves.toMatchObject({
      outcome: 'kept',
      reason: 'reconnect required',
    });
    await expect(dispatchRotation(world.ports)).resolves.toMatchObject({ count: 0 });
    expect(world.queues.jobs).toHaveLength(1);
  });

  test('leaves an unknown outcome to the replays, and comes back when they are over', async () => {
    await connectWearer(world);
    await expect(run(answerLost)).resolves.toMatchObject({ ok: false, code: 'OUTCOME_UNKNOWN' });
    const replay = {
      kind: 'rotate-token',
      connection: 'wearer-1',
      runStartedAt: startedAt,
      attempt: 0,
      replayOf,
      round: 0,
    };
    expect(world.queues.jobs).toEqual([
      { job: { ...replay, isLast: false, batch: expect.any(String) }, delayMs: 20 * second },
      { job: { ...replay, isLast: false, batch: expect.any(String) }, delayMs: 45 * second },
      { job: { ...replay, isLast: true, batch: expect.any(String) }, delayMs: 70 * second },
      { job: job({ attempt: 1 }), delayMs: 5 * minute },
    ]);
  });

  test('of a set that is only in the journal comes back when the lease is over', async () => {
    await connectWearer(world);
    const { saveTokenSet } = world.vault;
    world.vault.saveTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    await expect(run(answer(200, tokens(2)))).resolves.toMatchObject({ outcome: 'journalled' });
    expect(world.queues.jobs.at(-1)).toEqual({ job: job({ attempt: 1 }), delayMs: 20 * second });

    world.vault.saveTokenSet = saveTokenSet;
    await expect(runRotateJob(world.ports, job({ attempt: 1 }))).resolves.toMatchObject({
      outcome: 'kept',
    });
    expect(recordOf(world).pointer?.generation).toBe(2);
    expect(world.http.requests).toHaveLength(1);
  });

  test('that replays a refresh which was finished meanwhile asks nothing', async () => {
    await connectWearer(world, 'fitbit', { set: { generation: 2 } });
    await expect(runRotateJob(world.ports, replay())).resolves.toMatchObject({
      outcome: 'kept',
      reason: 'the earlier refresh is finished',
    });
    expect(world.queues.jobs).toEqual([]);
  });

  const begun = { replaysFor: { ...replayOf, batch: 'batch-1' } };

  test('that replays a refresh which is unfinished asks again, makes no replays of its own and is not put back', async () => {
    await connectWearer(world, 'fitbit', begun);
    await expect(run(answerLost, replay())).resolves.toMatchObject({
      ok: false,
      reason: 'an earlier refresh may be unfinished',
    });
    expect(world.queues.jobs).toEqual([]);
  });

  test('that is the last replay of the first three makes three more before it asks, and of those the last one none', async () => {
    await connectWearer(world, 'fitbit', begun);
    await run(answerLost, replay({ isLast: true, round: 0 }));
    const jobs = world.queues.jobs.map((each) => each.job as RotateJob);
    expect(jobs.map(({ isLast, round }) => [isLast, round])).toEqual([
      [false, 1],
      [false, 1],
      [true, 1],
    ]);
    expect(recordOf(world).replaysFor).toEqual({ ...replayOf, batch: jobs[0]!.batch });
    world.queues.jobs.splice(0);
    await run(answerLost, jobs[2]);
    expect(world.queues.jobs).toEqual([]);
    expect(world.http.requests).toHaveLength(6);
  });

  test('a provider that answers 500 for hours costs so many requests and no more', async () => {
    await connectWearer(world);
    let requests = 0;
    const pending: { job: RotateJob; at: number }[] = [{ job: job(), at: world.clock.now() }];
    for (let done = 0; pending.length > 0 && done < 500; done += 1) {
      const [next] = pending.sort((a, b) => a.at - b.at).splice(0, 1);
      world.clock.advance(Math.max(0, next!.at - world.clock.now()));
      world.http.script(...Array.from({ length: 3 }, () => answer(500)));
      await runRotateJob(world.ports, next!.job);
      requests += 3 - world.http.unused();
      world.http.script(...Array.from({ length: 0 }, () => answer(500)));
      for (const { job: more, delayMs } of world.queues.jobs.splice(0)) {
        pending.push({ job: more as RotateJob, at: world.clock.now() + delayMs });
      }
    }
    expect(pending).toEqual([]);
    expect(requests).toBeLessThanOrEqual(7 * 3 * 6);
  });

  test('that replays and is refused is looked at again as a run, not as a replay', async () => {
    await connectWearer(world, 'fitbit', begun);
    await expect(run(grantRefused, replay())).resolves.toMatchObject({ code: 'GRANT_REFUSED' });
    expect(world.queues.jobs).toEqual([{ job: job({ run: 'recheck' }), delayMs: 15 * minute }]);
  });
});

describe('who is told about a rotation that failed', () => {
  const job: RotateJob = {
    kind: 'rotate-token',
    connection: 'wearer-1',
    run: 'run-1',
    runStartedAt: 0,
    attempt: 0,
  };
  const rotateAgain = async (reply: Reply) => {
    world.http.script(reply);
    await runRotateJob(world.ports, { ...job, runStartedAt: world.clock.now() });
    world.clock.advance(60 * minute);
  };
  const alarms = () => world.tables.alarms.values().map(({ name }) => name);
  const ended = async () => {
    const link = await deriveLink(world.ports, 'wearer-1', 1);
    return `Fitbit Token Service: Fitbit has disconnected. Reconnect: https://tokens.example.com/m/${link} STOP to end`;
  };

  test('the wearer is told once that a grant is dead, when that is certain', async () => {
    await connectWearer(world);
    await rotateAgain(answer(400, { errors: [{ errorType: 'invalid_grant' }] }));
    expect(world.sms.sent).toEqual([]);
    await rotateAgain(answer(400, { errors: [{ errorType: 'invalid_grant' }] }));
    expect(world.sms.sent.map(({ body }) => body)).toEqual([await ended()]);
    await runRotateJob(world.ports, job);
    expect(world.sms.sent).toHaveLength(1);
    expect(alarms()).toEqual([]);
  });

  test('a wearer who had said STOP is told after START, and the runs before it queue nothing', async () => {
    const { connection } = await connectWearer(world);
    const to = { way: 'sms', to: connection.phone! } as const;
    await setStopped(world.ports, to, { at: startedAt, stopped: true });
    for (let nth = 0; nth < 2; nth += 1)
      await rotateAgain(answer(400, { errors: [{ errorType: 'invalid_grant' }] }));
    world.queues.jobs.length = 0;
    await dispatchRotation(world.ports);
    expect([world.sms.sent, world.queues.jobs]).toEqual([[], []]);
    await setStopped(world.ports, to, { at: world.clock.now(), stopped: false });
    await dispatchRotation(world.ports);
    expect(world.queues.jobs.map(({ job }) => job)).toEqual([recheckOf('wearer-1')]);
    await runCheckJob(world.ports, recheckOf('wearer-1'));
    expect(world.sms.sent.map(({ body }) => body)).toEqual([await ended()]);
  });

  test('the wearer is told that the provider is switched off, when that is certain', async () => {
    await connectWearer(world);
    for (let hour = 0; hour < 3; hour += 1) await rotateAgain(answer(410));
    expect(world.sms.sent).toEqual([]);
    await rotateAgain(answer(410));
    expect(world.sms.sent.map(({ body }) => body)).toEqual([await ended()]);
    expect(alarms()).toEqual([]);
  });

  test.each<[string, Reply]>([
    ['the client is refused', answer(401)],
    ['the request is refused', answer(400)],
  ])('the operator is told once for all wearers that %s, and no wearer is', async (_, reply) => {
    await connectWearer(world);
    await connectWearer(world);
    await rotateAgain(reply);
    world.http.script(reply);
    await runRotateJob(world.ports, { ...job, connection: 'wearer-2', runStartedAt: world.clock.now() });
    expect(alarms()).toEqual(['client refused']);
    expect(world.log.events().filter((event) => event === 'alarm.raised')).toHaveLength(1);
    expect(world.sms.sent).toEqual([]);
  });

  test.each([
    ['busy', 'fitbit', answer(429)],
    ['not reached', 'fitbit', connectionRefused],
    ['busy, in the words of Withings', 'withings', tooManyAtWithings],
  ] as const)('nobody is told that the provider is %s', async (_, provider, reply) => {
    await connectWearer(world, provider);
    await rotateAgain(reply);
    expect(world.sms.sent).toEqual([]);
    expect(alarms()).toEqual([]);
    expect(world.queues.jobs.at(-1)).toMatchObject({ job: { attempt: 1 }, delayMs: 20 * second });
  });

  test('the operator is told that the vault is behind the records, and nothing is refreshed', async () => {
    await connectWearer(world);
    world.vault.saved.length = 0;
    await expect(runRotateJob(world.ports, job)).rejects.toMatchObject({ code: 'VAULT_BEHIND' });
    expect(alarms()).toEqual(['vault behind the records']);
    expect(world.http.requests).toEqual([]);
    expect(world.queues.jobs).toEqual([]);
  });

  test('the operator is told that the settings do not name the vault of a connection', async () => {
    await connectWearer(world);
    world.vault.readTokenSet = () => Promise.reject(new AppError('VAULT_MISSING', 'Not named.'));
    await expect(runRotateJob(world.ports, job)).rejects.toMatchObject({ code: 'VAULT_MISSING' });
    expect(alarms()).toEqual(['vault not in the settings']);
  });

  test('another error is not an alarm of its own', async () => {
    await connectWearer(world);
    world.vault.readTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    await expect(runRotateJob(world.ports, job)).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    expect(alarms()).toEqual([]);
  });
});

describe('runCheckJob', () => {
  const job: CheckJob = { kind: 'check-battery', connection: 'wearer-1', run: 'run-1' };
  const rechecks = [1, 2, 3].map((minutes) => ({ job, delayMs: minutes * minute }));
  const lowBattery = answer(200, [
    { id: '1', type: 'TRACKER', batteryLevel: 9, lastSyncTime: '2026-11-21T05:59:00Z' },
  ]);

  test('checks, and puts nothing back', async () => {
    await connectWearer(world);
    world.http.script(lowBattery);
    await expect(runCheckJob(world.ports, job)).resolves.toEqual({
      devices: 1,
      alerts: 1,
      sent: 1,
      unsettled: 0,
    });
    expect(world.queues.jobs).toEqual([]);
  });

  test('comes back after one, two and three minutes while the outcome of a text is unknown', async () => {
    await connectWearer(world);
    world.http.script(lowBattery);
    world.sms.answers.push({ kind: 'unknown' });
    await expect(runCheckJob(world.ports, job)).resolves.toMatchObject({ unsettled: 1 });
    expect(world.queues.jobs).toEqual(rechecks);
  });

  test('leaves others who repeat the text, should it die in the middle of sending', async () => {
    await connectWearer(world);
    world.http.script(lowBattery);
    const replace = world.tables.messages.replace;
    const waiting: unknown[] = [];
    world.tables.messages.replace = (row, value) => {
      waiting.push(...world.queues.jobs);
      world.tables.messages.replace = replace;
      return replace(row, value);
    };
    world.sms.send = () => Promise.reject(new Error('killed'));
    await expect(runCheckJob(world.ports, job)).rejects.toThrow('killed');
    expect(waiting).toEqual(rechecks);
    expect(world.queues.jobs).toEqual(rechecks);
  });

  test('does not come back for a text whose outcome is unknown when the number has said STOP', async () => {
    const { connection } = await connectWearer(world);
    world.http.script(lowBattery, lowBattery);
    world.sms.answers.push({ kind: 'unknown' });
    await runCheckJob(world.ports, job);
    world.queues.jobs.length = 0;
    await setStopped(world.ports, { way: 'sms', to: connection.phone! }, { at: startedAt, stopped: true });
    await expect(runCheckJob(world.ports, job)).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    expect(world.queues.jobs).toEqual([]);
    expect(world.sms.sent).toHaveLength(1);
  });

  test('asks for a new access token every hour, also where runs have failed for days and leave it alone', async () => {
    const failed = {
      failingSince: startedAt - 4 * 24 * 60 * minute,
      failedAttempt: { at: startedAt, code: 'CLIENT_REFUSED' },
    } as const;
    await connectWearer(world, 'fitbit', { set: { expiresAt: startedAt }, ...failed });
    const asked: number[] = [];
    for (let hour = 1; hour <= 6; hour += 1) {
      world.clock.advance(60 * minute);
      world.http.script(answer(401));
      await runCheckJob(world.ports, job);
      asked.push(world.http.requests.length);
    }
    await runRotateJob(world.ports, {
      kind: 'rotate-token',
      connection: 'wearer-1',
      run: 'run-1',
      runStartedAt: world.clock.now(),
      attempt: 0,
    });
    expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
    expect(world.http.requests).toHaveLength(6);
    expect(world.log.entries.at(-1)?.fields.reason).toBe('failing for days, tried once a day');
  });

  describe('that meets a failure which passes', () => {
    const ofRun: CheckJob = { ...job, runStartedAt: began };
    const minutesUntilAgain = () => world.queues.jobs.map(({ delayMs }) => delayMs / minute);

    test.each<[string, Reply]>([
      ['a limit on calls', answer(429)],
      ['a provider that is down', answer(503)],
    ])('comes back in five minutes and in half an hour, and then with the next run: %s', async (_, reply) => {
      await connectWearer(world);
      world.http.script(reply, reply, reply);
      await runCheckJob(world.ports, ofRun);
      expect([world.queues.jobs[0]?.job, minutesUntilAgain()]).toEqual([{ ...ofRun, attempt: 1 }, [5]]);
      world.clock.advance(5 * minute);
      await runCheckJob(world.ports, world.queues.jobs.pop()!.job as CheckJob);
      expect(minutesUntilAgain()).toEqual([30]);
      world.clock.advance(30 * minute);
      await runCheckJob(world.ports, world.queues.jobs.pop()!.job as CheckJob);
      expect(world.queues.jobs).toEqual([]);
      expect(recordOf(world).failingCheck).toMatchObject({ count: 3 });
    });

    test('waits for the next run once checks have failed for an hour', async () => {
      await connectWearer(world);
      world.http.script(answer(503), answer(503));
      await runCheckJob(world.ports, ofRun);
      world.queues.jobs.length = 0;
      world.clock.advance(60 * minute);
      await runCheckJob(world.ports, { ...ofRun, runStartedAt: world.clock.now() });
      expect(world.queues.jobs).toEqual([]);
    });

    test('comes back no sooner than the provider asks', async () => {
      await connectWearer(world);
      world.http.script(answer(429, undefined, { 'retry-after': '1200' }));
      await runCheckJob(world.ports, ofRun);
      expect(minutesUntilAgain()).toEqual([20]);
    });

    test('reads the battery then, and texts', async () => {
      await connectWearer(world);
      world.http.script(answer(429), lowBattery);
      await runCheckJob(world.ports, ofRun);
      await expect(runCheckJob(world.ports, world.queues.jobs.pop()!.job as CheckJob)).resolves.toMatchObject(
        {
          alerts: 1,
          sent: 1,
        },
      );
      expect(world.queues.jobs).toEqual([]);
      expect(recordOf(world).failingCheck).toBeUndefined();
    });

    test('does so after a consent too, and not for a text, whose rechecks come by themselves', async () => {
      await connectWearer(world);
      world.http.script(answer(429), answer(429));
      await runCheckJob(world.ports, { ...job, consentedAt: began });
      expect(minutesUntilAgain()).toEqual([5]);
      await runCheckJob(world.ports, job);
      expect(minutesUntilAgain()).toEqual([5]);
    });

    test('does not for what a person has to mend', async () => {
      await connectWearer(world);
      world.http.script(answer(403));
      await runCheckJob(world.ports, ofRun);
      expect(world.queues.jobs).toEqual([]);
    });
  });

  test('drops itself when the next run has begun: that one brings a check of its own', async () => {
    await connectWearer(world);
    await dispatchBatteryCheck(world.ports);
    const [first] = world.queues.jobs.splice(0);
    world.clock.advance(60 * minute);
    await dispatchBatteryCheck(world.ports);
    const [second] = world.queues.jobs.splice(0);
    await expect(runCheckJob(world.ports, first!.job as CheckJob)).resolves.toMatchObject({
      devices: 0,
    });
    expect(world.http.requests).toEqual([]);
    expect(world.log.entries.at(-1)).toEqual({
      level: 'info',
      event: 'battery.check_dropped',
      fields: { run: 'id-1', connection: 'wearer-1', reason: 'the next run has begun' },
    });
    world.clock.advance(40 * minute);
    world.http.script(answer(200, []));
    await runCheckJob(world.ports, second!.job as CheckJob);
    expect(world.log.events().at(-1)).toBe('battery.checked');
  });

  test('for a text whose outcome is unknown comes back outside of its run', async () => {
    await connectWearer(world);
    world.http.script(lowBattery);
    world.sms.answers.push({ kind: 'unknown' });
    await runCheckJob(world.ports, { ...job, runStartedAt: startedAt });
    expect(world.queues.jobs).toEqual(rechecks);
  });

  test('comes back once, in a minute, for a text that is not accepted yet', async () => {
    await connectWearer(world);
    world.http.script(lowBattery);
    world.sms.answers.push({ kind: 'unavailable' });
    await expect(runCheckJob(world.ports, job)).resolves.toMatchObject({ sent: 0, unsettled: 0 });
    expect(world.queues.jobs).toEqual(rechecks.slice(0, 1));
  });

  test('puts the job back while another worker refreshes the connection', async () => {
    await connectWearer(world, 'fitbit', {
      set: { expiresAt: startedAt },
      lease: { owner: 'somebody else', until: startedAt + 1 },
    });
    await expect(runCheckJob(world.ports, job)).resolves.toMatchObject({
      ok: false,
      code: 'LEASE_HELD',
    });
    expect(world.queues.jobs).toEqual([{ job: { ...job, held: 1 }, delayMs: 5 * second }]);
  });

  test('repeats the text as long as that is recognised, and puts nothing more back for it', async () => {
    await connectWearer(world);
    const settled: number[] = [];
    for (let minutes = 0; minutes <= 4; minutes += 1) {
      world.sms.answers.push({ kind: 'unknown' });
      world.http.script(lowBattery);
      const result = await runCheckJob(world.ports, job);
      settled.push('unsettled' in result ? result.unsettled : -1);
      world.clock.advance(minute);
    }
    expect(settled).toEqual([1, 1, 1, 1, 0]);
    expect(world.queues.jobs).toEqual(rechecks);
    expect(world.tables.messages.values()).toEqual([expect.objectContaining({ state: 'unknown' })]);
  });

  test.each<[string, Reply, string, ProviderId]>([
    ['is not reached', connectionRefused, 'PROVIDER_UNAVAILABLE', 'fitbit'],
    ['is retired', answer(410), 'PROVIDER_RETIRED', 'fitbit'],
    ['forbids it', answer(403), 'ACCESS_FORBIDDEN', 'fitbit'],
    ['has too many requests, as Withings says it', tooManyAtWithings, 'RATE_LIMITED', 'withings'],
  ])('leaves a provider that %s to the next check', async (_, reply, code, provider) => {
    await connectWearer(world, provider);
    world.http.script(reply);
    await expect(runCheckJob(world.ports, job)).resolves.toMatchObject({ ok: false, code });
    expect(world.queues.jobs).toEqual([]);
    expect([world.sms.sent, world.tables.alarms.values()]).toEqual([[], []]);
  });
});

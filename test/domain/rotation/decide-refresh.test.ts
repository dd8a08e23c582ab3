import { decideRefresh, type Asker } from '../../../src/domain/rotation/decide-refresh';
import type { Connection, Position } from '../../../src/model';
import { connectWearer, createTestWorld } from '../../support/world';
import { needsReconnect } from '../../../src/domain/connection/state';

const minute = 60_000;

async function situation(expiresInMs = 60 * minute, change: Partial<Connection> = {}) {
  const world = createTestWorld();
  const now = world.clock.now();
  const { connection, set } = await connectWearer(world, 'fitbit', {
    set: { issuedAt: now - 30 * minute, expiresAt: now + expiresInMs },
  });
  return {
    now,
    set,
    decide: (asker: Asker) =>
      decideRefresh(asker, { ...connection, ...change }, set, { policy: world.ports.policy, now }),
  };
}

const refused = { consent: 1, generation: 1, firstAt: 1 };

test.each([
  [
    'a run that began after the last rotation',
    { by: 'run', startedAgoMs: 29 * minute },
    true,
    'scheduled run',
  ],
  [
    'a run that began at the last rotation',
    { by: 'run', startedAgoMs: 30 * minute },
    false,
    'already rotated in this run',
  ],
  [
    'a run that began before it',
    { by: 'run', startedAgoMs: 31 * minute },
    false,
    'already rotated in this run',
  ],
] as const)('decideRefresh for %s', async (_, { startedAgoMs }, refresh, reason) => {
  const { decide, now } = await situation();
  expect(decide({ by: 'run', startedAt: now - startedAgoMs })).toEqual({ refresh, reason });
});

test.each([
  ['expires in 61 s', 61_000, false, 'access token still good'],
  ['expires in 60 s', 60_000, true, 'access token about to expire'],
  ['has expired', -1, true, 'access token about to expire'],
] as const)('decideRefresh for a call whose token %s', async (_, expiresInMs, refresh, reason) => {
  const { decide } = await situation(expiresInMs);
  expect(decide({ by: 'call' })).toEqual({ refresh, reason });
});

test.each([
  ['the one in use', { consent: 1, generation: 1 }, 0, true, 'access token refused'],
  ['an earlier one of the same set', { consent: 1, generation: 1 }, -1, false, 'access token still good'],
  ['one of an earlier set, however late', { consent: 0, generation: 9 }, 1, false, 'access token still good'],
] as const)(
  'a call refreshes if the access token that was refused is %s',
  async (_, of, laterMs, refresh, reason) => {
    const { set } = await situation();
    const { decide } = await situation(undefined, {
      refusedAccess: { ...of, issuedAt: set.issuedAt + laterMs },
    });
    expect(decide({ by: 'call' })).toEqual({ refresh, reason });
  },
);

test('a provider that asked to wait is left alone by runs and calls, not by the operator', async () => {
  const { decide, now } = await situation(0, {
    failedAttempt: { at: 1, code: 'RATE_LIMITED', retryAt: Date.parse('2026-11-21T06:00:01Z') },
  });
  const wait = { refresh: false, reason: 'provider asked to wait' };
  expect(decide({ by: 'run', startedAt: now })).toEqual(wait);
  expect(decide({ by: 'call' })).toEqual(wait);
  expect(decide({ by: 'operator' })).toEqual({ refresh: true, reason: 'operator asked' });
});

test('of the replays only the last asks before a long wait is over: after it nobody would learn the answer', async () => {
  const waiting = (retryAt: string) =>
    situation(0, {
      failedAttempt: { at: 1, code: 'PROVIDER_UNAVAILABLE', retryAt: Date.parse(retryAt) },
      replaysFor: { consent: 1, generation: 5, batch: 'batch-1' },
    });
  const wait = { refresh: false, reason: 'provider asked to wait' };
  const long = await waiting('2026-11-21T06:05:00Z');
  const last = { ...replayOf({ consent: 1, generation: 5 }), isLast: true };
  expect(long.decide(replayOf({ consent: 1, generation: 5 }))).toEqual(wait);
  expect(long.decide(last)).toEqual({ refresh: true, reason: 'an earlier refresh may be unfinished' });
  const short = await waiting('2026-11-21T06:00:20Z');
  expect(short.decide(last)).toEqual(wait);
});

test('a wait that is over holds nobody back', async () => {
  const { decide, now } = await situation(0, {
    failedAttempt: { at: 1, code: 'RATE_LIMITED', retryAt: Date.parse('2026-11-21T06:00:00Z') },
  });
  expect(decide({ by: 'run', startedAt: now })).toEqual({ refresh: true, reason: 'scheduled run' });
});

test('a grant that is dead for good is left alone by runs and calls, not by the operator', async () => {
  const { decide, now } = await situation(0, { refusal: { ...refused, confirmedAt: 2 } });
  const reconnect = { refresh: false, reason: 'reconnect required' };
  expect(decide({ by: 'run', startedAt: now })).toEqual(reconnect);
  expect(decide({ by: 'call' })).toEqual(reconnect);
  expect(decide({ by: 'operator' })).toEqual({ refresh: true, reason: 'operator asked' });
});

const hour = 60 * minute;
const day = 24 * hour;

/** One of the three that the record names. */
const replayOf = (of: Position, batch = 'batch-1') =>
  ({ by: 'replay', of, batch, isLast: false, round: 0 }) as const;

test.each([
  ['for exactly three days', 3 * day, hour, 'scheduled run'],
  ['for longer, and was tried a moment ago', 3 * day + 1, 0, 'failing for days, tried once a day'],
  [
    'for longer, and was tried just under 23 hours ago',
    9 * day,
    23 * hour - 1,
    'failing for days, tried once a day',
  ],
  ['for longer, and was tried 23 hours ago', 9 * day, 23 * hour, 'scheduled run'],
  ['for longer, by a clock that has been set back', 9 * day, -hour, 'failing for days, tried once a day'],
])('a run finds a connection that has failed %s', async (_, failingForMs, triedAgoMs, reason) => {
  const now = (await situation()).now;
  const { decide } = await situation(0, {
    failingSince: now - failingForMs,
    failedAttempt: { at: now - triedAgoMs, code: 'CONCURRENT_REFRESH' },
    replaysFor: { consent: 1, generation: 1, batch: 'batch-1' },
  });
  expect(decide({ by: 'run', startedAt: now })).toEqual({ refresh: reason === 'scheduled run', reason });
  expect(decide({ by: 'call' }).refresh).toBe(true);
  expect(decide(replayOf({ consent: 1, generation: 1 })).refresh).toBe(true);
  expect(decide({ by: 'operator' }).refresh).toBe(true);
});

test.each<[string, Partial<Connection>]>([
  ['the first failure', { failedAttempt: { at: 1, code: 'CONCURRENT_REFRESH' } }],
  ['the last failure', { failingSince: 1 }],
])('a record that knows only of %s holds no run back', async (_, change) => {
  const { decide, now } = await situation(0, change);
  expect(decide({ by: 'run', startedAt: now })).toEqual({ refresh: true, reason: 'scheduled run' });
});

test('a provider that is switched off is left alone by runs, replays and calls, not by the operator', async () => {
  const { decide, now } = await situation(0, {
    failedAttempt: { at: Date.parse('2026-11-21T05:00:00Z'), code: 'PROVIDER_RETIRED' },
    retirement: { firstAt: 1, confirmedAt: Date.parse('2026-11-20T05:00:00Z') },
  });
  const retired = { refresh: false, reason: 'provider retired' };
  expect(decide({ by: 'run', startedAt: now })).toEqual(retired);
  expect(decide({ by: 'call' })).toEqual(retired);
  expect(decide(replayOf({ consent: 1, generation: 1 }))).toEqual(retired);
  expect(decide({ by: 'operator' })).toEqual({ refresh: true, reason: 'operator asked' });
});

test.each([
  ['the set it was made for', { consent: 1, generation: 1 }, true, 'an earlier refresh may be unfinished'],
  ['a set that came later', { consent: 1, generation: 2 }, true, 'an earlier refresh may be unfinished'],
  ['a set that is gone', { consent: 1, generation: 0 }, false, 'the earlier refresh is finished'],
  ['an earlier consent', { consent: 0, generation: 9 }, false, 'the earlier refresh is finished'],
])('a replay of %s', async (_, of, refresh, reason) => {
  const { decide } = await situation(0, { replaysFor: { ...of, batch: 'batch-1' } });
  expect(decide(replayOf(of))).toEqual({ refresh, reason });
});

test.each([
  ['whose worker died while it put the three into the queue', undefined],
  ['whose batch has been replaced by another', { consent: 1, generation: 1, batch: 'batch-2' }],
])('a replay %s asks nothing: too few are behind it', async (_, replaysFor) => {
  const { decide } = await situation(0, { replaysFor });
  expect(decide(replayOf({ consent: 1, generation: 1 }))).toEqual({
    refresh: false,
    reason: 'the earlier refresh was never begun',
  });
});

test.each([
  ['confirmed for the current set', { ...refused, confirmedAt: 2 }, true],
  ['seen once', refused, false],
  ['confirmed for an earlier set', { ...refused, generation: 7, confirmedAt: 2 }, false],
])('needsReconnect when the refusal is %s', async (_, refusal, expected) => {
  const { connection } = await connectWearer(createTestWorld());
  expect(needsReconnect({ ...connection, refusal })).toBe(expected);
});

test('needsReconnect is false without a refusal or without a consent', async () => {
  const { connection } = await connectWearer(createTestWorld());
  expect(needsReconnect(connection)).toBe(false);
  const { pointer: _, ...unfinished } = connection;
  expect(needsReconnect({ ...unfinished, refusal: { ...refused, confirmedAt: 2 } })).toBe(false);
});

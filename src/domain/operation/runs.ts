/** A run: the timer only dispatches, one job per connection; a queue brings each job to a worker. */
import {
  operatorId,
  type CheckJob,
  type Connection,
  type ConnectionId,
  type RotateJob,
  type Run,
  type RunKind,
  type Settings,
  type Times,
  type Work,
} from '../../model';
import type { Ports } from '../../ports';
import { hasCode, type ErrorCode, type Result } from '../../errors';
import { isDigestRecipient } from '../messages/digest-recipient';
import { alarmOf, raiseAlarm } from '../messages/alarms';
import { checkBattery, type Checked } from './check-battery';
import { isWorthRefreshing, type Asker } from '../rotation/decide-refresh';
import { change } from '../store/compare-and-swap';
import { connectionKey, runKey } from '../store/row-keys';
import { sendWaiting } from '../messages/outbox';
import { tellToReconnect } from '../messages/reconnect';
import { rotateToken, type RotationNeeds, type RotationResult } from '../rotation/rotate-token';
import { findProblems, pickFindings } from './findings';
import { isLeftUndone, takeUp } from './left-undone';
import { isOvertaken } from './overtaken';
import { pace, spreadJobs } from './pacing';
import { beginTurn, endTurn } from '../store/turn';
import { walk } from '../store/walk';
import { firstRows } from '../store/walk-course';
import { readOpenConnection } from '../connection/read';
import { effectiveCode, isRetired } from '../connection/state';
import { sendDigest, type DigestNeeds } from './morning-digest';
import { sendToOperator } from './tell-operator';
import { nextRetirement } from '../rotation/note-failure';
import type { TextNeeds } from '../messages/record-message';

type DispatchNeeds = Pick<Ports, 'clock' | 'log' | 'providers' | 'queues' | 'random' | 'tables'> &
  Pick<Settings, 'policy'>;

export interface Dispatched {
  readonly run: string;
  /** Connections that have got a job so far. */
  readonly count: number;
  /** Everybody has one. Otherwise a job goes on. */
  readonly complete: boolean;
}

/** @param workMs how long it may take here; a job goes on after that */
export async function dispatchRotation(ports: DispatchNeeds, workMs?: number): Promise<Dispatched> {
  return dispatch(ports, rotations, await beginRun(ports, rotations), { workMs });
}

export async function dispatchBatteryCheck(ports: DispatchNeeds, workMs?: number): Promise<Dispatched> {
  return dispatch(ports, checks, await beginRun(ports, checks), { workMs });
}

/** Nothing happens when everybody has a job. */
export async function goOnDispatching(ports: DispatchNeeds, kind: RunKind, shard?: number): Promise<void> {
  const jobs = kind === rotations.kind ? rotations : checks;
  const run = await findUnfinished(ports, jobs);
  if (run) await dispatch(ports, jobs, run, { shard });
}

interface Jobs {
  readonly kind: RunKind;
  readonly work: Work;
  readonly spreadMs: (times: Times) => number;
  readonly make: (connection: ConnectionId, run: string, runStartedAt: number) => RotateJob | CheckJob;
}

const rotations: Jobs = {
  kind: 'rotate-token',
  work: 'rotate-tokens',
  spreadMs: ({ rotationSpreadMs }) => rotationSpreadMs,
  make: (connection, run, runStartedAt) => ({
    kind: 'rotate-token',
    ...{ connection, run, runStartedAt, attempt: 0 },
  }),
};

const checks: Jobs = {
  kind: 'check-battery',
  work: 'check-batteries',
  spreadMs: ({ checkSpreadMs }) => checkSpreadMs,
  make: (connection, run, runStartedAt) => ({ kind: 'check-battery', connection, run, runStartedAt }),
};

/**
 * Connections whose grant is dead are left out: asking again would only be refused again.
 *
 * @throws what the stores throw, after everybody who could get a job has got one
 */
async function dispatch(
  ports: DispatchNeeds,
  jobs: Jobs,
  begun: Run,
  part: { readonly workMs?: number | undefined; readonly shard?: number | undefined },
): Promise<Dispatched> {
  const { id: run, startedAt } = begun;
  const turn = beginTurn(ports, part);
  const delayAt = spreadJobs(ports, jobs.spreadMs(ports.policy.times), placesOf(begun));
  const inTurn = part.shard === undefined ? undefined : pace(ports, mostOfShard);
  const walked = await walk(ports, turn, {
    name: jobs.kind,
    id: run,
    table: ports.tables.connections,
    repeatsFailed: true,
    hasShards: true,
    async visit({ value: connection }, { count }) {
      const enqueue = async (job: RotateJob | CheckJob, place: number): Promise<void> => {
        if (inTurn) await inTurn();
        await ports.queues.enqueue(job, delayAt(place));
      };
      for (const finding of findProblems(ports, connection)) count(finding);
      if (isLeftUndone(connection))
        await takeUp(ports, connection, (job) => enqueue(job, count('left undone')));
      const state = stateOf(ports, connection);
      const place = count(state);
      if (state !== 'active') return;
      await enqueue(jobs.make(connection.id, run, startedAt), place);
      count('jobs');
    },
  });
  const { active = 0, waiting = 0, gone = 0, jobs: count = 0 } = walked.counts;
  ports.log.info('run.dispatched', { run, count, job: jobs.kind });
  await endTurn(ports, jobs.work, [walked]);
  if (walked.isDone) {
    const haveLeft = waiting + gone > 0 && waiting <= mostWhoLeft;
    const somebodyAt = active > 0 ? startedAt : haveLeft ? undefined : begun.somebodyAt;
    const findings = { at: startedAt, counts: pickFindings(walked.counts) };
    await recordRun(ports, { ...begun, completedAt: ports.clock.now(), count, somebodyAt, findings });
  }
  return { run, count, complete: walked.isDone };
}

/**
 * Jobs in a second. A queue takes some 2,000 messages a second. Sixteen shards put in 1,360 of them; the rest is for the messages that workers
 * delete.
 */
const mostOfShard = 85;

/** The places of the shards begin behind the first rows, and leave gaps among them: so there are more places than jobs. */
function placesOf({ previousCount = 0 }: Run): number {
  return previousCount > firstRows ? previousCount + firstRows : previousCount;
}

/** One wearer who has to reconnect may have left; when several have to, and nobody else is there, that is no coincidence. */
const mostWhoLeft = 1;

/** A connection without a job waits for a new consent, or is gone: closed, or never completed. */
function stateOf(
  ports: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
): 'active' | 'waiting' | 'gone' {
  if (isActive(ports, connection)) return 'active';
  return connection.closedAt === undefined && connection.pointer ? 'waiting' : 'gone';
}

/** One that did not come to its end, unless its last job should have begun by now. */
async function findUnfinished(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  { kind, spreadMs }: Jobs,
): Promise<Run | undefined> {
  const known = (await ports.tables.runs.get(runKey(kind)))?.value;
  return known && isUnfinished(known) && ports.clock.now() - known.startedAt < spreadMs(ports.policy.times)
    ? known
    : undefined;
}

function isUnfinished({ startedAt, completedAt = 0 }: Run): boolean {
  return completedAt < startedAt;
}

async function beginRun(
  ports: Pick<Ports, 'clock' | 'random' | 'tables'> & Pick<Settings, 'policy'>,
  jobs: Jobs,
): Promise<Run> {
  const unfinished = await findUnfinished(ports, jobs);
  if (unfinished) return unfinished;
  const { kind } = jobs;
  const known = (await ports.tables.runs.get(runKey(kind)))?.value;
  const run: Run = {
    ...{ kind, id: ports.random.id(), startedAt: ports.clock.now(), count: 0 },
    completedAt: known?.completedAt,
    previousCount: known && isUnfinished(known) ? known.previousCount : known?.count,
    somebodyAt: known?.somebodyAt,
    findings: known?.findings,
  };
  await recordRun(ports, run);
  return run;
}

async function recordRun({ tables: { runs } }: Pick<Ports, 'tables'>, run: Run): Promise<void> {
  const known = await runs.get(runKey(run.kind));
  try {
    await (known ? runs.replace(known, run) : runs.insert(runKey(run.kind), run));
  } catch (error) {
    // Two runs of a kind at once: either of them is a sign of life.
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
}

/** A consent that was saved and not committed is finished by whoever works on the connection next. */
function isActive(
  { policy, clock }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
): boolean {
  if (connection.closedAt !== undefined) return false;
  if (connection.consentReserved > (connection.pointer?.consent ?? 0)) return true;
  return connection.pointer !== undefined && isWorthRefreshing(connection, policy, clock.now());
}

/** While replays are under way, the job itself has no hurry. */
const afterReplays = 3;

/** One rotation job. What it cannot do now is put back as a new job with a delay; throwing would hand that to the host. */
export async function runRotateJob(
  ports: RotationNeeds & TextNeeds,
  job: RotateJob,
): Promise<RotationResult> {
  const { replayOf, batch, runStartedAt, isLast = false, round = 0 } = job;
  const asker: Asker = replayOf
    ? { by: 'replay', of: replayOf, batch, isLast, round }
    : { by: 'run', startedAt: runStartedAt };
  const result = await rotateToken(ports, job.connection, asker).catch(async (error: unknown) => {
    if (hasCode(error, 'VAULT_BEHIND')) await raiseAlarm(ports, 'vault behind the records');
    if (hasCode(error, 'VAULT_MISSING')) await raiseAlarm(ports, 'vault not in the settings');
    throw error;
  });
  await putBack(ports, job, result);
  return result;
}

async function putBack(ports: TextNeeds, job: RotateJob, result: RotationResult): Promise<void> {
  const { times } = ports.policy;
  const again = (delayMs: number, notBefore = 0) =>
    ports.queues.enqueue(
      { ...job, attempt: job.attempt + 1 },
      Math.max(delayMs, notBefore - ports.clock.now()),
    );
  if (!result.ok) {
    if (result.code === 'CONNECTION_UNKNOWN') return;
    if (result.code === 'LEASE_HELD') return lookAgain(ports, job);
    await tell(ports, job.connection, result.code);
    if (result.code === 'GRANT_REFUSED') {
      const { kind, connection, run = 'recheck', runStartedAt, attempt } = job;
      const recheck: RotateJob = { kind, connection, run, runStartedAt, attempt };
      await ports.queues.enqueue(recheck, times.refusalRecheckMs);
      return;
    }
    // A failed replay is not put back: later ones of its batch follow, and then the job of the run retries with a new batch.
    if (job.replayOf) return;
    const unfinished = result.code === 'OUTCOME_UNKNOWN';
    const delayMs = times.retryMs[unfinished ? Math.max(job.attempt, afterReplays) : job.attempt];
    if (isPassing(result.code) && delayMs !== undefined) await again(delayMs, result.retryAt);
    return;
  }
  const rotation = result.value;
  switch (rotation.outcome) {
    case 'journalled': {
      // The last replay goes on for the others of its batch.
      if (job.replayOf && !job.isLast) return;
      await again(times.retryMs[job.attempt] ?? Math.max(...times.retryMs));
      return;
    }
    case 'kept':
      // A replay must not be lost to a wait that ends inside the repeat window, nor a run to somebody else's wait.
      if (rotation.reason === 'provider asked to wait') await again(0, rotation.retryAt);
      return;
    case 'rotated':
    case 'refreshed':
  }
}

export async function runCheckJob(
  ports: RotationNeeds & DigestNeeds & Pick<Ports, 'webhooks'>,
  job: CheckJob,
): Promise<Result<Checked>> {
  const nothing = { devices: 0, alerts: 0, sent: 0, unsettled: 0 };
  // A recheck of the operator's texts reads no batteries.
  if (job.connection === operatorId) {
    return { ok: true, value: { ...nothing, ...(await sendToOperator(ports)) } };
  }
  if (isDigestRecipient(job.connection)) {
    return { ok: true, value: { ...nothing, ...(await sendDigest(ports, job.connection)) } };
  }
  if (await isOvertaken(ports, job)) return { ok: true, value: nothing };
  // A recheck for a text belongs to no run and to no consent, so it must not drop itself.
  const { runStartedAt: _, consentedAt: __, ...recheck } = job;
  const result = await checkBattery(ports, job.connection, recheck);
  if (result.ok) return result;
  if (result.code === 'LEASE_HELD') await lookAgain(ports, job);
  const retired = result.code === 'PROVIDER_RETIRED' && (await noteRetired(ports, job.connection));
  await tell(ports, job.connection, retired ? effectiveCode(retired, result.code) : result.code);
  // Waiting texts are sent even if the provider does not answer.
  const connection = await readOpenConnection(ports, job.connection);
  if (connection) await sendWaiting(ports, connection, recheck);
  return result;
}

/** Together these looks take longer than the lease of a dead worker. If the lease is still held after them, its worker is alive and does the work. */
const mostLooks = 24;

async function lookAgain(
  ports: Pick<Ports, 'queues'> & Pick<Settings, 'policy'>,
  job: RotateJob | CheckJob,
): Promise<void> {
  const held = (job.held ?? 0) + 1;
  if (held <= mostLooks) await ports.queues.enqueue({ ...job, held }, ports.policy.times.leaseRetryMs);
}

/** The API can say so before the token endpoint is asked. */
function noteRetired(
  ports: Pick<Ports, 'clock' | 'providers' | 'tables'> & Pick<Settings, 'policy'>,
  id: ConnectionId,
): Promise<Connection | undefined> {
  const now = ports.clock.now();
  return change(ports.tables.connections, connectionKey(id), (before): Connection | undefined =>
    // The wearer may have moved on to the successor meanwhile.
    isRetired(before) || ports.providers.get(before.provider)?.successor === undefined
      ? undefined
      : { ...before, retirement: nextRetirement(before.retirement, ports.policy, now) },
  );
}

/** Tells the person who has to act: the wearer, or, once for all connections, the operator. */
async function tell(ports: TextNeeds, connection: ConnectionId, code: ErrorCode): Promise<void> {
  if (code === 'RECONNECT_REQUIRED' || code === 'PROVIDER_RETIRED') await tellToReconnect(ports, connection);
  const alarm = alarmOf(code);
  if (alarm !== undefined) await raiseAlarm(ports, alarm, { code });
}

/** Worth asking again soon, without anybody doing anything. */
function isPassing(code: ErrorCode): boolean {
  return [
    'PROVIDER_UNAVAILABLE',
    'OUTCOME_UNKNOWN',
    'RATE_LIMITED',
    'CONCURRENT_REFRESH',
    'TOKEN_NOT_SAVED',
  ].includes(code);
}

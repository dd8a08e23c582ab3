/** A run: the timer only dispatches, one job per connection; a queue brings each job to a worker. */
import {
  operatorId,
  type CheckJob,
  type Connection,
  type ConnectionId,
  type Job,
  type RotateJob,
  type Run,
  type RunKind,
} from '../../model';
import type { Ports } from '../../ports';
import { hasCode, type ErrorCode } from '../../errors';
import { alarmOf, raiseAlarm, sendToOperator } from './alarms';
import { checkBattery, type CheckResult } from '../battery/check-battery';
import { effectiveCode, isRetired, isWorthRefreshing, type Asker } from '../rotation/decide-refresh';
import { change, readOpenConnection } from '../change';
import { connectionKey, runKey } from '../keys';
import { sendWaiting } from '../messages/outbox';
import { tellToReconnect } from '../messages/reconnect';
import { nextRetirement, rotateToken, type RotationResult } from '../rotation/rotate-token';

export interface Dispatched {
  readonly run: string;
  /** Connections that got a job. */
  readonly count: number;
}

export function dispatchRotation(ports: Ports): Promise<Dispatched> {
  const runStartedAt = ports.clock.now();
  return dispatch(ports, 'rotate-token', (connection, run) => ({
    kind: 'rotate-token',
    connection,
    run,
    runStartedAt,
    attempt: 0,
  }));
}

export function dispatchBatteryCheck(ports: Ports): Promise<Dispatched> {
  return dispatch(ports, 'check-battery', (connection, run) => ({ kind: 'check-battery', connection, run }));
}

const sideBySide = 16;

/**
 * Connections whose grant is dead are left out: asking again would only be refused again.
 *
 * @throws what the stores throw, after everybody who could get a job has got one
 */
async function dispatch(
  ports: Ports,
  kind: RunKind,
  makeJob: (id: ConnectionId, run: string) => RotateJob | CheckJob,
): Promise<Dispatched> {
  const run = ports.random.id();
  const startedAt = ports.clock.now();
  await recordRun(ports, { kind, id: run, startedAt, count: 0 });
  let count = 0;
  let failure: unknown;
  let batch: Job[] = [];
  // Every job of a batch is waited for before the next page is read, and one that fails stops nobody else's.
  const flush = async (): Promise<void> => {
    const results = await Promise.allSettled(batch.map((job) => ports.queues.enqueue(job)));
    batch = [];
    for (const result of results) {
      if (result.status === 'rejected') failure ??= result.reason;
      else count += 1;
    }
  };
  for await (const { value: connection } of ports.tables.connections.list()) {
    if (!isActive(ports, connection)) continue;
    batch.push(makeJob(connection.id, run));
    if (batch.length === sideBySide) await flush();
  }
  await flush();
  ports.log.info('run.dispatched', { run, count, job: kind });
  if (failure !== undefined) throw failure;
  await recordRun(ports, { kind, id: run, startedAt, completedAt: ports.clock.now(), count });
  return { run, count };
}

/** A run that did not complete leaves the time of the last one that did. */
async function recordRun(ports: Ports, run: Run): Promise<void> {
  const { runs } = ports.tables;
  const known = await runs.get(runKey(run.kind));
  const value = { ...run, completedAt: run.completedAt ?? known?.value.completedAt };
  try {
    await (known ? runs.replace(known, value) : runs.insert(runKey(run.kind), value));
  } catch (error) {
    // Two runs of a kind at once: either of them is a sign of life.
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
}

/** A consent that was saved and not committed is finished by whoever works on the connection next. */
function isActive({ policy, clock }: Ports, connection: Connection): boolean {
  if (connection.closedAt !== undefined) return false;
  if (connection.consentReserved > (connection.pointer?.consent ?? 0)) return true;
  return connection.pointer !== undefined && isWorthRefreshing(connection, policy, clock.now());
}

/** While replays are under way, the job itself has no hurry. */
const afterReplays = 3;

/** One rotation job. What it cannot do now is put back as a new job with a delay; throwing would hand that to the host. */
export async function runRotateJob(ports: Ports, job: RotateJob): Promise<RotationResult> {
  const { replayOf, runStartedAt, run, isLast = false, round = 0 } = job;
  const asker: Asker = replayOf
    ? { by: 'replay', of: replayOf, set: run, isLast, round }
    : { by: 'run', startedAt: runStartedAt };
  const result = await rotateToken(ports, job.connection, asker).catch(async (error: unknown) => {
    if (hasCode(error, 'VAULT_BEHIND')) await raiseAlarm(ports, 'vault behind the records');
    throw error;
  });
  await putBack(ports, job, result);
  return result;
}

async function putBack(ports: Ports, job: RotateJob, result: RotationResult): Promise<void> {
  const { times } = ports.policy;
  const again = (delayMs: number, notBefore = 0) =>
    ports.queues.enqueue(
      { ...job, attempt: job.attempt + 1 },
      Math.max(delayMs, notBefore - ports.clock.now()),
    );
  switch (result.outcome) {
    case 'held':
      await lookAgain(ports, job);
      return;
    case 'journalled': {
      // The last replay goes on for the others of its batch.
      if (job.replayOf && !job.isLast) return;
      await again(times.retryMs[job.attempt] ?? Math.max(...times.retryMs));
      return;
    }
    case 'kept':
      // A replay must not be lost to a wait that ends inside the repeat window, nor a run to somebody else's wait.
      if (result.reason === 'provider asked to wait') await again(0, result.retryAt);
      return;
    case 'failed': {
      await tell(ports, job.connection, result.code);
      if (result.code === 'GRANT_REFUSED') {
        const { replayOf: _, isLast: __, round: ___, ...recheck } = job;
        await ports.queues.enqueue(recheck, times.refusalRecheckMs);
        return;
      }
      // The others of its set come after it; what is left then, the job of the run asks for, with replays of its own.
      if (job.replayOf) return;
      const unfinished = result.code === 'OUTCOME_UNKNOWN';
      const delayMs = times.retryMs[unfinished ? Math.max(job.attempt, afterReplays) : job.attempt];
      if (isPassing(result.code) && delayMs !== undefined) await again(delayMs, result.retryAt);
      return;
    }
    case 'rotated':
    case 'unknown connection':
  }
}

export async function runCheckJob(ports: Ports, job: CheckJob): Promise<CheckResult> {
  // A text to whoever runs the service whose outcome was unknown.
  if (job.connection === operatorId)
    return { ok: true, devices: 0, alerts: 0, ...(await sendToOperator(ports)) };
  const result = await checkBattery(ports, job.connection, job);
  if (result.ok) return result;
  if (result.code === 'LEASE_HELD') await lookAgain(ports, job);
  const retired = result.code === 'PROVIDER_RETIRED' && (await noteRetired(ports, job.connection));
  await tell(ports, job.connection, retired ? effectiveCode(retired, result.code) : result.code);
  // What waits to be sent does not wait for the provider.
  const connection = await readOpenConnection(ports, job.connection);
  if (connection) await sendWaiting(ports, connection, job);
  return result;
}

/** Longer than any lease that a dead worker can leave; whoever still holds it then does the work himself. */
const mostLooks = 24;

async function lookAgain(ports: Ports, job: RotateJob | CheckJob): Promise<void> {
  const held = (job.held ?? 0) + 1;
  if (held <= mostLooks) await ports.queues.enqueue({ ...job, held }, ports.policy.times.leaseRetryMs);
}

/** The API can say so before the token endpoint is asked. */
function noteRetired(ports: Ports, id: ConnectionId): Promise<Connection | undefined> {
  const now = ports.clock.now();
  return change(ports.tables.connections, connectionKey(id), (before): Connection | undefined =>
    // The wearer may have moved on to the successor meanwhile.
    isRetired(before) || ports.providers.get(before.provider)?.successor === undefined
      ? undefined
      : { ...before, retirement: nextRetirement(before.retirement, ports.policy, now) },
  );
}

/** What a person has to do something about: the wearer, or once for all connections whoever runs the service. */
async function tell(ports: Ports, connection: ConnectionId, code: ErrorCode): Promise<void> {
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

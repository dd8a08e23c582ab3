/** A run: the timer only dispatches, one job per connection; a queue brings each job to a worker. */
import type { CheckJob, ConnectionId, Job, RotateJob } from '../model';
import type { Ports } from '../ports';
import { checkBattery, type CheckResult } from './check-battery';
import { needsReconnect } from './decide-refresh';
import { rotateToken, type RotationResult } from './rotate-token';

export interface Dispatched {
  readonly run: string;
  /** Connections that got a job. */
  readonly count: number;
}

export function dispatchRotation(ports: Ports): Promise<Dispatched> {
  const runStartedAt = ports.clock.now();
  return dispatch(ports, (connection, run) => ({
    kind: 'rotate-token',
    connection,
    run,
    runStartedAt,
    attempt: 0,
  }));
}

export function dispatchBatteryCheck(ports: Ports): Promise<Dispatched> {
  return dispatch(ports, (connection, run) => ({ kind: 'check-battery', connection, run }));
}

const sideBySide = 16;

/** Connections whose grant is dead are left out: asking again would only be refused again. */
async function dispatch(ports: Ports, makeJob: (id: ConnectionId, run: string) => Job): Promise<Dispatched> {
  const run = ports.random.id();
  let count = 0;
  let kind: string | undefined;
  let batch: Promise<void>[] = [];
  for await (const { value: connection } of ports.tables.connections.list()) {
    if (!connection.pointer || needsReconnect(connection)) continue;
    const job = makeJob(connection.id, run);
    kind = job.kind;
    batch.push(ports.queues.enqueue(job));
    count += 1;
    if (batch.length === sideBySide) {
      await Promise.all(batch);
      batch = [];
    }
  }
  await Promise.all(batch);
  ports.log.info('run.dispatched', { run, count, ...(kind === undefined ? {} : { job: kind }) });
  return { run, count };
}

/** The first three fit into Fitbit's repeat window of two minutes. */
const retryDelaysMs = [20_000, 25_000, 25_000, 5 * 60_000, 30 * 60_000];

/** One rotation job. What it cannot do now is put back as a new job with a delay; throwing would hand that to the host. */
export async function runRotateJob(ports: Ports, job: RotateJob): Promise<RotationResult> {
  const result = await rotateToken(ports, job.connection, { by: 'run', startedAt: job.runStartedAt });
  const { times } = ports.policy;
  if (result.outcome === 'held') await ports.queues.enqueue(job, times.leaseRetryMs);
  if (result.outcome === 'failed') {
    if (result.code === 'GRANT_REFUSED') await ports.queues.enqueue(job, times.refusalRecheckMs);
    const delayMs = retryDelaysMs[job.attempt];
    if (isPassing(result.code) && delayMs !== undefined) {
      const waitMs = Math.max(delayMs, (result.retryAt ?? 0) - ports.clock.now());
      await ports.queues.enqueue({ ...job, attempt: job.attempt + 1 }, waitMs);
    }
  }
  return result;
}

export async function runCheckJob(ports: Ports, job: CheckJob): Promise<CheckResult> {
  const result = await checkBattery(ports, job.connection);
  if (!result.ok && result.code === 'LEASE_HELD') {
    await ports.queues.enqueue(job, ports.policy.times.leaseRetryMs);
  }
  return result;
}

/** Worth asking again soon, without anybody doing anything. */
function isPassing(code: string): boolean {
  return ['PROVIDER_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'RATE_LIMITED', 'CONCURRENT_REFRESH'].includes(code);
}

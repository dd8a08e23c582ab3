/** What one job of a run does: it rotates a connection or checks its batteries, and is put back or tells somebody if it cannot. */
import { hasCode, type ErrorCode, type Result } from '../../errors';
import {
  operatorId,
  type CheckJob,
  type Connection,
  type ConnectionId,
  type RotateJob,
  type Settings,
} from '../../model';
import type { Ports } from '../../ports';
import { readOpenConnection } from '../connection/read';
import { effectiveCode, isRetired } from '../connection/state';
import { alarmOf, raiseAlarm } from '../messages/alarms';
import { isDigestRecipient } from '../messages/digest-recipient';
import { sendWaiting } from '../messages/outbox';
import { tellToReconnect } from '../messages/reconnect';
import type { TextNeeds } from '../messages/record-message';
import type { Asker } from '../rotation/decide-refresh';
import { nextRetirement } from '../rotation/note-failure';
import { rotateToken, type RotationNeeds, type RotationResult } from '../rotation/rotate-token';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { checkBattery, type Checked } from './check-battery';
import { sendDigest, type DigestNeeds } from './morning-digest';
import { isOvertaken } from './overtaken';
import { sendToOperator } from './tell-operator';

/** Where in `retryMs` the waits of minutes begin: those before them are for a refresh that replays ask for. */
const atLeisure = 3;

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
    const delayMs = times.retryMs[unfinished ? Math.max(job.attempt, atLeisure) : job.attempt];
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
  const { runStartedAt: _, consentedAt: __, attempt: ___, ...recheck } = job;
  const result = await checkBattery(ports, job.connection, recheck);
  if (result.ok) return result;
  if (result.code === 'LEASE_HELD') await lookAgain(ports, job);
  const retired = result.code === 'PROVIDER_RETIRED' && (await noteRetired(ports, job.connection));
  await tell(ports, job.connection, retired ? effectiveCode(retired, result.code) : result.code);
  // Waiting texts are sent even if the provider does not answer.
  const connection = await readOpenConnection(ports, job.connection);
  if (connection) await sendWaiting(ports, connection, recheck);
  if (connection && isPassing(result.code)) await checkAgain(ports, job, connection, result.retryAt);
  return result;
}

/** In an outage that lasts for longer, the runs are enough. */
const checkAgainForMs = 3_600_000;

/**
 * A check whose provider asks to wait, or does not answer, comes back in five minutes, and then in half an hour. The next run would be hours away
 * where batteries are read once a day; and whoever has the same place in every run could meet the same limit in each of them.
 */
async function checkAgain(
  { clock, policy, queues }: Pick<Ports, 'clock' | 'queues'> & Pick<Settings, 'policy'>,
  job: CheckJob,
  { failingCheck }: Connection,
  retryAt = 0,
): Promise<void> {
  // A recheck for a text comes back by itself.
  if (job.runStartedAt === undefined && job.consentedAt === undefined) return;
  if (clock.now() - (failingCheck?.since ?? 0) >= checkAgainForMs) return;
  const attempt = job.attempt ?? 0;
  const delayMs = policy.times.retryMs[atLeisure + attempt];
  if (delayMs === undefined) return;
  await queues.enqueue({ ...job, attempt: attempt + 1 }, Math.max(delayMs, retryAt - clock.now()));
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

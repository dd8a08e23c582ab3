/** A job that failed as often as the queue allows: the connection shows it, and the next timer tries again. */
import type { Connection, ConnectionId, Job } from '../model';
import type { Ports } from '../ports';
import { raiseAlarm } from './alarms';
import { change } from './change';
import { connectionKey } from './keys';

export async function notePoisonedJob(ports: Ports, job: Job['kind'], id: ConnectionId): Promise<void> {
  ports.log.error('job.poisoned', { job, connection: id });
  const now = ports.clock.now();
  await change(ports.tables.connections, connectionKey(id), (before): Connection => ({
    ...before,
    // What is known already says more: that the provider is retired, or why a refresh failed.
    failedAttempt: before.failedAttempt ?? { at: now, code: 'JOB_POISONED' },
    failingSince: before.failingSince ?? now,
  }));
  await raiseAlarm(ports, 'jobs poisoned', { job });
}

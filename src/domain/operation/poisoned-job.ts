/** A job that failed as often as the queue allows: the connection shows it, and the next timer tries again. */
import type { Connection, ConnectionId, Job } from '../../model';
import type { Ports } from '../../ports';
import { raiseAlarm } from '../messages/alarms';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import type { AlarmNeeds } from '../messages/record-message';

export async function notePoisonedJob(ports: AlarmNeeds, job: Job['kind'], id?: ConnectionId): Promise<void> {
  ports.log.error('job.poisoned', { job, ...(id === undefined ? {} : { connection: id }) });
  try {
    if (job === 'rotate-token' || job === 'check-battery') await noteOnRecord(ports, id);
  } finally {
    // A record that cannot be written, or read, is the trouble that the operator has to hear of.
    await raiseAlarm(ports, 'jobs poisoned', { job });
  }
}

async function noteOnRecord(ports: Pick<Ports, 'clock' | 'tables'>, id: ConnectionId = ''): Promise<void> {
  const now = ports.clock.now();
  await change(ports.tables.connections, connectionKey(id), (before): Connection => ({
    ...before,
    // A failure that is noted already says more: that the provider is retired, or why a refresh failed.
    failedAttempt: before.failedAttempt ?? { at: now, code: 'JOB_POISONED' },
    failingSince: before.failingSince ?? now,
  }));
}

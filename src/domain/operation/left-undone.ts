/** Takes up what somebody has left undone for a connection. A run comes past each of them, so it sees to that as well. */
import { describeFailure } from '../../errors';
import type { CheckJob, Connection, ConnectionEvent, Settings } from '../../model';
import type { Ports } from '../../ports';
import { queueEvents } from '../connection/connection-events';
import { needsConsent } from '../connection/state';
import { isToBeTold } from '../messages/reconnect';
import { recheckOf } from '../messages/record-message';

export function isLeftUndone(connection: Connection): boolean {
  return connection.events !== undefined || needsConsent(connection);
}

/**
 * Events whose job has died with its worker or could not be queued, and a wearer who has to reconnect and was not told, or is to
 * be reminded. A failure is only logged, because the next run comes by.
 *
 * @param enqueue gives the job its turn
 */
export async function takeUp(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'log' | 'queues' | 'tables'> & Pick<Settings, 'policy'>,
  connection: Connection,
  enqueue: (job: CheckJob) => Promise<unknown>,
): Promise<void> {
  const { id, events = [] } = connection;
  // The job of a newer one is still on its way: a second job would tell the platform twice.
  const isLost = ({ at }: ConnectionEvent): boolean =>
    ports.clock.now() - at >= ports.policy.times.webhookTimeoutMs;
  if (events.some(isLost)) await queueEvents(ports, id);
  if (!needsConsent(connection)) return;
  try {
    if (await isToBeTold(ports, connection)) await enqueue(recheckOf(id));
  } catch (error) {
    ports.log.warn('text.not_sent', { connection: id, kind: 'reconnect', ...describeFailure(error) });
  }
}

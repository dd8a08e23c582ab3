/**
 * Tells a wearer, once per episode, that batteries cannot be read and what only the wearer can do about it; and, where that was
 * said, that it works again. What is recorded here is judged again before it leaves, see decide-message.ts.
 */
import type { Connection, Settings } from '../../model';
import type { Ports } from '../../ports';
import { wearerHelpFor } from '../connection/failing-check';
import { messageId, messageKey } from '../store/row-keys';
import { hasLivingAddress } from '../contact/address-of';
import { recordMessage } from './record-message';

/** Can be called after every check that failed: the episode makes the message's id, so nobody is told twice. */
export async function recordCheckFailing(
  ports: Pick<Ports, 'clock' | 'providers' | 'tables'> & Pick<Settings, 'policy'>,
  connection: Connection,
): Promise<void> {
  const { id, provider, failingCheck, closedAt } = connection;
  const help = failingCheck && wearerHelpFor(failingCheck.code);
  if (!help || closedAt !== undefined || !hasLivingAddress(connection)) return;
  const { since, codeSince } = failingCheck;
  if (ports.clock.now() - codeSince < ports.policy.times.checkToldMs) return;
  const { name } = ports.providers.get(provider)!;
  await recordMessage(ports, id, {
    kind: 'check failing',
    cause: [String(since)],
    facts: { provider: name, since, help },
  });
}

/** Call it before a good check ends the episode, so that a crash between the two leaves nothing unsaid. */
export async function recordWorksAgain(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  { id, failingCheck }: Connection,
): Promise<void> {
  if (!failingCheck) return;
  const { since } = failingCheck;
  const cause = String(since);
  if (!(await ports.tables.messages.get(messageKey(id, messageId(id, 'check failing', cause))))) return;
  await recordMessage(ports, id, { kind: 'works again', cause: [cause], facts: { since } });
}

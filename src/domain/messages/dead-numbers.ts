/**
 * Numbers that do not exist any more: after three reports in a row that say so, the texts of a connection stop, because carriers
 * hold them against the sender. What the messages say decides, so an event that is handled twice changes nothing.
 */
import type { Connection, Message, DeliveryFailure } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { readOpenConnection } from '../connection/read';

const reportsInARow = 3;
const noSuchNumber: DeliveryFailure = 'NO_SUCH_NUMBER';

/** Call it after a report. A good report reads the messages only when the number counts as dead. */
export async function judgeNumber(
  ports: Pick<Ports, 'clock' | 'log' | 'tables'>,
  { connection: id, state }: Message,
): Promise<void> {
  const connection = await readOpenConnection(ports, id);
  if (!connection?.phone) return;
  if (state === 'delivered' && connection.numberDeadSince === undefined) return;
  const isDead = await saysNoSuchNumber(ports, connection);
  const now = ports.clock.now();
  let changed = false;
  await change(ports.tables.connections, connectionKey(id), (before): Connection | undefined => {
    // Confirmed anew meanwhile, or our own write.
    const isOther = before.textConsent?.at !== connection.textConsent?.at;
    changed = !isOther && before.closedAt === undefined && isDead === (before.numberDeadSince === undefined);
    return changed ? { ...before, numberDeadSince: isDead ? now : undefined } : undefined;
  });
  if (changed) ports.log.warn(isDead ? 'number.dead' : 'number.alive', { connection: id });
}

/** The last reports about texts that were sent since the number was entered. */
async function saysNoSuchNumber(
  ports: Pick<Ports, 'tables'>,
  { id, textConsent }: Connection,
): Promise<boolean> {
  const reported: Message[] = [];
  for await (const { value } of ports.tables.messages.list(id)) {
    const isReported = value.state === 'delivered' || value.state === 'failed';
    if (isReported && sentAt(value) >= (textConsent?.at ?? 0)) reported.push(value);
  }
  const last = reported.sort((a, b) => sentAt(b) - sentAt(a)).slice(0, reportsInARow);
  return last.length === reportsInARow && last.every(({ failure }) => failure === noSuchNumber);
}

function sentAt({ firstSentAt, createdAt }: Message): number {
  return firstSentAt ?? createdAt;
}

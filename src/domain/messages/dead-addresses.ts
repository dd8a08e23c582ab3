/**
 * Addresses that do not exist any more: after three reports in a row that say so of a number, or one of an e-mail address, the messages
 * of a connection stop, because carriers and mail servers hold them against the sender. What the messages say decides, so an event that
 * is handled twice changes nothing.
 */
import type { Connection, DeliveryFailure, MailFailure, Message, Way } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { addressOf, deadSinceOf } from '../contact/address-of';
import { readOpenConnection } from '../connection/read';

/** Carriers report living numbers as unknown now and then, so one report is not enough. A mail server means it, and Azure then sends it nothing for a day. */
const reportsInARow: Readonly<Record<Way, number>> = { sms: 3, email: 1 };
const saysSo: Readonly<Record<Way, readonly (DeliveryFailure | MailFailure)[]>> = {
  sms: ['NO_SUCH_NUMBER'],
  email: ['BOUNCED', 'SUPPRESSED'],
};

/** Call it after a report. A good report reads the messages only when the address counts as dead. */
export async function judgeAddress(
  ports: Pick<Ports, 'clock' | 'log' | 'tables'>,
  { connection: id, state, failure }: Message,
): Promise<void> {
  const connection = await readOpenConnection(ports, id);
  const way = connection && addressOf(connection)?.way;
  if (!way) return;
  if (state === 'delivered' ? deadSinceOf(connection) === undefined : !isSaid(way, failure)) return;
  const isDead = await isSaidInARow(ports, connection, way);
  const now = ports.clock.now();
  let changed = false;
  await change(ports.tables.connections, connectionKey(id), (before): Connection | undefined => {
    // Confirmed anew meanwhile, or our own write.
    const isOther = before.textConsent?.at !== connection.textConsent?.at;
    changed = !isOther && before.closedAt === undefined && isDead === (deadSinceOf(before) === undefined);
    const since = isDead ? now : undefined;
    return changed
      ? { ...before, ...(way === 'email' ? { emailDeadSince: since } : { numberDeadSince: since }) }
      : undefined;
  });
  const event = way === 'email' ? 'email' : 'number';
  if (changed) ports.log.warn(`${event}.${isDead ? 'dead' : 'alive'}`, { connection: id });
}

function isSaid(way: Way, failure: string | undefined): boolean {
  return saysSo[way].some((each) => each === failure);
}

/** The last reports about messages that were sent this way since the address was entered. */
async function isSaidInARow(
  ports: Pick<Ports, 'tables'>,
  { id, textConsent }: Connection,
  way: Way,
): Promise<boolean> {
  const reported: Message[] = [];
  for await (const { value } of ports.tables.messages.list(id)) {
    const isReported = value.state === 'delivered' || value.state === 'failed';
    const isThisWay = (value.way ?? 'sms') === way;
    if (isReported && isThisWay && sentAt(value) >= (textConsent?.at ?? 0)) reported.push(value);
  }
  const last = reported.sort((a, b) => sentAt(b) - sentAt(a)).slice(0, reportsInARow[way]);
  return last.length === reportsInARow[way] && last.every(({ failure }) => isSaid(way, failure));
}

function sentAt({ firstSentAt, createdAt }: Message): number {
  return firstSentAt ?? createdAt;
}

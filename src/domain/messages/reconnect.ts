/** Tells a wearer that only a new consent helps: once for each end of a grant, and once more after a week. */
import type { Connection, ConnectionId, Message, MessageState, Settings } from '../../model';
import type { Ports } from '../../ports';
import { messageId } from '../store/row-keys';
import { addressOf, hasLivingAddress } from '../contact/address-of';
import { isStopped } from '../contact/addresses';
import { isTimeToAskAgain } from './ask-again';
import { sendWaiting } from './outbox';
import { readLast } from './repeats';
import { readOpenConnection } from '../connection/read';
import { needsConsent } from '../connection/state';
import { recheckOf, recordMessage, type TextNeeds } from './record-message';

type Cause = readonly string[];

/** Can be called at any time: the position that failed makes the messages' ids, so nobody is told twice or reminded twice. */
export async function tellToReconnect(ports: TextNeeds, id: ConnectionId): Promise<void> {
  const connection = await readOpenConnection(ports, id);
  const first = connection && causeOf(connection);
  if (!first) return;
  const cause = await findDue(ports, id, first);
  const provider = ports.providers.get(connection.provider)!.name;
  if (cause) await recordMessage(ports, id, { kind: 'reconnect', cause, facts: { provider } });
  await sendWaiting(ports, connection, recheckOf(id));
}

/** Whether a text has to be written, or one that was written has not been sent yet. After STOP nobody is to be told. */
export async function isToBeTold(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'> & Pick<Settings, 'policy'>,
  connection: Connection,
): Promise<boolean> {
  const first = causeOf(connection);
  const address = addressOf(connection);
  if (!first || !address || !(await findDue(ports, connection.id, first))) return false;
  return !(await isStopped(ports, address));
}

/** @returns `undefined` where there is nothing to tell, or no way to */
function causeOf(connection: Connection): Cause | undefined {
  const { closedAt, pointer } = connection;
  if (closedAt !== undefined || !pointer || !needsConsent(connection)) return undefined;
  if (!hasLivingAddress(connection)) return undefined;
  return [String(pointer.consent), String(pointer.generation)];
}

/** @returns the cause of the first request or of the reminder, whichever is due now */
async function findDue(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  connection: ConnectionId,
  first: Cause,
): Promise<Cause | undefined> {
  const read = (cause: Cause): Promise<Message | undefined> =>
    readLast(ports, { connection, kind: 'reconnect', id: messageId(connection, 'reconnect', ...cause) });
  const asked = await read(first);
  if (isUntold(ports, asked)) return first;
  if (!isToBeReminded(asked, ports.clock.now())) return undefined;
  const reminder = [...first, 'reminder'];
  return isUntold(ports, await read(reminder)) ? reminder : undefined;
}

function isUntold({ policy }: Pick<Settings, 'policy'>, message: Message | undefined): boolean {
  const { state } = message ?? {};
  return (
    state === undefined ||
    state === 'pending' ||
    state === 'claimed' ||
    (state === 'logged' && !policy.dryRun)
  );
}

/** The request has left. One that failed may have met a phone that was off for days, or a number that was not verified yet. */
const hasLeft: readonly MessageState[] = ['sent', 'delivered', 'failed', 'unknown'];

/** By then the study may be over. It also keeps the first release that reminds from reminding of requests that are old. */
const remindUntilMs = 30 * 24 * 3_600_000;

function isToBeReminded(asked: Message | undefined, now: number): boolean {
  if (!asked || !hasLeft.includes(asked.state) || !isTimeToAskAgain(asked, now)) return false;
  return now - (asked.firstSentAt ?? 0) < remindUntilMs;
}

/** Tells a wearer, once per episode, that only a new consent helps. */
import type { Connection, ConnectionId, Settings } from '../../model';
import type { Ports } from '../../ports';
import { messageId } from '../store/row-keys';
import { addressOf, hasLivingAddress } from '../contact/address-of';
import { isStopped } from '../contact/addresses';
import { tellNow } from './outbox';
import { readLastState } from './repeats';
import { readOpenConnection } from '../connection/read';
import { needsConsent } from '../connection/state';
import type { TextNeeds } from './record-message';

/** Can be called at any time: the position that failed makes the message's id, so nobody is told twice. */
export async function tellToReconnect(ports: TextNeeds, id: ConnectionId): Promise<void> {
  const connection = await readOpenConnection(ports, id);
  const cause = connection && causeOf(connection);
  if (!cause) return;
  const provider = ports.providers.get(connection.provider)!.name;
  await tellNow(ports, connection, { kind: 'reconnect', cause, facts: { provider } });
}

/** Whether a text has to be written, or one that was written has not been sent yet. After STOP nobody is to be told. */
export async function isToBeTold(
  ports: Pick<Ports, 'keyedHash' | 'tables'> & Pick<Settings, 'policy'>,
  connection: Connection,
): Promise<boolean> {
  const cause = causeOf(connection);
  if (!cause) return false;
  const id = messageId(connection.id, 'reconnect', ...cause);
  const state = await readLastState(ports, { connection: connection.id, kind: 'reconnect', id });
  const isDue =
    state === undefined ||
    state === 'pending' ||
    state === 'claimed' ||
    (state === 'logged' && !ports.policy.dryRun);
  const address = addressOf(connection);
  return isDue && address !== undefined && !(await isStopped(ports, address));
}

/** @returns `undefined` where there is nothing to tell, or no way to */
function causeOf(connection: Connection): readonly string[] | undefined {
  const { closedAt, pointer } = connection;
  if (closedAt !== undefined || !pointer || !needsConsent(connection)) return undefined;
  if (!hasLivingAddress(connection)) return undefined;
  return [String(pointer.consent), String(pointer.generation)];
}

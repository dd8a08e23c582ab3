/** Records messages, each once by its cause. The outbox sends them. */
import {
  isWearerKind,
  type Address,
  type CheckJob,
  type Connection,
  type ConnectionId,
  type Message,
  type Settings,
} from '../../model';
import type { Key, Ports } from '../../ports';
import type { Secret } from '../../secret';
import { change, insertOnce } from '../store/compare-and-swap';
import { messageId, messageKey } from '../store/row-keys';
import { addressOf } from '../contact/address-of';

/** Where the operator is told of alarms: by text, by e-mail, or both. */
export type OperatorAddresses = Pick<Settings, 'operatorEmail' | 'operatorPhone'>;

/** What an alarm needs: its record, and a job that tells the operator. */
export type AlarmNeeds = Pick<Ports, 'clock' | 'log' | 'queues' | 'random' | 'tables'> &
  OperatorAddresses &
  Pick<Settings, 'policy'>;

/** What a message needs on its way from its cause to the phone or the mailbox. */
export type TextNeeds = AlarmNeeds &
  Pick<Ports, 'email' | 'keyedHash' | 'providers' | 'sms'> &
  Pick<Settings, 'operatorContact' | 'publicUrl'>;

/** A connection, an address that is being confirmed, or the operator. */
export interface Recipient extends Partial<
  Pick<Connection, 'preferences' | 'timeZone' | 'linkVersion' | 'numberDeadSince' | 'emailDeadSince'>
> {
  readonly id: ConnectionId;
  readonly phone?: Secret | undefined;
  /** Only the operator has one beside a number. */
  readonly email?: Secret | undefined;
}

/**
 * Where a message goes: one to a wearer to the one address that there is, and one to the operator or a coordinator by the way that it was
 * recorded for.
 */
export function addressFor(
  recipient: Recipient,
  { kind, way }: Pick<Message, 'kind' | 'way'>,
): Address | undefined {
  if (isWearerKind(kind)) return addressOf(recipient);
  const to = way === 'email' ? recipient.email : recipient.phone;
  return to && { way: way ?? 'sms', to };
}

export interface NewMessage extends Pick<Message, 'kind' | 'way' | 'device' | 'cycle' | 'facts' | 'repeats'> {
  readonly cause: readonly string[];
}

/** The cause makes the id: the same cause can never make two messages. */
export async function recordMessage(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  recipient: ConnectionId,
  { cause, ...content }: NewMessage,
): Promise<void> {
  const { kind } = content;
  const id = messageId(recipient, kind, ...cause);
  const key = messageKey(recipient, id);
  const createdAt = ports.clock.now();
  const fresh: Message = { id, connection: recipient, createdAt, state: 'pending', ...content };
  if (await insertOnce(ports.tables.messages, key, fresh)) return;
  // Nobody has been told yet: the text was only logged in a dry run that is over, or dropped by a STOP that a START has ended.
  if (!ports.policy.dryRun) {
    await change(ports.tables.messages, key, ({ state }) =>
      state === 'logged' || (kind === 'move' && state === 'dropped') ? fresh : undefined,
    );
  }
}

/** The job that comes back to a connection, or to the operator, while the outcome of a text is unknown. */
export function recheckOf(recipient: ConnectionId): CheckJob {
  return { kind: 'check-battery', connection: recipient, run: 'recheck' };
}

/** Drops a text that waits; one that is being sent already goes on. */
export async function dropMessage({ tables }: Pick<Ports, 'tables'>, key: Key): Promise<void> {
  await change(tables.messages, key, (before): Message | undefined =>
    before.state === 'pending' ? { ...before, state: 'dropped' } : undefined,
  );
}

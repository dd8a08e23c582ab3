/** Messages on their way: recorded once by their cause, sent by whoever comes by next. */
import type { ConnectionId, Message, MessageKind } from '../model';
import type { Ports } from '../ports';
import type { Secret } from '../secret';
import { change, insertOnce } from './change';
import { deviceKey, messageId, messageKey } from './keys';
import { sendMessage } from './send-message';

/** A connection, or whoever runs the service. */
export interface Recipient {
  readonly id: ConnectionId;
  readonly phone?: Secret | undefined;
}

/** The cause makes the id: the same cause can never make two messages. */
export async function recordMessage(
  ports: Ports,
  recipient: ConnectionId,
  kind: MessageKind,
  cause: readonly string[],
  content: Pick<Message, 'device' | 'cycle' | 'facts'>,
): Promise<void> {
  const id = messageId(recipient, kind, ...cause);
  await insertOnce(ports.tables.messages, messageKey(recipient, id), {
    id,
    connection: recipient,
    kind,
    createdAt: ports.clock.now(),
    state: 'pending',
    ...content,
  });
}

export interface SentWaiting {
  readonly sent: number;
  /** Texts whose outcome is unknown; they can be repeated safely for some minutes. */
  readonly unsettled: number;
}

/** Sends whatever is not sent yet, and drops what is not true any more. */
export async function sendWaiting(ports: Ports, recipient: Recipient): Promise<SentWaiting> {
  let sent = 0;
  let unsettled = 0;
  for await (const { value: message, key } of ports.tables.messages.list(recipient.id)) {
    if (message.state !== 'pending' && message.state !== 'claimed') continue;
    if (message.state === 'pending' && !(await isStillTrue(ports, message))) {
      await change(ports.tables.messages, key, (before): Message | undefined =>
        before.state === 'pending' ? { ...before, state: 'dropped' } : undefined,
      );
      continue;
    }
    const state = await sendMessage(ports, recipient, message.id);
    if (state === 'sent') sent += 1;
    if (state === 'claimed') unsettled += 1;
  }
  return { sent, unsettled };
}

/**
 * A text that had to wait is not sent about a battery that has been charged meanwhile. A device that does not know
 * of the alert yet is another matter: its check died, or is about to write it down.
 */
async function isStillTrue(ports: Ports, { connection, device, cycle = 0 }: Message): Promise<boolean> {
  if (device === undefined) return true;
  const row = await ports.tables.devices.get(deviceKey(connection, device));
  return (row?.value.cycle ?? 0) <= cycle;
}

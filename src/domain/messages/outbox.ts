/** Messages on their way: recorded once by their cause, sent by whoever comes by next. */
import type { CheckJob, Connection, ConnectionId, Message, MessageKind } from '../../model';
import type { Ports, Row } from '../../ports';
import type { Secret } from '../../secret';
import { stillHolds } from '../battery/battery-policy';
import { maySpend } from './budget';
import { change, insertOnce } from '../change';
import { deviceKey, messageId, messageKey } from '../keys';
import { isQuietNow } from './quiet-hours';
import { composeText } from './message-text';
import { frameFor, sendMessage } from './send-message';

/** A connection, a number that is being confirmed, or whoever runs the service. */
export interface Recipient extends Partial<Pick<Connection, 'preferences' | 'timeZone' | 'linkVersion'>> {
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

/**
 * Sends whatever is not sent yet, and drops what is not true any more. `recheck` is what comes back while the outcome of
 * a text is unknown: the next hourly check would be too late to repeat it.
 */
export async function sendWaiting(
  ports: Ports,
  recipient: Recipient,
  recheck?: CheckJob,
): Promise<SentWaiting> {
  let sent = 0;
  let unsettled = 0;
  let takeBack: (() => Promise<void>) | undefined;
  const waiting: Row<Message>[] = [];
  for await (const row of ports.tables.messages.list(recipient.id)) {
    if (row.value.state === 'pending' || row.value.state === 'claimed') waiting.push(row);
  }
  const newestCode = Math.max(0, ...waiting.map(({ value }) => value.facts.codeNumber ?? 0));
  for (const { value: message, key } of waiting) {
    if (message.state === 'pending' && !(await isStillTrue(ports, message, newestCode))) {
      await change(ports.tables.messages, key, (before): Message | undefined =>
        before.state === 'pending' ? { ...before, state: 'dropped' } : undefined,
      );
      continue;
    }
    if (message.state === 'pending' && isHeld(recipient, message, ports.clock.now())) continue;
    if (message.state === 'pending' && ports.policy.dryRun && isUnasked(message)) {
      await logInstead(ports, recipient, message);
      continue;
    }
    if (message.state === 'pending' && !(await maySpend(ports, recipient, message))) continue;
    // Before the claim: whoever dies after it leaves somebody who repeats it in time.
    if (recheck) takeBack ??= await ports.queues.enqueue(recheck, ports.policy.times.smsClaimMs);
    const state = await sendMessage(ports, recipient, message.id);
    // The delivery report can be faster than the answer to the send.
    if (state === 'sent' || state === 'delivered') sent += 1;
    if (state === 'claimed') unsettled += 1;
  }
  if (unsettled === 0) await takeBack?.();
  return { sent, unsettled };
}

/** Nobody is woken by a battery, or by what has time for months. Held texts are judged again when the quiet hours or the pause are over. */
function isHeld(recipient: Recipient, { device, kind }: Message, now: number): boolean {
  if (device !== undefined && recipient.preferences?.paused) return true;
  return (device !== undefined || kind === 'move') && isQuietNow(recipient, now);
}

/** Nobody stands at a page and waits for it. */
function isUnasked({ device, kind }: Message): boolean {
  return device !== undefined || kind === 'reconnect' || kind === 'move';
}

async function logInstead(ports: Ports, recipient: Recipient, message: Message): Promise<void> {
  const body = composeText(message, frameFor(ports, recipient));
  const logged = await change(
    ports.tables.messages,
    messageKey(recipient.id, message.id),
    (before): Message | undefined =>
      before.state === 'pending' ? { ...before, state: 'logged', body } : undefined,
  );
  if (logged?.state !== 'logged') return;
  ports.log.info('sms.dry_run', { connection: recipient.id, message: message.id, kind: message.kind, body });
}

/**
 * A text that had to wait is not sent about a battery that has been charged meanwhile. A device that does not know
 * of the alert yet is another matter: its check died, or is about to write it down.
 */
async function isStillTrue(ports: Ports, message: Message, newestCode: number): Promise<boolean> {
  const { connection, device, cycle = 0, kind, facts, createdAt } = message;
  if (kind === 'code') {
    const fresh = ports.clock.now() - createdAt < ports.policy.times.codeMs;
    return fresh && facts.codeNumber === newestCode;
  }
  if (device === undefined) return true;
  const row = await ports.tables.devices.get(deviceKey(connection, device));
  return stillHolds({ kind, cycle }, row?.value);
}

/**
 * Sends one message at most once: claimed by ETag before the send, repeated only with the same id, time and body
 * and only while Communication Services still recognises the repeat. Rather one text too few than two.
 */
import type { Connection, Message } from '../model';
import type { Ports } from '../ports';
import { change } from './change';
import { messageKey } from './keys';
import { composeText } from './message-text';

export async function sendMessage(
  ports: Ports,
  connection: Connection,
  id: string,
): Promise<Message['state'] | 'not now'> {
  if (!connection.phone) return 'not now';
  const key = messageKey(connection.id, id);
  const now = ports.clock.now();
  const claimedUntil = now + ports.policy.times.smsClaimMs;
  let won = false;
  const claimed = await change(ports.tables.messages, key, (message) => {
    const next = claim(message, now, claimedUntil, ports.policy.times.smsResendMs);
    won = next?.state === 'claimed';
    return next;
  });
  if (!won || claimed?.body === undefined || claimed.firstSentAt === undefined) {
    if (claimed?.state === 'unknown')
      ports.log.warn('sms.unknown', { connection: connection.id, message: id });
    return claimed?.state ?? 'not now';
  }
  const { body, firstSentAt } = claimed;
  const answer = await ports.sms.send({ id, firstSentAt, to: connection.phone, body });
  const settled = await change(ports.tables.messages, key, (message): Message | undefined => {
    if (message.state !== 'claimed' || message.claimedUntil !== claimedUntil) return undefined;
    switch (answer.kind) {
      case 'accepted':
        return { ...message, state: 'sent', smsId: answer.smsId, claimedUntil: undefined };
      case 'refused':
        return { ...message, state: 'refused', failure: `HTTP ${answer.status}`, claimedUntil: undefined };
      case 'unavailable':
        // Certainly not accepted, so nothing has been sent: it starts afresh at the next check.
        return { ...message, state: 'pending', firstSentAt: undefined, claimedUntil: undefined };
      case 'unknown':
        return { ...message, claimedUntil: now };
    }
  });
  const state = settled?.state ?? 'not now';
  ports.log[answer.kind === 'accepted' ? 'info' : 'warn']('sms.send', {
    connection: connection.id,
    message: id,
    kind: claimed.kind,
    outcome: answer.kind,
  });
  return state;
}

function claim(message: Message, now: number, claimedUntil: number, resendMs: number): Message | undefined {
  const { state, firstSentAt = now } = message;
  if (state === 'pending') {
    return { ...message, state: 'claimed', firstSentAt: now, claimedUntil, body: composeText(message) };
  }
  if (state !== 'claimed' || (message.claimedUntil ?? 0) > now) return undefined;
  return now - firstSentAt < resendMs
    ? { ...message, claimedUntil }
    : { ...message, state: 'unknown', claimedUntil: undefined };
}

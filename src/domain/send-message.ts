/**
 * Sends one message at most once: claimed by ETag before the send, repeated only with the same id, time and body
 * and only while Communication Services still recognises the repeat. Rather one text too few than two.
 */
import type { Message, MessageState, Times } from '../model';
import type { Ports, SmsAnswer } from '../ports';
import { change } from './change';
import { messageKey } from './keys';
import { composeText } from './message-text';
import type { Recipient } from './outbox';

export async function sendMessage(
  ports: Ports,
  recipient: Recipient,
  id: string,
): Promise<MessageState | 'not now'> {
  if (!recipient.phone) return 'not now';
  const key = messageKey(recipient.id, id);
  const { publicUrl, policy } = ports;
  const claim: Claim = { by: ports.random.id(), at: ports.clock.now(), times: policy.times, publicUrl };
  const startedMs = ports.clock.monotonicMs();
  let isRepeat = false;
  const claimed = await change(ports.tables.messages, key, (message) => {
    if (message.claimedBy === claim.by) return undefined; // The claim was written, and its answer lost.
    isRepeat = message.state === 'claimed';
    return claimMessage(message, claim);
  });
  if (claimed?.state === 'unknown') ports.log.warn('sms.unknown', { connection: recipient.id, message: id });
  const won = claimed?.state === 'claimed' && claimed.claimedBy === claim.by;
  if (!won || claimed.body === undefined || claimed.firstSentAt === undefined)
    return claimed?.state ?? 'not now';
  // A worker that was frozen after its claim may not send any more: somebody else has, or will.
  if (ports.clock.monotonicMs() - startedMs >= claim.times.smsClaimMs) return 'claimed';

  const { body, firstSentAt, kind } = claimed;
  const answer = await ports.sms.send({ id, firstSentAt, to: recipient.phone, body });
  const settled = await change(ports.tables.messages, key, (message) =>
    message.state === 'claimed' && message.claimedBy === claim.by
      ? settleMessage(message, answer, isRepeat, claim.at)
      : undefined,
  );
  ports.log[answer.kind === 'accepted' ? 'info' : 'warn']('sms.send', {
    connection: recipient.id,
    message: id,
    kind,
    outcome: answer.kind,
  });
  return settled?.state ?? 'not now';
}

interface Claim {
  readonly by: string;
  readonly at: number;
  readonly times: Times;
  readonly publicUrl: string;
}

function claimMessage(message: Message, { by, at, times, publicUrl }: Claim): Message | undefined {
  const claim = { state: 'claimed', claimedBy: by, claimedUntil: at + times.smsClaimMs } as const;
  if (message.state === 'pending') {
    return { ...message, ...claim, firstSentAt: at, body: composeText(message, publicUrl) };
  }
  if (message.state !== 'claimed' || (message.claimedUntil ?? 0) > at) return undefined;
  return at - (message.firstSentAt ?? 0) < times.smsResendMs
    ? { ...message, ...claim }
    : { ...message, state: 'unknown', claimedUntil: undefined };
}

function settleMessage(message: Message, answer: SmsAnswer, isRepeat: boolean, now: number): Message {
  const open = { ...message, claimedUntil: undefined };
  switch (answer.kind) {
    case 'accepted':
      return { ...open, state: 'sent', smsId: answer.smsId };
    case 'refused':
      return { ...open, state: 'refused', failure: `HTTP ${answer.status}` };
    case 'unavailable':
      // Nothing was accepted this time. What became of an earlier attempt, this does not say.
      return isRepeat
        ? { ...message, claimedUntil: now }
        : { ...open, state: 'pending', firstSentAt: undefined };
    case 'unknown':
      return { ...message, claimedUntil: now };
  }
}

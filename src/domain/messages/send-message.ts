/**
 * Sends one message, by SMS or e-mail, at most once: claimed by ETag before the send, repeated only with the same id, time and body
 * and only while Communication Services still recognises the repeat. Rather one text too few than two.
 */
import {
  isWearerKind,
  waitsForStart,
  type Address,
  type Message,
  type MessageState,
  type Times,
  type Way,
} from '../../model';
import type { EmailAnswer, Key, Ports, SmsAnswer } from '../../ports';
import { change } from '../store/compare-and-swap';
import { messageKey, messageTag } from '../store/row-keys';
import { endAlarm, raiseAlarm } from './alarms';
import { deriveCode, deriveConfirmLink, deriveUnsubscribe, macOfAddress } from '../contact/keyed-values';
import { linkOf, linkVersionOf } from '../contact/personal-link';
import { composeMail, unsubscribeAddressIn, unsubscribePlaceholder } from './mail-text';
import { composeText, frameFor } from './message-text';
import { codePlaceholder, confirmPlaceholder, linkPlaceholder, type TextFrame } from './words-of';
import { isBegunByReply, isStopped } from '../contact/addresses';
import { noteTextLeft } from './report-watch';
import { noteStaffReach } from './staff-reach';
import { Secret } from '../../secret';
import { addressFor, type Recipient, type TextNeeds, type AlarmNeeds } from './record-message';

/**
 * @returns what the row says now; `not now` if there is nothing to send; `too late` if the worker was held up for so long that it did not send:
 *   the message waits again, and whoever comes next sends it
 */
export async function sendMessage(
  ports: TextNeeds,
  recipient: Recipient,
  message: Pick<Message, 'id' | 'kind' | 'way'>,
  /** The facts of now, where they differ from those that were recorded. */
  facts?: Message['facts'],
): Promise<MessageState | 'not now' | 'too late'> {
  const { id } = message;
  const address = addressFor(recipient, message);
  if (!address) return 'not now';
  const { way, to } = address;
  const key = messageKey(recipient.id, id);
  const { policy } = ports;
  // Begins before the look at the opt-outs, because a worker that froze after it does not know of a later STOP.
  const startedMs = ports.clock.monotonicMs();
  // Carriers block it too, and would count it against the sender.
  if (heedsStop(ports, message, address) && (await isStopped(ports, address))) {
    const dropped = await dropStopped(ports, key);
    await noteLost(ports, dropped, to);
    return dropped?.state ?? 'not now';
  }
  const claim: Claim = {
    by: ports.random.id(),
    at: ports.clock.now(),
    times: policy.times,
    frame: frameFor(ports, recipient),
    linkVersion: linkVersionOf(recipient),
    facts,
    way,
    for: await macOfAddress(ports, address),
  };
  let isRepeat = false;
  const claimed = await change(ports.tables.messages, key, (before) => {
    if (before.claimedBy === claim.by) return undefined; // The claim was written, and its answer lost.
    isRepeat = before.state === 'claimed';
    return claimMessage(before, claim);
  });
  if (claimed?.state === 'unknown') {
    ports.log.warn(eventsOf(claimed.way ?? 'sms').unknown, { connection: recipient.id, message: id });
  }
  const won = claimed?.state === 'claimed' && claimed.claimedBy === claim.by;
  if (!won || claimed.body === undefined || claimed.firstSentAt === undefined)
    return claimed?.state ?? 'not now';
  const settle = (answer: SmsAnswer | EmailAnswer): Promise<Message | undefined> =>
    change(ports.tables.messages, key, (before) =>
      before.state === 'claimed' && before.claimedBy === claim.by
        ? settleMessage(before, answer, isRepeat, claim.at)
        : undefined,
    );
  let filledIn: Record<string, Secret>;
  try {
    filledIn = await fillIn(ports, claimed, address);
  } catch (error) {
    // Nothing has been sent: left claimed, the text would be given up as perhaps received.
    await settle({ kind: 'unavailable' });
    throw error;
  }
  // A worker that was frozen may not send any more: somebody else has, or will, or the wearer has said STOP. A text has to
  // arrive while a repeat is still recognised.
  const { smsClaimMs, smsSendMs } = claim.times;
  if (ports.clock.monotonicMs() - startedMs >= smsClaimMs - smsSendMs) {
    // Left claimed, the text would be given up as perhaps received if the next worker is held up too.
    const left = await settle({ kind: 'unavailable' });
    return left?.state === 'pending' ? 'too late' : (left?.state ?? 'not now');
  }

  const { body, subject = '', firstSentAt, kind } = claimed;
  const content = { id, firstSentAt, to, body, fillIn: filledIn };
  const answer =
    way === 'email'
      ? await ports.email.send({ ...content, subject, unsubscribeAt: unsubscribeAddressIn(body, ports) })
      : await ports.sms.send({ ...content, tag: messageTag(recipient.id, id) });
  ports.log[answer.kind === 'accepted' ? 'info' : 'warn'](eventsOf(way).send, {
    connection: recipient.id,
    message: id,
    kind,
    outcome: answer.kind,
    ...statusOf(answer),
  });
  const settled = await settle(answer);
  await noteWhetherRefused(ports, way, answer, settled);
  await noteLost(ports, settled, to);
  return settled?.state ?? 'not now';
}

interface Claim {
  readonly by: string;
  readonly at: number;
  readonly times: Times;
  readonly frame: TextFrame;
  readonly linkVersion: number;
  readonly facts: Message['facts'] | undefined;
  readonly way: Way;
  /** A keyed hash of the address. */
  readonly for: string;
}

/**
 * Some messages go out although the address is stopped: alarms and the digest, because the operator or a coordinator may be a wearer too, and the
 * link or the code that confirms an address, because somebody who asks to be written to again needs it. Not where START is answered to a text:
 * after STOP a carrier blocks every text, also a code.
 */
function heedsStop(ports: Pick<Ports, 'sms'>, { kind }: Pick<Message, 'kind'>, address: Address): boolean {
  return isBegunByReply(ports, address) || (isWearerKind(kind) && kind !== 'code');
}

/** Too many requests pass, unless they last for so long. */
const busyMs = 3_600_000;

/** Communication Services refuses this service, whoever the text is for: a role is missing, or a quota is used up. */
async function noteWhetherRefused(
  ports: AlarmNeeds,
  way: Way,
  answer: SmsAnswer | EmailAnswer,
  { turnedAwayAt = Infinity }: Pick<Message, 'turnedAwayAt'> = {},
): Promise<void> {
  if (answer.kind === 'accepted' && way === 'sms') await noteTextLeft(ports).catch(() => undefined);
  const alarm = way === 'email' ? 'e-mails refused' : 'texts refused';
  const { status } = statusOf(answer);
  const isPassing = status === undefined || (status === 429 && ports.clock.now() - turnedAwayAt < busyMs);
  const isRefused = answer.kind === 'unavailable' && !isPassing;
  if (!isRefused && answer.kind !== 'accepted') return;
  try {
    await (isRefused ? raiseAlarm(ports, alarm, statusOf(answer)) : endAlarm(ports, alarm));
  } catch {
    // The text itself is settled and must not look as if it had failed. The next text raises or ends the alarm.
    ports.log.warn('alarm.not_noted', { alarm });
  }
}

/** The operator's own message tells them nothing, and nobody reports on one that was never sent. */
async function noteLost(ports: TextNeeds, message: Message | undefined, to: Secret): Promise<void> {
  if (message?.state !== 'refused' && message?.state !== 'dropped') return;
  await noteStaffReach(ports, message, to).catch(() => {
    ports.log.warn('alarm.not_noted', { kind: message.kind });
  });
}

function eventsOf(way: Way) {
  return way === 'email'
    ? { send: 'email.send', unknown: 'email.unknown' }
    : { send: 'sms.send', unknown: 'sms.unknown' };
}

function statusOf(answer: SmsAnswer | EmailAnswer): { readonly status?: number } {
  return 'status' in answer && answer.status !== undefined ? { status: answer.status } : {};
}

/** The same at every repeat: it is derived from what the first claim wrote down. */
async function fillIn(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  { body = '', connection, facts }: Message,
  address: Address,
): Promise<Record<string, Secret>> {
  const values: Record<string, Secret> = {};
  if (body.includes(linkPlaceholder)) {
    const link = await linkOf(ports, { id: connection, linkVersion: facts.linkVersion });
    values[linkPlaceholder] = new Secret(link);
  }
  if (body.includes(codePlaceholder)) {
    values[codePlaceholder] = await deriveCode(ports, connection, facts.codeNumber ?? 0);
  }
  if (body.includes(confirmPlaceholder)) {
    values[confirmPlaceholder] = await deriveConfirmLink(ports, connection);
  }
  if (body.includes(unsubscribePlaceholder)) {
    values[unsubscribePlaceholder] = new Secret(await deriveUnsubscribe(ports, address));
  }
  return values;
}

async function dropStopped(ports: Pick<Ports, 'clock' | 'tables'>, key: Key): Promise<Message | undefined> {
  const now = ports.clock.now();
  return change(ports.tables.messages, key, (message): Message | undefined => {
    // It goes out after START if it is true then.
    if (message.state === 'pending' && waitsForStart(message.kind)) return undefined;
    if (message.state === 'pending') return { ...message, state: 'dropped', failure: 'STOP' };
    // Nobody will repeat it: left open, it would be looked at again and again.
    const isAbandoned = message.state === 'claimed' && (message.claimedUntil ?? 0) <= now;
    return isAbandoned ? { ...message, state: 'unknown', claimedUntil: undefined } : undefined;
  });
}

const forecastGoodForMs = 2 * 3_600_000;

function claimMessage(
  message: Message,
  { by, at, times, frame, linkVersion, facts: now, way, for: claimedFor }: Claim,
): Message | undefined {
  const claim = { state: 'claimed', claimedBy: by, claimedUntil: at + times.smsClaimMs, claimedFor } as const;
  if (message.state === 'pending') {
    const { hoursLeft, ...said } = now ?? message.facts;
    // Hours that were left when it was decided.
    const isOld = hoursLeft === undefined || at - message.createdAt > forecastGoodForMs;
    const content = { ...message, facts: isOld ? said : { ...said, hoursLeft } };
    const facts = { ...(now ?? message.facts), linkVersion };
    return {
      ...{ ...message, ...claim, facts, firstSentAt: at },
      ...(way === 'email'
        ? { way, ...composeMail(content, frame) }
        : { way: undefined, subject: undefined, body: composeText(content, frame) }),
    };
  }
  if (message.state !== 'claimed' || (message.claimedUntil ?? 0) > at) return undefined;
  // An older release did not note for whom.
  const isSameAddress = (message.claimedFor ?? claimedFor) === claimedFor && (message.way ?? 'sms') === way;
  return isSameAddress && at - (message.firstSentAt ?? 0) < times.smsResendMs
    ? { ...message, ...claim }
    : { ...message, state: 'unknown', claimedUntil: undefined };
}

function turnedAway(
  { turnedAwayAt }: Message,
  { status }: { readonly status?: number | undefined },
  now: number,
): number | undefined {
  return turnedAwayAt ?? (status === 429 ? now : undefined);
}

function settleMessage(
  message: Message,
  answer: SmsAnswer | EmailAnswer,
  isRepeat: boolean,
  now: number,
): Message {
  const open = { ...message, claimedUntil: undefined, claimedFor: undefined };
  switch (answer.kind) {
    case 'accepted':
      return { ...open, state: 'sent', ...('smsId' in answer && { smsId: answer.smsId }) };
    case 'refused':
      return { ...open, state: 'refused', failure: `HTTP ${answer.status}` };
    case 'unavailable':
      // Nothing was accepted this time. What became of an earlier attempt, this does not say.
      return isRepeat
        ? { ...message, claimedUntil: now }
        : {
            ...open,
            state: 'pending',
            firstSentAt: undefined,
            turnedAwayAt: turnedAway(message, answer, now),
          };
    case 'unknown':
      return { ...message, claimedUntil: now };
  }
}

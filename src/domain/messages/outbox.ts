/** Messages on their way: recorded once by their cause, sent by whoever comes by next. */
import {
  alarmNames,
  type Address,
  type CheckJob,
  type ConnectionId,
  type LastText,
  type Message,
  type Settings,
} from '../../model';
import type { Ports } from '../../ports';
import { lastTextOf } from '../board/board-facts';
import { readAlarmOn } from './alarms';
import { spend } from './budget';
import { change } from '../store/compare-and-swap';
import { holdsSilence } from '../battery/silence';
import { alarmKey, deviceKey, messageKey } from '../store/row-keys';
import { decideMessage, type Decision, type Situation } from './decide-message';
import { addressOf } from '../contact/address-of';
import { isStopped } from '../contact/addresses';
import { composeMail } from './mail-text';
import { composeText, frameFor } from './message-text';
import { isQuietNow, quietEndsAt } from './quiet-hours';
import { sendMessage } from './send-message';
import { readConnection } from '../connection/read';
import { needsConsent } from '../connection/state';
import {
  addressFor,
  dropMessage,
  recheckOf,
  recordMessage,
  type NewMessage,
  type Recipient,
  type TextNeeds,
} from './record-message';

/** Records a text and sends it, and whatever else waits for the recipient; comes back while an outcome is unknown. */
export async function tellNow(
  ports: TextNeeds,
  recipient: Recipient,
  message: NewMessage,
): Promise<SentWaiting> {
  await recordMessage(ports, recipient.id, message);
  return sendWaiting(ports, recipient, recheckOf(recipient.id));
}

export interface SentWaiting {
  readonly sent: number;
  /** Texts whose outcome is unknown, or that this worker was too late to send; they can be sent again safely for some minutes. */
  readonly unsettled: number;
  /** The latest text that has left, or should have; absent where nobody looked. */
  readonly lastText?: LastText | undefined;
}

/**
 * Sends what is not sent yet and true now, and drops what is not true any more (decide-message.ts). `recheck` comes back every
 * minute while the outcome of a text is unknown, because the next hourly check would be too late to repeat it, and for an
 * hour while Communication Services accept nothing.
 */
export async function sendWaiting(
  ports: TextNeeds,
  recipient: Recipient,
  recheck?: CheckJob,
): Promise<SentWaiting> {
  let sent = 0;
  let unsettled = 0;
  let isTurnedAway = false;
  let isHeld = false;
  let cancel: Cancel | undefined;
  const own = addressOf(recipient);
  if (!own) return { sent, unsettled };
  const messages: Message[] = [];
  for await (const { value } of ports.tables.messages.list(recipient.id)) messages.push(value);
  const waiting = messages
    .filter(({ state }) => state === 'pending' || state === 'claimed')
    .sort((a, b) => a.createdAt - b.createdAt);
  if (waiting.length === 0) return { sent, unsettled, lastText: lastTextOf(messages) };
  const states = new Map<string, Message>();
  const isAddressStopped = await isStopped(ports, own);
  for (const message of waiting) {
    // One that is claimed was decided before: whoever repeats it repeats it as it was.
    let facts: Message['facts'] | undefined;
    if (message.state === 'pending') {
      const decision = await decideNow(ports, recipient, message, { messages, isStopped: isAddressStopped });
      isHeld ||= decision.act === 'hold';
      if (decision.act === 'drop') await dropMessage(ports, messageKey(recipient.id, message.id));
      if (decision.act === 'log') await logInstead(ports, recipient, { ...message, facts: decision.facts });
      if (decision.act !== 'send') continue;
      ({ facts } = decision);
    }
    const address = addressFor(recipient, message);
    if (!address) continue;
    const isCounted = message.state === 'pending';
    const refund = isCounted ? await spend(ports, { ...recipient, address }, message) : nothingToRefund;
    if (refund === 'drop') await dropMessage(ports, messageKey(recipient.id, message.id));
    if (refund === 'drop' || refund === 'wait') continue;
    let state: Awaited<ReturnType<typeof sendMessage>>;
    try {
      // Before the claim: if this worker dies after it, a recheck repeats the text while Communication Services still recognises the repeat.
      if (recheck && message.state === 'pending') cancel ??= await enqueueRechecks(ports, recheck);
      state = await sendMessage(ports, recipient, message, facts);
    } catch (error) {
      // Best effort: a refund that fails costs one text today, and the first error says more.
      await refund().catch(() => undefined);
      throw error;
    }
    if (state !== 'not now' && state !== 'too late') {
      states.set(message.id, { ...message, state, firstSentAt: message.firstSentAt ?? ports.clock.now() });
    }
    // The delivery report can be faster than the answer to the send.
    if (state === 'sent' || state === 'delivered') sent += 1;
    if (state === 'claimed' || state === 'too late') unsettled += 1;
    if (state === 'pending' && isSoonAgain(ports, message, address)) isTurnedAway = true;
    if (['pending', 'not now', 'too late', 'dropped'].includes(state)) await refund();
  }
  if (unsettled === 0) await cancel?.(isTurnedAway ? 1 : 0);
  if (isHeld && recheck) await comeBackInTheMorning(ports, recipient, recheck);
  return { sent, unsettled, lastText: lastTextOf(messages.map((each) => states.get(each.id) ?? each)) };
}

/** A dead worker's own job comes back when it is too late to repeat a text. */
const rechecks = [1, 2, 3];

/** @param kept how many stay, the earliest first */
type Cancel = (kept: number) => Promise<void>;

async function enqueueRechecks(
  { queues, policy }: Pick<Ports, 'queues'> & Pick<Settings, 'policy'>,
  job: CheckJob,
): Promise<Cancel> {
  const { smsClaimMs } = policy.times;
  const cancels = await Promise.all(rechecks.map((nth) => queues.enqueue(job, nth * smsClaimMs)));
  return async (kept) => void (await Promise.all(cancels.slice(kept).map((cancel) => cancel())));
}

/** A check that comes so soon after the quiet hours is soon enough. */
const soonMs = 2 * 3_600_000;

/** Where checks are rare, all of them can fall into the quiet hours. */
async function comeBackInTheMorning(
  { clock, policy, queues }: Pick<Ports, 'clock' | 'queues'> & Pick<Settings, 'policy'>,
  recipient: Recipient,
  job: CheckJob,
): Promise<void> {
  const now = clock.now();
  if (!isQuietNow(recipient, now)) return;
  const waitMs = quietEndsAt(recipient, now) - now;
  if (waitMs + soonMs < policy.times.batteryOverdueMs) await queues.enqueue(job, waitMs);
}

const soonAgainMs = 3_600_000;

/**
 * Communication Services accepted nothing (too many requests, no token, a missing role). One recheck stays, so that the text
 * is tried every minute for an hour. After that the hourly check tries it.
 */
function isSoonAgain(
  { clock, email, sms }: Pick<Ports, 'clock' | 'email' | 'sms'>,
  { createdAt }: Message,
  { way }: Address,
): boolean {
  const { missing } = way === 'email' ? email : sms;
  return missing.length === 0 && clock.now() - createdAt < soonAgainMs;
}

const nothingToRefund = (): Promise<void> => Promise.resolve();

async function logInstead(
  ports: Pick<Ports, 'log' | 'sms' | 'tables'> & Pick<Settings, 'operatorContact' | 'policy' | 'publicUrl'>,
  recipient: Recipient,
  message: Message,
): Promise<void> {
  const { way } = addressOf(recipient) ?? {};
  const compose = (said: Message): { readonly body: string } & Pick<Message, 'way' | 'subject'> =>
    way === 'email'
      ? { way, ...composeMail(said, frameFor(ports, recipient)) }
      : { body: composeText(said, frameFor(ports, recipient)) };
  const logged = await change(
    ports.tables.messages,
    messageKey(recipient.id, message.id),
    (before): Message | undefined =>
      before.state === 'pending'
        ? { ...before, state: 'logged', facts: message.facts, ...compose(message) }
        : undefined,
  );
  if (logged?.state !== 'logged') return;
  // The log knows no device by its name.
  const unnamed = { ...message, facts: { ...message.facts, model: undefined } };
  const { body } = compose(unnamed);
  const { id, kind } = message;
  const event = way === 'email' ? 'email.dry_run' : 'sms.dry_run';
  ports.log.info(event, { connection: recipient.id, message: id, kind, body });
}

async function decideNow(
  ports: Pick<Ports, 'clock' | 'providers' | 'tables'> & Pick<Settings, 'policy'>,
  recipient: Recipient,
  message: Message,
  known: Pick<Situation, 'messages' | 'isStopped'>,
): Promise<Decision> {
  const { connection, device, kind } = message;
  const key = device === undefined ? undefined : deviceKey(connection, device);
  return decideMessage(message, {
    now: ports.clock.now(),
    policy: ports.policy,
    recipient,
    ...known,
    about: key && { device: (await ports.tables.devices.get(key))?.value, row: key.row },
    isNeeded: kind === 'reconnect' || kind === 'move' ? await isConsentNeeded(ports, message) : true,
    isOutage: kind === 'silent' || kind === 'unseen' ? await isSilenceHeld(ports) : false,
    isAlarmOn: kind === 'alarm' && (await isAlarmOn(ports, message)),
    checks:
      kind === 'check failing' || kind === 'works again' ? await readChecks(ports, connection) : undefined,
  });
}

/** The one that a message tells, and no later one of the same name. */
async function isAlarmOn(ports: Pick<Ports, 'tables'>, { facts, createdAt }: Message): Promise<boolean> {
  const name = alarmNames.find((each) => each === facts.alarm);
  const alarm = name && (await readAlarmOn(ports, name));
  return alarm !== undefined && alarm.since <= createdAt;
}

async function readChecks(ports: Pick<Ports, 'tables'>, id: ConnectionId): Promise<Situation['checks']> {
  const record = await readConnection(ports, id);
  const isOperatorTold = (await readAlarmOn(ports, 'most checks fail')) !== undefined;
  return {
    failing: record?.failingCheck,
    isOtherwiseTold: isOperatorTold || (record !== undefined && needsConsent(record)),
  };
}

/** Nothing is said about silence while the provider may be the silent one. */
export async function isSilenceHeld({ tables, clock }: Pick<Ports, 'tables' | 'clock'>): Promise<boolean> {
  const alarm = await tables.alarms.get(alarmKey('many devices silent'));
  return holdsSilence(alarm?.value, clock.now());
}

async function isConsentNeeded(
  ports: Pick<Ports, 'providers' | 'tables'>,
  { connection, kind, facts }: Message,
): Promise<boolean> {
  const record = await readConnection(ports, connection);
  if (!record) return false;
  return kind === 'reconnect'
    ? needsConsent(record)
    : ports.providers.get(record.provider)?.name === facts.provider;
}

/**
 * What phone and mailbox have received for one alert, and whether the message's row agrees. Exactly one text or e-mail is right; none
 * is right only where nobody could know whether it had been sent; two never are, inside the fault model.
 */
import { messageId, messageKey, messageTag } from '../../../src/domain/store/row-keys';
import type { Message } from '../../../src/model';
import { keyOfMail, type Attempt, type Subject } from './message-saboteur';
import type { MessageStage } from './message-stage';
import type { MessageTimes } from './message-times';
import type { Text } from '../../phone/texts';

/** One alert of one wearer: it is followed until the end, because a text can still come later. */
export interface Alert {
  readonly subject: Subject;
  readonly kind: 'low' | 'critical';
  readonly cycle: number;
  readonly id: string;
  readonly tag: string;
}

export type Verdict =
  | { readonly is: 'told'; readonly state: Message['state'] }
  /** One text too few rather than two: the outcome of the only attempts could not be known. */
  | { readonly is: 'given up'; readonly why: string }
  | { readonly is: 'outside'; readonly why: string }
  | { readonly is: 'duplicate' | 'lost' | 'contradiction'; readonly why: string };

/** A text or an e-mail. */
type Received = Pick<Text, 'messageId' | 'to' | 'body' | 'tag' | 'receivedAt'>;

export function alertOf(subject: Subject, kind: Alert['kind']): Alert {
  const { connection, device, cycle } = subject;
  const id = messageId(connection, kind, device, String(cycle));
  return {
    subject,
    kind,
    cycle,
    id,
    tag: messageTag(connection, id),
  };
}

const finalStates: readonly (Message['state'] | undefined)[] = ['sent', 'delivered', 'unknown'];

export function isFinal(row: Message | undefined): boolean {
  return finalStates.includes(row?.state);
}

export function judge(
  alert: Alert,
  row: Message | undefined,
  texts: readonly Received[],
  stage: MessageStage,
): Verdict {
  const { subject, tag } = alert;
  const attempts = subject.attempts.filter((attempt) => attempt.tag === tag);
  const state = row?.state;
  if (attempts.some(({ rejected }) => rejected)) {
    return { is: 'contradiction', why: 'a repeat was another than the first' };
  }
  if (texts.length > 1) {
    const why = excuseForSecond(texts, attempts, stage.times);
    return why === undefined
      ? { is: 'duplicate', why: `${texts.length} texts, row ${state ?? 'missing'}` }
      : { is: 'outside', why };
  }
  if (texts.length === 1) {
    return state !== undefined && isFinal(row)
      ? { is: 'told', state }
      : { is: 'contradiction', why: `the text arrived, and the row is ${state ?? 'missing'}` };
  }
  if (state === 'sent' || state === 'delivered') {
    return { is: 'contradiction', why: `the row is ${state}, and no text arrived` };
  }
  return row && state === 'unknown'
    ? judgeNone(alert, row, stage)
    : { is: 'lost', why: `no text, row ${state ?? 'missing'}` };
}

/**
 * A worker looks at the clock last before it sends. What holds the request up after that, longer than a send may take,
 * nobody can call back: when it arrives after the carrier's memory is over, it is a second text.
 */
function excuseForSecond(
  texts: readonly Received[],
  attempts: readonly Attempt[],
  { service, memoryMs }: MessageTimes,
): string | undefined {
  const whys = texts.slice(1).map(({ messageId: id, receivedAt }) => {
    const made = attempts.find(({ textId }) => textId === id);
    const onItsWayMs = (made?.appliedAt ?? receivedAt) - (made?.decidedAt ?? receivedAt);
    const forgotten = receivedAt - (texts[0]?.receivedAt ?? 0) >= memoryMs;
    if (!forgotten || onItsWayMs < service.smsSendMs) return undefined;
    return "a send was on its way until the carrier's memory was over";
  });
  return whys.includes(undefined) ? undefined : whys[0];
}

/** The first try and the rechecks. */
const tries = 4;

/** One try can come too early: queues count in whole seconds, and the claim has not run out yet. */
const triesThatCount = tries - 1;

/**
 * Every fault can spoil a try, as can a process that was stopped for somebody else, and a call that a busy machine was too slow for: its job is put
 * back as after a fault.
 */
function judgeNone({ subject }: Alert, row: Message, { times: { service }, ledger }: MessageStage): Verdict {
  const { smsSendMs, smsClaimMs, smsResendMs } = service;
  const since = (row.firstSentAt ?? 0) - smsSendMs;
  const until = (row.firstSentAt ?? 0) + smsResendMs;
  const isWithin = (at: number): boolean => at >= since && at <= until;
  const stops = subject.stops.filter(({ at }) => isWithin(at)).length;
  const putBacks = ledger.putBacksOf(subject.connection, since, until);
  const spoilt = stops + Math.max(subject.spoilt.filter(isWithin).length, putBacks);
  if (spoilt >= triesThatCount) return { is: 'given up', why: `${spoilt} faults on its ${tries} tries` };
  const lateMs = ledger.latenessOf(subject.connection, since, until);
  const slowMs = subject.slow.filter(({ at }) => isWithin(at)).reduce((sum, { ms }) => sum + ms, lateMs);
  // The last recheck comes one claim before the end.
  if (slowMs > smsClaimMs / 2) return { is: 'outside', why: 'this machine was too slow' };
  return { is: 'lost', why: `no text, row unknown, and only ${spoilt} of its ${tries} tries spoilt` };
}

export async function readRows(
  { world: { services } }: MessageStage,
  alerts: readonly Alert[],
): Promise<(Message | undefined)[]> {
  const rows: (Message | undefined)[] = [];
  for (let first = 0; first < alerts.length; first += sideBySide) {
    const some = alerts.slice(first, first + sideBySide);
    const read = some.map(async ({ subject, id }) => {
      const key = messageKey(subject.connection, id);
      return (await services.tables.messages.get(key))?.value;
    });
    rows.push(...(await Promise.all(read)));
  }
  return rows;
}

const sideBySide = 16;

/** What has arrived, by the tag of its message. */
export function textsByTag({ world: { phone }, saboteur }: MessageStage): Map<string, Received[]> {
  const subjects = [...saboteur.strikes.subjects.values()];
  const connections = new Map(subjects.map(({ to, connection }) => [to, connection]));
  const mails = phone.mailbox.mails().map((mail): Received => ({
    ...mail,
    messageId: keyOfMail(mail),
    tag: messageTag(connections.get(mail.to) ?? '', mail.id),
  }));
  return Map.groupBy([...phone.texts(), ...mails], ({ tag = '' }) => tag);
}

export async function judgeAll(
  stage: MessageStage,
  alerts: readonly Alert[],
): Promise<{ alert: Alert; verdict: Verdict }[]> {
  const rows = await readRows(stage, alerts);
  const texts = textsByTag(stage);
  return alerts.map((alert, index) => ({
    alert,
    verdict: judge(alert, rows[index], texts.get(alert.tag) ?? [], stage),
  }));
}

/**
 * What Communication Services tells about texts and e-mails: what became of one of ours, and what somebody has answered. Events come
 * late, twice and in any order; whatever is done here can be done again and comes to the same.
 */
import type { Connection, Message, DeliveryFailure } from '../../model';
import type { Key, Ports } from '../../ports';
import { Secret } from '../../secret';
import { endAlarm, raiseAlarm } from './alarms';
import { change } from '../store/compare-and-swap';
import { takeOne } from '../store/counters';
import { macOfAddress } from '../contact/keyed-values';
import { readReply } from './keywords';
import { messageId, messageKey, readMessageTag } from '../store/row-keys';
import { linkVersionOf } from '../contact/personal-link';
import { noteText } from '../board/keep-board';
import { connectionsOf, setStopped } from '../contact/addresses';
import { hearWish } from './hear-wish';
import { judgeAddress } from './dead-addresses';
import { noteMailReport, type MailReport, type MailReportNeeds } from './mail-reports';
import { tellNow } from './outbox';
import { recordAgain } from './repeats';
import { noteReportCame } from './report-watch';
import type { TextNeeds, AlarmNeeds } from './record-message';
import { noteStaffBegan, noteStaffReach } from './staff-reach';

export interface DeliveryReport {
  readonly kind: 'report';
  /** What went along with the text; see `messageTag`. */
  readonly tag?: string | undefined;
  readonly to?: Secret | undefined;
  readonly smsId?: string | undefined;
  readonly delivered: boolean;
  /** The carrier's own words. */
  readonly details: string;
  readonly at: number;
}

export interface Reply {
  readonly kind: 'reply';
  readonly from: Secret;
  readonly to?: Secret | undefined;
  readonly text: string;
  readonly at: number;
}

export type SmsEvent = DeliveryReport | Reply | MailReport;

/** @throws what the stores throw; the queue then delivers the event again */
export function handleSmsEvent(ports: TextNeeds & MailReportNeeds, event: SmsEvent): Promise<void> {
  switch (event.kind) {
    case 'report':
      return noteReport(ports, event);
    case 'reply':
      return obeyReply(ports, event);
    case 'mail report':
      return noteMailReport(ports, event);
  }
}

/** Events that failed as often as the queue allows: a STOP may be among them. */
export async function notePoisonedEvent(ports: AlarmNeeds): Promise<void> {
  ports.log.error('job.poisoned', { job: 'sms-events' });
  await raiseAlarm(ports, 'jobs poisoned', { job: 'sms-events' });
}

/** By Communication Services' number, as Microsoft lists them in "Troubleshooting response codes", SMS. */
const failuresByNumber: Readonly<Record<string, DeliveryFailure>> = {
  4000: 'REFUSED_BY_CARRIER',
  4001: 'REFUSED_BY_CARRIER',
  4002: 'NO_SUCH_NUMBER',
  4003: 'REFUSED_BY_CARRIER',
  4004: 'NO_SUCH_NUMBER',
  4005: 'REFUSED_BY_CARRIER',
  4006: 'UNREACHABLE',
  4007: 'OPTED_OUT',
  4008: 'TOO_MANY',
  4009: 'REFUSED_BY_CARRIER',
  4010: 'SENDER_NOT_VERIFIED',
  4020: 'TOO_MANY',
  5000: 'TRY_LATER',
  5001: 'TRY_LATER',
};

/** By its words, where it gives no number that is known. The first that fits. */
const failuresByWords: readonly (readonly [DeliveryFailure, RegExp])[] = [
  ['OPTED_OUT', /sender blocked for given recipient|opted[ -]?out/i],
  ['SENDER_NOT_VERIFIED', /not (being )?verified|unverified/i],
  ['NO_SUCH_NUMBER', /(does not|doesn['’]?t) exist|invalid (destination|to\b|recipient)/i],
  ['UNREACHABLE', /unreachable|(not|n['’]?t) reachable|time(d )?-?out|unavailab/i],
  ['TOO_MANY', /exceeded|too many|volumetric/i],
  ['REFUSED_BY_CARRIER', /blocked|reject|spam|fraud|filter|unsupported destination/i],
];

/** As it comes: `ErrorCode: 4004. ErrorMessage: …`, the bare number, or words alone. */
const numberOfFailure = /^(?:ErrorCode:\s*)?(\d{4})\b/i;

export function readFailure(details: string): DeliveryFailure {
  const [, number = ''] = numberOfFailure.exec(details.trim()) ?? [];
  const byWords = failuresByWords.find(([, words]) => words.test(details));
  return failuresByNumber[number] ?? byWords?.[0] ?? 'OTHER';
}

/**
 * 5002: the carrier sends no reports, and "the message may have been delivered already". That is no failure; it says only
 * that Communication Services took the text.
 */
function isWithoutReport({ delivered, details }: DeliveryReport): boolean {
  return !delivered && numberOfFailure.exec(details.trim())?.[1] === '5002';
}

async function noteReport(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash'>,
  report: DeliveryReport,
): Promise<void> {
  await noteReportCame(ports);
  const key = readMessageTag(report.tag ?? '');
  const message = key && (await settleByReport(ports, key, report));
  if (message) await noteText(ports, message);
  if (message?.state === 'delivered' || message?.state === 'failed') await judgeAddress(ports, message);
  if (report.delivered) await endAlarm(ports, 'sender not verified');
  if (report.delivered && message) await noteStaffReach(ports, message, report.to);
  if (report.delivered || isWithoutReport(report)) return;
  const isRepeated = message?.state === 'failed' && willPass(report) && (await recordAgain(ports, message));
  if (message && !isRepeated) await noteStaffReach(ports, message, report.to);
  const failure = readFailure(report.details);
  if (failure === 'SENDER_NOT_VERIFIED') await raiseAlarm(ports, 'sender not verified');
  if (failure !== 'OPTED_OUT' || !report.to) return;
  // The carrier blocked it no earlier than when it was sent: a START after that is not undone by a late report.
  await setStopped(
    ports,
    { way: 'sms', to: report.to },
    { at: message?.firstSentAt ?? report.at, stopped: true },
  );
}

/** Not reachable, too many, or an error of the system: later it can work. Words alone do not say so for certain. */
function willPass({ details }: DeliveryReport): boolean {
  const [, number = ''] = numberOfFailure.exec(details.trim()) ?? [];
  return ['4006', '4008', '4020', '5000', '5001'].includes(number);
}

async function settleByReport(
  ports: Pick<Ports, 'log' | 'tables'>,
  key: Key,
  report: DeliveryReport,
): Promise<Message | undefined> {
  let changed = false;
  const message = await change(ports.tables.messages, key, (before) => {
    const after = applyReport(before, report);
    changed = after !== undefined;
    return after;
  });
  if (message && changed) {
    const about = { connection: message.connection, message: message.id, kind: message.kind };
    if (report.delivered) ports.log.info('sms.delivered', about);
    else if (isWithoutReport(report)) ports.log.info('sms.no_report', about);
    else ports.log.info('sms.failed', { ...about, code: readFailure(report.details) });
  }
  return message;
}

/**
 * A report is surer than whatever we knew: it may overtake our own answer to the send, and heals `unknown`. What has been
 * delivered stays so. A text that waits to be sent afresh is not held up by what became of an earlier attempt.
 */
function applyReport(before: Message, report: DeliveryReport): Message | undefined {
  const { delivered, details, smsId, at } = report;
  const known = {
    ...before,
    smsId: before.smsId ?? (smsId === undefined ? undefined : plain(smsId)),
    reportedAt: at,
    claimedUntil: undefined,
  };
  if (isWithoutReport(report)) {
    return before.state === 'claimed' || before.state === 'unknown' ? { ...known, state: 'sent' } : undefined;
  }
  switch (before.state) {
    case 'delivered':
      return undefined;
    case 'failed':
    case 'pending':
    case 'dropped':
    case 'logged':
      if (!delivered) return undefined;
      break;
    case 'claimed':
    case 'sent':
    case 'refused':
    case 'unknown':
  }
  return delivered
    ? { ...known, state: 'delivered', failure: undefined, carrierSaid: undefined }
    : {
        ...known,
        state: 'failed',
        failure: readFailure(details),
        carrierSaid: plain(withoutNumbers(details)),
      };
}

const longestPlain = 100;

function plain(text: string): string {
  return text
    .replace(/[^A-Za-z0-9 .,:;()_/-]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, longestPlain);
}

/** A carrier's code has four digits, and nobody's number has. */
function withoutNumbers(text: string): string {
  return text.replace(/\d(?:[ ().-]{0,2}\d){4,}/g, ' ');
}

async function obeyReply(ports: TextNeeds, { from, to, text, at }: Reply): Promise<void> {
  const keyword = readReply(text);
  // A resource can have several numbers. Whoever says STOP to any of them means it; the rest is between two.
  if (keyword === undefined || (keyword !== 'stop' && !isOurs(ports, to))) return;
  if (keyword === 'in doubt') return showDoubt(ports, from);
  const hash = await macOfAddress(ports, { way: 'sms', to: from });
  const connections =
    keyword === 'help'
      ? await connectionsOf(ports, hash)
      : await hearWish(ports, hash, { at, stopped: keyword === 'stop' });
  ports.log.info('sms.reply', { kind: keyword, count: connections.length });
  if (keyword === 'start') await noteStaffBegan(ports, hash);
  if (keyword === 'help') await answerHelp(ports, connections, at);
}

function isOurs({ sms }: Pick<Ports, 'sms'>, to: Secret | undefined): boolean {
  return to === undefined || sms.from === undefined || to.equals(new Secret(sms.from));
}

/** It may mean STOP, and may not: a person has to look. What was written stays between the wearer and their phone. */
async function showDoubt(ports: AlarmNeeds & Pick<Ports, 'keyedHash'>, from: Secret): Promise<void> {
  const [connection] = await connectionsOf(ports, await macOfAddress(ports, { way: 'sms', to: from }));
  if (!connection) return;
  ports.log.warn('sms.reply', { kind: 'in doubt', connection: connection.id });
  await raiseAlarm(ports, 'reply in doubt', { connection: connection.id });
}

const minuteMs = 60_000;
/** Enough for a person; two machines that answer each other end here. */
const mostHelpPerDay = 5;

/** Every time, but once a minute and five times a day at the most. A number that is nobody's is told nothing. */
async function answerHelp(ports: TextNeeds, connections: readonly Connection[], at: number): Promise<void> {
  const [first] = connections.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  if (!first) return;
  const cause = String(Math.floor(at / minuteMs));
  // The same event, delivered again, takes nothing of the day.
  const isKnown = await ports.tables.messages.get(messageKey(first.id, messageId(first.id, 'help', cause)));
  if (
    !isKnown &&
    !(await takeOne(ports, { scope: 'help', subject: first.id, window: 'day' }, mostHelpPerDay))
  )
    return;
  const facts = connections.length === 1 ? { linkVersion: linkVersionOf(first) } : {};
  await tellNow(ports, first, { kind: 'help', cause: [cause], facts });
}

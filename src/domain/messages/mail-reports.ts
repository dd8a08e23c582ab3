/**
 * What Communication Services tells about an e-mail: it was delivered, or why not. The event carries our own id of the message and the
 * address; the records know no address, so the message is looked for at everybody who gets e-mails.
 */
import { operatorId, type Message, type Settings } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { messageKey } from '../store/row-keys';
import { endAlarm, raiseAlarm } from './alarms';
import { digestRecipientId } from './digest-recipient';
import type { AlarmNeeds } from './record-message';

/** Why a mail did not arrive, in words of ours. */
export type MailFailure = 'BOUNCED' | 'SUPPRESSED' | 'TAKEN_FOR_SPAM' | 'OTHER';

export interface MailReport {
  readonly kind: 'mail report';
  /** Of the message. */
  readonly id: string;
  /** Absent when it has arrived. */
  readonly failure?: MailFailure | undefined;
  readonly at: number;
}

/** What a report needs besides what it tells the operator. */
export type MailReportNeeds = AlarmNeeds & Pick<Ports, 'keyedHash'> & Pick<Settings, 'digestTo'>;

/** Nothing happens for a mail that is not ours, and twice comes to the same. */
export async function noteMailReport(ports: MailReportNeeds, report: MailReport): Promise<void> {
  const { id, failure } = report;
  const digests = await Promise.all(ports.digestTo.map((to) => digestRecipientId(ports, to)));
  for (const recipient of [operatorId, ...digests]) {
    let isNews = false;
    const message = await change(ports.tables.messages, messageKey(recipient, id), (before) => {
      const after = applyReport(before, report);
      isNews = after !== undefined;
      return after;
    });
    if (!message) continue;
    const about = { connection: recipient, message: id, kind: message.kind };
    if (isNews && failure === undefined) ports.log.info('email.delivered', about);
    if (isNews && failure !== undefined) ports.log.warn('email.failed', { ...about, code: failure });
    // Judged by the record, so that an event that comes again does what was left undone.
    if (message.state === 'failed') await raiseAlarm(ports, 'e-mails not delivered');
    if (message.state === 'delivered') await endAlarm(ports, 'e-mails not delivered');
    return;
  }
}

/** What has been delivered stays so, and what waits to be sent afresh is not held up. */
function applyReport(before: Message, { failure, at }: MailReport): Message | undefined {
  const isOpen = ['claimed', 'sent', 'unknown'].includes(before.state);
  if (!isOpen || before.way !== 'email') return undefined;
  const known = { ...before, reportedAt: at, claimedUntil: undefined };
  return failure === undefined ? { ...known, state: 'delivered' } : { ...known, state: 'failed', failure };
}

/**
 * What Communication Services tells about an e-mail: it was delivered, or why not. The event carries our own id of the message and the
 * address. The message is looked for at everybody whose messages go there, and at the operator and the coordinators.
 */
import {
  isWearerKind,
  operatorId,
  type Address,
  type ConnectionId,
  type MailFailure,
  type Message,
  type Settings,
} from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { messageKey } from '../store/row-keys';
import { digestRecipientId } from './digest-recipient';
import { judgeAddress } from './dead-addresses';
import { recordAgain } from './repeats';
import { noteText } from '../board/keep-board';
import { addressOf, isSameAddress } from '../contact/address-of';
import { connectionsOf } from '../contact/addresses';
import { macOfAddress } from '../contact/keyed-values';
import type { Secret } from '../../secret';
import type { AlarmNeeds } from './record-message';
import { noteStaffReach } from './staff-reach';

export interface MailReport {
  readonly kind: 'mail report';
  /** Of the message. */
  readonly id: string;
  readonly to?: Secret | undefined;
  /** Absent when it has arrived. */
  readonly failure?: MailFailure | undefined;
  readonly at: number;
}

/** What a report needs besides what it tells the operator. */
export type MailReportNeeds = AlarmNeeds & Pick<Ports, 'keyedHash'> & Pick<Settings, 'digestTo'>;

/** Nothing happens for a mail that is not ours, and twice comes to the same. */
export async function noteMailReport(ports: MailReportNeeds, report: MailReport): Promise<void> {
  for await (const recipient of recipientsOf(ports, report)) {
    const message = await settleByReport(ports, recipient, report);
    if (!message) continue;
    // Judged by the record, so that an event that comes again does what was left undone.
    if (isWearerKind(message.kind)) await followUp(ports, message);
    else await noteStaffReach(ports, message, report.to);
    return;
  }
}

/** Everybody whom the mail can have been for, the likeliest first. Few addresses are being confirmed at a time. */
async function* recipientsOf(ports: MailReportNeeds, { to }: MailReport): AsyncGenerator<ConnectionId> {
  yield operatorId;
  for (const each of ports.digestTo) yield digestRecipientId(ports, each);
  if (!to) return;
  const address: Address = { way: 'email', to };
  for (const { id } of await connectionsOf(ports, await macOfAddress(ports, address))) yield id;
  for await (const { value } of ports.tables.confirmations.list()) {
    if (isSameAddress(addressOf(value), address)) yield value.id;
  }
}

async function settleByReport(
  ports: Pick<Ports, 'log' | 'tables'>,
  recipient: ConnectionId,
  report: MailReport,
): Promise<Message | undefined> {
  const { id, failure } = report;
  let isNews = false;
  const message = await change(ports.tables.messages, messageKey(recipient, id), (before) => {
    const after = applyReport(before, report);
    isNews = after !== undefined;
    return after;
  });
  if (!message) return undefined;
  const about = { connection: recipient, message: id, kind: message.kind };
  if (isNews && failure === undefined) ports.log.info('email.delivered', about);
  if (isNews && failure !== undefined) ports.log.warn('email.failed', { ...about, code: failure });
  return message;
}

/** As after the report about a text. Of a failure that nobody has a name for, Azure itself has tried again for hours. */
async function followUp(ports: MailReportNeeds, message: Message): Promise<void> {
  await noteText(ports, message);
  if (message.state === 'delivered' || message.state === 'failed') await judgeAddress(ports, message);
  if (message.state === 'failed' && isStillDue(message)) await recordAgain(ports, message);
}

/** The repeat after a bounce waits for an address that is confirmed. A filter would take it for spam again. */
const stillDue: readonly MailFailure[] = ['OTHER', 'BOUNCED', 'SUPPRESSED'];

function isStillDue({ failure }: Message): boolean {
  return stillDue.some((each) => each === failure);
}

/** What has been delivered stays so, and what waits to be sent afresh is not held up. */
function applyReport(before: Message, { failure, at }: MailReport): Message | undefined {
  const isOpen = ['claimed', 'sent', 'unknown'].includes(before.state);
  if (!isOpen || before.way !== 'email') return undefined;
  const known = { ...before, reportedAt: at, claimedUntil: undefined };
  return failure === undefined ? { ...known, state: 'delivered' } : { ...known, state: 'failed', failure };
}

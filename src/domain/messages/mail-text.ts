/** Puts an e-mail together: a subject and plain text. Operator and coordinators only get English ones. */
import type { Message } from '../../model';
import { alarmMails } from './texts/en';
import type { TextFrame } from './message-text';

export interface MailText {
  /** One line. */
  readonly subject: string;
  readonly body: string;
}

/** @returns `undefined` for a kind that has no e-mail */
export function composeMail(
  { kind, facts }: Pick<Message, 'kind' | 'facts'>,
  { publicUrl, policy }: Pick<TextFrame, 'publicUrl' | 'policy'>,
): MailText | undefined {
  if (kind === 'digest') return facts.letter;
  if (kind !== 'alarm' && kind !== 'alarm over') return undefined;
  const { subject, body } = alarmMails[kind](facts.alarm ?? '', facts.count);
  return {
    subject: `${policy.serviceName}: ${subject}`,
    body: `${body}\n\n${policy.serviceName}, ${publicUrl}\nYou get this mail because OPERATOR_EMAIL names your address.\n`,
  };
}

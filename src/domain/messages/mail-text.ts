/**
 * Puts an e-mail together: a subject and plain text. For wearers from the same words as a text, with all of them, and the links on lines
 * of their own; operator and coordinators get English ones.
 */
import { isWearerKind, wearerMessageRules, type Message } from '../../model';
import { withNumber } from '../battery/device-name';
import { alarmMails } from './texts/en';
import type { MessageWords } from './texts/text-catalogue';
import { catalogueOf, linkFor, sayWords, type TextFrame, type WearerMessage } from './words-of';
import { longestName, shortestName } from './message-text';
import { paths } from '../../paths';

/** The secret part of the address that ends the e-mails. */
export const unsubscribePlaceholder = '{unsubscribe}';

export interface MailText {
  /** One line. */
  readonly subject: string;
  readonly body: string;
}

/** In characters: mail programs show about as many. */
const longestSubject = 70;

export function composeMail({ kind, facts }: Pick<Message, 'kind' | 'facts'>, frame: TextFrame): MailText {
  if (isWearerKind(kind)) return composeForWearer({ kind, facts }, frame);
  const { publicUrl, policy } = frame;
  if (kind === 'digest') return facts.letter ?? { subject: policy.serviceName, body: '' };
  const { subject, body } = alarmMails[kind](facts.alarm ?? '', facts.count);
  return {
    subject: `${policy.serviceName}: ${subject}`,
    body: `${body}\n\n${policy.serviceName}, ${publicUrl}\nYou get this mail because OPERATOR_EMAIL names your address.\n`,
  };
}

function composeForWearer(message: WearerMessage, frame: TextFrame): MailText {
  const { publicUrl, policy, contact } = frame;
  const { mail, unnamed } = catalogueOf(frame);
  const { link, mailLink = link, canBeEnded } = wearerMessageRules[message.kind];
  const name = mailName(message.facts.model ?? '') || unnamed;
  const say = (cutName: string): MessageWords & { readonly device: string } => {
    const device = withNumber(cutName, message.facts.number);
    return { device, ...sayWords(message, { device, brief: false, isMail: true, contact }, frame) };
  };
  const { device, sentence, after } = say(name);
  const subjectFor = (cutName: string): string => `${policy.serviceName}: ${say(cutName).subject}`;
  const excess = Math.max(0, subjectFor(name).length - longestSubject);
  const said = sentence.startsWith(device) ? sentence : capital(sentence);
  const address = linkFor(message, mailLink, frame);
  return {
    subject: subjectFor(cut(name, Math.max(shortestName, name.length - excess))),
    body: [
      address === undefined || said.endsWith(':') ? said : `${said}\n\n${mail.page}`,
      ...(address === undefined ? [] : [`\n${address}`]),
      ...(after === undefined ? [] : [`\n\n${after}`]),
      `\n\n${[policy.serviceName, contact].filter((each) => each !== undefined).join(', ')}\n`,
      ...(canBeEnded ? [`${mail.stop} ${publicUrl}${paths.unsubscribe}${unsubscribePlaceholder}\n`] : []),
    ].join(''),
  };
}

/** Where the e-mails are ended, for the button of mail programs, if the mail says it. */
export function unsubscribeAddressIn(
  body: string,
  { publicUrl }: Pick<TextFrame, 'publicUrl'>,
): string | undefined {
  const address = publicUrl + paths.unsubscribe + unsubscribePlaceholder;
  return body.includes(address) ? address : undefined;
}

/** In a text the sentence follows a colon. */
function capital(sentence: string): string {
  return sentence.charAt(0).toLocaleUpperCase('en') + sentence.slice(1);
}

/**
 * The name of a device in any script: letters and digits, and no punctuation that could be a link or a placeholder of ours, nor anything
 * that turns a line or its direction.
 */
export function mailName(name: string): string {
  const letters = name
    .normalize('NFKC')
    .replace(/\p{Cc}/gu, '')
    .replace(/[^\p{L}\p{M}\p{N} .,()&+'’-]/gu, '')
    .replace(/\.(?! |$)/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return cut(letters, longestName);
}

function cut(name: string, longest: number): string {
  return [...name].slice(0, longest).join('').trim();
}

/**
 * Puts a text together from the words of its language (texts/). GSM-7, whatever a device is called: a curly quote
 * would double the price. What must not be at rest in clear (a code, a personal link) is a placeholder here and is
 * filled in when the text leaves.
 */
import { wearerMessageRules, type Message, type MessageFacts, type Settings } from '../../model';
import type { Ports } from '../../ports';
import { isGsm7, septets, toGsm7 } from './gsm7';
import { codeDigits, linkLength } from '../contact/keyed-values';
import { withNumber } from '../battery/device-name';
import { alarmTexts } from './texts/en';
import { inOneLine } from './texts/text-catalogue';
import { catalogueOf, codePlaceholder, linkFor, linkPlaceholder, sayWords, type TextFrame } from './words-of';
import type { Recipient } from './record-message';

export const longestName = 30;
/** Shorter than that nobody would know which device is meant. */
export const shortestName = 10;
/** In septets; one more would cost a second text. */
const segmentLength = 160;

/**
 * One segment, as long as the names of the service and its host are of ordinary length. For that the words that are not
 * needed are left out, then the name of a device is cut, then the forecast is left out; where none of it is enough, a
 * second segment is the smaller evil.
 */
export function composeText({ kind, facts }: Pick<Message, 'kind' | 'facts'>, frame: TextFrame): string {
  const { unnamed } = catalogueOf(frame);
  const name = plainName(facts.model ?? '') || unnamed;
  const write = (said: MessageFacts, cutName: string, brief = true): string => {
    const device = withNumber(cutName, facts.number);
    return toGsm7(`${frame.policy.serviceName}: ${wordsOf({ kind, facts: said }, { device, brief }, frame)}`);
  };
  const full = write(facts, name, false);
  if (excessOf(full) === 0) return full;
  for (const said of [facts, { ...facts, hoursLeft: undefined }]) {
    const text = write(said, name);
    const excess = excessOf(text);
    if (excess === 0) return text;
    const cut = write(said, name.slice(0, Math.max(shortestName, name.length - excess)).trim());
    if (excessOf(cut) === 0) return cut;
  }
  return write(facts, name);
}

function wordsOf(
  { kind, facts }: Pick<Message, 'kind' | 'facts'>,
  about: { readonly device: string; readonly brief: boolean },
  frame: TextFrame,
): string {
  if (kind === 'alarm' || kind === 'alarm over') return alarmTexts[kind](facts.alarm ?? '', facts.count);
  // It has no text: it is always an e-mail.
  if (kind === 'digest') return '';
  // Transliterated, an address would be another one.
  const contact = frame.contact !== undefined && isGsm7(frame.contact) ? frame.contact : undefined;
  const { sentence, after } = sayWords({ kind, facts }, { ...about, isMail: false, contact }, frame);
  const { link, canBeEnded } = wearerMessageRules[kind];
  const address = linkFor({ kind, facts }, link, frame);
  return inOneLine(sentence, address, after, canBeEnded ? sayEnd(frame, address) : undefined);
}

/** How texts are ended. Where nobody can answer STOP, the personal page ends them, and its link stands in every text that says so. */
function sayEnd(frame: TextFrame, address: string | undefined): string | undefined {
  const { stop, endAtLink } = catalogueOf(frame);
  if (frame.canBeAnswered) return stop;
  return address === undefined ? undefined : endAtLink;
}

/** By how much a text, as it will arrive, is too long for one segment. */
function excessOf(text: string): number {
  const arrived = text
    .replace(linkPlaceholder, 'x'.repeat(linkLength))
    .replace(codePlaceholder, '0'.repeat(codeDigits));
  return Math.max(0, septets(arrived) - segmentLength);
}

/**
 * Letters and digits that cost one septet each, and no punctuation that could be a link or a placeholder of ours: phones
 * make an address of whatever stands around a dot.
 */
export function plainName(name: string): string {
  return toGsm7(name.replace(/\p{Cc}/gu, ''))
    .replace(/[^\p{L}\p{N} .,()&+'-]/gu, '')
    .replace(/\.(?! |$)/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, longestName)
    .trim();
}

export function frameFor(
  {
    publicUrl,
    policy,
    operatorContact,
    sms,
  }: Pick<Ports, 'sms'> & Pick<Settings, 'operatorContact' | 'policy' | 'publicUrl'>,
  { preferences }: Recipient,
): TextFrame {
  const { canBeAnswered } = sms;
  return { publicUrl, policy, contact: operatorContact, canBeAnswered, language: preferences?.language };
}

/**
 * Puts a text together from the catalogue of its language (texts/). GSM-7, whatever a device is called: a curly quote
 * would double the price. What must not be at rest in clear (a code, a personal link) is a placeholder here and is
 * filled in when the text leaves.
 */
import type { Language, Message, MessageFacts, Policy, Settings } from '../../model';
import { isGsm7, septets, toGsm7 } from './gsm7';
import { codeDigits, linkLength } from '../contact/keyed-values';
import { paths } from '../../paths';
import { withNumber } from '../battery/device-name';
import type { Battery, Catalogue, TextFacts } from './texts/text-catalogue';
import { german } from './texts/de';
import { alarmTexts, english } from './texts/en';
import { spanish } from './texts/es';
import { french } from './texts/fr';
import type { Recipient } from './record-message';

export const linkPlaceholder = '{link}';
export const codePlaceholder = '{code}';

export const longestName = 30;
/** Shorter than that nobody would know which device is meant. */
const shortestName = 10;
/** In septets; one more would cost a second text. */
const segmentLength = 160;

const catalogues: Readonly<Record<Language, Catalogue>> = {
  en: english,
  de: german,
  es: spanish,
  fr: french,
};

export interface TextFrame {
  readonly publicUrl: string;
  readonly policy: Pick<Policy, 'serviceName'>;
  /** Where the operator can be reached. */
  readonly contact?: string | undefined;
  /** Absent where the recipient has not chosen one: English. */
  readonly language?: Language | undefined;
}

/**
 * One segment, as long as the names of the service and its host are of ordinary length. For that the words that are not
 * needed are left out, then the name of a device is cut, then the forecast is left out; where none of it is enough, a
 * second segment is the smaller evil.
 */
export function composeText({ kind, facts }: Pick<Message, 'kind' | 'facts'>, frame: TextFrame): string {
  const catalogue = catalogues[frame.language ?? 'en'];
  const name = plainName(facts.model ?? '') || catalogue.unnamed;
  const write = (said: MessageFacts, cutName: string, brief = true): string => {
    const about = { device: withNumber(cutName, facts.number), isNamed: facts.isNamed ?? false, brief };
    return toGsm7(`${frame.policy.serviceName}: ${wordsOf(catalogue, { kind, facts: said }, about, frame)}`);
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
  catalogue: Catalogue,
  { kind, facts }: Pick<Message, 'kind' | 'facts'>,
  about: Pick<TextFacts, 'device' | 'isNamed' | 'brief'>,
  { publicUrl, contact }: TextFrame,
): string {
  const { percent, word, hoursLeft, silentDays, help = 'access' } = facts;
  const { provider = '', successor, alarm = '', count, linkVersion } = facts;
  if (kind === 'alarm' || kind === 'alarm over') return alarmTexts[kind](alarm, count);
  // It has no text: it is always an e-mail.
  if (kind === 'digest') return '';
  const link = `${publicUrl}${paths.personalPage}${linkPlaceholder}`;
  return catalogue.texts[kind]({
    ...about,
    battery: { level: levelOf(percent, word), hoursLeft },
    silentDays,
    help,
    provider,
    successor,
    code: codePlaceholder,
    link,
    signUp: publicUrl + paths.signUp,
    helpLink: linkVersion === undefined ? undefined : link,
    // Transliterated, an address would be another one.
    contact: contact !== undefined && isGsm7(contact) ? contact : undefined,
  });
}

/** Empty is believed whatever the percent says, as in battery-policy.ts. */
function levelOf(percent: number | undefined, word: MessageFacts['word']): Battery['level'] {
  if (word === 'empty') return 'empty';
  return percent === undefined ? 'low' : Math.floor(percent);
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
  { publicUrl, policy, operatorContact }: Pick<Settings, 'operatorContact' | 'policy' | 'publicUrl'>,
  { preferences }: Recipient,
): TextFrame {
  return { publicUrl, policy, contact: operatorContact, language: preferences?.language };
}

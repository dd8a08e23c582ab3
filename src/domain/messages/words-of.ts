/**
 * The words of one message in the language of its recipient, for a text (message-text.ts) and for an e-mail (mail-text.ts) alike. What
 * must not be at rest in clear (a code, a link) is a placeholder here.
 */
import type { Language, LinkTarget, MessageFacts, Policy, WearerKind } from '../../model';
import { paths } from '../../paths';
import { german } from './texts/de';
import { english } from './texts/en';
import { spanish } from './texts/es';
import { french } from './texts/fr';
import type { Battery, MessageCatalogue, TextFacts, MessageWords } from './texts/text-catalogue';

/** The secret part of a personal link. */
export const linkPlaceholder = '{link}';
export const codePlaceholder = '{code}';
/** The secret part of the address at which somebody confirms an e-mail address. */
export const confirmPlaceholder = '{confirm}';

const catalogues: Readonly<Record<Language, MessageCatalogue>> = {
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
  /** False for texts from a name (`Sms.canBeAnswered`): they say where to end them, and not to answer STOP. */
  readonly canBeAnswered: boolean;
  /** Absent where the recipient has not chosen one: English. */
  readonly language?: Language | undefined;
}

export function catalogueOf({ language = 'en' }: Pick<TextFrame, 'language'>): MessageCatalogue {
  return catalogues[language];
}

export interface WearerMessage {
  readonly kind: WearerKind;
  readonly facts: MessageFacts;
}

/** @param about how the device is called here, and what the way of the message allows */
export function sayWords(
  { kind, facts }: WearerMessage,
  about: Pick<TextFacts, 'device' | 'brief' | 'isMail' | 'contact'>,
  frame: Pick<TextFrame, 'canBeAnswered' | 'language'>,
): MessageWords {
  const { percent, word, hoursLeft, silentDays, help = 'access', provider = '', successor } = facts;
  return catalogueOf(frame).words[kind]({
    ...about,
    canBeAnswered: frame.canBeAnswered,
    isNamed: facts.isNamed ?? false,
    battery: { level: levelOf(percent, word), hoursLeft },
    silentDays,
    help,
    provider,
    successor,
    code: codePlaceholder,
  });
}

/** @returns `undefined` where there is none */
export function linkFor(
  { kind, facts }: WearerMessage,
  target: LinkTarget,
  { publicUrl }: Pick<TextFrame, 'publicUrl'>,
): string | undefined {
  switch (target) {
    case 'none':
      return undefined;
    case 'sign-up':
      return publicUrl + paths.signUp;
    case 'confirmation':
      return publicUrl + paths.confirmEmail + confirmPlaceholder;
    case 'personal page':
      // Who has several accounts gets no link with an answer to HELP: nobody could say to which of them.
      if (kind === 'help' && facts.linkVersion === undefined) return undefined;
      return publicUrl + paths.personalPage + linkPlaceholder;
  }
}

/** The word "empty" is said even if a percent stands beside it, as it counts as low (battery/level.ts). */
function levelOf(percent: number | undefined, word: MessageFacts['word']): Battery['level'] {
  if (word === 'empty') return 'empty';
  return percent === undefined ? 'low' : Math.floor(percent);
}

/**
 * What the words of every language are made of. Catalogues are written with all their accents; the composer of texts
 * (message-text.ts) transliterates what GSM-7 lacks, and that of e-mails (mail-text.ts) nothing. The length of a text is tested in
 * every language.
 */
import type { WearerHelp, WearerKind } from '../../../model';

/** The facts of a message, ready to be put into words. */
export interface TextFacts {
  readonly device: string;
  /** The wearer gave it that name. */
  readonly isNamed: boolean;
  /** With all its words the text would cost a second segment: what is not needed is left out. */
  readonly brief: boolean;
  /** False for a text from a name: nobody can answer HELP. */
  readonly canBeAnswered: boolean;
  /** An e-mail, which has no number and costs nothing. */
  readonly isMail: boolean;
  readonly battery: Battery;
  /** For how many days a device has not been heard of, when that is known. */
  readonly silentDays: number | undefined;
  /** What the wearer has to do so that batteries can be read again. */
  readonly help: WearerHelp;
  readonly provider: string;
  /** The provider that follows it. */
  readonly successor: string | undefined;
  readonly code: string;
  /** Of the operator. */
  readonly contact: string | undefined;
}

export interface Battery {
  /** Percent, or a word where there is no percent or it cannot be true. */
  readonly level: number | 'low' | 'empty';
  readonly hoursLeft: number | undefined;
}

/** What one message says. A text has no subject; sentence, link, `after` and the way to end texts follow one another in it. */
export interface MessageWords {
  /** Of an e-mail: what it is about, in a few words that follow the name of the service and a colon. */
  readonly subject: string;
  /** Follows the name of the service and a colon in a text. With a colon at its end, it says what the link opens. */
  readonly sentence: string;
  /** What stands behind the link. */
  readonly after?: string | undefined;
}

/** A kind that a language lacks does not compile, nor one without its subject. */
export interface MessageCatalogue {
  /** What a device is called that has no name. */
  readonly unnamed: string;
  /** How texts are ended, at the end of a text. */
  readonly stop: string;
  /** The same in a text from a name, which nobody can answer: by the link in it. */
  readonly endAtLink: string;
  readonly mail: {
    /** Stands above a link to the personal page that no sentence has said anything of. */
    readonly page: string;
    /** Stands before the link that ends the e-mails. */
    readonly stop: string;
  };
  readonly words: Readonly<Record<WearerKind, (facts: TextFacts) => MessageWords>>;
}

/** A subject gives the level alone. */
export function withoutForecast({ level }: Battery): Battery {
  return { level, hoursLeft: undefined };
}

/** What is there, with a space between. */
export function inOneLine(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

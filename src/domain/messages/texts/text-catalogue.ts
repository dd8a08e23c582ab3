/**
 * What the words of every language are made of. Catalogues are written with all their accents; the composer
 * (message-text.ts) transliterates what GSM-7 lacks. The length of a text is tested in every language.
 */
import type { MessageKind, WearerHelp } from '../../../model';

/** For the operator, and in English only. */
export type AlarmKind = 'alarm' | 'alarm over';
export type WearerKind = Exclude<MessageKind, AlarmKind | 'digest'>;

/** The facts of a message, ready to be put into words. */
export interface TextFacts {
  readonly device: string;
  /** The wearer gave it that name. */
  readonly isNamed: boolean;
  /** With all its words the text would cost a second segment: what is not needed is left out. */
  readonly brief: boolean;
  readonly battery: Battery;
  /** For how many days a device has not been heard of, when that is known. */
  readonly silentDays: number | undefined;
  /** What the wearer has to do so that batteries can be read again. */
  readonly help: WearerHelp;
  readonly provider: string;
  /** The provider that follows it. */
  readonly successor: string | undefined;
  readonly code: string;
  /** To the personal page. */
  readonly link: string;
  /** Where somebody signs up, and takes back what others took over. */
  readonly signUp: string;
  /** Who has several accounts gets no link with an answer to HELP: nobody could say to which of them. */
  readonly helpLink: string | undefined;
  /** Of the operator. */
  readonly contact: string | undefined;
}

export interface Battery {
  /** Percent, or a word where there is no percent or it cannot be true. */
  readonly level: number | 'low' | 'empty';
  readonly hoursLeft: number | undefined;
}

/** A kind that a language lacks does not compile. Every text begins behind the sender's name and a colon. */
export interface Catalogue {
  /** What a device is called that has no name. */
  readonly unnamed: string;
  readonly texts: Readonly<Record<WearerKind, (facts: TextFacts) => string>>;
}

/** What is there, with a space between. */
export function inOneLine(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

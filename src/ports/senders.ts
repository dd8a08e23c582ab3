/** The addresses of people, and what is sent to people and platforms. */
import type { Secret } from '../secret';

export interface PhoneNumbers {
  /** What a person typed. */
  read(
    text: string,
  ): Promise<
    | { readonly ok: true; readonly phone: Secret }
    | { readonly ok: false; readonly why: 'no number' | 'other country' | 'no mobile' }
  >;
  /** For the eyes of its owner. */
  show(phone: Secret): Promise<string>;
  /** Enough to recognise one's own: its country code and last digits. */
  mask(phone: Secret): Promise<string>;
}

export interface EmailAddresses {
  /** What a person typed. The domain is as mail servers know it: in small letters, and in Punycode if it has letters such as ü. */
  read(
    text: string,
  ):
    | { readonly ok: true; readonly email: Secret }
    | { readonly ok: false; readonly why: 'no address' | 'other letters' };
  /** For the eyes of its owner. */
  show(email: Secret): string;
  /** Enough to recognise one's own: its first letter and its domain. */
  mask(email: Secret): string;
}

export interface Sms {
  /** What is still missing before a text can be sent, by the name of its setting. */
  readonly missing: readonly string[];
  /** The number or the name that texts come from. */
  readonly from?: string | undefined;
  /** False if texts come from a name, because nobody can answer to one: neither STOP nor START nor HELP arrives. */
  readonly canBeAnswered: boolean;
  /** A repeat with the same id, `firstSentAt` and body is recognised by Communication Services. */
  send(text: {
    readonly id: string;
    readonly firstSentAt: number;
    readonly to: Secret;
    readonly body: string;
    /** Comes back in the delivery report, and is kept in others' logs: nothing about a person. */
    readonly tag: string;
    /** What stands for a placeholder of the body. */
    readonly fillIn?: Readonly<Record<string, Secret>>;
  }): Promise<SmsAnswer>;
  /**
   * Asks Communication Services to send a text to nobody. It answers 400 to whoever may send, and 401 or 403 to anybody else.
   *
   * @returns the status of the answer; nothing if there was none
   */
  reach(): Promise<number | undefined>;
}
export interface Email {
  /** What is still missing before a mail can be sent, by the name of its setting. */
  readonly missing: readonly string[];
  /** A repeat with the same id, `firstSentAt` and content is recognised by Communication Services. */
  send(mail: {
    /** A UUID. */
    readonly id: string;
    readonly firstSentAt: number;
    readonly to: Secret;
    readonly subject: string;
    /** Plain text. */
    readonly body: string;
    /** Where one POST ends the mails, for the button that mail programs show (RFC 8058). */
    readonly unsubscribeAt?: string | undefined;
    /** What stands for a placeholder of the body and of that address. */
    readonly fillIn?: Readonly<Record<string, Secret>>;
  }): Promise<EmailAnswer>;
  /** The same for a mail as `Sms.reach` for a text. */
  reach(): Promise<number | undefined>;
}
export interface Webhooks {
  /** Where events are sent, each to all of them; nobody is told anything if there is none. */
  readonly addresses: readonly WebhookAddress[];
  /** Makes the secret that signs, unless there is one. */
  prepare(): Promise<void>;
  /** Signs and sends once. @throws AppError what the vault throws, `NOT_CONFIGURED` for a secret that is none */
  send(
    address: WebhookAddress,
    /** `at` is the time of this attempt. */
    webhook: { readonly id: string; readonly at: number; readonly body: string },
  ): Promise<WebhookAnswer>;
}
export interface WebhookAddress {
  /** Stands for the address where others can read it. */
  readonly id: string;
  /** Scheme, host and port: the rest may hold a key. */
  readonly origin: string;
}
export type WebhookAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'no answer' }
  /** Its name leads to an address that is not public, so nothing was sent. */
  | { readonly kind: 'not public' };
export type SmsAnswer = { readonly kind: 'accepted'; readonly smsId: string } | NotAccepted;
export type EmailAnswer = { readonly kind: 'accepted' } | NotAccepted;
export type NotAccepted =
  | { readonly kind: 'refused'; readonly status: number }
  /** For certain nothing was accepted this time, and it is not the fault of what was sent. */
  | { readonly kind: 'unavailable'; readonly status?: number | undefined }
  | { readonly kind: 'unknown' };

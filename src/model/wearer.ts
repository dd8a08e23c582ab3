/** What a wearer has agreed to, chosen and entered. */
import type { Secret } from '../secret';
import type { ConnectionId } from './ids';

/** The languages of texts and pages. For a wearer who has not chosen, texts are English and pages follow the browser. */
export const languages = ['en', 'de', 'es', 'fr'] as const;

export type Language = (typeof languages)[number];

/** What the wearer agreed to, and when: what a carrier asks for. */
export interface TextConsent {
  readonly at: number;
  /** Which wording of the sign-up page; see pages/sign-up-page.ts. */
  readonly wording: string;
}

/** Stays when the number or the connection goes. The key holds a keyed hash of the number. */
export interface TextConsentProof extends TextConsent {
  readonly connection: ConnectionId;
  /** The number was replaced or removed, or the wearer disconnected. */
  readonly endedAt?: number | undefined;
}

/** Minutes since midnight, local time; `from` may be later than `to`. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** What the wearer chose on the personal page. What is absent is the service's default. */
export interface Preferences {
  /** No texts about batteries. */
  readonly paused?: boolean | undefined;
  /** Percent at or below which a battery is low. */
  readonly threshold?: number | undefined;
  /** A second alert at or below this percent; 0 for none. */
  readonly criticalAt?: number | undefined;
  /** Repeats a low alert until it is charged; 0 for never. */
  readonly remindEveryHours?: number | undefined;
  /** One text when a battery that was low has been charged. */
  readonly tellRecovered?: boolean | undefined;
  readonly quietHours?: QuietHours | undefined;
  /** IANA name; counts more than the provider's. */
  readonly timeZone?: string | undefined;
  /** The language of texts and pages. */
  readonly language?: Language | undefined;
  /** Rows of `Device` that raise no alert. */
  readonly mutedDevices?: readonly string[] | undefined;
  /** What the wearer calls a device, by the row of `Device`: 30 characters at most. */
  readonly deviceNames?: Readonly<Record<string, string>> | undefined;
}

/** A number that somebody entered and the code that was texted to it. The key is a hash of a browser's cookie. */
export interface Confirmation {
  /** Names it in the messages; not the cookie's value. */
  readonly id: string;
  readonly connection: ConnectionId;
  /** The version of the personal link at that time. Replacing the link ends the confirmation. */
  readonly linkVersion?: number | undefined;
  readonly phone: Secret;
  readonly textConsent: TextConsent;
  /** The language of the text with the code. */
  readonly language?: Language | undefined;
  /** After that everything has to begin again. */
  readonly expiresAt: number;
  /** Which code counts: it is derived from this number with a key from the vault, and kept nowhere. */
  readonly codeNumber: number;
  readonly codeExpiresAt: number;
  readonly triesLeft: number;
  readonly confirmedAt?: number | undefined;
  /** No code belongs to it: the connection had this number, which is told that it has it no more. */
  readonly isFormer?: boolean | undefined;
}

/** The personal page of a connection. The key is a hash of the link's unguessable part. */
export interface PersonalLink {
  readonly connection: ConnectionId;
  readonly linkVersion: number;
  /** When it was last opened or texted, to a day. */
  readonly usedAt?: number | undefined;
}

/** Says that a number belongs to a connection; one row for each connection. The key is a keyed hash of the number. */
export interface NumberUse {
  readonly connection: ConnectionId;
}

/** STOP and START act on the number, whoever it belongs to. The key is a keyed hash of the number. */
export interface OptOut {
  readonly at: number;
  readonly stopped: boolean;
}

/** A link to sign up with, which says whose connection that will be. The key is a hash of its secret part. */
export interface Invite {
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The label of the connection that is made with it. */
  readonly label?: string | undefined;
  readonly outsideId?: string | undefined;
  readonly returnTo?: string | undefined;
  /** How many connections can be made with it. */
  readonly uses: number;
  /** Keyed hashes of the accounts that have used it. */
  readonly usedBy: readonly string[];
}

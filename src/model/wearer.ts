/** What a wearer has agreed to, chosen and entered. */
import * as z from 'zod';
import type { Secret } from '../secret';
import { count, secret, time, type RecordOf } from './stored-fields';

/** The languages of texts and pages. For a wearer who has not chosen, texts are English and pages follow the browser. */
export const languages = ['en', 'de', 'es', 'fr'] as const;

export const language = z.enum(languages);
export type Language = z.output<typeof language>;

/** How a wearer's texts arrive. */
export type Way = 'sms' | 'email';

/** A mobile number (E.164), or an e-mail address as `EmailAddresses.read` gives it. */
export interface Address {
  readonly way: Way;
  readonly to: Secret;
}

/** How records hold an address: a connection has one of the two, or none. */
export interface Contact {
  readonly phone?: Secret | undefined;
  readonly email?: Secret | undefined;
}

/** What the wearer agreed to, and when: what a carrier asks for. It is about the one address that stands beside it. */
export interface TextConsent extends RecordOf<typeof textConsentShape> {}
export const textConsentShape = z.object({
  at: time,
  /** Which wording of the sign-up page; see pages/contact-fields.ts. */
  wording: z.string(),
});

/** Stays when the address or the connection goes. The key holds a keyed hash of the address. */
export interface TextConsentProof extends RecordOf<typeof textConsentProofShape> {}
export const textConsentProofShape = textConsentShape.extend({
  connection: z.string(),
  /** The address was replaced or removed, or the wearer disconnected. */
  endedAt: time.optional(),
});

/** Minutes since midnight, local time; `from` may be later than `to`. */
export interface QuietHours extends RecordOf<typeof quietHoursShape> {}
export const quietHoursShape = z.object({
  from: z.int(),
  to: z.int(),
});

/** What the wearer chose on the personal page. What is absent is the service's default. */
export interface Preferences extends RecordOf<typeof preferencesShape> {}
export const preferencesShape = z.object({
  /** No texts about batteries. */
  paused: z.boolean().optional(),
  /** Percent at or below which a battery is low. */
  threshold: z.number().optional(),
  /** A second alert at or below this percent; 0 for none. */
  criticalAt: z.number().optional(),
  /** Repeats a low alert until it is charged; 0 for never. */
  remindEveryHours: z.number().optional(),
  /** One text when a battery that was low has been charged. */
  tellRecovered: z.boolean().optional(),
  quietHours: quietHoursShape.optional(),
  /** IANA name; counts more than the provider's. */
  timeZone: z.string().optional(),
  /** The language of texts and pages. */
  language: language.optional(),
  /** Rows of `Device` that raise no alert. */
  mutedDevices: z.array(z.string()).optional(),
  /** What the wearer calls a device, by the row of `Device`: 30 characters at most. */
  deviceNames: z.record(z.string(), z.string()).optional(),
});

/** An address that somebody entered, and the code or link that was sent to it. The key is a hash of a browser's cookie. */
export interface Confirmation extends RecordOf<typeof confirmationShape> {}
export const confirmationShape = z.object({
  /** Names it in the messages; not the cookie's value. */
  id: z.string(),
  connection: z.string(),
  /** The version of the personal link at that time. Replacing the link ends the confirmation. */
  linkVersion: z.int().positive().optional(),
  /** One of the two; neither where the wearer went on without it. */
  phone: secret.optional(),
  email: secret.optional(),
  textConsent: textConsentShape,
  /** The language of the text with the code. */
  language: language.optional(),
  /** After that everything has to begin again. */
  expiresAt: time,
  /** Which code counts: it is derived from this number with a key from the vault, and kept nowhere. */
  codeNumber: count,
  codeExpiresAt: time,
  triesLeft: count,
  confirmedAt: time.optional(),
  /** No code belongs to it: the connection had this address, which is told that it has it no more. */
  isFormer: z.boolean().optional(),
});

/** The personal page of a connection. The key is a hash of the link's unguessable part. */
export interface PersonalLink extends RecordOf<typeof personalLinkShape> {}
export const personalLinkShape = z.object({
  connection: z.string(),
  linkVersion: z.int().positive(),
  /** When it was last opened or texted, to a day. */
  usedAt: time.optional(),
});

/** Says that an address belongs to a connection; one row for each connection. The key is a keyed hash of the address. */
export interface NumberUse extends RecordOf<typeof numberUseShape> {}
export const numberUseShape = z.object({
  connection: z.string(),
});

/** STOP and START act on the address, whoever it belongs to, and so does unsubscribing. The key is a keyed hash of the address. */
export interface OptOut extends RecordOf<typeof optOutShape> {}
export const optOutShape = z.object({
  at: time,
  stopped: z.boolean(),
});

/** A link to sign up with, which says whose connection that will be. The key is a hash of its secret part. */
export interface Invite extends RecordOf<typeof inviteShape> {}
export const inviteShape = z.object({
  createdAt: time,
  expiresAt: time,
  /** The label of the connection that is made with it. */
  label: z.string().optional(),
  outsideId: z.string().optional(),
  site: z.string().optional(),
  returnTo: z.string().optional(),
  /** How many connections can be made with it. */
  uses: z.int().positive(),
  /** Keyed hashes of the accounts that have used it. */
  usedBy: z.array(z.string()),
});

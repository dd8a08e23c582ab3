/** One account at one provider, and what is known about its access. */
import * as z from 'zod';
import type { ErrorCode } from '../errors';
import { connectionEvent, type EventType } from './event';
import { count, secret, time, type RecordOf } from './stored-fields';
import { providerId } from './ids';
import {
  accessRankShape,
  latestAccessShape,
  pointerShape,
  positionShape,
  publishedAccessShape,
  revocationShape,
  rolloverShape,
} from './token-set';
import { language, preferencesShape, textConsentShape } from './wearer';

/** An older release may have written a code that is gone, and a newer one a code that is not here yet. */
const errorCode = z.string() as z.ZodType<ErrorCode, string>;

/** 410 seen from the provider; confirmed if it is still there hours later. A success clears it. */
export interface Retirement extends RecordOf<typeof retirementShape> {}
export const retirementShape = z.object({
  firstAt: time,
  confirmedAt: time.optional(),
});

/** Saves work, and safety does not rest on it: keeps two workers from refreshing at once. The pointer makes it safe. */
export interface Lease extends RecordOf<typeof leaseShape> {}
export const leaseShape = z.object({
  owner: z.string(),
  until: time,
});

/** `invalid_grant` seen for this position; confirmed when seen again after `refusalRecheckMs`. */
export interface Refusal extends RecordOf<typeof refusalShape> {}
export const refusalShape = positionShape.extend({
  firstAt: time,
  confirmedAt: time.optional(),
});

/** The last refresh that brought no new token set. */
export interface FailedAttempt extends RecordOf<typeof failedAttemptShape> {}
export const failedAttemptShape = z.object({
  at: time,
  code: errorCode,
  /** Not before this time, by the provider's Retry-After. */
  retryAt: time.optional(),
});

/** The steps that only the wearer can take so that batteries can be read: grant it again, set up a profile, move the account, clear the access. */
export const wearerHelps = ['permission', 'profile', 'move', 'access'] as const;

export type WearerHelp = (typeof wearerHelps)[number];

/** Since the last good check, every check has failed. */
export interface FailingCheck extends RecordOf<typeof failingCheckShape> {}
export const failingCheckShape = z.object({
  since: time,
  /** The last lasting reason, and since when it is this one. */
  code: errorCode,
  codeSince: time,
  count: z.int().positive(),
  lastAt: time,
});

/** Names the batch of replays that were queued together for a refresh of the set at this position. */
export const replaysForShape = positionShape.extend({ batch: z.string() });

/** A type that a later release knows must not make the record unreadable. */
const notedEvent = connectionEvent.extend({ at: time, type: z.string() as z.ZodType<EventType, string> });

/** What answers and pages say about a connection; derived from its record in domain/connection/state.ts. */
export const connectionStates = [
  'connected',
  'failing',
  'check failing',
  'reconnect required',
  'provider retired',
  'never connected',
  'closed',
] as const;

export type ConnectionState = (typeof connectionStates)[number];

/** In characters. */
export const longestNote = 500;

/** What a member of staff has written about a connection. */
export interface StaffNote extends RecordOf<typeof staffNoteShape> {}
export const staffNoteShape = z.object({
  text: z.string(),
  at: time,
  /** Who wrote it, as the sign-in names them. */
  by: z.string(),
});

/** Somebody of the staff has been in touch with the wearer. */
export interface StaffContact extends RecordOf<typeof staffContactShape> {}
export const staffContactShape = staffNoteShape.omit({ text: true });

/** How the wearer replaced the personal link before this one. */
export const linkReplacedShape = z.object({
  at: time,
  /** A keyed hash of the mark of the page whose form did it. Absent for a page without a mark. */
  by: z.string().optional(),
});

/** One account at one provider. */
export interface Connection extends RecordOf<typeof connectionShape> {}
export const connectionShape = z.object({
  id: z.string(),
  provider: providerId,
  createdAt: time,
  /** What the operator or developer calls it; nobody else's connection has the same. */
  label: z.string().optional(),
  /** What another system calls whoever it is about; came with an invite. */
  outsideId: z.string().optional(),
  /** Where the wearer takes part, such as a clinic; came with an invite, or an operator has set it. */
  site: z.string().optional(),
  note: staffNoteShape.optional(),
  contacted: staffContactShape.optional(),
  /** The row of the invite that the wearer came with. */
  invite: z.string().optional(),
  /** Where the wearer came from and wants to go back to; came with the invite. */
  returnTo: z.string().optional(),
  /** The highest consent number given out; a consent is reserved before its token set is saved. */
  consentReserved: count,
  /** The vault that its tokens are in, from the beginning to the end; absent: the first. */
  vault: z.string().optional(),
  pointer: pointerShape.optional(),
  lease: leaseShape.optional(),
  refusal: refusalShape.optional(),
  /** All three replays of this refresh are in the queue: only then may it be begun. */
  replaysFor: replaysForShape.optional(),
  failedAttempt: failedAttemptShape.optional(),
  /** Absent when the last check of the batteries was good. */
  failingCheck: failingCheckShape.optional(),
  retirement: retirementShape.optional(),
  /** The last consent number that a rotation opened. */
  rollover: rolloverShape.optional(),
  access: latestAccessShape.optional(),
  /** The API has refused this access token, so nobody hands it out, nor an earlier one. */
  refusedAccess: accessRankShape.optional(),
  /** Further scopes that the settings ask for and the wearer did not grant. */
  missingScopes: z.array(z.string()),
  /** The secret in which another program reads the access token; noted before it is written. */
  published: publishedAccessShape.optional(),
  /** The party that may also use the access, as the wearer was told before consenting. */
  sharedWith: z.string().optional(),
  /** Where the wearer wants texts; E.164. Confirmed: nobody else's number ever stands here. */
  phone: secret.optional(),
  /** The e-mail address of a wearer who chose e-mail; then `phone` is absent. Confirmed like a number. */
  email: secret.optional(),
  /** Since when the carriers say that there is no such number; one that is confirmed anew ends it. */
  numberDeadSince: time.optional(),
  /** Since when mails to the address come back; one that is confirmed anew ends it. */
  emailDeadSince: time.optional(),
  /** The consent to texts that came with the number or the address. */
  textConsent: textConsentShape.optional(),
  /** The time by which the address of the first sign-up has to be confirmed; otherwise everything is deleted. */
  confirmBy: time.optional(),
  /** IANA name, from the provider. */
  timeZone: z.string().optional(),
  preferences: preferencesShape.optional(),
  /** A higher version ends every earlier link to the personal page. */
  linkVersion: z.int().positive().optional(),
  /** Absent where nobody has replaced the link. The same form leads to the new one for some minutes. */
  linkReplaced: linkReplacedShape.optional(),
  /** Since when every refresh has failed; a success clears it. */
  failingSince: time.optional(),
  /** Rows of `Identity` that lead here. Older connections have none of them noted. */
  identities: z.array(z.string()).optional(),
  /** What the platform is still to be told. Written together with what has happened, and removed once jobs carry it on. */
  events: z.array(notedEvent).optional(),
  /** The wearer has disconnected, or nobody confirmed the address. Nothing is refreshed, and a late commit revokes and deletes what it holds. */
  closedAt: time.optional(),
  revocation: revocationShape.optional(),
  /** Nothing personal is left in the tables. What the vault still holds can take longer. */
  erasedAt: time.optional(),
});

/** Which connection belongs to a provider's user. The key is a hash of provider and user id. */
export interface Identity extends RecordOf<typeof identityShape> {}
export const identityShape = z.object({
  connection: z.string(),
});

/** A sign-up between the form and the provider's answer. The key is a hash of the OAuth `state`. */
export interface PendingLogin extends RecordOf<typeof pendingLoginShape> {}
export const pendingLoginShape = z.object({
  provider: providerId,
  /** RFC 7636 S256 challenge. Its verifier lives only in the browser's cookie, which thereby binds both. */
  codeChallenge: z.string(),
  /** One of the two, or none. */
  phone: secret.optional(),
  email: secret.optional(),
  textConsent: textConsentShape.optional(),
  /** The language of texts and pages, as chosen in the form. */
  language: language.optional(),
  /** The wearer came from the personal page of this connection; number and preferences stay as they are. */
  reconnects: z.string().optional(),
  /** The party that also gets access, as the form said. */
  sharedWith: z.string().optional(),
  /** The version of the personal link that led to the form. Replacing the link ends the sign-up. */
  linkVersion: z.int().positive().optional(),
  expiresAt: time,
  /** The row of the invite that the wearer came with. */
  invite: z.string().optional(),
  /** Names the callback that consumed the state; a state works once. */
  consumedBy: z.string().optional(),
});

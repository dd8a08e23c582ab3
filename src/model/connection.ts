/** One account at one provider, and what is known about its access. */
import type { ErrorCode } from '../errors';
import type { Secret } from '../secret';
import type { ConnectionEvent } from './event';
import type { ConnectionId, ProviderId } from './ids';
import type { Position, Pointer, Rollover, AccessRank, LatestAccess, Revocation } from './token-set';
import type { Language, TextConsent, Preferences } from './wearer';

/** 410 seen from the provider; confirmed if it is still there hours later. A success clears it. */
export interface Retirement {
  readonly firstAt: number;
  readonly confirmedAt?: number | undefined;
}

/** Saves work, and safety does not rest on it: keeps two workers from refreshing at once. The pointer makes it safe. */
export interface Lease {
  readonly owner: string;
  readonly until: number;
}

/** `invalid_grant` seen for this position; confirmed when seen again after `refusalRecheckMs`. */
export interface Refusal extends Position {
  readonly firstAt: number;
  readonly confirmedAt?: number | undefined;
}

/** The last refresh that brought no new token set. */
export interface FailedAttempt {
  readonly at: number;
  readonly code: ErrorCode;
  /** Not before this time, by the provider's Retry-After. */
  readonly retryAt?: number | undefined;
}

/** The steps that only the wearer can take so that batteries can be read: grant it again, set up a profile, move the account, clear the access. */
export const wearerHelps = ['permission', 'profile', 'move', 'access'] as const;

export type WearerHelp = (typeof wearerHelps)[number];

/** Since the last good check, every check has failed. */
export interface FailingCheck {
  readonly since: number;
  /** The last lasting reason, and since when it is this one. */
  readonly code: ErrorCode;
  readonly codeSince: number;
  readonly count: number;
  readonly lastAt: number;
}

/** One account at one provider. */
export interface Connection {
  readonly id: ConnectionId;
  readonly provider: ProviderId;
  readonly createdAt: number;
  /** What the operator or developer calls it; nobody else's connection has the same. */
  readonly label?: string | undefined;
  /** What another system calls whoever it is about; came with an invite. */
  readonly outsideId?: string | undefined;
  /** The row of the invite that the wearer came with. */
  readonly invite?: string | undefined;
  /** Where the wearer came from and wants to go back to; came with the invite. */
  readonly returnTo?: string | undefined;
  /** The highest consent number given out; a consent is reserved before its token set is saved. */
  readonly consentReserved: number;
  readonly pointer?: Pointer | undefined;
  readonly lease?: Lease | undefined;
  readonly refusal?: Refusal | undefined;
  /** All three replays of this refresh are in the queue, by the name of their batch: only then may it be begun. */
  readonly replaysFor?: (Position & { readonly batch: string }) | undefined;
  readonly failedAttempt?: FailedAttempt | undefined;
  /** Absent when the last check of the batteries was good. */
  readonly failingCheck?: FailingCheck | undefined;
  readonly retirement?: Retirement | undefined;
  /** The last consent number that a rotation opened. */
  readonly rollover?: Rollover | undefined;
  readonly access?: LatestAccess | undefined;
  /** The API has refused this access token, so nobody hands it out, nor an earlier one. */
  readonly refusedAccess?: AccessRank | undefined;
  /** Further scopes that the settings ask for and the wearer did not grant. */
  readonly missingScopes: readonly string[];
  /** The party that may also use the access, as the wearer was told before consenting. */
  readonly sharedWith?: string | undefined;
  /** Where the wearer wants texts; E.164. Confirmed: nobody else's number ever stands here. */
  readonly phone?: Secret | undefined;
  /** Since when the carriers say that there is no such number; one that is confirmed anew ends it. */
  readonly numberDeadSince?: number | undefined;
  /** The consent to texts that came with the number. */
  readonly textConsent?: TextConsent | undefined;
  /** The time by which the number of the first sign-up has to be confirmed; otherwise everything is deleted. */
  readonly confirmBy?: number | undefined;
  /** IANA name, from the provider. */
  readonly timeZone?: string | undefined;
  readonly preferences?: Preferences | undefined;
  /** A higher version ends every earlier link to the personal page. */
  readonly linkVersion?: number | undefined;
  /** Since when every refresh has failed; a success clears it. */
  readonly failingSince?: number | undefined;
  /** Rows of `Identity` that lead here. Older connections have none of them noted. */
  readonly identities?: readonly string[] | undefined;
  /** What the platform is still to be told. Written together with what has happened, and removed once jobs carry it on. */
  readonly events?: readonly ConnectionEvent[] | undefined;
  /** The wearer has disconnected, or nobody confirmed the number. Nothing is refreshed, and a late commit revokes and deletes what it holds. */
  readonly closedAt?: number | undefined;
  readonly revocation?: Revocation | undefined;
  /** Nothing personal is left in the tables. What the vault still holds can take longer. */
  readonly erasedAt?: number | undefined;
}

/** Which connection belongs to a provider's user. The key is a hash of provider and user id. */
export interface Identity {
  readonly connection: ConnectionId;
}

/** A sign-up between the form and the provider's answer. The key is a hash of the OAuth `state`. */
export interface PendingLogin {
  readonly provider: ProviderId;
  /** RFC 7636 S256 challenge. Its verifier lives only in the browser's cookie, which thereby binds both. */
  readonly codeChallenge: string;
  readonly phone?: Secret | undefined;
  readonly textConsent?: TextConsent | undefined;
  /** The language of texts and pages, as chosen in the form. */
  readonly language?: Language | undefined;
  /** The wearer came from the personal page of this connection; number and preferences stay as they are. */
  readonly reconnects?: ConnectionId | undefined;
  /** The party that also gets access, as the form said. */
  readonly sharedWith?: string | undefined;
  /** The version of the personal link that led to the form. Replacing the link ends the sign-up. */
  readonly linkVersion?: number | undefined;
  readonly expiresAt: number;
  /** The row of the invite that the wearer came with. */
  readonly invite?: string | undefined;
  /** Names the callback that consumed the state; a state works once. */
  readonly consumedBy?: string | undefined;
}

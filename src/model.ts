/**
 * The words of the project as types (docs/architecture.md, "Words"). Plain data: times are milliseconds since
 * 1970 (UTC), durations end in `Ms`, what must not be seen is a `Secret`.
 */
import type { ErrorCode } from './errors';
import type { Secret } from './secret';

export const providerIds = ['google-health', 'fitbit'] as const;
export type ProviderId = (typeof providerIds)[number];

/** Opaque and random; never derived from personal data. */
export type ConnectionId = string;

/** The order of token sets: consent first, then generation. */
export interface Position {
  readonly consent: number;
  readonly generation: number;
}

/** What one consent and its refreshes gave. Lives in Key Vault as one secret per connection and consent. */
export interface TokenSet extends Position {
  readonly connection: ConnectionId;
  readonly provider: ProviderId;
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Only when the wearer granted access for a limited time. */
  readonly refreshExpiresAt?: number | undefined;
  readonly scopes: readonly string[];
  /** The provider's own id of the wearer. */
  readonly providerUserId: string;
  /** When the wearer consented; some grants die at a certain age. */
  readonly consentedAt?: number | undefined;
  /** Encrypts the journal row of the set that follows this one: so that key never leaves the vault. */
  readonly journalKey?: Secret | undefined;
}

/** Names the token set that is current. Being saved is not being current: only the pointer decides. */
export interface Pointer extends Position {
  readonly secretVersion: string;
  readonly expiresAt: number;
  /** When the refresh or consent that gave this set began; a run asks whether it was before its own start. */
  readonly rotatedAt: number;
  readonly consentedAt?: number | undefined;
  readonly refreshExpiresAt?: number | undefined;
}

/**
 * A fresh consent number for the successor of one token set, because a secret cannot have versions without end. Whoever
 * refreshes that set uses this number, so that two workers cannot open two.
 */
export interface Rollover {
  readonly consent: number;
  readonly follows: Position;
}

/** 410 seen from the provider; confirmed if it is still there hours later. A success clears it. */
export interface Retirement {
  readonly firstAt: number;
  readonly confirmedAt?: number | undefined;
}

/** Access tokens of one position follow one another by the time they were asked for. */
export interface AccessRank extends Position {
  readonly issuedAt: number;
}

/**
 * An access token that was refreshed on the way to a call and is in no secret, because its refresh token stays. It is
 * encrypted with a key of the token set that the position names, so that every instance can use it and Tables alone reveal nothing.
 */
export interface SharedAccess extends AccessRank {
  readonly expiresAt: number;
  readonly sealed: string;
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

/** What became of the grant of a wearer who disconnected, noted before its tokens are deleted: up to this token set. */
export interface Revocation extends Position {
  /** False: the provider did not take it back, and only the wearer can. */
  readonly revoked: boolean;
}

/** What only the wearer can do so that batteries can be read: grant it again, set up a profile, move the account, clear the access. */
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
  /** The highest consent number given out; a consent is reserved before its token set is saved. */
  readonly consentReserved: number;
  readonly pointer?: Pointer | undefined;
  readonly lease?: Lease | undefined;
  readonly refusal?: Refusal | undefined;
  /** All three replays of this refresh are in the queue, by the name of their set: only then may it be begun. */
  readonly replaysFor?: (Position & { readonly set: string }) | undefined;
  readonly failedAttempt?: FailedAttempt | undefined;
  /** Absent when the last check of the batteries was good. */
  readonly failingCheck?: FailingCheck | undefined;
  readonly retirement?: Retirement | undefined;
  /** The last consent number that a rotation opened. */
  readonly rollover?: Rollover | undefined;
  readonly access?: SharedAccess | undefined;
  /** The API has refused this access token, so nobody hands it out, nor an earlier one. */
  readonly refusedAccess?: AccessRank | undefined;
  /** Further scopes that the settings ask for and the wearer did not grant. */
  readonly missingScopes: readonly string[];
  /** Who else may use the access, as the wearer was told before consenting. */
  readonly sharedWith?: string | undefined;
  /** Where the wearer wants texts; E.164. Confirmed: nobody else's number ever stands here. */
  readonly phone?: Secret | undefined;
  /** Since when the carriers say that there is no such number; one that is confirmed anew ends it. */
  readonly numberDeadSince?: number | undefined;
  /** The consent to texts that came with the number. */
  readonly textConsent?: TextConsent | undefined;
  /** A number was entered at the first sign-up and is not confirmed: by then it has to be, or all of it is deleted. */
  readonly confirmBy?: number | undefined;
  /** IANA name, from the provider. */
  readonly timeZone?: string | undefined;
  readonly preferences?: Preferences | undefined;
  /** Counted up, it makes every earlier link to the personal page worthless. */
  readonly linkVersion?: number | undefined;
  /** Since when every refresh has failed; a success clears it. */
  readonly failingSince?: number | undefined;
  /** Rows of `Identity` that lead here. Older connections have none of them noted. */
  readonly identities?: readonly string[] | undefined;
  /** The wearer has disconnected. Nothing is refreshed, and a late commit gives back what it holds. */
  readonly closedAt?: number | undefined;
  readonly revocation?: Revocation | undefined;
  /** Nothing personal is left in the tables. What the vault still holds can take longer. */
  readonly erasedAt?: number | undefined;
}

/** What texts and pages are written in. To a wearer who has not chosen, texts are English; pages are what the browser prefers. */
export const languages = ['en', 'de', 'es', 'fr'] as const;
export type Language = (typeof languages)[number];

/** What the wearer agreed to, and when: what a carrier asks for. */
export interface TextConsent {
  readonly at: number;
  /** Which wording of the sign-up page; see pages/sign-up.ts. */
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
  /** Repeats a low alert until it is charged; absent for never. */
  readonly remindEveryHours?: number | undefined;
  /** One text when a battery that was low has been charged. */
  readonly tellRecovered?: boolean | undefined;
  readonly quietHours?: QuietHours | undefined;
  /** IANA name; counts more than the provider's. */
  readonly timeZone?: string | undefined;
  /** Of texts and pages. */
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
  /** Of the personal link at that time: replaced, it takes the confirmation with it. */
  readonly linkVersion?: number | undefined;
  readonly phone: Secret;
  readonly textConsent: TextConsent;
  /** Of the text with the code. */
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

/** That a number belongs to a connection; one row for each of them. The key is a keyed hash of the number. */
export interface NumberUse {
  readonly connection: ConnectionId;
}

/** STOP and START act on the number, whoever it belongs to. The key is a keyed hash of the number. */
export interface OptOut {
  readonly at: number;
  readonly stopped: boolean;
}

/** How often something was done on one day or in one month (UTC), `2026-11-21` or `2026-11`. */
export interface Counter {
  readonly count: number;
  readonly window: string;
}

/** Wearers at a provider that goes away are asked to reconnect at its successor. */
export interface Campaign {
  readonly provider: ProviderId;
  readonly startedAt: number;
  /** As the last pass over all connections found it. */
  readonly progress?: CampaignProgress | undefined;
}

/** Counts the wearers who are still at the provider. */
export interface CampaignProgress {
  readonly at: number;
  readonly told: number;
  readonly reminded: number;
  /** No text reaches them: no number, or STOP. */
  readonly unreachable: number;
  /** Not told yet: it is night there, or the budget is used up. */
  readonly waiting: number;
}

/** One battery level as it was seen; kept for the history on the personal page and for the forecast. */
export interface StoredReading {
  readonly at: number;
  readonly percent: number;
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
  /** Of texts and pages, as chosen in the form. */
  readonly language?: Language | undefined;
  /** The wearer came from the personal page of this connection; number and preferences stay as they are. */
  readonly reconnects?: ConnectionId | undefined;
  /** Who else gets access, as the page has said that the wearer came from. */
  readonly sharedWith?: string | undefined;
  /** Of the link that led to that page: replaced, it takes what was begun there with it. */
  readonly linkVersion?: number | undefined;
  readonly expiresAt: number;
  /** Who consumed the state; a state works once. */
  readonly consumedBy?: string | undefined;
}

/** `phone` is a phone that counts steps by itself; `other` is a kind that came after this was written. */
export const deviceKinds = ['tracker', 'scale', 'phone', 'other'] as const;
export type DeviceKind = (typeof deviceKinds)[number];
export const batteryWords = ['high', 'medium', 'low', 'empty'] as const;
export type BatteryWord = (typeof batteryWords)[number];

/** One device as a provider reports it now. What the provider left out is left out here. */
export interface Reading {
  readonly device: string;
  readonly kind: DeviceKind;
  readonly model: string;
  readonly percent?: number | undefined;
  readonly word?: BatteryWord | undefined;
  /** The provider's text for the last sync, only to tell a new reading from an old one. */
  readonly syncMark?: string | undefined;
  /** The same as a time, where the provider says in which zone it is. */
  readonly syncedAt?: number | undefined;
  /** Where it does not, the latest time it can mean: enough to tell that a reading is days old. */
  readonly syncedBefore?: number | undefined;
}

/** What we know about one device of a connection. */
export interface Device {
  readonly connection: ConnectionId;
  readonly reading: Reading;
  /** When this reading was first seen; the age of a reading that carries no sync time. */
  readonly firstSeenAt: number;
  /** What the provider calls it now; absent where that is still the id under which it was first seen. */
  readonly knownAs?: string | undefined;
  /** Tells it from another device of the same name. */
  readonly number?: number | undefined;
  /** When it was last looked at with success. */
  readonly checkedAt: number;
  /** Since when every look that was due has come; absent if there was no gap yet. */
  readonly checkedSince?: number | undefined;
  /** From one charge to the next, counted up. */
  readonly cycle: number;
  /** False once this cycle's low alert is decided. */
  readonly armed: boolean;
  /** When this cycle's last low, critical or reminding alert was decided: the next reminder counts from it. */
  readonly toldAt?: number | undefined;
  /** When this cycle's critical alert was decided. */
  readonly criticalAt?: number | undefined;
  /** How often this cycle's low alert has been repeated. */
  readonly reminders?: number | undefined;
  /** Percent: the lowest level that a text has spoken of since the last charge, or its threshold if that was lower. */
  readonly toldLevel?: number | undefined;
  /** Percent: the lowest level since a text spoke of it. */
  readonly lowest?: number | undefined;
  /** Since when the level has been clearly above the lowest, and not low. */
  readonly risenAt?: number | undefined;
  /** Its word was wrong: it is not believed against the percent until the next charge. */
  readonly doubted?: boolean | undefined;
  /** When this cycle's alert about a silence was decided: of a device that may be flat, of any other. */
  readonly silentAt?: number | undefined;
  readonly unseenAt?: number | undefined;
  /** It was alive since we know it; one that lies in a drawer is only listed. */
  readonly heard?: boolean | undefined;
  /** Since when the provider does not list it any more. */
  readonly goneAt?: number | undefined;
}

export const messageKinds = [
  'low',
  'critical',
  'reminder',
  'recovered',
  'silent',
  'unseen',
  'reconnect',
  'check failing',
  'works again',
  'move',
  'code',
  'welcome',
  'link',
  'test',
  'help',
  'goodbye',
  'number removed',
  'new link',
  'connected again',
  'alarm',
  'alarm over',
] as const;
export type MessageKind = (typeof messageKinds)[number];
/** Stands for a connection in the messages to the operator. */
export const operatorId = 'operator';
/**
 * `sent`: accepted by Communication Services, as far as we know. `delivered` and `failed`: what became of it, by the
 * carrier's report. `unknown`: perhaps received, never sent again. `dropped`: no longer true before it could be sent.
 * `logged`: written to the log instead, in a dry run.
 */
export const messageStates = [
  'pending',
  'claimed',
  'sent',
  'delivered',
  'failed',
  'refused',
  'unknown',
  'dropped',
  'logged',
] as const;
export type MessageState = (typeof messageStates)[number];

export interface MessageFacts {
  /** What the device is called. */
  readonly model?: string | undefined;
  /** The wearer gave it that name. */
  readonly isNamed?: boolean | undefined;
  /** Tells it from another device of the same name. */
  readonly number?: number | undefined;
  readonly percent?: number | undefined;
  readonly word?: BatteryWord | undefined;
  /** By the forecast: about as many hours are left. */
  readonly hoursLeft?: number | undefined;
  /** For how many days a device has not been heard of. */
  readonly silentDays?: number | undefined;
  /** Of checks that fail: since when, which names the episode, and what helps. */
  readonly since?: number | undefined;
  readonly help?: WearerHelp | undefined;
  /** A provider's name. */
  readonly provider?: string | undefined;
  /** The provider that follows it. */
  readonly successor?: string | undefined;
  readonly alarm?: string | undefined;
  /** How many connections an alarm concerns. */
  readonly count?: number | undefined;
  /** Of a code: which one. The code itself is derived when the text is sent. */
  readonly codeNumber?: number | undefined;
  /** Of the personal link: likewise. */
  readonly linkVersion?: number | undefined;
}

/** One SMS and its life. Its id is made from its cause, so the same cause can never make two. */
export interface Message {
  readonly id: string;
  readonly connection: ConnectionId;
  readonly kind: MessageKind;
  /** Of a battery that is low. */
  readonly device?: string | undefined;
  readonly cycle?: number | undefined;
  readonly createdAt: number;
  /** It takes the place of a message that certainly did not arrive: of which one, and for which time. */
  readonly repeats?: { readonly id: string; readonly nth: number } | undefined;
  readonly state: MessageState;
  /** Fixed at the first claim: a repeat with another body would be another message. */
  readonly body?: string | undefined;
  /** The facts that the text is made of. */
  readonly facts: MessageFacts;
  readonly firstSentAt?: number | undefined;
  readonly claimedUntil?: number | undefined;
  readonly claimedBy?: string | undefined;
  /** The id that Communication Services gave it. */
  readonly smsId?: string | undefined;
  readonly failure?: string | undefined;
  /** When the carrier's report that decided the state was made. */
  readonly reportedAt?: number | undefined;
  /** A carrier's own words about a failure: plain, short, and without anything that could be a number. */
  readonly carrierSaid?: string | undefined;
}

/**
 * The last run of a kind; its absence is what the watchdog looks for. `delivery-report`: the first text without a report
 * begins it, and the next report completes it.
 */
export const runKinds = ['rotate-token', 'check-battery', 'delivery-report'] as const;
export type RunKind = (typeof runKinds)[number];
export interface Run {
  readonly kind: RunKind;
  readonly id: string;
  readonly startedAt: number;
  /** When everybody had a job. */
  readonly completedAt?: number | undefined;
  readonly count: number;
  /** How many jobs the last completed run gave: the next one is spread by it. */
  readonly previousCount?: number | undefined;
  /** When a run last found somebody; absent when there was nobody, or everybody has left of their own will. */
  readonly somebodyAt?: number | undefined;
}

/** How far a walk over all rows of a table has come; see domain/operation/walk.ts. */
export interface Pass {
  readonly name: string;
  readonly id: string;
  readonly startedAt: number;
  /** When every row had been visited. */
  readonly completedAt?: number | undefined;
  /** By the first partition of each range: the last row that was visited, or that the range is finished. */
  readonly positions: Readonly<Record<string, RowPosition | 'done'>>;
  readonly counts: Readonly<Record<string, number>>;
}

export interface RowPosition {
  readonly partition: string;
  readonly row: string;
}

export const alarmNames = [
  'rotation run overdue',
  'battery run overdue',
  'connections overdue',
  'grants about to expire',
  'publishing status Testing suspected',
  'client refused',
  'project refused',
  'project not admitted to the API',
  'scopes refused',
  'vault behind the records',
  'jobs poisoned',
  'many devices silent',
  'most checks fail',
  'sender not verified',
  'no delivery reports',
  'sms budget used up',
  'limit on texts nearly reached',
  'texts refused',
  'nobody readable',
  'provider switched off',
  'reply in doubt',
] as const;
export type AlarmName = (typeof alarmNames)[number];

/** One alarm and its present or last episode, from when it began until it is over. */
export interface Alarm {
  readonly name: AlarmName;
  readonly since: number;
  /** Who wrote that it began: a write whose answer was lost is found to be one's own. */
  readonly raisedBy?: string | undefined;
  readonly lastSeenAt: number;
  /** How many it concerns, as the operator was last told, and when that was more than the first time. */
  readonly count?: number | undefined;
  readonly toldAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** Work for one connection, as it travels through a queue of the same name. */
export interface RotateJob {
  readonly kind: 'rotate-token';
  readonly connection: ConnectionId;
  readonly run: string;
  readonly runStartedAt: number;
  /** How often this job has been put back because the provider was unavailable or its outcome unknown. */
  readonly attempt: number;
  /** How often this job has met a held lease. */
  readonly held?: number | undefined;
  /** Asks again for the refresh that was begun at this position, in case its worker has died. */
  readonly replayOf?: Position | undefined;
  /** No replay follows this one. */
  readonly isLast?: boolean | undefined;
  /** How many replay sets were tried before this one. */
  readonly round?: number | undefined;
}

export interface CheckJob {
  readonly kind: 'check-battery';
  readonly connection: ConnectionId;
  readonly run: string;
  /** Absent outside of a run. A check that is older than the next run drops itself. */
  readonly runStartedAt?: number | undefined;
  /** When the consent came that asks for this check. It drops itself if another check was faster. */
  readonly consentedAt?: number | undefined;
  /** How often this job has met a held lease. */
  readonly held?: number | undefined;
}

/** Brings a disconnect to its end: revoke, delete, one last text, erase. */
export interface CloseJob {
  readonly kind: 'close-connection';
  readonly connection: ConnectionId;
  readonly attempt: number;
}

/** Texts the personal links of a number to it, should there be any. */
export interface LinkJob {
  readonly kind: 'send-links';
  /** Keyed hash of the number. */
  readonly number: string;
  /** Names the request, so that a job that is delivered twice texts once. */
  readonly request: string;
  /** Keyed hash of who asked: texts are limited by it. */
  readonly client?: string | undefined;
}

export const works = ['rotate-tokens', 'check-batteries', 'watchdog', 'housekeeping', 'campaigns'] as const;
export type Work = (typeof works)[number];

/** Work over all connections outside of a timer: the operator has begun it, or an invocation ran out of time. */
export interface OperateJob {
  readonly kind: 'operate';
  readonly work: Work;
  /** Goes on with what is unfinished and begins nothing. */
  readonly goesOn: boolean;
}

export type Job = RotateJob | CheckJob | CloseJob | LinkJob | OperateJob;

/** And of the queues that they travel through. */
export const jobKinds = [
  'rotate-token',
  'check-battery',
  'close-connection',
  'send-links',
  'operate',
] as const;

/** What wearers may choose: percent at which a battery is low and critical (0: never), hours between reminders (0: none). */
export const choices = {
  threshold: { least: 5, most: 50 },
  criticalAt: { least: 0, most: 20 },
  remindEveryHours: [0, 6, 12, 24, 48],
} as const;

/**
 * How the service knows who calls what is not for wearers: not at all (`local`), by a function key that the platform has checked
 * (`key`), or by that and a Microsoft Entra sign-in (`entra`).
 */
export type CallerKind = 'local' | 'key' | 'entra';

/** App roles of Microsoft Entra: `operator` opens `ops/*`, `platform` opens `connections/*`. */
export const appRoles = ['operator', 'platform'] as const;
export type AppRole = (typeof appRoles)[number];

/** The settings that decisions depend on. */
export interface Policy {
  /** Percent at or below which a battery is low. */
  readonly batteryThreshold: number;
  readonly alertOnScales: boolean;
  /** What the service calls itself on pages and in texts. */
  readonly serviceName: string;
  /** Who else may use a wearer's access, once the wearer was told; nobody when absent. */
  readonly sharedWith?: string | undefined;
  /** ISO 3166 codes of the countries whose numbers may be texted; the first one is that of a number without a country code. */
  readonly countries: readonly string[];
  readonly limits: Limits;
  /** What nobody has just asked for on a page is written to the log instead of being sent. */
  readonly dryRun: boolean;
  readonly times: Times;
}

/** Texts per day (UTC); the first four are what a stranger can provoke. */
export interface Limits {
  readonly perNumber: number;
  readonly perClient: number;
  /** A number without its last four digits. */
  readonly perPrefix: number;
  readonly perDay: number;
  /** Texts about batteries to one wearer. */
  readonly perWearer: number;
  /** Texts of any kind, except those to the operator. */
  readonly budgetPerDay: number;
  readonly budgetPerMonth: number;
}

/** Provider timeout < lease <= first replay; see docs/architecture.md, "Times". */
export interface Times {
  readonly providerTimeoutMs: number;
  /** One attempt at Key Vault, Tables or a queue; the domain repeats by itself what must not be lost. */
  readonly attemptMs: number;
  readonly leaseMs: number;
  readonly leaseRenewMs: number;
  /** How soon a job that met a held lease looks again. */
  readonly leaseRetryMs: number;
  /** When a refresh that was begun is asked for again, should its worker have died. */
  readonly replayMs: readonly number[];
  /** When a job that met a passing failure comes back, by attempt. */
  readonly retryMs: readonly number[];
  /** For how long a new token set is offered to the vault that does not take it. */
  readonly saveMs: number;
  /** How soon before its expiry an access token is not handed out any more. */
  readonly expiryMarginMs: number;
  /** A refusal counts when it is still there after this time. */
  readonly refusalRecheckMs: number;
  /** A provider's 410 counts when it is still there after this time. */
  readonly retirementConfirmMs: number;
  /** How long a connection whose provider is switched off is still asked, once a day. */
  readonly retiredMs: number;
  /** A connection that has failed for this long is tried once a day only. */
  readonly failureBudgetMs: number;
  readonly loginMs: number;
  /** How long a texted code is good, and how long a number may stay unconfirmed. */
  readonly codeMs: number;
  readonly confirmMs: number;
  /** How long one attempt to send may take, and after which a claim is free for others. */
  readonly smsSendMs: number;
  readonly smsClaimMs: number;
  readonly smsResendMs: number;
  /** How old the last completed run, or a connection's last rotation, may be. */
  readonly rotationOverdueMs: number;
  readonly batteryOverdueMs: number;
  /** How long checks fail for the same reason before the wearer is told, where only the wearer can help. */
  readonly checkToldMs: number;
  /** How long texts may leave without any delivery report. */
  readonly reportsOverdueMs: number;
  /** How far apart the jobs of a run are, and within which time the last one has to begin: however many they are. */
  readonly jobStepMs: number;
  readonly rotationSpreadMs: number;
  readonly checkSpreadMs: number;
  /** How long one invocation works on something that concerns all connections; a job then goes on. */
  readonly workMs: number;
  /** How often everything that is kept is looked through for what is old. */
  readonly sweepEveryMs: number;
  /** For how long battery readings are kept, and messages and what is left of closed connections. */
  readonly readingsMs: number;
  readonly messagesMs: number;
}

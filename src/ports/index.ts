/** Everything the domain needs from outside. Adapters implement it; tests bring their own. */
import type * as model from '../model';
import type { Secret } from '../secret';
import type { Http } from './exchange';
import type { Providers } from './provider';

export * from './exchange';
export * from './provider';

export interface Clock {
  now(): number;
  /** Does not jump when the machine's clock is set; only differences mean anything. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  /** Calls again and again until the returned function is called. */
  every(ms: number, call: () => void): () => void;
}

export interface Random {
  /** An opaque id: 128 random bits, lower-case hexadecimal. */
  id(): string;
  /** 256 random bits, base64url: a state, a code verifier, a ticket, a key. */
  secret(): string;
}

export type LogFields = Partial<
  Record<'run' | 'batch' | 'connection' | 'provider' | 'reason' | 'outcome' | 'code' | 'job', string> &
    Record<'consent' | 'generation' | 'count' | 'attempt' | 'status', number> &
    Record<'expiresAt' | 'retryAt', number> &
    Record<'alarm' | 'kind' | 'message' | 'body' | 'function' | 'error' | 'answer' | 'stack', string> &
    Record<'caller' | 'principal' | 'address', string>
>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** An event name and an allow-list of fields. Objects, bodies, headers and URLs cannot be logged. */
export type Log = Record<LogLevel, (event: string, fields?: LogFields) => void>;
/** Where finished lines go: the logger of an invocation, or the console. */
export type LogSink = Record<LogLevel, (line: string) => void>;

export interface Key {
  readonly partition: string;
  readonly row: string;
}
export interface Row<T> {
  readonly key: Key;
  readonly etag: string;
  readonly value: T;
}
/** Records with compare-and-swap. `CONFLICT` when a row exists already, has changed, or is gone. */
export interface Table<T> {
  get(key: Key): Promise<Row<T> | undefined>;
  insert(key: Key, value: T): Promise<Row<T>>;
  replace(row: Row<T>, value: T): Promise<Row<T>>;
  remove(row: Row<T>): Promise<void>;
  /**
   * All of it, one partition or a range of them, or a range of the rows of a partition; in order.
   *
   * @param atOnce how many rows one answer brings, for whoever may need few of them; 1,000 at most
   */
  list(partition?: string | KeyRange, rows?: KeyRange, atOnce?: number): AsyncIterable<Row<T>>;
}
/** A table in which several rows of one partition change together: all of them or none. */
export interface GroupTable<T> extends Table<T> {
  /**
   * Writes all changes or none. The first one must be an insert or a replace: a write that was sent again after a lost answer knows its
   * own work by it. A `put` and a `remove` look at no ETag, so they are for rows that only change together with the first.
   *
   * @param changes 1 to 100, of different rows of one partition
   * @throws AppError `CONFLICT` if a row to be inserted exists already, one to be replaced has changed, or one to be removed is not there
   */
  writeTogether(changes: readonly GroupChange<T>[]): Promise<void>;
}
export type GroupChange<T> =
  | { readonly kind: 'insert' | 'put'; readonly key: Key; readonly value: T }
  | { readonly kind: 'replace'; readonly row: Row<T>; readonly value: T }
  | { readonly kind: 'remove'; readonly key: Key };
export interface KeyRange {
  readonly from: string;
  readonly before: string;
}
export interface Tables {
  readonly connections: Table<model.Connection>;
  readonly identities: Table<model.Identity>;
  readonly logins: Table<model.PendingLogin>;
  readonly confirmations: Table<model.Confirmation>;
  readonly links: Table<model.PersonalLink>;
  readonly numbers: Table<model.NumberUse>;
  readonly optOuts: Table<model.OptOut>;
  readonly consents: Table<model.TextConsentProof>;
  readonly counters: Table<model.Counter>;
  readonly campaigns: Table<model.Campaign>;
  readonly invites: Table<model.Invite>;
  readonly devices: Table<model.Device>;
  readonly readings: Table<model.StoredReading>;
  readonly messages: Table<model.Message>;
  readonly runs: Table<model.Run>;
  readonly passes: Table<model.Pass>;
  readonly alarms: Table<model.Alarm>;
  readonly undelivered: Table<model.UndeliveredEvent>;
  readonly digests: Table<model.DigestMark>;
  readonly board: GroupTable<model.BoardRow>;
}

export interface SavedTokenSet {
  readonly version: string;
  readonly set: model.TokenSet;
}
/** A connection and the vault that it began in. */
export type Kept = Pick<model.Connection, 'id' | 'vault'>;

/**
 * Key Vault: no compare-and-swap, every save is a new version. There can be several: the tokens of a connection stay in the one that its
 * record names, and everything else is in the first. @throws AppError `VAULT_MISSING` if the settings do not name that vault
 */
export interface Vault {
  /** The vaults besides the first, by the names that records have for them. */
  readonly further: readonly string[];
  /** The version named, or the latest. */
  readTokenSet(connection: Kept, consent: number, version?: string): Promise<SavedTokenSet | undefined>;
  /** Every version saved at the same time as the one named, or later; all of them when it does not exist. */
  readTokenSetsSince(connection: Kept, consent: number, version: string): Promise<SavedTokenSet[]>;
  /** One write; returns the version. @param at the connection of the set, or what is known of it */
  saveTokenSet(set: model.TokenSet, at?: Pick<Kept, 'vault'>): Promise<string>;
  /**
   * Deletes all versions of one consent. Nothing happens when there are none. A vault can bring them back for a while.
   *
   * @returns when the vault will forget them by itself, if it lets nobody purge them before
   */
  deleteTokenSets(connection: Kept, consent: number): Promise<number | undefined>;
  /**
   * Makes the vault forget for good what was deleted, if it lets us.
   *
   * @returns by when it will forget by itself, if it does not let us; `undefined` when nothing is left
   * @throws AppError `DELETION_RUNNING` while the vault is still deleting, which takes it seconds to minutes
   */
  purgeTokenSets(connection: Kept, consent: number): Promise<number | undefined>;
  /** A secret that the operator keeps there, such as a provider's client secret. */
  readSecret(name: string): Promise<Secret | undefined>;
  /** Writes a secret that nothing reads, to see whether the vault takes one. @throws AppError what any write throws */
  tryWriting(at?: Pick<Kept, 'vault'>): Promise<void>;
}

/** What another program may read in Key Vault: an access token, without the refresh token. */
export interface PublishedToken {
  readonly connection: model.ConnectionId;
  readonly provider: model.ProviderId;
  readonly accessToken: Secret;
  readonly expiresAt: number;
  readonly scopes: readonly string[];
}

/**
 * Bare access tokens in Key Vault, a secret each, in the vault of their connection. No compare-and-swap: what was written last stands
 * there.
 */
export interface PublishedTokens {
  /** What stands there; `connection` is absent if this service did not write it. */
  read(
    at: Pick<Kept, 'vault'>,
    name: string,
  ): Promise<{ readonly connection: string | undefined; readonly accessToken: Secret } | undefined>;
  /** @throws AppError `SECRET_DELETED` if the secret was deleted; the vault was then asked to bring it back, which takes it seconds */
  write(at: Pick<Kept, 'vault'>, name: string, token: PublishedToken): Promise<void>;
  /** Deletes all versions, like `Vault.deleteTokenSets`. */
  remove(at: Pick<Kept, 'vault'>, name: string): Promise<number | undefined>;
  /** Makes the vault forget them, like `Vault.purgeTokenSets`. @throws AppError `DELETION_RUNNING` */
  purge(at: Pick<Kept, 'vault'>, name: string): Promise<number | undefined>;
}

/**
 * Encrypts an access token that is in no secret, for the record of its connection. `keeper` is the current token set: its
 * key never leaves the vault.
 */
export interface Seal {
  /** @returns `undefined` if the keeper carries no key */
  seal(keeper: model.TokenSet, set: model.TokenSet): string | undefined;
  /** @returns `undefined` if another key has sealed it */
  open(keeper: model.TokenSet, sealed: string): model.TokenSet | undefined;
}

/** The operator's secrets as they were read a moment ago, in memory only: forgotten at any time, they cost one read. */
export interface RecentSecrets {
  /** Forgets it when it is too old. */
  get(name: string, now: number): Secret | undefined;
  keep(name: string, secret: Secret, until: number): void;
  forget(name: string): void;
}

/** HMAC-SHA256 with a key that only the vault holds: what is derived with it reveals nothing at rest. */
export interface KeyedHash {
  /** Returns 256 bits, base64url. `purpose` keeps one use from being taken for another. */
  mac(purpose: string, ...parts: readonly (string | number | Secret)[]): Promise<string>;
}

/** Token sets that the vault did not take in time, encrypted with a key that only the vault holds. */
export interface Journal {
  /** Insert only: the first set written for a position stays. */
  write(previous: model.TokenSet, next: model.TokenSet): Promise<void>;
  /** The sets that were written as successors of `current`. */
  read(current: model.TokenSet): Promise<model.TokenSet[]>;
  /** Every row of every connection, readable or not. */
  list(): AsyncIterable<model.Position & { readonly connection: model.ConnectionId }>;
  /** Removes the rows of a connection up to and including a position; without one, all of them. */
  remove(connection: model.ConnectionId, upTo?: model.Position): Promise<void>;
}

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
  /** What a person typed; `undefined` when it is no address. The domain is in small letters. */
  read(text: string): Secret | undefined;
  /** For the eyes of its owner. */
  show(email: Secret): string;
  /** Enough to recognise one's own: its first letter and its domain. */
  mask(email: Secret): string;
}

export interface Queues {
  /** Looks at one queue, and takes nothing. @throws AppError `QUEUE_UNAVAILABLE` */
  peek(): Promise<void>;
  /** @returns what cancels the job; nothing happens when it has been delivered meanwhile */
  enqueue(job: model.Job, delayMs?: number): Promise<() => Promise<void>>;
}

export interface Sms {
  /** What is still missing before a text can be sent, by the name of its setting. */
  readonly missing: readonly string[];
  /** The number that texts come from, for people to answer to. */
  readonly from?: string | undefined;
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

/**
 * Everything outside that the domain reaches. A function names the few that it uses, and beside them the settings
 * (`Settings` in model/policy.ts).
 */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly http: Http;
  readonly tables: Tables;
  readonly vault: Vault;
  readonly publishedTokens: PublishedTokens;
  readonly journal: Journal;
  readonly recentSecrets: RecentSecrets;
  readonly accessSeal: Seal;
  /** The answer to a program that the access is shared with: JSON (RFC 6749 §5.1), without the refresh token. */
  readonly writeTokenAnswer: (set: model.TokenSet, now: number) => string;
  readonly keyedHash: KeyedHash;
  readonly phoneNumbers: PhoneNumbers;
  readonly emailAddresses: EmailAddresses;
  readonly queues: Queues;
  readonly sms: Sms;
  readonly email: Email;
  readonly webhooks: Webhooks;
  readonly providers: Providers;
}

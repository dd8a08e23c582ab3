/** Everything the domain needs from outside, on one screen. Adapters implement it; tests bring their own. */
import type { ProviderErrorCode } from './errors';
import type * as model from './model';
import type { Secret } from './secret';

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
  /** 256 random bits, base64url: a state, a code verifier. */
  token(): string;
}

export type LogFields = Partial<
  Record<'run' | 'batch' | 'connection' | 'provider' | 'reason' | 'outcome' | 'code' | 'job', string> &
    Record<'consent' | 'generation' | 'count' | 'attempt' | 'status', number> &
    Record<'expiresAt' | 'retryAt', number> &
    Record<'alarm' | 'kind' | 'message' | 'body' | 'function' | 'error' | 'answer' | 'stack', string> &
    Record<'caller' | 'principal', string>
>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** An event name and an allow-list of fields. Objects, bodies, headers and URLs cannot be logged. */
export type Log = Record<LogLevel, (event: string, fields?: LogFields) => void>;
/** Where finished lines go: the logger of an invocation, or the console. */
export type LogSink = Record<LogLevel, (line: string) => void>;

export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof httpMethods)[number];
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?:
    { readonly bearer: Secret } | { readonly username: string; readonly password: Secret };
  readonly form?: Readonly<Record<string, string | Secret>>;
  /** As it is; its type is a header. */
  readonly body?: Uint8Array | undefined;
  readonly timeoutMs: number;
}
export interface HttpAnswer {
  readonly answered: true;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or `undefined` for anything else. */
  readonly body: unknown;
  /** The same as it came. */
  readonly content: Uint8Array;
}
/** `sent: false` means that the request certainly never reached the server. */
export interface NoAnswer {
  readonly answered: false;
  readonly sent: boolean;
  /** There was an answer, larger than is read. */
  readonly tooLarge?: true;
}
/**
 * Sends once: only a GET that met a connection which the server had closed is sent again. Never follows a redirect,
 * never throws for an answer.
 */
export type Http = (request: HttpRequest) => Promise<HttpAnswer | NoAnswer>;

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
  /** All of it, one partition or a range of them, or a range of the rows of a partition; in order. */
  list(partition?: string | KeyRange, rows?: KeyRange): AsyncIterable<Row<T>>;
}
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
}

export interface SavedTokenSet {
  readonly version: string;
  readonly set: model.TokenSet;
}
/** Key Vault: no compare-and-swap, every save is a new version. */
export interface Vault {
  /** The version named, or the latest. */
  readTokenSet(
    connection: model.ConnectionId,
    consent: number,
    version?: string,
  ): Promise<SavedTokenSet | undefined>;
  /** Every version saved at the same time as the one named, or later; all of them when it does not exist. */
  readTokenSetsSince(
    connection: model.ConnectionId,
    consent: number,
    version: string,
  ): Promise<SavedTokenSet[]>;
  /** One write; returns the version. */
  saveTokenSet(set: model.TokenSet): Promise<string>;
  /**
   * Deletes all versions of one consent. Nothing happens when there are none. A vault can bring them back for a while.
   *
   * @returns when the vault will forget them by itself, if it lets nobody purge them before
   */
  deleteTokenSets(connection: model.ConnectionId, consent: number): Promise<number | undefined>;
  /**
   * Makes the vault forget for good what was deleted, if it lets us.
   *
   * @returns by when it will forget by itself, if it does not let us; `undefined` when nothing is left
   * @throws AppError `DELETION_RUNNING` while the vault is still deleting, which takes it seconds to minutes
   */
  purgeTokenSets(connection: model.ConnectionId, consent: number): Promise<number | undefined>;
  /** A secret that the operator keeps there, such as a provider's client secret. */
  readSecret(name: string): Promise<Secret | undefined>;
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
  /** Of 256 bits, base64url. `purpose` keeps one use from being taken for another. */
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
  ):
    | { readonly ok: true; readonly phone: Secret }
    | { readonly ok: false; readonly why: 'no number' | 'other country' | 'no mobile' };
  /** For the eyes of its owner. */
  show(phone: Secret): string;
  /** Enough to recognise one's own: its country code and last digits. */
  mask(phone: Secret): string;
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
}
export type SmsAnswer =
  | { readonly kind: 'accepted'; readonly smsId: string }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unavailable'; readonly status?: number | undefined }
  | { readonly kind: 'unknown' };

/** What a token endpoint gave. `refreshToken` is absent when the old one stays valid. */
export interface TokenGrant {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret | undefined;
  readonly expiresInMs: number;
  readonly refreshExpiresInMs?: number | undefined;
  /** Absent when all that was asked for is granted. */
  readonly scopes?: readonly string[] | undefined;
  readonly providerUserId?: string | undefined;
  /** The e-mail address of the account, where the settings ask for it; for its owner's eyes, and stored nowhere. */
  readonly account?: string | undefined;
}
/** What a provider says of an access token. */
export interface TokenState {
  readonly active: boolean;
  readonly scopes: readonly string[];
  /** The client that it was issued to. */
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
}
/** `previousIds` are ids of the same person at the provider's predecessors. */
export interface ProviderIdentity {
  readonly userId: string;
  readonly previousIds: Partial<Record<model.ProviderId, string>>;
}
/** A description, not a client: how to speak to one provider. See docs/adding-a-provider.md. */
export interface Provider {
  readonly id: model.ProviderId;
  readonly name: string;
  /** Where a wearer reconnects when this provider is retired. */
  readonly successor?: model.ProviderId;
  readonly clientId: string | undefined;
  /** The setting that holds `clientId`, and the secret in Key Vault that belongs to it. */
  readonly clientIdSetting: string;
  readonly clientSecretName: string;
  /** Where a person takes back the access they gave, without us. */
  readonly revokeByHandUrl: string;
  /** Whose account people sign in with there, such as Google. */
  readonly accountAt: string;
  /** Where a person sets up the profile that an account needs. */
  readonly setUpUrl?: string;
  /** RFC 9207: what the provider calls itself in its answer to the browser; absent when it says nothing. */
  readonly issuer?: string;
  readonly urls: {
    readonly authorize: string;
    readonly token: string;
    readonly revoke: string;
    readonly api: string;
  };
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post';
  /** Paths of the API, in lower case, for calls that others ask for: none of OAuth, which can be on the same host. */
  readonly apiPath: RegExp;
  readonly scopes: { readonly device: string; readonly optional: readonly string[] };
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** True: a refresh token works once, and its answer brings the next one. */
  readonly rotatesRefreshToken: boolean;
  /** The header that says in how many seconds a limit ends, where Retry-After is missing. */
  readonly limitResetHeader?: string;
  /** At what age a consent dies while the client is not published, and after how long without use. */
  readonly grantLife?: { readonly testingMs: number; readonly idleMs: number };
  /** A 2xx answer of the token endpoint; `undefined` when it cannot be read. */
  readTokenGrant(body: unknown): TokenGrant | undefined;
  /** Any other answer. */
  readTokenFailure(answer: HttpAnswer): ProviderErrorCode;
  /** An answer to a revocation: there is nothing left to revoke. */
  saysTokenIsDead(answer: HttpAnswer): boolean;
  readApiFailure(answer: HttpAnswer): ProviderErrorCode;
  /** RFC 7662, or what the provider has in its place; absent where it has nothing. */
  readonly introspection?: {
    readonly url: string;
    /** Beside the access token itself, which is the bearer. */
    form(accessToken: Secret): Readonly<Record<string, Secret>>;
    /** A 2xx answer; `undefined` when it cannot be read. */
    read(body: unknown): TokenState | undefined;
  };
  /** Absent when the token answer itself carries the user id. */
  readonly identity?: ApiRead<ProviderIdentity>;
  readonly devices: ApiRead<{
    readonly readings: readonly model.Reading[];
    readonly nextPageToken?: string | undefined;
  }>;
  /** An IANA name, or an offset such as `+05:30` where the provider has no name. */
  readonly timeZone: ApiRead<string>;
}
export interface ApiRead<T> {
  path(pageToken?: string): string;
  /** `undefined` when the answer cannot be read. */
  read(body: unknown): T | undefined;
}
export type Providers = ReadonlyMap<model.ProviderId, Provider>;

export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly http: Http;
  readonly tables: Tables;
  readonly vault: Vault;
  readonly journal: Journal;
  readonly recentSecrets: RecentSecrets;
  readonly accessSeal: Seal;
  /** For whom the access is shared with, as JSON (RFC 6749 §5.1, no refresh token). */
  readonly writeTokenAnswer: (set: model.TokenSet, now: number) => string;
  readonly keyedHash: KeyedHash;
  readonly phoneNumbers: PhoneNumbers;
  readonly queues: Queues;
  readonly sms: Sms;
  readonly providers: Providers;
  readonly policy: model.Policy;
  /** Where the operator is told of alarms; E.164. */
  readonly operatorPhone?: Secret | undefined;
  readonly operatorContact?: string | undefined;
  /** What a person has to know to sign up; absent when anyone may. */
  readonly inviteCode?: Secret | undefined;
  readonly callers: model.CallerKind;
  /** Origin under which people reach the service, without a trailing slash. */
  readonly publicUrl: string;
}

/** The vault, what other programs read in it, and what is encrypted or derived with keys that it holds. */
import type * as model from '../model';
import type { Secret } from '../secret';

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

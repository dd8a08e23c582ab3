/** What the service has to know of a provider. */
import type { ProviderErrorCode } from '../errors';
import type * as model from '../model';
import type { Secret } from '../secret';
import type { HttpAnswer, HttpRequest } from './exchange';

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
export interface ProviderClient {
  readonly id: string;
  readonly secret: Secret;
}
/** By POST; it carries its own proof of the client. */
export type SignedRequest = Required<Pick<HttpRequest, 'url' | 'form'>>;
/** Ends the grant of a user by two requests that the client's secret signs; the first gives what the second may be signed with once. */
export interface SignedRevocation {
  /** @param now milliseconds since 1970 */
  askForNonce(client: ProviderClient, now: number): SignedRequest;
  /** A good answer; `undefined` when it cannot be read. */
  readNonce(body: unknown): string | undefined;
  revoke(client: ProviderClient, userId: string, nonce: string): SignedRequest;
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
  readonly scopes: {
    readonly device: string;
    readonly optional: readonly string[];
    /** Stands between two; a space when not given (RFC 6749 §3.3). */
    readonly separator?: string;
  };
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** What the token endpoint wants besides the parameters of RFC 6749. */
  readonly tokenParameters?: Readonly<Record<string, string>>;
  /** True: a refresh token works once, and its answer brings the next one. */
  readonly rotatesRefreshToken: boolean;
  /** How many calls a minute all wearers of the client may make together; absent where no run comes near a limit. */
  readonly callsPerMinute?: number;
  /** The header that says in how many seconds a limit ends, where Retry-After is missing. */
  readonly limitResetHeader?: string;
  /** At what age a consent dies while the client is not published, and after how long without use. */
  readonly grantLife?: { readonly testingMs: number; readonly idleMs: number };
  /** A good answer of the token endpoint; `undefined` when it cannot be read. */
  readTokenGrant(body: unknown): TokenGrant | undefined;
  /** What an answer of the token endpoint, or to a revocation, says went wrong; `undefined` for a good one. */
  readTokenFailure(answer: HttpAnswer): ProviderErrorCode | undefined;
  /**
   * The provider's own word for it, the most exact one, such as Google's `invalid_rapt` beside `invalid_grant`. It may be logged,
   * so it consists of small letters and underscores, of which no token is made.
   */
  readErrorWord(answer: HttpAnswer): string | undefined;
  /** Words of an OAuth error, in an answer or to the browser, that say that a rule keeps this account out: while it holds, no consent of it helps. */
  readonly accountErrors?: readonly string[];
  /** Where a revocation names the user and no token; absent for RFC 7009 at `urls.revoke`. */
  readonly signedRevocation?: SignedRevocation;
  /** An answer to a revocation: there is nothing left to revoke. */
  saysTokenIsDead(answer: HttpAnswer): boolean;
  /** What an answer of the API says went wrong; `undefined` for a good one. */
  readApiFailure(answer: HttpAnswer): ProviderErrorCode | undefined;
  /** RFC 7662, or what the provider has in its place; absent where it has nothing. */
  readonly introspection?: {
    readonly url: string;
    /** Beside the access token itself, which is the bearer. */
    form(accessToken: Secret): Readonly<Record<string, Secret>>;
    /** A good answer; `undefined` when it cannot be read. */
    read(body: unknown): TokenState | undefined;
  };
  /** Absent when the token answer itself carries the user id. */
  readonly identity?: ApiRead<ProviderIdentity>;
  readonly devices: ApiRead<DeviceList>;
  /** An IANA name, or an offset such as `+05:30` where the provider has no name. Absent where the list of devices says it. */
  readonly timeZone?: ApiRead<string>;
}
/** One page of it. */
export interface DeviceList {
  readonly readings: readonly model.Reading[];
  readonly nextPageToken?: string | undefined;
  readonly timeZone?: string | undefined;
}
export interface ApiRead<T> {
  path(pageToken?: string): string;
  /** Where the API reads by POST: what is asked for. */
  readonly form?: Readonly<Record<string, string>>;
  /** `undefined` when the answer cannot be read. */
  read(body: unknown): T | undefined;
}
export type Providers = ReadonlyMap<model.ProviderId, Provider>;

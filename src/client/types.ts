/** What a program sees of the client: plain data, tokens in clear, nothing of the service. */
import type { ProviderId } from '../model/provider-table';

export type { ProviderId };

/** Plain data for the program to keep, as JSON for instance. Whoever has it can read the wearer's data. */
export interface Tokens {
  readonly accessToken: string;
  /** Absent if the provider gave none; the tokens then end with the access token. */
  readonly refreshToken?: string | undefined;
  /** Milliseconds since 1970, like every time here. */
  readonly expiresAt: number;
  /** Present if the consent itself is for a limited time. */
  readonly refreshExpiresAt?: number | undefined;
  /** The scopes that were granted, which can be fewer than were asked for. */
  readonly scopes: readonly string[];
  /** The provider's own id of the wearer, if the token answer says it. */
  readonly userId?: string | undefined;
}

export interface ClientOptions {
  readonly provider: ProviderId;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As it is registered with the provider. */
  readonly redirectUri: string;
  /** The one for devices when not given. A scope of Google Health can be shortened to its last part. */
  readonly scopes?: readonly string[] | undefined;
  /** How long one request may take; 10 seconds when not given. */
  readonly timeoutMs?: number | undefined;
  /** Origin of a simulator that stands in for every host of the provider; a loopback address. */
  readonly simulatorUrl?: string | undefined;
}

export interface AuthorizeOptions {
  /** A random one when not given. */
  readonly state?: string | undefined;
  /** In place of the provider's usual one, which makes sure of a refresh token and of the right person. */
  readonly prompt?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

/** Keep `state` and `codeVerifier` in the browser's session until the person is back. */
export interface Authorization {
  readonly url: string;
  readonly state: string;
  /** RFC 7636: `exchange` needs it. */
  readonly codeVerifier: string;
}

/** What the provider says of an access token. */
export interface Introspection {
  readonly active: boolean;
  readonly scopes: readonly string[];
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
  readonly expiresAt?: number | undefined;
}

/** A client of one provider. Everything that fails rejects with a `ClientError`. */
export interface Client {
  /** RFC 6749 §4.1.1, always with PKCE. */
  authorizeUrl(options?: AuthorizeOptions): Authorization;
  /** RFC 6749 §4.1.3. Check first that the `state` which came back is the one that was sent. */
  exchange(code: string, kept: { readonly codeVerifier: string }): Promise<Tokens>;
  /**
   * RFC 6749 §6. Keep what it returns before anything is done with it: Fitbit's and Withings' refresh tokens are replaced. Refreshes of one token
   * that overlap are one request.
   */
  refresh(tokens: Tokens): Promise<Tokens>;
  /** RFC 7009, or what the provider has in its place. It ends the whole consent. Tokens that are dead already count as revoked. */
  revoke(tokens: Tokens): Promise<void>;
  /** Of the access token. A dead one is not active, and no error. */
  introspect(tokens: Tokens): Promise<Introspection>;
  /** The API in the name of one wearer. */
  forUser(tokens: Tokens, options: UserOptions): User;
}

export interface UserOptions {
  /**
   * Keeps new tokens. The call that needed them goes on when it has returned; if it throws, the call fails with that error, and
   * the next call asks again to keep the same tokens.
   */
  readonly onTokens: (tokens: Tokens) => Promise<void> | void;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
}
export interface BodyOptions extends CallOptions {
  /** `URLSearchParams` goes as a form, text and bytes as they are, anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; `undefined` if the answer is none. */
  readonly body: unknown;
  /** The same as it came. */
  readonly content: Uint8Array;
}

/**
 * A path begins with a slash and is the whole path of the API; it names the wearer as the API does (`-` or an id at Fitbit, `me` at Google,
 * nobody at Withings, whose API is asked by POST with a form).
 * A good answer resolves: a 2xx, and at Withings one whose `status` is 0. An access token that is about to expire, or that the API refuses, is
 * refreshed once, and the call is made once more.
 */
export interface User {
  /** The latest ones. */
  readonly tokens: Tokens;
  get(path: string, options?: CallOptions): Promise<Answer>;
  post(path: string, options?: BodyOptions): Promise<Answer>;
  put(path: string, options?: BodyOptions): Promise<Answer>;
  patch(path: string, options?: BodyOptions): Promise<Answer>;
  delete(path: string, options?: CallOptions): Promise<Answer>;
}

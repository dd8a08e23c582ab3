/** One request and its answer, as providers are called. */
import type { Secret } from '../secret';

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

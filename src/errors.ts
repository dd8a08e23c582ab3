/**
 * Errors and failures, each with a code of the closed list. Messages are written here and at the throw, never taken from an answer,
 * because answers hold tokens.
 */
import type { errorCodes, providerErrorCodes } from './error-codes';

/** The closed list, with what each code means, is in error-codes.ts. */
export type ErrorCode = keyof typeof errorCodes;
export type ProviderErrorCode = keyof typeof providerErrorCodes;

/** A failure that the caller has to deal with. One that nobody here can deal with is thrown as `AppError`. */
export interface Failure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Not before this time, by the provider's Retry-After. */
  readonly retryAt?: number | undefined;
  /** The provider's own word for what went wrong, to be logged; see `readErrorWord` of its description. */
  readonly answer?: string | undefined;
}
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export function failure(code: ErrorCode, retryAt?: number, answer?: string): Failure {
  return {
    ...{ ok: false, code },
    ...(retryAt !== undefined && { retryAt }),
    ...(answer !== undefined && { answer }),
  };
}

export const storeFailures: readonly ErrorCode[] = [
  'TABLE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
  'VAULT_UNAVAILABLE',
  'VAULT_REFUSED',
  'VAULT_MISSING',
  'SECRET_DISABLED',
  'SECRET_DELETED',
  'DELETION_RUNNING',
];

/** Tables, queues or the vault did not do what they were asked. */
export function isStoreFailure(code: ErrorCode): boolean {
  return storeFailures.includes(code);
}

/** What the other side said, for the log: its status, and its own fixed word for the reason, never a sentence or a value. */
export interface AnswerGiven {
  readonly status?: number;
  readonly answer?: string;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly given: AnswerGiven;

  constructor(
    code: ErrorCode,
    message: string,
    { given = {}, ...options }: { cause?: unknown; given?: AnswerGiven } = {},
  ) {
    super(message, options);
    this.code = code;
    this.given = given;
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}

/** Where an error comes from: its name, and the places it went through, without its message. */
export function describeThrown(error: unknown): { readonly error: string; readonly stack: string } {
  const cause = error instanceof AppError && error.cause !== undefined ? error.cause : error;
  const { name, stack = '' } = cause instanceof Error ? cause : new Error();
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: name, stack: frames.slice(0, 8).join('\n') };
}

/** What a log line says about an error. Messages are left out: one of a library may hold anything. */
export function describeFailure(error: unknown): { readonly code: ErrorCode } & AnswerGiven {
  return error instanceof AppError ? { code: error.code, ...error.given } : { code: 'UNEXPECTED' };
}

/** What an error of an Azure SDK says about the answer that it came from, as far as a log may know it. */
import type { AnswerGiven } from '../errors';

interface SdkError {
  readonly statusCode?: number;
  readonly code?: unknown;
  readonly details?: {
    readonly error?: { readonly innerError?: { readonly code?: unknown } };
    readonly odataError?: { readonly code?: unknown };
  };
}

/** Without a status there was no answer; the word is then the one of the network, such as `ECONNRESET`. */
export function readAzureError(error: unknown): AnswerGiven {
  const { statusCode, code, details } = (error ?? {}) as SdkError;
  const answer = [details?.error?.innerError?.code, details?.odataError?.code, code].find(isWord);
  return {
    ...(statusCode !== undefined && { status: statusCode }),
    ...(answer !== undefined && { answer }),
  };
}

/** The services' own words are identifiers, such as `ForbiddenByRbac`. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}

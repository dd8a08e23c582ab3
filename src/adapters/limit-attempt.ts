/** What every client of an Azure SDK needs that has to end: the SDKs have no limit of their own on an attempt or a call. */
import type { SecretClientOptions } from '@azure/keyvault-secrets';

export type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];

/** Goes with `perRetry`: a server that accepts a request and never answers would hold us for ever. */
export function limitAttempt(timeoutMs: number): Policy {
  return {
    name: 'limitAttempt',
    sendRequest: (request, next) => {
      request.timeout = timeoutMs;
      return next(request);
    },
  };
}

/** Goes with `perCall`: all attempts, the pauses between them, and getting a token for them. */
export function limitCall(timeoutMs: number): Policy {
  return {
    name: 'limitCall',
    async sendRequest(request, next) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), timeoutMs);
      request.abortSignal = controller.signal;
      try {
        return await next(request);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const retryAfterHeaders = [
  ['retry-after', 1_000],
  ['retry-after-ms', 1],
  ['x-ms-retry-after-ms', 1],
] as const;

/** Goes with `perRetry`: an SDK waits as long as a server asks it to, whatever its own longest pause is. */
export function limitRetryAfter(mostMs: number): Policy {
  return {
    name: 'limitRetryAfter',
    async sendRequest(request, next) {
      const response = await next(request);
      for (const [name, unitMs] of retryAfterHeaders) {
        const text = response.headers.get(name);
        // A date is no number, and gives way like a number that is too large.
        if (text !== undefined && !(Number(text) * unitMs <= mostMs)) {
          response.headers.set(name, String(mostMs / unitMs));
        }
      }
      return response;
    },
  };
}

/** The Azure SDKs have no request timeout of their own: a server that accepts and never answers would hold us for ever. */
import type { SecretClientOptions } from '@azure/keyvault-secrets';

export type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];

export function limitAttempt(timeoutMs: number): Policy {
  return {
    name: 'limitAttempt',
    sendRequest: (request, next) => {
      request.timeout = timeoutMs;
      return next(request);
    },
  };
}

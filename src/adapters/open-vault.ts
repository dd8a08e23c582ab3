/** The client of one vault, in Azure or on loopback. */
import type { SecretClient } from '@azure/keyvault-secrets';
import { isLoopback } from '../loopback';
import type { CredentialFor } from './azure-credential';
import { limitAttempt, type Policy } from './limit-attempt';

export async function openVault(
  uri: string,
  credential: Awaited<ReturnType<CredentialFor>>,
  attemptMs: number,
): Promise<SecretClient> {
  const { SecretClient } = await import('./azure-stores');
  const local = isLoopback(uri);
  return new SecretClient(uri, credential, {
    disableChallengeResourceVerification: local,
    // A Retry-After would be waited for without a limit; what must not be lost is repeated by the domain.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [limitAttempt(attemptMs), ...(local ? [await acceptAnyCertificate()] : [])].map(
      (policy) => ({
        policy,
        position: 'perRetry',
      }),
    ),
  });
}

/** The emulator makes its own certificate, and on loopback there is nobody to be kept out. */
async function acceptAnyCertificate(): Promise<Policy> {
  const { Agent } = await import('node:https');
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  return {
    name: 'acceptAnyCertificate',
    sendRequest: (request, next) => {
      request.agent = agent;
      return next(request);
    },
  };
}

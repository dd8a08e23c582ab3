/**
 * The identity of the service: the managed identity in Azure, the developer's own login on a developer's machine. Loopback
 * addresses get a fixed token that nothing in Azure accepts.
 */
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { isLoopback } from '../loopback';
import { keepLastToken } from './last-token';
import { lazy } from '../lazy';

export interface IdentityOptions {
  readonly kind: 'managed identity' | 'developer';
  /** The client id of the user-assigned identity; `ManagedIdentityCredential` does not read AZURE_CLIENT_ID by itself. */
  readonly clientId?: string | undefined;
}

export type CredentialFor = (url: string) => Promise<TokenCredential>;

const localCredential: TokenCredential = {
  getToken: () => Promise.resolve({ token: 'local', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** One shared credential per process, made on first use: what one client was given serves the others as well. */
export function createCredentialFor({ kind, clientId }: IdentityOptions): CredentialFor {
  const open = lazy(async () => keepLastToken(limited(await createCredential(kind, clientId))));
  return async (url) => (isLoopback(url) ? localCredential : open());
}

const tokenMs = 15_000;

async function createCredential(
  kind: IdentityOptions['kind'],
  clientId: string | undefined,
): Promise<TokenCredential> {
  const { AzureCliCredential, createDefaultHttpClient, ManagedIdentityCredential } =
    await import('./azure-identity');
  if (kind === 'developer') return new AzureCliCredential({ processTimeoutInMs: tokenMs });
  const httpClient = limitRequests(createDefaultHttpClient());
  return new ManagedIdentityCredential({ httpClient, ...(clientId !== undefined && { clientId }) });
}

/**
 * Ends a request to a token endpoint that never answers, and its connection. The library takes no signal for that: it
 * passes none on to the requests that it makes.
 */
function limitRequests(client: HttpClient): HttpClient {
  return {
    sendRequest: (request) => {
      request.timeout = tokenMs;
      return client.sendRequest(request);
    },
  };
}

/** Limits the whole of it, repeats and the pauses between them as well: a rotation must not wait for ever. */
function limited(credential: TokenCredential): TokenCredential {
  const getToken: TokenCredential['getToken'] = async (scopes, options) => {
    let timer: NodeJS.Timeout | undefined;
    const { CredentialUnavailableError } = await import('./azure-identity');
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new CredentialUnavailableError('Azure did not give a token in time.')),
        tokenMs,
      );
    });
    try {
      return await Promise.race([credential.getToken(scopes, options), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  };
  return Object.assign(Object.create(credential) as TokenCredential, { getToken });
}

/**
 * Who we are in Azure: the managed identity there, the developer's own login on a developer's machine. Loopback
 * addresses get a fixed token that nothing in Azure accepts.
 */
import type { TokenCredential } from '@azure/identity';
import { isLoopback } from '../loopback';

export interface IdentityOptions {
  readonly kind: 'managed identity' | 'developer';
  /** Of the user-assigned identity; `ManagedIdentityCredential` does not read AZURE_CLIENT_ID by itself. */
  readonly clientId?: string | undefined;
}

export type CredentialFor = (url: string) => Promise<TokenCredential>;

const localCredential: TokenCredential = {
  getToken: () => Promise.resolve({ token: 'local', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** One shared credential per process, made on first use: it caches tokens. */
export function createCredentialFor({ kind, clientId }: IdentityOptions): CredentialFor {
  let credential: TokenCredential | undefined;
  return async (url) => {
    if (isLoopback(url)) return localCredential;
    const { AzureCliCredential, ManagedIdentityCredential } = await import('@azure/identity');
    credential ??=
      kind === 'managed identity'
        ? new ManagedIdentityCredential(clientId === undefined ? {} : { clientId })
        : new AzureCliCredential();
    return limited(credential);
  };
}

const tokenMs = 15_000;

/** A token endpoint that never answers must not hold a rotation for ever. */
function limited(credential: TokenCredential): TokenCredential {
  const getToken: TokenCredential['getToken'] = async (scopes, options) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Azure gave no token in time.')), tokenMs);
    });
    try {
      return await Promise.race([credential.getToken(scopes, options), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  };
  return Object.assign(Object.create(credential) as TokenCredential, { getToken });
}

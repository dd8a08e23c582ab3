/**
 * Token sets and the operator's secrets in Key Vault. One JSON secret per connection and consent, one version per
 * rotation; names and tags carry nothing personal, because Azure may copy them.
 */
import { Agent } from 'node:https';
import type { SecretClient } from '@azure/keyvault-secrets';
import { AppError } from '../errors';
import { isLoopback } from '../loopback';
import type { ConnectionId } from '../model';
import type { SavedTokenSet, Vault } from '../ports';
import { Secret } from '../secret';
import type { CredentialFor } from './azure-credential';
import { lazy } from './lazy';
import { limitAttempt, type Policy } from './limit-attempt';
import { tokenSetFormat } from './records';

export interface KeyVaultOptions {
  readonly uri: string;
  readonly credentialFor: CredentialFor;
  readonly attemptMs: number;
}

/** Keys of the service's own: made once, named by their version. */
export interface KeyStore {
  /** @returns the version */
  saveKey(name: string, value: Secret): Promise<string>;
  /** The version named, or the latest. */
  readKey(
    name: string,
    version?: string,
  ): Promise<{ readonly version: string; readonly key: Secret } | undefined>;
}

export function connectKeyVault({ uri, credentialFor, attemptMs }: KeyVaultOptions): Vault & KeyStore {
  const open = lazy(async () => openVault(uri, await credentialFor(uri), attemptMs));

  async function read(
    name: string,
    version?: string,
  ): Promise<{ value: string; version: string } | undefined> {
    const client = await open();
    try {
      const { value = '', properties } = await client.getSecret(
        name,
        version === undefined ? {} : { version },
      );
      return { value, version: properties.version ?? '' };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      return translate(error);
    }
  }

  async function readTokenSet(
    connection: ConnectionId,
    consent: number,
    version?: string,
  ): Promise<SavedTokenSet | undefined> {
    const found = await read(tokenSetName(connection, consent), version);
    return found && { version: found.version, set: tokenSetFormat.decode(found.value) };
  }

  return {
    readTokenSet,
    async readTokenSetsSince(connection, consent, version) {
      const versions = await listVersions(await open(), tokenSetName(connection, consent));
      const since = versions.find((candidate) => candidate.version === version)?.createdMs ?? 0;
      const saved: SavedTokenSet[] = [];
      // Times are whole seconds here, so a version of the same second may be later.
      for (const candidate of versions.filter(({ createdMs }) => createdMs >= since)) {
        const set = await readTokenSet(connection, consent, candidate.version);
        if (set) saved.push(set);
      }
      return saved;
    },
    async saveTokenSet(set) {
      const client = await open();
      const value = tokenSetFormat.encode(set);
      const { properties } = await client
        .setSecret(tokenSetName(set.connection, set.consent), value, { contentType: 'application/json' })
        .catch(translate);
      return properties.version ?? '';
    },
    async deleteTokenSets(connection, consent) {
      const client = await open();
      try {
        // The deletion goes on in the vault by itself; nobody has to wait for it.
        await client.beginDeleteSecret(tokenSetName(connection, consent));
      } catch (error) {
        if (statusOf(error) !== 404 && statusOf(error) !== 409) translate(error);
      }
    },
    async purgeTokenSets(connection, consent) {
      const client = await open();
      const name = tokenSetName(connection, consent);
      const deleted = await findDeleted(client, name);
      if (!deleted) return undefined;
      try {
        await client.purgeDeletedSecret(name);
        return undefined;
      } catch (error) {
        // 403: the vault protects what was deleted, or we may not purge.
        if (statusOf(error) === 403) return deleted.scheduledPurgeDate?.getTime();
        if (statusOf(error) === 404) return undefined;
        return translate(error);
      }
    },
    async saveKey(name, value) {
      const client = await open();
      const { properties } = await client.setSecret(name, value.reveal()).catch(translate);
      return properties.version ?? '';
    },
    async readKey(name, version) {
      const found = await read(name, version);
      return found && { version: found.version, key: new Secret(found.value) };
    },
    async readSecret(name) {
      const found = await read(name);
      return found && new Secret(found.value);
    },
  };
}

/** A deletion takes the vault some seconds, and only then can what it deleted be seen and purged. */
const deletionPauseMs = 500;
const deletionLooks = 10;

async function findDeleted(
  client: SecretClient,
  name: string,
): Promise<{ readonly scheduledPurgeDate?: Date | undefined } | undefined> {
  for (let look = 1; look <= deletionLooks; look += 1) {
    try {
      return (await client.getDeletedSecret(name)).properties;
    } catch (error) {
      if (statusOf(error) !== 404) return translate(error);
    }
    if (!(await exists(client, name))) return undefined;
    await new Promise((resolve) => setTimeout(resolve, deletionPauseMs));
  }
  throw new AppError('VAULT_UNAVAILABLE', 'Key Vault does not come to an end with a deletion.');
}

/** While it is being deleted it is neither here nor there: the vault answers 409. */
async function exists(client: SecretClient, name: string): Promise<boolean> {
  try {
    await client.getSecret(name);
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    if (statusOf(error) === 409 || statusOf(error) === 403) return true;
    return translate(error);
  }
}

function tokenSetName(connection: ConnectionId, consent: number): string {
  return `token-set-${connection}-${consent}`;
}

async function listVersions(
  client: SecretClient,
  name: string,
): Promise<{ version: string; createdMs: number }[]> {
  const versions = [];
  try {
    for await (const { version, createdOn, enabled } of client.listPropertiesOfSecretVersions(name)) {
      if (version !== undefined && enabled !== false) {
        versions.push({ version, createdMs: createdOn?.getTime() ?? 0 });
      }
    }
  } catch (error) {
    return translate(error);
  }
  return versions;
}

async function openVault(
  uri: string,
  credential: Awaited<ReturnType<CredentialFor>>,
  attemptMs: number,
): Promise<SecretClient> {
  const { SecretClient } = await import('@azure/keyvault-secrets');
  const local = isLoopback(uri);
  return new SecretClient(uri, credential, {
    disableChallengeResourceVerification: local,
    // A Retry-After would be waited for without a limit; what must not be lost is repeated by the domain.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [limitAttempt(attemptMs), ...(local ? [acceptAnyCertificate()] : [])].map(
      (policy) => ({
        policy,
        position: 'perRetry',
      }),
    ),
  });
}

/** The emulator makes its own certificate, and on loopback there is nobody to be kept out. */
function acceptAnyCertificate(): Policy {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  return {
    name: 'acceptAnyCertificate',
    sendRequest: (request, next) => {
      request.agent = agent;
      return next(request);
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

function translate(cause: unknown): never {
  const status = statusOf(cause);
  if (status === 401 || status === 403 || status === 409) {
    throw new AppError('VAULT_REFUSED', `Key Vault refused the request (${status}).`, { cause });
  }
  throw new AppError(
    'VAULT_UNAVAILABLE',
    `Key Vault did not answer as expected (${status ?? 'no answer'}).`,
    {
      cause,
    },
  );
}

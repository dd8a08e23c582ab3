/**
 * Token sets and the operator's secrets in Key Vault. One JSON secret per connection and consent, one version per
 * rotation; names and tags carry nothing personal, because Azure may copy them.
 */
import type { SecretClient, SetSecretOptions } from '@azure/keyvault-secrets';
import { AppError } from '../errors';
import { lazy } from '../lazy';
import type { Kept, PublishedTokens, SavedTokenSet, Vault } from '../ports';
import { Secret } from '../secret';
import type { CredentialFor } from './azure-credential';
import { readAzureError } from './azure-error';
import { openVault } from './open-vault';
import { createPublishedTokens } from './published-tokens';
import { tokenSetFormat } from './records';
import { repeatRead } from './repeat-read';
import { statusOf, translate } from './vault-error';

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

/** A key that the operator replaces: the one before it still counts for a while. */
export interface KeyVersions {
  /** The latest versions that are not disabled, the last one first. */
  readKeys(name: string, most: number): Promise<Secret[]>;
}

export type KeyVault = Vault & KeyStore & KeyVersions & { readonly publishedTokens: PublishedTokens };

/** One vault; key-vaults.ts makes one of several. */
export function connectKeyVault({ uri, credentialFor, attemptMs }: KeyVaultOptions): KeyVault {
  const open = lazy(async () => openVault(uri, await credentialFor(uri), attemptMs));

  const repeat = <T>(read: () => Promise<T>): Promise<T> => repeatRead(read, attemptMs);

  async function read(
    name: string,
    version?: string,
  ): Promise<{ value: string; version: string; tags: Readonly<Record<string, string>> } | undefined> {
    const client = await open();
    try {
      const { value = '', properties } = await repeat(() =>
        client.getSecret(name, version === undefined ? {} : { version }),
      );
      return { value, version: properties.version ?? '', tags: properties.tags ?? {} };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      return translate(error);
    }
  }

  async function readTokenSet(
    connection: Kept,
    consent: number,
    version?: string,
  ): Promise<SavedTokenSet | undefined> {
    const found = await read(tokenSetName(connection, consent), version);
    return found && { version: found.version, set: tokenSetFormat.decode(found.value) };
  }

  async function remove(name: string): Promise<number | undefined> {
    const client = await open();
    try {
      // The deletion goes on in the vault by itself; nobody has to wait for it.
      const deletion = await client.beginDeleteSecret(name);
      const { recoveryLevel = 'Purgeable', scheduledPurgeDate } =
        deletion.getOperationState().result?.properties ?? {};
      return recoveryLevel.includes('Purgeable') ? undefined : scheduledPurgeDate?.getTime();
    } catch (error) {
      if (statusOf(error) !== 404 && statusOf(error) !== 409) return translate(error);
      return undefined;
    }
  }

  async function purge(name: string): Promise<number | undefined> {
    const client = await open();
    try {
      // Nothing else tells: while the vault deletes, whoever looks for the secret is told that it is not there.
      await client.purgeDeletedSecret(name);
      return undefined;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      if (statusOf(error) === 409) {
        throw new AppError('DELETION_RUNNING', 'Key Vault is still deleting this secret.', {
          cause: error,
          given: readAzureError(error),
        });
      }
      // The vault protects what was deleted, or we may not purge.
      return statusOf(error) === 403 ? readPurgeTime(client, name) : translate(error);
    }
  }

  /** What was deleted is brought back, which takes the vault seconds; one that is still being deleted is not. */
  async function setOrRecover(name: string, value: Secret, options: SetSecretOptions): Promise<void> {
    const client = await open();
    try {
      await client.setSecret(name, value.reveal(), options);
    } catch (error) {
      if (statusOf(error) === 409) await client.beginRecoverDeletedSecret(name).catch(() => undefined);
      translate(error);
    }
  }

  return {
    further: [],
    publishedTokens: createPublishedTokens({ read, set: setOrRecover, remove, purge }),
    readTokenSet,
    async readTokenSetsSince(connection, consent, version) {
      const client = await open();
      const versions = await repeat(() => listVersions(client, tokenSetName(connection, consent))).catch(
        translate,
      );
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
        .setSecret(tokenSetName({ id: set.connection }, set.consent), value, {
          contentType: 'application/json',
        })
        .catch(translate);
      return properties.version ?? '';
    },
    deleteTokenSets: (connection, consent) => remove(tokenSetName(connection, consent)),
    purgeTokenSets: (connection, consent) => purge(tokenSetName(connection, consent)),
    async saveKey(name, value) {
      const client = await open();
      const { properties } = await client.setSecret(name, value.reveal()).catch(translate);
      return properties.version ?? '';
    },
    async readKey(name, version) {
      const found = await read(name, version);
      return found && { version: found.version, key: new Secret(found.value) };
    },
    async readKeys(name, most) {
      const client = await open();
      const versions = await repeat(() => listVersions(client, name)).catch((error: unknown) =>
        statusOf(error) === 404 ? [] : translate(error),
      );
      const latest = versions.sort((a, b) => b.createdMs - a.createdMs).slice(0, most);
      const found = await Promise.all(latest.map(({ version }) => read(name, version)));
      return found.filter((each) => each !== undefined).map(({ value }) => new Secret(value));
    },
    async tryWriting() {
      const client = await open();
      // A deleted secret has been found by somebody who may write.
      await client.setSecret(probeName, new Date().toISOString()).catch((error: unknown) => {
        if (statusOf(error) !== 409) translate(error);
      });
    },
    async readSecret(name) {
      const found = await read(name);
      const value = found && tidy(found.value);
      return value ? new Secret(value) : undefined;
    },
  };
}

/** Always the same one, so that no number of examinations leaves more than one secret behind. */
const probeName = 'doctor';

/** Characters that an editor or a shell adds to a pasted secret, and that no secret has. A blank secret counts as missing. */
function tidy(value: string): string {
  return value.replace(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, '');
}

const longestKeptMs = 90 * 24 * 3_600_000;

/** Key Vault does not show a deleted secret that was disabled. Then this returns the latest possible time, 90 days from now. */
async function readPurgeTime(client: SecretClient, name: string): Promise<number> {
  const deleted = await client.getDeletedSecret(name).catch((error: unknown) => {
    if (statusOf(error) !== 403 && statusOf(error) !== 404) return translate(error);
    return undefined;
  });
  return deleted?.properties.scheduledPurgeDate?.getTime() ?? Date.now() + longestKeptMs;
}

function tokenSetName({ id }: Pick<Kept, 'id'>, consent: number): string {
  return `token-set-${id}-${consent}`;
}

async function listVersions(
  client: SecretClient,
  name: string,
): Promise<{ version: string; createdMs: number }[]> {
  const versions = [];
  for await (const { version, createdOn, enabled } of client.listPropertiesOfSecretVersions(name)) {
    if (version !== undefined && enabled !== false) {
      versions.push({ version, createdMs: createdOn?.getTime() ?? 0 });
    }
  }
  return versions;
}

/**
 * Access tokens as others read them in Key Vault: the value is the bare token. Its expiry is that of the secret, and tags tell the
 * connection, the provider and the scopes.
 */
import type { SetSecretOptions } from '@azure/keyvault-secrets';
import type { PublishedTokens } from '../ports';
import { Secret } from '../secret';

/** Secrets of the vault, as key-vault.ts reaches them. */
interface Secrets {
  read(
    name: string,
  ): Promise<{ readonly value: string; readonly tags: Readonly<Record<string, string>> } | undefined>;
  set(name: string, value: Secret, options: SetSecretOptions): Promise<void>;
  remove(name: string): Promise<number | undefined>;
  purge(name: string): Promise<number | undefined>;
}

export function createPublishedTokens({ read, set, remove, purge }: Secrets): PublishedTokens {
  return {
    async read(_, name) {
      const found = await read(name);
      return found && { connection: found.tags['connection'], accessToken: new Secret(found.value) };
    },
    write: (_, name, { connection, provider, accessToken, expiresAt, scopes }) =>
      set(name, accessToken, {
        contentType: 'text/plain',
        expiresOn: new Date(expiresAt),
        tags: { connection, provider, ...tagsOf(scopes) },
      }),
    remove: (_, name) => remove(name),
    purge: (_, name) => purge(name),
  };
}

const mostInTag = 256;
/** Of the fifteen that a secret can have; two more tell the connection and the provider. */
const mostTags = 10;

/** Scopes with blanks between, as many as a tag holds, because Google's are addresses: further ones are in `scopes-2` and so on. */
function tagsOf(scopes: readonly string[]): Record<string, string> {
  const tags: string[] = [''];
  for (const scope of scopes) {
    const longer = `${tags.at(-1)} ${scope}`.trim();
    if (longer.length <= mostInTag) tags[tags.length - 1] = longer;
    else tags.push(scope);
  }
  return Object.fromEntries(
    tags.slice(0, mostTags).map((tag, at) => [at === 0 ? 'scopes' : `scopes-${at + 1}`, tag]),
  );
}

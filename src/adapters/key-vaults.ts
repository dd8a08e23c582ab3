/**
 * Several vaults as one: the tokens of a connection stay in the vault that its record names, and everything else is in the first.
 * A record names a vault by its host, which stays when the settings name the vaults in another order.
 */
import { AppError } from '../errors';
import type { Kept } from '../ports';
import { connectKeyVault, type KeyVault, type KeyVaultOptions } from './key-vault';

/** @param uris the first vault, and then the further ones */
export function connectKeyVaults(
  [uri, ...further]: readonly [string, ...string[]],
  options: Omit<KeyVaultOptions, 'uri'>,
): KeyVault {
  const first = connectKeyVault({ ...options, uri });
  const byName = new Map(
    further.map((each) => [new URL(each).host, connectKeyVault({ ...options, uri: each })]),
  );
  byName.set(new URL(uri).host, first);
  const at = ({ vault }: Pick<Kept, 'vault'> = {}): KeyVault => {
    const found = vault === undefined ? first : byName.get(vault);
    if (found) return found;
    throw new AppError(
      'VAULT_MISSING',
      `KEY_VAULT_URIS does not name ${vault}, which holds the tokens of connections.`,
    );
  };
  return {
    ...first,
    further: [...byName].filter(([, vault]) => vault !== first).map(([name]) => name),
    readTokenSet: async (connection, ...which) => at(connection).readTokenSet(connection, ...which),
    readTokenSetsSince: async (connection, ...which) =>
      at(connection).readTokenSetsSince(connection, ...which),
    saveTokenSet: async (set, of) => at(of).saveTokenSet(set),
    deleteTokenSets: async (connection, consent) => at(connection).deleteTokenSets(connection, consent),
    purgeTokenSets: async (connection, consent) => at(connection).purgeTokenSets(connection, consent),
    tryWriting: async (of) => at(of).tryWriting(),
    publishedTokens: {
      read: async (of, name) => at(of).publishedTokens.read(of, name),
      write: async (of, name, token) => at(of).publishedTokens.write(of, name, token),
      remove: async (of, name) => at(of).publishedTokens.remove(of, name),
      purge: async (of, name) => at(of).publishedTokens.purge(of, name),
    },
  };
}

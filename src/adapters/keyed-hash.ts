/**
 * Values derived with a key that only the vault holds: links to the personal page, codes, links that confirm or unsubscribe an e-mail address, and
 * stand-ins for numbers and addresses. Whoever reads the tables can neither make nor undo one. The key makes itself at first use; a row in Tables
 * says which version counts, so that two instances that begin at once agree.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { AppError, hasCode } from '../errors';
import type { KeyedHash, Table } from '../ports';
import { Secret } from '../secret';
import type { KeyStore } from './key-vault';
import { lazy } from '../lazy';
import type { KeyChoice } from './records';

const keyName = 'link-key';
const choiceKey = { partition: 'key', row: keyName };

export function createKeyedHash(vault: KeyStore, choices: Table<KeyChoice>): KeyedHash {
  const open = lazy(() => openKey(vault, choices));
  return {
    async mac(purpose, ...parts) {
      const key = await open();
      const plain = parts.map((part) => (part instanceof Secret ? part.reveal() : part));
      return createHmac('sha256', key.reveal())
        .update(JSON.stringify([purpose, ...plain]))
        .digest('base64url');
    },
  };
}

async function openKey(vault: KeyStore, choices: Table<KeyChoice>): Promise<Secret> {
  const chosen = (await choices.get(choiceKey))?.value ?? (await chooseKey(vault, choices));
  const found = await vault.readKey(keyName, chosen.secretVersion);
  if (found) return found.key;
  throw new AppError(
    'VAULT_BEHIND',
    `Key Vault does not hold the version of ${keyName} that the records name.`,
  );
}

/** A vault that has a key already keeps it: with a new one every STOP would be forgotten. */
async function chooseKey(vault: KeyStore, choices: Table<KeyChoice>): Promise<KeyChoice> {
  const known = await vault.readKey(keyName);
  const fresh = (): Secret => new Secret(randomBytes(32).toString('base64url'));
  const mine = { secretVersion: known?.version ?? (await vault.saveKey(keyName, fresh())) };
  try {
    await choices.insert(choiceKey, mine);
    return mine;
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    const chosen = (await choices.get(choiceKey))?.value;
    if (!chosen) throw error;
    return chosen;
  }
}

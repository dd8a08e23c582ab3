/**
 * The journal in Azure Tables: token sets that Key Vault did not take in time. A row is encrypted (AES-256-GCM) with
 * a key that the previous set carries, so whoever reads the table without the vault reads nothing.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { hasCode } from '../errors';
import type { Position, TokenSet } from '../model';
import type { Journal, JournalEntry, Row, Table } from '../ports';
import { tokenSetFormat, type SealedTokenSet } from './records';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export function createJournal(table: Table<SealedTokenSet>): Journal {
  return {
    async write(previous, next) {
      if (!previous.journalKey) return;
      const key = { partition: next.connection, row: rowOf(next) };
      try {
        await table.insert(key, {
          consent: next.consent,
          generation: next.generation,
          sealed: seal(previous, next),
        });
      } catch (error) {
        // The first one stays: both are the provider's answer to the identical request.
        if (!hasCode(error, 'CONFLICT')) throw error;
      }
    },
    async read(current) {
      const entries: JournalEntry[] = [];
      for await (const row of table.list(current.connection)) {
        const set = open(current, row);
        if (set) entries.push({ set, remove: () => removeRow(table, row) });
      }
      return entries;
    },
    async clear(connection) {
      for await (const row of table.list(connection)) await removeRow(table, row);
    },
  };
}

function rowOf({ consent, generation }: Position): string {
  return `${String(consent).padStart(8, '0')}-${String(generation).padStart(8, '0')}`;
}

/** Gone already is as good. */
async function removeRow(table: Table<SealedTokenSet>, row: Row<SealedTokenSet>): Promise<void> {
  await table.remove(row).catch((error: unknown) => {
    if (!hasCode(error, 'CONFLICT')) throw error;
  });
}

function keyOf({ journalKey }: TokenSet): Buffer | undefined {
  return journalKey && Buffer.from(journalKey.reveal(), 'base64url');
}

/** Binds the row to its place, so that it cannot be moved to another connection or position. */
function placeOf(connection: string, position: Position): Buffer {
  return Buffer.from(`${connection}/${rowOf(position)}`);
}

function seal(previous: TokenSet, next: TokenSet): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, keyOf(previous)!, iv).setAAD(placeOf(next.connection, next));
  const text = Buffer.concat([cipher.update(tokenSetFormat.encode(next), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
}

/** `undefined` for a row that another set's key has closed. */
function open(current: TokenSet, { value }: Row<SealedTokenSet>): TokenSet | undefined {
  const key = keyOf(current);
  if (!key) return undefined;
  const sealed = Buffer.from(value.sealed, 'base64');
  const iv = sealed.subarray(0, ivBytes);
  const tag = sealed.subarray(ivBytes, ivBytes + tagBytes);
  try {
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes })
      .setAAD(placeOf(current.connection, value))
      .setAuthTag(tag);
    const text = Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
    return tokenSetFormat.decode(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

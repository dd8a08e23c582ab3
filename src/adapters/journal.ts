/**
 * The journal in Azure Tables: token sets that Key Vault did not take in time. A row is encrypted with a key that the
 * previous set carries (seal.ts).
 */
import { hasCode } from '../errors';
import type { Position, TokenSet } from '../model';
import type { Journal, Row, Table } from '../ports';
import type { SealedTokenSet } from './records';
import { openTokenSet, sealTokenSet } from './seal';

export function createJournal(table: Table<SealedTokenSet>): Journal {
  return {
    async write(previous, next) {
      const sealed = sealTokenSet(previous, next, placeOf(next.connection, next));
      if (sealed === undefined) return;
      const { connection, consent, generation } = next;
      try {
        await table.insert({ partition: connection, row: rowOf(next) }, { consent, generation, sealed });
      } catch (error) {
        // The first one stays: both are the provider's answer to the identical request.
        if (!hasCode(error, 'CONFLICT')) throw error;
      }
    },
    async read(current) {
      const sets: TokenSet[] = [];
      for await (const { value } of table.list(current.connection)) {
        const set = openTokenSet(current, value.sealed, placeOf(current.connection, value));
        if (set) sets.push(set);
      }
      return sets;
    },
    async *list() {
      for await (const { key, value } of table.list()) {
        yield { connection: key.partition, consent: value.consent, generation: value.generation };
      }
    },
    async remove(connection, upTo) {
      const last = upTo && rowOf(upTo);
      for await (const row of table.list(connection)) {
        if (last === undefined || row.key.row <= last) await removeRow(table, row);
      }
    },
  };
}

function rowOf({ consent, generation }: Position): string {
  return `${String(consent).padStart(8, '0')}-${String(generation).padStart(8, '0')}`;
}

/** A row that is gone already needs no removal. */
async function removeRow(table: Table<SealedTokenSet>, row: Row<SealedTokenSet>): Promise<void> {
  await table.remove(row).catch((error: unknown) => {
    if (!hasCode(error, 'CONFLICT')) throw error;
  });
}

/** Binds the row to its place, so that it cannot be moved to another connection or position. */
function placeOf(connection: TokenSet['connection'], position: Position): string {
  return `${connection}/${rowOf(position)}`;
}

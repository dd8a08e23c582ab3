import type { Azurite } from '../../local/azurite';
import { createJournal } from '../../src/adapters/journal';
import { sealedFormat } from '../../src/adapters/records';
import { connectTable } from '../../src/adapters/tables';
import { createMemoryTable } from '../support/memory-tables';
import { journalContract } from './journal.contract';
import { borrowAzurite } from '../support/shared-azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await borrowAzurite();
});

journalContract('in memory', async () => createJournal(createMemoryTable()));
journalContract('in Azure Tables', async () => {
  const storage = { kind: 'local', connectionString: azurite.connectionString, attemptMs: 5_000 } as const;
  return createJournal(
    connectTable(storage, 'journal', sealedFormat, (kind) => {
      throw new Error(`A ${kind} that was written here cannot be read.`);
    }),
  );
});

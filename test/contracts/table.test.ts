import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Azurite } from '../../local/azurite';
import { connectTables, createTables } from '../../src/adapters/tables';
import { openTokenFile } from '../../local/own-tokens/token-file';
import { createMemoryTables } from '../support/memory-tables';
import { tableContract } from './table.contract';
import { borrowAzurite } from '../support/shared-azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await borrowAzurite();
});

tableContract('in memory', createMemoryTables);
tableContract('in a token file', () => {
  const file = openTokenFile(join(mkdtempSync(join(tmpdir(), 'token-file-')), 'tokens.sqlite'));
  return createTables((name, format) => file.table(name, format));
});
tableContract('in Azure Tables', () =>
  connectTables({ kind: 'local', connectionString: azurite.connectionString, attemptMs: 5_000 }, (kind) => {
    throw new Error(`A ${kind} that was written here cannot be read.`);
  }),
);

/**
 * The service's ports for a developer's own tokens. Where they are kept is the only difference to Azure: in a token file, in a real
 * Key Vault with the records in the file, or wholly in the stores of a deployed service, reached by the developer's own Azure login.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import sample from '../../local.settings.sample.json';
import { createJournal } from '../../src/adapters/journal';
import { createKeyedHash } from '../../src/adapters/keyed-hash';
import { keyFormat, sealedFormat } from '../../src/adapters/records';
import { createTables } from '../../src/adapters/tables';
import { readConfig } from '../../src/config';
import type { Settings } from '../../src/model';
import type { Ports, Queues } from '../../src/ports';
import { createServices } from '../../src/services';
import { openTokenFile, type TokenFile } from './token-file';

export interface Place {
  /** A SQLite file. Not used with `storage`. */
  readonly file: string;
  /** URL of a Key Vault. */
  readonly vault?: string | undefined;
  /** Name of the storage account of a deployed service; needs `vault`. */
  readonly storage?: string | undefined;
}

export interface Stores {
  readonly ports: Ports & Settings;
  /** Absent where everything is in Azure. */
  readonly file: TokenFile | undefined;
  close(): void;
}

export function usualFile(): string {
  const data = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  return join(data, 'fitbit-token-service', 'tokens.sqlite');
}

/**
 * @param settings clients, scopes and the address of this program, by the names of the app settings
 * @throws AppError `CONFIG_INVALID`, Error from the token file
 */
export function openStores(place: Place, settings: Readonly<Record<string, string | undefined>>): Stores {
  const { vault, storage } = place;
  const services = createServices(
    readConfig({
      ...schedules(),
      AzureWebJobsStorage: storage === undefined ? 'UseDevelopmentStorage=true' : undefined,
      AzureWebJobsStorage__accountName: storage,
      KEY_VAULT_URI: vault ?? 'https://127.0.0.1',
      LOG_LEVEL: 'warn',
      ...settings,
    }),
    logToStandardError(),
  );
  if (storage !== undefined) return { ports: { ...services, queues: noQueues }, file: undefined, close() {} };

  const file = openTokenFile(place.file);
  const keeper = vault === undefined ? file.vault : undefined;
  const ports: Ports & Settings = {
    ...services,
    queues: noQueues,
    tables: createTables((name, format) => file.table(name, format)),
    journal: createJournal(file.table('journal', sealedFormat)),
    // Links and codes are derived with it, and nobody gets any of them here: it need not be in the vault.
    keyedHash: createKeyedHash(file.vault, file.table('keys', keyFormat)),
    ...(keeper && { vault: keeper }),
  };
  return { ports, file, close: () => file.close() };
}

/** Required by the settings, and of no use without timers. */
function schedules(): Record<string, string> {
  return Object.fromEntries(Object.entries(sample.Values).filter(([name]) => name.endsWith('_SCHEDULE')));
}

/** Nothing runs here later: what would be a job comes with the next command, or with the deployed service's own timers. */
const noQueues: Queues = {
  peek: () => Promise.resolve(),
  enqueue: () => Promise.resolve(() => Promise.resolve()),
};

/** Standard output is for the token. */
function logToStandardError() {
  const write = (line: string): void => console.error(line);
  return { debug: write, info: write, warn: write, error: write };
}

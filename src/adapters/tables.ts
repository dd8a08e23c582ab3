/**
 * Records in Azure Tables. A record is one JSON property, so that writing it is always all of it; the ETag gives
 * the compare-and-swap that Key Vault lacks, and is never left out (the SDK's default is "whatever is there").
 */
import type { TableClient, TableEntityResult } from '@azure/data-tables';
import { AppError } from '../errors';
import type { Key, Row, Table, Tables } from '../ports';
import { lazy } from './lazy';
import { limitAttempt } from './limit-attempt';
import * as records from './records';
import type { StorageOptions } from './storage';

/** Told what kind of record was left out of a list because it cannot be read. */
type OnUnreadable = (kind: string) => void;

export function connectTables(storage: StorageOptions, onUnreadable: OnUnreadable): Tables {
  const table = <T>(name: string, format: records.RecordFormat<T>) =>
    connectTable(storage, name, format, onUnreadable);
  return {
    connections: table('connections', records.connectionFormat),
    identities: table('identities', records.identityFormat),
    logins: table('logins', records.loginFormat),
    confirmations: table('confirmations', records.confirmationFormat),
    links: table('links', records.linkFormat),
    numbers: table('numbers', records.numberFormat),
    optOuts: table('optouts', records.optOutFormat),
    counters: table('counters', records.counterFormat),
    campaigns: table('campaigns', records.campaignFormat),
    readings: table('readings', records.readingFormat),
    devices: table('devices', records.deviceFormat),
    messages: table('messages', records.messageFormat),
    runs: table('runs', records.runFormat),
    alarms: table('alarms', records.alarmFormat),
  };
}

export function connectTable<T>(
  storage: StorageOptions,
  name: string,
  format: records.RecordFormat<T>,
  onUnreadable: OnUnreadable,
): Table<T> {
  return createTable(
    lazy(() => openTable(storage, name)),
    format,
    onUnreadable,
  );
}

async function openTable(storage: StorageOptions, name: string): Promise<TableClient> {
  const { TableClient } = await import('@azure/data-tables');
  const options = {
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 },
    additionalPolicies: [{ policy: limitAttempt(storage.attemptMs), position: 'perRetry' as const }],
  };
  const client =
    storage.kind === 'local'
      ? TableClient.fromConnectionString(storage.connectionString, name, {
          ...options,
          allowInsecureConnection: true,
        })
      : new TableClient(storage.tableUrl, name, await storage.credentialFor(storage.tableUrl), options);
  await client.createTable().catch(translate);
  return client;
}

interface Entity {
  data: string;
}

function createTable<T>(
  open: () => Promise<TableClient>,
  format: records.RecordFormat<T>,
  onUnreadable: OnUnreadable,
): Table<T> {
  const toEntity = ({ partition, row }: Key, value: T) => ({
    partitionKey: partition,
    rowKey: row,
    data: format.encode(value),
  });
  const toRow = (entity: TableEntityResult<Entity>): Row<T> => ({
    key: { partition: entity.partitionKey ?? '', row: entity.rowKey ?? '' },
    etag: entity.etag,
    value: format.decode(entity.data),
  });
  /** One row that cannot be read must not hide all that follow it. */
  const readable = (entity: TableEntityResult<Entity>): Row<T> | undefined => {
    try {
      return toRow(entity);
    } catch {
      onUnreadable(format.name);
      return undefined;
    }
  };
  return {
    async get(key) {
      const client = await open();
      const entity = await client
        .getEntity<Entity>(key.partition, key.row)
        .catch((error: unknown) => (isGone(error) ? undefined : translate(error)));
      return entity && toRow(entity);
    },
    async insert(key, value) {
      const client = await open();
      const { etag = '' } = await client.createEntity(toEntity(key, value)).catch(translate);
      return { key, etag, value };
    },
    async replace({ key, etag: before }, value) {
      const client = await open();
      const { etag = '' } = await client
        .updateEntity(toEntity(key, value), 'Replace', { etag: before })
        .catch(translate);
      return { key, etag, value };
    },
    async remove({ key, etag }) {
      const client = await open();
      await client.deleteEntity(key.partition, key.row, { etag }).catch(translate);
    },
    async *list(partition, rows) {
      const client = await open();
      const { odata } = await import('@azure/data-tables');
      const filters = [
        ...(partition === undefined ? [] : [odata`PartitionKey eq ${partition}`]),
        ...(rows === undefined ? [] : [odata`RowKey ge ${rows.from}`, odata`RowKey lt ${rows.before}`]),
      ];
      const entities = client.listEntities<Entity>(
        filters.length === 0 ? {} : { queryOptions: { filter: filters.join(' and ') } },
      );
      try {
        for await (const entity of entities) {
          const row = readable(entity);
          if (row) yield row;
        }
      } catch (error) {
        translate(error);
      }
    },
  };
}

/** `statusCode` is dependable in this SDK, `code` is not. */
function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

function isGone(error: unknown): boolean {
  return statusOf(error) === 404 && !isTableMissing(error);
}

/** A table that somebody deleted is no answer about a row: 404 TableNotFound, 409 TableBeingDeleted. */
function isTableMissing(error: unknown): boolean {
  const { details } = error as { details?: { odataError?: { code?: string } } };
  return /^Table/.test(details?.odataError?.code ?? '');
}

function translate(cause: unknown): never {
  if (cause instanceof AppError) throw cause;
  const status = statusOf(cause);
  // 409: the row exists already. 412: it has changed. 404: it is gone.
  if ((status === 409 && !isTableMissing(cause)) || status === 412 || isGone(cause)) {
    throw new AppError('CONFLICT', 'The record was changed by somebody else.', { cause });
  }
  throw new AppError(
    'TABLE_UNAVAILABLE',
    `Azure Tables did not answer as expected (${status ?? 'no answer'}).`,
    {
      cause,
    },
  );
}

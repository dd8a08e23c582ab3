/**
 * Records in Azure Tables. A record is one JSON property, so that writing it is always all of it; the ETag gives
 * the compare-and-swap that Key Vault lacks, and is never left out (the SDK's default is "whatever is there").
 */
import type { TableClient, TableEntityResult } from '@azure/data-tables';
import { AppError } from '../errors';
import type { Key, Row, Table, Tables } from '../ports';
import { lazy } from './lazy';
import * as records from './records';
import type { StorageOptions } from './storage';

export function connectTables(storage: StorageOptions): Tables {
  const table = <T>(name: string, format: records.RecordFormat<T>): Table<T> =>
    createTable(
      lazy(() => openTable(storage, name)),
      format,
    );
  return {
    connections: table('connections', records.connectionFormat),
    identities: table('identities', records.identityFormat),
    logins: table('logins', records.loginFormat),
    devices: table('devices', records.deviceFormat),
    messages: table('messages', records.messageFormat),
  };
}

async function openTable(storage: StorageOptions, name: string): Promise<TableClient> {
  const { TableClient } = await import('@azure/data-tables');
  const client =
    storage.kind === 'local'
      ? TableClient.fromConnectionString(storage.connectionString, name, { allowInsecureConnection: true })
      : new TableClient(storage.tableUrl, name, await storage.credentialFor(storage.tableUrl));
  await client.createTable().catch(translate);
  return client;
}

interface Entity {
  data: string;
}

function createTable<T>(open: () => Promise<TableClient>, format: records.RecordFormat<T>): Table<T> {
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
  return {
    async get(key) {
      const client = await open();
      const entity = await client
        .getEntity<Entity>(key.partition, key.row)
        .catch((error: unknown) => (statusOf(error) === 404 ? undefined : translate(error)));
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
    async *list(partition) {
      const client = await open();
      const { odata } = await import('@azure/data-tables');
      const entities = client.listEntities<Entity>(
        partition === undefined ? {} : { queryOptions: { filter: odata`PartitionKey eq ${partition}` } },
      );
      try {
        for await (const entity of entities) yield toRow(entity);
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

function translate(cause: unknown): never {
  if (cause instanceof AppError) throw cause;
  const status = statusOf(cause);
  // 409: the row exists already. 412: it has changed. 404: it is gone.
  if (status === 409 || status === 412 || status === 404) {
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

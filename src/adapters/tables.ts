/**
 * Records in Azure Tables. A record is one JSON property, so that writing it is always all of it; the ETag gives
 * the compare-and-swap that Key Vault lacks, and is never left out (the SDK's default is "whatever is there").
 * Beside it stands the name of the write: one that was sent again after a lost answer knows its own work by it.
 */
import { randomUUID } from 'node:crypto';
import type { TableClient, TableEntityResult, TransactionAction } from '@azure/data-tables';
import { AppError } from '../errors';
import type { GroupTable, Key, Row, Tables } from '../ports';
import { readAzureError } from './azure-error';
import { lazy } from '../lazy';
import { limitAttempt, limitCall, limitRetryAfter } from './limit-attempt';
import { noteLostAnswers, type LostAnswers } from './lost-answers';
import * as records from './records';
import type { StorageOptions } from './storage';

/** Told what kind of record was left out of a list because it cannot be read. */
type OnUnreadable = (kind: string) => void;

export function connectTables(storage: StorageOptions, onUnreadable: OnUnreadable): Tables {
  return createTables((name, format) => connectTable(storage, name, format, onUnreadable));
}

/** Every table by its name, wherever `open` finds it. */
export function createTables(
  open: <T>(name: string, format: records.RecordFormat<T>) => GroupTable<T>,
): Tables {
  return {
    connections: open('connections', records.connectionFormat),
    identities: open('identities', records.identityFormat),
    logins: open('logins', records.loginFormat),
    confirmations: open('confirmations', records.confirmationFormat),
    links: open('links', records.linkFormat),
    numbers: open('numbers', records.numberFormat),
    optOuts: open('optouts', records.optOutFormat),
    consents: open('consents', records.consentFormat),
    counters: open('counters', records.counterFormat),
    campaigns: open('campaigns', records.campaignFormat),
    invites: open('invites', records.inviteFormat),
    readings: open('readings', records.readingFormat),
    devices: open('devices', records.deviceFormat),
    messages: open('messages', records.messageFormat),
    runs: open('runs', records.runFormat),
    passes: open('passes', records.passFormat),
    alarms: open('alarms', records.alarmFormat),
    undelivered: open('undelivered', records.undeliveredFormat),
    digests: open('digests', records.digestFormat),
    board: open('board', records.boardFormat),
  };
}

export function connectTable<T>(
  storage: StorageOptions,
  name: string,
  format: records.RecordFormat<T>,
  onUnreadable: OnUnreadable,
): GroupTable<T> {
  const lost = noteLostAnswers();
  return createTable(
    lazy(() => openTable(storage, name, lost)),
    lost,
    format,
    onUnreadable,
  );
}

const longestPauseMs = 1_000;

async function openTable(storage: StorageOptions, name: string, lost: LostAnswers): Promise<TableClient> {
  const { TableClient } = await import('./azure-stores');
  const perRetry = [limitAttempt(storage.attemptMs), limitRetryAfter(longestPauseMs), lost.policy];
  const options = {
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: longestPauseMs },
    additionalPolicies: [
      { policy: limitCall(2 * storage.attemptMs), position: 'perCall' as const },
      ...perRetry.map((policy) => ({ policy, position: 'perRetry' as const })),
    ],
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
  /** Absent in rows of earlier releases. */
  write?: string;
}

function createTable<T>(
  open: () => Promise<TableClient>,
  lost: LostAnswers,
  format: records.RecordFormat<T>,
  onUnreadable: OnUnreadable,
): GroupTable<T> {
  const toEntity = ({ partition, row }: Key, value: T) => ({
    partitionKey: partition,
    rowKey: row,
    data: format.encode(value),
    write: randomUUID(),
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
  /** A write that met itself has succeeded. */
  const ownOrThrow = async (
    client: TableClient,
    { partitionKey, rowKey, write }: ReturnType<typeof toEntity>,
    error: unknown,
  ): Promise<{ etag?: string }> => {
    if (!isConflict(error) || !lost.wereBefore(error)) return translate(error);
    const found = await client.getEntity<Entity>(partitionKey, rowKey).catch(translate);
    return found.write === write ? found : translate(error);
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
      const entity = toEntity(key, value);
      const { etag = '' } = await client
        .createEntity(entity)
        .catch((error: unknown) => ownOrThrow(client, entity, error));
      return { key, etag, value };
    },
    async replace({ key, etag: before }, value) {
      const client = await open();
      const entity = toEntity(key, value);
      const { etag = '' } = await client
        .updateEntity(entity, 'Replace', { etag: before })
        .catch((error: unknown) => ownOrThrow(client, entity, error));
      return { key, etag, value };
    },
    async remove({ key, etag }) {
      const client = await open();
      await client.deleteEntity(key.partition, key.row, { etag }).catch((error: unknown) => {
        if (!isGone(error) || !lost.wereBefore(error)) translate(error);
      });
    },
    async writeTogether(changes) {
      const client = await open();
      const actions = changes.map((change): TransactionAction => {
        switch (change.kind) {
          case 'insert':
            return ['create', toEntity(change.key, change.value)];
          case 'put':
            return ['upsert', toEntity(change.key, change.value), 'Replace'];
          case 'replace':
            return ['update', toEntity(change.row.key, change.value), 'Replace', { etag: change.row.etag }];
          case 'remove':
            return ['delete', { partitionKey: change.key.partition, rowKey: change.key.row }];
        }
      });
      const [, first] = actions[0] as [string, ReturnType<typeof toEntity>];
      await client.submitTransaction(actions).catch((error: unknown) => ownOrThrow(client, first, error));
    },
    async *list(partition, rows, atOnce) {
      const client = await open();
      const { odata } = await import('./azure-stores');
      const filters = [
        ...(typeof partition === 'string' ? [odata`PartitionKey eq ${partition}`] : []),
        ...(typeof partition === 'object'
          ? [odata`PartitionKey ge ${partition.from}`, odata`PartitionKey lt ${partition.before}`]
          : []),
        ...(rows === undefined ? [] : [odata`RowKey ge ${rows.from}`, odata`RowKey lt ${rows.before}`]),
      ];
      const entities = client.listEntities<Entity>(
        filters.length === 0 ? {} : { queryOptions: { filter: filters.join(' and ') } },
      );
      try {
        for await (const page of entities.byPage(atOnce === undefined ? {} : { maxPageSize: atOnce })) {
          for (const entity of page) {
            const row = readable(entity);
            if (row) yield row;
          }
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
  const { details, code } = error as { details?: { odataError?: { code?: string } }; code?: string };
  return /^Table/.test(details?.odataError?.code ?? code ?? '');
}

/** 409: the row exists already. 412: it has changed. 404: it is gone. */
function isConflict(error: unknown): boolean {
  const status = statusOf(error);
  return (status === 409 && !isTableMissing(error)) || status === 412 || isGone(error);
}

function translate(cause: unknown): never {
  if (cause instanceof AppError) throw cause;
  const status = statusOf(cause);
  if (isConflict(cause)) {
    throw new AppError('CONFLICT', 'The record was changed by somebody else.', { cause });
  }
  throw new AppError(
    'TABLE_UNAVAILABLE',
    `Azure Tables did not answer as expected (${status ?? 'no answer'}).`,
    { cause, given: readAzureError(cause) },
  );
}

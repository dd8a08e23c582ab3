/**
 * What this project uses of the SDKs for tables, queues and the vault. They are one file once bundled, because the first job needs all three
 * and they share most of their code; whatever this does not name is left out of it.
 */
export { odata, TableClient } from '@azure/data-tables';
export { SecretClient } from '@azure/keyvault-secrets';
export { QueueClient } from '@azure/storage-queue';

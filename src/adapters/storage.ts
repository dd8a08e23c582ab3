/** How Tables and queues are reached: Azurite by a connection string, Azure by our identity. */
import type { CredentialFor } from './azure-credential';

/** `attemptMs` limits one attempt at a table; a call to a table or queue has twice that, with the SDK's own retries inside. */
export type StorageOptions = { readonly attemptMs: number } & (
  | { readonly kind: 'local'; readonly connectionString: string }
  | {
      readonly kind: 'azure';
      readonly tableUrl: string;
      readonly queueUrl: string;
      readonly credentialFor: CredentialFor;
    }
);

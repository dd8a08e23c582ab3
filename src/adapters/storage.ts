/** How Tables and queues are reached: Azurite by a connection string, Azure by our identity. */
import type { CredentialFor } from './azure-credential';

export type StorageOptions =
  | { readonly kind: 'local'; readonly connectionString: string }
  | {
      readonly kind: 'azure';
      readonly tableUrl: string;
      readonly queueUrl: string;
      readonly credentialFor: CredentialFor;
    };

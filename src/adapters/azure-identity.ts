/** What this project uses of the SDK for identities: one file once bundled, read when something in Azure is called first. */
export { createDefaultHttpClient } from '@azure/core-rest-pipeline';
export { AzureCliCredential, CredentialUnavailableError, ManagedIdentityCredential } from '@azure/identity';

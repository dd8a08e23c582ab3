import { settings } from '../../src/setting-table';

/** What a developer has to set, with the schedules of Azure. Everything else is what the service takes for it. */
export const leastSettings: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'http://localhost:7071',
  KEY_VAULT_URI: 'https://localhost:8443',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ...Object.fromEntries(
    [...settings].flatMap(([name, { isRequired, inAzure }]) =>
      isRequired && inAzure ? [[name, inAzure]] : [],
    ),
  ),
};

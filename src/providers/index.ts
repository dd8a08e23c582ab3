/** The descriptions of the providers. A new one is a file beside this, two lines here, and a row in model/provider-table.ts. */
import { providerIds, type ProviderId } from '../model';
import type { Providers } from '../ports';
import { fitbit } from './fitbit';
import { googleHealth } from './google-health';
import { describeProvider, type ProviderFile, type ProviderSettings } from './settings';
import { withings } from './withings';

const files: Record<ProviderId, ProviderFile> = {
  'google-health': googleHealth,
  fitbit,
  withings,
};

export function createProviders(settings: Record<ProviderId, ProviderSettings>): Providers {
  return new Map(providerIds.map((id) => [id, describeProvider(id, files[id], settings[id])]));
}

/** The list of providers. A new one is a file beside this, an id in model/ids.ts and a line here. */
import type { ProviderId } from '../model';
import type { Provider, Providers } from '../ports';
import { describeFitbit } from './fitbit';
import { describeGoogleHealth } from './google-health';
import type { ProviderSettings } from './settings';

const descriptions: Record<ProviderId, (settings: ProviderSettings) => Provider> = {
  'google-health': describeGoogleHealth,
  fitbit: describeFitbit,
};

export function createProviders(settings: Record<ProviderId, ProviderSettings>): Providers {
  const ids = Object.keys(descriptions) as ProviderId[];
  return new Map(ids.map((id) => [id, descriptions[id](settings[id])]));
}

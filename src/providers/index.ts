/** The list of providers. A new one is a file beside this, an id in model.ts and a line here. */
import type { ProviderId } from '../model';
import type { Provider, Providers } from '../ports';
import { describeFitbit } from './fitbit';
import { describeGoogleHealth } from './google-health';

export interface ProviderSettings {
  /** Absent as long as the operator has not registered a client with this provider. */
  readonly clientId?: string | undefined;
  /** Asked for besides the scope for devices; a wearer may refuse them. */
  readonly optionalScopes: readonly string[];
  /** Origin of a simulator that stands in for every host of the provider. Loopback only; config.ts sees to it. */
  readonly simulatorUrl?: string | undefined;
}

const descriptions: Record<ProviderId, (settings: ProviderSettings) => Provider> = {
  'google-health': describeGoogleHealth,
  fitbit: describeFitbit,
};

export function createProviders(settings: Record<ProviderId, ProviderSettings>): Providers {
  const ids = Object.keys(descriptions) as ProviderId[];
  return new Map(ids.map((id) => [id, descriptions[id](settings[id])]));
}

/** What a provider takes from the settings, and by which names. */
import { providerTable, type ProviderId } from '../model/provider-table';
import type { Provider } from '../ports';

export interface ProviderSettings {
  /** Absent as long as the operator has not registered a client with this provider. */
  readonly clientId?: string | undefined;
  /** Asked for besides the scope for devices; a wearer may refuse them. */
  readonly optionalScopes: readonly string[];
  /** Origin of a simulator that stands in for every host of the provider. Loopback only; setting-formats.ts sees to it. */
  readonly simulatorUrl?: string | undefined;
}

/** `FITBIT_CLIENT_ID` and so on. */
export function settingNamesOf(id: ProviderId): Readonly<Record<keyof ProviderSettings, string>> {
  const prefix = id.toUpperCase().replaceAll('-', '_');
  return {
    clientId: `${prefix}_CLIENT_ID`,
    optionalScopes: `${prefix}_OPTIONAL_SCOPES`,
    simulatorUrl: `${prefix}_SIMULATOR_URL`,
  };
}

/** The name of a secret in Key Vault. */
export function clientSecretNameOf(id: ProviderId): string {
  return `${id}-client-secret`;
}

/** What a file beside this one says about its provider. */
export interface ProviderFile {
  readonly describe: (settings: ProviderSettings) => Omit<Provider, NamedById>;
}
type NamedById = 'id' | 'name' | 'clientId' | 'clientIdSetting' | 'clientSecretName';

export function describeProvider(
  id: ProviderId,
  { describe }: ProviderFile,
  settings: ProviderSettings,
): Provider {
  return {
    id,
    name: providerTable[id].name,
    clientId: settings.clientId,
    clientIdSetting: settingNamesOf(id).clientId,
    clientSecretName: clientSecretNameOf(id),
    ...describe(settings),
  };
}

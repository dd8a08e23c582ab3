/** What a provider needs from the settings. */
export interface ProviderSettings {
  /** Absent as long as the operator has not registered a client with this provider. */
  readonly clientId?: string | undefined;
  /** Asked for besides the scope for devices; a wearer may refuse them. */
  readonly optionalScopes: readonly string[];
  /** Origin of a simulator that stands in for every host of the provider. Loopback only; config.ts sees to it. */
  readonly simulatorUrl?: string | undefined;
}

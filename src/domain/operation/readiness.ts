/** What is not configured yet. That is a state, not an error: the service starts, and says what is missing. */
import { hasCode } from '../../errors';
import type { Ports, Provider } from '../../ports';

export interface Readiness {
  /** Tokens can be rotated and texts be sent. */
  readonly configured: boolean;
  /** Names of settings and of secrets in Key Vault; never a value. */
  readonly missing: readonly string[];
}

export async function readReadiness(ports: Ports): Promise<Readiness> {
  const providers = [...ports.providers.values()];
  const available = await availableProviders(ports);
  // One complete provider is enough; with none, the default one (the first) is what the operator has to complete.
  const begun = providers.find(({ clientId }) => clientId !== undefined) ?? providers[0];
  const missing = [
    ...(begun && available.length === 0 ? await missingForProvider(ports, begun) : []),
    ...ports.sms.missing,
  ];
  return { configured: missing.length === 0, missing };
}

async function missingForProvider(ports: Ports, provider: Provider): Promise<string[]> {
  const { clientId, clientIdSetting, clientSecretName } = provider;
  return [
    ...(clientId === undefined ? [clientIdSetting] : []),
    ...((await hasSecret(ports, clientSecretName)) ? [] : [`${clientSecretName} (a secret in Key Vault)`]),
  ];
}

/** The providers that a wearer can choose from now, the default one first. */
export async function availableProviders(ports: Ports): Promise<Provider[]> {
  // One without a client is not looked for in the vault, which every visitor would otherwise ask for what is not there.
  const begun = [...ports.providers.values()].filter(({ clientId }) => clientId !== undefined);
  const there = await Promise.all(begun.map(({ clientSecretName }) => hasSecret(ports, clientSecretName)));
  return begun.filter((_, index) => there[index]);
}

/** Everybody can ask for these pages, and a vault answers only so often: what was there is believed for a minute. */
const believedMs = 60_000;
const seenAt = new WeakMap<Ports['vault'], Map<string, number>>();

async function hasSecret(ports: Ports, name: string): Promise<boolean> {
  const seen = seenAt.get(ports.vault) ?? new Map<string, number>();
  seenAt.set(ports.vault, seen);
  if (ports.clock.now() - (seen.get(name) ?? -Infinity) < believedMs) return true;
  const isThere = await readSecret(ports, name);
  if (isThere) seen.set(name, ports.clock.now());
  return isThere;
}

async function readSecret(ports: Ports, name: string): Promise<boolean> {
  try {
    return (await ports.vault.readSecret(name)) !== undefined;
  } catch (error) {
    // Disabled, perhaps because this provider is not used any more: no reason to fail for all the others.
    if (hasCode(error, 'VAULT_REFUSED')) return false;
    throw error;
  }
}

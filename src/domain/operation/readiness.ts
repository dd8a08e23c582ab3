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
  const gaps = await Promise.all(providers.map((provider) => missingForProvider(ports, provider)));
  const ready = gaps.some((gap) => gap.length === 0);
  // One complete provider is enough; with none, the default one (the first) is what the operator has to complete.
  const begun = providers.findIndex((provider) => provider.clientId !== undefined);
  const missing = [...(ready ? [] : (gaps[Math.max(begun, 0)] ?? [])), ...ports.sms.missing];
  return { configured: missing.length === 0, missing };
}

async function missingForProvider(ports: Ports, provider: Provider): Promise<string[]> {
  const { clientId, clientIdSetting, clientSecretName } = provider;
  return [
    ...(clientId === undefined ? [clientIdSetting] : []),
    ...((await hasSecret(ports, clientSecretName)) ? [] : [`${clientSecretName} (a secret in Key Vault)`]),
  ];
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

/** The providers that a wearer can choose from now, the default one first. */
export async function availableProviders(ports: Ports): Promise<Provider[]> {
  const all = [...ports.providers.values()];
  const gaps = await Promise.all(all.map((provider) => missingForProvider(ports, provider)));
  return all.filter((_, index) => gaps[index]?.length === 0);
}

/** What is not configured yet. That is a state, not an error: the service starts, and says what is missing. */
import { describeFailure, hasCode } from '../../errors';
import type { Ports, Provider } from '../../ports';

export interface Readiness {
  /** Tokens can be rotated and texts be sent. */
  readonly configured: boolean;
  /** Names of settings and of secrets in Key Vault, or that the vault refuses to say; never a value. */
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
  const secret = await findSecret(ports, clientSecretName);
  return [
    ...(clientId === undefined ? [clientIdSetting] : []),
    ...(secret === 'missing' ? [`${clientSecretName} (a secret in Key Vault)`] : []),
    ...(secret === 'refused' ? ['Key Vault refuses the identity: roles may need ten minutes'] : []),
  ];
}

/** The providers that a wearer can choose from now, the default one first. */
export async function availableProviders(ports: Ports): Promise<Provider[]> {
  // One without a client is not looked for in the vault, which every visitor would otherwise ask for what is not there.
  const begun = [...ports.providers.values()].filter(({ clientId }) => clientId !== undefined);
  const there = await Promise.all(begun.map(({ clientSecretName }) => findSecret(ports, clientSecretName)));
  return begun.filter((_, index) => there[index] === 'there');
}

/** Everybody can ask for these pages, and a vault answers only so often: what was there is believed for a minute. */
const believedMs = 60_000;
const seenAt = new WeakMap<Ports['vault'], Map<string, number>>();

type Finding = 'there' | 'missing' | 'refused';

async function findSecret(ports: Ports, name: string): Promise<Finding> {
  const seen = seenAt.get(ports.vault) ?? new Map<string, number>();
  seenAt.set(ports.vault, seen);
  if (ports.clock.now() - (seen.get(name) ?? -Infinity) < believedMs) return 'there';
  const finding = await lookForSecret(ports, name);
  if (finding === 'there') seen.set(name, ports.clock.now());
  return finding;
}

async function lookForSecret(ports: Ports, name: string): Promise<Finding> {
  try {
    return (await ports.vault.readSecret(name)) === undefined ? 'missing' : 'there';
  } catch (error) {
    // Disabled, perhaps because this provider is not used any more: no reason to fail for all the others.
    if (hasCode(error, 'SECRET_DISABLED')) return 'missing';
    if (!hasCode(error, 'VAULT_REFUSED')) throw error;
    // Whether it is there cannot be known. An operator who believed it missing would look in the wrong place.
    ports.log.warn('vault.refused', describeFailure(error));
    return 'refused';
  }
}

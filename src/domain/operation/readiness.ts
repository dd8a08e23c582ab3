/** What is not configured yet, and what does not work now. Both are states, not errors: the service starts, and says so. */
import { describeFailure, hasCode } from '../../errors';
import type { AlarmName } from '../../model';
import type { Ports, Provider } from '../../ports';
import { lookAtVault } from '../board/choose-vault';
import { readAlarmOn } from '../messages/alarms';
import { remembered } from '../store/remembered';

export interface Readiness {
  /** Tokens can be rotated and texts be sent. */
  readonly configured: boolean;
  /** Names of settings and of secrets in Key Vault, or that the vault refuses to say; never a value. */
  readonly missing: readonly string[];
}

export async function readReadiness(
  ports: Pick<Ports, 'clock' | 'log' | 'providers' | 'sms' | 'tables' | 'vault'>,
): Promise<Readiness> {
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

export interface Health extends Readiness {
  /** What would work now. A service without a number has tokens all the same. */
  readonly ready: { readonly tokens: boolean; readonly texts: boolean; readonly emails: boolean };
  /** Which of vaults, tables, queues and texts do not work, each with what it answered. */
  readonly failing: readonly string[];
}

/**
 * Looks at each once a minute: one secret in each vault, one row or two, one queue; at what failed again after ten seconds. A further vault
 * that fails is no reason not to be ready: new connections begin in the others.
 */
export async function readHealth(
  ports: Pick<Ports, 'clock' | 'email' | 'log' | 'providers' | 'queues' | 'sms' | 'tables' | 'vault'>,
): Promise<Health> {
  const unknown: Readiness = { configured: false, missing: [] };
  const canMail = ports.email.missing.length === 0;
  const [
    { found: readiness = unknown, failure: vault },
    { found: areTextsRefused, failure: tables },
    { found: areMailsRefused },
    { failure: queues },
    ...furtherVaults
  ] = await Promise.all([
    look(() => readReadiness(ports)),
    look(() => remembered(ports, 'tables', () => isOn(ports, 'texts refused'))),
    look(async () => canMail && remembered(ports, 'e-mails', () => isOn(ports, 'e-mails refused'))),
    look(() => remembered(ports, 'queues', () => ports.queues.peek())),
    ...ports.vault.further.map((name) => look(() => lookAtVault(ports, name))),
  ]);
  const failing = [
    ...(vault === undefined ? [] : [`vault: ${vault}`]),
    // By number: everybody may read this. The doctor says their names.
    ...furtherVaults.flatMap(({ failure: said }, n) =>
      said === undefined ? [] : [`vault ${n + 2}: ${said}`],
    ),
    ...(tables === undefined ? [] : [`tables: ${tables}`]),
    ...(queues === undefined ? [] : [`queues: ${queues}`]),
    ...(areTextsRefused ? ['texts: refused'] : []),
  ];
  const areStoresThere = vault === undefined && tables === undefined && queues === undefined;
  const { missing: missingForTexts } = ports.sms;
  const ready = {
    tokens: areStoresThere && readiness.missing.every((name) => missingForTexts.includes(name)),
    texts: areStoresThere && missingForTexts.length === 0 && areTextsRefused === false,
    emails: areStoresThere && canMail && areMailsRefused === false,
  };
  return { ...readiness, ready, failing };
}

async function isOn(ports: Pick<Ports, 'tables'>, name: AlarmName): Promise<boolean> {
  return (await readAlarmOn(ports, name)) !== undefined;
}

interface Look<T> {
  readonly found?: T;
  /** `refused (403 AuthorizationPermissionMismatch)`, or `no answer`. */
  readonly failure?: string;
}

async function look<T>(at: () => Promise<T>): Promise<Look<T>> {
  try {
    return { found: await at() };
  } catch (error) {
    const { status, said, isRefused } = answerGiven(error);
    if (status === undefined) return { failure: said === '' ? 'no answer' : `no answer (${said})` };
    return { failure: `${isRefused ? 'refused' : 'failed'} (${said})` };
  }
}

/** What a store answered: `403 ForbiddenByRbac`; nothing is said if it did not answer. */
export function answerGiven(error: unknown): {
  readonly status: number | undefined;
  readonly said: string;
  readonly isRefused: boolean;
} {
  const { status, answer } = describeFailure(error);
  const said = [status, answer].filter((each) => each !== undefined).join(' ');
  return { status, said, isRefused: status === 401 || status === 403 };
}

async function missingForProvider(
  ports: Pick<Ports, 'clock' | 'log' | 'vault'>,
  provider: Provider,
): Promise<string[]> {
  const { clientId, clientIdSetting, clientSecretName } = provider;
  const secret = await findSecret(ports, clientSecretName);
  return [
    ...(clientId === undefined ? [clientIdSetting] : []),
    ...(secret === 'missing' ? [`${clientSecretName} (a secret in Key Vault)`] : []),
    ...(secret === 'refused' ? ['Key Vault refuses the identity: roles may need ten minutes'] : []),
  ];
}

/**
 * The providers that a wearer can choose from now, the default one first. A provider that was switched off is left out where its
 * successor is offered.
 */
export async function availableProviders(
  ports: Pick<Ports, 'clock' | 'log' | 'providers' | 'tables' | 'vault'>,
): Promise<Provider[]> {
  // Without a client id there is no secret to look for. Otherwise every visitor would make the vault look for one.
  const begun = [...ports.providers.values()].filter(({ clientId }) => clientId !== undefined);
  const there = await Promise.all(begun.map(({ clientSecretName }) => findSecret(ports, clientSecretName)));
  const available = begun.filter((_, index) => there[index] === 'there');
  const isFollowed = ({ successor }: Provider): boolean => available.some(({ id }) => id === successor);
  if (!available.some(isFollowed) || !(await isSwitchedOff(ports))) return available;
  return available.filter((provider) => !isFollowed(provider));
}

/** The watchdog has found it out. A page that cannot know offers what there is: the provider says so itself then. */
async function isSwitchedOff(ports: Pick<Ports, 'clock' | 'tables' | 'vault'>): Promise<boolean> {
  const name = 'provider switched off';
  return remembered(ports, name, () => isOn(ports, name)).catch(() => false);
}

type Finding = 'there' | 'missing' | 'refused';

function findSecret(ports: Pick<Ports, 'clock' | 'log' | 'vault'>, name: string): Promise<Finding> {
  return remembered(
    ports,
    `secret ${name}`,
    () => lookForSecret(ports, name),
    (finding) => finding === 'there',
  );
}

async function lookForSecret(ports: Pick<Ports, 'log' | 'vault'>, name: string): Promise<Finding> {
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

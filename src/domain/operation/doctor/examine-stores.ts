/** Looks at the vaults, the tables and the queues: whether the service may use them. */
import { providerIds, type FindingCode } from '../../../model';
import type { Ports } from '../../../ports';
import { countByVault, readNobody } from '../../board/choose-vault';
import { codeChallengeOf } from '../../rotation/oauth';
import { loginKey } from '../../store/row-keys';
import { answerGiven } from '../readiness';
import { bad, good, say, waitForRoles, type Finding } from './say-finding';

async function tryStore(
  code: FindingCode,
  { works, fails, role }: { readonly works: string; readonly fails: string; readonly role: string },
  use: () => Promise<unknown>,
): Promise<Finding> {
  try {
    await use();
    return say(code, good(works));
  } catch (error) {
    const { said, isRefused } = answerGiven(error);
    const todo = isRefused
      ? `Give the identity of the service the role "${role}"; "azd provision" does. ${waitForRoles}`
      : 'Look at its setting and its firewall, and whether it exists.';
    return say(code, bad(`${fails} (${said || 'no answer'}).`, todo));
  }
}

/** Of one of several, by its name; the first has none. */
const nameVault = (name: string | undefined): string =>
  name === undefined ? 'Key Vault' : `The vault ${name}`;

export function readVault({ vault }: Pick<Ports, 'vault'>, name: string | undefined): Promise<Finding> {
  const says = {
    works: `${nameVault(name)} lets the service read.`,
    fails: `${nameVault(name)} does not let the service read`,
    role: 'Key Vault Secrets Officer',
  };
  return tryStore('VAULT_READ', says, () =>
    name === undefined ? vault.readSecret('doctor') : readNobody({ vault }, name),
  );
}

export function writeVault({ vault }: Pick<Ports, 'vault'>, name: string | undefined): Promise<Finding> {
  const says = {
    works: `${nameVault(name)} lets the service write.`,
    fails: `${nameVault(name)} does not let the service write, so no token set can be stored`,
    role: 'Key Vault Secrets Officer',
  };
  return tryStore('VAULT_WRITE', says, () => vault.tryWriting({ vault: name }));
}

/** Vaults that the settings have ceased to name, and that still hold somebody's tokens. */
export async function findStranded(ports: Pick<Ports, 'tables' | 'vault'>): Promise<Finding | undefined> {
  const counts = await countByVault(ports).catch(() => undefined);
  // What is wrong with the tables has a finding of its own.
  const stranded = [...(counts ?? [])].filter(
    ([vault, count]) => vault !== undefined && count > 0 && !ports.vault.further.includes(vault),
  );
  if (stranded.length === 0) return undefined;
  const what = stranded.map(([vault, count]) => `${vault} holds the tokens of ${count}`).join(', ');
  return say(
    'VAULT_READ',
    bad(
      `KEY_VAULT_URIS does not name every vault that holds tokens: ${what}. Nothing can be done for these connections.`,
      'Put the vault back into KEY_VAULT_URIS. A vault may be taken out eight days after the last connection in it has ended.',
    ),
  );
}

/** The row is one that housekeeping removes by itself, should this worker die. */
export function useTables({ tables, random, clock }: Pick<Ports, 'clock' | 'random' | 'tables'>) {
  const says = {
    works: 'The tables let the service write, read and remove a row.',
    fails: 'The tables do not let the service write, read and remove a row',
    role: 'Storage Table Data Contributor',
  };
  return tryStore('TABLES', says, async () => {
    const state = random.secret();
    const login = {
      provider: providerIds[0]!,
      codeChallenge: codeChallengeOf(state),
      expiresAt: clock.now(),
    };
    await tables.logins.insert(loginKey(state), login);
    const row = await tables.logins.get(loginKey(state));
    if (row) await tables.logins.remove(row);
  });
}

/** The job is taken out again. Left behind, it would be dropped: there is no such connection. */
export function useQueues({ queues, random }: Pick<Ports, 'queues' | 'random'>): Promise<Finding> {
  const says = {
    works: 'The queues let the service put a job in and take it out.',
    fails: 'The queues do not let the service put a job in',
    role: 'Storage Queue Data Contributor',
  };
  return tryStore('QUEUES', says, async () => {
    await queues.peek();
    const job = { kind: 'check-battery', connection: random.id(), run: 'doctor' } as const;
    const cancel = await queues.enqueue(job, 3_600_000);
    await cancel();
  });
}

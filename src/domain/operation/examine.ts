/**
 * Looks at everything that the service depends on, once, and says of each whether it works, and if not what to do. Nothing is sent to
 * anybody, no connection is touched, and every request is one that the real work makes too, or that the other side refuses.
 */
import { AppError } from '../../errors';
import { providerIds, type FindingCode, type ProviderId, type Settings } from '../../model';
import type { finding } from '../../model/answers/operator-answers';
import type { AnswerOf } from '../../model/answers/shape';
import { paths } from '../../paths';
import type { HttpAnswer, Ports, Provider } from '../../ports';
import { Secret } from '../../secret';
import { authorizeUrl, codeChallengeOf, exchangeCode, type ClientNeeds } from '../rotation/oauth';
import { loginKey } from '../store/row-keys';
import { answerGiven } from './readiness';
import { countByVault, readNobody } from '../board/choose-vault';

export type Finding = AnswerOf<typeof finding>;

type Needs = ClientNeeds &
  Pick<Ports, 'clock' | 'email' | 'providers' | 'queues' | 'random' | 'sms' | 'tables' | 'vault'> &
  Pick<Settings, 'callers' | 'policy' | 'publicUrl' | 'staffSignIn'>;

/** In the order of `findingCodes`; never throws: what cannot be looked at is a finding too. */
export async function examine(ports: Needs): Promise<Finding[]> {
  const { providers } = ports;
  const begun = [...providers.values()].filter(({ clientId }) => clientId !== undefined);
  const pages = begun.map((provider) => openConsentPage(ports, provider));
  const vaults = [undefined, ...ports.vault.further];
  const found = await Promise.all([
    ...vaults.map((vault) => readVault(ports, vault)),
    findStranded(ports),
    ...vaults.map((vault) => writeVault(ports, vault)),
    useTables(ports),
    useQueues(ports),
    reachTexts(ports),
    reachMails(ports),
    Promise.resolve(haveProvider(ports, begun.length)),
    ...begun.map((provider) => tryClient(ports, provider)),
    ...pages.map(lookAtConsentPage),
    Promise.resolve(compareSchedules(ports)),
    compareClocks(ports, pages[0]),
    Promise.resolve(lookAtSignIn(ports)),
    openOwnAddress(ports),
    listAlarms(ports),
  ]);
  return found.filter((each) => each !== undefined);
}

type Said = Omit<Finding, 'code' | 'about'>;

const good = (what: string): Said => ({ state: 'good', what });
const bad = (what: string, todo: string): Said => ({ state: 'bad', what, todo });
const unknown = (what: string, todo: string): Said => ({ state: 'unknown', what, todo });

function say(code: FindingCode, said: Said, about?: ProviderId): Finding {
  return { code, ...(about !== undefined && { about }), ...said };
}

const waitForRoles = 'Roles that were just assigned need up to ten minutes.';

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

function readVault({ vault }: Pick<Ports, 'vault'>, name: string | undefined): Promise<Finding> {
  const says = {
    works: `${nameVault(name)} lets the service read.`,
    fails: `${nameVault(name)} does not let the service read`,
    role: 'Key Vault Secrets Officer',
  };
  return tryStore('VAULT_READ', says, () =>
    name === undefined ? vault.readSecret('doctor') : readNobody({ vault }, name),
  );
}

function writeVault({ vault }: Pick<Ports, 'vault'>, name: string | undefined): Promise<Finding> {
  const says = {
    works: `${nameVault(name)} lets the service write.`,
    fails: `${nameVault(name)} does not let the service write, so no token set can be stored`,
    role: 'Key Vault Secrets Officer',
  };
  return tryStore('VAULT_WRITE', says, () => vault.tryWriting({ vault: name }));
}

/** Vaults that the settings have ceased to name, and that still hold somebody's tokens. */
async function findStranded(ports: Pick<Ports, 'tables' | 'vault'>): Promise<Finding | undefined> {
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
function useTables({ tables, random, clock }: Pick<Ports, 'clock' | 'random' | 'tables'>) {
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
function useQueues({ queues, random }: Pick<Ports, 'queues' | 'random'>): Promise<Finding> {
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

async function reachTexts({ sms, policy }: Pick<Ports, 'sms'> & Pick<Settings, 'policy'>): Promise<Finding> {
  if (sms.missing.length > 0) {
    return say(
      'TEXTS',
      bad(
        `No text can be sent, because ${sms.missing.join(' and ')} is not set.`,
        'Get a number and set it: docs/deploying.md, "A number". Tokens are rotated without it.',
      ),
    );
  }
  if (policy.dryRun) {
    return say(
      'TEXTS',
      unknown('SMS_MODE is "log": texts are written to the log.', 'To send texts, set SMS_MODE to "send".'),
    );
  }
  return say('TEXTS', readReach(await sms.reach(), 'text'));
}

async function reachMails({ email }: Pick<Ports, 'email'>): Promise<Finding> {
  if (email.missing.length > 0) {
    return say('MAILS', good('No e-mail is set up. Nothing needs one.'));
  }
  return say('MAILS', readReach(await email.reach(), 'mail'));
}

/** What Communication Services answers to whoever asks it to send to nobody. */
function readReach(status: number | undefined, what: 'text' | 'mail'): Said {
  if (status === undefined) {
    return bad(
      'Communication Services does not answer.',
      'Look at ACS_ENDPOINT and at the identity of the service.',
    );
  }
  if (status === 401 || status === 403) {
    return bad(
      `Communication Services does not let the service send a ${what} (${status}).`,
      `Give the identity of the service the role that "azd provision" assigns at the Communication Services resource. ${waitForRoles}`,
    );
  }
  if (status >= 500 || status === 404 || status === 429) {
    return bad(
      `Communication Services answers with ${status}.`,
      'Look at ACS_ENDPOINT, and try again in a few minutes.',
    );
  }
  return good(`Communication Services would take a ${what}. Delivery reports say whether one arrives.`);
}

function haveProvider({ providers }: Pick<Ports, 'providers'>, begun: number): Finding {
  if (begun > 0)
    return say(
      'PROVIDER',
      good(`Wearers can connect at ${begun === 1 ? 'one provider' : `${begun} providers`}.`),
    );
  const [first] = [...providers.values()];
  return say(
    'PROVIDER',
    bad(
      'No provider is set up, so nobody can connect.',
      `Register a client and set ${first?.clientIdSetting ?? 'its client id'}: docs/deploying.md, "A client".`,
    ),
  );
}

/** The code is none, so a provider that knows the client says that the code is bad, and one that does not says so. */
async function tryClient(
  ports: ClientNeeds & Pick<Settings, 'publicUrl'>,
  provider: Provider,
): Promise<Finding> {
  const { id, name, clientIdSetting, clientSecretName } = provider;
  const result = await exchangeCode(ports, provider, {
    code: new Secret('doctor'),
    codeVerifier: new Secret('doctor'.repeat(8)),
    redirectUri: ports.publicUrl + paths.callback,
  }).catch((error: unknown) => ({
    ok: false as const,
    code: error instanceof AppError ? error.code : 'UNEXPECTED',
  }));
  const code = result.ok ? 'GRANT_REFUSED' : result.code;
  switch (code) {
    case 'GRANT_REFUSED':
    case 'REQUEST_REFUSED':
      return say('CLIENT', good(`${name} knows the client and its secret.`), id);
    case 'CLIENT_REFUSED':
      return say(
        'CLIENT',
        bad(
          `${name} refuses the client.`,
          `Compare ${clientIdSetting} and the secret ${clientSecretName} in Key Vault with the registration. A new secret needs no restart.`,
        ),
        id,
      );
    case 'NOT_CONFIGURED':
      return say(
        'CLIENT',
        bad(
          `The secret ${clientSecretName} is not in Key Vault.`,
          `Put the client secret of ${name} there under this name.`,
        ),
        id,
      );
    case 'PROVIDER_RETIRED':
      return say(
        'CLIENT',
        bad(
          `${name} is switched off.`,
          'Move its wearers: docs/operations.md, "Moving wearers to the successor".',
        ),
        id,
      );
    default:
      return say(
        'CLIENT',
        unknown(
          `${name} was asked about the client and gave no answer that says it (${code}).`,
          'Try again in a few minutes.',
        ),
        id,
      );
  }
}

/** Nobody consents: it is the page that a wearer would see first. */
function openConsentPage(
  { http, policy, publicUrl }: Pick<Ports, 'http'> & Pick<Settings, 'policy' | 'publicUrl'>,
  provider: Provider,
): ConsentPage {
  const redirectUri = publicUrl + paths.callback;
  const codeChallenge = codeChallengeOf('doctor');
  const url = authorizeUrl(provider, { redirectUri, state: 'doctor', codeChallenge });
  const { providerTimeoutMs: timeoutMs } = policy.times;
  return { provider, redirectUri, answering: http({ method: 'GET', url, timeoutMs }) };
}

interface ConsentPage {
  readonly provider: Provider;
  readonly redirectUri: string;
  readonly answering: ReturnType<Ports['http']>;
}

async function lookAtConsentPage({ provider, redirectUri, answering }: ConsentPage): Promise<Finding> {
  const { id, name } = provider;
  const answer = await answering;
  if (!answer.answered || answer.status >= 500 || answer.status === 429) {
    return say(
      'REDIRECT',
      unknown(`The consent page of ${name} did not answer.`, 'Try again in a few minutes.'),
      id,
    );
  }
  if (isErrorPage(answer)) {
    return say(
      'REDIRECT',
      bad(
        `${name} shows an error in place of its consent page.`,
        `Register exactly this redirect address there: ${redirectUri}. Compare the client id and the scopes too.`,
      ),
      id,
    );
  }
  return say('REDIRECT', good(`${name} shows its consent page for ${redirectUri}.`), id);
}

/** Google answers every problem by a redirect to a page whose address says so. */
function isErrorPage({ status, headers }: HttpAnswer): boolean {
  return status >= 400 || /\/error\b/.test((headers['location'] ?? '').split('?')[0]!);
}

const dayMs = 24 * 3_600_000;

function compareSchedules({ policy }: Pick<Settings, 'policy'>): Finding {
  const { rotationGapMs, checkGapMs } = policy.times;
  if (rotationGapMs > dayMs) {
    return say(
      'SCHEDULES',
      bad(
        `Tokens are rotated only every ${inWords(rotationGapMs)}. A failed rotation would be tried again too late to keep an access token or a grant alive.`,
        'Set ROTATION_SCHEDULE to at least once a day; every six hours is usual: 0 0 */6 * * *.',
      ),
    );
  }
  if (checkGapMs > dayMs / 2) {
    return say(
      'SCHEDULES',
      bad(
        `Batteries are read only every ${inWords(checkGapMs)}. A tracker can run flat between two readings.`,
        'Set BATTERY_SCHEDULE to at least twice a day; every hour is usual: 0 0 * * * *.',
      ),
    );
  }
  return say(
    'SCHEDULES',
    good(
      `Tokens are rotated at least every ${inWords(rotationGapMs)}, batteries are read at least every ${inWords(checkGapMs)}.`,
    ),
  );
}

const units = [
  ['days', dayMs],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

/** In the largest unit of which there are two. */
function inWords(ms: number): string {
  const [name, unitMs] = units.find(([, each]) => ms >= 2 * each) ?? units[3];
  return `${Math.round(ms / unitMs)} ${name}`;
}

const mostSkewMs = 60_000;

/** By the clock of a provider: signatures, leases and expiries depend on it. */
async function compareClocks(
  { clock }: Pick<Ports, 'clock'>,
  page: ConsentPage | undefined,
): Promise<Finding> {
  const noClock = unknown('There was no clock to compare with.', 'Try again in a few minutes.');
  if (!page) return say('CLOCK', noClock);
  const { name } = page.provider;
  const answer = await page.answering;
  const date = answer.answered ? Date.parse(answer.headers['date'] ?? '') : NaN;
  if (Number.isNaN(date)) return say('CLOCK', noClock);
  const skewMs = clock.now() - date;
  if (Math.abs(skewMs) <= mostSkewMs)
    return say('CLOCK', good(`The clock agrees with that of ${name} to the minute.`));
  return say(
    'CLOCK',
    bad(
      `The clock is ${Math.round(Math.abs(skewMs) / 1_000)} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${name}.`,
      'Set the clock of this machine. In Azure, report it to Microsoft.',
    ),
  );
}

function lookAtSignIn({ callers, staffSignIn }: Pick<Settings, 'callers' | 'staffSignIn'>): Finding {
  switch (callers) {
    case 'local':
      return say(
        'SIGN_IN',
        good("This is a developer's machine: nobody is asked for a key, and a link opens the board."),
      );
    case 'key':
      return say(
        'SIGN_IN',
        unknown(
          'Function keys are enough for ops/* and connections/*, and the board is closed.',
          'For the board, set up Microsoft Entra sign-in: docs/deploying.md.',
        ),
      );
    case 'entra':
      return staffSignIn === 'off'
        ? say(
            'SIGN_IN',
            bad(
              'ENTRA_CLIENT_ID is set, but App Service authentication is off.',
              'Switch it on again: "azd provision" does.',
            ),
          )
        : say('SIGN_IN', good('App Service authentication signs callers and staff in.'));
  }
}

async function openOwnAddress({
  http,
  publicUrl,
  policy,
}: Pick<Ports, 'http'> & Pick<Settings, 'policy' | 'publicUrl'>): Promise<Finding> {
  const answer = await http({
    method: 'GET',
    url: publicUrl + paths.health,
    timeoutMs: policy.times.providerTimeoutMs,
  });
  if (!answer.answered) {
    return say(
      'ADDRESS',
      unknown(
        `Nothing answers at ${publicUrl}, as far as the service itself can see.`,
        'Open it in a browser. If it does not open, look at PUBLIC_URL and at the domain.',
      ),
    );
  }
  if ((answer.body as { status?: unknown } | null | undefined)?.status === 'up') {
    return say('ADDRESS', good(`This service answers at ${publicUrl}.`));
  }
  return say(
    'ADDRESS',
    bad(
      `Something else than this service answers at ${publicUrl} (${answer.status}).`,
      'Set PUBLIC_URL to the address under which people reach this service.',
    ),
  );
}

async function listAlarms({ tables }: Pick<Ports, 'tables'>): Promise<Finding> {
  const names: string[] = [];
  try {
    for await (const { value } of tables.alarms.list()) {
      if (value.endedAt === undefined) names.push(value.name);
    }
  } catch (error) {
    return say(
      'ALARMS',
      unknown(`The alarms cannot be read (${answerGiven(error).said || 'no answer'}).`, 'See TABLES.'),
    );
  }
  if (names.length === 0) return say('ALARMS', good('No alarm is on.'));
  return say(
    'ALARMS',
    bad(
      `Alarms are on: ${names.join(', ')}.`,
      'docs/operations.md, "Alarms", says what each means and what to do.',
    ),
  );
}

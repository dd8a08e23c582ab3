/** Looks at the providers: whether one is set up, knows the client, and shows its consent page. */
import { AppError } from '../../../errors';
import type { Settings } from '../../../model';
import { paths } from '../../../paths';
import type { HttpAnswer, Ports, Provider } from '../../../ports';
import { Secret } from '../../../secret';
import { authorizeUrl, codeChallengeOf, exchangeCode, type ClientNeeds } from '../../rotation/oauth';
import { bad, good, say, unknown, type Finding } from './say-finding';

export function haveProvider({ providers }: Pick<Ports, 'providers'>, begun: number): Finding {
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
export async function tryClient(
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
export function openConsentPage(
  { http, policy, publicUrl }: Pick<Ports, 'http'> & Pick<Settings, 'policy' | 'publicUrl'>,
  provider: Provider,
): ConsentPage {
  const redirectUri = publicUrl + paths.callback;
  const codeChallenge = codeChallengeOf('doctor');
  const url = authorizeUrl(provider, { redirectUri, state: 'doctor', codeChallenge });
  const { providerTimeoutMs: timeoutMs } = policy.times;
  return { provider, redirectUri, answering: http({ method: 'GET', url, timeoutMs }) };
}

export interface ConsentPage {
  readonly provider: Provider;
  readonly redirectUri: string;
  readonly answering: ReturnType<Ports['http']>;
}

export async function lookAtConsentPage({ provider, redirectUri, answering }: ConsentPage): Promise<Finding> {
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

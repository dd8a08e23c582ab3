/**
 * A client of one provider for any program: the same requests, descriptions and readings of errors as in the service, with the
 * tokens in the program's own hands.
 */
import { failure, type Result } from '../errors';
import type { ApiNeeds } from '../domain/rotation/api-call';
import * as oauth from '../domain/rotation/oauth';
import { sendHttp } from '../adapters/http';
import { createRecentSecrets } from '../adapters/recent-secrets';
import { systemClock, systemRandom } from '../adapters/system';
import { isLoopback } from '../loopback';
import { perProvider, providerIds } from '../model/provider-table';
import { defaultTimes } from '../model/times';
import type { Provider } from '../ports';
import { createProviders } from '../providers';
import { readOptionalScopes } from '../providers/optional-scopes';
import { Secret } from '../secret';
import { ClientError } from './client-error';
import { failed } from './failure';
import { openGrant } from './tokens';
import type { Client, ClientOptions, Tokens } from './types';
import { openUser } from './user';

/** @throws ClientError `INPUT_INVALID` */
export function createClient(options: ClientOptions): Client {
  const { clientSecret, redirectUri, timeoutMs = defaultTimes.providerTimeoutMs } = options;
  checkOptions(options);
  const secret = new Secret(clientSecret);
  const providers = createProviders(
    perProvider((id) => (id === options.provider ? describe(options) : { optionalScopes: [] })),
  );
  const provider = providers.get(options.provider)!;
  const ports: oauth.ClientNeeds & ApiNeeds = {
    providers,
    http: sendHttp,
    clock: systemClock,
    vault: { readSecret: () => Promise.resolve(secret) },
    recentSecrets: createRecentSecrets(),
    policy: { times: { providerTimeoutMs: timeoutMs } },
  };
  const refresh = sharedRefresh(ports, provider);

  return {
    authorizeUrl({ state = systemRandom.secret(), prompt, scopes = options.scopes } = {}) {
      const codeVerifier = systemRandom.secret();
      const url = oauth.authorizeUrl(provider, {
        redirectUri,
        state,
        codeChallenge: oauth.codeChallengeOf(codeVerifier),
        scopes: scopes && readScopes(options.provider, scopes),
        prompt,
      });
      return { url, state, codeVerifier };
    },
    async exchange(code, { codeVerifier }) {
      const requestedAt = systemClock.now();
      const result = await oauth.exchangeCode(ports, provider, {
        code: new Secret(code),
        codeVerifier: new Secret(codeVerifier),
        redirectUri,
      });
      if (!result.ok) throw failed(result);
      return openGrant(result.value, requestedAt);
    },
    async refresh(tokens) {
      const result = await refresh(tokens);
      if (!result.ok) throw failed(result);
      return result.value;
    },
    async revoke({ refreshToken, accessToken, userId }) {
      const token = new Secret(refreshToken ?? accessToken);
      const result = await oauth.revokeToken(ports, provider, { token, userId });
      if (!result.ok) throw failed(result);
    },
    async introspect({ accessToken }) {
      const result = await oauth.introspectToken(ports, provider, new Secret(accessToken));
      if (!result.ok) throw failed(result);
      return result.value;
    },
    forUser: (tokens, userOptions) => openUser(ports, provider, tokens, { ...userOptions, refresh }),
  };
}

const repeats = 2;

/** Two refreshes of one token at a time would be one too many where it works once. */
function sharedRefresh(ports: oauth.ClientNeeds, provider: Provider) {
  const running = new Map<string, Promise<Result<Tokens>>>();
  return (tokens: Tokens): Promise<Result<Tokens>> => {
    const { refreshToken } = tokens;
    if (refreshToken === undefined) return Promise.resolve(failure('ACCESS_TOKEN_REFUSED'));
    const begun =
      running.get(refreshToken) ??
      refreshOnce(ports, provider, tokens, new Secret(refreshToken)).finally(() =>
        running.delete(refreshToken),
      );
    running.set(refreshToken, begun);
    return begun;
  };
}

/** While the outcome is unknown the identical request is sent again, because Fitbit then repeats its answer. */
async function refreshOnce(
  ports: oauth.ClientNeeds,
  provider: Provider,
  tokens: Tokens,
  refreshToken: Secret,
): Promise<Result<Tokens>> {
  const requestedAt = ports.clock.now();
  const ask = await oauth.prepareRefresh(ports, provider, refreshToken);
  let result = await ask();
  let mayBeSpent = false;
  for (let left = repeats; left > 0 && !result.ok && result.code === 'OUTCOME_UNKNOWN'; left -= 1) {
    mayBeSpent = true;
    result = await ask();
  }
  if (result.ok) return { ok: true, value: openGrant(result.value, requestedAt, tokens) };
  // What came after a lost answer does not say what became of it.
  return mayBeSpent && result.code !== 'GRANT_REFUSED' ? { ...result, code: 'OUTCOME_UNKNOWN' } : result;
}

function describe({ clientId, simulatorUrl }: ClientOptions) {
  return { clientId, optionalScopes: [], simulatorUrl: simulatorUrl && new URL(simulatorUrl).origin };
}

function checkOptions({
  provider,
  clientId,
  clientSecret,
  redirectUri,
  scopes,
  simulatorUrl,
}: ClientOptions) {
  const refuse = (message: string): never => {
    throw new ClientError('INPUT_INVALID', message);
  };
  if (!providerIds.includes(provider)) refuse(`provider must be one of ${providerIds.join(', ')}.`);
  if (!clientId || !clientSecret)
    refuse(
      'clientId and clientSecret must be there: the provider shows both where your application is registered.',
    );
  if (!URL.canParse(redirectUri))
    refuse('redirectUri must be a whole address, exactly as it is registered at the provider.');
  if (simulatorUrl !== undefined && !isLoopback(simulatorUrl))
    refuse('simulatorUrl is a loopback address, such as http://127.0.0.1:7181.');
  if (scopes) readScopes(provider, scopes);
}

/** @throws ClientError `INPUT_INVALID` */
function readScopes(provider: ClientOptions['provider'], scopes: readonly string[]): readonly string[] {
  try {
    return readOptionalScopes(provider, scopes.join(' '));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ClientError('INPUT_INVALID', `scopes ${error.message}.`);
  }
}

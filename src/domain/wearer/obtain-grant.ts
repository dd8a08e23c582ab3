/** Exchanges the code for a grant, and finds out whose it is. Nothing is stored yet. */
import type { Settings } from '../../model';
import type { Ports, Provider, ProviderIdentity, TokenGrant } from '../../ports';
import type { Secret } from '../../secret';
import { paths } from '../../paths';
import { callApi, readFromApi } from '../rotation/api-call';
import { revokeUnused, type RevokeNeeds } from '../rotation/disconnect';
import { exchangeCode } from '../rotation/oauth';
import type { Attempt } from './accept-callback';
import {
  accountRefusals,
  isAccountKeptOut,
  refusalOf,
  type SignUpRefusal,
  type SignUpRefused,
} from './sign-up-refusal';

/** A grant that can be kept: it has a refresh token and the scope of devices, and its account is known. */
export interface Obtained {
  readonly grant: TokenGrant & { readonly refreshToken: Secret };
  readonly scopes: readonly string[];
  readonly missingScopes: readonly string[];
  readonly identity: ProviderIdentity;
  /** When the exchange was sent, in epoch milliseconds: tokens live from then on. */
  readonly requestedAt: number;
}

/** @throws what the stores throw */
export async function obtainGrant(
  ports: RevokeNeeds & Pick<Settings, 'publicUrl'>,
  attempt: Attempt,
): Promise<Obtained | SignUpRefused> {
  const { provider, code, codeVerifier, refuse } = attempt;
  const requestedAt = ports.clock.now();
  const redirectUri = ports.publicUrl + paths.callback;
  const exchanged = await exchangeCode(ports, provider, { code, codeVerifier, redirectUri });
  if (!exchanged.ok) {
    const { code: failed, answer } = exchanged;
    return refuse(isAccountKeptOut(provider, answer) ? 'account not allowed' : refusalOf(failed));
  }
  const grant = exchanged.value;
  const { device, optional } = provider.scopes;
  // RFC 6749 §5.1: no scope in the answer means that all of them were granted.
  const scopes = grant.scopes ?? [device, ...optional];
  if (!scopes.includes(device)) return giveUp(ports, attempt, grant, 'device scope missing');
  const { refreshToken } = grant;
  if (refreshToken === undefined) return giveUp(ports, attempt, grant, 'no refresh token');
  const identity = await readIdentity(ports, provider, grant);
  if ('refusal' in identity) {
    return accountRefusals.includes(identity.refusal)
      ? refuseAccount(attempt, grant, identity.refusal)
      : refuse(identity.refusal);
  }
  const missingScopes = optional.filter((scope) => !scopes.includes(scope));
  return { grant: { ...grant, refreshToken }, scopes, missingScopes, identity, requestedAt };
}

/** Ends the grant at the provider, because nothing here will use it. */
export async function giveUp(
  ports: RevokeNeeds,
  { provider, refuse }: Attempt,
  { accessToken, providerUserId }: Pick<TokenGrant, 'accessToken' | 'providerUserId'>,
  why: SignUpRefusal,
): Promise<SignUpRefused> {
  await revokeUnused(ports, { provider: provider.id, accessToken, providerUserId });
  return refuse(why);
}

/** Names the account that was chosen, because another one, or the same one set up, would do. */
export function refuseAccount(
  { provider, refuse }: Attempt,
  { account }: Pick<TokenGrant, 'account'>,
  why: SignUpRefusal,
): SignUpRefused {
  return refuse(why, {
    account: { at: provider.accountAt, name: account },
    mendAt: why === 'account refused' ? provider.revokeByHandUrl : provider.setUpUrl,
  });
}

/** Reads who consented: from the token answer, or by a call of its own where the answer does not say. */
async function readIdentity(
  ports: Pick<Ports, 'clock' | 'http'> & Pick<Settings, 'policy'>,
  provider: Provider,
  grant: TokenGrant,
): Promise<ProviderIdentity | { readonly refusal: SignUpRefusal }> {
  if (!provider.identity) {
    return grant.providerUserId === undefined
      ? { refusal: 'provider unavailable' }
      : { userId: grant.providerUserId, previousIds: {} };
  }
  const answer = await readFromApi(
    (call) => callApi(ports, provider, grant.accessToken, call),
    provider.identity,
  );
  return answer.ok ? answer.value : { refusal: refusalOf(answer.code) };
}

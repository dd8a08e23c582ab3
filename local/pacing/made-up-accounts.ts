/** Accounts whose tokens live as long as those of a provider do: their records, their token sets, and the vaults that they are in. */
import { perProvider, type Connection, type ProviderId, type TokenSet } from '../../src/model';
import { createProviders } from '../../src/providers';
import { Secret } from '../../src/secret';
import { simulatedProviders } from '../simulators';
import { deployedPolicy } from './deployed-policy';

const providers = createProviders(perProvider(() => ({ optionalScopes: [] })));

/** Random ids, so that who is in which vault does not follow any order. Always the same. */
export function drawVaults(connections: number, vaults: number): Uint8Array {
  const drawn = new Uint8Array(connections);
  let state = 1;
  for (let place = 0; place < connections; place += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    drawn[place] = Math.floor((state / 2 ** 32) * vaults);
  }
  return drawn;
}

interface Tokens {
  /** For how long an access token is good. */
  readonly life: number;
  readonly rotates: boolean;
  /** It ends before the next run, so that the check that finds it expired refreshes it. */
  readonly isForChecks: boolean;
}

export function tokensOf(provider: ProviderId): Tokens {
  const { rotatesRefreshToken: rotates } = providers.get(provider)!;
  const life = simulatedProviders[provider].accessTokenMs;
  return { life, rotates, isForChecks: !rotates || life < deployedPolicy().times.rotationGapMs };
}

const secret = new Secret('s');

export function connectionOf(provider: ProviderId, rotatedAt: number): Connection {
  const pointer = { consent: 1, generation: 1, secretVersion: 'v', expiresAt: 0, rotatedAt };
  return { id: 'c', provider, createdAt: 0, consentReserved: 1, missingScopes: [], pointer };
}

export function setOf(provider: ProviderId, issuedAt: number, life: number): TokenSet {
  return {
    ...{ connection: 'c', provider, consent: 1, generation: 1, scopes: [], providerUserId: 'U' },
    ...{ accessToken: secret, refreshToken: secret, issuedAt, expiresAt: issuedAt + life },
  };
}

/** Accounts whose tokens live as long as those of a provider do: their records, their token sets, and the vaults that they are in. */
import { perProvider, type Connection, type ProviderId, type TokenSet } from '../../src/model';
import { createProviders } from '../../src/providers';
import { Secret } from '../../src/secret';
import { simulatedProviders } from '../simulators';

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

/** For how long an access token is good, and whether its refresh token rotates. */
export function tokensOf(provider: ProviderId): { readonly life: number; readonly rotates: boolean } {
  const { rotatesRefreshToken: rotates } = providers.get(provider)!;
  return { life: simulatedProviders[provider].accessTokenMs, rotates };
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

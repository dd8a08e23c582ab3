import { documentedFaults } from '../../local/simulators/documented-faults';
import { perProvider, providerIds } from '../../src/model';
import { createProviders } from '../../src/providers';
import { faultRows } from '../support/fault-rows';

const providers = createProviders({
  ...perProvider(() => ({ optionalScopes: [] })),
  'google-health': { optionalScopes: ['openid'], simulatorUrl: 'http://127.0.0.1:9001' },
  fitbit: { clientId: 'fitbit-client', optionalScopes: [] },
});

describe('createProviders', () => {
  test('lists the default provider first', () => {
    expect([...providers.keys()][0]).toBe('google-health');
    expect([...providers.values()].map(({ id }) => id)).toEqual(providerIds);
  });

  test('gives each provider its own settings', () => {
    const parts = (['google-health', 'fitbit'] as const)
      .map((id) => providers.get(id)!)
      .map(({ clientId, scopes, urls }) => [clientId, scopes.optional, urls.api]);
    expect(parts).toEqual([
      [undefined, ['openid'], 'http://127.0.0.1:9001'],
      ['fitbit-client', [], 'https://api.fitbit.com'],
    ]);
  });

  test('leads wearers of Fitbit to a provider that exists', () => {
    expect(providers.get(providers.get('fitbit')!.successor!)?.name).toBe('Google Health');
  });
});

describe('the documented faults of the providers', () => {
  test('are all reached by the tables of the tests', () => {
    const endpoints = ['token', 'revoke', 'devices'] as const;
    const reached = [...providers.keys()].flatMap((provider) =>
      endpoints.flatMap((endpoint) => faultRows(provider, endpoint).map(([name]) => name)),
    );
    expect([...new Set(reached)].sort()).toEqual(documentedFaults.map(({ name }) => name).sort());
  });
});

/** The client against a simulated provider, over real HTTP. */
import { simulatedProviders } from '../../local/simulators';
import { giveConsent } from '../../local/simulators/give-consent';
import type { Simulator } from '../../local/simulators/simulator';
import { createWearers } from '../../local/simulators/wearers';
import type { Call, Verdict } from '../../local/serve';
import { createClient, type Client, type ClientOptions, type Tokens } from '../../src/client';
import { perProvider, providerIds, type ProviderId } from '../../src/model';
import type { Provider } from '../../src/ports';
import { createProviders } from '../../src/providers';

export const redirectUri = 'http://127.0.0.1:7071/api/oauth/callback';
export const registered = { clientId: 'a-client', clientSecret: 'a-client-secret' };

export interface Stage {
  readonly simulator: Simulator;
  readonly client: Client;
  /** Every request, such as `GET /1/user/-/devices.json`, in order. */
  readonly calls: Request[];
  /** What a test does to the next requests, before the simulator sees them. */
  meanwhile: (call: Call) => Verdict;
  connect(authorize?: Parameters<Client['authorizeUrl']>[0], granted?: readonly string[]): Promise<Tokens>;
  close(): Promise<void>;
}

const providers = createProviders(perProvider(() => ({ optionalScopes: [] })));
export const descriptionOf = (id: ProviderId): Provider => providers.get(id)!;
/** Those whose token endpoint wants no more than RFC 6749 says. */
export const standardProviders = providerIds.filter((id) => !descriptionOf(id).tokenParameters);
/** Where the API lists devices. */
export const devicesOf = (id: ProviderId): string => descriptionOf(id).devices.path().split('?')[0]!;

export async function openStage(
  provider: ProviderId,
  { accessTokenMs, ...options }: Partial<ClientOptions> & { readonly accessTokenMs?: number } = {},
): Promise<Stage> {
  const now = () => Date.now();
  const wearers = createWearers({ now });
  wearers.add({
    id: 'ada',
    name: 'Ada',
    legacyUserId: 'A1B2C3',
    devices: [
      {
        id: '1234567890',
        kind: 'TRACKER',
        model: 'Charge 6',
        battery: { percent: 80, since: now(), drainPerHour: 0 },
      },
    ],
  });
  const calls: Request[] = [];
  const simulator = await simulatedProviders[provider].start({
    port: 0,
    wearers,
    now,
    clients: [{ ...registered, redirectUris: [redirectUri] }],
    ...(accessTokenMs !== undefined && { accessTokenMs }),
    tap: {
      before(call) {
        calls.push(call.request.clone());
        return stage.meanwhile(call);
      },
    },
  });
  const client = createClient({
    provider,
    ...registered,
    redirectUri,
    simulatorUrl: simulator.url,
    ...options,
  });
  const stage: Stage = {
    simulator,
    client,
    calls,
    meanwhile: () => 'go on',
    async connect(authorize, scopes) {
      const { url, state, codeVerifier } = client.authorizeUrl(authorize);
      const back = await giveConsent(url, { wearer: 'ada', ...(scopes && { scopes }) });
      if (back.searchParams.get('state') !== state) throw new Error('The state came back changed.');
      const tokens = await client.exchange(back.searchParams.get('code')!, { codeVerifier });
      calls.length = 0;
      return tokens;
    },
    close: () => simulator.close(),
  };
  return stage;
}

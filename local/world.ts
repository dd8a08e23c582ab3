/**
 * Everything around the service on one machine: Azurite, the Key Vault emulator, both provider simulators and the
 * phone. The SDK clients that meet it are the real ones; only the addresses differ.
 */
import sample from '../local.settings.sample.json';
import { localAccessKey } from '../src/adapters/sms';
import { startAzurite, type Azurite, type AzuritePorts } from './azurite';
import { startKeyVault, type KeyVaultEmulator } from './key-vault/emulator';
import { people } from './people';
import { openEventQueue } from './phone/event-queue';
import { startPhone, type Phone } from './phone/sms-endpoint';
import { startTogether } from './running';
import type { Tap } from './serve';
import { localClient } from './simulators/clients';
import { startFitbit } from './simulators/fitbit';
import { startGoogleHealth } from './simulators/google-health';
import { createServiceView, type ServiceView } from './simulators/service-view';
import { createWearers, type Wearers, type WearerSpec } from './simulators/wearers';

export interface Ports {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
  readonly keyVault: number;
  readonly googleHealth: number;
  readonly fitbit: number;
  readonly phone: number;
}

/** What local.settings.sample.json is made for. */
export const usualPorts: Ports = {
  blob: 10000,
  queue: 10001,
  table: 10002,
  keyVault: 7180,
  googleHealth: 7181,
  fitbit: 7182,
  phone: 7183,
};

/** Any free ones, so that tests and the demo run beside everything else. */
const freePorts: Ports = {
  blob: 0,
  queue: 0,
  table: 0,
  keyVault: 0,
  googleHealth: 0,
  fitbit: 0,
  phone: 0,
};

export interface WorldOptions {
  readonly ports?: Ports;
  /** Clock of the emulators and simulators; a moved clock drains batteries and ends tokens. */
  readonly now?: () => number;
  readonly people?: readonly WearerSpec[];
  /** Looks at every call to an emulator or simulator; Azurite has none. */
  readonly tap?: Tap;
  /** Azurite over http, with its account key, unless told otherwise. */
  readonly startStorage?: (ports: AzuritePorts) => Promise<Azurite>;
}

export interface World {
  readonly azurite: Azurite;
  readonly keyVault: KeyVaultEmulator;
  readonly googleHealth: Awaited<ReturnType<typeof startGoogleHealth>>;
  readonly fitbit: Awaited<ReturnType<typeof startFitbit>>;
  readonly phone: Phone;
  readonly wearers: Wearers;
  /** What the simulators' pages show of the service. */
  readonly serviceView: ServiceView;
  /** The sample settings with this world's addresses; PUBLIC_URL is the service's own. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Batteries are read every few seconds here; Fitbit's own 150 calls an hour would end that after minutes. */
const hourlyLimit = 100_000;

/** @throws PortTaken; whatever had started by then is closed again */
export async function startWorld({
  ports = freePorts,
  now = Date.now,
  people: given = people(now()),
  tap,
  startStorage = (wanted) => startAzurite({ ports: wanted }),
}: WorldOptions = {}): Promise<World> {
  const wearers = createWearers({ now });
  for (const person of given) wearers.add(person);
  const tapped = tap === undefined ? {} : { tap };
  return startTogether(async ({ start, close }) => {
    const keyVault = await start(startKeyVault({ port: ports.keyVault, now, tap }));
    const serviceView = createServiceView();
    const simulator = { wearers, now, serviceView, ...tapped };
    const googleHealth = await start(startGoogleHealth({ ...simulator, port: ports.googleHealth }));
    const fitbit = await start(startFitbit({ ...simulator, port: ports.fitbit, hourlyLimit }));
    const { blob, queue, table } = ports;
    const azurite = await start(startStorage({ blob, queue, table }));
    const deliver = openEventQueue(azurite.connectionString);
    const phone = await start(
      startPhone({ port: ports.phone, now, accessKey: localAccessKey, tap, deliver }),
    );
    for (const provider of ['google-health', 'fitbit']) {
      keyVault.setSecret(`${provider}-client-secret`, localClient.clientSecret);
    }
    const settings = {
      ...sample.Values,
      AzureWebJobsStorage: azurite.connectionString,
      KEY_VAULT_URI: keyVault.url,
      GOOGLE_HEALTH_SIMULATOR_URL: googleHealth.url,
      FITBIT_SIMULATOR_URL: fitbit.url,
      ACS_ENDPOINT: phone.url,
    };
    return { azurite, keyVault, googleHealth, fitbit, phone, wearers, serviceView, settings, close };
  });
}

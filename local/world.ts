/**
 * Everything around the service on one machine: Azurite, the Key Vault emulator, a simulator for each provider and the
 * phone. The SDK clients that meet it are the real ones; only the addresses differ.
 */
import sample from '../local.settings.sample.json';
import { localAccessKey } from '../src/adapters/communication';
import { perProvider, providerIds, type ProviderId } from '../src/model';
import { clientSecretNameOf, settingNamesOf } from '../src/providers/settings';
import { startAzurite, type Azurite, type AzuritePorts } from './azurite';
import { startKeyVault, type KeyVaultEmulator } from './key-vault/emulator';
import { people } from './people';
import { openEventQueue } from './phone/event-queue';
import { startPhone, type Phone } from './phone/sms-endpoint';
import { inMemory, keepFor, type KeptFolder } from './kept';
import { startTogether } from './running';
import type { Tap } from './serve';
import { localClient } from './simulators/clients';
import { simulatedProviders } from './simulators';
import { createServiceView, type ServiceView } from './simulators/service-view';
import type { Simulator } from './simulators/simulator';
import { createWearers, type Wearers, type WearerSpec } from './simulators/wearers';

const sampleSettings: Readonly<Record<string, string>> = sample.Values;

export interface Ports {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
  readonly keyVault: number;
  readonly simulators: Readonly<Record<ProviderId, number>>;
  readonly phone: number;
}

/** What local.settings.sample.json is made for. */
export const usualPorts: Ports = {
  blob: 10000,
  queue: 10001,
  table: 10002,
  keyVault: 7180,
  simulators: perProvider((id) =>
    Number(new URL(sampleSettings[settingNamesOf(id).simulatorUrl] ?? 'http://127.0.0.1:0').port),
  ),
  phone: 7183,
};

/** Any free ones, so that tests and the demo run beside everything else. */
const freePorts: Ports = {
  blob: 0,
  queue: 0,
  table: 0,
  keyVault: 0,
  simulators: perProvider(() => 0),
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
  /** Keeps everything between two starts; it stays open when the world is closed. */
  readonly folder?: KeptFolder | undefined;
  /** Providers that the service asks themselves: the vault gets their own client secrets, or keeps those that it has. */
  readonly real?: readonly ProviderId[];
  readonly clientSecrets?: Readonly<Partial<Record<ProviderId, string>>>;
}

export interface World {
  readonly azurite: Azurite;
  readonly keyVault: KeyVaultEmulator;
  readonly simulators: Readonly<Record<ProviderId, Simulator>>;
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
  folder,
  real = [],
  clientSecrets = {},
  startStorage = (wanted) => startAzurite({ ports: wanted, folder: folder?.azurite }),
}: WorldOptions = {}): Promise<World> {
  const keep = folder?.keep ?? inMemory;
  const wearers = createWearers({ now, keep });
  for (const person of given) wearers.add(person);
  const tapped = tap === undefined ? {} : { tap };
  return startTogether(async ({ start, close }) => {
    const keyVault = await start(startKeyVault({ port: ports.keyVault, now, tap, keep }));
    const serviceView = createServiceView();
    const simulator = { wearers, now, serviceView, ...tapped };
    const simulators = {} as Record<ProviderId, Simulator>;
    for (const id of providerIds) {
      const port = ports.simulators[id];
      const own = { port, hourlyLimit, keep: keepFor(id, keep) };
      simulators[id] = await start(simulatedProviders[id].start({ ...simulator, ...own }));
    }
    const { blob, queue, table } = ports;
    const azurite = await start(startStorage({ blob, queue, table }));
    const deliver = openEventQueue(azurite.connectionString);
    const phone = await start(
      startPhone({ port: ports.phone, now, accessKey: localAccessKey, tap, deliver, keep }),
    );
    for (const id of providerIds) {
      const secret = clientSecrets[id] ?? (real.includes(id) ? undefined : localClient.clientSecret);
      if (secret !== undefined) keyVault.setSecret(clientSecretNameOf(id), secret);
    }
    const settings = {
      ...sampleSettings,
      ...Object.fromEntries(providerIds.map((id) => [settingNamesOf(id).simulatorUrl, simulators[id].url])),
      AzureWebJobsStorage: azurite.connectionString,
      KEY_VAULT_URI: keyVault.url,
      ACS_ENDPOINT: phone.url,
    };
    return { azurite, keyVault, simulators, phone, wearers, serviceView, settings, close };
  });
}

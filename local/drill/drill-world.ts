/**
 * The emulators of a drill, all behind one tap: the vault and the provider answer through it by themselves, Azurite's
 * tables and queues through a forwarding server each.
 */
import sample from '../../local.settings.sample.json';
import { completeSignUp } from '../../src/domain/wearer/complete-sign-up';
import { localAccessKey } from '../../src/adapters/communication';
import { readConfig } from '../../src/config';
import { Secret } from '../../src/secret';
import { createServices, type Services } from '../../src/services';
import { startAzurite } from '../azurite';
import { startKeyVault, usualVault, type KeyVaultEmulator } from '../key-vault/emulator';
import { openEventQueue } from '../phone/event-queue';
import type { PhoneEvent } from '../phone/events';
import { forwardTo } from '../forward';
import { tagHeader } from './orders';
import { startPhone, type Phone } from '../phone/sms-endpoint';
import { startTogether } from '../running';
import { serve, type Tap } from '../serve';
import { localClient } from '../simulators/clients';
import { startFitbit } from '../simulators/fitbit-simulator';
import { giveConsent } from '../simulators/give-consent';
import type { Simulator } from '../simulators/simulator';
import { createWearers, type DeviceSpec, type Wearers } from '../simulators/wearers';
import { queueServer, tableServer } from './servers';
import { beginSignUp } from '../../src/domain/wearer/begin-sign-up';

export interface DrillWorld {
  readonly keyVault: KeyVaultEmulator;
  readonly fitbit: Simulator;
  readonly phone: Phone;
  readonly wearers: Wearers;
  /** For the workers: every address leads through the tap. */
  readonly settings: Readonly<Record<string, string>>;
  /** The service's own code in this process, for what people do: consenting, disconnecting. */
  readonly services: Services;
  addWearer(id: string, devices?: readonly DeviceSpec[]): void;
  /** The wearer consents, for the first time or again. @returns the connection */
  consent(wearer: string): Promise<string>;
  close(): Promise<void>;
}

export interface DrillWorldOptions {
  readonly factor: number;
  readonly repeatWindowMs: number;
  readonly reuseRevokesChain: boolean;
  readonly tap: Tap;
  /** How long the carrier remembers a text. */
  readonly textMemoryMs?: number;
  /** Stands between the carrier and the queue: hands an event over when, and as often as, it likes. */
  readonly handOver?: (event: PhoneEvent, hand: () => Promise<void>) => Promise<void>;
  /** Besides those of the sample. */
  readonly settings?: Readonly<Record<string, string>>;
}

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {}

export async function startDrillWorld(options: DrillWorldOptions): Promise<DrillWorld> {
  const { tap, factor, repeatWindowMs, reuseRevokesChain, textMemoryMs } = options;
  const handOver = options.handOver ?? ((_event, hand) => hand());
  const now = Date.now;
  const wearers = createWearers({ now });
  return startTogether(async ({ start, close }) => {
    const azurite = await start(startAzurite({ ports: { blob: 0, queue: 0, table: 0 } }));
    const keyVault = await start(
      startKeyVault({
        port: 0,
        tap,
        purgeProtection: false,
        deletionMs: usualVault.deletionMs * factor,
      }),
    );
    const fitbit = await start(
      startFitbit({ port: 0, wearers, now, tap, repeatWindowMs, reuseRevokesChain, hourlyLimit: 1e9 }),
    );
    const deliver = openEventQueue(azurite.connectionString);
    const phone = await start(
      startPhone({
        port: 0,
        accessKey: localAccessKey,
        tap,
        ...(textMemoryMs === undefined ? {} : { repeatabilityMs: textMemoryMs }),
        deliver: (event) => handOver(event, () => deliver(event)),
      }),
    );
    const tables = await start(
      serve({
        name: tableServer,
        app: forwardTo({ port: azurite.ports.table, without: [tagHeader] }),
        port: 0,
        tap,
      }),
    );
    const queues = await start(
      serve({
        name: queueServer,
        app: forwardTo({ port: azurite.ports.queue, without: [tagHeader] }),
        port: 0,
        tap,
      }),
    );
    keyVault.setSecret('fitbit-client-secret', localClient.clientSecret);
    const settings = {
      ...sample.Values,
      AzureWebJobsStorage: azurite.connectionString
        .replace(`:${azurite.ports.table}/`, `:${tables.port}/`)
        .replace(`:${azurite.ports.queue}/`, `:${queues.port}/`),
      KEY_VAULT_URI: keyVault.url,
      FITBIT_SIMULATOR_URL: fitbit.url,
      ACS_ENDPOINT: phone.url,
      PUBLIC_URL: 'http://127.0.0.1:7071',
      TIME_FACTOR: String(factor),
      ...options.settings,
    };
    // Waits as long as in Azure: a busy machine must not fail the drill itself.
    const services = patient(createServices(readConfig({ ...settings, TIME_FACTOR: '1' }), silent));
    return {
      keyVault,
      fitbit,
      phone,
      wearers,
      settings,
      services,
      addWearer: (id, devices = []) => void wearers.add({ id, name: id, devices }),
      consent: (wearer) => tryAgain(() => consentAs(services, wearer)),
      close,
    };
  });
}

/**
 * What the drill itself reads: a socket that the vault has just closed for being idle is not its subject, and neither are
 * tables that a busy machine answers late.
 */
function patient({ vault, tables, ...services }: Services): Services {
  const { connections } = tables;
  return {
    ...services,
    tables: {
      ...tables,
      connections: { ...connections, get: (key) => tryAgain(() => connections.get(key)) },
    },
    vault: {
      ...vault,
      readTokenSet: (...which) => tryAgain(() => vault.readTokenSet(...which)),
      readTokenSetsSince: (...which) => tryAgain(() => vault.readTokenSetsSince(...which)),
      readSecret: (name) => tryAgain(() => vault.readSecret(name)),
    },
  };
}

async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 4; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function consentAs(services: Services, wearer: string): Promise<string> {
  const provider = services.providers.get('fitbit')!;
  const begun = await beginSignUp(services, { provider });
  const back = (await giveConsent(begun.authorizeUrl, { wearer })).searchParams;
  const result = await completeSignUp(services, {
    state: back.get('state') ?? '',
    code: new Secret(back.get('code') ?? ''),
    codeVerifier: begun.codeVerifier,
  });
  if (result.outcome !== 'connected') throw new Error(`The consent was not taken: ${result.why}`);
  return result.connection;
}

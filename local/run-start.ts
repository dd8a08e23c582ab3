/**
 * What `npm start` runs: the local world, the service in it by itself, and its view on the simulators' pages. Time is short
 * as long as every provider is simulated: an hour of checks is five seconds, so that whatever follows from a fault can be watched
 * within a minute.
 */
import { join } from 'node:path';
import { readStatus, type Status } from '../src/domain/operation/status';
import { startIdentityWorld } from './identity/identity-world';
import { startServiceProcess } from './identity/start-service-process';
import type { KeptFolder } from './kept';
import { toLine } from './log-line';
import { drainWhileYouLook, people } from './people';
import type { LogEntry } from './runner/run-invocation';
import { startReceiver } from './platform/receiver';
import { startTogether, type Closeable } from './running';
import { providerIds } from '../src/model';
import { paths } from '../src/paths';
import { nameOf } from './provider-names';
import { startService, type Service } from './service';
import type { ShownService } from './simulators/service-view';
import type { StartSettings } from './start-settings';
import { startWorld, type Ports, type World, type WorldOptions } from './world';

/** Beside the usual ports of the world. */
const usualTokenPort = 7184;
const usualPlatformPort = 7190;

export interface StartOptions {
  /** Free ones when not given. */
  readonly ports?: Ports;
  /** 0 takes any free port. */
  readonly servicePort: number;
  readonly chosen: StartSettings;
  /** Keeps everything between two starts; nothing is kept without it. */
  readonly folder?: KeptFolder | undefined;
  readonly print: (line: string) => void;
}

export interface Started extends Closeable {
  readonly world: World;
  readonly service: Pick<Service, 'url'>;
  /** Addresses that only this world has, by what they are. */
  readonly more: Readonly<Record<string, string>>;
  readStatus(): Promise<Status>;
}

/** @throws PortTaken; whatever had started by then is closed again */
export async function runStart({
  ports,
  servicePort,
  chosen,
  folder,
  print,
}: StartOptions): Promise<Started & { readonly service: Service }> {
  return startTogether(async ({ start, close }) => {
    const world = await start(startWorld({ ...(ports && { ports }), ...worldOptions(chosen, folder) }));
    const platform = await start(
      startReceiver({
        port: ports ? usualPlatformPort : 0,
        now: Date.now,
        readSecret: () => service.services.vault.readSecret('webhook-secret'),
      }),
    );
    const service: Service = await start(
      startService({
        world,
        port: servicePort,
        unattended: true,
        settings: { WEBHOOK_URLS: platform.webhookUrl, ...chosen.settings },
        onLog: (entry) => note(world, entry, print),
        adaptServices: ({ policy, ...services }) => ({
          ...services,
          policy: { ...policy, times: { ...policy.times, ...chosen.times } },
        }),
      }),
    );
    const status = (): Promise<Status> => readStatus(service.services);
    world.serviceView.show(async () => showStatus(await status()));
    const link = service.services.localLinks?.create();
    const more = {
      ...(link !== undefined && { 'Board (opens once)': `${service.url}${paths.board}?link=${link}` }),
      'Webhooks of a platform': platform.url,
    };
    return { world, service, more, readStatus: status, close };
  });
}

/**
 * The same with a managed identity in place of keys: the service is a process of its own.
 *
 * @throws PortTaken; whatever had started by then is closed again
 */
export async function runStartByIdentity(options: StartOptions): Promise<Started> {
  const { ports, servicePort, chosen, folder, print } = options;
  return startTogether(async ({ start, close }) => {
    const usual = ports && { ports, tokenPort: usualTokenPort };
    const made = await start(startIdentityWorld({ ...usual, ...worldOptions(chosen, folder) }));
    const { world, tokenEndpoint } = made;
    const service = await start(
      startServiceProcess({
        identityWorld: { ...made, settings: { ...made.settings, ...chosen.settings } },
        program: join(__dirname, 'identity', 'service-process.js'),
        port: servicePort,
        unattended: true,
        times: chosen.times,
        onLog: (entry) => note(world, entry, print),
      }),
    );
    const status = async (): Promise<Status> => {
      const answer = await fetch(`${service.url}/api/ops/status`);
      return (await answer.json()) as Status;
    };
    world.serviceView.show(async () => showStatus(await status()));
    return { world, service, more: { 'Managed identity': tokenEndpoint.url }, readStatus: status, close };
  });
}

function worldOptions({ real, clientSecrets }: StartSettings, folder: KeptFolder | undefined): WorldOptions {
  if (folder) rememberProviders(folder, real);
  return { folder, real, clientSecrets, people: people(Date.now(), drainWhileYouLook) };
}

/**
 * The tokens of a simulator mean nothing to the real provider, and the other way round.
 *
 * @throws Error if the folder was begun with the other one
 */
function rememberProviders(folder: KeptFolder, real: StartSettings['real']): void {
  const kinds = folder.keep<'real' | 'simulated'>('providers');
  for (const id of providerIds) {
    const kind = real.includes(id) ? 'real' : 'simulated';
    const before = kinds.get(id);
    if (before !== undefined && before !== kind) {
      throw new Error(
        `The folder ${folder.path} keeps connections of the ${before} ${nameOf(id)}, and this start is for the ${kind} one. Name another folder with --keep=<folder>.`,
      );
    }
    kinds.set(id, kind);
  }
}

function note({ serviceView }: World, entry: LogEntry, print: StartOptions['print']): void {
  const line = toLine(entry);
  if (line === undefined) return;
  print(line);
  serviceView.note(line);
}

export function showStatus({ connections, alarms }: Status): ShownService {
  return {
    connections: connections.map(({ connection, provider, state, failure, failingCheck }) => ({
      id: connection,
      provider: nameOf(provider),
      state,
      trouble: state === 'check failing' ? failingCheck : failure,
    })),
    alarms: alarms.map(({ name, count }) => (count === undefined ? name : `${name} (${count})`)),
  };
}

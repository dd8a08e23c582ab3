/** The service itself in the local world: the same settings, adapters and `register` as in Azure, run by the runner. */
import { readConfig } from '../src/config';
import { register } from '../src/functions/register';
import type { LogSink } from '../src/ports';
import { createServices, type Services } from '../src/services';
import { findFreePort } from './free-port';
import type { OnLog } from './runner/run-invocation';
import { startRunner, type Runner } from './runner/runner';
import type { Tap } from './serve';

export const usualServicePort = 7071;

export interface ServiceOptions {
  /** Of a `World`: the settings, and the storage that the runner polls in the host's place. */
  readonly world: {
    readonly settings: Readonly<Record<string, string | undefined>>;
    readonly azurite: { readonly connectionString: string };
  };
  /** 0 takes any free port. */
  readonly port: number;
  readonly onLog: OnLog;
  /** True: timers and queues run by themselves. False: a test or the demo drives them. */
  readonly unattended: boolean;
  /** Besides those of the world. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  readonly adaptServices?: (services: Services) => Services;
  readonly tap?: Tap;
}

export interface Service extends Runner {
  readonly services: Services;
  readonly settings: Readonly<Record<string, string | undefined>>;
}

/** @throws AppError `CONFIG_INVALID`, PortTaken */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { world, onLog, unattended } = options;
  // PUBLIC_URL has to be known before the first function is registered, so the port is chosen before it is used.
  const port = options.port === 0 ? await findFreePort() : options.port;
  const settings: Record<string, string | undefined> = {
    ...world.settings,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...options.settings,
  };
  const services = createServices(readConfig(settings), sinkTo(onLog));
  const adapted = options.adaptServices?.(services) ?? services;
  const runner = await startRunner({
    register: (app) => register(app, { ...adapted, loadServices: () => Promise.resolve(adapted) }),
    settings,
    port,
    storageConnectionString: world.azurite.connectionString,
    onLog,
    timers: unattended,
    queues: unattended ? 'polling' : 'manual',
    ...(options.tap ? { tap: options.tap } : {}),
  });
  return { ...runner, services: adapted, settings };
}

function sinkTo(onLog: OnLog): LogSink {
  const write = (level: 'debug' | 'information' | 'warning' | 'error') => (message: string) =>
    onLog({ level, functionName: '', invocationId: '', message });
  return {
    debug: write('debug'),
    info: write('information'),
    warn: write('warning'),
    error: write('error'),
  };
}

/** The whole service in a local world, up for as long as the tests of one file run. */
import type { LogEntry } from '../../local/runner/run-invocation';
import type { Tap } from '../../local/serve';
import { startService, type Service, type ServiceOptions } from '../../local/service';
import { startWorld, type World } from '../../local/world';
import { borrowAzurite } from './shared-azurite';

/** There from the first test, and the first `beforeAll`, after `useLocalService` on. */
export let world: World;
export let service: Service;
/** What the service has logged. */
export const logs: LogEntry[] = [];

const all: { close(): Promise<void> }[] = [];

interface Options extends Pick<ServiceOptions, 'settings' | 'adaptServices'> {
  readonly onLog?: ServiceOptions['onLog'];
  readonly tap?: Tap;
}

/** To be called once, before the tests of a file. */
export function useLocalService({ tap, ...options }: Options = {}): void {
  beforeAll(async () => {
    world = await startWorld({ startStorage: borrowAzurite, ...(tap && { tap }) });
    all.unshift(world);
    service = await startBeside(options);
  }, 60_000);
  afterAll(async () => {
    for (const one of all) await one.close();
  });
}

/** Another service in the same world, with settings of its own; both are closed after the last test. */
export async function startBeside(options: Omit<Options, 'tap'> = {}): Promise<Service> {
  const started = await startService({
    ...{ world, port: 0, unattended: false, onLog: (entry: LogEntry) => logs.push(entry) },
    ...options,
  });
  all.unshift(started);
  return started;
}

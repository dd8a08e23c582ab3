/**
 * What `npm start` runs: the local world, the service in it by itself, and its view on the simulators' pages. Time is short
 * here: an hour of checks is five seconds, so that whatever follows from a fault can be watched within a minute.
 */
import { join } from 'node:path';
import { readStatus, type Status } from '../src/domain/operation/status';
import type { Times } from '../src/model';
import { startIdentityWorld } from './identity/identity-world';
import { startServiceProcess } from './identity/start-service-process';
import { toLine } from './log-line';
import { drainWhileYouLook, operator, people } from './people';
import type { LogEntry } from './runner/run-invocation';
import { startTogether, type Closeable } from './running';
import { nameOf } from './provider-names';
import { startService, type Service } from './service';
import type { ShownService } from './simulators/service-view';
import { startWorld, type Ports, type World } from './world';

/** Beside the usual ports of the world. */
const usualTokenPort = 7184;

/** What takes minutes, hours or a day in Azure. The sample's schedules check every five seconds and rotate every twenty. */
export const shortTimes: Partial<Times> = {
  retryMs: [2_000, 3_000, 3_000, 5_000, 10_000],
  refusalRecheckMs: 10_000,
  retirementConfirmMs: 15_000,
  batteryOverdueMs: 20_000,
  checkToldMs: 25_000,
  rotationOverdueMs: 60_000,
  reportsOverdueMs: 60_000,
};

/** Beside the sample's. */
export const startSettings = { SHARED_WITH: 'Example Platform', OPERATOR_PHONE: operator.phone };

export interface StartOptions {
  /** Free ones when not given. */
  readonly ports?: Ports;
  /** 0 takes any free port. */
  readonly servicePort: number;
  readonly print: (line: string) => void;
}

export interface Started extends Closeable {
  readonly world: World;
  readonly service: Pick<Service, 'url'>;
  /** Addresses that only this world has, by what they are. */
  readonly more: Readonly<Record<string, string>>;
}

/** @throws PortTaken; whatever had started by then is closed again */
export async function runStart({
  ports,
  servicePort,
  print,
}: StartOptions): Promise<Started & { readonly service: Service }> {
  return startTogether(async ({ start, close }) => {
    const world = await start(
      startWorld({ ...(ports && { ports }), people: people(Date.now(), drainWhileYouLook) }),
    );
    const service = await start(
      startService({
        world,
        port: servicePort,
        unattended: true,
        settings: startSettings,
        onLog: (entry) => note(world, entry, print),
        adaptServices: ({ policy, ...services }) => ({
          ...services,
          policy: { ...policy, times: { ...policy.times, ...shortTimes } },
        }),
      }),
    );
    world.serviceView.show(async () => showStatus(await readStatus(service.services)));
    return { world, service, more: {}, close };
  });
}

/**
 * The same with a managed identity in place of keys: the service is a process of its own.
 *
 * @throws PortTaken; whatever had started by then is closed again
 */
export async function runStartByIdentity({ ports, servicePort, print }: StartOptions): Promise<Started> {
  return startTogether(async ({ start, close }) => {
    const made = await start(
      startIdentityWorld({
        ...(ports && { ports, tokenPort: usualTokenPort }),
        people: people(Date.now(), drainWhileYouLook),
      }),
    );
    const { world, tokenEndpoint } = made;
    const service = await start(
      startServiceProcess({
        identityWorld: { ...made, settings: { ...made.settings, ...startSettings } },
        program: join(__dirname, 'identity', 'service-process.js'),
        port: servicePort,
        unattended: true,
        times: shortTimes,
        onLog: (entry) => note(world, entry, print),
      }),
    );
    world.serviceView.show(async () => {
      const answer = await fetch(`${service.url}/api/ops/status`);
      return showStatus((await answer.json()) as Status);
    });
    return { world, service, more: { 'Managed identity': tokenEndpoint.url }, close };
  });
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

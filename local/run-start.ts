/**
 * What `npm start` runs: the local world, the service in it by itself, and its view on the simulators' pages. Time is short
 * here: an hour of checks is five seconds, so that whatever follows from a fault can be watched within a minute.
 */
import { readStatus } from '../src/domain/operation/status';
import type { Times } from '../src/model';
import { toLine } from './log-line';
import { operator } from './people';

import { startTogether, type Closeable } from './running';
import { startService, type Service } from './service';
import type { ShownService } from './simulators/service-view';
import { startWorld, type Ports, type World } from './world';

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

export interface StartOptions {
  /** Free ones when not given. */
  readonly ports?: Ports;
  /** 0 takes any free port. */
  readonly servicePort: number;
  readonly print: (line: string) => void;
}

export interface Started extends Closeable {
  readonly world: World;
  readonly service: Service;
}

/** @throws PortTaken; whatever had started by then is closed again */
export async function runStart({ ports, servicePort, print }: StartOptions): Promise<Started> {
  return startTogether(async ({ start, close }) => {
    const world = await start(startWorld(ports && { ports }));
    const service = await start(
      startService({
        world,
        port: servicePort,
        unattended: true,
        settings: { SHARED_WITH: 'Example Platform', OPERATOR_PHONE: operator.phone },
        onLog: (entry) => {
          const line = toLine(entry);
          if (line === undefined) return;
          print(line);
          world.serviceView.note(line);
        },
        adaptServices: ({ policy, ...services }) => ({
          ...services,
          policy: { ...policy, times: { ...policy.times, ...shortTimes } },
        }),
      }),
    );
    world.serviceView.show(() => showStatus(service));
    return { world, service, close };
  });
}

export async function showStatus({ services }: Service): Promise<ShownService> {
  const { connections, alarms } = await readStatus(services);
  return {
    connections: connections.map(({ connection, provider, state, failure, failingCheck }) => ({
      id: connection,
      provider: services.providers.get(provider)!.name,
      state,
      trouble: state === 'check failing' ? failingCheck : failure,
    })),
    alarms: alarms.map(({ name, count }) => (count === undefined ? name : `${name} (${count})`)),
  };
}

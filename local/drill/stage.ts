/** What every drill stands on: emulators behind the tap of its saboteur, worker processes, and what is in the queues. */
import { startTogether } from '../running';
import type { Tap } from '../serve';
import { startDrillWorld, type DrillWorld, type DrillWorldOptions } from './drill-world';
import type { WorkerOptions } from './orders';
import { createQueueLedger, type QueueLedger } from './queue-ledger';
import type { Strikes } from './strikes';
import { createWorkers, type FleetSize, type Workers } from './workers';

export interface Stage<S = AnySaboteur, T = unknown> {
  readonly times: T;
  readonly world: DrillWorld;
  readonly workers: Workers;
  readonly saboteur: S;
  readonly ledger: QueueLedger;
  close(): Promise<void>;
}

interface AnySaboteur {
  readonly tap: Tap;
  readonly strikes: Pick<Strikes<never>, 'counts' | 'total' | 'held' | 'isHandling'>;
}

/** The saboteur sees the first call, so it is made before there is a world; it asks for this later. */
export interface Backstage {
  readonly ledger: QueueLedger;
  readonly workers: () => Workers;
  readonly world: () => DrillWorld;
}

interface Set<S, T> extends Pick<WorkerOptions, 'about' | 'broken'> {
  readonly times: T;
  /** Whether anybody takes what is in a queue: nobody waits for the others. */
  readonly isPolled: (queue: string) => boolean;
  readonly saboteur: (backstage: Backstage) => S;
  readonly world: (saboteur: S) => Omit<DrillWorldOptions, 'factor' | 'tap'>;
  readonly onLog: (saboteur: S, worker: string, line: string) => void;
}

export async function openStage<S extends AnySaboteur, T extends { readonly messageLeaseMs: number }>(
  size: FleetSize,
  { about, broken, times, isPolled, saboteur: makeSaboteur, world: worldFor, onLog }: Set<S, T>,
): Promise<Stage<S, T>> {
  const { messageLeaseMs } = times;
  const ledger = createQueueLedger(messageLeaseMs, isPolled);
  let world: DrillWorld | undefined;
  let workers: Workers | undefined;
  const saboteur = makeSaboteur({ ledger, workers: () => workers!, world: () => world! });
  return startTogether(async ({ start, close }) => {
    world = await start(startDrillWorld({ ...worldFor(saboteur), factor: size.factor, tap: saboteur.tap }));
    workers = await start(
      createWorkers({
        ...size,
        ...{ settings: world.settings, messageLeaseMs, about, broken },
        onLog: (worker, line) => onLog(saboteur, worker, line),
        onDeath: (worker) => ledger.abandon(worker),
      }),
    );
    return { times, world, workers, saboteur, ledger, close };
  });
}

/** Everything one drill stands on: emulators behind the tap, worker processes, and what is known of each connection. */
import sample from '../../../local.settings.sample.json';
import { readConfig } from '../../../src/config';
import { disconnect } from '../../../src/domain/rotation/disconnect';
import type { Job } from '../../../src/model';
import { startTogether } from '../../running';
import { startDrillWorld, type DrillWorld } from '../drill-world';
import type { Effect } from './rotation-faults';
import type { RotationBreakName } from '../orders';
import { connectionIn, createQueueLedger, type QueueLedger } from '../queue-ledger';
import { createSaboteur, type Saboteur, type Subject } from './rotation-saboteur';
import { rotationTimes, type RotationTimes } from './rotation-times';
import { createWorkers, type FleetSize, type Workers } from '../workers';
import { shorten, tell } from '../strike-targets';

export interface RotationStageOptions extends FleetSize {
  /** Whether a refresh token that is used again outside the window ends the chain. */
  readonly reuseRevokesChain: boolean;
  readonly broken?: RotationBreakName | undefined;
}

export interface RotationStage {
  readonly times: RotationTimes;
  readonly world: DrillWorld;
  readonly workers: Workers;
  readonly saboteur: Saboteur;
  readonly ledger: QueueLedger;
  /** Connects a wearer whom the drill then follows. */
  connect(wearer: string): Promise<Subject>;
  close(): Promise<void>;
}

export function rotationTimesAt(factor: number): RotationTimes {
  const settings = { ...sample.Values, TIME_FACTOR: String(factor) };
  return rotationTimes(readConfig(settings).policy.times, factor);
}

export async function openRotationStage(options: RotationStageOptions): Promise<RotationStage> {
  const { factor, reuseRevokesChain } = options;
  const times = rotationTimesAt(factor);
  const { messageLeaseMs, repeatWindowMs } = times;
  const ledger = createQueueLedger(messageLeaseMs, (queue) => queue.startsWith('rotate-token'));
  let world: DrillWorld | undefined;
  let workers: Workers | undefined;
  const saboteur = createSaboteur({
    ledger,
    workers: () => workers!,
    refreshCount: (wearer) => world!.fitbit.refreshCount(wearer),
    currentRefreshToken: (wearer) => world!.fitbit.currentRefreshToken(wearer),
    repeatWindowMs,
    act: (subject, deed) => act(world!, ledger, subject, deed),
  });
  return startTogether(async ({ start, close }) => {
    world = await start(startDrillWorld({ factor, repeatWindowMs, reuseRevokesChain, tap: saboteur.tap }));
    workers = await start(
      createWorkers({
        ...options,
        settings: world.settings,
        messageLeaseMs,
        about: 'rotation',
        onLog: (worker, line) =>
          tell(saboteur.strikes.subjects.get(connectionIn(line) ?? ''), `${worker} logs ${shorten(line)}`),
        onDeath: (worker) => ledger.abandon(worker),
      }),
    );
    const stage = { world, workers };
    return {
      ...stage,
      times,
      saboteur,
      ledger,
      async connect(wearer) {
        const connection = await stage.world.consent(wearer);
        return saboteur.add(connection, wearer);
      },
      close,
    };
  });
}

const heldPauseMs = 500;

/** What people do meanwhile, and what a queue that delivers at least once may do. */
async function act(
  { services, fitbit, consent }: DrillWorld,
  ledger: QueueLedger,
  { wearer, connection }: Subject,
  deed: Effect['do'],
): Promise<void> {
  switch (deed) {
    case 'double the job': {
      const job = ledger.lastJobOf(connection);
      if (job !== undefined) await services.queues.enqueue(JSON.parse(job) as Job);
      return;
    }
    case 'consent again':
      await consent(wearer);
      return;
    case 'disconnect':
      for (;;) {
        const closed = await disconnect(services, connection);
        if (closed.ok || closed.code !== 'LEASE_HELD') return;
        await services.clock.sleep(heldPauseMs);
      }
    case 'withdraw':
      fitbit.revokeGrant(wearer);
      return;
    default:
      throw new Error(`"${deed}" is nothing that a person does.`);
  }
}

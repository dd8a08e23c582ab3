/** Everything one drill stands on: emulators behind the tap, worker processes, and what is known of each connection. */
import sample from '../../../local.settings.sample.json';
import { readConfig } from '../../../src/config';
import { disconnect } from '../../../src/domain/rotation/disconnect';
import type { Job } from '../../../src/model';
import type { DrillWorld } from '../drill-world';
import type { RotationBreakName } from '../orders';
import { connectionIn, type QueueLedger } from '../queue-ledger';
import { openStage, type Stage } from '../stage';
import { shorten, tell } from '../strike-targets';
import type { FleetSize } from '../workers';
import type { Effect } from './rotation-faults';
import { createSaboteur, type Saboteur, type Subject } from './rotation-saboteur';
import { rotationTimes, type RotationTimes } from './rotation-times';

export interface RotationStageOptions extends FleetSize {
  /** Whether a refresh token that is used again outside the window ends the chain. */
  readonly reuseRevokesChain: boolean;
  readonly broken?: RotationBreakName | undefined;
}

export type RotationStage = Stage<Saboteur, RotationTimes>;

export function rotationTimesAt(factor: number): RotationTimes {
  const settings = { ...sample.Values, TIME_FACTOR: String(factor) };
  return rotationTimes(readConfig(settings).policy.times, factor);
}

export function openRotationStage(options: RotationStageOptions): Promise<RotationStage> {
  const { reuseRevokesChain, broken } = options;
  const times = rotationTimesAt(options.factor);
  const { repeatWindowMs } = times;
  return openStage(options, {
    ...{ about: 'rotation', broken, times },
    isPolled: (queue) => queue.startsWith('rotate-token'),
    saboteur: ({ ledger, workers, world }) =>
      createSaboteur({
        ...{ ledger, workers, repeatWindowMs },
        refreshCount: (wearer) => world().fitbit.refreshCount(wearer),
        currentRefreshToken: (wearer) => world().fitbit.currentRefreshToken(wearer),
        act: (subject, deed) => act(world(), ledger, subject, deed),
      }),
    world: () => ({ repeatWindowMs, reuseRevokesChain }),
    onLog: ({ strikes }, worker, line) =>
      tell(strikes.subjects.get(connectionIn(line) ?? ''), `${worker} logs ${shorten(line)}`),
  });
}

/** Connects a wearer whom the drill then follows. */
export async function connect({ world, saboteur }: RotationStage, wearer: string): Promise<Subject> {
  return saboteur.add(await world.consent(wearer), wearer);
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

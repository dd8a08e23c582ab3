/** Everything one message drill stands on: emulators behind the tap, worker processes, and what is known of each wearer. */
import { settingNames } from '../../../src/setting-formats';
import { setNumber } from '../../../src/domain/contact/numbers';
import type { Job } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { startTogether } from '../../running';
import { startDrillWorld, type DrillWorld } from '../drill-world';
import type { MessageBreakName } from '../orders';
import { connectionIn, createQueueLedger, type QueueLedger } from '../queue-ledger';
import { createWorkers, type FleetSize, type Workers } from '../workers';
import { createSaboteur, type Saboteur, type Subject } from './message-saboteur';
import { messageTimesAt, type MessageTimes } from './message-times';

export interface MessageStageOptions extends FleetSize {
  readonly broken?: MessageBreakName | undefined;
}

export interface MessageStage {
  readonly times: MessageTimes;
  readonly world: DrillWorld;
  readonly workers: Workers;
  readonly saboteur: Saboteur;
  readonly ledger: QueueLedger;
  /** Connects the n-th wearer, who has one tracker and a number that nobody else has. */
  connect(nth: number): Promise<Subject>;
  check(subject: Subject, delayMs?: number): Promise<void>;
  close(): Promise<void>;
}

export const chargedPercent = 90;

export async function openMessageStage(options: MessageStageOptions): Promise<MessageStage> {
  const { factor } = options;
  const times = messageTimesAt(factor);
  const { messageLeaseMs, memoryMs } = times;
  const ledger = createQueueLedger(messageLeaseMs, (queue) => !queue.endsWith('-poison'));
  let world: DrillWorld | undefined;
  let workers: Workers | undefined;
  const check = async ({ connection }: Subject, delayMs = 0): Promise<void> => {
    const job: Job = { kind: 'check-battery', connection, run: 'drill' };
    await world!.services.queues.enqueue(job, delayMs);
  };
  const saboteur = createSaboteur({ ledger, workers: () => workers!, doubleTheJob: check });
  return startTogether(async ({ start, close }) => {
    world = await start(
      startDrillWorld({
        factor,
        tap: saboteur.tap,
        handOver: saboteur.handOver,
        textMemoryMs: memoryMs,
        // Rotation has a drill of its own.
        repeatWindowMs: 120_000,
        reuseRevokesChain: false,
        settings: Object.fromEntries(
          settingNames.filter((name) => /LIMIT|BUDGET/.test(name)).map((name) => [name, '1000000']),
        ),
      }),
    );
    workers = await start(
      createWorkers({
        ...options,
        settings: world.settings,
        messageLeaseMs,
        about: 'messages',
        onLog: (worker, line) => saboteur.noteLog(worker, connectionIn(line) ?? '', line),
        onDeath: (worker) => ledger.abandon(worker),
      }),
    );
    const stage = { world, workers };
    return {
      ...stage,
      times,
      saboteur,
      ledger,
      check,
      async connect(nth) {
        const wearer = `wearer-${nth}`;
        const device = `tracker-${nth}`;
        const phone = `+1425555${String(nth).padStart(4, '0')}`;
        const battery = { percent: chargedPercent, since: Date.now(), drainPerHour: 0 };
        stage.world.addWearer(wearer, [{ id: device, kind: 'TRACKER', model: 'Charge 6', battery }]);
        const connection = await stage.world.consent(wearer);
        const textConsent = { at: Date.now(), wording: 'drill' };
        await setNumber(stage.world.services, connection, { phone: new Secret(phone), textConsent });
        return saboteur.add({ connection, wearer, device, phone });
      },
      close,
    };
  });
}

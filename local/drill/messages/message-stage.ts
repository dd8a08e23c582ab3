/** Everything one message drill stands on: emulators behind the tap, worker processes, and what is known of each wearer. */
import { settingNames } from '../../../src/setting-table';
import { setAddress } from '../../../src/domain/contact/addresses';
import { contactOf } from '../../../src/domain/contact/address-of';
import type { Job, Way } from '../../../src/model';
import { Secret } from '../../../src/secret';
import type { MessageBreakName } from '../orders';
import { connectionIn } from '../queue-ledger';
import { openStage, type Stage } from '../stage';
import type { FleetSize } from '../workers';
import { createSaboteur, type Saboteur, type Subject } from './message-saboteur';
import { messageTimesAt, type MessageTimes } from './message-times';

export interface MessageStageOptions extends FleetSize {
  readonly broken?: MessageBreakName | undefined;
  /** How wearers get their messages, in turn. */
  readonly ways?: readonly Way[] | undefined;
}

export const allWays: readonly Way[] = ['sms', 'email'];

export interface MessageStage extends Stage<Saboteur, MessageTimes> {
  readonly ways: readonly Way[];
}

export const chargedPercent = 90;

export async function openMessageStage(options: MessageStageOptions): Promise<MessageStage> {
  const times = messageTimesAt(options.factor);
  const stage = await openStage(options, {
    ...{ about: 'messages', broken: options.broken, times },
    isPolled: (queue) => !queue.endsWith('-poison'),
    saboteur: ({ ledger, workers, world }) =>
      createSaboteur({
        ledger,
        workers,
        doubleTheJob: (subject, ms) => check(world(), subject, ms),
        mails: () => world().phone.mailbox.mails(),
      }),
    world: ({ handOver }) => ({
      handOver,
      textMemoryMs: times.memoryMs,
      // Rotation has a drill of its own.
      repeatWindowMs: 120_000,
      reuseRevokesChain: false,
      settings: Object.fromEntries(
        settingNames.filter((name) => /LIMIT|BUDGET/.test(name)).map((name) => [name, '1000000']),
      ),
    }),
    onLog: ({ noteLog }, worker, line) => noteLog(worker, connectionIn(line) ?? '', line),
  });
  return { ...stage, ways: options.ways ?? allWays };
}

/** Connects the n-th wearer, who has one tracker and a number or an e-mail address that nobody else has. */
export async function connect({ world, saboteur, ways }: MessageStage, nth: number): Promise<Subject> {
  const wearer = `wearer-${nth}`;
  const device = `tracker-${nth}`;
  const way = ways[nth % ways.length]!;
  const to = way === 'email' ? `${wearer}@example.org` : `+1425555${String(nth).padStart(4, '0')}`;
  const battery = { percent: chargedPercent, since: Date.now(), drainPerHour: 0 };
  world.addWearer(wearer, [{ id: device, kind: 'TRACKER', model: 'Charge 6', battery }]);
  const connection = await world.consent(wearer);
  const textConsent = { at: Date.now(), wording: 'drill' };
  const contact = contactOf({ way, to: new Secret(to) });
  await setAddress(world.services, connection, { ...contact, textConsent });
  return saboteur.add({ connection, wearer, device, to });
}

export async function check(
  { services }: MessageStage['world'],
  { connection }: Subject,
  delayMs = 0,
): Promise<void> {
  const job: Job = { kind: 'check-battery', connection, run: 'drill' };
  await services.queues.enqueue(job, delayMs);
}

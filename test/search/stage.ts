/** One run of a scenario: a fresh world in memory, the scheduler over it, and the queues that start workers. */
import type { Job, Settings } from '../../src/model';
import type { Ports } from '../../src/ports';
import { createJournal } from '../../src/adapters/journal';
import type { SealedTokenSet } from '../../src/adapters/records';
import { createCountingRandom } from '../support/memory-runtime';
import {
  createMemoryTable,
  createMemoryTables,
  type MemoryTable,
  type MemoryTables,
} from '../support/memory-tables';
import { createMemoryVault, type MemoryVault } from '../support/memory-vault';
import { createTestWorld } from '../support/world';
import type { Choices } from './explore';
import { digest, forgetSealed, lineOf } from './fingerprint';
import { portsOf } from './ports';
import { createScheduler, type Scheduler, type SchedulerOptions } from './scheduler';
import { nameOfJob } from './story';

export interface Stage {
  /** As nobody's call: at once, and never refused. */
  readonly ports: Ports & Settings;
  readonly tables: MemoryTables;
  readonly vault: MemoryVault;
  readonly journal: MemoryTable<SealedTokenSet>;
  /** Since the beginning. */
  readonly now: () => number;
  readonly schedule: (options: StageOptions) => Schedulable;
}

export interface Schedulable {
  readonly run: Scheduler['run'];
  readonly lastThawAt: Scheduler['lastThawAt'];
  readonly enqueue: (job: Job, delayMs?: number) => void;
  /** Something that nobody repeats when it dies. */
  readonly request: (name: string, atMs: number, work: (ports: Ports & Settings) => Promise<unknown>) => void;
  /** As a queue brings it, though it is no job of ours. */
  readonly event: (name: string, atMs: number, work: (ports: Ports & Settings) => Promise<unknown>) => void;
}

export interface StageOptions extends Omit<SchedulerOptions, 'choices' | 'line'> {
  readonly choices: Choices;
  readonly perform: (ports: Ports & Settings, job: Job) => Promise<unknown>;
  readonly breakPorts: (ports: Ports & Settings) => Partial<Ports>;
  readonly refuses?: ((port: string, method: string) => boolean) | undefined;
  /** What is outside of the service's own stores. */
  readonly line: () => string;
}

const { ports: common, vault: sample } = createTestWorld();
export const { providers } = common;

export function createStage({
  http,
  sms = common.sms,
  email = common.email,
}: Pick<Ports, 'http'> & Partial<Pick<Ports, 'email' | 'sms'>>): Stage {
  forgetSealed();
  const startMs = common.clock.now();
  let scheduler: Scheduler | undefined;
  const now = (): number => scheduler?.now() ?? 0;
  const tables = createMemoryTables();
  const clock = { ...common.clock, now: () => startMs + now(), monotonicMs: now };
  const vault = createMemoryVault(clock);
  for (const [name, secret] of sample.secrets) vault.secrets.set(name, secret);
  const journal = createMemoryTable<SealedTokenSet>();
  const ports: Ports & Settings = {
    ...common,
    clock,
    random: createCountingRandom(),
    log: silent,
    http,
    sms,
    email,
    tables,
    vault,
    journal: createJournal(journal),
  };

  const lineOfStores = (): string => {
    const rows = Object.values(tables).map((table: MemoryTable<unknown>) => lineOfTable(table));
    const sets = vault.saved.map(({ version, set, savedAt }) => `${version}@${savedAt}${lineOf(set)}`);
    return digest(...rows, lineOfTable(journal), ...sets);
  };

  return {
    ports,
    tables,
    vault,
    journal,
    now,
    schedule({ perform, breakPorts, refuses, line, ...options }) {
      const made = createScheduler({ ...options, line: () => `${lineOfStores()} ${line()}` });
      scheduler = made;
      const enqueue = (job: Job, delayMs = 0): (() => void) => {
        const task = {
          name: nameOfJob(job),
          dueAt: made.now() + Math.ceil(delayMs / 1000) * 1000,
          isJob: true,
          line: lineOf(job),
          run: begin((mine) => perform(mine, job)),
        };
        made.add(task);
        return () => made.cancel(task);
      };
      const begin =
        (work: (mine: Ports & Settings) => Promise<unknown>) =>
        (worker: Parameters<typeof portsOf>[0]): Promise<unknown> => {
          const mine = portsOf(worker, { ports, journal, startMs, now, enqueue, refuses });
          return work({ ...mine, ...breakPorts(mine) });
        };
      const add =
        (isJob: boolean) =>
        (name: string, atMs: number, work: (mine: Ports & Settings) => Promise<unknown>) =>
          made.add({ name, dueAt: atMs, isJob, line: name, run: begin(work) });
      return {
        run: made.run,
        lastThawAt: made.lastThawAt,
        enqueue: (job, delayMs) => void enqueue(job, delayMs),
        request: add(false),
        event: add(true),
      };
    },
  };
}

const nothing = (): void => undefined;
const silent: Ports['log'] = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** By its ETags too: whoever holds a row must know whether it has changed since. */
function lineOfTable(table: MemoryTable<unknown>): string {
  return table.rows().map(lineOf).join();
}

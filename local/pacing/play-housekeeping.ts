/** One day of housekeeping over many connections in virtual time: what it reads, and how long that takes. */
import { systemRandom } from '../../src/adapters/system';
import { keepHouse } from '../../src/domain/operation/housekeeping';
import type { LogFields, Ports } from '../../src/ports';
import { deployedPolicy } from './deployed-policy';
import { createMadeUpTables } from './made-up-tables';
import { createVirtualTime } from './virtual-time';
import { unwatched, type Memory } from './watch-memory';

const dayMs = 24 * 3_600_000;
const lookEvery = 100_000;

export interface HousekeepingOptions {
  /** Every call waits for the one before it: how long it would take without doing anything side by side. */
  readonly oneByOne?: boolean;
  readonly memory?: Memory;
}

export interface PlayedHousekeeping {
  readonly calls: number;
  readonly tookMs: number;
  /** What was in use, above what was in use before, when it was most. */
  readonly memoryMb: number;
}

export async function playHousekeeping(
  connections: number,
  ageDays: number,
  { oneByOne = false, memory = unwatched }: HousekeepingOptions = {},
): Promise<PlayedHousekeeping> {
  const startMs = Date.parse('2026-11-21T06:30:00Z');
  const time = createVirtualTime(startMs);
  let calls = 0;
  let last = Promise.resolve();
  const sleep = (ms: number): Promise<void> => {
    calls += 1;
    if (calls % lookEvery === 0) memory.look();
    last = oneByOne ? last.then(() => time.sleep(ms)) : time.sleep(ms);
    return last;
  };
  const quiet = (): void => undefined;
  const warn = (event: string, fields?: LogFields): never => {
    throw new Error(`Housekeeping went wrong: ${event} ${JSON.stringify(fields)}`);
  };
  const ports = {
    ...{ clock: time, random: systemRandom, policy: deployedPolicy() },
    tables: await createMadeUpTables({ ...time, sleep }, { connections, ageDays, callMs: 10 }),
    log: { debug: quiet, info: quiet, warn, error: warn },
    sms: { missing: [], canBeAnswered: true },
    email: { missing: ['EMAIL_FROM'] },
    keyedHash: { mac: () => Promise.resolve('m'.repeat(43)) },
    queues: { enqueue: () => Promise.reject(new Error('This fits into one invocation.')) },
    journal: { async *list() {} },
  } as unknown as Parameters<typeof keepHouse>[0] & Pick<Ports, 'journal'>;
  const policy = { ...ports.policy, times: { ...ports.policy.times, workMs: dayMs } };
  let tookMs = 0;
  const done = keepHouse({ ...ports, policy }).then(() => (tookMs = time.now() - startMs));
  await time.runUntil(startMs + dayMs);
  await done;
  return { calls, tookMs, memoryMb: memory.mostMb() };
}

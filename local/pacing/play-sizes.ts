/** What work over all connections costs by how many they are: calls of the stores, virtual time and memory. */
import { systemRandom } from '../../src/adapters/system';
import { readBoardCounts, readBoardPage } from '../../src/domain/board/read-board';
import { readStatus } from '../../src/domain/operation/status';
import { watch } from '../../src/domain/operation/watchdog';
import { runKey } from '../../src/domain/store/row-keys';
import type { Run } from '../../src/model';
import type { Tables } from '../../src/ports';
import { deployedPolicy } from './deployed-policy';
import type { createTable } from './late-stores';
import { createMadeUpTables } from './made-up-tables';
import { playDispatch } from './play-dispatch';
import { playHousekeeping } from './play-housekeeping';
import { createVirtualTime, type VirtualTime } from './virtual-time';
import type { Memory } from './watch-memory';

export const kindsOfWork = ['dispatch', 'housekeeping', 'watchdog', 'status', 'board'] as const;
export type KindOfWork = (typeof kindsOfWork)[number];

export interface Cost {
  readonly calls: number;
  readonly tookMs: number;
  /** What was in use, above what was in use before, when it was most. */
  readonly memoryMb: number;
}

const callMs = 10;
const ageDays = 30;
const lookEvery = 10;
/** As many as a page of the board has, and the most that one answer of `ops/status` has. */
const perBoardPage = 50;
const perStatus = 1_000;

export function playSize(work: KindOfWork, connections: number, memory: Memory): Promise<Cost> {
  switch (work) {
    case 'dispatch':
      return playDispatch({ connections, callMs });
    case 'housekeeping':
      return playHousekeeping(connections, ageDays, { memory });
    case 'watchdog':
      return playLook({ connections, memory }, async ({ time, tables }) => {
        const now = time.now();
        for (const kind of ['rotate-token', 'check-battery'] as const) {
          // One connection in a hundred was not rotated in time.
          const findings = { at: now, counts: { 'connections overdue': Math.ceil(connections / 100) } };
          const run = { kind, id: kind, startedAt: now, completedAt: now, count: connections, findings };
          (tables.runs as ReturnType<typeof createTable<Run>>).put(runKey(kind), run);
        }
        const quiet = (): void => undefined;
        await watch({
          ...{ clock: time, random: systemRandom, tables, policy: deployedPolicy() },
          log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
          // Neither the operator nor a coordinator is written to.
          digestTo: [],
          keyedHash: { mac: () => Promise.reject(new Error('There is no address.')) },
          queues: { peek: () => Promise.resolve(), enqueue: () => Promise.resolve(() => Promise.resolve()) },
          webhooks: {
            addresses: [],
            prepare: () => Promise.resolve(),
            send: () => Promise.reject(new Error('There is no platform to tell.')),
          },
        });
      });
    case 'status':
      return playLook({ connections, memory }, ({ tables }) =>
        readStatus({ tables, policy: deployedPolicy() }, { limit: perStatus }),
      );
    case 'board':
      return playLook({ connections, memory }, ({ tables }) =>
        Promise.all([readBoardPage({ tables }, {}, { limit: perBoardPage }), readBoardCounts({ tables })]),
      );
  }
}

async function playLook(
  { connections, memory }: { readonly connections: number; readonly memory: Memory },
  look: (world: { readonly time: VirtualTime; readonly tables: Tables }) => Promise<unknown>,
): Promise<Cost> {
  const startMs = Date.parse('2026-11-21T06:15:00Z');
  const time = createVirtualTime(startMs);
  let calls = 0;
  const sleep = (ms: number): Promise<void> => {
    calls += 1;
    if (calls % lookEvery === 0) memory.look();
    return time.sleep(ms);
  };
  const tables = await createMadeUpTables({ ...time, sleep }, { connections, callMs, ageDays });
  let tookMs = 0;
  const done = look({ time, tables }).then(() => (tookMs = time.now() - startMs));
  await time.runUntil(startMs + 3_600_000);
  await done;
  return { calls, tookMs, memoryMb: memory.mostMb() };
}

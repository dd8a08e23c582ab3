/** The stores, the provider and their wearers in a process of its own, all behind one tap that makes every call later and counts it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDrillWorld } from '../../drill/drill-world';
import type { Verdict } from '../../serve';
import type { DeviceSpec } from '../../simulators/wearers';

export interface StoresReport {
  readonly settings: Readonly<Record<string, string>>;
  /** The connections of each contender. */
  readonly connections: Readonly<Record<string, readonly string[]>>;
}
export interface StoresOrder {
  /** By how much every call is later from now on; counting begins anew. */
  readonly lateMs: number;
}
/** Calls since the last order, by what was called. */
export type CallCounts = Readonly<Record<string, number>>;

/** @param sizes how many connections each contender has */
export type Sizes = Readonly<Record<string, number>>;

async function main(sizes: Sizes): Promise<void> {
  let lateMs = 0;
  let counts: Record<string, number> = {};
  const world = await startDrillWorld({
    ...{ factor: 1, repeatWindowMs: 0, reuseRevokesChain: false },
    tap: {
      before: async ({ server }): Promise<Verdict> => {
        counts[server] = (counts[server] ?? 0) + 1;
        if (lateMs > 0) await sleep(lateMs);
        return 'go on';
      },
    },
  });
  const connections: Record<string, string[]> = {};
  for (const [contender, count] of Object.entries(sizes)) {
    connections[contender] = [];
    for (let number = 1; number <= count; number += 1) {
      const wearer = `${contender} ${number}`;
      world.addWearer(wearer, [trackerOf(wearer)]);
      connections[contender].push(await world.consent(wearer));
    }
  }
  process.on('message', ({ lateMs: ordered }: StoresOrder) => {
    const told: CallCounts = counts;
    lateMs = ordered;
    counts = {};
    process.send!(told);
  });
  process.on('disconnect', () => process.exit());
  process.send!({ settings: world.settings, connections } satisfies StoresReport);
}

/** Fully charged: nobody is texted. */
function trackerOf(wearer: string): DeviceSpec {
  const battery = { percent: 100, since: Date.now(), drainPerHour: 0 };
  return { id: `tracker of ${wearer}`, kind: 'TRACKER', model: 'Charge 6', battery };
}

void main(JSON.parse(process.argv[2] ?? '{}') as Sizes);

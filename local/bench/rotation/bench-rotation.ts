/**
 * Rotations and checks a second, beside two others in the same run: the calls that no service can leave out, made bare, and a loop over the
 * wearers as the programs before this one did. Stores and provider are one process, the contenders another; every call is later by as much as one
 * in Azure may be.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { extensions } from '../../../host.json';
import { median, quantile, turned } from '../compare';
import type { Contender, Work } from './contenders';
import type { CallCounts, Sizes, StoresOrder, StoresReport } from './stores-process';
import type { WorkOrder, WorkReport } from './work-process';

const { batchSize, newBatchThreshold } = extensions.queues;

interface Entrant {
  readonly name: string;
  readonly contender: Contender;
  readonly atOnce: number;
}

export interface ThroughputResult extends Entrant {
  readonly work: Work;
  readonly lateMs: number;
  /** Connections a second: the median of the rounds, and what 80 % of them lie between. */
  readonly perSecond: number;
  readonly spread: readonly [number, number];
  /** The median over the rounds of this one's throughput divided by that of the floor, and of the predecessors, in the same round. */
  readonly ofFloor: number;
  readonly ofPredecessors: number;
  /** Remote calls and processor time for one connection. */
  readonly calls: number;
  readonly cpuMs: number;
}

/** As many as the host runs at once, by its `batchSize` and `newBatchThreshold`; the others are what these two could be. */
const chosen = batchSize + newBatchThreshold;
const entrants: readonly Entrant[] = [
  ...[...new Set([8, 12, 24, chosen])]
    .sort((a, b) => a - b)
    .map((atOnce): Entrant => ({ name: `service, ${atOnce} at once`, contender: 'service', atOnce })),
  { name: `floor, ${chosen} at once`, contender: 'floor', atOnce: chosen },
  { name: 'predecessors', contender: 'predecessors', atOnce: 1 },
];

interface Sample {
  readonly perSecond: number;
  readonly calls: number;
  readonly cpuMs: number;
}

/** Milliseconds. With the last one the emulators have time enough, and are not what limits. */
const usualLatencies = [0, 5, 25, 250];

/** @param connections of the service and of the floor; the predecessors, who are slow, have a quarter of them */
export async function benchRotation(
  rounds = 5,
  connections = 24,
  latencies: readonly number[] = usualLatencies,
): Promise<ThroughputResult[]> {
  const sizes: Sizes = { service: connections, floor: connections, predecessors: Math.ceil(connections / 4) };
  const stores = fork(join(__dirname, 'bench', 'rotation', 'stores-process.js'), [JSON.stringify(sizes)]);
  const [report] = (await once(stores, 'message')) as [StoresReport];
  const worker = fork(join(__dirname, 'bench', 'rotation', 'work-process.js'), [], {
    env: { ...process.env, BENCH_SETTINGS: JSON.stringify(report.settings) },
  });
  try {
    for (const contender of ['floor', 'predecessors'] as const) {
      await tell(worker, { do: 'prepare', contender, connections: report.connections[contender]! });
    }
    const results: ThroughputResult[] = [];
    for (const work of ['rotation', 'check'] as const) {
      for (const lateMs of latencies) {
        const found = await compareAt({ stores, worker, report, work, lateMs, rounds });
        results.push(...found);
        print(work, lateMs, found);
      }
    }
    console.log(JSON.stringify({ what: 'rotations and checks', rounds, connections, results }));
    return results;
  } finally {
    worker.disconnect();
    stores.disconnect();
  }
}

interface Comparison {
  readonly stores: ChildProcess;
  readonly worker: ChildProcess;
  readonly report: StoresReport;
  readonly work: Work;
  readonly lateMs: number;
  readonly rounds: number;
}

async function compareAt({
  stores,
  worker,
  report,
  work,
  lateMs,
  rounds,
}: Comparison): Promise<ThroughputResult[]> {
  const samples = new Map<Entrant, Sample[]>(entrants.map((entrant) => [entrant, []]));
  // The first round warms everything up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const entrant of turned(entrants, round)) {
      const { contender, atOnce } = entrant;
      const connections = report.connections[contender]!;
      await order(stores, { lateMs });
      const { ms, cpuMs } = await tell(worker, { do: 'carry out', contender, work, connections, atOnce });
      const counts = await order(stores, { lateMs });
      const calls = Object.values(counts).reduce((sum, count) => sum + count, 0) / connections.length;
      const sample = {
        calls,
        perSecond: (1_000 * connections.length) / ms,
        cpuMs: cpuMs / connections.length,
      };
      if (round > 0) samples.get(entrant)!.push(sample);
    }
  }
  const of = (contender: Contender): Sample[] =>
    samples.get(entrants.find((entrant) => entrant.contender === contender)!)!;
  return entrants.map((entrant) => {
    const own = samples.get(entrant)!;
    const speeds = own.map(({ perSecond }) => perSecond);
    const against = (other: Contender): number =>
      median(speeds.map((speed, round) => speed / of(other)[round]!.perSecond));
    return {
      ...{ ...entrant, work, lateMs, perSecond: median(speeds) },
      spread: [quantile(speeds, 0.1), quantile(speeds, 0.9)],
      ...{ ofFloor: against('floor'), ofPredecessors: against('predecessors') },
      calls: median(own.map(({ calls }) => calls)),
      cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
    };
  });
}

async function tell(worker: ChildProcess, work: WorkOrder): Promise<WorkReport> {
  worker.send(work);
  const [report] = (await once(worker, 'message')) as [WorkReport];
  if (report.failed !== undefined) throw new Error(`${work.contender}: ${report.failed}`);
  return report;
}

async function order(stores: ChildProcess, order: StoresOrder): Promise<CallCounts> {
  stores.send(order);
  const [counts] = (await once(stores, 'message')) as [CallCounts];
  return counts;
}

function print(work: Work, lateMs: number, results: readonly ThroughputResult[]): void {
  console.log(`${work === 'rotation' ? 'Rotations' : 'Checks'}, every call later by ${lateMs} ms\n`);
  console.log(
    `${''.padEnd(24)}${'a second'.padStart(9)}${'80 % of rounds'.padStart(17)}${'of floor'.padStart(10)}${'of predecessors'.padStart(17)}${'calls'.padStart(7)}${'CPU'.padStart(10)}`,
  );
  for (const { name, perSecond, spread, ofFloor, ofPredecessors, calls, cpuMs } of results) {
    console.log(
      [
        name.padEnd(24),
        perSecond.toFixed(1).padStart(9),
        `${spread[0].toFixed(1)} to ${spread[1].toFixed(1)}`.padStart(17),
        ofFloor.toFixed(2).padStart(10),
        ofPredecessors.toFixed(1).padStart(17),
        calls.toFixed(1).padStart(7),
        `${cpuMs.toFixed(1)} ms`.padStart(10),
      ].join(''),
    );
  }
  console.log('');
}

/**
 * `npm run drill`: kills and freezes the service in the middle of rotations. Exits 1 when a refresh token was lost
 * inside the promise (docs/architecture.md, "Rotation"), with the seed. The seed decides the faults; how the processes
 * interleave is up to the machine, so the same seed can end differently.
 */
import { parseArgs } from 'node:util';
import { runDrill, type DrillResult } from './drill/drill';
import { breakNames } from './drill/messages';
import { timesAt } from './drill/stage';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      factor: { type: 'string', default: '0.1' },
      connections: { type: 'string', default: '100' },
      workers: { type: 'string', default: '6' },
      spare: { type: 'string', default: '40' },
      'at-a-time': { type: 'string', default: '2' },
      break: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const broken = breakNames.find((name) => name === values.break);
  if (values.break !== undefined && broken === undefined) {
    throw new Error(`There is no break "${values.break}". Choose one of ${breakNames.join(', ')}.`);
  }
  const seed = readNumber('seed', values.seed);
  const factor = readNumber('factor', values.factor);
  console.log(describeTimes(factor, seed));
  const startedMs = performance.now();
  const result = await runDrill({
    faults: readNumber('faults', values.faults),
    seed,
    factor,
    connections: readNumber('connections', values.connections),
    workers: readNumber('workers', values.workers),
    spare: readNumber('spare', values.spare),
    atATime: readNumber('at-a-time', values['at-a-time']),
    broken,
    verbose: values.verbose,
    print: (line) => console.log(line),
  });
  console.log(describeResult(result, performance.now() - startedMs));
  if (result.lost === 0) return;
  console.log(`\nLost inside the promise. The same faults again: npm run drill -- --seed ${seed}`);
  process.exitCode = 1;
}

function readNumber(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} has to be a number above 0.`);
  return number;
}

function describeTimes(factor: number, seed: number): string {
  const { service, repeatWindowMs, messageLeaseMs } = timesAt(factor);
  const ms = (values: readonly number[]): string =>
    values.map((value) => `${Math.round(value)} ms`).join(', ');
  return [
    `seed ${seed}; all times times ${factor}: lease ${ms([service.leaseMs])}, replays ${ms(service.replayMs)}`,
    `(the queue rounds up to whole seconds), provider timeout ${ms([service.providerTimeoutMs])}, repeat window`,
    `${ms([repeatWindowMs])}, a dead worker's message ${ms([messageLeaseMs])}`,
  ].join(' ');
}

function describeResult(result: DrillResult, ms: number): string {
  const { faults, total, batches, judged, ended, lost, outside, refreshes, rotations, processes } = result;
  const kinds = [...faults].sort(([, a], [, b]) => b - a);
  return [
    '',
    ...kinds.map(([name, count]) => `${String(count).padStart(6)}  ${name}`),
    `${String(total).padStart(6)}  faults in ${batches} batches, ${Math.round(ms / 1000)} s, ${processes} processes`,
    '',
    `connections judged      ${judged}`,
    `lost                    ${lost}`,
    `outside the promise     ${outside}`,
    `ended by the wearer     ${ended}`,
    `refreshes per rotation  ${(refreshes / Math.max(rotations, 1)).toFixed(3)}  (${refreshes} / ${rotations})`,
  ].join('\n');
}

main()
  .catch((error: unknown) => {
    console.error(`The drill failed. ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  })
  // Keep-alive connections and timers of SDK clients would hold the process for a while.
  .finally(() => process.exit());

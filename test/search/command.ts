/**
 * `npm run search`: visits every schedule of every scenario inside a bound, and exits 1 with a story where a rule was broken
 * (docs/architecture.md, "The search"). Each scenario has a thread of its own, as many at once as there are cores.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { messageBreakNames, rotationBreakNames, searchedBreakName } from '../../local/drill/orders';
import { readSchedule, writeSchedule } from './explore';
import { scenarioNamed, scenarios } from './scenarios';
import { levelsFor, search, tellStory, type Level, type Progress, type Searched } from './search';

interface Order {
  readonly scenario: string;
  readonly levels: readonly Level[];
  readonly broken: string | undefined;
  readonly most: number | undefined;
}

interface Timed extends Searched {
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      faults: { type: 'string', default: '2' },
      preemptions: { type: 'string', default: '1' },
      break: { type: 'string' },
      most: { type: 'string' },
      schedule: { type: 'string' },
    },
  });
  const broken = values.break === undefined ? undefined : breakNamed(values.break);
  if (values.schedule !== undefined) {
    const story = await tellStory(
      scenarioNamed(values.scenario ?? ''),
      readSchedule(values.schedule),
      broken,
    );
    console.log(story.join('\n'));
    return;
  }
  const names = values.scenario === undefined ? scenarios.map(({ name }) => name) : [values.scenario];
  const orders = names.map((name) => ({
    scenario: scenarioNamed(name).name,
    levels: levelsFor(readCount('faults', values.faults), readCount('preemptions', values.preemptions)),
    broken,
    most: values.most === undefined ? undefined : readCount('most', values.most),
  }));
  const results: Timed[] = [];
  const queue = [...orders];
  const work = async (): Promise<void> => {
    for (let order = queue.shift(); order; order = queue.shift()) {
      const result = await searchInThread(order);
      results.push(result);
      console.log(describe(result, values.break));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const sum = (count: (result: Timed) => number): string =>
    results.reduce((total, result) => total + count(result), 0).toLocaleString('en');
  console.log(`\n${sum((each) => each.schedules)} schedules, ${sum((each) => each.states)} states`);
  if (results.some(({ findings }) => findings.length > 0)) process.exitCode = 1;
}

function searchInThread(order: Order): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: order });
    worker.on('message', (message: Timed | Progress) => {
      if ('findings' in message) resolve(message);
      else console.error(describeProgress(order, message));
    });
    worker.once('error', reject);
  });
}

async function searchHere(order: Order): Promise<void> {
  const startedMs = performance.now();
  // Nobody reads where an error comes from, and there are millions.
  Error.stackTraceLimit = 0;
  let toldMs = startedMs;
  const onProgress = (progress: Progress): void => {
    const nowMs = performance.now();
    if (nowMs - toldMs < tellEveryMs) return;
    toldMs = nowMs;
    parentPort?.postMessage(progress);
  };
  const result = await search(scenarioNamed(order.scenario), { ...order, onProgress });
  const timed: Timed = { ...result, seconds: (performance.now() - startedMs) / 1000 };
  parentPort?.postMessage(timed);
}

/** Two faults take minutes in some scenarios, and more than an hour in all of them. */
const tellEveryMs = 60_000;

function describeProgress({ scenario, levels }: Order, { pass, schedules }: Progress): string {
  return `${scenario}: ${schedules.toLocaleString('en')} schedules so far, pass ${pass} of ${levels.length}`;
}

function describe(result: Timed, broken: string | undefined): string {
  const { scenario, schedules, states, seconds, complete, outside, findings } = result;
  const size = `${schedules.toLocaleString('en')} schedules, ${states.toLocaleString('en')} states`;
  const lines = [
    `${scenario}: ${size}, ${seconds.toFixed(1)} s${complete ? '' : ', stopped before the end'}`,
  ];
  for (const [why, count] of outside) lines.push(`  outside the promise, ${count} times: ${why}`);
  for (const { why, schedule, story, level } of findings) {
    const again = `npm run search -- --scenario "${scenario}"${broken ? ` --break ${broken}` : ''}`;
    lines.push(
      `  BROKEN: ${why} (${level.faults} faults, ${level.preemptions} preemptions)`,
      ...story.map((line) => `  ${line}`),
      `  The same again: ${again} --schedule "${writeSchedule(schedule)}"`,
    );
  }
  return lines.join('\n');
}

function breakNamed(given: string): string {
  const names: readonly string[] = [...rotationBreakNames, searchedBreakName, ...messageBreakNames];
  if (names.includes(given)) return given;
  throw new Error(`There is no break "${given}". Choose one of ${names.join(', ')}.`);
}

function readCount(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`--${name} has to be a number.`);
}

(isMainThread ? main() : searchHere(workerData as Order)).catch((error: unknown) => {
  console.error(`The search failed. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

/**
 * Pages and requests under load, beside a function that does nothing, in the same run. Stores and providers are one process, the service by the
 * runner another, and autocannon asks from this one.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from '../../free-port';
import { inTurns, median } from '../compare';
import { send } from './load';
import {
  hasFailed,
  heapLeft,
  keyOf,
  resultsAt,
  type CrowdResult,
  type Sample,
  type Samples,
} from './load-results';
import type { ServiceOrder, ServiceReport, ServiceStart } from './loaded-service';
import type { WorldReport } from './loaded-world';
import { printCrowds, printLoads } from './print-load';
import { emptyFunction, routesUnderLoad, type Route } from './routes-under-load';

export interface HttpOptions {
  readonly rounds?: number | undefined;
  readonly seconds?: number | undefined;
  /** How many connections the study has. */
  readonly connections?: number | undefined;
  /** Only routes whose name has this, beside the empty function. */
  readonly only?: string | undefined;
  /** How many ask at the same time, in place of the usual numbers. */
  readonly atOnce?: number | undefined;
}

const usualLevels = [1, 10, 100];
const crowd = 100;

export async function benchHttp({
  rounds = 3,
  seconds = 3,
  connections = 1_000,
  only = '',
  atOnce: level,
}: HttpOptions): Promise<void> {
  const levels = level === undefined ? usualLevels : [level];
  const folder = join(__dirname, 'bench', 'http');
  const world = fork(join(folder, 'loaded-world.js'), [String(connections)]);
  let service: ChildProcess | undefined;
  try {
    const [report] = (await once(world, 'message')) as [WorldReport];
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const start: ServiceStart = { settings: { ...report.settings, PUBLIC_URL: url }, port };
    service = fork(join(folder, 'loaded-service.js'), [], {
      execArgv: ['--expose-gc', '--enable-source-maps'],
      env: { ...process.env, LOADED_SERVICE: JSON.stringify(start) },
    });
    await once(service, 'message');
    const routes = routesUnderLoad(report).filter(
      ({ name }) => name === emptyFunction || name.includes(only),
    );
    const samples = await loadInRounds({ service, url, routes, levels, rounds, seconds });
    const results = levels.flatMap((atOnce) => resultsAt(atOnce, routes, samples));
    for (const atOnce of levels) printLoads(atOnce, results);
    const crowds = await askInCrowds({ service, url, report, rounds });
    printCrowds(crowds);
    const left = heapLeft(samples);
    console.log(
      `The heap after a collection grew by ${left.megabytes.toFixed(1)} MB from the first round to the last, in ${left.requests} requests.\n`,
    );
    console.log(
      JSON.stringify({
        what: 'pages and requests under load',
        rounds,
        seconds,
        connections,
        results,
        crowds,
        left,
      }),
    );
    const failed = [...results, ...crowds].filter(hasFailed);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    service?.disconnect();
    world.disconnect();
  }
}

interface Loading {
  readonly service: ChildProcess;
  readonly url: string;
  readonly routes: readonly Route[];
  readonly levels: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

async function loadInRounds({ service, url, routes, levels, rounds, seconds }: Loading): Promise<Samples> {
  const samples = new Map<string, Sample[]>();
  // The first round warms everything up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const atOnce of levels) {
      for (const route of inTurns(routes, round)) {
        const { requests, isLimited = false } = route;
        await tell(service, { do: 'begin', maySignUp: !isLimited, aheadMs: 0 });
        const answered = await send({ url, requests, connections: atOnce, seconds });
        const cost = (await tell(service, { do: 'end' })) as ServiceReport;
        if (round === 0) continue;
        const perSecond = (1_000 * answered.times.length) / answered.ms;
        const key = keyOf(atOnce, route);
        samples.set(key, [...(samples.get(key) ?? []), { ...answered, ...cost, perSecond }]);
      }
    }
  }
  return samples;
}

async function tell(service: ChildProcess, order: ServiceOrder): Promise<unknown> {
  service.send(order);
  const [told] = (await once(service, 'message')) as [unknown];
  return told;
}

interface Crowding {
  readonly service: ChildProcess;
  readonly url: string;
  readonly report: WorldReport;
  readonly rounds: number;
}

const hourMs = 3_600_000;

/** Each round moves the clock of the service by more than an access token is good for, and asks for another connection. */
async function askInCrowds({ service, url, report, rounds }: Crowding): Promise<CrowdResult[]> {
  const routes = routesUnderLoad(report);
  const all = routes.find(({ name }) => name === 'tokens of many')!.requests;
  const results: CrowdResult[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await tell(service, { do: 'begin', maySignUp: true, aheadMs: round * 1.1 * hourMs });
    const requests = [all[round % all.length]!];
    const { statuses, times } = await send({ url, requests, connections: crowd, seconds: 'once' });
    const { tokenCalls, calls } = (await tell(service, { do: 'end' })) as ServiceReport;
    results.push({
      ...{ askers: crowd, refreshes: tokenCalls, answered: statuses, calls },
      ...{ p50Ms: median(times), lastMs: Math.max(...times) },
    });
  }
  return results;
}

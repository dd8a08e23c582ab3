/**
 * The service in a process of its own, by the runner in the host's place, with one function more that does nothing. It says what
 * a time of load has cost this process.
 */
import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpFunctionOptions } from '@azure/functions';
import { readConfig } from '../../../src/config';
import { register } from '../../../src/functions/register';
import { createServices } from '../../../src/services';
import type { FunctionApp } from '../../runner/recording-app';
import { startRunner } from '../../runner/runner';

export const emptyRoute = 'api/empty';

export interface ServiceStart {
  readonly settings: Readonly<Record<string, string>>;
  readonly port: number;
}

export type ServiceOrder =
  /** Counting begins anew. */
  | { readonly do: 'begin'; readonly maySignUp: boolean; readonly aheadMs: number }
  /** Waits until no handler runs. */
  | { readonly do: 'end' };

/** What has happened since the last `begin`. */
export interface ServiceReport {
  /** How many invocations there were. */
  readonly handled: number;
  /** Requests that this process made: to stores and providers; and of them, to token endpoints. */
  readonly calls: number;
  readonly tokenCalls: number;
  /** Processor time of this process. */
  readonly cpuMs: number;
  /** By how much the event loop came late: 99 in 100 looks at it, and the longest. */
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  /** Megabytes of the heap that were in use: after a collection before it, at the most, and after a collection at the end. */
  readonly heapBefore: number;
  readonly heapPeak: number;
  readonly heapAfter: number;
  readonly rssPeak: number;
  /** Codes of failures that the service has logged. */
  readonly codes: Readonly<Record<string, number>>;
}

const patientMs = 60_000;
const lookEveryMs = 5;
const sink = { debug: noteCode, info: noteCode, warn: noteCode, error: noteCode };

let running = 0;
let handled = 0;
let codes: Record<string, number> = {};

/** Lines without a code are not parsed, because whatever is done here counts as the service's work. */
function noteCode(line: string): void {
  if (!line.includes('"code":"')) return;
  const { code } = JSON.parse(line) as { code: string };
  codes[code] = (codes[code] ?? 0) + 1;
}

/** Counts what runs: a client that has gone away still has its handler. */
function counting(options: HttpFunctionOptions): HttpFunctionOptions {
  return {
    ...options,
    async handler(...given) {
      running += 1;
      handled += 1;
      try {
        return await options.handler(...given);
      } finally {
        running -= 1;
      }
    },
  };
}

async function main({ settings, port }: ServiceStart): Promise<void> {
  let [maySignUp, aheadMs] = [true, 0];
  const config = readConfig(settings);
  // A busy machine must not fail the measurement.
  const times = { ...config.policy.times, attemptMs: patientMs, providerTimeoutMs: patientMs };
  const services = createServices({ ...config, policy: { ...config.policy, times } }, sink);
  const { clock, policy } = services;
  const { limits } = policy;
  const adapted = {
    ...services,
    clock: { ...clock, now: () => Date.now() + aheadMs },
    policy: {
      ...policy,
      get limits() {
        return maySignUp ? limits : { ...limits, perClient: 0 };
      },
    },
  };
  const registerAll = (app: FunctionApp): void => {
    const counted: FunctionApp = { ...app, http: (name, options) => app.http(name, counting(options)) };
    register(counted, { ...adapted, loadServices: () => Promise.resolve(adapted) });
    counted.http('empty', {
      ...{ route: emptyRoute, methods: ['GET'], authLevel: 'anonymous' },
      handler: () => ({ status: 200, body: 'ok' }),
    });
  };
  await startRunner({
    ...{ register: registerAll, settings, port, timers: false, queues: 'manual' },
    storageConnectionString: settings['AzureWebJobsStorage']!,
    onLog: ({ message }) => noteCode(message),
  });

  let [calls, tokenCalls] = [0, 0];
  subscribe('http.client.request.start', (message) => {
    const { path } = (message as { request: { path: string } }).request;
    calls += 1;
    if (/\/token$/.test(path)) tokenCalls += 1;
  });
  const loop = monitorEventLoopDelay({ resolution: lookEveryMs });
  const heap = (): number => process.memoryUsage().heapUsed / 1e6;
  let [heapBefore, heapPeak, rssPeak] = [0, 0, 0];
  const lookAtMemory = (): void => {
    heapPeak = Math.max(heapPeak, heap());
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss() / 1e6);
  };
  let cpu = process.cpuUsage();
  let looking: NodeJS.Timeout | undefined;
  const obey = async (order: ServiceOrder): Promise<ServiceReport | undefined> => {
    if (order.do === 'begin') {
      ({ maySignUp, aheadMs } = order);
      global.gc!();
      [calls, tokenCalls, handled, heapPeak, rssPeak, codes] = [0, 0, 0, 0, 0, {}];
      heapBefore = heap();
      cpu = process.cpuUsage();
      looking = setInterval(lookAtMemory, 20);
      loop.reset();
      loop.enable();
      return undefined;
    }
    while (running > 0) await sleep(10);
    loop.disable();
    clearInterval(looking);
    lookAtMemory();
    const { user, system } = process.cpuUsage(cpu);
    const late = (ns: number): number => Math.max(0, ns / 1e6 - lookEveryMs);
    global.gc!();
    return {
      ...{ handled, calls, tokenCalls, cpuMs: (user + system) / 1_000 },
      ...{ loopP99Ms: late(loop.percentile(99)), loopMaxMs: late(loop.max) },
      ...{ heapBefore, heapPeak, heapAfter: heap(), rssPeak, codes },
    };
  };
  process.on('message', (order: ServiceOrder) => {
    void obey(order).then((report) => process.send!(report ?? 'begun'));
  });
  process.on('disconnect', () => process.exit());
  process.send!('ready');
}

void main(JSON.parse(process.env['LOADED_SERVICE'] ?? '{}') as ServiceStart);

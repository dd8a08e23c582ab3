/**
 * Stands in for the Azure Functions host on a developer's machine and in tests: it hands its own `app` to
 * `register` and then serves, schedules and polls what was registered. It promises the rules of the platform that
 * the service depends on; what it leaves out it refuses, or docs/architecture.md names it.
 */
import { resolve } from 'node:path';
import { serve, type Tap } from '../serve';
import { readHostSettings, type Settings } from './host-settings';
import type { OnLog } from './run-invocation';
import { createRecordingApp, type FunctionApp, type RecordedFunction } from './recording-app';
import { runHttp } from './run-http';
import { platformLeaseMs, runQueues } from './run-queues';
import { runTimers } from './run-timers';

export interface RunnerOptions {
  readonly register: (app: FunctionApp) => void;
  /** What the app settings would be: replaces `%NAME%` in schedules and queue names. */
  readonly settings: Settings;
  /** Default: host.json in the working directory. */
  readonly hostJsonPath?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  /** For every queue function, whatever its `connection`. */
  readonly storageConnectionString: string;
  readonly onLog: OnLog;
  /** Looks at, delays or loses the HTTP requests that come in. */
  readonly tap?: Tap | undefined;
  /** false: nothing is scheduled, `invokeTimer` runs timers by hand. */
  readonly timers?: boolean | undefined;
  /** 'manual': nothing is polled, `drainQueues` runs the queue functions by hand. */
  readonly queues?: 'polling' | 'manual' | undefined;
  /** How long a dead handler's message stays hidden: the platform's ten minutes, unless a drill scales time. */
  readonly messageLeaseMs?: number | undefined;
}

export interface Runner {
  /** Origin, without the route prefix and without a trailing slash. */
  readonly url: string;
  readonly functions: readonly RecordedFunction[];
  /** @throws what the handler throws, which a scheduled run would only log */
  invokeTimer(name: string): Promise<void>;
  /** Processes messages until the queues are empty or hold only hidden ones. */
  drainQueues(): Promise<void>;
  /** Takes nothing more, and lets what is running finish. */
  close(): Promise<void>;
}

/** @throws Error for what the host would refuse: host.json, routes, schedules, missing settings; PortTaken */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { settings, onLog } = options;
  const host = readHostSettings(resolve(options.hostJsonPath ?? 'host.json'));
  const { app, functions } = createRecordingApp();
  options.register(app);

  // Everything that can be refused is refused before anything runs.
  const http = runHttp({
    functions: functions.filter((recorded) => recorded.kind === 'http'),
    routePrefix: host.routePrefix,
    settings,
    onLog,
  });
  const timers = runTimers({
    functions: functions.filter((recorded) => recorded.kind === 'timer'),
    settings,
    onLog,
  });
  const queues = await runQueues({
    functions: functions.filter((recorded) => recorded.kind === 'queue'),
    settings,
    queues: host.queues,
    connectionString: options.storageConnectionString,
    leaseMs: options.messageLeaseMs ?? platformLeaseMs,
    onLog,
  });
  const server = await serve({
    name: 'Functions runner',
    app: http.app,
    port: options.port,
    tap: options.tap,
  });
  if (options.queues !== 'manual') queues.start();
  if (options.timers !== false) timers.start();
  return {
    url: server.url,
    functions,
    invokeTimer: (name) => timers.runNow(name),
    drainQueues: () => queues.drain(),
    close: async () => {
      await Promise.all([server.close().then(() => http.settle()), timers.close(), queues.close()]);
    },
  };
}

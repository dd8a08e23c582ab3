/** Starts the service in a process of its own in the identity world, and talks to it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Times } from '../../src/model';
import { announceAnswer, answers } from '../runner/announced-answers';
import type { OnLog } from '../runner/run-invocation';
import type { Closeable } from '../running';
import type { IdentityWorld } from './identity-world';
import type { ServiceOrder, ServiceProcessOptions, ServiceReport } from './service-process';

export interface ServiceProcess extends Closeable {
  readonly url: string;
  /** @throws Error with what the timer threw */
  invokeTimer(timer: string): Promise<void>;
  drainQueues(): Promise<void>;
  moveClock(aheadMs: number): Promise<void>;
}

export interface StartServiceProcess {
  readonly identityWorld: IdentityWorld;
  /** The built `service-process.js`. */
  readonly program: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly unattended: boolean;
  readonly times?: Partial<Times>;
  readonly onLog: OnLog;
}

type OrderWithoutId = ServiceOrder extends infer O ? (O extends ServiceOrder ? Omit<O, 'id'> : never) : never;

/** @throws Error when the process ends before it is ready, with what it has said */
export async function startServiceProcess(options: StartServiceProcess): Promise<ServiceProcess> {
  const { identityWorld, program, port, unattended, times, onLog } = options;
  const { settings, environment, world } = identityWorld;
  const hostConnectionString = world.azurite.connectionString;
  const areAnswersWatched = answers.hasSubscribers;
  const given: ServiceProcessOptions = {
    settings,
    hostConnectionString,
    port,
    unattended,
    times,
    areAnswersWatched,
  };
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment, SERVICE_PROCESS: JSON.stringify(given), NODE_NO_WARNINGS: '1' },
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => void (errors = (errors + chunk.toString()).slice(-4_000)));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      onLog(JSON.parse(line) as Parameters<OnLog>[0]);
    });
  }
  const waiting = new Map<number, { resolve(): void; reject(error: Error): void }>();
  let orders = 0;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    void gone.then(() => {
      const ended = new Error(`The service has ended.\n${errors}`);
      reject(ended);
      for (const one of waiting.values()) one.reject(ended);
    });
    child.on('message', (report: ServiceReport) => {
      if (report.is === 'ready') return resolve(report.url);
      if (report.is === 'answer') return announceAnswer(report.answer);
      const asker = waiting.get(report.id);
      waiting.delete(report.id);
      if (report.is === 'done') asker?.resolve();
      else asker?.reject(new Error(report.message));
    });
  });
  const ask = (order: OrderWithoutId): Promise<void> =>
    new Promise((resolve, reject) => {
      orders += 1;
      waiting.set(orders, { resolve, reject });
      child.send({ ...order, id: orders } as ServiceOrder);
    });
  return {
    url,
    invokeTimer: (timer) => ask({ do: 'run a timer', timer }),
    drainQueues: () => ask({ do: 'drain the queues' }),
    moveClock: (aheadMs) => ask({ do: 'move the clock', aheadMs }),
    close: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** One process of the service: how it is started, what it is told, and how it ends. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Order, Report, WorkerOptions } from './orders';

export interface WorkerProcess {
  readonly name: string;
  /** Rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Killed, or ended by itself: nothing more comes from it. */
  readonly dead: boolean;
  tell(order: OrderWithoutAnswer): void;
  /** @returns what the order came to @throws Error when it fails, or when the process dies first */
  ask(order: OrderWithoutId): Promise<readonly string[]>;
  stop(): void;
  goOn(): void;
  /** It counts as dead at once. @returns when the process is gone */
  kill(): Promise<void>;
}

type OrderWithoutAnswer = Exclude<Order, { id: number }>;
export type OrderWithoutId = Order extends infer O
  ? O extends { id: number }
    ? Omit<O, 'id'>
    : never
  : never;

export interface WorkerProcessOptions extends WorkerOptions {
  /** The built worker: of this release, or of an older one. */
  readonly program: string;
  /** Folder for what V8 has compiled: starting is most of what a killed process costs. */
  readonly compileCache: string;
  readonly onLog: (line: string) => void;
  readonly onDeath: () => void;
}

interface Waiting {
  answer(outcomes: readonly string[]): void;
  reject(error: Error): void;
}

export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  const { program, compileCache, onLog, onDeath, ...given } = options;
  const { name } = given;
  const waiting = new Map<number, Waiting>();
  let orders = 0;
  let dead = false;

  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      DRILL_WORKER: JSON.stringify(given satisfies WorkerOptions),
      NODE_COMPILE_CACHE: compileCache,
      NODE_NO_WARNINGS: '1',
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLog);
  }
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((begin, reject) => {
    void gone.then(() => reject(new Error(`Worker ${name} ended before it was ready.`)));
    child.on('message', (report: Report) => {
      if (report.is === 'ready') return begin();
      const asker = waiting.get(report.id);
      waiting.delete(report.id);
      if (report.is === 'done') asker?.answer(report.outcomes);
      else asker?.reject(new Error(report.message));
    });
  });
  ready.catch(() => undefined);

  const bury = (): void => {
    if (dead) return;
    dead = true;
    onDeath();
    for (const { reject } of waiting.values()) reject(new Error(`Worker ${name} died.`));
  };
  void gone.then(bury);

  // What a process that is just dying does not take any more, its death answers.
  const tell = (order: Order): void => void child.send(order, () => undefined);
  return {
    name,
    ready,
    get dead() {
      return dead;
    },
    tell,
    ask: (order) =>
      new Promise((answer, reject) => {
        if (dead) return reject(new Error(`Worker ${name} is dead.`));
        orders += 1;
        waiting.set(orders, { answer, reject });
        tell({ ...order, id: orders });
      }),
    stop: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    kill() {
      child.kill('SIGKILL');
      bury();
      return gone;
    },
  };
}

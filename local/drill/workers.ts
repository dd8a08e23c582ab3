/**
 * The processes of the service: some at work, some started ahead, so that a killed one is replaced at once. A frozen
 * one is replaced too while it stands still, as a platform that scales out would.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Order, Report, WorkerOptions } from './orders';
import type { Deployment } from './strikes';
import { writeHostJson } from './times';

/** How large the service is. */
export interface FleetSize {
  readonly factor: number;
  /** Processes at work. */
  readonly workers: number;
  /** How many wait, started, for their turn; `restock` fills them up again. */
  readonly spare: number;
  /** Jobs of a queue in one process at a time. */
  readonly atATime: number;
  /** A built checkout of an older release: every batch begins in its processes, and goes on in ours. */
  readonly from?: string | undefined;
}

export interface WorkersOptions extends FleetSize, Omit<WorkerOptions, 'name' | 'hostJsonPath'> {
  readonly onLog: (worker: string, line: string) => void;
  readonly onDeath: (worker: string) => void;
}

export interface Workers {
  /** Puts the first ones to work. */
  start(): Promise<void>;
  /** Puts the older release to work, if there is one; starts spare processes until there are enough. */
  restock(): Promise<void>;
  /** Makes processes that are started later start faster. */
  keepWhatIsCompiled(): Promise<void>;
  kill(name: string): void;
  /** Stops a process where it stands. */
  freeze(name: string): void;
  thaw(name: string): void;
  /** The names of those that take jobs, or finish one. */
  atWork(): readonly string[];
  /** Other processes take over. Those before them are killed, or finish what they have begun. */
  deploy(how: Deployment): void;
  isRunning(name: string): boolean;
  isFrozen(name: string): boolean;
  /** Does what a timer does, in a process that the faults leave alone. @throws what the timer function throws */
  runTimer(timer: string): Promise<void>;
  /** A started process that polls nothing. */
  takeSpare(): Promise<string>;
  ask(name: string, order: OrderWithoutId): Promise<readonly string[]>;
  /** How many processes have been started. */
  readonly started: number;
  close(): Promise<void>;
}

type OrderWithoutId = Order extends infer O ? (O extends { id: number } ? Omit<O, 'id'> : never) : never;

interface Worker {
  readonly name: string;
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  atWork: boolean;
  /** It takes no more jobs. */
  finishing: boolean;
  dead: boolean;
  freezes: number;
}

const fewSpares = 3;
const sideBySide = 2;

interface Waiting {
  readonly worker: string;
  answer(outcomes: readonly string[]): void;
  reject(error: Error): void;
}

const workerFile = 'build/local/drill/worker.js';

/** @throws Error when there is no built worker where `from` leads */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const file = resolve(workerFile);
  const olderFile = options.from === undefined ? undefined : resolve(options.from, workerFile);
  if (olderFile !== undefined && !existsSync(olderFile)) {
    throw new Error(
      `There is no ${olderFile}. Run "npm ci" and "node build.mjs" in the checkout that --from names.`,
    );
  }
  const hostJsonPath = await writeHostJson(options.factor, options.atATime);
  // For what V8 has compiled: starting is most of what a killed process costs.
  const compileCache = await mkdtemp(join(tmpdir(), 'drill-'));
  const workers = new Map<string, Worker>();
  const spares: Worker[] = [];
  const waiting = new Map<number, Waiting>();
  let started = 0;
  let orders = 0;
  let closing = false;
  let clock: Worker | undefined;

  const launch = (program = file): Worker => {
    started += 1;
    const name = `w${started}`;
    const { settings, messageLeaseMs, about, broken } = options;
    const given: WorkerOptions = { name, settings, hostJsonPath, messageLeaseMs, about, broken };
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        DRILL_WORKER: JSON.stringify(given),
        NODE_COMPILE_CACHE: compileCache,
        NODE_NO_WARNINGS: '1',
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => options.onLog(name, line));
    }
    const ready = new Promise<void>((begin, reject) => {
      child.once('exit', () => reject(new Error(`Worker ${name} ended before it was ready.`)));
      child.on('message', (report: Report) => {
        if (report.is === 'ready') return begin();
        const asker = waiting.get(report.id);
        waiting.delete(report.id);
        if (report.is === 'done') asker?.answer(report.outcomes);
        else asker?.reject(new Error(report.message));
      });
    });
    ready.catch(() => undefined);
    const worker: Worker = {
      name,
      process: child,
      ready,
      atWork: false,
      finishing: false,
      dead: false,
      freezes: 0,
    };
    child.once('exit', () => bury(worker));
    workers.set(name, worker);
    return worker;
  };

  const bury = (worker: Worker): void => {
    if (worker.dead) return;
    worker.dead = true;
    options.onDeath(worker.name);
    for (const { worker: asked, reject } of waiting.values()) {
      if (asked === worker.name) reject(new Error(`Worker ${worker.name} died.`));
    }
    if (worker.atWork) fillUp();
  };

  // Starting processes costs so much that replays would come late if it were done in the middle of a batch.
  const takeSpare = (): Worker => {
    if (spares.length < fewSpares) spares.push(launch());
    return spares.shift()!;
  };

  const rollBack = async (program: string): Promise<void> => {
    const ours = running();
    const older = Array.from({ length: options.workers }, () => launch(program));
    await Promise.all(older.map(({ ready }) => ready));
    for (const worker of older) putToWork(worker);
    for (const { name } of ours) kill(name);
  };

  const restock = async (): Promise<void> => {
    if (olderFile !== undefined) await rollBack(olderFile);
    while (spares.length < options.spare) {
      const some = Array.from({ length: sideBySide }, () => launch());
      spares.push(...some);
      await Promise.all(some.map(({ ready }) => ready));
    }
  };

  const atWork = (): Worker[] => [...workers.values()].filter((worker) => worker.atWork && !worker.dead);
  const running = (): Worker[] => atWork().filter(({ freezes }) => freezes === 0);

  const fillUp = (): void => {
    while (!closing && running().filter(({ finishing }) => !finishing).length < options.workers) {
      putToWork(takeSpare());
    }
  };

  const putToWork = (worker: Worker): void => {
    worker.atWork = true;
    void worker.ready.then(() => worker.process.send({ do: 'poll' } satisfies Order)).catch(() => undefined);
  };

  const ask = (name: string, order: OrderWithoutId): Promise<readonly string[]> =>
    new Promise((answer, reject) => {
      const worker = workers.get(name);
      if (!worker || worker.dead) return reject(new Error(`Worker ${name} is dead.`));
      orders += 1;
      waiting.set(orders, { worker: name, answer, reject });
      worker.process.send({ ...order, id: orders });
    });

  const kill = (name: string): void => {
    const worker = workers.get(name);
    if (!worker || worker.dead) return;
    worker.process.kill('SIGKILL');
    bury(worker);
  };

  return {
    get started() {
      return started;
    },
    restock,
    async start() {
      fillUp();
      await Promise.all(running().map(({ ready }) => ready));
    },
    async keepWhatIsCompiled() {
      const [worker] = running();
      if (worker) await ask(worker.name, { do: 'keep what is compiled' });
    },
    kill,
    atWork: () => atWork().map(({ name }) => name),
    deploy(how) {
      const old = atWork();
      for (const worker of old) {
        if (how === 'rolling update' && !worker.finishing)
          worker.process.send({ do: 'finish' } satisfies Order);
        worker.finishing = true;
      }
      if (how === 'recreate') for (const { name } of old) kill(name);
      fillUp();
    },
    freeze(name) {
      const worker = workers.get(name);
      if (!worker || worker.dead) return;
      worker.freezes += 1;
      worker.process.kill('SIGSTOP');
      if (worker.atWork) fillUp();
    },
    thaw(name) {
      const worker = workers.get(name);
      if (!worker || worker.dead) return;
      worker.freezes -= 1;
      if (worker.freezes === 0) worker.process.kill('SIGCONT');
    },
    isRunning: (name) => running().some((worker) => worker.name === name),
    isFrozen: (name) => (workers.get(name)?.freezes ?? 0) > 0,
    async runTimer(timer) {
      clock ??= launch();
      await clock.ready;
      await ask(clock.name, { do: 'run a timer', timer });
    },
    async takeSpare() {
      const worker = takeSpare();
      await worker.ready;
      return worker.name;
    },
    ask,
    async close() {
      closing = true;
      const ended = [...workers.values()]
        .filter(({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null)
        .map((worker) => new Promise((done) => worker.process.once('exit', done)));
      for (const worker of workers.values()) worker.process.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}

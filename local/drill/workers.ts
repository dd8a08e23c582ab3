/**
 * The processes of the service: some at work, some started ahead, so that a killed one is replaced at once. A frozen
 * one is replaced too while it stands still, as a platform that scales out would.
 */
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkerOptions } from './orders';
import { writeHostJson } from './scaled-time';
import { startWorkerProcess, type OrderWithoutId, type WorkerProcess } from './worker-process';

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

interface Worker {
  readonly process: WorkerProcess;
  atWork: boolean;
  /** It takes no more jobs. */
  finishing: boolean;
  freezes: number;
}

const fewSpares = 3;
const sideBySide = 2;

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
  const compileCache = await mkdtemp(join(tmpdir(), 'drill-'));
  const workers = new Map<string, Worker>();
  const spares: Worker[] = [];
  let started = 0;
  let closing = false;
  let clock: Worker | undefined;

  const launch = (program = file): Worker => {
    started += 1;
    const name = `w${started}`;
    const { settings, messageLeaseMs, about, broken } = options;
    const worker: Worker = {
      process: startWorkerProcess({
        ...{ name, settings, hostJsonPath, messageLeaseMs, about, broken, program, compileCache },
        onLog: (line) => options.onLog(name, line),
        onDeath: () => {
          options.onDeath(name);
          if (worker.atWork) fillUp();
        },
      }),
      atWork: false,
      finishing: false,
      freezes: 0,
    };
    workers.set(name, worker);
    return worker;
  };

  // Starting processes costs so much that replays would come late if it were done in the middle of a batch.
  const takeSpare = (): Worker => {
    if (spares.length < fewSpares) spares.push(launch());
    return spares.shift()!;
  };

  const rollBack = async (program: string): Promise<void> => {
    const ours = running();
    const older = Array.from({ length: options.workers }, () => launch(program));
    await areReady(older);
    for (const worker of older) putToWork(worker);
    for (const { process } of ours) void process.kill();
  };

  const restock = async (): Promise<void> => {
    if (olderFile !== undefined) await rollBack(olderFile);
    while (spares.length < options.spare) {
      const some = Array.from({ length: sideBySide }, () => launch());
      spares.push(...some);
      await areReady(some);
    }
  };

  const atWork = (): Worker[] =>
    [...workers.values()].filter((worker) => worker.atWork && !worker.process.dead);
  const running = (): Worker[] => atWork().filter(({ freezes }) => freezes === 0);

  const fillUp = (): void => {
    while (!closing && running().filter(({ finishing }) => !finishing).length < options.workers) {
      putToWork(takeSpare());
    }
  };

  const putToWork = (worker: Worker): void => {
    worker.atWork = true;
    const { process } = worker;
    void process.ready.then(() => process.tell({ do: 'poll' })).catch(() => undefined);
  };

  /** Does it to a worker that lives, and to no other. */
  const withLiving = (name: string, deed: (worker: Worker) => void): void => {
    const worker = workers.get(name);
    if (worker && !worker.process.dead) deed(worker);
  };

  return {
    get started() {
      return started;
    },
    restock,
    async start() {
      fillUp();
      await areReady(running());
    },
    async keepWhatIsCompiled() {
      await running()[0]?.process.ask({ do: 'keep what is compiled' });
    },
    kill: (name) => withLiving(name, ({ process }) => void process.kill()),
    atWork: () => atWork().map(({ process }) => process.name),
    deploy(how) {
      const old = atWork();
      for (const worker of old) {
        if (how === 'rolling update' && !worker.finishing) worker.process.tell({ do: 'finish' });
        worker.finishing = true;
      }
      if (how === 'recreate') for (const { process } of old) void process.kill();
      fillUp();
    },
    freeze(name) {
      withLiving(name, (worker) => {
        worker.freezes += 1;
        worker.process.stop();
        if (worker.atWork) fillUp();
      });
    },
    thaw(name) {
      withLiving(name, (worker) => {
        worker.freezes -= 1;
        if (worker.freezes === 0) worker.process.goOn();
      });
    },
    isRunning: (name) => running().some(({ process }) => process.name === name),
    isFrozen: (name) => (workers.get(name)?.freezes ?? 0) > 0,
    async runTimer(timer) {
      clock ??= launch();
      await clock.process.ready;
      await clock.process.ask({ do: 'run a timer', timer });
    },
    async takeSpare() {
      const { process } = takeSpare();
      await process.ready;
      return process.name;
    },
    async ask(name, order) {
      const worker = workers.get(name);
      if (!worker) throw new Error(`There is no worker ${name}.`);
      return worker.process.ask(order);
    },
    async close() {
      closing = true;
      await Promise.all([...workers.values()].map(({ process }) => process.kill()));
    },
  };
}

async function areReady(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map(({ process }) => process.ready));
}

/**
 * The two ways of Flex Consumption: "recreate" ends what is running by force, "rolling update" lets it finish while new
 * instances work beside it.
 */
export type Deployment = 'recreate' | 'rolling update';

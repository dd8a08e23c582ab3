/** The contenders in a process of their own: told what to do for which connections, it says how long that took. */
import { createContenders, type Carry, type Contender, type Work } from './contenders';

export type WorkOrder =
  | { readonly do: 'prepare'; readonly contender: Contender; readonly connections: readonly string[] }
  | {
      readonly do: 'carry out';
      readonly contender: Contender;
      readonly work: Work;
      readonly connections: readonly string[];
      /** How many connections at the same time. */
      readonly atOnce: number;
    };

export interface WorkReport {
  readonly ms: number;
  /** Processor time of this process. */
  readonly cpuMs: number;
  /** The first error, if there was one: then the figures mean nothing. */
  readonly failed?: string;
}

function main(settings: Readonly<Record<string, string>>): void {
  const { prepare, carry } = createContenders(settings);
  const carryOut = async (order: WorkOrder): Promise<void> => {
    if (order.do === 'prepare') {
      for (const connection of order.connections) await prepare(order.contender, connection);
      return;
    }
    const { contender, work, connections, atOnce } = order;
    const left = [...connections];
    const goOn = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        await tryAgain(carry[contender][work], next);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, goOn));
  };
  process.on('message', (order: WorkOrder) => {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const report = (failed?: string): void => {
      const { user, system } = process.cpuUsage(cpu);
      const figures = { ms: performance.now() - begun, cpuMs: (user + system) / 1_000 };
      process.send!({ ...figures, ...(failed !== undefined && { failed }) } satisfies WorkReport);
    };
    carryOut(order).then(
      () => report(),
      (error: unknown) => report(String(error)),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** As a queue delivers a job again: the emulator of the vault may just have closed a connection that was idle. */
async function tryAgain(carry: Carry, connection: string): Promise<void> {
  for (let left = 3; ; left -= 1) {
    try {
      return await carry(connection);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

main(JSON.parse(process.env['BENCH_SETTINGS'] ?? '{}') as Record<string, string>);

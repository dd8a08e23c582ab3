/** The service in a process of its own: its parent tells it what to run and sees its log on standard output. */
import { subscribe } from 'node:diagnostics_channel';
import type { Times } from '../../src/model';
import { answers, type AnnouncedAnswer } from '../runner/announced-answers';
import { startService } from '../service';

export interface ServiceProcessOptions {
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Of the runner in the host's place. */
  readonly hostConnectionString: string;
  readonly port: number;
  readonly unattended: boolean;
  /** In place of those of the settings. */
  readonly times?: Partial<Times> | undefined;
  /** Somebody looks at every answer: they are reported too. */
  readonly areAnswersWatched: boolean;
}

export type ServiceOrder =
  | { readonly id: number; readonly do: 'run a timer'; readonly timer: string }
  | { readonly id: number; readonly do: 'drain the queues' }
  /** From now on the service's clock is ahead by so many milliseconds. */
  | { readonly id: number; readonly do: 'move the clock'; readonly aheadMs: number };

export type ServiceReport =
  | { readonly is: 'ready'; readonly url: string }
  | { readonly is: 'answer'; readonly answer: AnnouncedAnswer }
  | { readonly is: 'done'; readonly id: number }
  | { readonly is: 'failed'; readonly id: number; readonly message: string };

const { settings, hostConnectionString, port, unattended, times, areAnswersWatched } = JSON.parse(
  process.env['SERVICE_PROCESS'] ?? '{}',
) as ServiceProcessOptions;
let aheadMs = 0;

const running = startService({
  world: { settings, azurite: { connectionString: hostConnectionString } },
  port,
  unattended,
  onLog: (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`),
  adaptServices: ({ clock, policy, ...services }) => ({
    ...services,
    clock: { ...clock, now: () => Date.now() + aheadMs },
    policy: { ...policy, times: { ...policy.times, ...times } },
  }),
});

async function obey(order: ServiceOrder): Promise<void> {
  const service = await running;
  if (order.do === 'run a timer') await service.invokeTimer(order.timer);
  else if (order.do === 'drain the queues') await service.drainQueues();
  else aheadMs = order.aheadMs;
}

function report(it: ServiceReport): void {
  process.send?.(it);
}

if (areAnswersWatched) {
  subscribe(answers.name, (answer) => report({ is: 'answer', answer: answer as AnnouncedAnswer }));
}
process.on('disconnect', () => process.exit());
process.on('message', (order: ServiceOrder) => {
  obey(order).then(
    () => report({ is: 'done', id: order.id }),
    (error: unknown) => report({ is: 'failed', id: order.id, message: String(error) }),
  );
});
running.then(
  ({ url }) => report({ is: 'ready', url }),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

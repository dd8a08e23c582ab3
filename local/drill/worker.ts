/**
 * One process of the service under the drill: the ordinary functions and adapters in the runner, told by its parent
 * when to begin. It is bundled as a file of its own, because it is started thousands of times.
 */
import { flushCompileCache } from 'node:module';
import { rotateToken } from '../../src/domain/rotation/rotate-token';
import { readConfig } from '../../src/config';
import { register } from '../../src/functions/register';
import { createServices, type Services } from '../../src/services';
import type { FunctionApp } from '../runner/recording-app';
import { startRunner, type Runner } from '../runner/runner';
import { breakSending } from './messages/message-breaks';
import type { Order, Report, WorkerOptions } from './orders';
import { connectionIn } from './queue-ledger';
import { breakRotation } from './rotation/rotation-breaks';
import { tagRequests, type Tagging } from './tagging';

const options = JSON.parse(process.env['DRILL_WORKER'] ?? '{}') as WorkerOptions;
const tagging = tagRequests(options.name);
const sink = { debug: write, info: write, warn: write, error: write };
const services = breakServices(createServices(readConfig(options.settings), sink));

function breakServices(whole: Services): Services {
  const { broken } = options;
  switch (broken) {
    case undefined:
      return whole;
    case 'send-before-claim':
    case 'new-id-on-repeat':
    case 'state-before-row':
    case 'no-recheck':
      return { ...whole, ...breakSending(whole, broken) };
    default:
      return { ...whole, ...breakRotation(whole, broken, tagging.current) };
  }
}

let runner: Promise<Runner> | undefined;

function run(queues: 'polling' | 'manual'): Promise<Runner> {
  return (runner ??= startRunner({
    register: (app) =>
      register(only(app, tagging), { ...services, loadServices: () => Promise.resolve(services) }),
    settings: options.settings,
    hostJsonPath: options.hostJsonPath,
    port: 0,
    storageConnectionString: options.settings['AzureWebJobsStorage'] ?? '',
    onLog: ({ message }) => write(message),
    timers: false,
    queues,
    messageLeaseMs: options.messageLeaseMs,
  }));
}

/** What each drill is about; everything else would only cost time. */
const drilled = {
  rotation: { timers: ['rotateTokens', 'housekeeping'], queues: ['rotateToken', 'rotateTokenPoison'] },
  messages: { timers: ['checkBatteries'], queues: ['checkBattery', 'smsEvents'] },
}[options.about];

function only(app: FunctionApp, { for: workFor }: Tagging): FunctionApp {
  return {
    http: () => undefined,
    timer: (name, timer) => {
      if (drilled.timers.includes(name)) app.timer(name, timer);
    },
    storageQueue: (name, queue) => {
      if (!drilled.queues.includes(name)) return;
      app.storageQueue(name, {
        ...queue,
        handler: (message: Parameters<typeof queue.handler>[0], context): Promise<void> =>
          workFor(connectionOf(message), async () => void (await queue.handler(message, context))),
      });
    },
  };
}

function connectionOf(message: unknown): string {
  return connectionIn(typeof message === 'string' ? message : JSON.stringify(message)) ?? '';
}

async function obey(order: Order): Promise<readonly string[]> {
  switch (order.do) {
    case 'poll':
      await run('polling');
      return [];
    case 'finish':
      await (await run('polling')).close();
      return process.exit();
    case 'run a timer':
      await (await run('manual')).invokeTimer(order.timer);
      return [];
    case 'keep what is compiled':
      flushCompileCache();
      return [];
    case 'rotate':
      return Promise.all(Array.from({ length: order.rotators }, () => rotate(services, order)));
  }
}

function rotate(ports: Services, { connection, startedAt }: Order & { do: 'rotate' }): Promise<string> {
  return tagging.for(connection, async () => {
    const result = await rotateToken(ports, connection, { by: 'run', startedAt });
    return result.ok ? result.value.outcome : result.code;
  });
}

function report(it: Report): void {
  process.send?.(it);
}

/** Standard output reaches the parent even when this process is killed at the next instruction. */
function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => {
  const id = 'id' in order ? order.id : 0;
  obey(order).then(
    (outcomes) => report({ is: 'done', id, outcomes }),
    (error: unknown) => report({ is: 'failed', id, message: String(error) }),
  );
});
report({ is: 'ready' });

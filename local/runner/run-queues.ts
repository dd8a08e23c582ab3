/**
 * Runs the queue functions on real Azure Storage queues, with the rules of the host's listener: at least once, no
 * order, a lease that is renewed while a handler runs, a poison queue. A message whose process died stays hidden
 * until its lease runs out, as on the platform.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueServiceClient, type DequeuedMessageItem, type QueueClient } from '@azure/storage-queue';
import { resolveSettings, type QueueSettings, type Settings } from './host-settings';
import { invoke, type OnLog } from './invocation';
import type { RecordedQueue } from './recording-app';

export interface QueueRunner {
  /** Begins to poll. */
  start(): void;
  /**
   * Processes what is visible, and what that makes visible, until the queues are empty or hold only hidden
   * messages. Does not wait for hidden ones.
   */
  drain(): Promise<void>;
  /** Takes no more messages and waits for the handlers that are running. */
  close(): Promise<void>;
}

export interface RunQueuesOptions {
  readonly functions: readonly RecordedQueue[];
  readonly settings: Settings;
  readonly queues: QueueSettings;
  readonly connectionString: string;
  /** How long a message stays hidden once its process is dead. The platform has ten minutes. */
  readonly leaseMs: number;
  readonly onLog: OnLog;
}

export const platformLeaseMs = 600_000;

/** Makes the queues that are missing. @throws Error that names the function whose queue name cannot be used */
export async function runQueues(options: RunQueuesOptions): Promise<QueueRunner> {
  const { functions, settings, queues, connectionString, leaseMs, onLog } = options;
  if (functions.length === 0) return { start: () => {}, drain: async () => {}, close: async () => {} };

  const service = QueueServiceClient.fromConnectionString(connectionString, { retryOptions });
  const listeners = await Promise.all(
    functions.map(async (recorded) => {
      const queueName = resolveSettings(recorded.options.queueName, recorded.name, settings);
      const listener = createListener(
        recorded,
        service.getQueueClient(queueName),
        poisonOf(service, queueName),
      );
      await listener.queue.createIfNotExists();
      await listener.poison?.createIfNotExists();
      return listener;
    }),
  );
  const closing = new AbortController();
  const polls: Promise<void>[] = [];
  return {
    start: () => void polls.push(...listeners.map(poll)),
    drain: async () => {
      for (;;) {
        // Polling may take messages meanwhile, and whatever is being handled may enqueue more.
        const wasIdle = listeners.every(({ tasks }) => tasks.size === 0);
        const before = countTaken();
        await Promise.all(listeners.map(empty));
        await Promise.all(listeners.flatMap(({ tasks }) => [...tasks]));
        if (wasIdle && countTaken() === before) return;
      }
    },
    close: async () => {
      closing.abort();
      await Promise.all(polls);
      await Promise.all(listeners.flatMap(({ tasks }) => [...tasks]));
    },
  };

  async function poll(listener: Listener): Promise<void> {
    let delayMs = shortestDelayMs;
    while (!closing.signal.aborted) {
      await untilBelowThreshold(listener);
      if (closing.signal.aborted) return;
      const found = await take(listener).catch((error: unknown) => {
        log(listener, 'error', `The queue "${listener.queue.name}" cannot be read: ${describe(error)}`);
        return 0;
      });
      if (found > 0) {
        delayMs = shortestDelayMs;
        continue;
      }
      await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, longestDelayMs, Math.max(queues.maxPollingIntervalMs, shortestDelayMs));
    }
  }

  function countTaken(): number {
    return listeners.reduce((sum, { taken }) => sum + taken, 0);
  }

  async function empty(listener: Listener): Promise<void> {
    do await untilBelowThreshold(listener);
    while ((await take(listener)) > 0);
  }

  async function untilBelowThreshold({ handling }: Listener): Promise<void> {
    while (handling.size > queues.newBatchThreshold) await Promise.race(handling);
  }

  /** Fetches one batch and starts its handlers. Never aborted: what a lost answer held would stay hidden. */
  function take(listener: Listener): Promise<number> {
    const { queue, handling, tasks } = listener;
    const taking = queue
      .receiveMessages({ numberOfMessages: queues.batchSize, visibilityTimeout: seconds(leaseMs) || 1 })
      .then(({ receivedMessageItems: messages }) => {
        for (const message of messages) {
          const task: Promise<void> = handle(listener, message).finally(() => {
            handling.delete(task);
            tasks.delete(task);
          });
          handling.add(task);
          tasks.add(task);
        }
        listener.taken += messages.length;
        return messages.length;
      });
    const task: Promise<unknown> = taking.catch(() => undefined).finally(() => tasks.delete(task));
    tasks.add(task);
    return taking;
  }

  /** Never rejects: what storage refuses is logged, and the message comes back when its lease runs out. */
  async function handle(listener: Listener, message: DequeuedMessageItem): Promise<void> {
    const { queue, poison } = listener;
    try {
      // It failed too often in ways that left no trace: its process died.
      if (message.dequeueCount > queues.maxDequeueCount) return await moveToPoison(listener, message);
      const text = decode(message.messageText);
      if (text === undefined) return await moveToPoison(listener, message);

      const lease = holdLease(queue, message);
      const succeeded = await run(listener, message, text);
      const popReceipt = await lease.release();

      if (succeeded) await queue.deleteMessage(message.messageId, popReceipt);
      else if (message.dequeueCount >= queues.maxDequeueCount) {
        await moveToPoison(listener, { ...message, popReceipt });
      } else if (poison) {
        const hiddenFor = seconds(queues.visibilityTimeoutMs);
        await queue.updateMessage(message.messageId, popReceipt, undefined, hiddenFor);
      }
      // What fails in a queue that has no poison queue is left hidden until its lease runs out.
    } catch (error) {
      const level = isSomebodyElses(error) ? 'debug' : 'error';
      log(listener, level, `Message ${message.messageId} of "${queue.name}": ${describe(error)}`);
    }
  }

  async function run({ recorded }: Listener, message: DequeuedMessageItem, text: string): Promise<boolean> {
    const { name, options } = recorded;
    const trigger = { type: 'queueTrigger', queueName: options.queueName, connection: options.connection };
    const triggerMetadata = toTriggerMetadata(message, text);
    const invocation = { functionName: name, trigger, triggerMetadata, onLog };
    return invoke(invocation, (context) => options.handler(parseJson(text), context)).then(
      () => true,
      () => false,
    );
  }

  function holdLease(queue: QueueClient, message: DequeuedMessageItem): { release(): Promise<string> } {
    let { popReceipt } = message;
    let renewal: Promise<void> = Promise.resolve();
    const renew = (): void => {
      renewal = queue.updateMessage(message.messageId, popReceipt, undefined, seconds(leaseMs) || 1).then(
        (renewed) => void (popReceipt = renewed.popReceipt ?? popReceipt),
        () => undefined,
      );
    };
    const timer = setInterval(renew, leaseMs / 2);
    timer.unref();
    return {
      release: async () => {
        clearInterval(timer);
        await renewal;
        return popReceipt;
      },
    };
  }

  async function moveToPoison(listener: Listener, message: DequeuedMessageItem): Promise<void> {
    const { queue, poison } = listener;
    // The host does no more either: the message stays, hidden for a lease at a time, until it expires.
    if (!poison) return;
    log(listener, 'warning', `Message ${message.messageId} is moved to the queue "${poison.name}".`);
    await poison.sendMessage(message.messageText);
    await queue.deleteMessage(message.messageId, message.popReceipt);
  }

  function decode(messageText: string): string | undefined {
    if (queues.messageEncoding === 'none') return messageText;
    const bytes = Buffer.from(messageText, 'base64');
    return bytes.toString('base64') === messageText ? bytes.toString('utf8') : undefined;
  }

  function log({ recorded }: Listener, level: 'debug' | 'warning' | 'error', message: string): void {
    onLog({ level, functionName: recorded.name, invocationId: '', message });
  }
}

/** Polling tries again by itself, and closing has to wait for what is under way. */
const retryOptions = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 };

const shortestDelayMs = 100;
/** The host's, too, on a developer's machine. */
const longestDelayMs = 2_000;

interface Listener {
  readonly recorded: RecordedQueue;
  readonly queue: QueueClient;
  readonly poison: QueueClient | undefined;
  /** Messages that are being handled. */
  readonly handling: Set<Promise<void>>;
  /** Those, and fetches that are under way. */
  readonly tasks: Set<Promise<unknown>>;
  /** How many messages it has received since it exists. */
  taken: number;
}

function createListener(
  recorded: RecordedQueue,
  queue: QueueClient,
  poison: QueueClient | undefined,
): Listener {
  return { recorded, queue, poison, handling: new Set(), tasks: new Set(), taken: 0 };
}

const poisonSuffix = '-poison';

/** A poison queue has none of its own. */
function poisonOf(service: QueueServiceClient, queueName: string): QueueClient | undefined {
  const name = `${queueName}${poisonSuffix}`;
  return queueName.endsWith(poisonSuffix) || name.length > 63 ? undefined : service.getQueueClient(name);
}

/** Storage counts in whole seconds. */
function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toTriggerMetadata(message: DequeuedMessageItem, text: string): Record<string, unknown> {
  const metadata: Record<string, unknown> = {
    queueTrigger: parseJson(text),
    dequeueCount: message.dequeueCount,
    expirationTime: writeTime(message.expiresOn),
    id: message.messageId,
    insertionTime: writeTime(message.insertedOn),
    nextVisibleTime: writeTime(message.nextVisibleOn),
    popReceipt: message.popReceipt,
  };
  // The host lays a JSON message's own properties over these, in any case: an "Id" in a message hides its id.
  const body = parseJson(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    for (const [key, value] of Object.entries(body)) {
      if (value === null || Array.isArray(value)) continue;
      const known = Object.keys(metadata).find((name) => name.toLowerCase() === key.toLowerCase());
      metadata[known ?? key.charAt(0).toLowerCase() + key.slice(1)] = value;
    }
  }
  return metadata;
}

function writeTime(at: Date): string {
  return at.toISOString().replace('.000Z', '+00:00').replace('Z', '+00:00');
}

/** The message or its queue is gone, or another reader has the message: nothing to do, and nothing wrong. */
function isSomebodyElses(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'PopReceiptMismatch' || code === 'MessageNotFound' || code === 'QueueNotFound';
}

function describe(error: unknown): string {
  const { name = 'Error', code, statusCode } = error as { name?: string; code?: string; statusCode?: number };
  return [name, code, statusCode].filter(Boolean).join(' ');
}

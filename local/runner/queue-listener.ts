/**
 * One queue function on its queue: fetches in batches, renews the lease of what is being handled, deletes, puts back,
 * and moves to the poison queue what failed too often.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { QueueSettings } from './host-settings';
import { invoke, type OnLog } from './run-invocation';
import type { RecordedQueue } from './recording-app';

export interface QueueRules {
  readonly queues: QueueSettings;
  /** How long a message stays hidden once its process is dead. The platform has ten minutes. */
  readonly leaseMs: number;
  readonly onLog: OnLog;
}

export interface QueueListener {
  /** Until the signal; what is being handled then goes on. */
  poll(closing: AbortSignal): Promise<void>;
  /** Fetches until nothing is visible. */
  empty(): Promise<void>;
  /** Waits for what is being fetched and handled now. */
  isDone(): Promise<void>;
  readonly isIdle: boolean;
  /** How many messages it has received since it exists. */
  readonly taken: number;
}

/** @param poison a poison queue has none of its own */
export function createQueueListener(
  recorded: RecordedQueue,
  { queue, poison }: { readonly queue: QueueClient; readonly poison: QueueClient | undefined },
  { queues, leaseMs, onLog }: QueueRules,
): QueueListener {
  /** Messages that are being handled. */
  const handling = new Set<Promise<void>>();
  /** Those, and fetches that are under way. */
  const tasks = new Set<Promise<unknown>>();
  let taken = 0;

  return {
    poll,
    empty,
    isDone: async () => void (await Promise.all(tasks)),
    get isIdle() {
      return tasks.size === 0;
    },
    get taken() {
      return taken;
    },
  };

  async function poll(closing: AbortSignal): Promise<void> {
    let delayMs = shortestDelayMs;
    while (!closing.aborted) {
      await untilBelowThreshold();
      if (closing.aborted) return;
      const found = await take().catch((error: unknown) => {
        log('error', `The queue "${queue.name}" cannot be read: ${describe(error)}`);
        return 0;
      });
      if (found > 0) {
        delayMs = shortestDelayMs;
        continue;
      }
      await sleep(delayMs, undefined, { signal: closing }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, longestDelayMs, Math.max(queues.maxPollingIntervalMs, shortestDelayMs));
    }
  }

  async function empty(): Promise<void> {
    do await untilBelowThreshold();
    while ((await take()) > 0);
  }

  async function untilBelowThreshold(): Promise<void> {
    while (handling.size > queues.newBatchThreshold) await Promise.race(handling);
  }

  /** Fetches one batch and starts its handlers. Never aborted: what a lost answer held would stay hidden. */
  function take(): Promise<number> {
    const taking = queue
      .receiveMessages({ numberOfMessages: queues.batchSize, visibilityTimeout: seconds(leaseMs) || 1 })
      .then(({ receivedMessageItems: messages }) => {
        for (const message of messages) {
          const task: Promise<void> = handle(message).finally(() => {
            handling.delete(task);
            tasks.delete(task);
          });
          handling.add(task);
          tasks.add(task);
        }
        taken += messages.length;
        return messages.length;
      });
    const task: Promise<unknown> = taking.catch(() => undefined).finally(() => tasks.delete(task));
    tasks.add(task);
    return taking;
  }

  /** Never rejects: what storage refuses is logged, and the message comes back when its lease runs out. */
  async function handle(message: DequeuedMessageItem): Promise<void> {
    try {
      // It failed too often in ways that left no trace: its process died.
      if (message.dequeueCount > queues.maxDequeueCount) return await moveToPoison(message);
      const text = decode(message.messageText);
      if (text === undefined) return await moveToPoison(message);

      const lease = holdLease(message);
      const succeeded = await run(message, text);
      const popReceipt = await lease.release();

      if (succeeded) await queue.deleteMessage(message.messageId, popReceipt);
      else if (message.dequeueCount >= queues.maxDequeueCount) {
        await moveToPoison({ ...message, popReceipt });
      } else if (poison) {
        const hiddenFor = seconds(queues.visibilityTimeoutMs);
        await queue.updateMessage(message.messageId, popReceipt, undefined, hiddenFor);
      }
      // What fails in a queue that has no poison queue is left hidden until its lease runs out.
    } catch (error) {
      const level = isSomebodyElses(error) ? 'debug' : 'error';
      log(level, `Message ${message.messageId} of "${queue.name}": ${describe(error)}`);
    }
  }

  async function run(message: DequeuedMessageItem, text: string): Promise<boolean> {
    const { name, options } = recorded;
    const trigger = { type: 'queueTrigger', queueName: options.queueName, connection: options.connection };
    const triggerMetadata = toTriggerMetadata(message, text);
    const invocation = { functionName: name, trigger, triggerMetadata, onLog };
    return invoke(invocation, (context) => options.handler(parseJson(text), context)).then(
      () => true,
      () => false,
    );
  }

  function holdLease(message: DequeuedMessageItem): { release(): Promise<string> } {
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

  async function moveToPoison(message: DequeuedMessageItem): Promise<void> {
    // The host does no more either: the message stays, hidden for a lease at a time, until it expires.
    if (!poison) return;
    log('warning', `Message ${message.messageId} is moved to the queue "${poison.name}".`);
    await poison.sendMessage(message.messageText);
    await queue.deleteMessage(message.messageId, message.popReceipt);
  }

  function decode(messageText: string): string | undefined {
    if (queues.messageEncoding === 'none') return messageText;
    const bytes = Buffer.from(messageText, 'base64');
    return bytes.toString('base64') === messageText ? bytes.toString('utf8') : undefined;
  }

  function log(level: 'debug' | 'warning' | 'error', message: string): void {
    onLog({ level, functionName: recorded.name, invocationId: '', message });
  }
}

const shortestDelayMs = 100;
/** The host's, too, on a developer's machine. */
const longestDelayMs = 2_000;

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

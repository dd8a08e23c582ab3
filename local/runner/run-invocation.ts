/**
 * One invocation of a function: its context, its log lines, and the line that says why it failed. Log lines go to
 * the runner's `onLog` with the function's name and the invocation's id, as the host adds them.
 */
import { randomUUID } from 'node:crypto';
import { format } from 'node:util';
import { InvocationContext, type LogLevel, type RetryContext } from '@azure/functions';

export interface LogEntry {
  readonly level: LogLevel;
  readonly functionName: string;
  /** Empty when the line belongs to no invocation, for instance to the polling of a queue. */
  readonly invocationId: string;
  readonly message: string;
}

export type OnLog = (entry: LogEntry) => void;

export interface InvocationOptions {
  readonly functionName: string;
  /** `httpTrigger`, `timerTrigger` or `queueTrigger`, with what was registered. */
  readonly trigger: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly triggerMetadata?: Record<string, unknown>;
  /** Of a second and further attempt. */
  readonly retryContext?: RetryContext | undefined;
  readonly onLog: OnLog;
}

/**
 * Calls `run` with a fresh context.
 * @throws whatever `run` throws, after logging it
 */
export async function invoke<T>(
  { functionName, trigger, triggerMetadata, retryContext, onLog }: InvocationOptions,
  run: (context: InvocationContext) => T | Promise<T>,
): Promise<T> {
  const invocationId = randomUUID();
  let isDone = false;
  const log = (level: LogLevel, message: string): void =>
    onLog({ level, functionName, invocationId, message });
  const context = new InvocationContext({
    invocationId,
    functionName,
    ...(triggerMetadata ? { triggerMetadata } : {}),
    ...(retryContext ? { retryContext } : {}),
    options: { trigger: { name: trigger.type, ...trigger } },
    logHandler: (level, ...args) => {
      if (isDone) {
        log('warning', 'The next line was logged after the function had ended: is a promise not awaited?');
      }
      log(level, format(...args));
    },
  });
  try {
    return await run(context);
  } catch (error) {
    log('error', format(`Executed 'Functions.${functionName}' (Failed)`, error));
    throw error;
  } finally {
    isDone = true;
  }
}

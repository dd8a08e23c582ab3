/**
 * The `app` that the runner hands to `register` in place of the one of @azure/functions: it writes down what
 * was registered and does nothing else. What the runner cannot imitate is refused here, at registration, so
 * that nothing works on a developer's machine only because it was left out.
 */
import type {
  app as azureApp,
  HttpFunctionOptions,
  StorageQueueFunctionOptions,
  TimerFunctionOptions,
} from '@azure/functions';

/** The part of the Functions `app` that the service registers with. */
export type FunctionApp = Pick<typeof azureApp, 'http' | 'timer' | 'storageQueue'>;

export interface RecordedHttp {
  readonly name: string;
  readonly kind: 'http';
  readonly options: HttpFunctionOptions;
}

export interface RecordedTimer {
  readonly name: string;
  readonly kind: 'timer';
  readonly options: TimerFunctionOptions;
}

export interface RecordedQueue {
  readonly name: string;
  readonly kind: 'queue';
  readonly options: StorageQueueFunctionOptions;
}

export type RecordedFunction = RecordedHttp | RecordedTimer | RecordedQueue;

/** `functions` grows, in order of registration, while `app` is used. */
export function createRecordingApp(): { app: FunctionApp; functions: readonly RecordedFunction[] } {
  const functions: RecordedFunction[] = [];
  const record = (entry: RecordedFunction): void => {
    if (functions.some(({ name }) => name === entry.name)) {
      throw new Error(`A function with id "${entry.name}" has already been registered.`);
    }
    refuseWhatIsNotImitated(entry);
    functions.push(entry);
  };
  return {
    functions,
    app: {
      http: (name, options) => record({ name, kind: 'http', options }),
      timer: (name, options) => record({ name, kind: 'timer', options }),
      // The handler's own message type is between it and its queue: the runner, like the host, passes anything.
      storageQueue: (name, options) =>
        record({ name, kind: 'queue', options: options as StorageQueueFunctionOptions }),
    },
  };
}

function refuseWhatIsNotImitated({ name, kind, options }: RecordedFunction): void {
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(name) || name.toLowerCase() === 'host') {
    throw new Error(`"${name}" is no name for a function: a letter, then letters, digits, "_" or "-".`);
  }
  const unknown = [
    options.trigger && 'trigger',
    options.extraInputs?.length && 'extraInputs',
    options.extraOutputs?.length && 'extraOutputs',
    options.return && options.return.type !== 'http' && 'return',
    // Of the triggers here, the host itself retries timers only; a queue has its dequeue count.
    kind !== 'timer' && 'retry' in options && options.retry && 'retry',
  ].filter((option) => typeof option === 'string');
  if (unknown.length > 0) {
    throw new Error(`Function "${name}": the local runner does not imitate ${unknown.join(', ')}.`);
  }
}

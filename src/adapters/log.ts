/**
 * Logs by pino, carried to the invocation's own logger: the host gives plain stdout neither a level nor an
 * invocation. What may be logged is an allow-list, in the type (src/ports) and again here.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';
import type { Log, LogFields, LogLevel, LogSink } from '../ports';
import { createSourcePositions } from './source-positions';

export interface InvocationLog {
  readonly log: Log;
  /** Everything logged while `work` runs goes to `sink` and carries `fields`, such as the run that it belongs to. */
  readonly inInvocation: <T>(sink: LogSink, work: () => Promise<T>, fields?: LogFields) => Promise<T>;
  /** From now on every line of this invocation carries these fields too. */
  readonly about: (fields: LogFields) => void;
}

const allowed: Record<keyof LogFields, 'text' | 'number' | 'time' | 'stack'> = {
  run: 'text',
  batch: 'text',
  connection: 'text',
  provider: 'text',
  reason: 'text',
  outcome: 'text',
  code: 'text',
  body: 'text',
  job: 'text',
  consent: 'number',
  generation: 'number',
  count: 'number',
  attempt: 'number',
  status: 'number',
  expiresAt: 'time',
  retryAt: 'time',
  alarm: 'text',
  kind: 'text',
  message: 'text',
  function: 'text',
  error: 'text',
  answer: 'text',
  stack: 'stack',
  caller: 'text',
  principal: 'text',
  address: 'text',
};

export function createLog(level: LogLevel, outside: LogSink = console): InvocationLog {
  const invocation = new AsyncLocalStorage<{ readonly sink: LogSink; fields: LogFields }>();
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    {
      write: (line: string) => {
        const sink = invocation.getStore()?.sink ?? outside;
        const { level: number } = JSON.parse(line) as { level: number };
        sink[sinkLevel(number)](line.trimEnd());
      },
    },
  );
  const write =
    (at: LogLevel) =>
    (event: string, fields: LogFields = {}) =>
      logger[at](pick({ ...invocation.getStore()?.fields, ...fields }), event);
  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    inInvocation: (sink, work, fields = {}) => invocation.run({ sink, fields }, work),
    about(fields) {
      const store = invocation.getStore();
      if (store) store.fields = { ...store.fields, ...fields };
    },
  };
}

function sinkLevel(number: number): LogLevel {
  if (number >= 50) return 'error';
  if (number >= 40) return 'warn';
  return number >= 30 ? 'info' : 'debug';
}

function pick(fields: LogFields): Record<string, string | number> {
  const picked: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    const type = allowed[name as keyof LogFields] as (typeof allowed)[keyof LogFields] | undefined;
    if (type === 'time' && isTime(value)) picked[name] = new Date(value).toISOString();
    if (type === 'number' && typeof value === 'number') picked[name] = value;
    if (type === 'text' && typeof value === 'string') picked[name] = value;
    if (type === 'stack' && typeof value === 'string') picked[name] = toSources(value);
  }
  return picked;
}

/** Once bundled, this file is the file that is deployed. */
const toSources = createSourcePositions(__dirname);

function isTime(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

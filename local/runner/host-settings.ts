/**
 * What the runner has to know from outside the code: host.json, with the platform's defaults for what it leaves
 * out, and `%NAME%` in schedules and queue names, which the host replaces by the app setting NAME.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface QueueSettings {
  /** Messages fetched at a time. */
  readonly batchSize: number;
  /** Fetch again when no more than this many are still running. */
  readonly newBatchThreshold: number;
  /** A message that failed this often goes to the poison queue. */
  readonly maxDequeueCount: number;
  /** How long a message that failed stays hidden. */
  readonly visibilityTimeoutMs: number;
  /** The longest wait between two looks at an empty queue. */
  readonly maxPollingIntervalMs: number;
  readonly messageEncoding: 'none' | 'base64';
}

export interface HostSettings {
  /** Without slashes around it; may be empty. */
  readonly routePrefix: string;
  /** undefined: unbounded. */
  readonly functionTimeoutMs: number | undefined;
  readonly queues: QueueSettings;
}

export type Settings = Readonly<Record<string, string | undefined>>;

/** A TimeSpan as .NET writes it: `hh:mm:ss`, with `d.` before it and `.fffffff` after it where needed. */
const timeSpan = z
  .string()
  .regex(/^(\d+\.)?\d{1,2}:\d{2}:\d{2}(\.\d{1,7})?$/, 'is not a TimeSpan such as 00:00:30')
  .transform((text) => {
    const [, days = '0', hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(text) ?? [];
    const minutesInAll = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
    return Math.round((minutesInAll * 60 + Number(seconds)) * 1000);
  });

const hostJson = z.looseObject({
  version: z.literal('2.0'),
  functionTimeout: z.union([z.literal('-1').transform(() => undefined), timeSpan]).prefault('00:30:00'),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .looseObject({
          batchSize: z.int().min(1).max(32).default(16),
          newBatchThreshold: z.int().min(0).optional(),
          maxDequeueCount: z.int().min(1).default(5),
          visibilityTimeout: timeSpan.prefault('00:00:00'),
          maxPollingInterval: timeSpan.prefault('00:01:00'),
          messageEncoding: z.enum(['none', 'base64']).default('base64'),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** @throws Error that names the file and every field that is wrong */
export function readHostSettings(path: string): HostSettings {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON.`, { cause });
  }
  const { success, data, error } = hostJson.safeParse(json);
  if (!success) throw new Error(`${path} is not usable:\n${z.prettifyError(error)}`);
  const { http, queues } = data.extensions;
  return {
    routePrefix: http.routePrefix.replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: data.functionTimeout,
    queues: {
      batchSize: queues.batchSize,
      newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
      maxDequeueCount: queues.maxDequeueCount,
      visibilityTimeoutMs: queues.visibilityTimeout,
      maxPollingIntervalMs: queues.maxPollingInterval,
      messageEncoding: queues.messageEncoding,
    },
  };
}

/**
 * Replaces every `%NAME%` in `text`.
 * @throws Error that names the function and the settings that are missing or empty
 */
export function resolveSettings(text: string, functionName: string, settings: Settings): string {
  const missing: string[] = [];
  const resolved = text.replace(/%([^%]+)%/g, (token, name: string) => {
    const value = settings[name];
    if (!value) missing.push(name);
    return value || token;
  });
  if (missing.length > 0) {
    throw new Error(`Function "${functionName}" needs the setting ${missing.join(', ')} ("${text}").`);
  }
  return resolved;
}

/**
 * Runs the timer functions as the host's listener does: six-field NCRONTAB in UTC, one scheduled invocation of a
 * function at a time, a failure tried again as the function's retry policy says, then logged and swallowed. Nothing is kept across restarts, so no run is ever past due.
 */
import type { Duration, RetryContext, Timer } from '@azure/functions';
import { Cron } from 'croner';
import { readSchedule } from '../../src/ncrontab';
import { resolveSettings, type Settings } from './host-settings';
import { invoke, type OnLog } from './run-invocation';
import type { RecordedTimer } from './recording-app';

export interface TimerRunner {
  /** Begins to follow the schedules. */
  start(): void;
  /**
   * Runs a function now, beside its schedule, as a manual run on the platform does.
   * @throws what the handler throws; a scheduled run only logs it
   */
  runNow(name: string): Promise<void>;
  /** Schedules nothing more and waits for what is running. */
  close(): Promise<void>;
}

export interface RunTimersOptions {
  readonly functions: readonly RecordedTimer[];
  readonly settings: Settings;
  readonly onLog: OnLog;
}

/** @throws Error that names the function whose schedule cannot be used */
export function runTimers({ functions, settings, onLog }: RunTimersOptions): TimerRunner {
  const timers = functions.map((recorded) => {
    const schedule = parseSchedule(
      resolveSettings(recorded.options.schedule, recorded.name, settings),
      recorded,
    );
    return { recorded, schedule, retry: readRetry(recorded), status: firstStatus(schedule) };
  });
  const running = new Set<Promise<void>>();
  const waiting = new Map<string, NodeJS.Timeout>();
  const closing = new AbortController();

  type Entry = (typeof timers)[number];

  function run(entry: Entry, retryContext?: RetryContext): Promise<void> {
    const { recorded, schedule, status } = entry;
    const { name, options } = recorded;
    const timer = {
      schedule: { adjustForDST: true },
      scheduleStatus: isMonitored(schedule, options.useMonitor) ? toScheduleStatus(status) : null,
      isPastDue: false,
    };
    const trigger = { type: 'timerTrigger', schedule: options.schedule };
    const invocation = invoke({ functionName: name, trigger, retryContext, onLog }, async (context) => {
      // The host sends null for a schedule it does not monitor; the library's type knows no null.
      await options.handler(timer as Timer, context);
    });
    running.add(invocation);
    return invocation.finally(() => running.delete(invocation));
  }

  /** Each attempt is an invocation of its own, and the schedule waits until the last of them has ended. */
  async function runWithRetries(entry: Entry): Promise<void> {
    const { recorded, retry } = entry;
    const { maxRetryCount = 0, delayMs = 0 } = retry ?? {};
    let retryContext: RetryContext | undefined;
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      const failure = await run(entry, retryContext).then(
        () => undefined,
        (error: Error) => error,
      );
      if (failure === undefined || (maxRetryCount !== -1 && attempt > maxRetryCount)) return;
      retryContext = { retryCount: attempt, maxRetryCount, exception: failure };
      const message = `Waiting ${delayMs} ms before retry ${attempt} of ${maxRetryCount}.`;
      onLog({ level: 'information', functionName: recorded.name, invocationId: '', message });
      await waitOrClose(delayMs);
    }
  }

  function waitOrClose(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, delayMs);
      closing.signal.addEventListener('abort', () => {
        clearTimeout(timeout);
        resolve();
      });
    });
  }

  async function runScheduled(entry: Entry): Promise<void> {
    // A timer may fire a moment early; without the maximum the same occurrence would come twice.
    const at = new Date(Math.max(Date.now(), entry.status.next.getTime()));
    await runWithRetries(entry);
    entry.status = { last: at, next: nextAfter(entry.schedule, at), lastUpdated: at };
    waitFor(entry);
  }

  function waitFor(entry: Entry): void {
    if (closing.signal.aborted) return;
    const delayMs = Math.max(entry.status.next.getTime() - Date.now(), 0);
    const wake = (): void => (delayMs > longestDelayMs ? waitFor(entry) : void runScheduled(entry));
    waiting.set(entry.recorded.name, setTimeout(wake, Math.min(delayMs, longestDelayMs)));
  }

  return {
    start: () => {
      for (const entry of timers) {
        if (entry.recorded.options.runOnStartup) void runScheduled(entry);
        else waitFor(entry);
      }
    },
    runNow: async (name) => {
      const entry = timers.find(({ recorded }) => recorded.name === name);
      if (!entry) throw new Error(`There is no timer function "${name}".`);
      await run(entry);
    },
    close: async () => {
      closing.abort();
      for (const timeout of waiting.values()) clearTimeout(timeout);
      await Promise.allSettled(running);
    },
  };
}

interface Retry {
  readonly maxRetryCount: number;
  readonly delayMs: number;
}

/** @throws Error for a policy that is not imitated */
function readRetry({ name, options: { retry } }: RecordedTimer): Retry | undefined {
  if (!retry) return undefined;
  if (retry.strategy !== 'fixedDelay') {
    throw new Error(
      `Function "${name}": the local runner does not imitate the retry strategy ${retry.strategy}.`,
    );
  }
  return { maxRetryCount: retry.maxRetryCount, delayMs: millisecondsOf(retry.delayInterval) };
}

function millisecondsOf(duration: Duration | number): number {
  if (typeof duration === 'number') return duration;
  const { hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

/** setTimeout takes no longer one. */
const longestDelayMs = 2 ** 31 - 1;

interface Status {
  readonly last: Date | undefined;
  readonly next: Date;
  readonly lastUpdated: Date | undefined;
}

/** Written out value by value, so that croner, which knows more than NCRONTAB, has nothing to interpret. */
function parseSchedule(pattern: string, { name }: RecordedTimer): Cron {
  try {
    const valuesOnly = readSchedule(pattern).map((values) => values.join(','));
    // Day and weekday must both match.
    return new Cron(valuesOnly.join(' '), { paused: true, mode: '6-part', timezone: 'UTC', domAndDow: true });
  } catch (cause) {
    throw new Error(`Function "${name}" has the schedule "${pattern}", which the host would not take.`, {
      cause,
    });
  }
}

function nextAfter(schedule: Cron, at: Date): Date {
  const next = schedule.nextRun(at);
  if (!next) throw new RangeError('the schedule has no next occurrence');
  return next;
}

function firstStatus(schedule: Cron): Status {
  return { last: undefined, next: nextAfter(schedule, new Date()), lastUpdated: undefined };
}

/** How many values each field beyond the seconds has in all. */
const whole = [60, 24, 31, 12, 7];

/** The host keeps no status for a timer that fires more than once a minute. */
function isMonitored(schedule: Cron, useMonitor = true): boolean {
  const [seconds, ...others] = (schedule.getPattern() ?? '')
    .split(' ')
    .map((field) => field.split(',').length);
  const firesEachMinute = others.every((count, index) => count === whole[index]);
  return useMonitor && !(firesEachMinute && seconds !== 1);
}

function toScheduleStatus({ last, next, lastUpdated }: Status): Timer['scheduleStatus'] {
  const write = (at: Date | undefined): string =>
    at ? at.toISOString().replace('Z', '+00:00') : '0001-01-01T00:00:00+00:00';
  return { last: write(last), next: write(next), lastUpdated: write(lastUpdated) };
}

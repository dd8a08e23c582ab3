/**
 * Runs the timer functions as the host's listener does: six-field NCRONTAB in UTC, one scheduled invocation of a
 * function at a time, a failure logged and swallowed. Nothing is kept across restarts, so no run is ever past due.
 */
import type { Timer } from '@azure/functions';
import { Cron } from 'croner';
import { resolveSettings, type Settings } from './host-settings';
import { invoke, type OnLog } from './invocation';
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
    return { recorded, schedule, status: firstStatus(schedule) };
  });
  const running = new Set<Promise<void>>();
  const waiting = new Map<string, NodeJS.Timeout>();
  let isClosed = false;

  type Entry = (typeof timers)[number];

  function run({ recorded: { name, options }, schedule, status }: Entry): Promise<void> {
    const timer = {
      schedule: { adjustForDST: true },
      scheduleStatus: isMonitored(schedule, options.useMonitor) ? toScheduleStatus(status) : null,
      isPastDue: false,
    };
    const trigger = { type: 'timerTrigger', schedule: options.schedule };
    const invocation = invoke({ functionName: name, trigger, onLog }, async (context) => {
      // The host sends null for a schedule it does not monitor; the library's type knows no null.
      await options.handler(timer as Timer, context);
    });
    running.add(invocation);
    return invocation.finally(() => running.delete(invocation));
  }

  async function runScheduled(entry: Entry): Promise<void> {
    // A timer may fire a moment early; without the maximum the same occurrence would come twice.
    const at = new Date(Math.max(Date.now(), entry.status.next.getTime()));
    await run(entry).catch(() => undefined);
    entry.status = { last: at, next: nextAfter(entry.schedule, at), lastUpdated: at };
    waitFor(entry);
  }

  function waitFor(entry: Entry): void {
    if (isClosed) return;
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
      isClosed = true;
      for (const timeout of waiting.values()) clearTimeout(timeout);
      await Promise.allSettled(running);
    },
  };
}

/** setTimeout takes no longer one. */
const longestDelayMs = 2 ** 31 - 1;

interface Status {
  readonly last: Date | undefined;
  readonly next: Date;
  readonly lastUpdated: Date | undefined;
}

// NCRONTAB knows numbers, names, lists, ranges and steps. croner knows more, which Azure would refuse.
const ncrontabField = /^(\*|\w+(-\w+)?)(\/\d+)?(,(\*|\w+(-\w+)?)(\/\d+)?)*$/;
const names = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat|\d+)$/i;

function parseSchedule(pattern: string, { name }: RecordedTimer): Cron {
  const fields = pattern.trim().split(/\s+/);
  const isNcrontab =
    fields.length === 6 &&
    fields.every((field) => ncrontabField.test(field)) &&
    fields.flatMap((field) => field.match(/\w+/g) ?? []).every((word) => names.test(word)) &&
    // Sunday is 0 and nothing else.
    !/(^|[,-])7/.test(fields[5] ?? '');
  try {
    if (!isNcrontab) throw new SyntaxError('not NCRONTAB: second minute hour day month weekday');
    const cron = new Cron(pattern, {
      paused: true,
      mode: '6-part',
      timezone: 'UTC',
      // NCRONTAB: day and weekday must both match, and 5/15 means from 5 on.
      domAndDow: true,
      sloppyRanges: true,
    });
    nextAfter(cron, new Date());
    return cron;
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

/** The host keeps no status for a timer that fires more than once a minute. */
function isMonitored(schedule: Cron, useMonitor = true): boolean {
  const [, ...beyondSeconds] = (schedule.getPattern() ?? '').trim().split(/\s+/);
  if (!useMonitor || beyondSeconds.some((field) => field !== '*')) return useMonitor;
  const [first, second] = schedule.nextRuns(2);
  return !!first && !!second && second.getTime() - first.getTime() >= 60_000;
}

function toScheduleStatus({ last, next, lastUpdated }: Status): Timer['scheduleStatus'] {
  const write = (at: Date | undefined): string =>
    at ? at.toISOString().replace('Z', '+00:00') : '0001-01-01T00:00:00+00:00';
  return { last: write(last), next: write(next), lastUpdated: write(lastUpdated) };
}

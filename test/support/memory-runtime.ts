/** The time, chance and the log in memory. */
import type { Clock, Log, LogFields, LogLevel, Random } from '../../src/ports';

export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** Time that moves only when told to; sleeping moves it. */
export function createFakeClock(startMs = Date.parse('2026-11-21T06:00:00Z')): FakeClock {
  let elapsedMs = 0;
  const repeated = new Set<{ nextMs: number; everyMs: number; call: () => void }>();
  const advance = (ms: number): void => {
    elapsedMs += ms;
    for (const each of repeated) {
      // A process that was frozen finds one call waiting, however many it missed.
      if (each.nextMs > elapsedMs) continue;
      each.nextMs = elapsedMs + each.everyMs;
      each.call();
    }
  };
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: (ms) => {
      advance(ms);
      return Promise.resolve();
    },
    every: (everyMs, call) => {
      const each = { nextMs: elapsedMs + everyMs, everyMs, call };
      repeated.add(each);
      return () => repeated.delete(each);
    },
    advance,
  };
}

/** Ids that can be told apart in a test: id-1, id-2, token-3. */
export function createCountingRandom(): Random {
  let count = 0;
  return {
    id: () => `id-${(count += 1)}`,
    // As long as 256 bits in base64url, so that it is a key.
    secret: () => `token-${(count += 1)}-`.padEnd(43, 'x'),
  };
}

export interface MemoryLog extends Log {
  readonly entries: { level: LogLevel; event: string; fields: LogFields }[];
  events(): string[];
}

export function createMemoryLog(): MemoryLog {
  const entries: MemoryLog['entries'] = [];
  const write =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      entries.push({ level, event, fields });
    };
  return {
    entries,
    events: () => entries.map(({ event }) => event),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

/** Log lines for a person who watches: time, event, fields; trouble is marked, and what repeats itself left out. */
import type { LogEntry } from './runner/run-invocation';

/** A check every five seconds would hide everything else. */
const seen = new Set<string>();

function isNews(event: string, connection: unknown): boolean {
  if (event === 'run.dispatched' || event === 'housekeeping.done') return false;
  if (event !== 'battery.checked') return true;
  const key = `${event} ${String(connection)}`;
  return !seen.has(key) && Boolean(seen.add(key));
}

/** @returns `undefined` for what is no news */
export function toLine({ level, functionName, message }: LogEntry): string | undefined {
  const line = parse(message);
  if (!line) return level === 'error' || level === 'warning' ? `${functionName} ${message}` : undefined;
  const { time, event, level: _, stack, connection, run, message: id, ...facts } = line;
  if (!isNews(String(event), connection)) return undefined;
  const mark = level === 'error' ? '✗' : level === 'warning' ? '!' : ' ';
  // What they are about comes last, because it is long.
  const fields = Object.entries({ ...facts, connection, message: id, run });
  const details = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${String(value)}`],
  );
  const said = [`${mark} ${String(time).slice(11, 19)}`, String(event).padEnd(22), ...details].join('  ');
  return stack === undefined ? said : `${said}\n${String(stack)}`;
}

function parse(message: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(message) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

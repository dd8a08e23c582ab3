/** Log lines for a person who watches: time, event, fields; trouble is marked, and what repeats itself left out. */
import type { OnLog } from './runner/invocation';

/** A check every five seconds would hide everything else. */
const seen = new Set<string>();

function isNews(event: string, connection: unknown): boolean {
  if (event === 'run.dispatched' || event === 'housekeeping.done') return false;
  if (event !== 'battery.checked') return true;
  const key = `${event} ${String(connection)}`;
  return !seen.has(key) && Boolean(seen.add(key));
}

export const printLog: OnLog = ({ level, functionName, message }) => {
  const line = readLine(message);
  if (!line) {
    if (level === 'error' || level === 'warning') console.log(`${functionName} ${message}`);
    return;
  }
  const { time, event, level: _, stack, ...fields } = line;
  if (!isNews(String(event), fields.connection)) return;
  const mark = level === 'error' ? '✗' : level === 'warning' ? '!' : ' ';
  const details = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  console.log([`${mark} ${String(time).slice(11, 19)}`, String(event).padEnd(22), ...details].join('  '));
  if (stack !== undefined) console.log(String(stack));
};

function readLine(message: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(message) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

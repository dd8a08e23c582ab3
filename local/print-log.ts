/** Log lines for a person who watches: time, event, fields. */
import type { OnLog } from './runner/invocation';

export const printLog: OnLog = ({ level, functionName, message }) => {
  const line = readLine(message);
  if (!line) {
    if (level === 'error' || level === 'warning') console.log(`${functionName} ${message}`);
    return;
  }
  const { time, event, level: _, stack, ...fields } = line;
  const details = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  console.log([String(time).slice(11, 19), String(event).padEnd(22), ...details].join('  '));
  if (stack !== undefined) console.log(String(stack));
};

function readLine(message: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(message) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

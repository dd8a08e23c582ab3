/** Counts what may be done only so often, in Tables, so that a limit holds across instances and restarts. */
import type { Ports } from '../../ports';
import { change, insertOnce } from './compare-and-swap';
import { counterKey } from './row-keys';

export type Window = 'day' | 'month';

/** The day or month it is now (UTC), as counters name it. */
export function windowAt(ms: number, window: Window): string {
  return new Date(ms).toISOString().slice(0, window === 'day' ? 10 : 7);
}

/** What is counted, whose it is, and for how long. */
export interface CounterName {
  readonly scope: string;
  readonly subject: string;
  readonly window: Window;
}

/** Refunds one that was taken and not used. */
export async function refundOne(
  ports: Pick<Ports, 'clock' | 'tables'>,
  { scope, subject, window }: CounterName,
): Promise<void> {
  const now = windowAt(ports.clock.now(), window);
  await change(ports.tables.counters, counterKey(scope, subject), (before) =>
    before.window === now && before.count > 0 ? { ...before, count: before.count - 1 } : undefined,
  );
}

/** @returns how often it has been taken with this one; 0 when it has been taken as often as may be */
export async function takeOne(
  ports: Pick<Ports, 'clock' | 'log' | 'tables'>,
  { scope, subject, window }: CounterName,
  most: number,
): Promise<number> {
  const key = counterKey(scope, subject);
  const now = windowAt(ports.clock.now(), window);
  const known = await ports.tables.counters.get(key);
  if (!known && most > 0 && (await insertOnce(ports.tables.counters, key, { count: 1, window: now })))
    return 1;
  let taken = 0;
  await change(ports.tables.counters, key, (before) => {
    const count = before.window === now ? before.count : 0;
    taken = count < most ? count + 1 : 0;
    return taken > 0 ? { count: taken, window: now } : undefined;
  });
  if (taken === 0) ports.log.warn('limit.reached', { kind: scope });
  return taken;
}

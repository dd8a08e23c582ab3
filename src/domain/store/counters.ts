/** Counts what may be done only so often, in Tables, so that a limit holds across instances and restarts. */
import type { Counter } from '../../model';
import type { Key, Ports } from '../../ports';
import { change, hold, insertOnce } from './compare-and-swap';
import { counterKey } from './row-keys';
import { together } from './together';

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
  const { counters } = ports.tables;
  const asked = JSON.stringify([key, now, most]);
  const taken = await together(counters, asked, (askers) => take(counters, key, { now, most, askers }));
  if (taken === 0) ports.log.warn('limit.reached', { kind: scope });
  return taken;
}

/** @returns for each asker, how often it has been taken with this one, or 0 */
async function take(
  counters: Ports['tables']['counters'],
  key: Key,
  { now, most, askers }: { readonly now: string; readonly most: number; readonly askers: number },
): Promise<number[]> {
  let before = 0;
  const countFrom = (count: number): Counter | undefined => {
    before = count;
    return count < most ? { count: Math.min(most, count + askers), window: now } : undefined;
  };
  const found = await hold(counters, key);
  const first = found ? undefined : countFrom(0);
  if (first === undefined || !(await insertOnce(counters, key, first))) {
    const known = found ?? (await hold(counters, key));
    await known?.change(({ count, window }) => countFrom(window === now ? count : 0));
  }
  return Array.from({ length: askers }, (_, nth) => (before + nth < most ? before + nth + 1 : 0));
}

/**
 * Everybody can ask for some pages, and a vault answers only so often. What was found is believed for a minute; what was
 * not, or failed, for ten seconds, so that whoever has just mended it need not wait.
 */
import type { Ports } from '../../ports';

const believedMs = { good: 60_000, bad: 10_000 };
const memories = new WeakMap<
  Ports['vault'],
  Map<string, { until: number; readonly found: Promise<unknown> }>
>();

/** @throws what `find` threw, also to those who ask within the next ten seconds */
export async function remembered<T>(
  { vault, clock }: Pick<Ports, 'clock' | 'vault'>,
  name: string,
  find: () => Promise<T>,
  isGood: (found: T) => boolean = () => true,
): Promise<T> {
  const memory =
    memories.get(vault) ?? new Map<string, { until: number; readonly found: Promise<unknown> }>();
  memories.set(vault, memory);
  const last = memory.get(name);
  if (last && clock.now() < last.until) return last.found as Promise<T>;
  const looking = find();
  const entry = { until: clock.now() + believedMs.bad, found: looking };
  memory.set(name, entry);
  const found = await looking;
  if (isGood(found)) entry.until = clock.now() + believedMs.good;
  return found;
}

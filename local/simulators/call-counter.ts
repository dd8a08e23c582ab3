/** Counters that a provider sets back at the end of every window: Fitbit at the top of every hour. */
export function createCallCounter(now: () => number, limit: number, windowMs = 3_600_000) {
  const counts = new Map<string, { window: number; calls: number }>();
  return {
    count(key: string): { exceeded: boolean; remaining: number; resetSeconds: number } {
      const window = Math.floor(now() / windowMs);
      const before = counts.get(key);
      const calls = (before?.window === window ? before.calls : 0) + 1;
      counts.set(key, { window, calls });
      return {
        exceeded: calls > limit,
        remaining: Math.max(0, limit - calls),
        resetSeconds: Math.ceil(((window + 1) * windowMs - now()) / 1000),
      };
    },
  };
}

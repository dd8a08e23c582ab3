/** The counters that Fitbit resets at the top of every hour. */
export function createCallCounter(now: () => number, limit: number) {
  const hourMs = 3_600_000;
  const counts = new Map<string, { hour: number; calls: number }>();
  return {
    count(key: string): { exceeded: boolean; remaining: number; resetSeconds: number } {
      const hour = Math.floor(now() / hourMs);
      const before = counts.get(key);
      const calls = (before?.hour === hour ? before.calls : 0) + 1;
      counts.set(key, { hour, calls });
      return {
        exceeded: calls > limit,
        remaining: Math.max(0, limit - calls),
        resetSeconds: Math.ceil(((hour + 1) * hourMs - now()) / 1000),
      };
    },
  };
}

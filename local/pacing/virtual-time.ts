/** Time that jumps to the next thing that is due: hours of waiting take no time, and nothing depends on the machine. */
import type { Clock } from '../../src/ports';

export interface VirtualTime extends Clock {
  at(ms: number, call: () => void): void;
  /** Lets everything happen that is due before then. */
  runUntil(ms: number): Promise<void>;
}

export function createVirtualTime(startMs: number): VirtualTime {
  let now = startMs;
  const due = new Map<number, (() => void)[]>();
  const times: number[] = [];

  /** A heap, whose smallest number is the first. */
  const push = (time: number): void => {
    let child = times.push(time) - 1;
    for (let parent = (child - 1) >> 1; child > 0 && times[parent]! > time; parent = (child - 1) >> 1) {
      times[child] = times[parent]!;
      child = parent;
    }
    times[child] = time;
  };
  const pop = (): void => {
    const last = times.pop()!;
    if (times.length === 0) return;
    let parent = 0;
    for (let child = 1; child < times.length; child = 2 * parent + 1) {
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= last) break;
      times[parent] = times[child]!;
      parent = child;
    }
    times[parent] = last;
  };

  const at = (ms: number, call: () => void): void => {
    const time = Math.max(now, Math.ceil(ms));
    const calls = due.get(time);
    if (calls) calls.push(call);
    else {
      due.set(time, [call]);
      push(time);
    }
  };
  return {
    now: () => now,
    monotonicMs: () => now,
    sleep: (ms) => new Promise((resolve) => at(now + ms, resolve)),
    every: (ms, call) => {
      let isOn = true;
      const again = (): void => {
        if (!isOn) return;
        call();
        at(now + ms, again);
      };
      at(now + ms, again);
      return () => (isOn = false);
    },
    at,
    async runUntil(ms) {
      // Whoever was called goes on until it waits again.
      await new Promise(setImmediate);
      while (times.length > 0 && times[0]! <= ms) {
        now = times[0]!;
        pop();
        const calls = due.get(now)!;
        due.delete(now);
        for (const call of calls) call();
        await new Promise(setImmediate);
      }
      now = ms;
    },
  };
}

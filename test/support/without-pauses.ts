/** Lets the pauses and timeouts of an SDK pass at once, while its sockets work as ever. */
export async function withoutPauses<T>(work: () => Promise<T>): Promise<{ result: T; passedMs: number }> {
  const stepMs = 100;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'performance'] });
  try {
    const working = work();
    let [done, passedMs] = [false, 0];
    const finish = () => {
      done = true;
    };
    working.then(finish, finish);
    for (; !done; passedMs += stepMs) {
      await new Promise((resolve) => setImmediate(resolve));
      jest.advanceTimersByTime(stepMs);
    }
    return { result: await working, passedMs };
  } finally {
    jest.useRealTimers();
  }
}

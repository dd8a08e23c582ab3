/** Runs until Ctrl-C (or the end of the terminal), then closes everything that was started. */
export async function untilStopped(start: () => Promise<() => Promise<void>>): Promise<void> {
  let stop!: () => void;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  // Whoever ends npm alone leaves us to another parent.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 500).unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  try {
    const close = await start();
    await stopped;
    console.log('\nStopping …');
    await close();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    // Keep-alive connections and timers of SDK clients would hold the process for a while.
    process.exit();
  }
}

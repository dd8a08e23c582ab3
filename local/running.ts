/** What has been started, so that it ends together: at the end, or when something else could not start. */
export interface Closeable {
  close(): Promise<void>;
}

export interface Running extends Closeable {
  /** Waits for it, and closes it with the others. */
  start<T extends Closeable>(starting: Promise<T>): Promise<T>;
}

/** @throws what `begin` throws; whatever had started by then is closed again */
export async function startTogether<T>(begin: (running: Running) => Promise<T>): Promise<T> {
  const started: Closeable[] = [];
  const close = async (): Promise<void> => {
    // The other way round: what came later may still have something to say to what was there before it.
    for (const one of started.splice(0).reverse()) await one.close();
  };
  const start = async <C extends Closeable>(starting: Promise<C>): Promise<C> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    return await begin({ start, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Reads of Key Vault that are worth another try. */
import { wasCut } from './cut-connection';
import { statusOf } from './vault-error';

const mostReads = 4;

/**
 * Reads again when the vault is too busy or fails, after the pause that it asks for, and at once when a connection that was kept open turns
 * out to be closed: a vault closes one that was idle, and a process that was frozen or busy learns it with its next read. Bounded: who
 * waits is a page or a worker with a lease. Writes are repeated by the domain, which knows what must not be lost.
 */
export async function repeatRead<T>(read: () => Promise<T>, attemptMs: number): Promise<T> {
  const endMs = performance.now() + 3 * attemptMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const status = statusOf(error) ?? 0;
      const firstPauseMs = attemptMs / 20;
      const isAtOnce = wasCut(error);
      // Spread, because all instances are told the same pause at the same time.
      const pauseMs = isAtOnce
        ? 0
        : Math.max(readRetryAfterMs(error), firstPauseMs * 2 ** (attempt - 1)) * (1 + Math.random() / 4);
      const isPassing = isAtOnce || status === 429 || status >= 500;
      if (!isPassing || attempt === mostReads || performance.now() + pauseMs > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** Key Vault gives seconds. */
function readRetryAfterMs(error: unknown): number {
  const { response } = error as { response?: { headers: { get(name: string): string | undefined } } };
  const text = response?.headers.get('retry-after') ?? '';
  return /^\d+$/.test(text) ? Number(text) * 1000 : 0;
}

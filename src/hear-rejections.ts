/**
 * A promise that rejects with nobody listening ends a Node process, and the worker of the Functions host with all that it
 * does. Nothing here leaves such a promise behind; a library that does must not end a rotation in the middle.
 */
import type { LogSink } from './ports';

export function hearRejections(process: Pick<NodeJS.Process, 'on'>, outside: LogSink): void {
  process.on('unhandledRejection', (error) => {
    // Loads what logs a rejection with the first one. If loading or logging rejected too, this handler would be called again without end, so
    // that is ignored.
    import('./adapters/log-rejection')
      .then(({ logRejection }) => logRejection(error, outside))
      .catch(() => undefined);
  });
}

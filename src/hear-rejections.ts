/**
 * A promise that rejects with nobody listening ends a Node process, and the worker of the Functions host with all that it
 * does. Nothing here leaves such a promise behind; a library that does must not end a rotation in the middle.
 */
import type { LogSink } from './ports';

export function hearRejections(process: Pick<NodeJS.Process, 'on'>, outside: LogSink): void {
  process.on('unhandledRejection', (error) => {
    // What logs is loaded with the first of them. If that rejected as well, it would come back here without end.
    import('./adapters/log-rejection').then(
      ({ logRejection }) => logRejection(error, outside),
      () => undefined,
    );
  });
}

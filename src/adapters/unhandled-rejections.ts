/**
 * A promise that rejects with nobody listening ends a Node process, and the worker of the Functions host with all that it
 * does. Nothing here leaves such a promise behind; a library that does must not end a rotation in the middle.
 */
import type { Log } from '../ports';
import { describeFailure, describeThrown } from '../errors';

export function logUnhandledRejections(process: Pick<NodeJS.Process, 'on'>, log: Log): void {
  process.on('unhandledRejection', (error) => {
    log.error('rejection.unhandled', { ...describeFailure(error), ...describeThrown(error) });
  });
}

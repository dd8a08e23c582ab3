/** Says that a promise rejected with nobody listening, without its message. */
import { describeFailure, describeThrown } from '../errors';
import type { LogSink } from '../ports';
import { createLog } from './log';

export function logRejection(error: unknown, outside: LogSink): void {
  createLog('error', outside).log.error('rejection.unhandled', {
    ...describeFailure(error),
    ...describeThrown(error),
  });
}

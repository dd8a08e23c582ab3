/** What an operator sends: one connection by its id, or all of them. */
import type { HttpRequest } from '@azure/functions';
import { AppError } from '../../errors';
import type { ConnectionId } from '../../model';
import { readJson } from '../http/read-request';
import { someConnections } from './operator-requests';

/** A later job serves the connections that have no job by then: the platform waits 230 s for an answer, people less. */
export const answerWithinMs = 20_000;

/** @throws AppError `INPUT_INVALID` */
export async function readOpsRequest(request: HttpRequest): Promise<{ connection?: ConnectionId }> {
  const parsed = someConnections.safeParse(await readJson(request));
  if (!parsed.success) {
    throw new AppError(
      'INPUT_INVALID',
      'Send JSON: {"connection": "<id>"} for one connection or {"all": true} for all.',
    );
  }
  return 'connection' in parsed.data ? { connection: parsed.data.connection } : {};
}

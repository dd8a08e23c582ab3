/** `POST ops/rotate`: one connection now, done when it answers, or all of them as a run. Function key. */
import { rotateToken, type RotationResult } from '../../domain/rotation/rotate-token';
import { dispatchRotation } from '../../domain/operation/runs';
import { AppError } from '../../errors';
import type { Services } from '../../services';
import { jsonAnswer } from '../http/answers';
import { onCall } from '../caller';
import { answerWithinMs, readOpsRequest } from './ops-request';

export const opsRotate = (services: Services) =>
  onCall(services, 'operator', async (request) => {
    const { connection } = await readOpsRequest(request);
    if (connection === undefined) {
      const { run, count, complete } = await dispatchRotation(services, answerWithinMs);
      return jsonAnswer({ run, connections: count, ...(!complete && { complete }) }, 202);
    }
    services.about({ connection });
    const result = await rotateToken(services, connection, { by: 'operator' });
    return jsonAnswer({ connection, ...describe(result) }, statusOf(result));
  });

function describe(result: RotationResult) {
  switch (result.outcome) {
    case 'rotated':
    case 'refreshed':
    case 'kept': {
      const { consent, generation, expiresAt } = result.set;
      const { outcome, reason } = result;
      return { outcome, reason, consent, generation, expiresAt: new Date(expiresAt).toISOString() };
    }
    case 'failed': {
      const { outcome, reason, code, retryAt } = result;
      return { outcome, reason, code, ...(retryAt && { retryAt: new Date(retryAt).toISOString() }) };
    }
    case 'journalled':
      return {
        outcome: 'journalled',
        reason:
          'Key Vault did not take the new token set; it is safe in the journal and becomes current by itself',
      };
    case 'held':
      return { outcome: 'held', reason: 'another worker is rotating this connection; ask again in a minute' };
    case 'unknown connection':
      throw new AppError('CONNECTION_UNKNOWN', 'There is no such connection.');
  }
}

function statusOf(result: RotationResult): number {
  if (result.outcome === 'held') return 409;
  if (result.outcome === 'journalled') return 503;
  if (result.outcome === 'failed') return result.code === 'RECONNECT_REQUIRED' ? 409 : 502;
  return 200;
}

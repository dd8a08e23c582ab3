/** `POST ops/rotate`: one connection now, done when it answers, or all of them as a run. Function key. */
import { rotateToken, type RotationFailure, type RotationResult } from '../../domain/rotation/rotate-token';
import { dispatchRotation } from '../../domain/operation/runs';
import type { Services } from '../../services';
import { jsonAnswer } from '../http/answers';
import { onCall } from '../caller';
import { noSuchConnection } from '../invocation';
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
  if (!result.ok) return describeFailure(result);
  const rotation = result.value;
  if (rotation.outcome === 'journalled') {
    return {
      outcome: 'journalled',
      reason:
        'Key Vault did not take the new token set; it is safe in the journal and becomes current by itself',
    };
  }
  const { outcome, reason, set } = rotation;
  const { consent, generation, expiresAt } = set;
  return { outcome, reason, consent, generation, expiresAt: new Date(expiresAt).toISOString() };
}

function describeFailure({ reason, code, retryAt }: RotationFailure) {
  switch (code) {
    case 'CONNECTION_UNKNOWN':
      throw noSuchConnection();
    case 'LEASE_HELD':
      return { outcome: 'held', reason: 'another worker is rotating this connection; ask again in a minute' };
    default:
      return {
        outcome: 'failed',
        reason,
        code,
        ...(retryAt !== undefined && { retryAt: new Date(retryAt).toISOString() }),
      };
  }
}

function statusOf(result: RotationResult): number {
  if (result.ok) return result.value.outcome === 'journalled' ? 503 : 200;
  return result.code === 'LEASE_HELD' || result.code === 'RECONNECT_REQUIRED' ? 409 : 502;
}

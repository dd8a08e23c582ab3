/** `POST ops/rotate`: one connection now, done when it answers, or all of them as a run. Function key. */
import type { HttpResponseInit } from '@azure/functions';
import { rotateToken, type Rotation, type RotationFailure } from '../../domain/rotation/rotate-token';
import { dispatchRotation } from '../../domain/operation/dispatch';
import type { ConnectionId } from '../../model';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { onCall } from '../caller';
import { noSuchConnection } from '../invocation';
import type { rotateAnswers } from '../description/operator-operations';
import { answerWithinMs, readOpsRequest } from './ops-request';

const answer = answering<typeof rotateAnswers>();

export const opsRotate = (services: Services) =>
  onCall(services, 'operator', async (request) => {
    const { connection } = await readOpsRequest(request);
    if (connection === undefined) {
      const { run, count, complete } = await dispatchRotation(services, answerWithinMs);
      return answer(202, { run, connections: count, ...(!complete && { complete }) });
    }
    services.about({ connection });
    const result = await rotateToken(services, connection, { by: 'operator' });
    return result.ok ? describe(connection, result.value) : describeFailure(connection, result);
  });

function describe(connection: ConnectionId, rotation: Rotation): HttpResponseInit {
  if (rotation.outcome === 'journalled') {
    return answer(503, {
      connection,
      outcome: 'journalled',
      reason:
        'Key Vault did not take the new token set; it is safe in the journal and becomes current by itself',
    });
  }
  const { outcome, reason, set } = rotation;
  const { consent, generation, expiresAt } = set;
  const expiry = new Date(expiresAt).toISOString();
  return answer(200, { connection, outcome, reason, consent, generation, expiresAt: expiry });
}

function describeFailure(
  connection: ConnectionId,
  { reason, code, retryAt }: RotationFailure,
): HttpResponseInit {
  switch (code) {
    case 'CONNECTION_UNKNOWN':
      throw noSuchConnection();
    case 'LEASE_HELD':
      return answer(409, {
        connection,
        outcome: 'held',
        reason: 'another worker is rotating this connection; ask again in a minute',
      });
    default:
      return answer(code === 'RECONNECT_REQUIRED' ? 409 : 502, {
        connection,
        outcome: 'failed',
        reason,
        code,
        ...(retryAt !== undefined && { retryAt: new Date(retryAt).toISOString() }),
      });
  }
}

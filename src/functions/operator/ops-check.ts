/** `POST ops/check`: read batteries now, of one connection or of all. Function key. */
import { checkBattery } from '../../domain/operation/check-battery';
import { dispatchBatteryCheck } from '../../domain/operation/dispatch';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { onCall } from '../caller';
import { noSuchConnection } from '../invocation';
import type { checkAnswers } from '../description/operator-operations';
import { answerWithinMs, readOpsRequest } from './ops-request';

const answer = answering<typeof checkAnswers>();

export const opsCheck = (services: Services) =>
  onCall(services, 'operator', async (request) => {
    const { connection } = await readOpsRequest(request);
    if (connection === undefined) {
      const { run, count, complete } = await dispatchBatteryCheck(services, answerWithinMs);
      return answer(202, { run, connections: count, ...(!complete && { complete }) });
    }
    const result = await checkBattery(services, connection);
    if (result.ok) {
      const { devices, alerts, sent } = result.value;
      return answer(200, { connection, outcome: 'checked', devices, alerts, sent });
    }
    if (result.code === 'CONNECTION_UNKNOWN') {
      throw noSuchConnection();
    }
    const retryAt = result.retryAt === undefined ? {} : { retryAt: new Date(result.retryAt).toISOString() };
    const busy = result.code === 'LEASE_HELD' || result.code === 'RECONNECT_REQUIRED';
    return answer(busy ? 409 : 502, { connection, outcome: 'failed', code: result.code, ...retryAt });
  });

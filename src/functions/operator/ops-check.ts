/** `POST ops/check`: read batteries now, of one connection or of all. Function key. */
import { checkBattery } from '../../domain/operation/check-battery';
import { dispatchBatteryCheck } from '../../domain/operation/runs';
import type { Services } from '../../services';
import { jsonAnswer } from '../http/answers';
import { onCall } from '../caller';
import { noSuchConnection } from '../invocation';
import { answerWithinMs, readOpsRequest } from './ops-request';

export const opsCheck = (services: Services) =>
  onCall(services, 'operator', async (request) => {
    const { connection } = await readOpsRequest(request);
    if (connection === undefined) {
      const { run, count, complete } = await dispatchBatteryCheck(services, answerWithinMs);
      return jsonAnswer({ run, connections: count, ...(!complete && { complete }) }, 202);
    }
    const result = await checkBattery(services, connection);
    if (result.ok) {
      const { devices, alerts, sent } = result.value;
      return jsonAnswer({ connection, outcome: 'checked', devices, alerts, sent });
    }
    if (result.code === 'CONNECTION_UNKNOWN') {
      throw noSuchConnection();
    }
    const retryAt = result.retryAt === undefined ? {} : { retryAt: new Date(result.retryAt).toISOString() };
    const busy = result.code === 'LEASE_HELD' || result.code === 'RECONNECT_REQUIRED';
    return jsonAnswer({ connection, outcome: 'failed', code: result.code, ...retryAt }, busy ? 409 : 502);
  });

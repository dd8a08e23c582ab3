/** `GET ops/status`: every connection's state and the alarms that are on. Function key; no token, no number. */
import { readStatus } from '../../domain/operation/status';
import type { Services } from '../../services';
import { jsonAnswer } from '../http/answers';
import { onCall } from '../caller';

export const opsStatus = (services: Services) =>
  onCall(services, 'operator', async () => jsonAnswer(await readStatus(services)));

/** `GET ops/status`: every connection's state and the alarms that are on. Function key; no token, no number. */
import { readStatus } from '../domain/operation/status';
import type { Services } from '../services';
import { jsonAnswer, jsonError } from './http-answers';
import { onHttp } from './invocation';

export const opsStatus = (services: Services) =>
  onHttp(services, jsonError, async () => jsonAnswer(await readStatus(services)));

/** `GET health`: up or not, configured or not, and what is missing, by name. Reveals nothing else. */
import { readReadiness } from '../domain/operation/readiness';
import type { Services } from '../services';
import { jsonAnswer, jsonError } from './http-answers';
import { onHttp } from './invocation';

export const health = (services: Services) =>
  onHttp(services, jsonError, async () => {
    const { configured, missing } = await readReadiness(services);
    return jsonAnswer({ status: 'up', configured, missing });
  });

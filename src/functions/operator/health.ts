/**
 * `GET health`: up or not, configured or not, what is missing and what is failing, by name. Reveals nothing else. 503 while
 * the vault, tables, queues or texts fail: a role that is missing looks like that, and one that has not spread yet.
 */
import { readHealth } from '../../domain/operation/readiness';
import type { Services } from '../../services';
import { answering, jsonError } from '../http/answers';
import { onHttp } from '../invocation';
import type { healthAnswers } from '../description/operator-operations';

const answer = answering<typeof healthAnswers>();

export const health = (services: Services) =>
  onHttp(services, jsonError, async () => {
    const { configured, ready, missing, failing } = await readHealth(services);
    return answer(failing.length > 0 ? 503 : 200, { status: 'up', configured, ready, missing, failing });
  });

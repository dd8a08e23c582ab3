/** `GET ops/status`: every connection's state and the alarms that are on. Function key; no token, no number. */
import { readStatus } from '../../domain/operation/status';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { onCall } from '../caller';
import type { statusAnswers } from '../description/answers-by-status';

const answer = answering<typeof statusAnswers>();

export const opsStatus = (services: Services) =>
  onCall(services, 'operator', async () => answer(200, await readStatus(services)));

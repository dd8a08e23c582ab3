/** `GET ops/status`: connections and who of them needs attention, page by page, and the alarms that are on. Function key; no token, no number. */
import { mostPerStatus, readStatus } from '../../domain/operation/status';
import { AppError } from '../../errors';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { onCallWith } from '../caller';
import { statusQuery } from './operator-requests';
import type { statusAnswers } from '../description/operator-operations';

const answer = answering<typeof statusAnswers>();

export const opsStatus = (services: Services) =>
  onCallWith(statusQuery.shape, services, 'operator', async ({ query }) => {
    const asked = statusQuery.safeParse(Object.fromEntries(query));
    if (!asked.success) {
      throw new AppError(
        'INPUT_INVALID',
        `The limit must be a whole number from 1 to ${mostPerStatus}, and attention 1 or absent.`,
      );
    }
    const { limit, after, attention } = asked.data;
    return answer(200, await readStatus(services, { limit, after, attention: attention !== undefined }));
  });

/** `POST ops/reconnect`: asks every wearer at a provider that goes away to reconnect at its successor. Function key. */
import { startCampaign } from '../../domain/messages/campaign';
import { readCampaignStatus } from '../../domain/operation/status';
import { AppError } from '../../errors';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { onCall } from '../caller';
import { readJson } from '../http/read-request';
import type { reconnectAnswers } from '../description/operator-operations';
import { campaignOrder } from './operator-requests';

const answer = answering<typeof reconnectAnswers>();

export const opsReconnect = (services: Services) =>
  onCall(services, 'operator', async (request) => {
    const parsed = campaignOrder.safeParse(await readJson(request));
    const provider = parsed.success ? services.providers.get(parsed.data.provider) : undefined;
    if (provider?.successor === undefined) {
      const ending = [...services.providers.values()]
        .filter(({ successor }) => successor)
        .map(({ id }) => id);
      throw new AppError(
        'INPUT_INVALID',
        `Send JSON such as {"provider": "${ending[0]}"}. Only a provider that has a successor can be named: ${ending.join(', ')}.`,
      );
    }
    await startCampaign(services, provider.id);
    await services.queues.enqueue({ kind: 'operate', work: 'campaigns', goesOn: false });
    return answer(202, { campaigns: await readCampaignStatus(services) });
  });

/** `GET privacy`: what is stored, where and how long. */
import { proofYears, stopYears } from '../../domain/contact/text-consents';
import { privacyPage } from '../../pages/privacy-page';
import type { Services } from '../../services';
import { htmlAnswer, senderOf } from '../http/answers';
import { onPage } from './on-page';
export const privacy = (services: Services) =>
  onPage(services, async (_request, { frame }) => {
    const { readingsMs, messagesMs } = services.policy.times;
    const dayMs = 24 * 3_600_000;
    const page = privacyPage(
      { ...frame, switchable: true },
      {
        providers: [...services.providers.values()]
          .filter(({ clientId }) => clientId)
          .map(({ name }) => name),
        retention: {
          readingsDays: Math.round(readingsMs / dayMs),
          messagesDays: Math.round(messagesMs / dayMs),
          proofYears,
          stopYears,
        },
        sender: await senderOf(services),
      },
    );
    return htmlAnswer(page);
  });

/**
 * What is left of the service when a setting is malformed: `health`, which names the settings that are bad. If nothing were
 * registered, the host would answer every address with an empty 404 and call itself running.
 */
import type { ConfigInvalid } from '../../config';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { sinkOf } from '../invocation';
import { healthOptions } from '../register';
import type { App } from '../routes';
import type { healthAnswers } from '../description/answers-by-status';

const answer = answering<typeof healthAnswers>();

export function registerMisconfigured(
  app: Pick<App, 'http'>,
  { log, inInvocation }: Pick<Services, 'log' | 'inInvocation'>,
  { settings, problems }: ConfigInvalid,
): void {
  const tell = (): void => log.error('config.invalid', { reason: problems.join('; ') });
  tell();
  app.http('health', {
    ...healthOptions,
    // Said again in each invocation: only there is it certain that the host keeps the level of a line.
    handler: (_request, context) =>
      inInvocation(sinkOf(context), async () => {
        tell();
        return answer(503, { status: 'misconfigured', settings });
      }),
  });
}

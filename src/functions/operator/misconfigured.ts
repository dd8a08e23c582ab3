/** What is left of the service when a setting is malformed: `health`, which names the settings that are bad. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { ConfigInvalid } from '../../config';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { sinkOf } from '../invocation';
import type { healthAnswers } from '../description/operator-operations';

const answer = answering<typeof healthAnswers>();

export function misconfigured(
  { log, inInvocation }: Pick<Services, 'log' | 'inInvocation'>,
  { settings, problems }: ConfigInvalid,
) {
  const tell = (): void => log.error('config.invalid', { reason: problems.join('; ') });
  return {
    tell,
    health: (_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> =>
      inInvocation(sinkOf(context), () => {
        tell();
        return Promise.resolve(answer(503, { status: 'misconfigured', settings }));
      }),
  };
}

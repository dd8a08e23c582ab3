/**
 * `GET/POST connections/{id}/access-token`: an access token that works, for whom the access is shared with. Function key.
 * POST says which one the API has refused, `{"refused": "<access token>"}`: it is refreshed first.
 */
import { shareAccessToken } from '../../domain/rotation/share-access';
import { AppError } from '../../errors';
import { Secret } from '../../secret';
import type { Services } from '../../services';
import { connectionIdOrLabel } from './connection-of';
import { failureAnswer } from './failure-answer';
import { refusedBody } from './platform-requests';
import { jsonTextAnswer } from '../http/answers';
import { onCall } from '../caller';
import { readJson } from '../http/read-request';

export const accessToken = (services: Services) =>
  onCall(services, 'platform', async (request) => {
    const refused = request.method === 'POST' ? readRefused(await readJson(request)) : undefined;
    const connection = await connectionIdOrLabel(services, request);
    const shared = await shareAccessToken(services, connection, refused);
    if (!shared.ok) return failureAnswer(services, shared);
    return jsonTextAnswer(services.writeTokenAnswer(shared.value, services.clock.now()));
  });

function readRefused(body: unknown): Secret {
  const parsed = refusedBody.safeParse(body);
  if (parsed.success) return new Secret(parsed.data.refused);
  throw new AppError(
    'INPUT_INVALID',
    'Send JSON: {"refused": "<access token>"} with the one that the provider has refused, or use GET.',
  );
}

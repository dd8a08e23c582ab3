/** The one place where an access token leaves the service other than to its provider. */
import type { TokenSet } from '../model';
import type { accessTokenAnswer } from '../model/answers/connection-answers';
import type { AnswerOf } from '../model/answers/shape';

/** RFC 6749 §5.1, without a refresh token; `expires_in` in seconds from `now`. */
export function writeTokenAnswer(
  { connection, provider, providerUserId, accessToken, expiresAt, scopes }: TokenSet,
  now: number,
): string {
  const answer: AnswerOf<typeof accessTokenAnswer> = {
    access_token: accessToken.reveal(),
    token_type: 'Bearer',
    expires_in: Math.floor((expiresAt - now) / 1000),
    scope: scopes.join(' '),
    connection,
    provider,
    user_id: providerUserId,
  };
  return JSON.stringify(answer);
}

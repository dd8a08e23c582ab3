/** An access token in an answer to a platform. Besides this it leaves the service only to its provider, and into a published secret (published-tokens.ts). */
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

/** The answer to a program that could not use a connection: a code to act on, a sentence to read, and when to come again. */
import type { HttpResponseInit } from '@azure/functions';
import type { ErrorCode, Failure } from '../../errors';
import type { Services } from '../../services';
import { problemAnswer } from '../http/answers';
import { noSuchConnection } from '../invocation';

const heldForSeconds = 5;

/** @throws AppError `CONNECTION_UNKNOWN` */
export function failureAnswer({ clock }: Services, { code, retryAt }: Failure): HttpResponseInit {
  if (code === 'CONNECTION_UNKNOWN') throw noSuchConnection();
  const { status, error } = explainFailure(code);
  const waitSeconds = retryAt === undefined ? undefined : Math.ceil((retryAt - clock.now()) / 1000);
  const comeAgain = code === 'LEASE_HELD' ? heldForSeconds : waitSeconds;
  const answer = problemAnswer(status, { error, code });
  if (comeAgain === undefined || comeAgain <= 0) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(comeAgain) } };
}

export function explainFailure(code: ErrorCode): { readonly status: number; readonly error: string } {
  switch (code) {
    case 'NOT_SHARED':
      return {
        status: 403,
        error:
          'This wearer was not told that access is shared, or has ended that. Connecting again on the personal page shares it.',
      };
    case 'RECONNECT_REQUIRED':
    case 'PROVIDER_RETIRED':
      return { status: 409, error: 'The wearer has to connect again, and has been told so.' };
    case 'GRANT_REFUSED':
      return { status: 409, error: 'The provider refuses the grant. It is asked once more a while later.' };
    case 'NOT_CONFIGURED':
      return {
        status: 503,
        error: 'This service is not set up for it: SHARED_WITH is missing, or the client of the provider.',
      };
    case 'ACCESS_TOKEN_REFUSED':
      return {
        status: 503,
        error: 'The token was made just now. Another one would not help; please ask later.',
      };
    case 'ANSWER_UNREADABLE':
      return {
        status: 502,
        error: 'The answer of the provider is too large to hand on (4 MB), or repeats the access token.',
      };
    case 'LEASE_HELD':
    case 'CONCURRENT_REFRESH':
      return { status: 503, error: 'The tokens are being refreshed just now. Please ask again.' };
    case 'RATE_LIMITED':
    case 'PROVIDER_UNAVAILABLE':
      return { status: 503, error: 'The provider does not answer just now. Please ask again.' };
    case 'TOKEN_NOT_SAVED':
      return {
        status: 503,
        error: 'Key Vault does not answer just now. The new tokens are safe; please ask again.',
      };
    case 'OUTCOME_UNKNOWN':
      return { status: 504, error: 'The provider did not answer in time: it may or may not have been done.' };
    default:
      return {
        status: 502,
        error: 'The provider refuses this service. Its operator finds the code in ops/status.',
      };
  }
}

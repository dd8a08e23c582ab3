/** The one error of the client. Its message is written here, never taken from an answer, because answers hold tokens. */
import type { ProviderErrorCode } from '../errors';
import type { Answer } from './types';

export type ClientErrorCode = ProviderErrorCode | 'INPUT_INVALID';

interface Details {
  /** Not before this time, by the provider's Retry-After; milliseconds since 1970. */
  readonly retryAt?: number | undefined;
  readonly answer?: Answer | undefined;
}

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** Not before this time, by the provider's Retry-After; milliseconds since 1970. */
  readonly retryAt: number | undefined;
  /** The status of the answer to an API call. */
  readonly status: number | undefined;
  readonly #answer: Answer | undefined;

  constructor(code: ClientErrorCode, message: string = messages[code], { retryAt, answer }: Details = {}) {
    super(message);
    this.code = code;
    this.retryAt = retryAt;
    this.status = answer?.status;
    this.#answer = answer;
  }

  /** The answer to an API call. It is not printed with the error: an answer can repeat the token. */
  get answer(): Answer | undefined {
    return this.#answer;
  }
}

const messages: Record<ClientErrorCode, string> = {
  INPUT_INVALID: 'An argument cannot be used.',
  GRANT_REFUSED: 'The code or refresh token is dead. The wearer has to consent again.',
  PROVIDER_RETIRED: 'The provider has been switched off.',
  CLIENT_REFUSED: 'The provider refuses the client id or the client secret.',
  API_DISABLED: "The API is not enabled for the client's project.",
  PROJECT_NOT_ADMITTED: "The client's project is not let in to the API.",
  PROJECT_REFUSED: "The client's project is suspended, unknown or without billing.",
  SCOPES_REFUSED: 'The API takes no token with these scopes.',
  REQUEST_REFUSED: 'The provider does not take this request.',
  CONCURRENT_REFRESH: 'Another program refreshes the same token right now.',
  RATE_LIMITED: 'The provider asks to wait.',
  PROVIDER_UNAVAILABLE: 'The provider cannot be reached or is out of order.',
  OUTCOME_UNKNOWN: 'The provider did not say what became of the request.',
  ACCESS_TOKEN_REFUSED: 'The provider refuses the access token.',
  SCOPE_MISSING: 'The wearer has not granted the scope for this.',
  ACCESS_FORBIDDEN: 'The provider forbids this without saying why.',
  ACCOUNT_NOT_LINKED: 'The account has no profile at the provider yet.',
  ACCOUNT_NOT_MOVED: "The account still belongs to the provider's predecessor.",
  NOT_FOUND: 'The provider has nothing at this address.',
  ANSWER_UNREADABLE: 'The answer is too large or cannot be read.',
};

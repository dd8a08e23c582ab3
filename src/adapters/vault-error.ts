/** What Key Vault answers when it does not do what it was asked, as our errors. */
import { AppError, type AnswerGiven, type ErrorCode } from '../errors';
import { readAzureError } from './azure-error';

export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

export function translate(cause: unknown): never {
  const given = readAzureError(cause);
  throw new AppError(
    codeOf(given),
    `Key Vault did not answer as expected (${given.status ?? 'no answer'}).`,
    {
      cause,
      given,
    },
  );
}

function codeOf({ status, answer }: AnswerGiven): ErrorCode {
  if (status === 409) return 'SECRET_DELETED';
  if (status === 403 && answer === 'SecretDisabled') return 'SECRET_DISABLED';
  return status === 401 || status === 403 ? 'VAULT_REFUSED' : 'VAULT_UNAVAILABLE';
}

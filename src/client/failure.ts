import type { Failure } from '../errors';
import { ClientError, type ClientErrorCode } from './client-error';

/** Requests to a provider fail with its codes only; the other codes of the service are those of its stores. */
export function failed({ code, retryAt }: Failure): ClientError {
  return new ClientError(code as ClientErrorCode, undefined, { retryAt });
}

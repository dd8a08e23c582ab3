/** The status that an error gets which a function throws. */
import { isStoreFailure, type ErrorCode } from '../../errors';

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  INPUT_INVALID: 400,
  NOT_SIGNED_IN: 401,
  ROLE_MISSING: 403,
  CONNECTION_UNKNOWN: 404,
  LINK_REPLACED: 404,
  VAULT_BEHIND: 409,
  LABEL_TAKEN: 409,
  LENGTH_MISSING: 411,
  LIMIT_REACHED: 429,
  NOT_CONFIGURED: 503,
  TOKEN_NOT_SAVED: 503,
};

export function statusOf(code: ErrorCode): number {
  return isStoreFailure(code) ? 503 : (statuses[code] ?? 500);
}

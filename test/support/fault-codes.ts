/**
 * The error code that has to come out of every documented fault: the simulators and the tests share one list, and
 * a fault that is documented later has no row here, which the tests (and tsc) complain about.
 */
import {
  documentedFaults,
  type DocumentedFault,
  type FaultName,
} from '../../local/simulators/documented-faults';
import type { ProviderErrorCode } from '../../src/errors';
import type { HttpAnswer } from '../../src/ports';

/** `revoked`: revoking counts as done, because the token is dead already. */
export const faultCodes: Record<FaultName, ProviderErrorCode | 'revoked'> = {
  'fitbit.token.invalid_grant': 'GRANT_REFUSED',
  'fitbit.token.invalid_grant_bare': 'GRANT_REFUSED',
  'fitbit.token.invalid_grant_plain': 'GRANT_REFUSED',
  'fitbit.token.invalid_client_plain': 'CLIENT_REFUSED',
  'fitbit.token.forbidden_html': 'PROVIDER_UNAVAILABLE',
  'fitbit.token.not_found_html': 'PROVIDER_UNAVAILABLE',
  'fitbit.token.redirect': 'PROVIDER_UNAVAILABLE',
  'fitbit.token.rate_limit_without_retry_after': 'RATE_LIMITED',
  'fitbit.token.invalid_request': 'REQUEST_REFUSED',
  'fitbit.token.validation': 'REQUEST_REFUSED',
  'fitbit.token.invalid_client': 'CLIENT_REFUSED',
  'fitbit.token.conflict': 'CONCURRENT_REFRESH',
  'fitbit.token.rate_limit_exceeded': 'RATE_LIMITED',
  'fitbit.token.too_many_requests': 'RATE_LIMITED',
  'fitbit.token.system': 'OUTCOME_UNKNOWN',
  'fitbit.token.bad_gateway_html': 'OUTCOME_UNKNOWN',
  'fitbit.token.unavailable_empty': 'OUTCOME_UNKNOWN',
  'fitbit.revoke.invalid_client': 'CLIENT_REFUSED',
  'fitbit.revoke.invalid_client_400': 'CLIENT_REFUSED',
  'fitbit.revoke.invalid_token': 'revoked',
  'fitbit.revoke.invalid_token_plain': 'revoked',
  'fitbit.revoke.invalid_request': 'REQUEST_REFUSED',
  'fitbit.revoke.bad_request_html': 'REQUEST_REFUSED',
  'fitbit.revoke.system': 'OUTCOME_UNKNOWN',
  'fitbit.devices.validation': 'REQUEST_REFUSED',
  'fitbit.devices.expired_token': 'ACCESS_TOKEN_REFUSED',
  'fitbit.devices.invalid_token': 'ACCESS_TOKEN_REFUSED',
  'fitbit.devices.insufficient_scope': 'SCOPE_MISSING',
  'fitbit.devices.insufficient_permissions': 'SCOPE_MISSING',
  'fitbit.devices.not_found': 'NOT_FOUND',
  'fitbit.devices.conflict': 'CONCURRENT_REFRESH',
  'fitbit.devices.rate_limit_exceeded': 'RATE_LIMITED',
  'fitbit.devices.too_many_requests': 'RATE_LIMITED',
  'fitbit.devices.system': 'PROVIDER_UNAVAILABLE',
  'fitbit.devices.unavailable_empty': 'PROVIDER_UNAVAILABLE',
  'fitbit.any.retired': 'PROVIDER_RETIRED',

  'google-health.token.invalid_grant': 'GRANT_REFUSED',
  'google-health.token.invalid_rapt': 'GRANT_REFUSED',
  'google-health.token.invalid_request': 'REQUEST_REFUSED',
  'google-health.token.unsupported_grant_type': 'REQUEST_REFUSED',
  'google-health.token.redirect_uri_mismatch': 'REQUEST_REFUSED',
  'google-health.token.invalid_client': 'CLIENT_REFUSED',
  'google-health.token.deleted_client': 'CLIENT_REFUSED',
  'google-health.token.unauthorized_client': 'CLIENT_REFUSED',
  'google-health.token.busy': 'RATE_LIMITED',
  'google-health.token.internal': 'OUTCOME_UNKNOWN',
  'google-health.token.bad_gateway_html': 'OUTCOME_UNKNOWN',
  'google-health.token.unavailable': 'OUTCOME_UNKNOWN',
  'google-health.token.forbidden_html': 'PROVIDER_UNAVAILABLE',
  'google-health.token.not_found_html': 'PROVIDER_UNAVAILABLE',
  'google-health.token.redirect': 'PROVIDER_UNAVAILABLE',
  'google-health.revoke.bad_request': 'REQUEST_REFUSED',
  'google-health.revoke.invalid_client': 'CLIENT_REFUSED',
  'google-health.revoke.invalid_token': 'revoked',
  'google-health.revoke.unavailable': 'OUTCOME_UNKNOWN',
  'google-health.devices.account_not_linked': 'ACCOUNT_NOT_LINKED',
  'google-health.devices.not_linked_without_details': 'ACCOUNT_NOT_LINKED',
  'google-health.devices.profile_not_ready': 'ACCOUNT_NOT_LINKED',
  'google-health.devices.invalid_argument': 'REQUEST_REFUSED',
  'google-health.devices.credentials_missing': 'ACCESS_TOKEN_REFUSED',
  'google-health.devices.access_token_expired': 'ACCESS_TOKEN_REFUSED',
  'google-health.devices.unauthenticated': 'ACCESS_TOKEN_REFUSED',
  'google-health.devices.scope_insufficient': 'SCOPE_MISSING',
  'google-health.devices.scope_insufficient_flat': 'SCOPE_MISSING',
  'google-health.devices.scope_insufficient_challenge': 'SCOPE_MISSING',
  'google-health.devices.missing_oauth_scope': 'SCOPE_MISSING',
  'google-health.devices.disallowed_oauth_scopes': 'SCOPES_REFUSED',
  'google-health.devices.private_preview': 'PROJECT_NOT_ADMITTED',
  'google-health.devices.service_disabled': 'API_DISABLED',
  'google-health.devices.access_not_configured': 'API_DISABLED',
  'google-health.devices.resource_permission_denied': 'ACCESS_FORBIDDEN',
  'google-health.devices.user_project_denied': 'PROJECT_REFUSED',
  'google-health.devices.consumer_suspended': 'PROJECT_REFUSED',
  'google-health.devices.consumer_invalid': 'PROJECT_REFUSED',
  'google-health.devices.billing_disabled': 'PROJECT_REFUSED',
  'google-health.devices.data_access_denied': 'ACCESS_FORBIDDEN',
  'google-health.devices.legacy_account': 'ACCOUNT_NOT_MOVED',
  'google-health.devices.forbidden_html': 'PROVIDER_UNAVAILABLE',
  'google-health.devices.permission_denied': 'ACCESS_FORBIDDEN',
  'google-health.devices.not_found': 'NOT_FOUND',
  'google-health.devices.not_found_html': 'NOT_FOUND',
  'google-health.devices.redirect': 'PROVIDER_UNAVAILABLE',
  'google-health.devices.rate_limit_exceeded': 'RATE_LIMITED',
  'google-health.devices.rate_limit_without_retry_after': 'RATE_LIMITED',
  'google-health.devices.rate_limit_old': 'RATE_LIMITED',
  'google-health.devices.user_rate_limit_old': 'RATE_LIMITED',
  'google-health.devices.internal': 'PROVIDER_UNAVAILABLE',
  'google-health.devices.bad_gateway_html': 'PROVIDER_UNAVAILABLE',
  'google-health.devices.unavailable': 'PROVIDER_UNAVAILABLE',
};

/** Rows for `test.each`: name, expected code, the answer as the HTTP port hands it on. */
export function faultRows(
  provider: DocumentedFault['provider'],
  endpoint: 'token' | 'revoke' | 'devices',
): [FaultName, ProviderErrorCode | 'revoked' | undefined, HttpAnswer][] {
  return documentedFaults
    .filter((fault) => fault.provider === provider && [endpoint, 'any'].includes(fault.endpoint))
    .map((fault) => [fault.name, faultCodes[fault.name], answerOf(fault)]);
}

function answerOf({ status, headers, body }: DocumentedFault): HttpAnswer {
  const text = body.replaceAll('{token}', 'the-token');
  return { answered: true, status, headers, body: parseJson(text), content: Buffer.from(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Every error that the two providers' pages and users' reports name, so that a test can loop over all of them and a
 * person can switch one on. Status, type and reason are the provider's; where its wording is not known, it is ours.
 */
import { retired, type Answer, type Endpoint, type Fault } from './faults';
import {
  fitbitAdvice,
  fitbitError,
  googleError,
  googleNotFoundPage,
  invalidTokenChallenge,
  notLinked,
  oauthError,
  oldGoogleError,
  unauthenticated,
} from './provider-errors';

export type Provider = 'fitbit' | 'google-health';

export interface DocumentedFault extends Required<Answer> {
  readonly name: FaultName;
  readonly provider: Provider;
  readonly endpoint: Endpoint | 'any';
}

const json = { 'content-type': 'application/json' };
const web = { 'content-type': 'text/html' };
const later = { ...json, 'retry-after': '30' };
const spent = {
  ...json,
  'retry-after': '1200',
  'fitbit-rate-limit-limit': '150',
  'fitbit-rate-limit-remaining': '0',
  'fitbit-rate-limit-reset': '1200',
};

const answer = (status: number, body: string, headers: Record<string, string> = json): Required<Answer> => ({
  status,
  headers,
  body,
});
const { status, headers = {}, body } = retired();
const frontEndPage = (code: number, words: string): string =>
  `<!doctype html><title>${code} ${words}</title><h1>${code} ${words}</h1>`;
const ownDomain = { domain: 'health.googleapis.com' } as const;

/** `provider.endpoint.what`. */
const answers = {
  'fitbit.token.invalid_grant': answer(
    400,
    fitbitError('invalid_grant', `Refresh token invalid: {token}. ${fitbitAdvice}`),
  ),
  'fitbit.token.invalid_grant_bare': answer(
    400,
    JSON.stringify({ errors: [{ errorType: 'invalid_grant', message: 'Refresh token invalid: {token}.' }] }),
  ),
  'fitbit.token.invalid_grant_plain': answer(400, oauthError('invalid_grant', 'Refresh token invalid.')),
  'fitbit.token.invalid_client_plain': answer(401, oauthError('invalid_client', 'Unknown client.')),
  'fitbit.token.forbidden_html': answer(403, frontEndPage(403, 'Forbidden'), web),
  'fitbit.token.not_found_html': answer(404, frontEndPage(404, 'Not Found'), web),
  'fitbit.token.redirect': answer(302, '', { location: 'https://www.fitbit.com/' }),
  'fitbit.token.rate_limit_without_retry_after': answer(
    429,
    fitbitError('rate_limit_exceeded', 'Too Many Requests'),
    { ...json, 'fitbit-rate-limit-reset': '600' },
  ),
  'fitbit.token.invalid_request': answer(
    400,
    fitbitError('invalid_request', 'Missing parameter: grant_type'),
  ),
  'fitbit.token.validation': answer(
    400,
    fitbitError('validation', 'Invalid value for expires_in', 'expires_in'),
  ),
  'fitbit.token.invalid_client': answer(
    401,
    fitbitError('invalid_client', 'Invalid authorization header format.'),
  ),
  'fitbit.token.conflict': answer(409, ''),
  'fitbit.token.rate_limit_exceeded': answer(
    429,
    fitbitError('rate_limit_exceeded', 'Too Many Requests'),
    spent,
  ),
  'fitbit.token.too_many_requests': answer(429, fitbitError('system', 'Too Many Requests'), spent),
  'fitbit.token.system': answer(500, fitbitError('system', 'An unexpected error occurred.')),
  'fitbit.token.bad_gateway_html': answer(502, '<html><body><h1>502 Bad Gateway</h1></body></html>', web),
  'fitbit.token.unavailable_empty': answer(503, ''),
  'fitbit.revoke.invalid_client': answer(
    401,
    fitbitError('invalid_client', 'Invalid authorization header format.'),
  ),
  'fitbit.revoke.invalid_client_400': answer(
    400,
    fitbitError('invalid_client', 'Invalid authorization header format.'),
  ),
  'fitbit.revoke.invalid_token': answer(400, fitbitError('invalid_token', `Token invalid: {token}.`)),
  'fitbit.revoke.invalid_token_plain': answer(400, oauthError('invalid_token', 'Token expired or revoked')),
  'fitbit.revoke.invalid_request': answer(400, fitbitError('invalid_request', 'Missing parameter: token')),
  'fitbit.revoke.bad_request_html': answer(400, frontEndPage(400, 'Bad Request'), web),
  'fitbit.revoke.system': answer(500, fitbitError('system', 'An unexpected error occurred.')),
  'fitbit.devices.validation': answer(400, fitbitError('validation', 'Invalid resource', 'resource')),
  'fitbit.devices.expired_token': answer(
    401,
    fitbitError('expired_token', `Access token expired: {token}. ${fitbitAdvice}`),
  ),
  'fitbit.devices.invalid_token': answer(
    401,
    fitbitError('invalid_token', `Access token invalid: {token}. ${fitbitAdvice}`),
  ),
  'fitbit.devices.insufficient_scope': answer(
    403,
    fitbitError('insufficient_scope', 'This application does not have permission to read settings data.'),
  ),
  'fitbit.devices.insufficient_permissions': answer(
    403,
    fitbitError('insufficient_permissions', 'Read-only API client is not authorized to update resources.'),
  ),
  'fitbit.devices.not_found': answer(404, fitbitError('not_found', 'The resource could not be found.')),
  'fitbit.devices.conflict': answer(409, ''),
  'fitbit.devices.rate_limit_exceeded': answer(
    429,
    fitbitError('rate_limit_exceeded', 'Too Many Requests'),
    spent,
  ),
  'fitbit.devices.too_many_requests': answer(429, fitbitError('system', 'Too Many Requests'), spent),
  'fitbit.devices.system': answer(500, fitbitError('system', 'An unexpected error occurred.')),
  'fitbit.devices.unavailable_empty': answer(503, ''),
  'fitbit.any.retired': answer(status, body, { ...headers }),

  'google-health.token.invalid_grant': answer(
    400,
    oauthError('invalid_grant', 'Token has been expired or revoked.'),
  ),
  'google-health.token.invalid_rapt': answer(
    400,
    oauthError('invalid_grant', 'reauth related error (invalid_rapt)', { error_subtype: 'invalid_rapt' }),
  ),
  'google-health.token.invalid_request': answer(
    400,
    oauthError('invalid_request', 'Missing required parameter'),
  ),
  'google-health.token.unsupported_grant_type': answer(
    400,
    oauthError('unsupported_grant_type', 'Invalid grant_type: refresh'),
  ),
  'google-health.token.redirect_uri_mismatch': answer(
    400,
    oauthError('redirect_uri_mismatch', 'Bad Request'),
  ),
  'google-health.token.invalid_client': answer(
    401,
    oauthError('invalid_client', 'The provided client secret is invalid.'),
  ),
  'google-health.token.deleted_client': answer(
    401,
    oauthError('deleted_client', 'The OAuth client was deleted.'),
  ),
  'google-health.token.unauthorized_client': answer(401, oauthError('unauthorized_client', 'Unauthorized')),
  'google-health.token.busy': answer(429, oauthError('rate_limit_exceeded', 'Rate Limit Exceeded'), later),
  'google-health.token.internal': answer(500, oauthError('internal_failure', 'Internal error')),
  'google-health.token.bad_gateway_html': answer(
    502,
    '<!doctype html><title>Error 502 (Server Error)</title>',
    web,
  ),
  'google-health.token.unavailable': answer(503, oauthError('backend_error', 'Service unavailable')),
  'google-health.revoke.invalid_token': answer(400, oauthError('invalid_token', 'Token expired or revoked')),
  'google-health.revoke.unavailable': answer(503, oauthError('backend_error', 'Service unavailable')),
  'google-health.token.forbidden_html': answer(403, frontEndPage(403, 'Forbidden'), web),
  'google-health.token.not_found_html': answer(404, googleNotFoundPage, web),
  'google-health.token.redirect': answer(302, '', { location: 'https://www.google.com/sorry/index' }),
  'google-health.revoke.bad_request': answer(400, oauthError('invalid_request', 'Bad Request')),
  'google-health.revoke.invalid_client': answer(400, oauthError('invalid_client', 'Unauthorized')),

  'google-health.devices.account_not_linked': answer(400, notLinked()),
  'google-health.devices.not_linked_without_details': answer(
    400,
    googleError('FAILED_PRECONDITION', 'Precondition check failed.'),
  ),
  'google-health.devices.profile_not_ready': answer(
    412,
    JSON.stringify({ error: { code: 412, message: 'Precondition check failed.' } }),
  ),
  'google-health.devices.invalid_argument': answer(
    400,
    googleError('INVALID_ARGUMENT', 'Request contains an invalid argument.'),
  ),
  'google-health.devices.credentials_missing': answer(
    401,
    googleError(
      'UNAUTHENTICATED',
      'Request is missing required authentication credential.',
      'CREDENTIALS_MISSING',
    ),
  ),
  'google-health.devices.access_token_expired': answer(
    401,
    googleError('UNAUTHENTICATED', 'Request had invalid authentication credentials.', 'ACCESS_TOKEN_EXPIRED'),
  ),
  'google-health.devices.unauthenticated': answer(401, unauthenticated, {
    ...json,
    'www-authenticate': invalidTokenChallenge,
  }),
  'google-health.devices.scope_insufficient': answer(
    403,
    googleError(
      'PERMISSION_DENIED',
      'Request had insufficient authentication scopes.',
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    ),
  ),
  'google-health.devices.scope_insufficient_flat': answer(
    403,
    oauthError('insufficient_scope', 'Request had insufficient authentication scopes.'),
  ),
  'google-health.devices.scope_insufficient_challenge': answer(403, '', {
    'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"',
  }),
  'google-health.devices.missing_oauth_scope': answer(
    403,
    googleError('PERMISSION_DENIED', 'The token lacks a scope.', 'MISSING_OAUTH_SCOPE', ownDomain),
  ),
  'google-health.devices.disallowed_oauth_scopes': answer(
    403,
    googleError(
      'PERMISSION_DENIED',
      'The token has scopes that are not allowed.',
      'DISALLOWED_OAUTH_SCOPES',
      ownDomain,
    ),
  ),
  'google-health.devices.private_preview': answer(
    403,
    googleError(
      'PERMISSION_DENIED',
      'The project has no access to this API.',
      'API_PRIVATE_PREVIEW_ACCESS_DENIED',
      ownDomain,
    ),
  ),
  'google-health.devices.service_disabled': answer(
    403,
    googleError(
      'PERMISSION_DENIED',
      'Google Health API has not been used in project 123456789 before or it is disabled.',
      'SERVICE_DISABLED',
      { metadata: { consumer: 'projects/123456789', service: 'health.googleapis.com' } },
    ),
  ),
  'google-health.devices.access_not_configured': answer(
    403,
    oldGoogleError(403, 'Access Not Configured.', 'accessNotConfigured'),
  ),
  'google-health.devices.user_project_denied': answer(
    403,
    googleError('PERMISSION_DENIED', 'Caller may not use this project.', 'USER_PROJECT_DENIED'),
  ),
  'google-health.devices.consumer_suspended': answer(
    403,
    googleError('PERMISSION_DENIED', 'The consumer is suspended.', 'CONSUMER_SUSPENDED'),
  ),
  'google-health.devices.consumer_invalid': answer(
    403,
    googleError('PERMISSION_DENIED', 'The consumer is invalid.', 'CONSUMER_INVALID'),
  ),
  'google-health.devices.billing_disabled': answer(
    403,
    googleError('PERMISSION_DENIED', 'Billing is disabled for the project.', 'BILLING_DISABLED'),
  ),
  'google-health.devices.resource_permission_denied': answer(
    403,
    googleError(
      'PERMISSION_DENIED',
      'Permission denied on resource.',
      'RESOURCE_PERMISSION_DENIED',
      ownDomain,
    ),
  ),
  'google-health.devices.data_access_denied': answer(
    403,
    googleError('PERMISSION_DENIED', 'Access to the data is denied.', 'DATA_ACCESS_DENIED', ownDomain),
  ),
  'google-health.devices.permission_denied': answer(
    403,
    googleError('PERMISSION_DENIED', 'The caller does not have permission'),
  ),
  'google-health.devices.legacy_account': answer(
    403,
    googleError('PERMISSION_DENIED', 'Could not mint UberMint from GaiaMint'),
  ),
  'google-health.devices.forbidden_html': answer(403, frontEndPage(403, 'Forbidden'), web),
  'google-health.devices.not_found': answer(404, googleError('NOT_FOUND', 'Requested entity was not found.')),
  'google-health.devices.not_found_html': answer(404, googleNotFoundPage, web),
  'google-health.devices.redirect': answer(302, '', { location: 'https://www.google.com/sorry/index' }),
  'google-health.devices.rate_limit_exceeded': answer(
    429,
    googleError('RESOURCE_EXHAUSTED', 'Quota exceeded.', 'RATE_LIMIT_EXCEEDED'),
    later,
  ),
  'google-health.devices.rate_limit_without_retry_after': answer(
    429,
    googleError('RESOURCE_EXHAUSTED', 'Quota exceeded.', 'RATE_LIMIT_EXCEEDED'),
  ),
  'google-health.devices.rate_limit_old': answer(
    403,
    oldGoogleError(403, 'Rate Limit Exceeded', 'rateLimitExceeded'),
  ),
  'google-health.devices.user_rate_limit_old': answer(
    403,
    oldGoogleError(403, 'User Rate Limit Exceeded', 'userRateLimitExceeded'),
  ),
  'google-health.devices.internal': answer(500, googleError('INTERNAL', 'Internal error encountered.')),
  'google-health.devices.bad_gateway_html': answer(502, frontEndPage(502, 'Bad Gateway'), web),
  'google-health.devices.unavailable': answer(503, googleError('UNAVAILABLE', 'The service is unavailable.')),
};

export type FaultName = keyof typeof answers;

export const documentedFaults: readonly DocumentedFault[] = Object.entries(answers).map(([name, answer]) => {
  const [provider, endpoint] = name.split('.') as [Provider, Endpoint | 'any'];
  return { name: name as FaultName, provider, endpoint, ...answer };
});

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(answers, name);

/** A documented fault as a switch; `endpoint` puts it somewhere else than where its name says. */
export function documentedFault(name: FaultName, times = 1, endpoint?: Endpoint | 'any'): Fault {
  return {
    kind: 'answer',
    name,
    endpoint: endpoint ?? (name.split('.')[1] as Endpoint | 'any'),
    times,
    ...answers[name],
  };
}

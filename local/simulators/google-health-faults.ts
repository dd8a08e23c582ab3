/** Every error that Google's pages and users' reports name. */
import { googleOauthFaults } from './google-oauth-faults';
import { fault, json, type FaultTable, pageFault, proxyPage } from './fault-table';
import {
  googleError,
  googleHttpStatus,
  googleNotFoundPage,
  invalidTokenChallenge,
  notLinked,
  oauthError,
  oldGoogleError,
  unauthenticated,
} from './provider-errors';

const later = { ...json, 'retry-after': '30' };
const ownDomain = { domain: 'health.googleapis.com' } as const;

/** Status and body of a `google.rpc.Status`. */
function rpcFault(
  label: string,
  means: Parameters<typeof fault>[1],
  ...said: Parameters<typeof googleError>
): ReturnType<typeof fault> {
  return fault(label, means, googleHttpStatus(said[0]), googleError(...said));
}

export const googleHealthFaults = {
  ...googleOauthFaults,
  'devices.account_not_linked': fault(
    'The account has no Google Health profile',
    'ACCOUNT_NOT_LINKED',
    400,
    notLinked(),
  ),
  'devices.not_linked_without_details': rpcFault(
    'The account has no Google Health profile, said without a reason',
    'ACCOUNT_NOT_LINKED',
    'FAILED_PRECONDITION',
    'Precondition check failed.',
  ),
  'devices.profile_not_ready': fault(
    'The account’s profile is not ready',
    'ACCOUNT_NOT_LINKED',
    412,
    JSON.stringify({ error: { code: 412, message: 'Precondition check failed.' } }),
  ),
  'devices.invalid_argument': rpcFault(
    'The request is not understood',
    'REQUEST_REFUSED',
    'INVALID_ARGUMENT',
    'Request contains an invalid argument.',
  ),
  'devices.credentials_missing': rpcFault(
    'No access token has arrived',
    'ACCESS_TOKEN_REFUSED',
    'UNAUTHENTICATED',
    'Request is missing required authentication credential.',
    'CREDENTIALS_MISSING',
  ),
  'devices.access_token_expired': rpcFault(
    'The access token has expired',
    'ACCESS_TOKEN_REFUSED',
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials.',
    'ACCESS_TOKEN_EXPIRED',
  ),
  'devices.unauthenticated': fault(
    'The access token is not valid, said without a reason',
    'ACCESS_TOKEN_REFUSED',
    401,
    unauthenticated,
    {
      ...json,
      'www-authenticate': invalidTokenChallenge,
    },
  ),
  'devices.scope_insufficient': rpcFault(
    'The permission to read devices is missing',
    'SCOPE_MISSING',
    'PERMISSION_DENIED',
    'Request had insufficient authentication scopes.',
    'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  ),
  'devices.scope_insufficient_flat': fault(
    'The permission to read devices is missing, said in the OAuth shape',
    'SCOPE_MISSING',
    403,
    oauthError('insufficient_scope', 'Request had insufficient authentication scopes.'),
  ),
  'devices.scope_insufficient_challenge': fault(
    'The permission to read devices is missing, said in a header only',
    'SCOPE_MISSING',
    403,
    '',
    {
      'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"',
    },
  ),
  'devices.missing_oauth_scope': rpcFault(
    'The access token lacks a scope',
    'SCOPE_MISSING',
    'PERMISSION_DENIED',
    'The token lacks a scope.',
    'MISSING_OAUTH_SCOPE',
    ownDomain,
  ),
  'devices.disallowed_oauth_scopes': rpcFault(
    'The access token has scopes of another API',
    'SCOPES_REFUSED',
    'PERMISSION_DENIED',
    'The token has scopes that are not allowed.',
    'DISALLOWED_OAUTH_SCOPES',
    ownDomain,
  ),
  'devices.private_preview': rpcFault(
    'Google has not let the project in to the API',
    'PROJECT_NOT_ADMITTED',
    'PERMISSION_DENIED',
    'The project has no access to this API.',
    'API_PRIVATE_PREVIEW_ACCESS_DENIED',
    ownDomain,
  ),
  'devices.service_disabled': rpcFault(
    'The API is not enabled in the project',
    'API_DISABLED',
    'PERMISSION_DENIED',
    'Google Health API has not been used in project 123456789 before or it is disabled.',
    'SERVICE_DISABLED',
    { metadata: { consumer: 'projects/123456789', service: 'health.googleapis.com' } },
  ),
  'devices.access_not_configured': fault(
    'The API is not enabled in the project, said in the old shape',
    'API_DISABLED',
    403,
    oldGoogleError(403, 'Access Not Configured.', 'accessNotConfigured'),
  ),
  'devices.user_project_denied': rpcFault(
    'The client may not use the project',
    'PROJECT_REFUSED',
    'PERMISSION_DENIED',
    'Caller may not use this project.',
    'USER_PROJECT_DENIED',
  ),
  'devices.consumer_suspended': rpcFault(
    'The project is suspended',
    'PROJECT_REFUSED',
    'PERMISSION_DENIED',
    'The consumer is suspended.',
    'CONSUMER_SUSPENDED',
  ),
  'devices.consumer_invalid': rpcFault(
    'The project is unknown',
    'PROJECT_REFUSED',
    'PERMISSION_DENIED',
    'The consumer is invalid.',
    'CONSUMER_INVALID',
  ),
  'devices.billing_disabled': rpcFault(
    'The project has no billing',
    'PROJECT_REFUSED',
    'PERMISSION_DENIED',
    'Billing is disabled for the project.',
    'BILLING_DISABLED',
  ),
  'devices.resource_permission_denied': rpcFault(
    'This account’s devices are refused',
    'ACCESS_FORBIDDEN',
    'PERMISSION_DENIED',
    'Permission denied on resource.',
    'RESOURCE_PERMISSION_DENIED',
    ownDomain,
  ),
  'devices.data_access_denied': rpcFault(
    'This account’s data are refused',
    'ACCESS_FORBIDDEN',
    'PERMISSION_DENIED',
    'Access to the data is denied.',
    'DATA_ACCESS_DENIED',
    ownDomain,
  ),
  'devices.permission_denied': rpcFault(
    'Refused without a reason: access has to be removed and given again',
    'ACCESS_FORBIDDEN',
    'PERMISSION_DENIED',
    'The caller does not have permission',
  ),
  'devices.legacy_account': rpcFault(
    'The Fitbit account was never moved to Google',
    'ACCOUNT_NOT_MOVED',
    'PERMISSION_DENIED',
    'Could not mint UberMint from GaiaMint',
  ),
  'devices.forbidden_html': pageFault('PROVIDER_UNAVAILABLE', 403, 'Forbidden'),
  'devices.not_found': rpcFault(
    'There is no such thing',
    'NOT_FOUND',
    'NOT_FOUND',
    'Requested entity was not found.',
  ),
  'devices.not_found_html': pageFault('NOT_FOUND', 404, 'Not Found', googleNotFoundPage),
  'devices.redirect': fault('Sent to a web page that asks for a person', 'PROVIDER_UNAVAILABLE', 302, '', {
    location: 'https://www.google.com/sorry/index',
  }),
  'devices.rate_limit_exceeded': fault(
    'Too many requests',
    'RATE_LIMITED',
    429,
    googleError('RESOURCE_EXHAUSTED', 'Quota exceeded.', 'RATE_LIMIT_EXCEEDED'),
    later,
  ),
  'devices.rate_limit_without_retry_after': rpcFault(
    'Too many requests, without saying for how long',
    'RATE_LIMITED',
    'RESOURCE_EXHAUSTED',
    'Quota exceeded.',
    'RATE_LIMIT_EXCEEDED',
  ),
  'devices.rate_limit_old': fault(
    'Too many requests, said in the old shape',
    'RATE_LIMITED',
    403,
    oldGoogleError(403, 'Rate Limit Exceeded', 'rateLimitExceeded'),
  ),
  'devices.user_rate_limit_old': fault(
    'Too many requests for one person, said in the old shape',
    'RATE_LIMITED',
    403,
    oldGoogleError(403, 'User Rate Limit Exceeded', 'userRateLimitExceeded'),
  ),
  'devices.internal': rpcFault(
    'An error of Google',
    'PROVIDER_UNAVAILABLE',
    'INTERNAL',
    'Internal error encountered.',
  ),
  'devices.bad_gateway_html': proxyPage('PROVIDER_UNAVAILABLE'),
  'devices.unavailable': rpcFault(
    'Not available',
    'PROVIDER_UNAVAILABLE',
    'UNAVAILABLE',
    'The service is unavailable.',
  ),
} satisfies FaultTable;

/** Every error of Google's OAuth endpoints that its pages and users' reports name. */
import { fault, json, type FaultTable, pageFault, proxyPage } from './fault-table';
import { googleNotFoundPage, oauthError } from './provider-errors';

const later = { ...json, 'retry-after': '30' };

const organizationRestricts =
  'Access to your account data is restricted by policies within your organization.';

export const googleOauthFaults = {
  'token.invalid_grant': fault(
    'The refresh token is dead',
    'GRANT_REFUSED',
    400,
    oauthError('invalid_grant', 'Token has been expired or revoked.'),
  ),
  'token.invalid_rapt': fault(
    'The account’s administrator asks for a new sign-in',
    'GRANT_REFUSED',
    400,
    oauthError('invalid_grant', 'reauth related error (invalid_rapt)', { error_subtype: 'invalid_rapt' }),
  ),
  'token.admin_policy_enforced': fault(
    'The account’s administrator restricts the client',
    'ACCESS_FORBIDDEN',
    400,
    oauthError('admin_policy_enforced', organizationRestricts),
  ),
  'token.access_not_configured': fault(
    'The account’s administrator has not allowed the client yet',
    'ACCESS_FORBIDDEN',
    400,
    oauthError('access_not_configured', organizationRestricts),
  ),
  'token.policy_enforced': fault(
    'Advanced Protection keeps the client out of the account',
    'ACCESS_FORBIDDEN',
    400,
    oauthError('policy_enforced', 'Access is blocked by Advanced Protection.'),
  ),
  'token.invalid_request': fault(
    'The request lacks a parameter',
    'REQUEST_REFUSED',
    400,
    oauthError('invalid_request', 'Missing required parameter'),
  ),
  'token.unsupported_grant_type': fault(
    'The grant type is unknown',
    'REQUEST_REFUSED',
    400,
    oauthError('unsupported_grant_type', 'Invalid grant_type: refresh'),
  ),
  'token.redirect_uri_mismatch': fault(
    'The redirect address is not registered',
    'REQUEST_REFUSED',
    400,
    oauthError('redirect_uri_mismatch', 'Bad Request'),
  ),
  'token.invalid_client': fault(
    'The client’s secret is wrong',
    'CLIENT_REFUSED',
    401,
    oauthError('invalid_client', 'The provided client secret is invalid.'),
  ),
  'token.deleted_client': fault(
    'The client was deleted',
    'CLIENT_REFUSED',
    401,
    oauthError('deleted_client', 'The OAuth client was deleted.'),
  ),
  'token.unauthorized_client': fault(
    'The client may not do this',
    'CLIENT_REFUSED',
    401,
    oauthError('unauthorized_client', 'Unauthorized'),
  ),
  'token.busy': fault(
    'Too many requests',
    'RATE_LIMITED',
    429,
    oauthError('rate_limit_exceeded', 'Rate Limit Exceeded'),
    later,
  ),
  'token.internal': fault(
    'An error of Google',
    'OUTCOME_UNKNOWN',
    500,
    oauthError('internal_failure', 'Internal error'),
  ),
  'token.bad_gateway_html': proxyPage(
    'OUTCOME_UNKNOWN',
    '<!doctype html><title>Error 502 (Server Error)</title>',
  ),
  'token.unavailable': fault(
    'Not available',
    'OUTCOME_UNKNOWN',
    503,
    oauthError('backend_error', 'Service unavailable'),
  ),
  'revoke.invalid_token': fault(
    'The token is dead already',
    'revoked',
    400,
    oauthError('invalid_token', 'Token expired or revoked'),
  ),
  'revoke.unavailable': fault(
    'Not available',
    'OUTCOME_UNKNOWN',
    503,
    oauthError('backend_error', 'Service unavailable'),
  ),
  'token.forbidden_html': pageFault('PROVIDER_UNAVAILABLE', 403, 'Forbidden'),
  'token.not_found_html': pageFault('PROVIDER_UNAVAILABLE', 404, 'Not Found', googleNotFoundPage),
  'token.redirect': fault('Sent to a web page that asks for a person', 'PROVIDER_UNAVAILABLE', 302, '', {
    location: 'https://www.google.com/sorry/index',
  }),
  'revoke.bad_request': fault(
    'The request is not understood',
    'REQUEST_REFUSED',
    400,
    oauthError('invalid_request', 'Bad Request'),
  ),
  'revoke.invalid_client': fault(
    'The client is refused',
    'CLIENT_REFUSED',
    400,
    oauthError('invalid_client', 'Unauthorized'),
  ),
} satisfies FaultTable;

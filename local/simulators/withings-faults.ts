/** The errors of Withings: the families of statuses that it publishes, with the words that others have received. */
import { fault, frontEndPage, json, pageFault, proxyPage, web, type FaultTable } from './fault-table';
import { withingsError } from './provider-errors';

/** Nearly every error comes with HTTP 200. */
function said(
  label: string,
  means: Parameters<typeof fault>[1],
  status: number,
  error: string,
): ReturnType<typeof fault> {
  return fault(label, means, 200, withingsError(status, error), json);
}

/** What answers 200 without an envelope was not the API. */
const maintenancePage = (means: Parameters<typeof fault>[1]) =>
  fault('A web page with the status of a good answer', means, 200, frontEndPage(200, 'Maintenance'), web);

export const withingsFaults = {
  'token.invalid_refresh_token': said(
    'The refresh token is dead',
    'GRANT_REFUSED',
    503,
    'Invalid Params: invalid refresh_token',
  ),
  'token.invalid_code': said(
    'The code is older than 30 seconds',
    'GRANT_REFUSED',
    503,
    'Invalid Params: invalid code',
  ),
  'token.invalid_client': said(
    'The client id or its secret is wrong',
    'CLIENT_REFUSED',
    503,
    'Invalid Params: invalid client id/secret',
  ),
  'token.unauthorized': said('The client may not do this', 'CLIENT_REFUSED', 2555, 'Unauthorized'),
  'token.authentication_failed': said(
    'Authentication failed, without a reason',
    'CLIENT_REFUSED',
    401,
    'Authentication failed',
  ),
  'token.missing_params': said(
    'The request lacks a parameter',
    'REQUEST_REFUSED',
    503,
    'Invalid Params: Missing params',
  ),
  'token.invalid_redirect_uri': said(
    'The redirect address is not registered',
    'REQUEST_REFUSED',
    503,
    'Invalid Params: invalid redirect_uri',
  ),
  'token.not_implemented': said('There is no such action', 'REQUEST_REFUSED', 2554, 'Not implemented'),
  'token.same_arguments': said(
    'The same request within ten seconds',
    'RATE_LIMITED',
    601,
    'Same arguments in less than 10 seconds',
  ),
  'token.too_many_requests': said('Too many requests', 'RATE_LIMITED', 601, 'Too Many Requests'),
  'token.timeout': said('Withings has waited for too long', 'OUTCOME_UNKNOWN', 522, 'Timeout'),
  'token.error': said('An error of Withings', 'OUTCOME_UNKNOWN', 2556, 'An error occurred'),
  'token.unheard_of': said(
    'A status that Withings does not list',
    'OUTCOME_UNKNOWN',
    77_777,
    'An error occurred',
  ),
  'token.bad_gateway_html': proxyPage('OUTCOME_UNKNOWN'),
  'token.forbidden_html': pageFault('PROVIDER_UNAVAILABLE', 403, 'Forbidden'),
  'token.redirect': fault('Sent to a web page', 'PROVIDER_UNAVAILABLE', 302, '', {
    location: 'https://developer.withings.com/',
  }),
  'token.ok_html': maintenancePage('OUTCOME_UNKNOWN'),
  'revoke.invalid_signature': said(
    'The signature is wrong',
    'CLIENT_REFUSED',
    503,
    'Invalid Params: invalid signature',
  ),
  'revoke.invalid_userid': said(
    'The user is not known',
    'REQUEST_REFUSED',
    247,
    'Invalid Params: invalid userid',
  ),
  'revoke.too_many_requests': said('Too many requests', 'RATE_LIMITED', 601, 'Too Many Requests'),
  'revoke.error': said('An error of Withings', 'OUTCOME_UNKNOWN', 2556, 'An error occurred'),
  'devices.invalid_token': said(
    'The access token is not valid',
    'ACCESS_TOKEN_REFUSED',
    401,
    'XRequestID: Not provided invalid_token: The access token provided is invalid',
  ),
  'devices.authentication_failed': said(
    'Authentication failed, without a reason',
    'ACCESS_TOKEN_REFUSED',
    100,
    'Authentication failed',
  ),
  'devices.insufficient_scope': said(
    'The permission to read devices is missing',
    'SCOPE_MISSING',
    403,
    'XRequestID: [Not provided] - Insufficient_scope: The request requires higher privileges than provided by the access token',
  ),
  'devices.unauthorized': said('The client may not do this', 'ACCESS_FORBIDDEN', 2553, 'Unauthorized'),
  'devices.invalid_params': said('The request is not understood', 'REQUEST_REFUSED', 503, 'Invalid Params'),
  'devices.not_implemented': said('There is no such action', 'NOT_FOUND', 2554, 'Not implemented'),
  'devices.too_many_requests': said('Too many requests', 'RATE_LIMITED', 601, 'Too Many Requests'),
  'devices.timeout': said('Withings has waited for too long', 'PROVIDER_UNAVAILABLE', 522, 'Timeout'),
  'devices.error': said('An error of Withings', 'PROVIDER_UNAVAILABLE', 2556, 'An error occurred'),
  'devices.bad_gateway_html': proxyPage('PROVIDER_UNAVAILABLE'),
  'devices.ok_html': maintenancePage('ANSWER_UNREADABLE'),
} satisfies FaultTable;

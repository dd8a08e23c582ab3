/** Every error that Fitbit's pages and users' reports name. */
import { fault, json, web, type FaultTable, pageFault, proxyPage } from './fault-table';
import { retired } from './faults';
import { fitbitAdvice, fitbitError, oauthError } from './provider-errors';

const spent = {
  ...json,
  'retry-after': '1200',
  'fitbit-rate-limit-limit': '150',
  'fitbit-rate-limit-remaining': '0',
  'fitbit-rate-limit-reset': '1200',
};

export const fitbitFaults = {
  'token.invalid_grant': fault(
    'The refresh token is dead',
    'GRANT_REFUSED',
    400,
    fitbitError('invalid_grant', `Refresh token invalid: {token}. ${fitbitAdvice}`),
  ),
  'token.invalid_grant_bare': fault(
    'The refresh token is dead, said without "success"',
    'GRANT_REFUSED',
    400,
    JSON.stringify({ errors: [{ errorType: 'invalid_grant', message: 'Refresh token invalid: {token}.' }] }),
  ),
  'token.invalid_grant_plain': fault(
    'The refresh token is dead, said in the plain OAuth shape',
    'GRANT_REFUSED',
    400,
    oauthError('invalid_grant', 'Refresh token invalid.'),
  ),
  'token.invalid_client_plain': fault(
    'The client is unknown, said in the plain OAuth shape',
    'CLIENT_REFUSED',
    401,
    oauthError('invalid_client', 'Unknown client.'),
  ),
  'token.forbidden_html': pageFault('PROVIDER_UNAVAILABLE', 403, 'Forbidden'),
  'token.not_found_html': pageFault('PROVIDER_UNAVAILABLE', 404, 'Not Found'),
  'token.redirect': fault('Sent to a web page', 'PROVIDER_UNAVAILABLE', 302, '', {
    location: 'https://www.fitbit.com/',
  }),
  'token.rate_limit_without_retry_after': fault(
    'Too many requests; only Fitbit’s own header says how long',
    'RATE_LIMITED',
    429,
    fitbitError('rate_limit_exceeded', 'Too Many Requests'),
    { ...json, 'fitbit-rate-limit-reset': '600' },
  ),
  'token.invalid_request': fault(
    'The request lacks a parameter',
    'REQUEST_REFUSED',
    400,
    fitbitError('invalid_request', 'Missing parameter: grant_type'),
  ),
  'token.validation': fault(
    'A parameter has a wrong value',
    'REQUEST_REFUSED',
    400,
    fitbitError('validation', 'Invalid value for expires_in', 'expires_in'),
  ),
  'token.invalid_client': fault(
    'The client id or its secret is wrong',
    'CLIENT_REFUSED',
    401,
    fitbitError('invalid_client', 'Invalid authorization header format.'),
  ),
  'token.conflict': fault('Somebody else refreshes the same token now', 'CONCURRENT_REFRESH', 409, ''),
  'token.rate_limit_exceeded': fault(
    'Too many requests',
    'RATE_LIMITED',
    429,
    fitbitError('rate_limit_exceeded', 'Too Many Requests'),
    spent,
  ),
  'token.too_many_requests': fault(
    'Too many requests, said as an error of the system',
    'RATE_LIMITED',
    429,
    fitbitError('system', 'Too Many Requests'),
    spent,
  ),
  'token.system': fault(
    'An error of Fitbit',
    'OUTCOME_UNKNOWN',
    500,
    fitbitError('system', 'An unexpected error occurred.'),
  ),
  'token.bad_gateway_html': proxyPage(
    'OUTCOME_UNKNOWN',
    '<html><body><h1>502 Bad Gateway</h1></body></html>',
  ),
  'token.unavailable_empty': fault('Not available, said with an empty answer', 'OUTCOME_UNKNOWN', 503, ''),
  'revoke.invalid_client': fault(
    'The client id or its secret is wrong',
    'CLIENT_REFUSED',
    401,
    fitbitError('invalid_client', 'Invalid authorization header format.'),
  ),
  'revoke.invalid_client_400': fault(
    'The client id or its secret is wrong, said with 400',
    'CLIENT_REFUSED',
    400,
    fitbitError('invalid_client', 'Invalid authorization header format.'),
  ),
  'revoke.invalid_token': fault(
    'The token is dead already',
    'revoked',
    400,
    fitbitError('invalid_token', `Token invalid: {token}.`),
  ),
  'revoke.invalid_token_plain': fault(
    'The token is dead already, said in the plain OAuth shape',
    'revoked',
    400,
    oauthError('invalid_token', 'Token expired or revoked'),
  ),
  'revoke.invalid_request': fault(
    'The request lacks a parameter',
    'REQUEST_REFUSED',
    400,
    fitbitError('invalid_request', 'Missing parameter: token'),
  ),
  'revoke.bad_request_html': pageFault('REQUEST_REFUSED', 400, 'Bad Request'),
  'revoke.system': fault(
    'An error of Fitbit',
    'OUTCOME_UNKNOWN',
    500,
    fitbitError('system', 'An unexpected error occurred.'),
  ),
  'devices.validation': fault(
    'The request is not understood',
    'REQUEST_REFUSED',
    400,
    fitbitError('validation', 'Invalid resource', 'resource'),
  ),
  'devices.expired_token': fault(
    'The access token has expired',
    'ACCESS_TOKEN_REFUSED',
    401,
    fitbitError('expired_token', `Access token expired: {token}. ${fitbitAdvice}`),
  ),
  'devices.invalid_token': fault(
    'The access token is not valid',
    'ACCESS_TOKEN_REFUSED',
    401,
    fitbitError('invalid_token', `Access token invalid: {token}. ${fitbitAdvice}`),
  ),
  'devices.insufficient_scope': fault(
    'The permission to read devices is missing',
    'SCOPE_MISSING',
    403,
    fitbitError('insufficient_scope', 'This application does not have permission to read settings data.'),
  ),
  'devices.insufficient_permissions': fault(
    'The client may not do this',
    'SCOPE_MISSING',
    403,
    fitbitError('insufficient_permissions', 'Read-only API client is not authorized to update resources.'),
  ),
  'devices.not_found': fault(
    'There is no such address',
    'NOT_FOUND',
    404,
    fitbitError('not_found', 'The resource could not be found.'),
  ),
  'devices.conflict': fault('In conflict with another request', 'CONCURRENT_REFRESH', 409, ''),
  'devices.rate_limit_exceeded': fault(
    'Too many requests',
    'RATE_LIMITED',
    429,
    fitbitError('rate_limit_exceeded', 'Too Many Requests'),
    spent,
  ),
  'devices.too_many_requests': fault(
    'Too many requests, said as an error of the system',
    'RATE_LIMITED',
    429,
    fitbitError('system', 'Too Many Requests'),
    spent,
  ),
  'devices.system': fault(
    'An error of Fitbit',
    'PROVIDER_UNAVAILABLE',
    500,
    fitbitError('system', 'An unexpected error occurred.'),
  ),
  'devices.unavailable_empty': fault(
    'Not available, said with an empty answer',
    'PROVIDER_UNAVAILABLE',
    503,
    '',
  ),
  'any.retired': fault(
    'Fitbit’s Web API has been switched off',
    'PROVIDER_RETIRED',
    retired().status,
    retired().body,
    web,
  ),
} satisfies FaultTable;

/** The shapes in which the providers write an error. */

/** Fitbit's envelope, at its token endpoint as well: not the shape of RFC 6749. */
export function fitbitError(errorType: string, message: string, fieldName = 'n/a'): string {
  return JSON.stringify({ errors: [{ errorType, fieldName, message }], success: false });
}

/** RFC 6749 section 5.2: Google's OAuth endpoints. */
export function oauthError(
  error: string,
  description: string,
  extra: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({ error, error_description: description, ...extra });
}

/** Withings: under HTTP 200. */
export function withingsError(status: number, error: string): string {
  return JSON.stringify({ status, body: {}, error });
}

const googleStatus = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};

/** Who gives a reason: the API itself, or Google's front door for all APIs. */
export type Domain = 'health.googleapis.com' | 'googleapis.com';

/** google.rpc.Status: Google Health. `details` is there only when there is a reason. */
export function googleError(
  status: keyof typeof googleStatus,
  message: string,
  reason?: string,
  { domain = 'googleapis.com', metadata }: { domain?: Domain; metadata?: Record<string, string> } = {},
): string {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain,
    ...(metadata && { metadata }),
  };
  return JSON.stringify({
    error: { code: googleStatus[status], message, status, ...(reason && { details: [info] }) },
  });
}

/** The older shape of Google's APIs. */
export function oldGoogleError(code: number, message: string, reason: string): string {
  return JSON.stringify({ error: { code, message, errors: [{ message, domain: 'usageLimits', reason }] } });
}

/** As was captured live: where a person gives the account the profile that it lacks. */
export function notLinked(): string {
  return googleError(
    'FAILED_PRECONDITION',
    'The account is not linked to Google Health.',
    'ACCOUNT_NOT_LINKED',
    {
      domain: 'health.googleapis.com',
      metadata: { redirect_uri: 'https://fitbit.google.com/auth/signup' },
    },
  );
}

/** An access token that is too old, unknown or revoked was answered so when others looked: no reason is given. */
export const unauthenticated = googleError(
  'UNAUTHENTICATED',
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
);
export const invalidTokenChallenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"';

/** What Google's front end answers for a path that it does not know: a web page. */
export const googleNotFoundPage =
  '<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> <ins>That’s an error.</ins>';

/** The HTTP status that goes with a status of google.rpc. */
export function googleHttpStatus(status: keyof typeof googleStatus): number {
  return googleStatus[status];
}

/** The end of most of Fitbit's messages. */
export const fitbitAdvice =
  'Visit https://dev.fitbit.com/docs/oauth2 for more information on the Fitbit Web API authorization process.';

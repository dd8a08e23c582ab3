/** The three shapes in which the providers write an error. */

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

/** google.rpc.Status: Google Health. `details` is there only when there is a reason. */
export function googleError(status: keyof typeof googleStatus, message: string, reason?: string): string {
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' };
  return JSON.stringify({
    error: { code: googleStatus[status], message, status, ...(reason && { details: [info] }) },
  });
}

/** The HTTP status that goes with a status of google.rpc. */
export function googleHttpStatus(status: keyof typeof googleStatus): number {
  return googleStatus[status];
}

/** The end of most of Fitbit's messages. */
export const fitbitAdvice =
  'Visit https://dev.fitbit.com/docs/oauth2 for more information on the Fitbit Web API authorization process.';

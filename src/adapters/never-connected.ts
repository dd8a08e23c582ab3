/** Failures of the name look-up, of connecting, or of TLS: the request itself was certainly not sent. */
export function neverConnected(error: unknown): boolean {
  const {
    code = '',
    syscall,
    cause,
    errors,
  } = error as {
    code?: string;
    syscall?: string;
    cause?: unknown;
    errors?: readonly unknown[];
  };
  // An `AggregateError` carries the code of its first error; each address of a name that was tried is one of them.
  if (errors !== undefined) return errors.length > 0 && errors.every(neverConnected);
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) return true;
  if (/^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)) return true;
  return cause !== undefined && cause !== error && neverConnected(cause);
}

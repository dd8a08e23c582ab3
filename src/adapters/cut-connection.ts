/** Whether an error says that the server has closed a connection which was kept open. A client learns of that with its next request. */
export function wasCut(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** What another program imports. How: docs/client.md. */
export { createClient } from './create-client';
export { ClientError, type ClientErrorCode } from './client-error';
export type * from './types';

/** What programs and the operator call: one file, read with the first request of theirs. */
export { health } from './operator/health';
export { openapi } from './operator/openapi';
export { opsCheck } from './operator/ops-check';
export { opsDoctor } from './operator/ops-doctor';
export { opsInvites } from './operator/ops-invites';
export { opsReconnect } from './operator/ops-reconnect';
export { opsRotate } from './operator/ops-rotate';
export { opsStatus } from './operator/ops-status';
export { accessToken } from './sharing/access-token';
export { connections, label, oneConnection, reconnectLink } from './sharing/connections';
export { providerApi } from './sharing/provider-api';

/** Where records are kept, and how names are made that give nothing away. */
import { createHash } from 'node:crypto';
import type { AlarmName, ConnectionId, Job, ProviderId } from '../model';
import type { Key } from '../ports';

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Connections spread over 16 partitions, so that a run can read them side by side. */
export function connectionKey(id: ConnectionId): Key {
  return { partition: hash('connection', id).slice(0, 1), row: id };
}

export function identityKey(provider: ProviderId, providerUserId: string): Key {
  const row = hash('identity', provider, providerUserId);
  return { partition: row.slice(0, 1), row };
}

export function loginKey(state: string): Key {
  const row = hash('state', state);
  return { partition: row.slice(0, 1), row };
}

/** A provider's device id may hold characters that a table key may not. */
export function deviceKey(connection: ConnectionId, device: string): Key {
  return { partition: connection, row: hash('device', device).slice(0, 32) };
}

export function runKey(kind: Job['kind']): Key {
  return { partition: 'last', row: kind };
}

export function alarmKey(name: AlarmName): Key {
  return { partition: 'alarm', row: name };
}

export function messageKey(connection: ConnectionId, id: string): Key {
  return { partition: connection, row: id };
}

/**
 * A UUID of version 4's shape, made from the message's cause: the same cause can never make two messages, and
 * Communication Services takes it as the repeatability id.
 */
export function messageId(...cause: readonly string[]): string {
  const digits = hash('message', ...cause);
  const variant = ((parseInt(digits.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** Where records are kept, and how names are made that give nothing away. */
import { createHash } from 'node:crypto';
import type { AlarmName, ConnectionEvent, ConnectionId, ProviderId, RunKind } from '../../model';
import type { Key } from '../../ports';

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Connections spread over these, so that a run can read them side by side. */
export const connectionPartitions: readonly string[] = [...'0123456789abcdef'];

export function connectionKey(id: ConnectionId): Key {
  return { partition: hash('connection', id).slice(0, 1), row: id };
}

export function identityKey(provider: ProviderId, providerUserId: string): Key {
  return identityKeyOf(hash('identity', provider, providerUserId));
}

export function identityKeyOf(row: string): Key {
  return { partition: row.slice(0, 1), row };
}

/** A row among the identities that leads to the connection of this label. */
export function labelRow(label: string): string {
  return hash('label', label);
}

export function loginKey(state: string): Key {
  const row = hash('state', state);
  return { partition: row.slice(0, 1), row };
}

/** `ticket` is what the cookie of the confirmation holds. */
export function confirmationKey(ticket: string): Key {
  const row = hash('confirmation', ticket);
  return { partition: row.slice(0, 1), row };
}

/** A link is long and random: its hash gives nothing away. */
export function personalLinkKey(link: string): Key {
  const row = hash('link', link);
  return { partition: row.slice(0, 1), row };
}

/** `number` is a keyed hash: a plain one of something as short as a number could be guessed. */
export function numberKey(number: string, connection: ConnectionId): Key {
  return { partition: number, row: connection };
}

export function consentKey(number: string, connection: ConnectionId, at: number): Key {
  return { partition: number, row: `${connection}-${at}` };
}

export function optOutKey(number: string): Key {
  return { partition: number.slice(0, 1), row: number };
}

export function counterKey(scope: string, subject: string): Key {
  return { partition: scope, row: subject };
}

/** A provider's device id may hold characters that a table key may not. */
export function deviceKey(connection: ConnectionId, device: string): Key {
  return { partition: connection, row: hash('device', device).slice(0, 32) };
}

/** By what the personal page calls it. @returns `undefined` for what never was such a name */
export function deviceRowKey(connection: ConnectionId, row: string): Key | undefined {
  return /^[0-9a-f]{32}$/.test(row) ? { partition: connection, row } : undefined;
}

/** `id` is the secret part of an invite. */
export function inviteRow(id: string): string {
  return hash('invite', id);
}

/** A row among the invites that stands for the latest one with this label. No link leads to it. */
export function labelledInviteRow(label: string): string {
  return hash('labelled invite', label);
}

export function inviteKey(row: string): Key {
  return { partition: row.slice(0, 1), row };
}

export function runKey(kind: RunKind): Key {
  return { partition: 'last', row: kind };
}

export function passKey(name: string): Key {
  return { partition: 'pass', row: name };
}

export function campaignKey(provider: ProviderId): Key {
  return { partition: 'campaign', row: provider };
}

export function alarmKey(name: AlarmName): Key {
  return { partition: 'alarm', row: name };
}

export function messageKey(connection: ConnectionId, id: string): Key {
  return { partition: connection, row: id };
}

/** Goes along with a text and comes back in its delivery report: it leads to the row. */
export function messageTag(connection: ConnectionId, id: string): string {
  return `${connection}.${id}`;
}

const tagPattern = /^([\w-]{1,64})\.([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** @returns `undefined` for what we never made */
export function readMessageTag(tag: string): Key | undefined {
  const [, connection, id] = tagPattern.exec(tag) ?? [];
  return connection === undefined || id === undefined ? undefined : messageKey(connection, id);
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

/** The latest event comes first. `address` is the id of the address: one row for each event and address, however often it is given up. */
export function undeliveredKey({ id, at }: Pick<ConnectionEvent, 'id' | 'at'>, address: string): Key {
  return { partition: 'undelivered', row: `${String(latestMs - at).padStart(16, '0')}-${id}-${address}` };
}

const latestMs = 10 ** 15;

/** `deviceRow` is the row of the device's record. The same reading has the same key, whoever stores it. */
export function readingKey(connection: ConnectionId, deviceRow: string, at: number): Key {
  return { partition: connection, row: rowAt(deviceRow, at) };
}

/** The rows of one device from a time on and before another; for `Table.list`. */
export function readingRows(
  deviceRow: string,
  fromMs: number,
  beforeMs: number,
): { readonly from: string; readonly before: string } {
  return { from: rowAt(deviceRow, fromMs), before: rowAt(deviceRow, beforeMs) };
}

function rowAt(deviceRow: string, at: number): string {
  return `${deviceRow}-${new Date(at).toISOString().replace(/[-:.]/g, '')}`;
}

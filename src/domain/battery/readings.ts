/** Where battery levels are kept: by connection, and in the order of their times within each device. */
import type { ConnectionId } from '../../model';
import type { Key } from '../../ports';

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

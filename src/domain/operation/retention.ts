/**
 * Removes what is old: readings after 90 days, messages and what is left of closed connections after a year. Each run looks
 * at a sixteenth of the connections and removes so much at the most, so that none takes long however much there is.
 */
import type { Connection, MessageState } from '../../model';
import type { Ports, Row, Table } from '../../ports';
import { hasCode } from '../../errors';
import { readingRows } from '../battery/readings';

const hourMs = 3_600_000;
/** Connections are spread over so many partitions (keys.ts), named by a hexadecimal digit. */
const partitions = 16;
const mostPerRun = 2_000;

const openStates: readonly MessageState[] = ['pending', 'claimed'];

/** @returns how many rows were removed */
export async function removeOld(ports: Ports): Promise<number> {
  const partition = (Math.floor(ports.clock.now() / hourMs) % partitions).toString(16);
  let removed = 0;
  for await (const row of ports.tables.connections.list(partition)) {
    if (removed >= mostPerRun) break;
    removed += await removeOldOf(ports, row, mostPerRun - removed);
  }
  return removed;
}

async function removeOldOf(ports: Ports, row: Row<Connection>, most: number): Promise<number> {
  const { clock, policy, tables } = ports;
  const { readingsMs, messagesMs } = policy.times;
  const { id, closedAt } = row.value;
  if (closedAt !== undefined) {
    if (clock.now() - closedAt < messagesMs) return 0;
    return removeRow(tables.connections, row);
  }
  let removed = 0;
  for await (const device of tables.devices.list(id)) {
    const old = readingRows(device.key.row, 0, clock.now() - readingsMs);
    for await (const reading of tables.readings.list(id, old)) {
      if (removed >= most) return removed;
      removed += await removeRow(tables.readings, reading);
    }
    const { goneAt } = device.value;
    // Its history is gone by now, and with it the last reason to remember it.
    if (goneAt !== undefined && clock.now() - goneAt >= readingsMs) {
      removed += await removeRow(tables.devices, device);
    }
  }
  for await (const message of tables.messages.list(id)) {
    if (removed >= most) return removed;
    const { createdAt, state } = message.value;
    if (clock.now() - createdAt < messagesMs || openStates.includes(state)) continue;
    removed += await removeRow(tables.messages, message);
  }
  return removed;
}

/** What somebody else has changed or removed meanwhile is not ours to remove. */
async function removeRow<T>(table: Table<T>, row: Row<T>): Promise<number> {
  try {
    await table.remove(row);
    return 1;
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    return 0;
  }
}

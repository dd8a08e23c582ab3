/**
 * Removes what is old: readings after 90 days, messages and what is left of closed connections after a year. A run removes
 * so much at the most, and the next one begins elsewhere, so that none takes long however much there is.
 */
import { operatorId, type Connection, type MessageState } from '../../model';
import type { Ports, Row } from '../../ports';
import { removeOnce } from '../change';
import { readingRows } from '../battery/readings';
import { kindRules } from '../messages/kinds';
import { connectionPartitions } from '../keys';

const hourMs = 3_600_000;
const mostPerRun = 2_000;

const openStates: readonly MessageState[] = ['pending', 'claimed'];

/** @returns how many rows were removed */
export async function removeOld(ports: Ports): Promise<number> {
  let removed = await removeOldMessages(ports, operatorId, mostPerRun);
  const first = Math.floor(ports.clock.now() / hourMs);
  for (let step = 0; step < connectionPartitions.length; step += 1) {
    const partition = connectionPartitions[(first + step) % connectionPartitions.length];
    for await (const row of ports.tables.connections.list(partition)) {
      if (removed >= mostPerRun) return removed;
      removed += await removeOldOf(ports, row, mostPerRun - removed);
    }
  }
  return removed;
}

async function removeOldOf(ports: Ports, row: Row<Connection>, most: number): Promise<number> {
  const { clock, policy, tables } = ports;
  const { readingsMs, messagesMs } = policy.times;
  const { id, closedAt } = row.value;
  if (closedAt !== undefined) {
    if (clock.now() - closedAt < messagesMs) return 0;
    for await (const message of tables.messages.list(id)) await removeOnce(tables.messages, message);
    return Number(await removeOnce(tables.connections, row));
  }
  let removed = 0;
  for await (const device of tables.devices.list(id)) {
    const old = readingRows(device.key.row, 0, clock.now() - readingsMs);
    for await (const reading of tables.readings.list(id, old)) {
      if (removed >= most) return removed;
      if (await removeOnce(tables.readings, reading)) removed += 1;
    }
    const { goneAt } = device.value;
    // As long as its messages: they know it by the cycles that are counted here.
    if (goneAt !== undefined && clock.now() - goneAt >= messagesMs) {
      if (await removeOnce(tables.devices, device)) removed += 1;
    }
  }
  return removed + (await removeOldMessages(ports, id, most - removed));
}

async function removeOldMessages(
  { clock, policy, tables }: Ports,
  id: string,
  most: number,
): Promise<number> {
  const { messagesMs } = policy.times;
  let removed = 0;
  for await (const message of tables.messages.list(id)) {
    if (removed >= most) return removed;
    const { createdAt, kind, state } = message.value;
    if (clock.now() - createdAt < messagesMs || openStates.includes(state)) continue;
    if (kindRules[kind].lasting) continue;
    if (await removeOnce(tables.messages, message)) removed += 1;
  }
  return removed;
}

/**
 * Removes what is not needed any more: sign-ups that nobody finished, numbers that nobody confirmed with the connection
 * they were for, and what is left of closed connections.
 */
import { hasCode } from '../../errors';
import { forEachGoingOn } from '../change';
import type { Ports, Row, Table } from '../../ports';
import { runCampaigns } from '../messages/campaign';
import { closeConnection, closeUnconfirmed, eraseTraces, isNeverConfirmed } from '../wearer/close-connection';
import { windowAt } from '../counters';
import { deleteTokens } from '../rotation/disconnect';
import { removeOld } from './retention';

const keepLoginMs = 3_600_000;
/** A late worker can leave something behind for a while after the tombstone; after that nothing comes any more. */
const sweepClosedMs = 7 * 24 * 3_600_000;

export async function keepHouse(ports: Ports): Promise<void> {
  const now = ports.clock.now();
  let removed = 0;
  for await (const row of ports.tables.logins.list()) {
    if (now - row.value.expiresAt < keepLoginMs) continue;
    await removeQuietly(ports.tables.logins, row);
    removed += 1;
  }
  for await (const row of ports.tables.confirmations.list()) {
    if (now < row.value.expiresAt) continue;
    // The messages first: the row is what leads to them.
    for await (const message of ports.tables.messages.list(row.value.id)) {
      await removeQuietly(ports.tables.messages, message);
    }
    await removeQuietly(ports.tables.confirmations, row);
    removed += 1;
  }
  for await (const row of ports.tables.counters.list()) {
    const window = row.value.window.length > 7 ? 'day' : 'month';
    if (row.value.window >= windowAt(now, window)) continue;
    await removeQuietly(ports.tables.counters, row);
    removed += 1;
  }
  const failed = await forEachGoingOn(ports.tables.connections.list(), async ({ value: connection }) => {
    if (isNeverConfirmed(connection, now)) {
      await closeUnconfirmed(ports, connection.id);
      return;
    }
    // Not erased yet: the job that should have done it has failed for good.
    if (connection.closedAt !== undefined && (connection.pointer ?? connection.phone) !== undefined) {
      await closeConnection(ports, connection.id);
    }
    if (connection.closedAt === undefined || now - connection.closedAt > sweepClosedMs) return;
    await deleteTokens(ports, connection.id, connection.consentReserved);
    if (connection.phone === undefined) await eraseTraces(ports, connection.id);
  });
  removed += await removeOld(ports);
  ports.log.info('housekeeping.done', { count: removed });
  await runCampaigns(ports);
  if (failed) throw failed.error;
}

/** Somebody else has changed or removed it: then it is not ours to remove. */
async function removeQuietly<T>(table: Table<T>, row: Row<T>): Promise<void> {
  await table.remove(row).catch((error: unknown) => {
    if (!hasCode(error, 'CONFLICT')) throw error;
  });
}

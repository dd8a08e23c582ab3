/**
 * Removes what is not needed any more: sign-ups that nobody finished, numbers that nobody confirmed with the connection
 * they were for, and what is left of closed connections.
 */
import { forEachGoingOn, removeOnce } from '../change';
import type { Ports } from '../../ports';
import { runCampaigns } from '../messages/campaign';
import {
  closeUnconfirmed,
  eraseTraces,
  goOnClosing,
  isClosing,
  isNeverConfirmed,
} from '../wearer/close-connection';
import { forgetConfirmation } from '../wearer/confirm';
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
    if (await removeOnce(ports.tables.logins, row)) removed += 1;
  }
  for await (const row of ports.tables.confirmations.list()) {
    if (now < row.value.expiresAt) continue;
    if (await forgetConfirmation(ports, row)) removed += 1;
  }
  for await (const row of ports.tables.counters.list()) {
    const window = row.value.window.length > 7 ? 'day' : 'month';
    if (row.value.window >= windowAt(now, window)) continue;
    if (await removeOnce(ports.tables.counters, row)) removed += 1;
  }
  const failed = await forEachGoingOn(ports.tables.connections.list(), async ({ value: connection }) => {
    if (isNeverConfirmed(connection, now)) {
      await closeUnconfirmed(ports, connection.id);
      return;
    }
    // Its job is at it, or has failed for good; what still has to be revoked is not to be swept away.
    if (isClosing(connection)) {
      await goOnClosing(ports, connection.id);
      return;
    }
    if (connection.closedAt === undefined || now - connection.closedAt > sweepClosedMs) return;
    await deleteTokens(ports, connection.id, connection.consentReserved);
    await eraseTraces(ports, connection.id);
  });
  removed += await removeOld(ports);
  ports.log.info('housekeeping.done', { count: removed });
  await runCampaigns(ports);
  if (failed) throw failed.error;
}

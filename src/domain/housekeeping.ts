/** Removes what is not needed any more: sign-ups that nobody finished, and what is left of closed connections. */
import { hasCode } from '../errors';
import type { Ports } from '../ports';
import { deleteTokens } from './disconnect';

const keepLoginMs = 3_600_000;
/** A late worker can leave something behind for a while after the tombstone; after that nothing comes any more. */
const sweepClosedMs = 7 * 24 * 3_600_000;

export async function keepHouse(ports: Ports): Promise<void> {
  const now = ports.clock.now();
  let removed = 0;
  for await (const row of ports.tables.logins.list()) {
    if (now - row.value.expiresAt < keepLoginMs) continue;
    await ports.tables.logins.remove(row).catch((error: unknown) => {
      if (!hasCode(error, 'CONFLICT')) throw error;
    });
    removed += 1;
  }
  for await (const { value: connection } of ports.tables.connections.list()) {
    if (connection.closedAt === undefined || now - connection.closedAt > sweepClosedMs) continue;
    await deleteTokens(ports, connection.id, connection.consentReserved);
  }
  ports.log.info('housekeeping.done', { count: removed });
}

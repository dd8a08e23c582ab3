/** Removes journal rows that nobody needs: the pointer has passed them, or the wearer has left. */
import type { Connection, Position } from '../../model';
import type { Ports } from '../../ports';
import { comparePositions } from '../connection/position';
import { readConnection } from '../connection/read';

/** @returns how many rows were swept */
export async function sweepJournal(ports: Pick<Ports, 'journal' | 'tables'>): Promise<number> {
  let swept = 0;
  for await (const { connection, ...position } of ports.journal.list()) {
    if (isNeeded(await readConnection(ports, connection), position)) continue;
    await ports.journal.remove(connection, position);
    swept += 1;
  }
  return swept;
}

/** A connection that is being closed may still have to revoke the grant of a journal row. */
function isNeeded(connection: Connection | undefined, position: Position): boolean {
  if (connection?.pointer === undefined) return connection !== undefined && connection.closedAt === undefined;
  return comparePositions(position, connection.pointer) > 0;
}

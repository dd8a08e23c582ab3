/** What staff write about a connection: a note, that they were in touch, and where its wearer takes part. The board follows the record. */
import { longestNote, type Connection, type ConnectionId } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';

/** @param text without one the note goes */
export function writeNote(
  ports: Pick<Ports, 'clock' | 'tables'>,
  id: ConnectionId,
  { text, by }: { readonly text: string; readonly by: string },
): Promise<void> {
  const at = ports.clock.now();
  const said = text.slice(0, longestNote).trim();
  return changeOpen(ports, id, { note: said === '' ? undefined : { text: said, at, by } });
}

export function markContacted(
  ports: Pick<Ports, 'clock' | 'tables'>,
  id: ConnectionId,
  by: string,
): Promise<void> {
  return changeOpen(ports, id, { contacted: { at: ports.clock.now(), by } });
}

/** @param site without one the connection belongs to no site */
export function setSite(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  site: string | undefined,
): Promise<void> {
  return changeOpen(ports, id, { site });
}

async function changeOpen(
  { tables }: Pick<Ports, 'tables'>,
  id: ConnectionId,
  next: Partial<Pick<Connection, 'note' | 'contacted' | 'site'>>,
): Promise<void> {
  await change(tables.connections, connectionKey(id), (before): Connection | undefined =>
    before.closedAt === undefined ? { ...before, ...next } : undefined,
  );
}

/** Reads connections page by page: the id of the last one says where to go on. */
import type { Connection, ConnectionId } from '../../model';
import type { Ports, Row } from '../../ports';
import { connectionKey, connectionPartitions } from './row-keys';

/** @param atOnce how many rows one answer of the table brings */
export async function* connectionsAfter(
  ports: Pick<Ports, 'tables'>,
  after: ConnectionId | undefined,
  atOnce?: number,
): AsyncIterable<Row<Connection>> {
  const { connections } = ports.tables;
  if (after === undefined) return yield* connections.list(undefined, undefined, atOnce);
  const { partition, row } = connectionKey(after);
  // Letters, digits, dashes and underscores make an id; both characters stand outside of them.
  yield* connections.list(partition, { from: `${row}!`, before: '~' }, atOnce);
  for (const later of connectionPartitions.filter((each) => each > partition)) {
    yield* connections.list(later, undefined, atOnce);
  }
}

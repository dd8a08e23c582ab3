/** Which connection a label or an id means. */
import type { Connection } from '../../src/model';
import type { Ports } from '../../src/ports';

export async function findConnection(
  { tables }: Pick<Ports, 'tables'>,
  labelOrId: string,
): Promise<Connection | undefined> {
  for await (const { value } of tables.connections.list()) {
    if (value.closedAt === undefined && (value.label === labelOrId || value.id === labelOrId)) return value;
  }
  return undefined;
}

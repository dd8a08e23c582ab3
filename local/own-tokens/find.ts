import { findByLabel } from '../../src/domain/connection/labels';
import type { Connection } from '../../src/model';
import type { Ports } from '../../src/ports';
import { readOpenConnection } from '../../src/domain/connection/read';

export async function findConnection(
  ports: Pick<Ports, 'tables'>,
  labelOrId: string,
): Promise<Connection | undefined> {
  return (await findByLabel(ports, labelOrId)) ?? readOpenConnection(ports, labelOrId);
}

/** Which connection a label or an id means. */
import { readOpenConnection } from '../../src/domain/change';
import { findByLabel } from '../../src/domain/wearer/labels';
import type { Connection } from '../../src/model';
import type { Ports } from '../../src/ports';

export async function findConnection(ports: Ports, labelOrId: string): Promise<Connection | undefined> {
  return (await findByLabel(ports, labelOrId)) ?? readOpenConnection(ports, labelOrId);
}

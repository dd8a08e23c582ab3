/** Forgets addresses that were entered for a connection: from then on neither a code nor a link gives it any of them. */
import type { Confirmation, ConnectionId } from '../../model';
import type { Ports, Row } from '../../ports';
import { removeOnce } from '../store/compare-and-swap';

/**
 * Addresses that were entered for a connection and that nobody needs any more, confirmed or not. `erase`: those too that are still to be
 * told that the connection has them no more. `spared`: those that are still good.
 */
export async function forgetConfirmations(
  ports: Pick<Ports, 'tables'>,
  connection: ConnectionId,
  {
    erase = false,
    spared = () => false,
  }: { readonly erase?: boolean; readonly spared?: (entered: Confirmation) => boolean } = {},
): Promise<void> {
  for await (const row of ports.tables.confirmations.list()) {
    const { value } = row;
    if (value.connection !== connection || (value.isFormer && !erase) || spared(value)) continue;
    await forgetConfirmation(ports, row);
  }
}

/** The messages first: the row is what leads to them. */
export async function forgetConfirmation(
  { tables }: Pick<Ports, 'tables'>,
  row: Row<Confirmation>,
): Promise<boolean> {
  for await (const message of tables.messages.list(row.value.id)) await removeOnce(tables.messages, message);
  return removeOnce(tables.confirmations, row);
}

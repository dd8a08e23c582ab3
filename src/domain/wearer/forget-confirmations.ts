/** Forgets addresses that were entered for a connection: from then on neither a code nor a link gives it any of them. */
import type { Confirmation, ConnectionId, Settings } from '../../model';
import type { Ports, Row } from '../../ports';
import { addressOf } from '../contact/address-of';
import { change, removeOnce } from '../store/compare-and-swap';
import { confirmationKey } from '../store/row-keys';

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
  ports: Pick<Ports, 'tables'>,
  row: Row<Confirmation>,
): Promise<boolean> {
  await forgetMessages(ports, row.value);
  return removeOnce(ports.tables.confirmations, row);
}

async function forgetMessages({ tables }: Pick<Ports, 'tables'>, { id }: Confirmation): Promise<void> {
  for await (const message of tables.messages.list(id)) await removeOnce(tables.messages, message);
}

/**
 * Forgets every address that was entered for a connection, because the wearer goes on without it. For some minutes the browser is still
 * known by its ticket, and by nothing else: the same form, sent again, ends as it did the first time.
 */
export async function skipConfirmation(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  ticket: string,
  { id, connection }: Confirmation,
): Promise<void> {
  await forgetConfirmations(ports, connection, { spared: (each) => each.id === id });
  const again = ports.clock.now() + ports.policy.times.sentAgainMs;
  const skipped = await change(ports.tables.confirmations, confirmationKey(ticket), (before) => ({
    ...before,
    ...nothingEntered,
    expiresAt: Math.min(before.expiresAt, again),
  }));
  if (skipped) await forgetMessages(ports, skipped);
}

/** No code is sent for it any more, and none is taken. */
const nothingEntered = { phone: undefined, email: undefined, triesLeft: 0 };

/** The wearer has gone on without the address. */
export function isSkipped(entered: Confirmation): boolean {
  return addressOf(entered) === undefined;
}

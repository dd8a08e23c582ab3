/** STOP and START, whether they were answered to a text or pressed in an e-mail. They act on the address, whoever it belongs to. */
import type { Address, Connection } from '../../model';
import type { Ports } from '../../ports';
import { connectionsOf, isStoppedOf, readTextState, setStoppedOf } from '../contact/addresses';
import { macOfAddress } from '../contact/keyed-values';
import { noteTextState } from '../board/keep-board';

/**
 * Can be repeated. What waits to be sent is looked at when it would leave: it is dropped, or waits for START.
 *
 * @param hash as `macOfAddress` gives it
 * @returns the connections whose messages go to the address
 */
export async function hearWish(
  ports: Pick<Ports, 'clock' | 'email' | 'keyedHash' | 'log' | 'sms' | 'tables'>,
  hash: string,
  said: { readonly at: number; readonly stopped: boolean },
): Promise<Connection[]> {
  await setStoppedOf(ports, hash, said);
  const connections = await connectionsOf(ports, hash);
  for (const each of connections) await noteTextState(ports, each.id, await readTextState(ports, each));
  return connections;
}

/** Somebody who has shown to be the owner of an address wants messages again: by the link or the code that confirms it, or on the personal page. */
export async function beginAgain(ports: Parameters<typeof hearWish>[0], address: Address): Promise<void> {
  const hash = await macOfAddress(ports, address);
  if (!(await isStoppedOf(ports, hash))) return;
  const connections = await hearWish(ports, hash, { at: ports.clock.now(), stopped: false });
  ports.log.info(`${address.way}.reply`, { kind: 'start', count: connections.length });
}

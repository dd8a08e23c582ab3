/** What stands for the address of a coordinator in the records, so that no address is in them. */
import type { ConnectionId, DigestAddress } from '../../model';
import type { Ports } from '../../ports';

const prefix = 'digest-';

export function isDigestRecipient(id: ConnectionId): boolean {
  return id.startsWith(prefix);
}

export async function digestRecipientId(
  { keyedHash }: Pick<Ports, 'keyedHash'>,
  { address }: DigestAddress,
): Promise<ConnectionId> {
  return prefix + (await keyedHash.mac('digest', address));
}

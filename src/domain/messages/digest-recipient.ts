/** What stands for the address of a coordinator in the records, so that no address is in them. */
import type { ConnectionId, DigestAddress } from '../../model';
import type { KeyRange, Ports } from '../../ports';

const prefix = 'digest-';

/** The partitions of all of them, also of those who are not in the setting any more. */
export const digestRecipients: KeyRange = { from: prefix, before: 'digest.' };

export function isDigestRecipient(id: ConnectionId): boolean {
  return id.startsWith(prefix);
}

export async function digestRecipientId(
  { keyedHash }: Pick<Ports, 'keyedHash'>,
  { address }: DigestAddress,
): Promise<ConnectionId> {
  return prefix + (await keyedHash.mac('digest', address));
}

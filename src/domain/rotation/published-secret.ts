/**
 * The secret in which another program reads a connection's access token: its name, whether it should be there, and its removal.
 */
import { hasCode } from '../../errors';
import type { Connection, Policy } from '../../model';
import type { Kept, Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { isShared } from '../connection/state';

/** Only what the wearer was told of: the connection is shared, and the operator publishes tokens. */
export function isPublished(connection: Connection, policy: Policy): boolean {
  return policy.publishesTokens === true && connection.pointer !== undefined && isShared(connection, policy);
}

/**
 * Key Vault takes letters, digits and dashes, and does not tell capitals from small letters: two labels must not meet in one name.
 * A label that looks like an id could be that of another connection.
 */
const fittingLabel = /^(?![0-9a-f]{32}$)[a-z0-9-]+$/;

/** By the label if it has small letters, digits and dashes only, else by the connection's id. */
export function publishedName({ id, label }: Pick<Connection, 'id' | 'label'>): string {
  return `access-token-${label !== undefined && fittingLabel.test(label) ? label : id}`;
}

/** By now the secret can belong to another connection, which has got the label. */
export async function mayRemovePublished(
  { publishedTokens }: Pick<Ports, 'publishedTokens'>,
  connection: Kept,
  name: string,
): Promise<boolean> {
  try {
    const standing = await publishedTokens.read(connection, name);
    return standing === undefined || standing.connection === connection.id;
  } catch (error) {
    // Nobody can read whose it is, and it must not keep a wearer from leaving. Another connection would write its own anew.
    if (hasCode(error, 'SECRET_DISABLED')) return true;
    throw error;
  }
}

export async function removeOwn(
  ports: Pick<Ports, 'publishedTokens'>,
  connection: Kept,
  name: string,
): Promise<void> {
  if (await mayRemovePublished(ports, connection, name)) await ports.publishedTokens.remove(connection, name);
}

/** Removes what stands in the vault, then the note of it: a crash between the two is made good by the next look. */
export async function withdrawAccess(
  ports: Pick<Ports, 'log' | 'publishedTokens' | 'tables'>,
  { id, vault, published }: Connection,
): Promise<void> {
  if (!published) return;
  await removeOwn(ports, { id, vault }, published.name);
  await change(ports.tables.connections, connectionKey(id), (before): Connection | undefined =>
    before.published?.name === published.name ? { ...before, published: undefined } : undefined,
  );
  ports.log.info('access_token.withdrawn', { connection: id });
}

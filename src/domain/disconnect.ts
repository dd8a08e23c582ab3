/**
 * The end of a connection: tombstone first, so that nothing new becomes current; then the grant is revoked at the
 * provider and the token sets deleted. A rotation that was on its way meets the tombstone and gives back what it holds.
 */
import { hasCode } from '../errors';
import type { Connection, ConnectionId, TokenSet } from '../model';
import type { Ports } from '../ports';
import { change, readConnection } from './change';
import { connectionKey } from './keys';
import { withLease } from './lease';
import { prepareRefresh, revokeToken } from './oauth';
import { readCurrent } from './token-sets';

export type DisconnectResult =
  | { readonly outcome: 'disconnected'; readonly revoked: boolean }
  | { readonly outcome: 'held' | 'unknown connection' };

/** Can be repeated until it says 'disconnected'. @throws what the stores throw; then nothing is deleted yet */
export async function disconnect(ports: Ports, id: ConnectionId): Promise<DisconnectResult> {
  const closedAt = ports.clock.now();
  const record = await change(ports.tables.connections, connectionKey(id), (before) =>
    before.closedAt === undefined ? { ...before, closedAt } : undefined,
  );
  if (!record) return { outcome: 'unknown connection' };
  const result = await withLease(ports, id, ({ connection }) => close(ports, connection), {
    evenClosed: true,
  });
  return typeof result === 'string' ? { outcome: result } : { outcome: 'disconnected', revoked: result };
}

async function close(ports: Ports, connection: Connection): Promise<boolean> {
  // Tokens that cannot be read just now must not be deleted unrevoked; those of a restored vault are no use.
  const current = await readCurrent(ports, connection).catch((error: unknown) => {
    if (!hasCode(error, 'VAULT_BEHIND')) throw error;
    return undefined;
  });
  const revoked = current !== undefined && (await revokeGrant(ports, current));
  await deleteTokens(ports, connection.id, connection.consentReserved);
  ports.log.info('connection.closed', {
    connection: connection.id,
    outcome: revoked ? 'revoked' : 'not revoked',
  });
  return revoked;
}

/** By access token, which both providers take; refreshed first when it has expired. */
export async function revokeGrant(ports: Ports, set: TokenSet): Promise<boolean> {
  const provider = ports.providers.get(set.provider)!;
  let { accessToken } = set;
  if (set.expiresAt <= ports.clock.now()) {
    const refresh = await prepareRefresh(ports, provider, set.refreshToken);
    const refreshed = await refresh();
    if (!refreshed.ok) return refreshed.code === 'GRANT_REFUSED' || refreshed.code === 'PROVIDER_RETIRED';
    ({ accessToken } = refreshed.grant);
  }
  const answer = await revokeToken(ports, provider, accessToken);
  return answer.ok || answer.code === 'PROVIDER_RETIRED';
}

/** Every consent there ever was, and what the journal holds. */
export async function deleteTokens(ports: Ports, id: ConnectionId, consentReserved: number): Promise<void> {
  for (let consent = 1; consent <= consentReserved; consent += 1) {
    await ports.vault.deleteTokenSets(id, consent);
  }
  await ports.journal.clear(id);
}

/** The wearer disconnected while this set was on its way: nobody may keep it. */
export async function giveBack(ports: Ports, set: TokenSet): Promise<void> {
  await revokeGrant(ports, set);
  const record = await readConnection(ports, set.connection);
  await deleteTokens(ports, set.connection, record?.consentReserved ?? set.consent);
}

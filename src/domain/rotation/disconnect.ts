/**
 * The end of a connection: tombstone first, so that nothing new becomes current; then the grant is revoked at the
 * provider and the token sets deleted. A rotation that was on its way meets the tombstone and gives back what it holds.
 */
import { hasCode } from '../../errors';
import type { ConnectionId, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { change, readConnection } from '../change';
import { connectionKey } from '../keys';
import { readCurrent } from './current-token-set';
import { withLease, type HeldLease } from './lease';
import { belongsToAnother } from '../wearer/identities';
import { prepareRefresh, revokeToken } from './oauth';

export interface Closed {
  /** False: the provider did not take it back, and only the wearer can. */
  readonly revoked: boolean;
  /** When the vault forgets the token sets for good, where it does not at once. */
  readonly goneAt?: number | undefined;
}
export type DisconnectResult =
  | ({ readonly outcome: 'disconnected' } & Closed)
  | { readonly outcome: 'held' | 'not revoked' | 'unknown connection' };

/**
 * Can be repeated until it says 'disconnected'. `insist`: while the provider cannot be asked to take the grant back, nothing
 * is deleted.
 *
 * @throws what the stores throw; then nothing is deleted yet
 */
export async function disconnect(
  ports: Ports,
  id: ConnectionId,
  { insist = false }: { readonly insist?: boolean } = {},
): Promise<DisconnectResult> {
  const closedAt = ports.clock.now();
  const record = await change(ports.tables.connections, connectionKey(id), (before) =>
    before.closedAt === undefined ? { ...before, closedAt } : undefined,
  );
  if (!record) return { outcome: 'unknown connection' };
  const result = await withLease(ports, id, (lease) => close(ports, lease, insist), {
    evenClosed: true,
  });
  if (result === undefined) return { outcome: 'not revoked' };
  return typeof result === 'string' ? { outcome: result } : { outcome: 'disconnected', ...result };
}

async function close(ports: Ports, { record }: HeldLease, insist: boolean): Promise<Closed | undefined> {
  // Tokens that cannot be read just now must not be deleted unrevoked; those of a restored vault are no use.
  const current = await readCurrent(ports, record).catch((error: unknown) => {
    if (!hasCode(error, 'VAULT_BEHIND')) throw error;
    return undefined;
  });
  const connection = record.value;
  const { revoked, again } = current ? await revokeGrant(ports, current.set) : nothingToRevoke;
  if (insist && again) return undefined;
  const goneAt = await deleteTokens(ports, connection.id, connection.consentReserved);
  ports.log.info('connection.closed', {
    connection: connection.id,
    outcome: revoked ? 'revoked' : 'not revoked',
  });
  return { revoked, goneAt };
}

interface Revocation {
  readonly revoked: boolean;
  /** The same tokens can be tried again later. */
  readonly again: boolean;
}
const nothingToRevoke: Revocation = { revoked: false, again: false };

/** By access token, which both providers take; refreshed first when it has expired. */
export async function revokeGrant(ports: Ports, set: TokenSet): Promise<Revocation> {
  // Taken back now, an old grant can take the new one with it.
  if (await belongsToAnother(ports, set)) return nothingToRevoke;
  const provider = ports.providers.get(set.provider)!;
  let { accessToken } = set;
  // What a refresh here brings is not stored: where refresh tokens rotate, there is one try.
  let spent = false;
  if (set.expiresAt <= ports.clock.now()) {
    const refresh = await prepareRefresh(ports, provider, set.refreshToken);
    const refreshed = await refresh();
    if (!refreshed.ok) {
      const isDead = refreshed.code === 'GRANT_REFUSED' || refreshed.code === 'PROVIDER_RETIRED';
      const maybeSpent = provider.rotatesRefreshToken && refreshed.code === 'OUTCOME_UNKNOWN';
      return { revoked: isDead, again: !isDead && !maybeSpent };
    }
    ({ accessToken } = refreshed.grant);
    spent = provider.rotatesRefreshToken;
  }
  const answer = await revokeToken(ports, provider, accessToken);
  const revoked = answer.ok || answer.code === 'PROVIDER_RETIRED';
  return { revoked, again: !revoked && !spent };
}

/**
 * Every consent there ever was, and what the journal holds.
 *
 * @returns when the vault forgets them for good, where it does not at once
 */
export async function deleteTokens(
  ports: Ports,
  id: ConnectionId,
  consentReserved: number,
): Promise<number | undefined> {
  for (let consent = 1; consent <= consentReserved; consent += 1) {
    await ports.vault.deleteTokenSets(id, consent);
  }
  await ports.journal.remove(id);
  let latest: number | undefined;
  for (let consent = 1; consent <= consentReserved; consent += 1) {
    const goneAt = await ports.vault.purgeTokenSets(id, consent);
    if (goneAt !== undefined) latest = Math.max(latest ?? 0, goneAt);
  }
  return latest;
}

/** The wearer disconnected while this set was on its way: nobody may keep it. */
export async function giveBack(ports: Ports, set: TokenSet): Promise<void> {
  const { again } = await revokeGrant(ports, set);
  // It is saved: whoever brings the disconnect to its end finds it there and tries again.
  if (again) return;
  const record = await readConnection(ports, set.connection);
  await deleteTokens(ports, set.connection, record?.consentReserved ?? set.consent);
}

/**
 * The end of a connection: tombstone first, so that nothing new becomes current; then the grant is revoked at the
 * provider, what became of it is noted, and the token sets are deleted. A rotation that was on its way meets the tombstone
 * and revokes what it holds.
 */
import { describeFailure, failure, hasCode, type Result } from '../../errors';
import type { Connection, ConnectionId, Revocation, Settings, TokenSet } from '../../model';
import type { Kept, Ports, Provider } from '../../ports';
import { change, type Held } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { settleCurrent } from './current-token-set';
import { withLease, type HeldLease, type LeaseNeeds } from './lease';
import { belongsToAnother } from '../connection/identities';
import { prepareRefresh, revokeToken, type ClientNeeds } from './oauth';
import { mayRemovePublished } from './published-secret';
import { comparePositions, samePosition } from '../connection/position';
import { readConnection } from '../connection/read';

/** What revoking a grant and deleting its tokens needs. */
export type RevokeNeeds = Pick<
  Ports,
  | 'clock'
  | 'http'
  | 'journal'
  | 'log'
  | 'providers'
  | 'publishedTokens'
  | 'recentSecrets'
  | 'tables'
  | 'vault'
> &
  Pick<Settings, 'policy'>;

export interface Closed {
  /** False: the provider did not revoke the grant, and only the wearer can remove it there. */
  readonly revoked: boolean;
  readonly left: Left;
}
/**
 * The rest of deleted token sets in the vault: nothing, or what it is still deleting and nobody can purge yet, or what
 * it keeps to the end of its time.
 */
export type Left = 'nothing' | 'being deleted' | { readonly goneAt: number };

/**
 * Can be repeated until it succeeds and nothing is being deleted. `insist`: while the provider cannot be asked to revoke the
 * grant, nothing is deleted.
 *
 * @returns `NOT_REVOKED`, `LEASE_HELD` or `CONNECTION_UNKNOWN` if it has to be repeated, or there is nothing to disconnect
 * @throws what the stores throw; what was revoked by then is noted
 */
export async function disconnect(
  ports: LeaseNeeds & RevokeNeeds,
  id: ConnectionId,
  { insist = false }: { readonly insist?: boolean } = {},
): Promise<Result<Closed>> {
  const closedAt = ports.clock.now();
  const record = await change(ports.tables.connections, connectionKey(id), (before) =>
    before.closedAt === undefined ? { ...before, closedAt } : undefined,
  );
  if (!record) return failure('CONNECTION_UNKNOWN');
  return withLease(ports, id, (lease) => close(ports, lease, insist), { evenClosed: true });
}

async function close(
  ports: RevokeNeeds,
  { record, changeWhileMine }: HeldLease,
  insist: boolean,
): Promise<Result<Closed>> {
  const current = await readForRevocation(ports, record);
  const { id, revocation, replaysFor } = record.value;
  let revoked = revocation?.revoked ?? false;
  if (current && !(revoked && comparePositions(current, revocation!) <= 0)) {
    const refreshBegun = samePosition(replaysFor, current);
    const answer = await revokeGrant(ports, current, { refreshBegun });
    if (insist && answer.again) return failure('NOT_REVOKED');
    ({ revoked } = answer);
    const { consent, generation } = current;
    const noted: Revocation = { consent, generation, revoked };
    // Another worker has the lease now: its work must not be deleted under its hands.
    if (!(await changeWhileMine((before) => ({ ...before, revocation: noted }))))
      return failure('LEASE_HELD');
  }
  const left = await deleteTokens(ports, record.value);
  ports.log.info('connection.closed', { connection: id, outcome: revoked ? 'revoked' : 'not revoked' });
  if (left === 'being deleted') ports.log.info('connection.purge_waits', { connection: id });
  else if (left !== 'nothing')
    ports.log.info('connection.tokens_kept', { connection: id, expiresAt: left.goneAt });
  return { ok: true, value: { revoked, left } };
}

/** Tokens that cannot be read just now must not be deleted unrevoked; those of a restored vault, or disabled, are no use. */
async function readForRevocation(
  ports: Pick<Ports, 'journal' | 'log' | 'providers' | 'vault'>,
  record: Held<Connection>,
): Promise<TokenSet | undefined> {
  try {
    return (await settleCurrent(ports, record))?.set;
  } catch (error) {
    if (!hasCode(error, 'VAULT_BEHIND') && !hasCode(error, 'SECRET_DISABLED')) throw error;
    ports.log.warn('connection.not_revocable', { connection: record.value.id, ...describeFailure(error) });
    return undefined;
  }
}

interface RevocationAnswer {
  readonly revoked: boolean;
  /** The same tokens can be tried again later. */
  readonly again: boolean;
}
const nothingToRevoke: RevocationAnswer = { revoked: false, again: false };

/**
 * Revokes with the access token. The token is refreshed first if it has expired, or if an unfinished refresh may have ended it
 * (`refreshBegun`: a worker began to refresh this set and left no successor); asking for the same refresh again gives a token that works.
 * A revocation that names the user needs no token that works.
 */
export async function revokeGrant(
  ports: ClientNeeds & Pick<Ports, 'providers' | 'tables'>,
  set: TokenSet,
  { refreshBegun = false }: { readonly refreshBegun?: boolean } = {},
): Promise<RevocationAnswer> {
  // Revoking an old grant now can end the new one too.
  if (await belongsToAnother(ports, set)) return nothingToRevoke;
  const provider = ports.providers.get(set.provider)!;
  let { accessToken } = set;
  // The tokens of this refresh are not stored, so where refresh tokens rotate there is one try.
  let spent = false;
  const needsToken = !provider.signedRevocation;
  if (needsToken && (refreshBegun || set.expiresAt <= ports.clock.now())) {
    const refresh = await prepareRefresh(ports, provider, set.refreshToken);
    const refreshed = await refresh();
    if (!refreshed.ok) {
      const isDead = refreshed.code === 'GRANT_REFUSED' || refreshed.code === 'PROVIDER_RETIRED';
      const maybeSpent = provider.rotatesRefreshToken && refreshed.code === 'OUTCOME_UNKNOWN';
      return { revoked: isDead, again: !isDead && !maybeSpent };
    }
    ({ accessToken } = refreshed.value);
    spent = provider.rotatesRefreshToken;
  }
  const answer = await revokeToken(ports, provider, { token: accessToken, userId: set.providerUserId });
  const revoked =
    answer.ok ||
    answer.code === 'PROVIDER_RETIRED' ||
    // A revocation by user is refused in the same words when there is nothing left to revoke. The refresh token tells.
    (!needsToken && answer.code === 'REQUEST_REFUSED' && (await isGrantDead(ports, provider, set)));
  return { revoked, again: !revoked && !spent };
}

/** Spends the refresh token, which is about to be deleted anyway. */
async function isGrantDead(
  ports: ClientNeeds,
  provider: Provider,
  { refreshToken }: TokenSet,
): Promise<boolean> {
  const refresh = await prepareRefresh(ports, provider, refreshToken);
  const refreshed = await refresh();
  return !refreshed.ok && refreshed.code === 'GRANT_REFUSED';
}

/** Every consent there ever was, what the journal holds, and the access token that others read. */
export async function deleteTokens(
  ports: Pick<Ports, 'journal' | 'log' | 'publishedTokens' | 'vault'>,
  connection: Kept & Pick<Connection, 'consentReserved' | 'published'>,
): Promise<Left> {
  const { id, consentReserved, published } = connection;
  const kept: number[] = [];
  const toPurge: { readonly consent?: number; readonly purge: () => Promise<number | undefined> }[] = [];
  const name = published?.name;
  if (name !== undefined && (await mayRemovePublished(ports, connection, name))) {
    const goneAt = await ports.publishedTokens.remove(connection, name);
    if (goneAt === undefined) toPurge.push({ purge: () => ports.publishedTokens.purge(connection, name) });
    else kept.push(goneAt);
  }
  for (let consent = 1; consent <= consentReserved; consent += 1) {
    const goneAt = await ports.vault.deleteTokenSets(connection, consent);
    if (goneAt === undefined)
      toPurge.push({ consent, purge: () => ports.vault.purgeTokenSets(connection, consent) });
    else kept.push(goneAt);
  }
  await ports.journal.remove(id);
  let isPurged = true;
  for (const { consent, purge } of toPurge) {
    try {
      const goneAt = await purge();
      if (goneAt !== undefined) kept.push(goneAt);
    } catch (error) {
      // The next repeat purges it. A failed purge does not make deleted tokens alive again.
      isPurged = false;
      if (hasCode(error, 'DELETION_RUNNING')) continue;
      const which = consent === undefined ? {} : { consent };
      ports.log.warn('vault.purge_failed', { connection: id, ...which, ...describeFailure(error) });
    }
  }
  if (!isPurged) return 'being deleted';
  return kept.length === 0 ? 'nothing' : { goneAt: Math.max(...kept) };
}

/**
 * The wearer disconnected while this set was on its way: it is revoked and deleted.
 *
 * @param inHand the connection as it was read last: its record can be gone by now
 */
export async function revokeAndDelete(
  ports: RevokeNeeds,
  set: TokenSet,
  { vault }: Pick<Kept, 'vault'>,
): Promise<void> {
  const { again } = await revokeGrant(ports, set);
  // It is saved: the job that ends the disconnect finds it there and tries again.
  if (again) return;
  const record = await readConnection(ports, set.connection);
  // The job of the disconnect, or housekeeping, purges what the vault is still deleting.
  await deleteTokens(ports, record ?? { id: set.connection, vault, consentReserved: set.consent });
}

/**
 * Revokes a consent that was not stored. It stays while nobody knows whose it is, and while its owner has another open connection,
 * whose grant a revocation could end. A failure is only logged, because the sign-up has ended already.
 *
 * @param consent with the connection that it was for, if it was for one
 */
export async function revokeUnused(
  ports: ClientNeeds & Pick<Ports, 'log' | 'providers' | 'tables'>,
  consent: Pick<TokenSet, 'provider' | 'accessToken'> & {
    readonly providerUserId: string | undefined;
    readonly connection?: ConnectionId;
  },
): Promise<void> {
  const { provider: id, providerUserId, connection } = consent;
  if (providerUserId === undefined) return;
  try {
    if (await belongsToAnother(ports, { provider: id, providerUserId, connection })) return;
    const { accessToken: token } = consent;
    const answer = await revokeToken(ports, ports.providers.get(id)!, { token, userId: providerUserId });
    const outcome = answer.ok || answer.code === 'PROVIDER_RETIRED' ? 'revoked' : 'not revoked';
    ports.log.info('consent.revoked', { provider: id, outcome });
  } catch (error) {
    ports.log.warn('consent.not_revoked', { provider: id, ...describeFailure(error) });
  }
}

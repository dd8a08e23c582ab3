/**
 * Finds which connection belongs to a provider's user. A person who signs up again, at the same provider or at
 * its successor, keeps the connection they have; nobody else's consent can take it over.
 */
import { AppError } from '../../errors';
import type { Connection, ConnectionId, ProviderId, TokenSet } from '../../model';
import type { Ports, Provider, ProviderIdentity } from '../../ports';
import { change, insertOnce, removeOnce } from '../store/compare-and-swap';
import { connectionKey, identityKey, identityKeyOf } from '../store/row-keys';
import { readOpenConnection } from './read';

/**
 * The connection of this identity. One that is new begins in the vault that `chooseVault` says, and stays there. Made in an order that a crash anywhere leaves repeatable: identity, connection.
 * A connection that was closed is not opened again; its identity moves on to a new one.
 */
export async function findOrMakeConnection(
  ports: Pick<Ports, 'clock' | 'random' | 'tables'>,
  provider: Provider,
  identity: ProviderIdentity,
  chooseVault: () => Promise<Connection['vault']>,
): Promise<Connection> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const id = await claimIdentity(ports, provider, identity);
    if (id === undefined) continue;
    const vault = await chooseVault();
    const fresh: Connection = {
      id,
      ...(vault !== undefined && { vault }),
      provider: provider.id,
      createdAt: ports.clock.now(),
      consentReserved: 0,
      missingScopes: [],
      identities: rowsOf(provider, identity),
    };
    const isNew = await insertOnce(ports.tables.connections, connectionKey(id), fresh);
    const connection = isNew ? fresh : await noteIdentities(ports, id, rowsOf(provider, identity));
    if (connection) {
      await claimPredecessors(ports, identity, id);
      return connection;
    }
    await releaseIdentity(ports, provider, identity, id);
  }
  throw new AppError(
    'CONFLICT',
    'Other workers kept changing the connection while the wearer signed up. Try again.',
  );
}

const mostAttempts = 5;

/**
 * The connection that a wearer reconnects. It never makes one: whoever disconnects meanwhile has left.
 *
 * @returns `undefined` if this identity is not that of the connection, or the connection is closed
 */
export async function findReconnected(
  ports: Pick<Ports, 'tables'>,
  provider: Provider,
  identity: ProviderIdentity,
  id: ConnectionId,
): Promise<Connection | undefined> {
  if ((await connectionOf(ports, provider, identity)) !== id) return undefined;
  const connection = await noteIdentities(ports, id, rowsOf(provider, identity));
  if (!connection) return undefined;
  await insertOnce(ports.tables.identities, identityKey(provider.id, identity.userId), { connection: id });
  await claimPredecessors(ports, identity, id);
  return connection;
}

/** The rows of an identity at the provider and at its predecessors. */
function rowsOf(provider: Provider, { userId, previousIds }: ProviderIdentity): string[] {
  const previous = Object.entries(previousIds) as [ProviderId, string][];
  return [[provider.id, userId] as const, ...previous].map((each) => identityKey(...each).row);
}

/** To be called before the rows lead to the connection, so that a disconnect finds them. @returns `undefined` when the connection is closed or missing */
async function noteIdentities(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  rows: readonly string[],
): Promise<Connection | undefined> {
  const record = await change(
    ports.tables.connections,
    connectionKey(id),
    (before): Connection | undefined => {
      const known = before.identities ?? [];
      const added = rows.filter((row) => !known.includes(row));
      if (before.closedAt !== undefined || added.length === 0) return undefined;
      return { ...before, identities: [...known, ...added] };
    },
  );
  return record?.closedAt === undefined ? record : undefined;
}

/** Nobody who signs up is taken for the wearer any more. One that an older connection has not noted, housekeeping removes. */
export async function forgetIdentities(
  { tables }: Pick<Ports, 'tables'>,
  { id, identities = [] }: Connection,
): Promise<void> {
  for (const row of identities) {
    const found = await tables.identities.get(identityKeyOf(row));
    if (found?.value.connection === id) await removeOnce(tables.identities, found);
  }
}

/** The connection that this identity has already, at this provider or a predecessor. */
export async function connectionOf(
  ports: Pick<Ports, 'tables'>,
  provider: Provider,
  { userId, previousIds }: ProviderIdentity,
): Promise<ConnectionId | undefined> {
  const known = await ports.tables.identities.get(identityKey(provider.id, userId));
  return known?.value.connection ?? connectionAtPredecessor(ports, previousIds);
}

/** Whether the person whose tokens these are has another open connection at this provider. */
export async function belongsToAnother(
  ports: Pick<Ports, 'tables'>,
  {
    provider,
    providerUserId,
    connection,
  }: Pick<TokenSet, 'provider' | 'providerUserId'> & { readonly connection?: ConnectionId | undefined },
): Promise<boolean> {
  const row = await ports.tables.identities.get(identityKey(provider, providerUserId));
  if (row === undefined || row.value.connection === connection) return false;
  return (await readOpenConnection(ports, row.value.connection)) !== undefined;
}

/**
 * The same person at a predecessor of the provider keeps the connection they have.
 *
 * @returns `undefined` when somebody else was faster: their claim counts
 */
async function claimIdentity(
  ports: Pick<Ports, 'random' | 'tables'>,
  provider: Provider,
  { userId, previousIds }: ProviderIdentity,
): Promise<ConnectionId | undefined> {
  const known = await connectionOf(ports, provider, { userId, previousIds });
  const connection = known ?? ports.random.id();
  const key = identityKey(provider.id, userId);
  if (known !== undefined && (await ports.tables.identities.get(key))) return known;
  return (await insertOnce(ports.tables.identities, key, { connection })) ? connection : undefined;
}

async function connectionAtPredecessor(
  ports: Pick<Ports, 'tables'>,
  previousIds: ProviderIdentity['previousIds'],
): Promise<ConnectionId | undefined> {
  for (const [previous, previousId] of Object.entries(previousIds) as [ProviderId, string][]) {
    const row = await ports.tables.identities.get(identityKey(previous, previousId));
    const connection = row && (await readOpenConnection(ports, row.value.connection));
    if (connection) return connection.id;
  }
  return undefined;
}

/** So that the same person signing up at the predecessor after all does not become a second connection. */
async function claimPredecessors(
  ports: Pick<Ports, 'tables'>,
  { previousIds }: ProviderIdentity,
  connection: ConnectionId,
): Promise<void> {
  for (const [previous, previousId] of Object.entries(previousIds) as [ProviderId, string][]) {
    await insertOnce(ports.tables.identities, identityKey(previous, previousId), { connection });
  }
}

async function releaseIdentity(
  ports: Pick<Ports, 'tables'>,
  provider: Provider,
  { userId }: ProviderIdentity,
  closed: ConnectionId,
): Promise<void> {
  const row = await ports.tables.identities.get(identityKey(provider.id, userId));
  if (row?.value.connection === closed) await removeOnce(ports.tables.identities, row);
}

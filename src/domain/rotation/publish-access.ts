/**
 * Keeps the access token of a shared connection in a secret of its own, good for half an hour whenever somebody reads it. The
 * vault cannot compare and swap, so a worker that was frozen can write an older token over a newer one. Every look therefore
 * reads what stands there and puts it right; the next look is five minutes away.
 */
import { failure, hasCode, type Result } from '../../errors';
import type { Connection, ConnectionId, Settings, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { readConnection, readOpenConnection } from '../connection/read';
import { compareAccess } from './latest-access';
import { isPublished, publishedName, withdrawAccess, removeOwn } from './published-secret';
import type { RotationNeeds } from './rotate-token';
import { sharedTokenSource } from './share-access';

export type Publication = 'published' | 'unchanged' | 'withdrawn';

/** How often one look begins again because another worker was faster. */
const mostTurns = 3;

/**
 * One look at one connection: writes the access token if another one or none stands there, and removes the secret if it should
 * not be there any more.
 *
 * @throws what the stores throw
 */
export async function publishAccess(ports: RotationNeeds, id: ConnectionId): Promise<Result<Publication>> {
  const { publishedGoodMs, publishLeadMs } = ports.policy.times;
  const read = sharedTokenSource(ports, id, publishedGoodMs + publishLeadMs);
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    // The goodbye removes what a closed connection has published.
    const connection = await readOpenConnection(ports, id);
    if (!connection) return failure('CONNECTION_UNKNOWN');
    if (!isPublished(connection, ports.policy)) return withdraw(ports, connection);
    const name = publishedName(connection);
    if (connection.published && connection.published.name !== name) await withdrawAccess(ports, connection);
    const usable = await read();
    if (!usable.ok) {
      if (usable.code === 'NOT_SHARED') continue;
      return usable;
    }
    const outcome = await bringUpToDate(ports, connection, name, usable.value);
    if (outcome !== 'overtaken') return { ok: true, value: outcome };
  }
  return failure('LEASE_HELD');
}

async function withdraw(
  ports: Pick<Ports, 'log' | 'publishedTokens' | 'tables'>,
  connection: Connection,
): Promise<Result<Publication>> {
  await withdrawAccess(ports, connection);
  return { ok: true, value: 'withdrawn' };
}

async function bringUpToDate(
  ports: RotationNeeds,
  connection: Connection,
  name: string,
  set: TokenSet,
): Promise<Publication | 'overtaken'> {
  const { connection: id, provider, accessToken, expiresAt } = set;
  const standing = await ports.publishedTokens.read(connection, name);
  const stands = standing?.connection === id && standing.accessToken.equals(accessToken);
  if (!(await claim(ports, name, set))) return 'overtaken';
  if (!stands) await writeAgain(ports, () => ports.publishedTokens.write(connection, name, set));
  const after = await readConnection(ports, id);
  // The wearer may have left, or ended the sharing, while the secret was written.
  if (!after || !isPublished(after, ports.policy)) {
    await (after?.published ? withdrawAccess(ports, after) : removeOwn(ports, connection, name));
    return 'withdrawn';
  }
  // The label, and with it the name, may have gone to another connection.
  if (publishedName(after) !== name) {
    await removeOwn(ports, connection, name);
    return 'overtaken';
  }
  if (after.published && compareAccess(after.published, set) > 0) return 'overtaken';
  if (stands) return 'unchanged';
  ports.log.info('access_token.published', { connection: id, provider, expiresAt });
  return 'published';
}

/**
 * Notes on the record what is about to be written: the goodbye has to find it, and nobody publishes an earlier token after that.
 *
 * @returns whether this is the latest token that anybody publishes
 */
async function claim(
  { tables, policy }: Pick<Ports, 'tables'> & Pick<Settings, 'policy'>,
  name: string,
  { connection, consent, generation, issuedAt, expiresAt }: TokenSet,
): Promise<boolean> {
  const published = { name, consent, generation, issuedAt, expiresAt };
  const after = await change(
    tables.connections,
    connectionKey(connection),
    (before): Connection | undefined => {
      if (!isPublished(before, policy)) return undefined;
      const { published: known } = before;
      if (known?.name === name && compareAccess(known, published) >= 0) return undefined;
      return { ...before, published };
    },
  );
  return (
    after !== undefined &&
    isPublished(after, policy) &&
    after.published?.name === name &&
    compareAccess(after.published, published) === 0
  );
}

const mostWrites = 5;
const pauseMs = 3_000;

/** A secret that was deleted, because the sharing had ended, comes back within seconds. */
async function writeAgain({ clock }: Pick<Ports, 'clock'>, write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!hasCode(error, 'SECRET_DELETED') || attempt === mostWrites) throw error;
      await clock.sleep(pauseMs);
    }
  }
}

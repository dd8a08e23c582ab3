/**
 * The wearer's access in the hands of somebody else, such as a health platform: the access token itself, or calls that
 * are made for them. Only for whom the wearer was told of before consenting; the refresh token never leaves.
 */
import { AppError } from '../../errors';
import type { Connection, ConnectionId, Policy, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import type { Secret } from '../../secret';
import { readOpenConnection } from '../change';
import { obtainTokenSet, openAccess, type Access, type CallResult } from './call-provider';
import type { Failure } from './oauth';

/**
 * The token set in use: its access token is good for another minute at least. One that the API has refused is refreshed,
 * unless that has been done meanwhile.
 *
 * @throws AppError `NOT_CONFIGURED` when it is shared with nobody, `VAULT_BEHIND`, and what the stores throw
 */
export async function lendAccessToken(
  ports: Ports,
  id: ConnectionId,
  refused?: Secret,
): Promise<CallResult<TokenSet>> {
  const lent = (await obstacleTo(ports, id)) ?? (await obtainUnlessRefused(ports, id, refused));
  if (lent.ok) ports.log.info('access_token.lent', { connection: id });
  // What is no connection can be anything, a personal link too.
  else if (lent.code !== 'CONNECTION_UNKNOWN') {
    ports.log.info('access_token.not_lent', { connection: id, code: lent.code });
  }
  return lent;
}

/** For calls to the API. @throws like `lendAccessToken` */
export async function lendAccess(ports: Ports, id: ConnectionId): Promise<CallResult<Access>> {
  return (await obstacleTo(ports, id)) ?? openAccess(ports, id, patienceOf(ports));
}

async function obtainUnlessRefused(
  ports: Ports,
  id: ConnectionId,
  refused: Secret | undefined,
): Promise<CallResult<TokenSet>> {
  const patienceMs = patienceOf(ports);
  const usable = await obtainTokenSet(ports, id, patienceMs);
  if (!usable.ok || !refused?.isSame(usable.value.accessToken)) return usable;
  return obtainTokenSet(ports, id, patienceMs, usable.value);
}

/** Another worker's refresh is over by then, or its lease is. */
function patienceOf({ policy }: Ports): number {
  return policy.times.leaseMs;
}

/** With whom it is shared now has been said to the wearer before the last consent. */
export function isShared({ sharedWith, closedAt }: Connection, policy: Policy): boolean {
  return closedAt === undefined && sharedWith !== undefined && sharedWith === policy.sharedWith;
}

async function obstacleTo(ports: Ports, id: ConnectionId): Promise<Failure | undefined> {
  if (ports.policy.sharedWith === undefined) {
    throw new AppError(
      'NOT_CONFIGURED',
      'Access is not shared here. The setting SHARED_WITH names who it is shared with.',
    );
  }
  const connection = await readOpenConnection(ports, id);
  if (!connection) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  return isShared(connection, ports.policy) ? undefined : { ok: false, code: 'NOT_SHARED' };
}

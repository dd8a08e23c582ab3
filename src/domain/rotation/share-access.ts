/**
 * The wearer's access in the hands of somebody else, such as a health platform: the access token itself, or calls that
 * are made for them. Only for whom the wearer was told of before consenting; the refresh token never leaves.
 */
import type { ConnectionId, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import type { Secret } from '../../secret';
import { obtainTokenSet, openAccess, type Access, type CallResult, type Obtain } from './call-provider';
import type { Failure } from './oauth';
import { readOpenConnection } from '../connection/read';
import { isShared } from '../connection/state';

/**
 * The token set in use: its access token is good for another minute at least. One that the API has refused is refreshed,
 * unless that has been done meanwhile.
 *
 * @throws AppError `VAULT_BEHIND` and what the stores throw
 */
export async function lendAccessToken(
  ports: Ports,
  id: ConnectionId,
  refused?: Secret,
): Promise<CallResult<TokenSet>> {
  const obtain = obtainFor(ports, id);
  const usable = await obtain();
  const lent = usable.ok && refused?.isSame(usable.value.accessToken) ? await obtain(usable.value) : usable;
  if (lent.ok) ports.log.info('access_token.lent', { connection: id });
  // What is no connection can be anything, a personal link too.
  else if (lent.code !== 'CONNECTION_UNKNOWN') {
    ports.log.info('access_token.not_lent', { connection: id, code: lent.code });
  }
  return lent;
}

/** For calls to the API. @throws like `lendAccessToken` */
export function lendAccess(ports: Ports, id: ConnectionId): Promise<CallResult<Access>> {
  return openAccess(ports, id, obtainFor(ports, id));
}

/** A program that asks again and again must not wear out the grant. */
const pauseMs = 60_000;

function obtainFor(ports: Ports, id: ConnectionId): Obtain {
  // Another worker's refresh is over by then, or its lease is.
  const patienceMs = ports.policy.times.leaseMs;
  return async (failed) => {
    const obstacle = await obstacleTo(ports, id);
    if (obstacle) return obstacle;
    const obtained = await obtainTokenSet(ports, id, { patienceMs, pauseMs, failed });
    // The wearer may have ended it meanwhile.
    if (obtained.ok) return (await obstacleTo(ports, id)) ?? obtained;
    // Only the refresh is uncertain; the API call was never sent.
    return obtained.code === 'OUTCOME_UNKNOWN' ? { ...obtained, code: 'PROVIDER_UNAVAILABLE' } : obtained;
  };
}

async function obstacleTo(ports: Ports, id: ConnectionId): Promise<Failure | undefined> {
  if (ports.policy.sharedWith === undefined) return { ok: false, code: 'NOT_CONFIGURED' };
  const connection = await readOpenConnection(ports, id);
  if (!connection) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  return isShared(connection, ports.policy) ? undefined : { ok: false, code: 'NOT_SHARED' };
}

/**
 * Shares a wearer's access with a program, such as a health platform: it gets the access token itself, or has calls made.
 * The wearer was told of it before consenting. The refresh token never leaves.
 */
import { failure, type Failure, type Result } from '../../errors';
import type { Connection, ConnectionId, Settings, TokenSet } from '../../model';
import type { Secret } from '../../secret';
import { accessThrough, type Access, type TokenSource } from './api-call';
import { usableTokenSet } from './usable-access';
import { readOpenConnection } from '../connection/read';
import { isShared } from '../connection/state';
import type { RotationNeeds } from './rotate-token';

/**
 * The token set in use: its access token is good for another minute at least. One that the API has refused is refreshed,
 * unless that has been done meanwhile.
 *
 * @throws AppError `VAULT_BEHIND` and what the stores throw
 */
export async function shareAccessToken(
  ports: RotationNeeds,
  id: ConnectionId,
  refused?: Secret,
): Promise<Result<TokenSet>> {
  const read = sharedTokenSource(ports, id);
  const usable = await read();
  const shared = usable.ok && refused?.equals(usable.value.accessToken) ? await read(usable.value) : usable;
  if (shared.ok) ports.log.info('access_token.shared', { connection: id });
  // An unknown id can be anything, even a personal link, so it is not logged.
  else if (shared.code !== 'CONNECTION_UNKNOWN') {
    ports.log.info('access_token.not_shared', { connection: id, code: shared.code });
  }
  return shared;
}

/** For calls to the API. @throws like `shareAccessToken` */
export function openSharedAccess(ports: RotationNeeds, id: ConnectionId): Promise<Result<Access>> {
  return accessThrough(ports, sharedTokenSource(ports, id));
}

/** A program that asks again and again must not wear out the grant. */
const pauseMs = 60_000;

/** @param goodForMs for how long the access token has to be good; a minute when not given */
export function sharedTokenSource(ports: RotationNeeds, id: ConnectionId, goodForMs?: number): TokenSource {
  // By then another worker's refresh has ended, or its lease has run out.
  const patienceMs = ports.policy.times.leaseMs;
  return async (failed) => {
    if (ports.policy.sharedWith === undefined) return failure('NOT_CONFIGURED');
    const obstacle = obstacleFor(ports);
    const usable = await usableTokenSet(ports, id, { patienceMs, pauseMs, failed, goodForMs, obstacle });
    if (usable.ok) {
      // The wearer may have ended it meanwhile.
      const connection = await readOpenConnection(ports, id);
      return (connection ? obstacle(connection) : failure('CONNECTION_UNKNOWN')) ?? usable;
    }
    // Only the refresh is uncertain; the API call was never sent.
    return usable.code === 'OUTCOME_UNKNOWN' ? { ...usable, code: 'PROVIDER_UNAVAILABLE' } : usable;
  };
}

function obstacleFor({ policy }: Pick<Settings, 'policy'>) {
  return (connection: Connection): Failure | undefined =>
    isShared(connection, policy) ? undefined : failure('NOT_SHARED');
}

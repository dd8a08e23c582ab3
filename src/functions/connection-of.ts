/** Which connection a route means: by its id, or by `label:<label>`. */
import type { HttpRequest } from '@azure/functions';
import { readOpenConnection } from '../domain/change';
import { isShared } from '../domain/rotation/lend-access';
import { findByLabel } from '../domain/wearer/labels';
import { AppError } from '../errors';
import type { Connection, ConnectionId } from '../model';
import type { Services } from '../services';
import { connectionIdOf } from './invocation';

const prefix = 'label:';

/** @throws AppError `CONNECTION_UNKNOWN` for what cannot be one, and for a label that nobody has */
export async function connectionIdOrLabel(services: Services, request: HttpRequest): Promise<ConnectionId> {
  const { id = '' } = request.params;
  if (!id.startsWith(prefix)) return connectionIdOf(request);
  const found = await findByLabel(services, id.slice(prefix.length));
  if (found) return found.id;
  throw new AppError('CONNECTION_UNKNOWN', 'There is no such connection.');
}

/** An open connection whose access is shared. @throws AppError `CONNECTION_UNKNOWN`, also for one that is not shared */
export async function connectionOf(services: Services, request: HttpRequest): Promise<Connection> {
  const found = await readOpenConnection(services, await connectionIdOrLabel(services, request));
  if (found && isShared(found, services.policy)) return found;
  throw new AppError('CONNECTION_UNKNOWN', 'There is no such connection.');
}

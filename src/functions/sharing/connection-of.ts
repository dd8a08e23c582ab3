/** Which connection a route means: by its id, or by `label:<label>`. */
import type { HttpRequest } from '@azure/functions';
import { findByLabel } from '../../domain/connection/labels';
import type { Connection, ConnectionId } from '../../model';
import type { Services } from '../../services';
import { connectionIdOf, noSuchConnection } from '../invocation';
import { readOpenConnection } from '../../domain/connection/read';
import { isShared } from '../../domain/connection/state';

const prefix = 'label:';
/** An id as the service makes them. Anything else can be a personal link by mistake, and must not be logged. */
const madeId = /^[0-9a-f]{32}$/;

function labelOf({ params: { id = '' } }: HttpRequest): string | undefined {
  return id.startsWith(prefix) ? id.slice(prefix.length) : undefined;
}

/** Reads only a label. @throws AppError `CONNECTION_UNKNOWN` for what cannot be an id, and for a label that nobody has */
export async function connectionIdOrLabel(services: Services, request: HttpRequest): Promise<ConnectionId> {
  const label = labelOf(request);
  if (label === undefined) {
    const id = connectionIdOf(request);
    if (madeId.test(id)) services.about({ connection: id });
    return id;
  }
  const found = await findByLabel(services, label);
  if (found) {
    services.about({ connection: found.id });
    return found.id;
  }
  throw noSuchConnection();
}

/** An open connection whose access is shared. @throws AppError `CONNECTION_UNKNOWN`, also for one that is not shared */
export async function connectionOf(services: Services, request: HttpRequest): Promise<Connection> {
  const label = labelOf(request);
  const found =
    label === undefined
      ? await readOpenConnection(services, connectionIdOf(request))
      : await findByLabel(services, label);
  if (found && isShared(found, services.policy)) {
    services.about({ connection: found.id });
    return found;
  }
  throw noSuchConnection();
}

/** The success page, at the end of whichever way led there. */
import type { HttpResponseInit } from '@azure/functions';
import { readConnection } from '../domain/change';
import { readTextState } from '../domain/wearer/numbers';
import { AppError } from '../errors';
import type { ConnectionId } from '../model';
import { connectedPage } from '../pages/callback';
import type { Services } from '../services';
import { htmlAnswer } from './http-answers';
import { paths } from '../paths';
import type { Viewer } from './viewer';

export async function showConnected(
  services: Services,
  viewer: Viewer,
  {
    connection: id,
    link,
    reconnected = false,
  }: { readonly connection: ConnectionId; readonly link: string | undefined; readonly reconnected?: boolean },
): Promise<HttpResponseInit> {
  const connection = await readConnection(services, id);
  if (!connection) throw new AppError('CONNECTION_UNKNOWN', 'There is no such connection.');
  const texts = await readTextState(services, connection);
  viewer.chose(connection.preferences?.language);
  const page = connectedPage(viewer.frame, {
    provider: services.providers.get(connection.provider)!.name,
    reconnected,
    phone: connection.phone && services.phoneNumbers.mask(connection.phone),
    missingScopes: connection.missingScopes,
    manageUrl: link && services.publicUrl + paths.manage + link,
    textsPossible: texts !== 'not set up',
    texts: texts === 'on' || texts === 'paused' ? texts : 'none',
  });
  return htmlAnswer(page);
}

/** `GET m/{link}/export`: everything that is stored about the wearer, as JSON. */
import { exportEverything } from '../domain/wearer/manage';
import { findByLink } from '../domain/wearer/manage-links';
import { linkUnknownPage } from '../pages/manage';
import type { Services } from '../services';
import { frameOf, htmlAnswer, htmlError, jsonAnswer } from './http-answers';
import { onHttp } from './invocation';

export const manageExport = (services: Services) =>
  onHttp(services, htmlError(services), async (request) => {
    const connection = await findByLink(services, request.params.link ?? '');
    if (!connection) return htmlAnswer(linkUnknownPage(frameOf(services)), 404);
    const answer = jsonAnswer(await exportEverything(services, connection));
    const disposition = 'attachment; filename="fitbit-token-service.json"';
    return { ...answer, headers: { ...answer.headers, 'content-disposition': disposition } };
  });

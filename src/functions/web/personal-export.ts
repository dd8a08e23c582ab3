/** `GET m/{link}/export`: everything that is stored about the wearer, as JSON. */
import { exportEverything } from '../../domain/wearer/personal-page';
import { findByLink } from '../../domain/contact/personal-link';
import { linkUnknownPage } from '../../pages/goodbye-page';
import type { Services } from '../../services';
import { answering, htmlAnswer } from '../http/answers';
import type { exportAnswers } from '../description/wearer-page-operations';
import { onPage } from './on-page';

const exportAnswer = answering<typeof exportAnswers>();

export const personalExport = (services: Services) =>
  onPage(services, async (request, { frame }) => {
    const connection = await findByLink(services, request.params.link ?? '');
    if (!connection) return htmlAnswer(linkUnknownPage(frame), 404);
    services.about({ connection: connection.id });
    const answer = exportAnswer(200, await exportEverything(services, connection));
    const disposition = 'attachment; filename="fitbit-token-service.json"';
    return { ...answer, headers: { ...answer.headers, 'content-disposition': disposition } };
  });

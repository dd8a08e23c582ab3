/**
 * `GET connections` and `GET connections/{id}`: which connections there are for whom the access is shared with, and how they are.
 * `PUT connections/{id}/label` names one, `POST connections/{id}/reconnect-link` gives the wearer's page. Function key. Wherever an `{id}` stands, `label:<label>` can stand too.
 */
import { connectionPage, describeConnection, describeDevices } from '../../domain/operation/connection-list';
import { setLabel } from '../../domain/connection/labels';
import { linkOf } from '../../domain/contact/personal-link';
import { AppError } from '../../errors';
import { paths } from '../../paths';
import type { Services } from '../../services';
import type {
  connectionAnswers,
  connectionsAnswers,
  labelAnswers,
  reconnectLinkAnswers,
} from '../description/platform-operations';
import { connectionOf } from './connection-of';
import { labelBody, listQuery, mostPerPage } from './platform-requests';
import { answering, problemAnswer } from '../http/answers';
import { onCall, onCallWith } from '../caller';
import { noSuchConnection } from '../invocation';
import { readJson } from '../http/read-request';

const listAnswer = answering<typeof connectionsAnswers>();
const connectionAnswer = answering<typeof connectionAnswers>();
const labelAnswer = answering<typeof labelAnswers>();
const linkAnswer = answering<typeof reconnectLinkAnswers>();

export const connections = (services: Services) =>
  onCallWith(listQuery.shape, services, 'platform', async ({ query }) => {
    const asked = listQuery.safeParse(Object.fromEntries(query));
    if (asked.success) return listAnswer(200, await connectionPage(services, asked.data));
    throw new AppError('INPUT_INVALID', `The limit must be a whole number from 1 to ${mostPerPage}.`);
  });

export const oneConnection = (services: Services) =>
  onCall(services, 'platform', async (request) => {
    const connection = await connectionOf(services, request);
    return connectionAnswer(200, {
      ...describeConnection(services, connection),
      devices: await describeDevices(services, connection),
    });
  });

export const label = (services: Services) =>
  onCall(services, 'platform', async (request) => {
    const connection = await connectionOf(services, request);
    const body = labelBody.safeParse(await readJson(request));
    if (!body.success) {
      throw new AppError(
        'INPUT_INVALID',
        'Send JSON: {"label": "participant-17"}. A label has 1 to 64 letters, digits, dots, dashes, underscores or @, and begins with a letter or digit; null takes it away.',
      );
    }
    const wanted = body.data.label ?? undefined;
    const labelled = await setLabel(services, connection.id, wanted);
    if (!labelled.ok) {
      if (labelled.code === 'CONNECTION_UNKNOWN') throw noSuchConnection();
      return problemAnswer(409, {
        error: 'Another connection has this label. A label belongs to one connection.',
        code: labelled.code,
      });
    }
    return labelAnswer(200, { connection: connection.id, label: wanted ?? null });
  });

/** The wearer's own page, for a platform that shows it: there the wearer reconnects. It opens all that the wearer can do. */
export const reconnectLink = (services: Services) =>
  onCall(services, 'platform', async (request) => {
    const connection = await connectionOf(services, request);
    const link = services.publicUrl + paths.personalPage + (await linkOf(services, connection));
    services.log.info('link.handed_out', { connection: connection.id });
    return linkAnswer(200, { connection: connection.id, link });
  });

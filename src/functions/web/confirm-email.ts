/** `GET/POST confirm-email/{secret}`: the link that was mailed to an address, and the button behind it. Any browser can open it. */
import { confirmByLink, readConfirmationByLink } from '../../domain/wearer/confirm-address';
import { readOpenConnection } from '../../domain/connection/read';
import { paths } from '../../paths';
import {
  addressConfirmedPage,
  askToConfirmPage,
  confirmLinkUnknownPage,
} from '../../pages/confirm-email-page';
import type { Services } from '../../services';
import { finish } from './confirm';
import { htmlAnswer } from '../http/answers';
import { readForm } from '../http/read-request';
import { onPage } from './on-page';

export const confirmEmail = (services: Services) =>
  onPage(services, async (request, viewer) => {
    if (request.method === 'POST') await readForm(request);
    const secret = request.params.secret ?? '';
    const { known } = (await readConfirmationByLink(services, secret)) ?? {};
    const connection = known && (await readOpenConnection(services, known.connection));
    if (!known?.email || !connection) return htmlAnswer(confirmLinkUnknownPage(viewer.frame), 404);
    services.about({ connection: connection.id });
    viewer.chose(connection.preferences?.language ?? known.language);
    if (known.confirmedAt !== undefined) return htmlAnswer(addressConfirmedPage(viewer.frame));
    if (request.method !== 'POST') {
      const page = askToConfirmPage(viewer.frame, {
        path: paths.confirmEmail + secret,
        email: services.emailAddresses.mask(known.email),
        provider: services.providers.get(connection.provider)!.name,
      });
      return htmlAnswer(page);
    }
    const isSignUp = connection.confirmBy !== undefined;
    const result = await confirmByLink(services, secret);
    if (result === 'unknown') return htmlAnswer(confirmLinkUnknownPage(viewer.frame), 404);
    return finish(services, known, isSignUp ? 'connected' : 'number');
  });

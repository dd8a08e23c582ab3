/**
 * `GET/POST u/{secret}`: the end of the e-mails to an address, by the link in every alert and notice. Mail providers post here for whoever
 * presses their button (RFC 8058): without a cookie, from anywhere, and with a body that says nothing new, so it is not looked at.
 */
import { isStoppedOf } from '../../domain/contact/addresses';
import { findUnsubscribe, obeyUnsubscribe } from '../../domain/messages/end-mails';
import { paths } from '../../paths';
import { unsubscribePage, unsubscribeUnknownPage } from '../../pages/unsubscribe-page';
import type { Services } from '../../services';
import { htmlAnswer } from '../http/answers';
import { refuseCrossSite } from '../http/read-request';
import { onPage } from './on-page';

export const unsubscribe = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const secret = request.params['secret'] ?? '';
    const found = await findUnsubscribe(services, secret);
    if (!found) return htmlAnswer(unsubscribeUnknownPage(viewer.frame), 404);
    viewer.chose(found.language);
    const path = paths.unsubscribe + secret;
    if (request.method !== 'POST') {
      const isStopped = await isStoppedOf(services, found.hash);
      return htmlAnswer(unsubscribePage(viewer.frame, { path, state: isStopped ? 'ended' : 'asked' }));
    }
    const isWantedAgain = request.query.get('again') === 'yes';
    // No mail provider asks for this; only the button of our own page does.
    if (isWantedAgain) refuseCrossSite(request);
    await obeyUnsubscribe(services, found.hash, !isWantedAgain);
    return htmlAnswer(unsubscribePage(viewer.frame, { path, state: isWantedAgain ? 'begun' : 'ended' }));
  });

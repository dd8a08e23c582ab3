/** `GET/POST link`: "Get my link again". The same answer for every number and every address, known or not. */
import { waysOf } from '../../domain/contact/addresses';
import { requestLinks } from '../../domain/wearer/lost-links';
import type { Way } from '../../model';
import { linkPage } from '../../pages/link-page';
import type { Services } from '../../services';
import { clientOf } from '../http/client-address';
import { htmlAnswer } from '../http/answers';
import { readAddress } from './contact-field';
import { onPage } from './on-page';
import { PageError } from '../http/page-error';
import { readForm } from '../http/read-request';

export const sendLink = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const frame = { ...viewer.frame, switchable: true };
    const possible = waysOf(services);
    const ways: readonly Way[] = possible.length > 0 ? possible : ['sms'];
    const entered = { phone: '' };
    if (request.method !== 'POST') return htmlAnswer(linkPage(frame, { ways, entered, errors: {} }));
    const read = await readAddress(services, frame.words, await readForm(request));
    const { address } = read;
    if (!address) return htmlAnswer(linkPage(frame, { ways, ...read }), 400);
    const asked = await requestLinks(services, address, await clientOf(services, request));
    if (asked === 'limited') {
      throw new PageError('LIMIT_REACHED', ({ problems }) => problems.tooManyRequests);
    }
    return htmlAnswer(linkPage(frame, { ways, entered, errors: {}, done: address.way }));
  });

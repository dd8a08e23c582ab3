/** `GET/POST link`: "Get my link again". The same answer for every number, known or not. */
import { requestLinks } from '../../domain/wearer/lost-links';
import { linkPage } from '../../pages/link-page';
import type { Services } from '../../services';
import { clientOf } from '../http/client-address';
import { htmlAnswer } from '../http/answers';
import { explain } from './number-field';
import { onPage } from './on-page';
import { PageError } from '../http/page-error';
import { readForm, textOf } from '../http/read-request';

export const sendLink = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const frame = { ...viewer.frame, switchable: true };
    if (request.method !== 'POST') return htmlAnswer(linkPage(frame, { phone: '', done: false }));
    const phone = textOf(await readForm(request), 'phone');
    const read = services.phoneNumbers.read(phone);
    if (!read.ok) {
      const error = explain(services, frame.words, read.why);
      return htmlAnswer(linkPage(frame, { phone, error, done: false }), 400);
    }
    const asked = await requestLinks(
      services,
      { way: 'sms', to: read.phone },
      await clientOf(services, request),
    );
    if (asked === 'limited') {
      throw new PageError('LIMIT_REACHED', ({ problems }) => problems.tooManyRequests);
    }
    return htmlAnswer(linkPage(frame, { phone: '', done: true }));
  });

/** `GET/POST link`: "Get my link again". The same answer for every number, known or not. */
import { requestLinks } from '../domain/wearer/send-links';
import { AppError } from '../errors';
import { linkPage } from '../pages/link';
import type { Services } from '../services';
import { clientOf } from './client-address';
import { frameOf, htmlAnswer, readForm, textOf } from './http-answers';
import { explain } from './number-field';
import { onPage } from './page';

export const sendLink = (services: Services) =>
  onPage(services, async (request) => {
    const frame = frameOf(services);
    if (request.method !== 'POST') return htmlAnswer(linkPage(frame, { phone: '', done: false }));
    const phone = textOf(await readForm(request), 'phone');
    const read = services.phoneNumbers.read(phone);
    if (!read.ok) {
      const error = explain(services, read.why);
      return htmlAnswer(linkPage(frame, { phone, error, done: false }), 400);
    }
    const asked = await requestLinks(services, read.phone, await clientOf(services, request));
    if (asked === 'limited') {
      throw new AppError(
        'LIMIT_REACHED',
        'Too many requests came from your network today. Please try again tomorrow.',
      );
    }
    return htmlAnswer(linkPage(frame, { phone: '', done: true }));
  });

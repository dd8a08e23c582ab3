/** The end of every way into the service: the wearer's own page, which says once how it went. It can be reloaded and bookmarked. */
import type { HttpResponseInit } from '@azure/functions';
import { paths } from '../../paths';
import type { Services } from '../../services';
import { noticeCookie } from './cookies';
import { redirectAnswer } from '../http/answers';
import type { Words } from '../../pages/words/catalogue';

export type Arrival = keyof Words['personalPage']['welcome']['titles'] | 'number';

/** @param link the secret part of the personal link */
export function arrive({ publicUrl }: Services, link: string, arrival: Arrival): HttpResponseInit {
  return redirectAnswer(paths.personalPage + link, [noticeCookie.write(publicUrl, arrival)]);
}

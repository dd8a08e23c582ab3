/** Leads people who mistype the address of a page (`/sign-up`) to that page, and keeps the query, such as an invite or a language. */
import type { Services } from '../../services';
import { redirectAnswer } from '../http/answers';
import { onPage } from './on-page';

export const mistypedAddress = (leadsTo: string) => (services: Services) =>
  onPage(services, ({ url }) => redirectAnswer(leadsTo + new URL(url).search));

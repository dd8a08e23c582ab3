/** `/sign-up` and so on: what people type in place of the address of a page leads there, with what an invite or a mail has added to it. */
import type { Services } from '../../services';
import { redirectAnswer } from '../http/answers';
import { onPage } from './on-page';

export const mistypedAddress = (leadsTo: string) => (services: Services) =>
  onPage(services, ({ url }) => redirectAnswer(leadsTo + new URL(url).search));

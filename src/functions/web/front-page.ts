/** `GET /` and `GET api`: who types in only the host is led to the sign-up. */
import type { Services } from '../../services';
import { paths } from '../../paths';
import { redirectAnswer } from '../http/answers';
import { onPage } from './on-page';

export const frontPage = (services: Services) => onPage(services, () => redirectAnswer(paths.signUp));

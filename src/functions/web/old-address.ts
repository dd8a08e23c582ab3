/** `api/signup`, `api/m/{link}` and so on: where pages were before they had short addresses. Links in old texts still lead here. */
import type { Services } from '../../services';
import { oldPrefix } from '../../paths';
import { movedAnswer } from '../http/answers';
import { onPage } from './on-page';

export const oldAddress = (services: Services) =>
  onPage(services, (request) => {
    const { pathname, search } = new URL(request.url);
    return movedAnswer(pathname.slice(oldPrefix.length) + search);
  });

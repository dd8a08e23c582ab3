/** What every page for people has in common: a language, errors that are shown as a page, and one host. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { AppError, type ErrorCode, isStoreFailure } from '../../errors';
import { problemPage } from '../../pages/problem-page';
import type { Services } from '../../services';
import { htmlAnswer, redirectAnswer } from '../http/answers';
import { onHttp } from '../invocation';
import { PageError } from '../http/page-error';
import { viewerOf, type Viewer } from './viewer';
import type { Words } from '../../pages/words/catalogue';

export function onPage(
  services: Services,
  handle: (request: HttpRequest, viewer: Viewer) => HttpResponseInit | Promise<HttpResponseInit>,
): (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit> {
  return (request, context) => {
    const viewer = viewerOf(services, request);
    const showError = (status: number, _sentence: string, error: unknown): Promise<HttpResponseInit> => {
      const { problems } = viewer.frame.words;
      const sentence = sayError(viewer.frame.words, error);
      return htmlAnswer(problemPage(viewer.frame, { title: problems.title, sentence }), status);
    };
    const answer = onHttp(services, showError, async () => {
      const elsewhere = request.method === 'POST' ? undefined : addressAtPublicHost(services, request);
      return elsewhere === undefined ? handle(request, viewer) : redirectAnswer(elsewhere);
    });
    return answer(request, context);
  };
}

/** For whoever looks at the page. The operator finds more in the log. */
function sayError(words: Words, error: unknown): string {
  if (error instanceof PageError) return error.say(words);
  const code: ErrorCode = error instanceof AppError ? error.code : 'UNEXPECTED';
  if (isStoreFailure(code)) return words.problems.storeSilent;
  switch (code) {
    case 'CONNECTION_UNKNOWN':
      return words.problems.noConnection;
    case 'NOT_CONFIGURED':
      return words.problems.notSetUp;
    default:
      return words.problems.ourSide;
  }
}

/** Set by proxies that ask us under another host name than the one that people see. */
const originalHostHeaders = ['x-forwarded-host', 'x-original-host'];

/**
 * The same page under `PUBLIC_URL`, if it was opened under another host name: cookies belong to a host, so a sign-up that begins at
 * one and comes back from the provider to the other could not be finished. `undefined` if it was opened there.
 */
function addressAtPublicHost({ publicUrl }: Services, request: HttpRequest): string | undefined {
  const { host, pathname, search } = new URL(request.url);
  const original = originalHostHeaders.flatMap((name) => request.headers.get(name)?.split(',') ?? []);
  const hosts = [host, ...original.map((name) => name.trim().toLowerCase())];
  return hosts.includes(new URL(publicUrl).host) ? undefined : publicUrl + pathname + search;
}
